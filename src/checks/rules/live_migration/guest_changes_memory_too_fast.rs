//! VMs that change memory faster than live migration sends.

use super::best_rate;
use crate::checks::rules::{Fault, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Vm, VmState};
use crate::units::{Mbps, show_mbps};
use std::cmp::Reverse;

/// Megabits in a GiB, rounded down.
const MBIT_PER_GIB: u64 = 8_589;

/// The rule.
pub static RULE: Rule = Rule {
    name: "guest-changes-memory-too-fast",
    severity: Severity::Warning,
    family: "live-migration",
    summary: "a VM changes memory faster than live migration can send it",
    risk: "the copy never catches up: at the end the VM stands still longer than its users and clusters bear",
    source: "Clark et al., Live Migration of Virtual Machines (NSDI 2005), the writable working set",
    page: include_str!("guest_changes_memory_too_fast.md"),
    columns: &[
        "clusters.live_migration_transport",
        "host_vnics.role",
        "nics.current_role",
        "nics.speed_mbps",
        "nics.status",
        "nodes.live_migration_transport",
        "vms.dirty_mib_s",
        "vms.node",
        "vms.state",
        "vms.working_set_mib",
    ],
    needs: &[
        "vms.dirty_mib_s",
        "vms.working_set_mib",
        "nics.current_role|host_vnics.role",
        "nodes.live_migration_transport|clusters.live_migration_transport",
    ],
    check,
    ..Rule::BASE
};

/// VMs that change memory too fast, with their pause in ms and the rate of their migration in Mbit/s.
fn too_fast(cluster: &Cluster) -> Vec<(&Vm, u64, Mbps)> {
    let per_vm = |node| best_rate(cluster, node).map(|rate| rate.per_vm);
    let rates: Vec<Option<Mbps>> = cluster.nodes.iter().map(per_vm).collect();
    let moves = |vm: &&Vm| vm.state == VmState::Running && lookup::is_mobile(vm);
    let mut found = Vec::new();
    for vm in cluster.vms.iter().filter(moves) {
        let rate = vm.host.and_then(|host| rates.get(host).copied().flatten());
        let (Some(rate), Some(dirty), Some(set)) = (rate, vm.dirty_mib_s, vm.working_set_mib) else {
            continue;
        };
        // MiB/s and MiB in Mbit: 8 * 2^20 / 10^6
        let dirty = u64::from(dirty) * MBIT_PER_GIB / 1024;
        let pause_ms = set.min(vm.memory_mib).saturating_mul(MBIT_PER_GIB) * 1000 / 1024 / rate.max(1);
        if dirty >= rate && pause_ms > cluster.policy.blackout_limit_ms {
            found.push((vm, pause_ms, rate));
        }
    }
    found
}

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let limit = cluster.policy.blackout_limit_ms;
    let found = too_fast(cluster);
    let Some((worst, pause_ms, rate)) = found
        .iter()
        .copied()
        .max_by_key(|(vm, ms, _)| (*ms, Reverse(vm.name.as_str())))
    else {
        return;
    };
    let names: Vec<&str> = found.iter().map(|(vm, ..)| vm.name.as_str()).collect();
    report.add(Fault {
        subject: lookup::list(&names),
        message: format!(
            "{} {} memory faster than live migration sends ({3} for {2}); {2} would stand still for {pause_ms} ms",
            lookup::list(&names),
            if names.len() == 1 { "changes" } else { "change" },
            worst.name,
            show_mbps(rate)
        ),
        current: format!("{pause_ms} ms"),
        expected: format!("{limit} ms or less"),
        fix: "give live migration faster ports or SMB with RDMA, move these VMs when they are quiet, or shut them down"
            .to_owned(),
        at: found
            .iter()
            .map(|(vm, ..)| report.at(vm.origin, "dirty_mib_s"))
            .collect(),
    });
}
