//! The layers that decide over a live migration, in the order in which they are asked, as one table.

use serde::Serialize;

/// One layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// `inventory`.
    #[default]
    Inventory,
    /// `cluster-use`.
    ClusterUse,
    /// `network-state`.
    NetworkState,
    /// `interface`.
    Interface,
    /// `link`.
    Link,
    /// `vlan`.
    Vlan,
    /// `cabling`.
    Cabling,
    /// `exclude-networks`.
    ExcludeNetworks,
    /// `migration-enabled`.
    MigrationEnabled,
    /// `host-subnets`.
    HostSubnets,
    /// `any-network`.
    AnyNetwork,
    /// `network-order`.
    NetworkOrder,
    /// `metric`.
    Metric,
    /// `transport`.
    Transport,
    /// `rdma`.
    Rdma,
    /// `smb-limit`.
    SmbLimit,
    /// `port-speed`.
    PortSpeed,
    /// `stream`.
    Stream,
    /// `host-vnic`.
    HostVnic,
    /// `shares`.
    Shares,
    /// `inter-switch-link`.
    InterSwitchLink,
    /// `concurrency`.
    Concurrency,
}

/// The table, sorted as the enum: layer, name in files, what it asks.
pub static LAYERS: [(Layer, &str, &str); 22] = [
    (
        Layer::Inventory,
        "inventory",
        "does the inventory say who carries what?",
    ),
    (
        Layer::ClusterUse,
        "cluster-use",
        "cluster use of the network: 0 none, 1 cluster only, 3 cluster and client",
    ),
    (
        Layer::NetworkState,
        "network-state",
        "is the network up, or down, partitioned, unavailable?",
    ),
    (
        Layer::Interface,
        "interface",
        "has each node an adapter on the network?",
    ),
    (Layer::Link, "link", "have its ports a link?"),
    (
        Layer::Vlan,
        "vlan",
        "do both ends, the switch ports and the links between switches carry the VLAN?",
    ),
    (
        Layer::Cabling,
        "cabling",
        "does any cable, switch or link join the two ends?",
    ),
    (
        Layer::ExcludeNetworks,
        "exclude-networks",
        "`MigrationExcludeNetworks` of the cluster",
    ),
    (
        Layer::MigrationEnabled,
        "migration-enabled",
        "is live migration switched on at both hosts?",
    ),
    (
        Layer::HostSubnets,
        "host-subnets",
        "the subnets that each host allows (`Get-VMMigrationNetwork`)",
    ),
    (
        Layer::AnyNetwork,
        "any-network",
        "may the host use any network (`UseAnyNetworkForMigration`)?",
    ),
    (
        Layer::NetworkOrder,
        "network-order",
        "`MigrationNetworkOrder` of the cluster",
    ),
    (
        Layer::Metric,
        "metric",
        "metrics of the cluster networks, where no order is set",
    ),
    (
        Layer::Transport,
        "transport",
        "performance option of both ends: TCP, compression, SMB",
    ),
    (Layer::Rdma, "rdma", "RDMA at both ends: SMB Direct, or SMB over TCP"),
    (
        Layer::SmbLimit,
        "smb-limit",
        "limit of live migration over SMB, of the host and of the cluster",
    ),
    (Layer::PortSpeed, "port-speed", "speed of the ports at both ends"),
    (
        Layer::Stream,
        "stream",
        "one migration over TCP is one stream on one core",
    ),
    (
        Layer::HostVnic,
        "host-vnic",
        "a host vNIC sits on one port, and on one core before vRSS",
    ),
    (Layer::Shares, "shares", "weights and guests on the same ports"),
    (
        Layer::InterSwitchLink,
        "inter-switch-link",
        "capacity of the links between switches on the way",
    ),
    (
        Layer::Concurrency,
        "concurrency",
        "migrations at once: hosts' limits and `MaximumParallelMigrations`",
    ),
];

impl Layer {
    /// Name in files.
    pub fn name(self) -> &'static str {
        LAYERS
            .iter()
            .find(|(layer, ..)| *layer == self)
            .map_or("", |(_, name, _)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum_and_names_are_those_of_json() {
        for (index, (layer, name, about)) in LAYERS.iter().enumerate() {
            assert_eq!(*layer as usize, index);
            assert_eq!(serde_json::json!(layer), *name);
            assert!(!about.is_empty());
        }
    }
}
