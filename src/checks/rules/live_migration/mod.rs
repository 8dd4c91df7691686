//! Rules about live migration: networks, transport, limits and what a drain needs.

mod any_migration_network;
mod drain_goal_out_of_reach;
mod guest_changes_memory_too_fast;
mod guest_cluster_heartbeat_too_short;
mod hosts_in_different_subnets_on_2008r2;
mod kerberos_without_delegation;
mod live_migration_disabled;
mod maintenance_window_too_short;
mod migration_excludes_all_networks;
mod migration_limit_ignored;
mod migration_list_names_no_network;
mod migration_networks_not_added_up;
mod migration_ports_slow;
mod migration_rdma_unused;
mod migration_shares_management_nic;
mod migration_smb_on_slow_ports;
mod migration_smb_uncapped;
mod migration_subnets_miss_network;
mod migration_takes_other_network;
mod migration_transport_differs;
mod migration_transport_unavailable;
mod processor_models_differ;
mod processor_vendors_differ;
mod several_migrations_on_2008r2;
mod smb_limit_factor_on_uneven_nodes;
mod smb_limit_feature_missing;
mod smb_limit_is_default;
mod smb_limit_too_high;
mod some_migration_ports_slow;
mod too_many_migrations_for_network_atc;

use super::Rule;
use crate::demand::live_moved;
use crate::inventory::{Cluster, ClusterNetwork, Nic, Node};
use crate::migration::path::{SmbShare, slots, smb_limit};
use crate::migration::{self, Moved, Rate};
use crate::powershell::quoted;
use crate::profiles::{Transport, WS2008R2};
use crate::roles::Role;
use crate::units::{Mbps, same_name};

/// The family.
pub static RULES: &[&Rule] = &[
    &any_migration_network::RULE,
    &drain_goal_out_of_reach::RULE,
    &guest_changes_memory_too_fast::RULE,
    &guest_cluster_heartbeat_too_short::RULE,
    &hosts_in_different_subnets_on_2008r2::RULE,
    &kerberos_without_delegation::RULE,
    &live_migration_disabled::RULE,
    &maintenance_window_too_short::RULE,
    &migration_excludes_all_networks::RULE,
    &migration_limit_ignored::RULE,
    &migration_list_names_no_network::RULE,
    &migration_networks_not_added_up::RULE,
    &migration_ports_slow::RULE,
    &migration_rdma_unused::RULE,
    &migration_shares_management_nic::RULE,
    &migration_smb_on_slow_ports::RULE,
    &migration_smb_uncapped::RULE,
    &migration_subnets_miss_network::RULE,
    &migration_takes_other_network::RULE,
    &migration_transport_differs::RULE,
    &migration_transport_unavailable::RULE,
    &processor_models_differ::RULE,
    &processor_vendors_differ::RULE,
    &several_migrations_on_2008r2::RULE,
    &smb_limit_factor_on_uneven_nodes::RULE,
    &smb_limit_feature_missing::RULE,
    &smb_limit_is_default::RULE,
    &smb_limit_too_high::RULE,
    &some_migration_ports_slow::RULE,
    &too_many_migrations_for_network_atc::RULE,
];

pub(super) use migration_subnets_miss_network::tells_of as list_misses_network;
pub(super) use migration_takes_other_network::tells_of as leads_elsewhere;

/// Speed that Microsoft asks of a network for live migration, Mbit/s.
const LEAST_MBPS: Mbps = 1_000;

/// Rate from which SMB is better than compression, Mbit/s (Microsoft, Host network requirements for Azure Local).
const SMB_FROM_MBPS: Mbps = 5_000;

/// Part of a port with storage on it that live migration gets: 29 % of the half that SMB gets (the same page).
const BESIDE_STORAGE_PERMILLE: u64 = 145;

/// Ports that carry live migration, with or without a link.
fn ports(node: &Node) -> Vec<&Nic> {
    let migrates = |nic: &&Nic| nic.roles.contains(&Role::LiveMigration);
    node.nics.iter().filter(migrates).collect()
}

/// Whether storage or cluster traffic is on the ports of live migration, too.
fn share_ports(node: &Node) -> bool {
    let mut roles = ports(node).into_iter().flat_map(|port| &port.roles);
    roles.any(|role| [Role::Storage, Role::Cluster].contains(role))
}

/// Those of them that have a link.
fn ports_up(node: &Node) -> Vec<&Nic> {
    ports(node).into_iter().filter(|port| port.up).collect()
}

/// What live migration may count on at a node, Mbit/s; 0 where no port is known to carry it.
fn share(node: &Node) -> Mbps {
    let part = |port: &Nic| match port.roles.contains(&Role::Storage) {
        true => port.speed * BESIDE_STORAGE_PERMILLE / 1000,
        false => port.speed,
    };
    ports_up(node).into_iter().map(part).sum()
}

/// The limit of live migration over SMB that holds on a node and what it may be at most, where it leaves the storage on the same
/// ports too little.
fn limit_above_share(cluster: &Cluster, index: usize) -> Option<(Mbps, SmbShare)> {
    let node = cluster.nodes.get(index)?;
    let shared = ports_up(node)
        .into_iter()
        .filter(|port| port.roles.contains(&Role::Storage));
    let speed: Mbps = shared.map(|port| port.speed).sum();
    let (limit, _) = smb_limit(cluster, index).filter(|_| speed > 0)?;
    let share = SmbShare::new(node, speed);
    (limit > share.most()).then_some((limit, share))
}

/// Performance option of a host: its own, else that of the cluster; `None` = not known.
fn option(cluster: &Cluster, node: &Node) -> Option<Transport> {
    node.migration.transport.or(cluster.transport)
}

/// Best rate of live migration out of a node: all ports to itself; `None` where ports or option are not known.
fn best_rate(cluster: &Cluster, node: &Node) -> Option<Rate> {
    let speeds: Vec<Mbps> = ports_up(node).into_iter().map(|port| port.speed).collect();
    let transport = option(cluster, node).filter(|_| !speeds.is_empty())?;
    Some(migration::rate(transport, &speeds, true, 0))
}

/// Seconds that no drain of the node can beat; `None` where ports or option are not known.
fn drain_bound(cluster: &Cluster, index: usize) -> Option<u64> {
    let node = cluster.nodes.get(index)?;
    let mut rate = best_rate(cluster, node)?;
    let limit = smb_limit(cluster, index).filter(|_| option(cluster, node) == Some(Transport::Smb));
    if let Some((limit, _)) = limit {
        (rate.per_vm, rate.total) = (rate.per_vm.min(limit), rate.total.min(limit));
    }
    let vms: Vec<Moved> = live_moved(cluster, index).collect();
    Some(migration::drain_bound_s(&vms, rate, slots(cluster, index)))
}

/// Networks for live migration: meant for it, used by the cluster, not excluded.
fn networks(cluster: &Cluster) -> impl Iterator<Item = &ClusterNetwork> {
    let excluded = |network: &ClusterNetwork| {
        let mut names = cluster.migration.exclude_networks.iter();
        names.any(|name| same_name(name, &network.name))
    };
    let meant =
        |network: &&ClusterNetwork| network.purpose == Some(Role::LiveMigration) && network.cluster_use != Some(0);
    cluster
        .networks
        .iter()
        .filter(meant)
        .filter(move |network| !excluded(network))
}

/// Set the performance option of a host.
fn set_option(option: Transport) -> String {
    let word = match option {
        Transport::Tcp => "TCPIP",
        Transport::Compression => "Compression",
        Transport::Smb => "SMB",
    };
    format!("Set-VMHost -VirtualMachineMigrationPerformanceOption {word}")
}

/// Write one of the two lists of networks: on 2008 R2 a property of every clustered VM, from 2012 of the resource type.
pub(super) fn set_list(cluster: &Cluster, list: &str, names: &[&str]) -> String {
    let own = cluster.argument();
    let owner = if cluster.profile.generation == WS2008R2 {
        format!(
            "Import-Module FailoverClusters; Get-ClusterResource -Cluster {own} | Where-Object {{ $_.ResourceType.Name -eq 'Virtual Machine' }}"
        )
    } else {
        format!("Get-ClusterResourceType -Cluster {own} -Name 'Virtual Machine'")
    };
    let id = |name: &&str| format!("(Get-ClusterNetwork -Cluster {own} -Name {}).Id", quoted(name));
    let ids = match names {
        [] => "''".to_owned(),
        many => format!("(@({}) -join ';')", many.iter().map(id).collect::<Vec<_>>().join(", ")),
    };
    format!("{owner} | Set-ClusterParameter -Name {list} -Value {ids}")
}
