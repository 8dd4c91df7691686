//! The whole run: one row per node, emptied, patched, filled again, against the window.

use super::axis::Axis;
use crate::migration::drain::{PatchRun, Step};
use crate::reports::drains::{View, minutes};
use crate::reports::drawings::{LEFT, RIGHT};
use crate::reports::look;
use crate::reports::svg::{BOLD, SMALL, Svg, TEXT, at};

/// Room for names.
const NAMES: i64 = 190;
/// Up to this many steps have rows that are high enough for a name each; more are drawn thin, with every fourth name.
const COMFORTABLE: usize = 20;
const REBOOT: &str = "#c9d1d9";
const AWAY: &str = "#0072b2";
const BACK: &str = "#56b4e9";

/// Draws the run as Windows does it, and the planned one below each of its bars.
pub(super) fn draw(svg: &mut Svg, y: i64, view: &View) -> i64 {
    let forecast = view.forecast;
    let runs: Vec<&PatchRun> = [Some(&forecast.run), forecast.planned_run.as_ref()]
        .into_iter()
        .flatten()
        .collect();
    let latest = runs.iter().map(|run| forecast.run_p90_ms(run));
    let end_ms = latest.chain(forecast.window_ms).max().unwrap_or(0);
    let axis = Axis::new(LEFT + NAMES, RIGHT - LEFT - NAMES - 40, end_ms);
    let y = legend(svg, y, runs.len() > 1);
    let row = Row::new(forecast.run.steps.len(), runs.len() > 1);
    let rows = i64::try_from(forecast.run.steps.len()).unwrap_or(0);
    let (top, bottom) = (y + 22, y + 22 + rows * row.height + 12);
    axis.draw(svg, top, bottom);
    for (number, run) in runs.iter().enumerate() {
        let offset = i64::try_from(number).unwrap_or(0) * (row.bar + 1);
        steps(svg, view, run, &axis, top + 6 + offset, row, number == 0);
        marker(svg, &axis, forecast.run_p90_ms(run), top, bottom, number == 0);
    }
    if let Some(window) = forecast.window_ms {
        let x = axis.at(window);
        svg.line((x, top - 2), (x, bottom + 4), look::ALERT, r#"stroke-width="2.5""#);
        let text = format!("window ends: {}", minutes(window));
        // a window that ends last has no room for half of its name on the right
        let half = look::text_width(&text, BOLD.size) / 2;
        svg.text(x.min(RIGHT - half), bottom + 18, BOLD.ink(look::ALERT).middle(), &text);
    }
    bottom + 24
}

/// Measures of a row.
#[derive(Clone, Copy)]
struct Row {
    height: i64,
    bar: i64,
    /// Every how many steps a name stands.
    named: usize,
}

impl Row {
    fn new(steps: usize, two_bars: bool) -> Row {
        let (bar, gap, named) = if steps <= COMFORTABLE { (9, 7, 1) } else { (4, 2, 4) };
        Row {
            height: if two_bars { 2 * bar + 1 + gap } else { bar + gap.max(5) },
            bar,
            named,
        }
    }
}

fn legend(svg: &mut Svg, y: i64, planned: bool) -> i64 {
    svg.text(LEFT, y + 12, BOLD.sized(14), "The night, node by node");
    let mut x = LEFT + 200;
    for (fill, text) in [
        (AWAY, "VMs move away"),
        (REBOOT, "install, restart"),
        (BACK, "VMs come back"),
    ] {
        svg.rect(at(x, y + 2, 26, 11), fill, look::INK, r#"stroke-width="0.5""#);
        svg.text(x + 32, y + 12, TEXT, text);
        x += 44 + look::text_width(text, TEXT.size) + 12;
    }
    let text = if planned {
        "Upper bar: as Windows does it. Lower bar: planned. Dashed lines (black Windows, blue planned): not passed in nine of ten cases."
    } else {
        "As Windows does it. Dashed: not passed in nine of ten cases."
    };
    svg.text(LEFT, y + 32, SMALL, text);
    y + 40
}

fn steps(svg: &mut Svg, view: &View, run: &PatchRun, axis: &Axis, y: i64, row: Row, named: bool) {
    let mut begin_ms = 0;
    let mut y = y;
    for (number, step) in run.steps.iter().enumerate() {
        let names: Vec<&str> = step.nodes.iter().map(|node| view.node(*node)).collect();
        if named && number.is_multiple_of(row.named) {
            svg.fitted(LEFT, y + 10, NAMES - 12, TEXT, &names.join(", "));
        }
        svg.begin(&format!(
            "{}: {} away, {} restart, {} back",
            names.join(", "),
            minutes(step.drain_ms),
            minutes(step.reboot_ms),
            minutes(step.return_ms)
        ));
        begin_ms = bars(svg, axis, y, row.bar, begin_ms, step);
        svg.end();
        y += row.height;
    }
}

/// One node's three parts; returns when it is done.
fn bars(svg: &mut Svg, axis: &Axis, y: i64, height: i64, begin_ms: u64, step: &Step) -> u64 {
    let mut from_ms = begin_ms;
    for (fill, ms) in [(AWAY, step.drain_ms), (REBOOT, step.reboot_ms), (BACK, step.return_ms)] {
        let to_ms = from_ms.saturating_add(ms);
        let (from, to) = (axis.at(from_ms), axis.at(to_ms));
        if ms > 0 {
            let area = at(from, y, (to - from).max(1), height);
            svg.rect(area, fill, look::INK, r#"stroke-width="0.3""#);
        }
        from_ms = to_ms;
    }
    from_ms
}

/// The time that is not passed in nine of ten cases.
fn marker(svg: &mut Svg, axis: &Axis, ms: u64, top: i64, bottom: i64, is_today: bool) {
    let x = axis.at(ms);
    let ink = if is_today { look::INK } else { look::PLANNED };
    svg.line(
        (x, top),
        (x, bottom),
        ink,
        r#"stroke-width="1.2" stroke-dasharray="5 3""#,
    );
}
