//! Two nodes of one cluster have the same pool, as imaged hosts do.

use crate::checks::rules::{Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "mac-pool-cloned",
    severity: Severity::Error,
    family: "mac",
    summary: "two nodes of a cluster have the same dynamic MAC pool",
    risk: "each host hands out the same addresses from the first one on, so the first VM of each gets the same address",
    source: "D. van der Peijl on duplicate Hyper-V MAC addresses: sysprep does not reset the range",
    page: include_str!("mac_pool_cloned.md"),
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
    super::add_clashes(cluster, report, |a, b| a == b, "is the same as that of");
}
