//! Rules about the networks that the failover cluster sees.

mod adapters_share_subnet;
mod address_outside_cluster_networks;
mod automatic_metric_off;
mod automatic_private_address;
mod cluster_filter_with_guest_clusters;
mod cluster_network_missing_on_node;
mod cluster_network_not_up;
mod csv_port_without_smb;
mod dhcp_mixed_with_static;
mod dns_suffixes_differ;
mod duplicate_ip_address;
mod encrypted_redirected_csv;
mod firewall_blocks_cluster;
mod heartbeat_too_strict;
mod ipv6_bound_on_some_nodes;
mod live_migration_on_client_network;
mod management_not_first_in_binding_order;
mod metric_against_purpose;
mod netbios_on_private_adapter;
mod no_client_network;
mod no_default_gateway;
mod prefix_length_differs;
mod private_adapter_registers_in_dns;
mod private_network_open_to_clients;
mod route_history_short;
mod several_default_gateways;
mod single_cluster_network;
mod storage_network_used_by_cluster;
mod storage_networks_merged;
mod two_networks_same_subnet;
mod vm_network_in_cluster;

use super::Rule;

/// The family.
pub static RULES: &[&Rule] = &[
    &adapters_share_subnet::RULE,
    &address_outside_cluster_networks::RULE,
    &automatic_metric_off::RULE,
    &automatic_private_address::RULE,
    &cluster_filter_with_guest_clusters::RULE,
    &cluster_network_missing_on_node::RULE,
    &cluster_network_not_up::RULE,
    &csv_port_without_smb::RULE,
    &dhcp_mixed_with_static::RULE,
    &dns_suffixes_differ::RULE,
    &duplicate_ip_address::RULE,
    &encrypted_redirected_csv::RULE,
    &firewall_blocks_cluster::RULE,
    &heartbeat_too_strict::RULE,
    &ipv6_bound_on_some_nodes::RULE,
    &live_migration_on_client_network::RULE,
    &management_not_first_in_binding_order::RULE,
    &metric_against_purpose::RULE,
    &netbios_on_private_adapter::RULE,
    &no_client_network::RULE,
    &no_default_gateway::RULE,
    &prefix_length_differs::RULE,
    &private_adapter_registers_in_dns::RULE,
    &private_network_open_to_clients::RULE,
    &route_history_short::RULE,
    &several_default_gateways::RULE,
    &single_cluster_network::RULE,
    &storage_network_used_by_cluster::RULE,
    &storage_networks_merged::RULE,
    &two_networks_same_subnet::RULE,
    &vm_network_in_cluster::RULE,
];
