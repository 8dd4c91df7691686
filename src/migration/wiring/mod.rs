//! Who carries which cluster network on each node: as it is today, or as a plan says.
//!
//! In: facts, or facts and a plan. Out: [`Wiring`], the cluster networks with the interfaces of every node, and what had to be
//! assumed. An interface belongs to a network by its address, else by the role it carries, else by its VLAN; which of these it was
//! stays with it. Must not know: which network a migration takes.

mod gather;
mod matching;
mod metrics;
mod planned;
mod today;

pub use crate::units::Subnet;

use super::load::{Load, Needs};
use crate::inventory::{Cluster, NetworkState};
use crate::plan::ClusterPlan;
use crate::profiles::Transport;
use crate::roles::Role;
use crate::units::Permille;
use std::collections::BTreeSet;

/// The cluster networks and who carries them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wiring {
    /// Cluster networks: those of the inventory in its order, then those that had to be assumed.
    pub networks: Vec<Network>,
    /// Interfaces of each node, by network and name.
    pub interfaces: Vec<Vec<Interface>>,
    /// What the inventory does not say and was taken instead; sentences.
    pub assumptions: Vec<String>,
    /// It is a plan's wiring.
    pub planned: bool,
    /// What other traffic needs of the ports; nothing until it is said with [`Wiring::today_with`] or [`Wiring::planned_with`].
    pub load: Load,
}

/// One cluster network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// Name.
    pub name: String,
    /// Subnets; empty = unknown.
    pub subnets: Vec<Subnet>,
    /// Subnet as written; empty = unknown.
    pub subnet: String,
    /// VLAN; `None` = untagged or unknown.
    pub vlan: Option<u16>,
    /// Cluster use: 0 none, 1 cluster only, 3 cluster and client.
    pub cluster_use: u8,
    /// Metric; where it is not known the automatic one that is assumed.
    pub metric: u32,
    /// The metric is a fact.
    pub metric_known: bool,
    /// State.
    pub state: NetworkState,
    /// What it is for: its purpose, else the roles of the interfaces on it.
    pub roles: BTreeSet<Role>,
    /// Live migration is meant to use it.
    pub intended: bool,
    /// The inventory names it; else it is assumed from roles.
    pub known: bool,
}

/// How an interface was found to belong to its network, best evidence first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// Its address lies in the network's subnet.
    Address,
    /// It carries the role that the network is for (an assumption).
    Role,
    /// It is on the network's VLAN (an assumption).
    Vlan,
    /// The plan says so.
    Plan,
}

impl Evidence {
    /// In words.
    pub fn text(self) -> &'static str {
        match self {
            Evidence::Address => "by its address",
            Evidence::Role => "by its role",
            Evidence::Vlan => "by its VLAN",
            Evidence::Plan => "by the plan",
        }
    }
}

/// What kind of adapter carries a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A physical port.
    Port,
    /// A team without a virtual switch: flows spread over its members.
    Team,
    /// A vNIC of the management operating system on a virtual switch: it sits on one member at a time.
    HostVnic,
}

/// One adapter of a node on one cluster network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Network, index into [`Wiring::networks`].
    pub network: usize,
    /// Name in Windows: `SLOT 3 Port 1`, `Team1`, `vEthernet (LM)`.
    pub name: String,
    /// Kind.
    pub kind: Kind,
    /// Physical ports under it, indices into the node's NICs.
    pub ports: Vec<usize>,
    /// VLAN it sends with; `None` = untagged or unknown.
    pub vlan: Option<u16>,
    /// Addresses without link-local ones.
    pub addresses: Vec<Subnet>,
    /// Evidence that it belongs to the network.
    pub evidence: Evidence,
    /// RDMA works on it.
    pub rdma: bool,
    /// RDMA works on all ports under it.
    pub ports_rdma: bool,
    /// Share of one port that is guaranteed when all its users send; `None` = not known or not shared.
    pub share: Option<Permille>,
    /// Minimum-bandwidth weight, if one is set.
    pub weight: Option<u32>,
    /// Some other host vNIC on the same switch has a weight.
    pub others_weighted: bool,
    /// Roles it carries itself, and those that share its ports.
    pub roles: BTreeSet<Role>,
    /// Other roles on the same ports.
    pub sharers: BTreeSet<Role>,
    /// Transport that a plan chose for it.
    pub transport: Option<Transport>,
}

impl Wiring {
    /// The wiring of today.
    pub fn today(cluster: &Cluster) -> Wiring {
        today::wiring(cluster)
    }

    /// The wiring that a plan gives; settings of networks come from the inventory.
    pub fn planned(cluster: &Cluster, plan: &ClusterPlan) -> Wiring {
        planned::wiring(cluster, plan)
    }

    /// The wiring of today, with what other traffic needs of the ports.
    pub fn today_with(cluster: &Cluster, needs: &Needs) -> Wiring {
        let mut wiring = Wiring::today(cluster);
        wiring.load = Load::today(cluster, &wiring, needs);
        wiring
    }

    /// The wiring that a plan gives, with what other traffic needs of the ports.
    pub fn planned_with(cluster: &Cluster, plan: &ClusterPlan, needs: &Needs) -> Wiring {
        Wiring {
            load: Load::planned(cluster, plan, needs),
            ..Wiring::planned(cluster, plan)
        }
    }

    /// What an interface carries: its own roles; where none is known, those of its network.
    pub(super) fn carried(&self, interface: &Interface) -> BTreeSet<Role> {
        if !interface.roles.is_empty() {
            return interface.roles.clone();
        }
        let network = self.networks.get(interface.network);
        network.map(|network| network.roles.clone()).unwrap_or_default()
    }

    /// Interfaces of a node on a network.
    pub fn on(&self, node: usize, network: usize) -> impl Iterator<Item = &Interface> {
        let all = self.interfaces.get(node).map_or(&[][..], Vec::as_slice);
        all.iter().filter(move |i| i.network == network)
    }

    /// Whether nothing is known of who carries what.
    pub fn is_unknown(&self) -> bool {
        self.interfaces.iter().all(Vec::is_empty)
    }
}
