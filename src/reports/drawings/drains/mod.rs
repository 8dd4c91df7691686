//! `drain.svg`: the patch night node by node against its window, the longest drains move by move, and what more at once or
//! faster ports would bring.
//!
//! In: clusters with their forecasts. Out: one drawing. Must not know: how a forecast is made.

mod axis;
mod bars;
mod curves;
mod gantt;
mod night;

use gantt::Rows;

use super::{LEFT, RIGHT};
use crate::migration::drain::NodeDrain;
use crate::reports::drains::{View, headline};
use crate::reports::show;
use crate::reports::svg::{BOLD, HEAD, SMALL, Svg, TEXT};

/// Clusters up to this size show every drain move by move, a row for each VM.
const IN_FULL: usize = 4;
/// Clusters up to this size show every drain; of larger ones the longest are shown. Beside the longest drain, VMs share rows.
const EVERY_DRAIN: usize = 8;
/// Drains shown of larger clusters.
const LONGEST: usize = 4;

/// Draws all clusters.
pub(in crate::reports) fn render(views: &[View]) -> Vec<u8> {
    let mut svg = Svg::new("drain");
    let mut y = 12;
    for view in views {
        y = cluster(&mut svg, y, view) + 30;
    }
    svg.finish("How long nodes take to drain, and the whole patch night")
}

fn cluster(svg: &mut Svg, y: i64, view: &View) -> i64 {
    svg.fitted(
        LEFT,
        y + 18,
        RIGHT - LEFT,
        HEAD,
        &format!("{} · patch night and drains", view.cluster.name),
    );
    let mut y = y + 40;
    for line in headline(view) {
        svg.fitted(LEFT, y, RIGHT - LEFT, TEXT, &line);
        y += 18;
    }
    y = night::draw(svg, y + 12, view);
    svg.may_break(y + 12);
    y = bars::draw(svg, y + 24, view);
    let drains = &view.forecast.drains;
    let shown = if drains.len() <= EVERY_DRAIN {
        drains.len()
    } else {
        LONGEST
    };
    svg.may_break(y + 12);
    y = gantt::legend(svg, y + 24);
    for (number, drain) in drains.iter().take(shown).enumerate() {
        let rows = if drains.len() <= IN_FULL || number == 0 {
            Rows::PerVm
        } else {
            Rows::PerSlot
        };
        if number > 0 {
            svg.may_break(y + 8);
        }
        y = one(svg, y + 30, view, drain, rows);
    }
    if shown < drains.len() {
        let rest = show::count(drains.len() - shown, "drain is", "drains are");
        let text =
            format!("{rest} shorter: nicplan drain INPUT --node NODE draws any of them; migrations.csv has all.");
        svg.text(LEFT, y + 24, SMALL, &text);
        y += 28;
    }
    svg.may_break(y + 16);
    curves::draw(svg, y + 34, view)
}

/// Both schedules of one drain over the same time.
fn one(svg: &mut Svg, y: i64, view: &View, drain: &NodeDrain, rows: Rows) -> i64 {
    let end_ms = drain
        .planned
        .iter()
        .chain([&drain.today])
        .map(|one| one.makespan_ms)
        .max()
        .unwrap_or(0);
    svg.fitted(
        LEFT,
        y,
        RIGHT - LEFT,
        BOLD.sized(14),
        &format!("Draining {}", view.node(drain.node)),
    );
    if end_ms == 0 {
        svg.text(LEFT, y + 20, SMALL, "Nothing has to be copied.");
        return y + 24;
    }
    let mut y = y;
    for schedule in [Some(&drain.today), drain.planned.as_ref()].into_iter().flatten() {
        svg.may_break(y + 8);
        y = gantt::draw(svg, y + 10, view, schedule, (end_ms, rows));
    }
    y
}
