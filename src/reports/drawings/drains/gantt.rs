//! One drain under one schedule: which VM moves when, in which wave, and how full the ports of the node are.

use super::axis::Axis;
use crate::migration::drain::{Drain, Move, Schedule, Way};
use crate::reports::drains::{View, minutes};
use crate::reports::drawings::{LEFT, RIGHT};
use crate::reports::fit::Piece;
use crate::reports::svg::{BOLD, SMALL, Svg, TEXT, at};
use crate::reports::{look, show};
use crate::units::show_mbps;
use std::fmt::Write;

/// Up to this many VMs each has a row of its own; more share one row per slot.
const SINGLY: usize = 24;
/// Rows of slots at most.
const LANES: usize = 16;
const NAMES: i64 = 190;
const ROW: i64 = 16;
/// Height of the fill below.
const FILL: i64 = 44;
/// Waves by turns.
const WAVES: [&str; 2] = ["#0072b2", "#56b4e9"];

/// How VMs are put into rows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    /// One for each, where they are few enough.
    PerVm,
    /// One for each that runs at the same time.
    PerSlot,
}

/// What the colours mean; returns the y below.
pub(super) fn legend(svg: &mut Svg, y: i64) -> i64 {
    let mut x = LEFT;
    for (number, text) in [(0, "live migration, odd wave"), (1, "even wave")] {
        let fill = WAVES.get(number).copied().unwrap_or(look::PALE);
        svg.rect(at(x, y + 2, 26, 11), fill, look::INK, r#"stroke-width="0.5""#);
        svg.text(x + 32, y + 12, TEXT, text);
        x += 48 + look::text_width(text, TEXT.size);
    }
    svg.hatched(at(x, y + 2, 26, 11), look::INK);
    svg.text(x + 32, y + 12, TEXT, "saved and restored: the VM is down");
    y + 20
}

/// Draws; returns the y below.
pub(super) fn draw(svg: &mut Svg, y: i64, view: &View, drain: &Drain, (end_ms, rows): (u64, Rows)) -> i64 {
    svg.fitted(LEFT, y + 12, RIGHT - LEFT, BOLD, &title(drain));
    let rows = rows_of(view, drain, rows);
    let axis = Axis::new(LEFT + NAMES, RIGHT - LEFT - NAMES - 170, end_ms);
    let (top, height) = (y + 34, i64::try_from(rows.len()).unwrap_or(0) * ROW);
    axis.draw(svg, top, top + height + FILL + 14);
    for (number, row) in rows.iter().enumerate() {
        draw_row(
            svg,
            top + 2 + i64::try_from(number).unwrap_or(0) * ROW,
            view,
            row,
            &axis,
        );
    }
    let bottom = fill(svg, top + height + 10, drain, &axis);
    let owners = drain.moves.iter().filter(|one| one.way == Way::Owner).count();
    if owners > 0 {
        let text = format!(
            "{} not running: only the owner changes",
            show::count(owners, "VM is", "VMs are")
        );
        svg.text(LEFT + NAMES, bottom + 14, SMALL, &text);
        return bottom + 18;
    }
    bottom
}

fn title(drain: &Drain) -> String {
    let who = match drain.schedule {
        Schedule::WindowsDefault => "As Windows does it",
        Schedule::Planned => "Planned",
    };
    format!(
        "{who}: {}, {} at once; no order is faster than {}",
        minutes(drain.makespan_ms),
        drain.concurrency,
        minutes(drain.bound_ms)
    )
}

/// One row of the drawing.
struct Row<'a> {
    label: String,
    moves: Vec<&'a Move>,
    /// Every bar has a row of its own: there is room for the target behind it.
    single: bool,
}

/// A row per VM, or per slot and one for all saved VMs.
fn rows_of<'a>(view: &View, drain: &'a Drain, rows: Rows) -> Vec<Row<'a>> {
    let copied: Vec<&Move> = drain.moves.iter().filter(|one| one.way != Way::Owner).collect();
    if rows == Rows::PerVm && copied.len() <= SINGLY {
        let row = |one: &'a Move| Row {
            label: view.vm(one.vm).to_owned(),
            moves: vec![one],
            single: true,
        };
        return copied.into_iter().map(row).collect();
    }
    let (lives, saved): (Vec<&Move>, Vec<&Move>) = copied.into_iter().partition(|one| one.way == Way::Live);
    let mut rows: Vec<Row> = lanes(&lives);
    if !saved.is_empty() {
        rows.push(Row {
            label: format!("{} saved and restored", saved.len()),
            moves: saved,
            single: false,
        });
    }
    rows
}

/// Moves on as few rows as overlap; what finds none is drawn over the last.
fn lanes<'a>(moves: &[&'a Move]) -> Vec<Row<'a>> {
    let mut rows: Vec<Row> = Vec::new();
    for one in moves {
        let ends_ms = |row: &Row| row.moves.last().map_or(0, |last| last.end_ms);
        let free = rows.iter().position(|row| ends_ms(row) <= one.start_ms);
        let place = free.or_else(|| (rows.len() >= LANES).then_some(LANES - 1));
        match place.and_then(|place| rows.get_mut(place)) {
            Some(row) => row.moves.push(one),
            None => rows.push(Row {
                label: format!("slot {}", rows.len() + 1),
                moves: vec![one],
                single: false,
            }),
        }
    }
    rows
}

fn draw_row(svg: &mut Svg, y: i64, view: &View, row: &Row, axis: &Axis) {
    svg.fitted(LEFT, y + 10, NAMES - 10, TEXT, &row.label);
    if !row.single && row.moves.iter().any(|one| one.way == Way::Quick) {
        return saved(svg, y, row, axis);
    }
    for one in &row.moves {
        bar(svg, y, view, one, row.single, axis);
    }
}

fn bar(svg: &mut Svg, y: i64, view: &View, one: &Move, single: bool, axis: &Axis) {
    let (from, to) = (axis.at(one.start_ms), axis.at(one.end_ms));
    let area = at(from, y, (to - from).max(1), ROW - 5);
    let (vm, target) = (view.vm(one.vm), view.node(one.target));
    svg.begin(&tooltip(one, vm, target));
    match one.way {
        Way::Live => {
            let fill = WAVES.get((one.wave as usize + 1) % 2).copied().unwrap_or(look::PALE);
            svg.rect(area, fill, look::INK, r#"stroke-width="0.4""#);
        }
        _ => svg.hatched(area, look::INK),
    }
    svg.end();
    if single {
        let wave = if one.wave > 0 {
            format!(" · wave {}", one.wave)
        } else {
            String::new()
        };
        let x = area.x + area.w + 6;
        let memory = format!(" · {}", show::memory(one.memory_mib));
        // where room is short the target stays, the rest is in the tooltip
        let ends = [format!("{memory}{wave}"), memory, String::new()];
        let whole = |end: &&String| look::text_width(&format!("→ {target}{end}"), SMALL.size) <= RIGHT - x;
        let end = ends.iter().find(whole).map_or("", String::as_str);
        svg.pieces(
            x,
            y + 10,
            RIGHT - x,
            SMALL,
            &[Piece::Fixed("→ "), Piece::Name(target), Piece::Fixed(end)],
        );
    } else if look::text_width(vm, 10) + 6 <= area.w {
        let ink = if one.wave % 2 == 1 { "#ffffff" } else { look::INK };
        svg.text(area.x + area.w / 2, y + 9, SMALL.sized(10).ink(ink).middle(), vm);
    }
}

fn tooltip(one: &Move, vm: &str, target: &str) -> String {
    let what = match one.way {
        Way::Live => format!(
            "wave {}, {}, pause {} ms",
            one.wave,
            show_mbps(one.rate_mbps),
            one.blackout_ms
        ),
        _ => format!("down for {}", minutes(one.blackout_ms)),
    };
    let (from, to) = (minutes(one.start_ms), minutes(one.end_ms));
    format!(
        "{vm} to {target}: {from} to {to}, {}, {what}",
        show::memory(one.memory_mib)
    )
}

/// All saved VMs as one bar.
fn saved(svg: &mut Svg, y: i64, row: &Row, axis: &Axis) {
    let from_ms = row.moves.iter().map(|one| one.start_ms).min().unwrap_or(0);
    let to_ms = row.moves.iter().map(|one| one.end_ms).max().unwrap_or(0);
    let longest = row.moves.iter().map(|one| one.blackout_ms).max().unwrap_or(0);
    let (from, to) = (axis.at(from_ms), axis.at(to_ms));
    svg.hatched(at(from, y, (to - from).max(1), ROW - 5), look::INK);
    let text = format!("each down for up to {}", minutes(longest));
    svg.fitted(to + 6, y + 10, RIGHT - to - 6, SMALL, &text);
}

/// How full the ports out of the node are: mean rate of every migration while it copies; returns the y below.
fn fill(svg: &mut Svg, y: i64, drain: &Drain, axis: &Axis) -> i64 {
    let bottom = y + FILL;
    svg.text(LEFT, y + 12, TEXT, "Live-migration ports");
    svg.text(LEFT, y + 26, SMALL, &format!("full: {}", show_mbps(drain.egress_mbps)));
    svg.line(
        (axis.x, y),
        (axis.x + axis.w, y),
        look::RULE,
        r#"stroke-dasharray="3 3""#,
    );
    svg.line((axis.x, bottom), (axis.x + axis.w, bottom), look::GREY, "");
    let mut d = format!("M{} {bottom}", axis.x);
    let full = drain.egress_mbps.max(1);
    for (ms, rate) in load(drain) {
        let height = i64::try_from(rate.min(full) * FILL.unsigned_abs() / full).unwrap_or(FILL);
        let _ = write!(d, "H{}V{}", axis.at(ms), bottom - height);
    }
    d.push_str(&format!("V{bottom}"));
    svg.path(&d, look::PLANNED, r##"stroke-width="1" style="fill:#cfe3f1""##);
    bottom
}

/// What leaves the node over time: from each moment on, Mbit/s.
fn load(drain: &Drain) -> Vec<(u64, u64)> {
    let lives = || drain.moves.iter().filter(|one| one.way == Way::Live);
    let mut changes: Vec<(u64, bool, u64)> = Vec::new();
    for one in lives() {
        let (from_ms, to_ms) = one.sending_ms;
        if to_ms > from_ms {
            changes.extend([(from_ms, true, one.rate_mbps), (to_ms, false, one.rate_mbps)]);
        }
    }
    changes.sort_unstable();
    let mut rate = 0_u64;
    let mut steps: Vec<(u64, u64)> = Vec::with_capacity(changes.len());
    for (ms, begins, by) in changes {
        rate = if begins { rate + by } else { rate.saturating_sub(by) };
        match steps.last_mut() {
            Some(last) if last.0 == ms => last.1 = rate,
            _ => steps.push((ms, rate)),
        }
    }
    steps
}
