//! Pools of two nodes of one cluster overlap without being the same.

use crate::checks::rules::{Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "mac-pool-overlap",
    severity: Severity::Error,
    family: "mac",
    summary: "the dynamic MAC pools of two nodes of a cluster overlap",
    risk: "two VMs can get one address; both lose packets at times, and Hyper-V notices only when they run on one host",
    source: "Microsoft KB 2804678; D. van der Peijl on duplicate Hyper-V MAC addresses",
    page: include_str!("mac_pool_overlap.md"),
    columns: &[
        "nodes.mac_pool_min",
        "nodes.mac_pool_max",
        "nodes.management_ip",
        "nodes.node",
    ],
    subject: "nodes beside each other",
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    super::add_clashes(
        cluster,
        report,
        |a, b| a != b && a.intersection(b).is_some(),
        "overlaps that of",
    );
}
