//! Which adapter is on which cluster network: by address, else by role, else by VLAN.
//!
//! In: networks and adapters. Out: interfaces. Adapters that have a role and no network get one that is assumed, so that an inventory
//! without `cluster_networks.csv` still has an answer.

use super::gather::Adapter;
use super::today::usual_use;
use super::{Evidence, Interface, Kind, Network, Wiring};
use crate::inventory::{Cluster, NetworkState};
use crate::roles::{ROLES, Role};
use std::collections::{BTreeMap, BTreeSet};

const BY_ROLE: &str =
    "networks of NICs: by role, where a NIC has no address; write addresses in nics.csv and host_vnics.csv";
const BY_VLAN: &str =
    "networks of NICs: by VLAN, where a NIC has neither address nor role; write current_role or addresses in nics.csv";

/// Finds the networks of adapters.
pub(super) struct Matcher<'a> {
    cluster: &'a Cluster,
    networks: &'a mut Vec<Network>,
}

impl<'a> Matcher<'a> {
    pub(super) fn new(cluster: &'a Cluster, networks: &'a mut Vec<Network>) -> Matcher<'a> {
        Matcher { cluster, networks }
    }

    /// Adds a network for each group of roles that adapters carry and no network of the inventory is for. Roles that share an
    /// adapter anywhere share the network; a role with two adapters on a node has two.
    pub(super) fn derive_missing(&mut self, nodes: &[Vec<Adapter>], assumed: &mut BTreeSet<String>) {
        let homeless: Vec<Vec<&Adapter>> = nodes
            .iter()
            .map(|all| all.iter().filter(|a| self.homeless(a)).collect())
            .collect();
        for group in role_groups(homeless.iter().flatten().map(|a| &a.roles)) {
            let carry = |all: &Vec<&Adapter>| all.iter().filter(|a| !a.roles.is_disjoint(&group)).count();
            let many = homeless.iter().map(carry).max().unwrap_or(0);
            for number in 1..=many {
                let network = self.assumed_network(&group, (many > 1).then_some(number));
                assumed.insert(format!(
                    "cluster network for {}: one with cluster use {}; write it in cluster_networks.csv",
                    network.name, network.cluster_use
                ));
                self.networks.push(network);
            }
        }
    }

    fn homeless(&self, adapter: &Adapter) -> bool {
        let wanted = host_roles(adapter).next().is_some();
        let addressed = !adapter.addresses.is_empty() && self.networks.iter().any(|n| !n.subnets.is_empty());
        let role_known = self.networks.iter().any(|n| self.fits_role(n, adapter));
        wanted && !addressed && !role_known && self.by_vlan(adapter).is_none()
    }

    fn assumed_network(&self, group: &BTreeSet<Role>, number: Option<usize>) -> Network {
        let titles: Vec<&str> = group.iter().map(|r| r.info().title).collect();
        let suffix = number.map(|n| format!(" {n}")).unwrap_or_default();
        Network {
            name: format!("{}{suffix}", titles.join(" + ")),
            subnets: Vec::new(),
            subnet: String::new(),
            vlan: None,
            cluster_use: group
                .iter()
                .map(|r| usual_use(self.cluster, Some(*r)))
                .max()
                .unwrap_or(1),
            metric: 0,
            metric_known: false,
            state: NetworkState::Up,
            roles: group.clone(),
            intended: false,
            known: false,
        }
    }

    /// Interfaces of one node's adapters.
    pub(super) fn interfaces(&self, adapters: &[Adapter], assumed: &mut BTreeSet<String>) -> Vec<Interface> {
        let mut found: Vec<Interface> = Vec::new();
        let mut seen: BTreeMap<Role, usize> = BTreeMap::new();
        let mut left: Vec<&Adapter> = Vec::new();
        for adapter in adapters {
            let by_address = self.by_address(adapter);
            if !by_address.is_empty() || (!adapter.addresses.is_empty() && self.all_subnets_known()) {
                found.extend(by_address.into_iter().map(|n| interface(adapter, n, Evidence::Address)));
                continue;
            }
            let by_role = self.by_role(adapter, &mut seen);
            if by_role.is_empty() {
                left.push(adapter);
                continue;
            }
            assumed.insert(BY_ROLE.to_owned());
            found.extend(by_role.into_iter().map(|n| interface(adapter, n, Evidence::Role)));
        }
        // a VLAN alone is weak evidence: only where nothing better is on that network
        let sure: BTreeSet<usize> = found.iter().map(|i| i.network).collect();
        for adapter in left {
            if let Some(network) = self.by_vlan(adapter).filter(|n| !sure.contains(n)) {
                assumed.insert(BY_VLAN.to_owned());
                found.push(interface(adapter, network, Evidence::Vlan));
            }
        }
        found.sort_by(|a, b| (a.network, &a.name).cmp(&(b.network, &b.name)));
        found
    }

    fn all_subnets_known(&self) -> bool {
        let mut known = self.networks.iter().filter(|n| n.known).peekable();
        known.peek().is_some() && known.all(|n| !n.subnets.is_empty())
    }

    fn by_address(&self, adapter: &Adapter) -> Vec<usize> {
        let on = |n: &Network| n.subnets.iter().any(|s| adapter.addresses.iter().any(|a| s.holds(a)));
        (0..self.networks.len())
            .filter(|i| self.networks.get(*i).is_some_and(on))
            .collect()
    }

    /// One network for each role; adapters of a role that has several networks take them in turn.
    fn by_role(&self, adapter: &Adapter, seen: &mut BTreeMap<Role, usize>) -> Vec<usize> {
        let mut found = BTreeSet::new();
        for role in host_roles(adapter) {
            let fits = |n: &Network| n.roles.contains(&role) && self.fits_role(n, adapter);
            let networks: Vec<usize> = (0..self.networks.len())
                .filter(|i| self.networks.get(*i).is_some_and(fits))
                .collect();
            let one =
                |fits: &dyn Fn(&Network) -> bool| networks.iter().find(|i| self.networks.get(**i).is_some_and(fits));
            let exact = one(&|n| n.subnets.iter().any(|s| adapter.hints.iter().any(|a| s.holds(a))))
                .or_else(|| one(&|n| n.vlan.is_some() && n.vlan == adapter.vlan));
            let turn = seen.entry(role).or_default();
            let next = networks.get(*turn % networks.len().max(1));
            found.extend(exact.or(next));
            *turn += 1;
        }
        found.into_iter().collect()
    }

    /// Whether the network is for a role of the adapter, and no VLAN speaks against it.
    fn fits_role(&self, network: &Network, adapter: &Adapter) -> bool {
        let trunk_ok = match (&adapter.trunk, network.vlan) {
            (Some(trunk), Some(vlan)) => trunk.contains(&vlan),
            _ => true,
        };
        let role_ok = host_roles(adapter).any(|r| network.roles.contains(&r));
        role_ok && (trunk_ok || adapter.kind == Some(Kind::HostVnic))
    }

    /// The only network of the adapter's VLAN.
    fn by_vlan(&self, adapter: &Adapter) -> Option<usize> {
        let only = adapter
            .trunk
            .as_ref()
            .filter(|t| t.len() == 1)
            .and_then(|t| t.first().copied());
        let vlan = match adapter.kind {
            Some(Kind::HostVnic) => adapter.vlan,
            _ => only,
        }?;
        let mut networks =
            (0..self.networks.len()).filter(|i| self.networks.get(*i).is_some_and(|n| n.vlan == Some(vlan)));
        networks.next().filter(|_| networks.next().is_none())
    }
}

/// Roles of an adapter that live on cluster networks between nodes.
fn host_roles(adapter: &Adapter) -> impl Iterator<Item = Role> + '_ {
    let on_networks = |r: &Role| r.info().cluster_use.is_some() && r.info().node_to_node;
    adapter.roles.iter().copied().filter(on_networks)
}

/// Groups of roles that share an adapter somewhere.
fn role_groups<'a>(sets: impl Iterator<Item = &'a BTreeSet<Role>>) -> Vec<BTreeSet<Role>> {
    let mut groups: Vec<BTreeSet<Role>> = Vec::new();
    let usable = |r: &Role| {
        ROLES
            .iter()
            .any(|i| i.role == *r && i.cluster_use.is_some() && i.node_to_node)
    };
    for set in sets {
        let mut merged: BTreeSet<Role> = set.iter().copied().filter(usable).collect();
        groups.retain(|group| {
            let apart = group.is_disjoint(&merged);
            if !apart {
                merged.extend(group.iter().copied());
            }
            apart
        });
        if !merged.is_empty() {
            groups.push(merged);
        }
    }
    groups.sort();
    groups
}

pub(super) fn interface(adapter: &Adapter, network: usize, evidence: Evidence) -> Interface {
    Interface {
        network,
        name: adapter.name.clone(),
        kind: adapter.kind.unwrap_or(Kind::Port),
        ports: adapter.ports.clone(),
        vlan: adapter.vlan,
        addresses: adapter.addresses.clone(),
        evidence,
        rdma: adapter.rdma,
        ports_rdma: adapter.ports_rdma,
        share: adapter.share,
        weight: adapter.weight,
        others_weighted: adapter.others_weighted,
        roles: adapter.roles.union(&adapter.also).copied().collect(),
        sharers: adapter.sharers.clone(),
        transport: adapter.transport,
    }
}

/// Gives networks without a purpose the roles of their interfaces, and finds those that live migration is meant to use: the
/// networks with that purpose, else those on which an interface carries it.
pub(super) fn settle(wiring: &mut Wiring) {
    let Wiring {
        networks, interfaces, ..
    } = wiring;
    let purpose = networks.iter().any(|n| n.roles.contains(&Role::LiveMigration));
    for (index, network) in networks.iter_mut().enumerate() {
        let on: Vec<&Interface> = interfaces.iter().flatten().filter(|i| i.network == index).collect();
        let carried = on.iter().any(|i| i.roles.contains(&Role::LiveMigration));
        network.intended = if purpose {
            network.roles.contains(&Role::LiveMigration)
        } else {
            carried
        };
        if network.roles.is_empty() {
            network.roles = on.iter().flat_map(|i| i.roles.iter().copied()).collect();
        }
    }
}
