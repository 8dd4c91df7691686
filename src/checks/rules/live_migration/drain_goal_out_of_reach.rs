//! A drain that cannot keep the policy's goal on any schedule.

use super::drain_bound;
use crate::checks::rules::{Fault, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use std::cmp::Reverse;

/// The rule.
pub static RULE: Rule = Rule {
    name: "drain-goal-out-of-reach",
    severity: Severity::Warning,
    family: "live-migration",
    summary: "a node cannot be drained within the goal of the policy, whatever the order",
    risk: "maintenance overruns its window, and VMs are shut down in the end",
    source: "the memory of the VMs over the speed of the ports, by the pre-copy model of Clark et al. (NSDI 2005)",
    page: include_str!("drain_goal_out_of_reach.md"),
    columns: &[
        "clusters.live_migration_transport",
        "host_vnics.role",
        "nics.current_role",
        "nics.speed_mbps",
        "nics.status",
        "nodes.live_migration_transport",
        "nodes.smb_limit_mbps",
        "policy.setting",
        "vms.memory_mib",
        "vms.node",
        "vms.priority",
        "vms.state",
    ],
    needs: &[
        "vms.node",
        "vms.memory_mib",
        "nics.current_role|host_vnics.role",
        "nodes.live_migration_transport|clusters.live_migration_transport",
    ],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let Some(goal) = cluster.policy.drain_goal_s else {
        return report.out_of_scope("the policy has no drain goal");
    };
    let mut late = Vec::new();
    for (index, node) in cluster.nodes.iter().enumerate() {
        let seconds = drain_bound(cluster, index).filter(|seconds| *seconds > goal);
        late.extend(seconds.map(|seconds| (seconds, node)));
    }
    let Some((worst, slowest)) = late
        .iter()
        .copied()
        .max_by_key(|(seconds, node)| (*seconds, Reverse(node.name.as_str())))
    else {
        return;
    };
    let names: Vec<&str> = late.iter().map(|(_, node)| node.name.as_str()).collect();
    report.add(Fault {
        subject: lookup::list(&names),
        message: format!(
            "draining {} takes {} s at least, with the ports all to itself; the goal is {goal} s (not kept: {})",
            slowest.name,
            worst,
            lookup::list(&names)
        ),
        current: format!("{worst} s or more"),
        expected: format!("{goal} s"),
        fix: "give live migration more or faster ports, use SMB with several of them, or allow more time".to_owned(),
        at: late.iter().map(|(_, node)| report.at(node.origin, "node")).collect(),
    });
}
