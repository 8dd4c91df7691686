//! Rules about Hyper-V Replica.

mod replica_line_too_slow;
mod replica_not_throttled;
mod replica_sites_share_subnet;
mod replica_unavailable;
mod replica_unencrypted_on_wan;
mod replica_without_broker;
mod replica_without_failover_address;
mod route_with_host_bits;

use super::Rule;
use crate::inventory::{Cluster, Vm};

/// The family.
pub static RULES: &[&Rule] = &[
    &replica_line_too_slow::RULE,
    &replica_not_throttled::RULE,
    &replica_sites_share_subnet::RULE,
    &replica_unavailable::RULE,
    &replica_unencrypted_on_wan::RULE,
    &replica_without_broker::RULE,
    &replica_without_failover_address::RULE,
    &route_with_host_bits::RULE,
];

/// VMs that are replicated.
fn replicated(cluster: &Cluster) -> Vec<&Vm> {
    cluster.vms.iter().filter(|vm| vm.replica).collect()
}
