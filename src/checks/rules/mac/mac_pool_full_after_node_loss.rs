//! A pool that is too small for the VMs of a lost node.

use crate::checks::rules::{Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "mac-pool-full-after-node-loss",
    severity: Severity::Warning,
    family: "mac",
    summary: "a node's MAC pool is too small for the VMs that another node's loss brings",
    risk: "VMs fail to start in the very hour they should be taken over (event 12565)",
    source: "Microsoft KB 2804678; own derivation for the loss of one node",
    page: include_str!("mac_pool_full_after_node_loss.md"),
    columns: &[
        "nodes.mac_pool_min",
        "nodes.mac_pool_max",
        "vms.node",
        "vms.possible_owners",
        "vnics.mac_type",
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
        |load, size| load.now < size && load.worst > size,
        |cluster, load, size| {
            let lost = load
                .worst_loss
                .and_then(|n| cluster.nodes.get(n))
                .map_or("a node", |n| n.name.as_str());
            format!(
                "{} adapters would draw from a pool of {size} addresses if {lost} fails",
                load.worst
            )
        },
    );
}
