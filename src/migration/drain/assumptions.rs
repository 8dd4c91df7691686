//! What a forecast took for granted: only what mattered for this cluster, with what would replace it.
//!
//! In: facts and the question. Out: lines for people. Must not know: times.

use super::Question;
use super::defaults::{DIRTY_MIB_S, QUICK_FIXED_S, WORKING_SET_PERMILLE};
use super::facts::Facts;
use super::guests::{Way, way};
use super::problem::storage_rate;
use super::room::Hosts;
use crate::inventory::Vm;
use crate::migration::assumptions::{PASSES, RESIDUE_MS};
use crate::migration::whole::{mib_up, seconds};
use crate::policy::HOST_RESERVE_MIB;
use crate::units::show_mbps;

/// Something taken for granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumed {
    /// What was taken, as a sentence without its full stop.
    pub taken: String,
    /// What tells the true value.
    pub instead: String,
}

fn assumed(taken: String, instead: &str) -> Assumed {
    Assumed {
        taken,
        instead: instead.to_owned(),
    }
}

/// Everything that mattered, in the order of how much it can change.
pub(super) fn list(facts: &Facts, nodes: &[usize], hosts: &Hosts, question: &Question) -> Vec<Assumed> {
    let on_nodes = |vm: usize| {
        hosts
            .get(vm)
            .copied()
            .flatten()
            .is_some_and(|node| nodes.contains(&node))
    };
    let vms: Vec<&Vm> = (0..hosts.len())
        .filter(|vm| on_nodes(*vm))
        .filter_map(|vm| facts.vm(vm))
        .collect();
    let mut list = Vec::new();
    list.push(assumed(
        format!(
            "Nine of ten nights take at most {} % longer than forecast for moving VMs",
            facts.routes.spread_permille().div_ceil(10)
        ),
        "past migrations: nicplan calibrate, then --calibration",
    ));
    list.push(assumed(
        format!(
            "Installing updates and restarting takes {} min per node",
            question.reboot_minutes
        ),
        "--reboot, or reboot_minutes in policy.csv",
    ));
    list.push(assumed(
        "Nodes are patched one after the other, those with the fewest VMs first, and get their VMs back (Cluster-Aware Updating)".to_owned(),
        "Invoke-CauRun -NodeOrder and -FailbackMode",
    ));
    live(facts, nodes, &vms, &mut list);
    quick(facts, nodes, &vms, &mut list);
    memory(facts, &vms, &mut list);
    list
}

fn live(facts: &Facts, nodes: &[usize], vms: &[&Vm], list: &mut Vec<Assumed>) {
    let lives = || vms.iter().filter(|vm| way(vm) == Way::Live);
    let (all, quiet) = (lives().count(), lives().filter(|vm| vm.dirty_mib_s.is_none()).count());
    if quiet > 0 {
        list.push(assumed(
            format!("{quiet} of {all} VMs that move live change {DIRTY_MIB_S} MiB of memory per second"),
            "dirty_mib_s in vms.csv",
        ));
    }
    let sets = lives().filter(|vm| vm.working_set_mib.is_none()).count();
    if sets > 0 {
        list.push(assumed(
            format!(
                "{sets} of {all} VMs that move live write again and again to {} % of their memory",
                WORKING_SET_PERMILLE / 10
            ),
            "working_set_mib in vms.csv",
        ));
    }
    other_traffic(facts, nodes, list);
    let fixed = facts.routes.longest_fixed();
    if let Some((setup_ms, switch_over_ms)) = fixed.filter(|_| all > 0) {
        list.push(assumed(
            format!(
                "Each live migration takes {} s to set up and {} s to switch over; copying stops after {PASSES} passes or when \
                 the rest takes {} s",
                seconds(setup_ms),
                seconds(switch_over_ms),
                seconds(RESIDUE_MS)
            ),
            "past migrations: nicplan calibrate, then --calibration",
        ));
    }
}

/// What other traffic on the ports of live migration keeps, where any is on them, on the node with most of it.
fn other_traffic(facts: &Facts, nodes: &[usize], list: &mut Vec<Assumed>) {
    let routes = nodes
        .iter()
        .flat_map(|node| (0..facts.nodes()).filter_map(|target| Some((*node, facts.routes.get(*node, target)?))));
    let most = routes.max_by_key(|(node, route)| (route.is_starved, route.needed, std::cmp::Reverse(*node)));
    if let Some((node, route)) = most.filter(|(_, route)| route.needed > 0) {
        list.push(assumed(
            format!(
                "Other traffic on the ports of live migration goes on and takes what it needs, most on {}: {}{}",
                facts.node(node),
                show_mbps(route.needed),
                if route.is_starved {
                    "; that leaves less than a tenth of the ports, and a tenth is taken for live migration all the same"
                } else {
                    ""
                }
            ),
            "demand_mbps in demands.csv; p95_mbps, peak_mbps or average_mbps in vnics.csv",
        ));
    }
}

fn quick(facts: &Facts, nodes: &[usize], vms: &[&Vm], list: &mut Vec<Assumed>) {
    let count = vms.iter().filter(|vm| way(vm) == Way::Quick).count();
    if count == 0 {
        return;
    }
    let slowest = nodes
        .iter()
        .map(|node| storage_rate(facts, *node))
        .fold(f64::INFINITY, f64::min);
    list.push(assumed(
        format!(
            "{} below medium priority {} saved and restored, as Windows does by default, at {} MiB/s and {} s each beside the copy",
            crate::units::count(count, "VM"),
            if count == 1 { "is" } else { "are" },
            mib_up(slowest),
            2 * QUICK_FIXED_S
        ),
        "time one Save-VM; MoveTypeThreshold 1000 lets low priority move live",
    ));
}

fn memory(facts: &Facts, vms: &[&Vm], list: &mut Vec<Assumed>) {
    let nodes = &facts.cluster.nodes;
    let unknown = nodes.iter().filter(|node| node.memory_mib.is_none()).count();
    if unknown < nodes.len() {
        list.push(assumed(
            format!("Every node keeps {HOST_RESERVE_MIB} MiB for itself"),
            "watch the free memory of a full node",
        ));
    }
    if unknown > 0 {
        list.push(assumed(
            format!("Memory never limits where VMs go on {unknown} of {} nodes", nodes.len()),
            "memory_mib in nodes.csv",
        ));
    }
    if vms
        .iter()
        .any(|vm| vm.maximum_memory_mib.is_some_and(|most| most > vm.memory_mib))
    {
        list.push(assumed(
            "A target has room for the most memory that a VM may get; only what it has now is copied".to_owned(),
            "maximum_memory_mib in vms.csv",
        ));
    }
}
