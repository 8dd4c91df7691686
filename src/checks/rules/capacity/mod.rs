//! Rules about sizes: limits of the Windows version, and room for the VMs of a lost node.

mod anti_affinity_broken_by_node_loss;
mod infrastructure_pool_holds_node;
mod infrastructure_pool_wrong_size;
mod no_failover_memory;
mod too_many_nodes;
mod too_many_vms;
mod too_many_vms_after_node_loss;
mod too_many_vms_per_node;
mod vms_without_home_after_node_loss;

use super::{Rule, lookup};
use crate::inventory::Cluster;
use std::net::Ipv4Addr;

/// The family.
pub static RULES: &[&Rule] = &[
    &anti_affinity_broken_by_node_loss::RULE,
    &infrastructure_pool_holds_node::RULE,
    &infrastructure_pool_wrong_size::RULE,
    &no_failover_memory::RULE,
    &too_many_nodes::RULE,
    &too_many_vms::RULE,
    &too_many_vms_after_node_loss::RULE,
    &too_many_vms_per_node::RULE,
    &vms_without_home_after_node_loss::RULE,
];

/// What lets a VM run on more nodes than now, after the loss of a node.
fn more_room(cluster: &Cluster, vm: usize, lost: usize) -> String {
    let guest = &cluster.vms[vm];
    let closed = |node: &usize| *node != lost && !guest.owners.contains(node);
    let closed: Vec<&str> = (0..cluster.nodes.len())
        .filter(closed)
        .map(|node| cluster.nodes[node].name.as_str())
        .collect();
    let vm = &guest.name;
    match closed.is_empty() {
        true => format!("free or add memory on a node that may take {vm}, or move another VM away from it"),
        false => format!(
            "make {} a possible owner of {vm}, too (Failover Cluster Manager: the VM's resource, Properties, Advanced Policies), or \
             free memory on the other nodes",
            lookup::list(&closed)
        ),
    }
}

/// First and last address of the pool that Azure Local takes for its infrastructure; `None` where it is not known or not two
/// IPv4 addresses with a hyphen between them.
fn pool(cluster: &Cluster) -> Option<(Ipv4Addr, Ipv4Addr)> {
    let (first, last) = cluster.facts.text("infrastructure_ip_pool")?.split_once('-')?;
    Some((first.trim().parse().ok()?, last.trim().parse().ok()?))
}
