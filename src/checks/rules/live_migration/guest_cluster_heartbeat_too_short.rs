//! Guest clusters whose heartbeat tolerates less than a move may last.

use crate::checks::rules::{Fault, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Vm};
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "guest-cluster-heartbeat-too-short",
    severity: Severity::Warning,
    family: "live-migration",
    summary: "the heartbeat of a guest cluster gives up before the pause of a live migration may end",
    risk: "moving one of its VMs is taken for a failure: the guest cluster fails over, and users notice",
    source: "Microsoft, Tuning Failover Cluster Network Thresholds; Running guest clustering in Hyper-V",
    page: include_str!("guest_cluster_heartbeat_too_short.md"),
    columns: &[
        "vms.guest_cluster",
        "vms.heartbeat_tolerance_ms",
        "vms.possible_owners",
        "vms.vm",
    ],
    needs: &["vms.heartbeat_tolerance_ms", "vms.guest_cluster"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let limit = cluster.policy.blackout_limit_ms;
    let mut found: BTreeMap<&str, Vec<(&Vm, u64)>> = BTreeMap::new();
    for vm in cluster.vms.iter().filter(|vm| lookup::is_mobile(vm)) {
        let tolerance = vm.facts.number("heartbeat_tolerance_ms").filter(|ms| *ms < limit);
        if let (Some(guests), Some(tolerance)) = (vm.facts.text("guest_cluster"), tolerance) {
            found.entry(guests).or_default().push((vm, tolerance));
        }
    }
    for (guests, vms) in found {
        let least = vms.iter().map(|(_, ms)| *ms).min().unwrap_or(0);
        let names: Vec<&str> = vms.iter().map(|(vm, _)| vm.name.as_str()).collect();
        report.add(Fault {
            subject: guests.to_owned(),
            message: format!(
                "guest cluster {guests} ({}) tolerates {least} ms without heartbeat; a live migration may pause a VM for {limit} ms",
                lookup::list(&names)
            ),
            current: format!("{least} ms"),
            expected: if limit < TCP_MS {
                format!("{limit} ms or more, and less than the 20 s of TCP")
            } else {
                format!("{limit} ms or more")
            },
            fix: fix(limit),
            at: vms.iter().map(|(vm, _)| report.at(vm.origin, "heartbeat_tolerance_ms")).collect(),
        });
    }
}

/// What TCP waits before it gives a connection up, in ms.
const TCP_MS: u64 = 20_000;

/// Heartbeats a second apart until the pause is over, and one fewer than TCP waits for.
fn fix(limit: u64) -> String {
    let threshold = limit.div_ceil(1_000).max(19);
    let more = if threshold * 1_000 < TCP_MS {
        ", less than the 20 s of TCP together"
    } else {
        "; connections of clients may break all the same, since TCP gives up after 20 s"
    };
    format!("in the guest: (Get-Cluster).SameSubnetDelay = 1000; (Get-Cluster).SameSubnetThreshold = {threshold}{more}")
}
