//! As many dynamic adapters on a host as its pool has addresses, or more.

use crate::checks::rules::{Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "mac-pool-full",
    severity: Severity::Error,
    family: "mac",
    summary: "a node has as many dynamic adapters as its MAC pool has addresses",
    risk: "the next VM does not start: \"Attempt to access invalid address\", Hyper-V-Worker event 12565",
    source: "Microsoft KB 2804678, default limit of 256 dynamic MAC addresses",
    page: include_str!("mac_pool_full.md"),
    columns: &[
        "nodes.mac_pool_min",
        "nodes.mac_pool_max",
        "vms.node",
        "vnics.mac_type",
        "host_vnics.switch",
        "nodes.node",
        "nodes.management_ip",
    ],
    subject: "nodes",
    needs: &["vms.node"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    super::add_full(
        cluster,
        report,
        |load, size| load.now >= size,
        |_, load, size| format!("{} adapters draw from a pool of {size} addresses", load.now),
    );
}
