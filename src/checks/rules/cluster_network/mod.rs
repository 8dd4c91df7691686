//! Rules about the networks that the failover cluster sees.

pub mod no_client_network;
pub mod single_cluster_network;
pub mod storage_network_used_by_cluster;
pub mod two_networks_same_subnet;
