//! What would make the patch run shorter, each change by itself: whether it then fits the window.
//!
//! In: the night and its forecast. Out: a list of changes with their totals. Must not know: how they are shown.

use super::curves::SPEEDS;
use super::facts::Facts;
use super::patch_run::{PatchRun, Rounds, order, run};
use super::{Forecast, Night, Ports};
use crate::profiles::{WS2012, WS2022};
use crate::units::{Mbps, show_mbps};

/// A change with what it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// What to do, as a sentence without its full stop.
    pub what: String,
    /// The run with this change, ms.
    pub total_ms: u64,
    /// The same in one of ten cases, ms.
    pub p90_ms: u64,
    /// It fits the window; `None` without a window.
    pub fits: Option<bool>,
    /// Why it cannot be done, if it cannot: a VM that would fit nowhere.
    pub impossible: Option<String>,
}

/// Changes in the order of their cost: settings, then habits, then hardware.
pub(super) fn list(night: &Night, forecast: &Forecast) -> Vec<Remedy> {
    let slots = Some(forecast.recommended);
    let base = night.rounds();
    let mut remedies = Vec::new();
    let mut add = |what: String, run: &PatchRun| remedies.push(remedy(night, forecast, what, run));
    if let Some(setting) = setting(night, forecast) {
        add(setting, &night.run(Rounds { slots, ..base }));
    }
    if let Some(run) = &forecast.planned_run {
        let number = forecast.recommended;
        add(
            format!("Start the migrations as planned, {number} at once, on the planned targets (migrations.csv)"),
            run,
        );
    }
    let stay = Rounds {
        failback: false,
        ..base
    };
    add(
        "Let the VMs stay where they are (Invoke-CauRun -FailbackMode NoFailback)".to_owned(),
        &night.run(stay),
    );
    if night.nodes.len() > 2 {
        let both = Rounds {
            nodes_at_once: 2,
            slots,
            ..base
        };
        add(
            format!(
                "Patch two nodes at once, with {} live migrations at once (by hand: CAU does one)",
                forecast.recommended
            ),
            &night.run(both),
        );
    }
    for (speed, run) in faster(night) {
        add(format!("Live-migration ports of at least {}", show_mbps(speed)), &run);
    }
    remedies
}

/// How to set the recommended number at once; `None` where it is set already, or cannot be set.
fn setting(night: &Night, forecast: &Forecast) -> Option<String> {
    let cluster = night.facts.cluster;
    let number = forecast.recommended;
    let is_set = (0..night.facts.nodes()).all(|node| night.facts.routes.slots(node) == number);
    if is_set || cluster.profile.generation < WS2012 {
        return None;
    }
    let command = if cluster.profile.generation >= WS2022 {
        format!("(Get-Cluster).MaximumParallelMigrations = {number}")
    } else {
        format!("Set-VMHost -MaximumVirtualMachineMigrations {number} on every node")
    };
    Some(format!("Let {number} live migrations run at once ({command})"))
}

/// The run as it is, with faster ports, for every speed above today's.
fn faster(night: &Night) -> Vec<(Mbps, PatchRun)> {
    let nodes = order(&night.hosts, &night.nodes);
    let speeds = SPEEDS.iter().filter(|speed| **speed > night.other_ports.today);
    let with = |speed: &Mbps| {
        let routes = (night.other_ports.routes)(Ports::AtLeast(*speed));
        let facts = Facts::new(night.facts.cluster, &routes, night.question.switches_hold);
        (*speed, run(&facts, &night.hosts, &nodes, night.rounds()))
    };
    speeds.map(with).collect()
}

fn remedy(night: &Night, forecast: &Forecast, what: String, run: &PatchRun) -> Remedy {
    let stranded = run.stranded.first().map(|one| {
        let vm = night.facts.vm(one.vm).map_or("", |vm| vm.name.as_str());
        format!("{vm} then fits nowhere: {}", one.why)
    });
    Remedy {
        what,
        total_ms: run.total_ms(),
        p90_ms: forecast.run_p90_ms(run),
        fits: forecast.fits(run).map(|fits| fits && stranded.is_none()),
        impossible: stranded,
    }
}
