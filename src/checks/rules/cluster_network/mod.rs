//! Rules about the networks that the failover cluster sees.

mod no_client_network;
mod single_cluster_network;
mod storage_network_used_by_cluster;
mod two_networks_same_subnet;

use super::Rule;

/// The family.
pub static RULES: &[&Rule] = &[
    &no_client_network::RULE,
    &single_cluster_network::RULE,
    &storage_network_used_by_cluster::RULE,
    &two_networks_same_subnet::RULE,
];
