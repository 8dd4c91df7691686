//! A pool that cannot give addresses.

use super::pool_location;
use crate::checks::rules::{Fault, Report, Rule, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::mac::pools::{self, PoolFault};

/// The rule.
pub static RULE: Rule = Rule {
    name: "mac-pool-inverted",
    severity: Severity::Error,
    family: "mac",
    summary: "a dynamic MAC pool ends before it starts, or its ends differ in the first three bytes",
    risk: "the host cannot give an address, so VMs with dynamic adapters do not start there",
    source: "Microsoft KB 2804678 (the range is one prefix with a first and a last address)",
    page: include_str!("mac_pool_inverted.md"),
    columns: &["nodes.mac_pool_min", "nodes.mac_pool_max", "nodes.node"],
    subject: "nodes",
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    report.look_at(cluster.nodes.len());
    for (index, node) in cluster.nodes.iter().enumerate() {
        let Some(range) = node.mac_pool else {
            report.lacks("nodes.mac_pool_min");
            continue;
        };
        let words = match pools::fault(range) {
            None => continue,
            Some(PoolFault::Inverted) => "ends before it starts",
            Some(PoolFault::PrefixDiffers) => "has ends that differ in the first three bytes",
            Some(PoolFault::NotUnicast) => "holds addresses that no vNIC may have (multicast or NLB)",
        };
        let planned = report.planned_pool(index).unwrap_or(range);
        report.add(Fault {
            subject: node.name.clone(),
            message: format!("the dynamic MAC pool of {} {words}", node.name),
            current: fixes::range(range),
            expected: fixes::range(planned),
            fix: fixes::set_pool(cluster, node, planned),
            at: vec![pool_location(report, node), report.at(node.origin, "mac_pool_max")],
        });
    }
}
