//! How long each node takes to empty: as Windows does it, planned, and the bound that nothing beats.

use super::axis::Axis;
use crate::migration::drain::NodeDrain;
use crate::reports::drains::{View, minutes};
use crate::reports::drawings::{LEFT, RIGHT};
use crate::reports::svg::{BOLD, SMALL, Svg, TEXT, at};
use crate::reports::{look, show};

/// Nodes drawn; of more, the longest drains, and in a sketch of more those that it plans.
const NODES: usize = 16;
const NAMES: i64 = 190;
const NUMBERS: i64 = 330;
const ROW: i64 = 30;
const BAR: i64 = 11;
const TODAY: &str = "#c9d1d9";

/// Draws; returns the y below.
pub(super) fn draw(svg: &mut Svg, y: i64, view: &View) -> i64 {
    let drains = &view.forecast.drains;
    let longest = drains
        .iter()
        .map(|one| one.today.makespan_ms.max(planned_ms(one)))
        .max();
    let Some(end_ms) = longest.filter(|ms| *ms > 0) else {
        return y;
    };
    let share = share_ms(view);
    let y = legend(svg, y, share);
    // a line far beyond the bars would only make them short
    let line = share.filter(|ms| *ms <= end_ms * 2);
    let axis = Axis::new(
        LEFT + NAMES,
        RIGHT - LEFT - NAMES - NUMBERS,
        line.unwrap_or(0).max(end_ms),
    );
    let planned = drains.iter().take_while(|drain| drain.planned.is_some()).count();
    let shown = if planned > 0 {
        planned.min(NODES)
    } else {
        drains.len().min(NODES)
    };
    let (top, bottom) = (y + 18, y + 18 + i64::try_from(shown).unwrap_or(0) * ROW);
    axis.draw(svg, top, bottom);
    for (number, drain) in drains.iter().take(shown).enumerate() {
        row(
            svg,
            top + 3 + i64::try_from(number).unwrap_or(0) * ROW,
            view,
            drain,
            (&axis, line),
        );
    }
    if let Some(ms) = line {
        let x = axis.at(ms);
        svg.line(
            (x, top - 2),
            (x, bottom),
            look::ALERT,
            r#"stroke-width="1.5" stroke-dasharray="6 3""#,
        );
    }
    if let (true, Some(next), Some(last)) = (drains.len() > shown, drains.get(shown), drains.last()) {
        let text = format!(
            "and {}: {} to {} as Windows does it (drain.csv)",
            show::count(drains.len() - shown, "more node", "more nodes"),
            minutes(last.today.makespan_ms),
            minutes(next.today.makespan_ms)
        );
        svg.text(LEFT, bottom + 14, SMALL, &text);
        return bottom + 18;
    }
    bottom
}

/// What each way of each node may take so that the night just ends in its window: the window less the restarts, for as many ways as
/// VMs go. `None` without a window, or where the restarts alone fill it.
fn share_ms(view: &View) -> Option<u64> {
    let run = &view.forecast.run;
    let ways = run.steps.len() as u64 * if run.failback { 2 } else { 1 };
    let moving = view.forecast.window_ms?.checked_sub(run.reboot_ms())?;
    moving.checked_div(ways).filter(|ms| *ms > 0)
}

fn planned_ms(drain: &NodeDrain) -> u64 {
    drain.planned.as_ref().map_or(0, |one| one.makespan_ms)
}

fn legend(svg: &mut Svg, y: i64, share: Option<u64>) -> i64 {
    svg.text(LEFT, y + 12, BOLD.sized(14), "How long each node takes to empty");
    let mut x = LEFT + 270;
    for (fill, text) in [(TODAY, "as Windows does it"), (look::PLANNED, "planned")] {
        svg.rect(at(x, y + 2, 26, BAR), fill, look::INK, r#"stroke-width="0.5""#);
        svg.text(x + 32, y + 12, TEXT, text);
        x += 50 + look::text_width(text, TEXT.size);
    }
    svg.line((x, y), (x, y + 15), look::ALERT, r#"stroke-width="2.5""#);
    svg.text(x + 8, y + 12, TEXT, "no order is faster");
    if let Some(ms) = share {
        x += 26 + look::text_width("no order is faster", TEXT.size);
        svg.line(
            (x, y),
            (x, y + 15),
            look::ALERT,
            r#"stroke-width="1.5" stroke-dasharray="6 3""#,
        );
        let text = format!("share of the window: {} each way", minutes(ms));
        svg.fitted(x + 8, y + 12, RIGHT - x - 8, TEXT, &text);
    }
    y + 20
}

fn row(svg: &mut Svg, y: i64, view: &View, drain: &NodeDrain, (axis, share): (&Axis, Option<u64>)) {
    svg.fitted(LEFT, y + 15, NAMES - 12, TEXT, view.node(drain.node));
    let both = [(Some(&drain.today), TODAY), (drain.planned.as_ref(), look::PLANNED)];
    let mut line = y;
    for (one, fill) in both.into_iter().filter_map(|(one, fill)| Some((one?, fill))) {
        let end = axis.at(one.makespan_ms);
        svg.rect(
            at(axis.x, line, (end - axis.x).max(1), BAR),
            fill,
            look::INK,
            r#"stroke-width="0.4""#,
        );
        let bound = axis.at(one.bound_ms);
        svg.line(
            (bound, line - 1),
            (bound, line + BAR + 1),
            look::ALERT,
            r#"stroke-width="2.5""#,
        );
        let text = match one.limit {
            "" => "nothing to copy".to_owned(),
            kind => format!(
                "{}, {} at once, limited by {}",
                minutes(one.makespan_ms),
                one.concurrency,
                show::limit(kind)
            ),
        };
        // the line of the share does not run through a text
        let crossed = share.map(|ms| axis.at(ms));
        let reach = end + 10..end + 14 + look::text_width(&text, SMALL.size);
        let x = crossed.filter(|x| reach.contains(x)).unwrap_or(end) + 7;
        svg.fitted(x, line + 10, RIGHT - x, SMALL, &text);
        line += BAR + 1;
    }
}
