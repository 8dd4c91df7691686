//! Rules about sizes: limits of the Windows version, and room for the VMs of a lost node.

mod infrastructure_pool_holds_node;
mod infrastructure_pool_wrong_size;
mod no_failover_memory;
mod too_many_nodes;
mod too_many_vms;
mod too_many_vms_after_node_loss;
mod too_many_vms_per_node;

use super::Rule;
use crate::inventory::Cluster;
use std::net::Ipv4Addr;

/// The family.
pub static RULES: &[&Rule] = &[
    &infrastructure_pool_holds_node::RULE,
    &infrastructure_pool_wrong_size::RULE,
    &no_failover_memory::RULE,
    &too_many_nodes::RULE,
    &too_many_vms::RULE,
    &too_many_vms_after_node_loss::RULE,
    &too_many_vms_per_node::RULE,
];

/// First and last address of the pool that Azure Local takes for its infrastructure; `None` where it is not known or not two
/// IPv4 addresses with a hyphen between them.
fn pool(cluster: &Cluster) -> Option<(Ipv4Addr, Ipv4Addr)> {
    let (first, last) = cluster.facts.text("infrastructure_ip_pool")?.split_once('-')?;
    Some((first.trim().parse().ok()?, last.trim().parse().ok()?))
}
