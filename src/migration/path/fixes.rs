//! What to do about a layer at fault, with the exact cmdlet.
//!
//! Parameters as documented for `Get-ClusterNetwork`, `Set-ClusterParameter`, `Add-VMMigrationNetwork`, `Set-VMHost`, `Set-VMNetworkAdapter`,
//! `Set-VMNetworkAdapterVlan`, `Enable-NetAdapterRdma`. On 2008 R2 the lists of networks are properties of
//! each clustered VM, from 2012 of the resource type.

use super::choose::Choice;
use crate::inventory::Cluster;
use crate::migration::wiring::{Interface, Network, Subnet};
use crate::powershell::quoted;
use crate::profiles::{Transport, WS2008R2, WS2022};
use crate::units::host_vnic_of;

/// A network with its subnet.
pub(super) fn named(network: &Network) -> String {
    if network.subnet.is_empty() {
        network.name.clone()
    } else {
        format!("{} ({})", network.name, network.subnet)
    }
}

/// Whether a subnet of a host's list allows a network: it holds the adapters' addresses, or meets the network's subnet.
pub(super) fn allows(text: &str, network: &Network, own: &[&Interface]) -> bool {
    let Some(listed) = Subnet::parse(text) else {
        return !network.subnet.is_empty() && text.trim().eq_ignore_ascii_case(network.subnet.trim());
    };
    let mut addresses = own.iter().flat_map(|i| &i.addresses).peekable();
    if addresses.peek().is_some() {
        return addresses.any(|a| listed.holds(a));
    }
    network.subnets.iter().any(|s| listed.overlaps(s))
}

fn import(cluster: &Cluster) -> &'static str {
    if cluster.profile.generation == WS2008R2 {
        "Import-Module FailoverClusters; "
    } else {
        ""
    }
}

/// The owner of the two lists of networks.
fn list_owner(cluster: &Cluster) -> String {
    let own = cluster.argument();
    if cluster.profile.generation == WS2008R2 {
        return format!(
            "{}Get-ClusterResource -Cluster {own} | Where-Object {{ $_.ResourceType.Name -eq 'Virtual Machine' }}",
            import(cluster)
        );
    }
    format!("Get-ClusterResourceType -Cluster {own} -Name 'Virtual Machine'")
}

/// IDs of networks as the lists take them.
fn ids(cluster: &Cluster, names: &[&str]) -> String {
    let own = cluster.argument();
    let id = |name: &&str| format!("(Get-ClusterNetwork -Cluster {own} -Name {}).Id", quoted(name));
    match names {
        [] => "''".to_owned(),
        [one] => id(one),
        many => format!("(@({}) -join ';')", many.iter().map(id).collect::<Vec<_>>().join(", ")),
    }
}

fn set_list(cluster: &Cluster, list: &str, names: &[&str]) -> String {
    format!(
        "{} | Set-ClusterParameter -Name {list} -Value {}{}",
        list_owner(cluster),
        ids(cluster, names),
        placeholder(cluster, names)
    )
}

/// A comment behind a command that names networks which the inventory does not have: their real names must be put there.
fn placeholder(cluster: &Cluster, names: &[&str]) -> String {
    let known = |name: &str| cluster.networks.iter().any(|network| network.name == name);
    let unknown: Vec<String> = names
        .iter()
        .filter(|name| !known(name))
        .map(|name| quoted(name))
        .collect();
    if unknown.is_empty() {
        return String::new();
    }
    format!(
        " # put the cluster network's own name in place of {}: cluster_networks.csv does not name it",
        unknown.join(", ")
    )
}

/// Intended networks first, the rest of the present order behind them.
pub(super) fn set_order(choice: &Choice) -> String {
    let (first, rest): (Vec<usize>, Vec<usize>) = choice
        .order
        .iter()
        .partition(|n| choice.network(**n).is_some_and(|n| n.intended));
    let listed = |n: &usize| choice.place(*n).is_some();
    let names: Vec<&str> = first
        .iter()
        .chain(rest.iter().filter(|n| listed(n)))
        .filter_map(|n| choice.network(*n))
        .map(|n| n.name.as_str())
        .collect();
    set_list(choice.cluster, "MigrationNetworkOrder", &names)
}

/// One network first, the rest of the present order behind it.
pub(super) fn put_first(choice: &Choice, name: &str) -> String {
    let rest = choice
        .order
        .iter()
        .filter(|n| choice.place(**n).is_some())
        .filter_map(|n| choice.network(*n));
    let mut names = vec![name];
    names.extend(rest.map(|n| n.name.as_str()).filter(|n| *n != name));
    set_list(choice.cluster, "MigrationNetworkOrder", &names)
}

/// The excluded networks without stale names and without one network.
pub(super) fn set_excluded(choice: &Choice, without: Option<usize>) -> String {
    let networks = choice.wiring.networks.iter().enumerate();
    let listed = |name: &str| {
        choice
            .cluster
            .migration
            .exclude_networks
            .iter()
            .any(|n| crate::units::same_name(n, name))
    };
    let names: Vec<&str> = networks
        .filter(|(i, n)| Some(*i) != without && listed(&n.name))
        .map(|(_, n)| n.name.as_str())
        .collect();
    set_list(choice.cluster, "MigrationExcludeNetworks", &names)
}

/// Take a network out of the excluded ones.
pub(super) fn include_network(choice: &Choice, network: usize) -> String {
    set_excluded(choice, Some(network))
}

fn cluster_network(choice: &Choice, network: usize) -> String {
    let name = choice.network(network).map_or("", |n| &n.name);
    format!(
        "{}(Get-ClusterNetwork -Cluster {} -Name {})",
        import(choice.cluster),
        choice.cluster.argument(),
        quoted(name)
    )
}

/// Let the cluster use a network.
pub(super) fn cluster_use(choice: &Choice, network: usize) -> String {
    format!("{}.Role = 1", cluster_network(choice, network))
}

/// Where to look when a network is not up.
pub(super) fn look_at_network(choice: &Choice, network: usize) -> String {
    format!(
        "find the failed adapter and repair its cable, VLAN or address: {} | Get-ClusterNetworkInterface | Format-Table Node, Name, State",
        cluster_network(choice, network)
    )
}

/// Put a node on a network.
pub(super) fn add_interface(choice: &Choice, node: usize, network: usize) -> String {
    let name = choice.network(network).map(named).unwrap_or_default();
    format!(
        "give an adapter of {} an address on {name}; correct it if it has one of another subnet",
        choice.node(node)
    )
}

/// Same VLAN at both ends, that of the network if it is known.
pub(super) fn set_vlan(choice: &Choice, source: usize, target: usize, network: usize) -> String {
    let vnic = |node: usize| choice.wiring.on(node, network).find(|i| i.vlan.is_some());
    let wanted = choice
        .network(network)
        .and_then(|n| n.vlan)
        .or(vnic(source).and_then(|i| i.vlan));
    let odd = [source, target]
        .into_iter()
        .find(|n| vnic(*n).is_some_and(|i| i.vlan != wanted))
        .unwrap_or(target);
    let (Some(interface), Some(vlan)) = (vnic(odd), wanted) else {
        return String::new();
    };
    let bare = host_vnic_of(&interface.name);
    format!(
        "Set-VMNetworkAdapterVlan -ManagementOS -ComputerName {} -VMNetworkAdapterName {} -Access -VlanId {vlan}",
        quoted(choice.node(odd)),
        quoted(bare)
    )
}

/// Let a host migrate over a network: a listed subnet that belongs to no network is replaced, else one is added.
pub(super) fn add_subnet(choice: &Choice, node: usize, network: usize) -> String {
    let subnet = choice
        .network(network)
        .map(|n| n.subnet.as_str())
        .filter(|s| !s.is_empty());
    let subnet = subnet.map_or("<subnet of the network>".to_owned(), quoted);
    let host = quoted(choice.node(node));
    let listed = choice
        .cluster
        .nodes
        .get(node)
        .and_then(|n| n.migration.subnets.as_ref());
    let stale = |text: &&String| !choice.wiring.networks.iter().any(|n| allows(text, n, &[]));
    match listed.into_iter().flatten().find(stale) {
        Some(old) => format!(
            "Set-VMMigrationNetwork -ComputerName {host} -Subnet {} -NewSubnet {subnet}",
            quoted(old)
        ),
        None => format!("Add-VMMigrationNetwork -ComputerName {host} -Subnet {subnet}"),
    }
}

fn set_host(node: &str, option: &str) -> String {
    format!("Set-VMHost -ComputerName {} {option}", quoted(node))
}

/// Keep a host to its listed subnets.
pub(super) fn listed_only(node: &str) -> String {
    set_host(node, "-UseAnyNetworkForMigration $false")
}

/// Switch live migration on.
pub(super) fn enable(node: &str) -> String {
    format!("Enable-VMMigration -ComputerName {}", quoted(node))
}

/// Set the performance option.
pub(super) fn set_transport(node: &str, transport: Transport) -> String {
    let option = match transport {
        Transport::Tcp => "TCPIP",
        Transport::Compression => "Compression",
        Transport::Smb => "SMB",
    };
    set_host(node, &format!("-VirtualMachineMigrationPerformanceOption {option}"))
}

/// Switch RDMA on.
pub(super) fn enable_rdma(node: &str, adapter: &str) -> String {
    format!(
        "Enable-NetAdapterRdma -CimSession {} -Name {}",
        quoted(node),
        quoted(adapter)
    )
}

/// Set the migrations at once where they are decided.
pub(super) fn set_concurrency(cluster: &Cluster, node: &str, wanted: u64) -> String {
    if cluster.profile.generation >= WS2022 {
        return format!(
            "(Get-Cluster -Name {}).MaximumParallelMigrations = {wanted}",
            cluster.argument()
        );
    }
    set_host(node, &format!("-MaximumVirtualMachineMigrations {wanted}"))
}

/// Set the weight of a host vNIC.
pub(super) fn set_weight(node: &str, adapter: &str, weight: u32) -> String {
    let bare = host_vnic_of(adapter);
    format!(
        "Set-VMNetworkAdapter -ManagementOS -ComputerName {} -Name {} -MinimumBandwidthWeight {weight}",
        quoted(node),
        quoted(bare)
    )
}
