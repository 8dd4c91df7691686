//! The forecast for the console: first the answer, then the worst node, what limits it, what would help, what was assumed.

use super::View;
use super::answer::{headline, minutes};
use crate::migration::drain::{NodeDrain, Way};
use crate::reports::{not_yet, show};
use crate::units::{natural_cmp, show_mbps};
use std::fmt::Write;

/// Nodes listed one by one.
const NODES: usize = 16;
/// VMs named one by one.
const NAMED: usize = 10;

/// All clusters, one after the other.
pub fn write(views: &[View]) -> String {
    let each: Vec<String> = views.iter().map(cluster).collect();
    show::printable_lines(&each.join("\n"))
}

fn cluster(view: &View) -> String {
    let mut out = format!("Cluster {}: how long the patch night takes\n\n", view.cluster.name);
    if let Some(premise) = not_yet::for_migration(view.cluster).filter(|_| !view.forecast.is_of_plan) {
        let _ = writeln!(out, "  {premise}\n");
    }
    for line in headline(view) {
        let _ = writeln!(out, "  {line}");
    }
    if view.forecast.window_ms.is_none() {
        out.push_str("  Whether that fits: give the window with --window MINUTES, or maintenance_window_minutes in policy.csv.\n");
    }
    if view.has_no_vms() {
        assumptions(&mut out, view);
        return out;
    }
    stranded(&mut out, view);
    meetings(&mut out, view);
    worst(&mut out, view);
    nodes(&mut out, view);
    by_number(&mut out, view);
    by_speed(&mut out, view);
    remedies(&mut out, view);
    down(&mut out, view);
    assumptions(&mut out, view);
    out
}

/// Each VM that fits nowhere, with the reason.
fn stranded(out: &mut String, view: &View) {
    let stranded = view.forecast.stranded();
    if stranded.is_empty() {
        return;
    }
    let count = show::count(stranded.len(), "VM finds", "VMs find");
    let _ = writeln!(
        out,
        "\nNo: {count} no place. Windows would report event 1137 and the drain would fail."
    );
    for one in stranded.iter().take(NAMED) {
        let _ = writeln!(
            out,
            "  {} on {}: {}{}",
            view.vm(one.vm),
            view.node(one.source),
            one.why,
            way_out(view, one.vm)
        );
    }
    more(out, stranded.len());
}

/// The place that a plan has for a VM for which Windows finds none.
fn way_out(view: &View, vm: usize) -> String {
    match view.forecast.planned_target(vm) {
        Some(node) => format!(" when Windows comes to it; the plan keeps room on {}", view.node(node)),
        None => String::new(),
    }
}

fn more(out: &mut String, count: usize) {
    if count > NAMED {
        let _ = writeln!(out, "  … and {} more (migrations.csv)", count - NAMED);
    }
}

fn meetings(out: &mut String, view: &View) {
    let meetings = &view.forecast.nlb_meetings;
    if meetings.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "\nWindows knows nothing of NLB and would put members of one NLB cluster on one node; the plan keeps them apart:"
    );
    for (vm, node) in meetings.iter().take(NAMED) {
        let _ = writeln!(out, "  {} on {}", view.vm(*vm), view.node(*node));
    }
    more(out, meetings.len());
}

fn worst(out: &mut String, view: &View) {
    let Some(worst) = view.forecast.drains.first() else {
        return;
    };
    let _ = writeln!(
        out,
        "\nThe longest drain: {}, {} with {}",
        view.node(worst.node),
        show::count(worst.today.vms, "VM", "VMs"),
        show::memory(worst.today.memory_mib)
    );
    let drains =
        std::iter::once(("as Windows does it", &worst.today)).chain(worst.planned.iter().map(|d| ("planned", d)));
    for (who, drain) in drains {
        let _ = writeln!(
            out,
            "  {who}: {} with {} at once; no order is faster than {}",
            minutes(drain.makespan_ms),
            drain.concurrency,
            minutes(drain.bound_ms)
        );
        if !drain.advice.is_empty() {
            let _ = writeln!(out, "    {}", drain.advice);
        }
        if let Some(pause) = drain.pause {
            let _ = writeln!(
                out,
                "    longest pause: {} for {} ms",
                view.vm(pause.vm),
                show::thousands(pause.ms)
            );
        }
    }
    hopeless(out, view);
}

/// A pause that no schedule shortens.
fn hopeless(out: &mut String, view: &View) {
    if view.forecast.pause_is_hopeless {
        let limit = show::thousands(view.cluster.policy.blackout_limit_ms);
        let _ = writeln!(
            out,
            "  Some VM pauses for more than {limit} ms whatever is planned: its memory changes faster than it is sent."
        );
    }
}

fn nodes(out: &mut String, view: &View) {
    let drains = &view.forecast.drains;
    if drains.len() < 2 {
        return;
    }
    let header = [
        "Node",
        "VMs",
        "Memory",
        "Windows",
        "9 of 10",
        "Planned",
        "Bound",
        "Windows limited by",
        "Planned limited by",
    ];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    rows.extend(drains.iter().take(NODES).map(|drain| row(view, drain)));
    let _ = writeln!(out, "\nEvery node, the longest drain first\n");
    out.push_str(&show::aligned(&rows));
    if drains.len() > NODES {
        let _ = writeln!(out, "… and {} more (drain.csv)", drains.len() - NODES);
    }
}

fn row(view: &View, drain: &NodeDrain) -> Vec<String> {
    let planned = drain.planned.as_ref();
    vec![
        view.node(drain.node).to_owned(),
        drain.today.vms.to_string(),
        show::memory(drain.today.memory_mib),
        minutes(drain.today.makespan_ms),
        minutes(view.forecast.p90_ms(drain.today.makespan_ms)),
        planned.map_or_else(String::new, |drain| minutes(drain.makespan_ms)),
        planned.map_or_else(String::new, |drain| minutes(drain.bound_ms)),
        show::limit(drain.today.limit).to_owned(),
        planned.map_or("", |drain| show::limit(drain.limit)).to_owned(),
    ]
}

/// What each number at once leads to, on the node that the number is chosen for.
fn by_number(out: &mut String, view: &View) {
    let forecast = view.forecast;
    if forecast.by_number.len() < 2 {
        return;
    }
    let node = view.node(forecast.busiest);
    let _ = writeln!(out, "\nHow many at once? The live migrations of {node}\n");
    let header = [
        "At once",
        "In a queue",
        "Longest pause",
        "With start times",
        "Longest pause",
        "",
    ];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    rows.extend(forecast.by_number.iter().map(|row| {
        let mark = match (row.number == forecast.recommended, row.is_allowed) {
            (true, _) => "recommended",
            (false, false) => "pauses a VM for too long",
            (false, true) => "",
        };
        vec![
            row.number.to_string(),
            minutes(row.queue_ms),
            format!("{} ms", show::thousands(row.pause_ms)),
            minutes(row.planned_ms),
            format!("{} ms", show::thousands(row.planned_pause_ms)),
            mark.to_owned(),
        ]
    }));
    out.push_str(&show::aligned(&rows));
}

/// What other ports lead to, on the same node.
fn by_speed(out: &mut String, view: &View) {
    let forecast = view.forecast;
    if forecast.by_speed.is_empty() {
        return;
    }
    let node = view.node(forecast.busiest);
    let _ = writeln!(
        out,
        "\nHow fast should the live-migration ports be? The drain of {node}\n"
    );
    let header = [
        "Each port".to_owned(),
        "Windows".to_owned(),
        format!("Planned, {} at once", forecast.recommended),
    ];
    let mut rows = vec![header.to_vec()];
    rows.extend(
        forecast
            .by_speed
            .iter()
            .map(|row| vec![show_mbps(row.speed), minutes(row.today_ms), minutes(row.planned_ms)]),
    );
    out.push_str(&show::aligned(&rows));
}

fn remedies(out: &mut String, view: &View) {
    if view.forecast.remedies.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nWhat would make the night shorter, each by itself\n");
    for remedy in &view.forecast.remedies {
        let time = match (&remedy.impossible, remedy.fits) {
            (Some(why), _) => format!("not possible: {why}"),
            (None, fits) => format!(
                "{} ({} in nine of ten cases){}",
                minutes(remedy.total_ms),
                minutes(remedy.p90_ms),
                match fits {
                    Some(true) => ", fits",
                    Some(false) => ", does not fit",
                    None => "",
                }
            ),
        };
        let _ = writeln!(out, "  {}\n    {time}", remedy.what);
    }
}

/// VMs that are down for a while, longest first.
fn down(out: &mut String, view: &View) {
    let mut saved: Vec<(u64, &str)> = Vec::new();
    for drain in &view.forecast.drains {
        let quick = drain.today.moves.iter().filter(|m| m.way == Way::Quick);
        saved.extend(quick.map(|m| (m.blackout_ms, view.vm(m.vm))));
    }
    if saved.is_empty() {
        return;
    }
    saved.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| natural_cmp(a.1, b.1)));
    let count = show::count(saved.len(), "VM is", "VMs are");
    let _ = writeln!(
        out,
        "\n{count} down for a while: below medium priority Windows saves and restores instead of migrating live\n"
    );
    for (ms, vm) in saved.iter().take(NAMED) {
        let _ = writeln!(out, "  {vm}: {}", minutes(*ms));
    }
    more(out, saved.len());
}

fn assumptions(out: &mut String, view: &View) {
    let _ = writeln!(out, "\nWhat was assumed, and [where the true value comes from]\n");
    for one in &view.forecast.assumptions {
        let _ = writeln!(out, "  {} [{}]", one.taken, one.instead);
    }
}
