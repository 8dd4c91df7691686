//! The live-migration settings of cluster and node, as Windows keeps them in three places.
//!
//! Names of networks stay as written: one that no longer exists is a fault of the design, not of the file.

use super::Node;
use crate::profiles::Transport;
use crate::units::Mbps;

/// What the failover cluster itself says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClusterMigration {
    /// Cluster networks that carry no live migration: `MigrationExcludeNetworks` of the resource type Virtual Machine.
    pub exclude_networks: Vec<String>,
    /// Cluster networks in the order of preference: `MigrationNetworkOrder`; empty = by metric.
    pub network_order: Vec<String>,
    /// `MaximumParallelMigrations`: migrations a node takes part in; from 2022 it overrides the hosts' own limit.
    pub maximum_parallel: Option<u32>,
    /// `SetSMBBandwidthLimit`: the cluster limits live migration over SMB (on unless said otherwise, from 2022).
    pub smb_limit_on: Option<bool>,
    /// `SetSMBBandwidthLimitFactor`: share of the node's summed NIC speed, in ten-thousandths; 2,500 unless said otherwise.
    pub smb_limit_factor: Option<u32>,
}

impl Node {
    /// Summed speed of its NICs that have a link, also of those that live migration cannot use: what the cluster's limit is a share of, Mbit/s.
    pub fn linked_speed(&self) -> Mbps {
        self.nics.iter().filter(|nic| nic.up).map(|nic| nic.speed).sum()
    }

    /// Whether it is itself a virtual machine, by its hardware's name (`Virtual Machine`, `VMware Virtual Platform`): there the cluster's limit has no
    /// effect.
    pub fn is_virtual(&self) -> bool {
        self.hardware.to_lowercase().contains("virtual")
    }
}

/// What one host says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeMigration {
    /// `VirtualMachineMigrationEnabled`.
    pub enabled: Option<bool>,
    /// `UseAnyNetworkForMigration`.
    pub any_network: Option<bool>,
    /// Subnets of `Get-VMMigrationNetwork` in the order of priority; `None` = unknown.
    pub subnets: Option<Vec<String>>,
    /// `VirtualMachineMigrationPerformanceOption`; `None` = that of the cluster.
    pub transport: Option<Transport>,
    /// `MaximumVirtualMachineMigrations`; `None` = that of the cluster.
    pub concurrency: Option<u32>,
    /// `Get-SmbBandwidthLimit -Category LiveMigration`; `None` = no limit known.
    pub smb_limit: Option<Mbps>,
}

/// State of a cluster network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum NetworkState {
    /// Works on every node.
    #[default]
    Up,
    /// No node reaches another over it.
    Down,
    /// Some nodes do not reach each other over it.
    Partitioned,
    /// No node has a usable interface on it.
    Unavailable,
}

impl NetworkState {
    /// Name in files.
    pub fn name(self) -> &'static str {
        match self {
            NetworkState::Up => "up",
            NetworkState::Down => "down",
            NetworkState::Partitioned => "partitioned",
            NetworkState::Unavailable => "unavailable",
        }
    }
}
