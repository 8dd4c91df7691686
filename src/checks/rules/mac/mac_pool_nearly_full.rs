//! A pool of which four fifths are in use.

use crate::checks::rules::{Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::mac::PoolUse;
use crate::mac::pools::NEARLY_FULL_PERMILLE;
use crate::units::permille_up;

/// The rule.
pub static RULE: Rule = Rule {
    name: "mac-pool-nearly-full",
    severity: Severity::Warning,
    family: "mac",
    summary: "four fifths of a node's MAC pool are in use",
    risk: "a few more VMs, or a few that move here and restart, and the next one does not start (event 12565)",
    source: "Hyper-V Best Practices Analyzer, \"Configure the server with a sufficient amount of dynamic MAC addresses\"; KB 2804678",
    page: include_str!("mac_pool_nearly_full.md"),
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
    super::add_full(cluster, report, is_nearly_full, |_, load, size| {
        format!("{} of {size} addresses of the dynamic MAC pool are in use", load.now)
    });
}

fn is_nearly_full(load: PoolUse, size: u64) -> bool {
    load.now < size && permille_up(load.now, size) >= NEARLY_FULL_PERMILLE
}
