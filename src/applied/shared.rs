//! Networks that several roles share once the plan is applied, and networks of today that nothing is on any more.
//!
//! A port without a virtual switch has one VLAN ID. Roles that share such ports therefore share their networks: on a plan with cluster,
//! live migration and storage on two ports, the first two go over the storage networks, as Network ATC does it, and their own networks end.

use super::adapters::{Carrier, adapters, switch_of};
use super::addresses::{FIRST, Move, moves};
use super::today::{self, CarrierToday};
use crate::inventory::{Cluster, ClusterNetwork};
use crate::plan::{ClusterPlan, Uplink};
use crate::profiles::{Transport, WS2016};
use crate::roles::Role;
use crate::units::{Subnet, same_name};
use std::collections::{BTreeMap, BTreeSet};

/// Whether several adapters of these roles on one node may have addresses in one subnet: MPIO tells paths of iSCSI apart, and from 2016 on SMB and
/// the cluster use all of them (Microsoft, Simplified SMB Multichannel and Multi-NIC Cluster Networks). Else each needs a network of its own.
pub fn may_share_subnet(cluster: &Cluster, roles: &[Role]) -> bool {
    let transport = cluster.transport.unwrap_or(cluster.profile.default_transport);
    let smb = |role: &Role| match role {
        Role::Storage => cluster.storage.is_smb(),
        Role::Cluster => true,
        Role::LiveMigration => transport == Transport::Smb,
        Role::Management | Role::Replica | Role::Vm => false,
    };
    let iscsi = cluster.iscsi() && roles == [Role::Storage];
    iscsi || cluster.profile.generation >= WS2016 && roles.iter().all(smb)
}

/// The uplink on whose ports the role shares its networks with other roles of the host; `None` = it has adapters of its own.
pub(super) fn shared_uplink(plan: &ClusterPlan, role: Role) -> Option<&Uplink> {
    let design = plan.uplinks.iter().find(|u| u.roles.contains(&role))?;
    let hosts = design.roles.iter().filter(|r| **r != Role::Vm).count();
    let planned = || plan.nodes.iter().flat_map(|n| &n.uplinks);
    let mut own = planned().filter(|u| same_name(&u.uplink, &design.name)).peekable();
    let bare = own.peek().is_some() && own.all(|u| switch_of(design, u).is_none());
    (hosts > 1 && bare).then_some(design)
}

/// Positions of the cluster's networks that end: their roles go over the networks of roles with which they share ports, or have fewer adapters than before and
/// none of them takes over an address there.
pub fn given_up(cluster: &Cluster, plan: &ClusterPlan) -> BTreeSet<usize> {
    let mut found = left_over(cluster, plan);
    let mut seen: Vec<&str> = Vec::new();
    let shared = FIRST.iter().filter_map(|role| shared_uplink(plan, *role));
    for design in shared {
        if !seen.contains(&design.name.as_str()) {
            seen.push(&design.name);
            found.extend(ends(cluster, plan, design));
        }
    }
    found
}

/// Networks on which adapters are known today, and none after the plan.
fn left_over(cluster: &Cluster, plan: &ClusterPlan) -> BTreeSet<usize> {
    let of_node = |node| moves(&cluster.networks, node, &adapters(cluster, plan, node));
    let moves: Vec<Vec<Move>> = cluster.nodes.iter().map(of_node).collect();
    let planned = |n: &ClusterNetwork| {
        n.purpose
            .is_some_and(|role| plan.uplinks.iter().any(|u| u.roles.contains(&role)))
    };
    let all = cluster.networks.iter().enumerate().filter(|(_, n)| planned(n));
    let ends = all.filter(|(_, network)| stays(cluster, &moves, network) == Some(false));
    ends.map(|(at, _)| at).collect()
}

/// The cluster's networks that stay.
pub(super) fn staying<'c>(cluster: &'c Cluster, plan: &ClusterPlan) -> Vec<&'c ClusterNetwork> {
    let ended = given_up(cluster, plan);
    let all = cluster.networks.iter().enumerate();
    all.filter(|(at, _)| !ended.contains(at)).map(|(_, n)| n).collect()
}

/// Networks of one shared uplink that end.
fn ends(cluster: &Cluster, plan: &ClusterPlan, design: &Uplink) -> Vec<usize> {
    let of_node = |node| {
        let adapters = adapters(cluster, plan, node);
        let moves = moves(&cluster.networks, node, &adapters).into_iter();
        moves
            .filter(|m| m.roles.iter().any(|role| design.roles.contains(role)))
            .collect()
    };
    let moves: Vec<Vec<Move>> = cluster.nodes.iter().map(of_node).collect();
    let mut places = moves.iter().map(Vec::len).max().unwrap_or(0);
    let mut ends = Vec::new();
    for role in FIRST.iter().filter(|role| design.roles.contains(role)) {
        let named = cluster.networks.iter().enumerate();
        for (position, network) in named.filter(|(_, n)| n.purpose == Some(*role)) {
            match stays(cluster, &moves, network) {
                Some(true) => places = places.saturating_sub(1),
                Some(false) => ends.push(position),
                // Nobody knows who is on it today: each port has room for one network.
                None if places == 0 => ends.push(position),
                None => places -= 1,
            }
        }
    }
    ends
}

/// Whether an adapter keeps or takes over the network; `None` = no adapter of today is known to be on it.
fn stays(cluster: &Cluster, moves: &[Vec<Move>], network: &ClusterNetwork) -> Option<bool> {
    let mut before = false;
    for (node, moves) in cluster.nodes.iter().zip(moves) {
        let carriers = today::carriers(node);
        let on_it: Vec<&CarrierToday> = carriers.iter().filter(|c| is_on(cluster, network, c)).collect();
        before |= !on_it.is_empty();
        let holds = |addresses: &[String]| Subnet::any_holds(&network.subnet, &Subnet::of_addresses(addresses));
        let taken = |m: &Move, old: &CarrierToday| {
            let from = m.from.iter().any(|from| today::same(&old.carrier, from));
            from && (holds(&m.addresses) || !holds(&old.addresses))
        };
        if moves.iter().any(|m| on_it.iter().any(|old| taken(m, old))) {
            return Some(true);
        }
    }
    before.then_some(false)
}

/// Whether an adapter is on a network: by address where it lies in one of the cluster's networks, else by role.
fn is_on(cluster: &Cluster, network: &ClusterNetwork, carrier: &CarrierToday) -> bool {
    let known = Subnet::of_addresses(&carrier.addresses);
    if cluster.networks.iter().any(|n| Subnet::any_holds(&n.subnet, &known)) {
        return Subnet::any_holds(&network.subnet, &known);
    }
    network.purpose.is_some_and(|role| carrier.roles.contains(&role))
}

/// VLANs on which the roles of the host go once the plan is applied.
#[derive(Clone, Debug, Default)]
pub struct Vlans {
    roles: BTreeMap<Role, u16>,
    ports: BTreeMap<(usize, usize), u16>,
    /// Ports for which the inventory names no network: each of their roles' has another adapter of the node.
    further: BTreeSet<(usize, usize)>,
}

impl Vlans {
    /// Those of a cluster.
    pub fn new(cluster: &Cluster, plan: &ClusterPlan) -> Vlans {
        let networks = staying(cluster, plan);
        let roles = FIRST
            .iter()
            .filter_map(|role| Some((*role, of_role(&networks, plan, *role)?)));
        let mut ports = BTreeMap::new();
        let mut further = BTreeSet::new();
        for (position, node) in cluster.nodes.iter().enumerate() {
            let moves = moves(&cluster.networks, node, &adapters(cluster, plan, node));
            for found in &moves {
                if let Some(vlan) = of_addresses(&networks, &found.addresses) {
                    ports.extend(bare(found).into_iter().map(|port| ((position, port), vlan)));
                }
            }
            let without = without_network(cluster, &networks, &moves);
            further.extend(without.into_iter().map(|port| (position, port)));
        }
        Vlans {
            roles: roles.collect(),
            ports,
            further,
        }
    }

    /// VLAN of a role on a port of a node, both by position: that of the port's own network where its address is known, else that of the role's
    /// networks where they agree and it can be on one of them. `None` = untagged or not known.
    pub fn of(&self, role: Role, node: usize, port: usize) -> Option<u16> {
        if self.further.contains(&(node, port)) {
            return None;
        }
        let own = self.ports.get(&(node, port)).copied();
        own.or_else(|| self.roles.get(&role).copied())
    }
}

/// Ports of an adapter without virtual switch.
fn bare(found: &Move) -> Vec<usize> {
    match &found.to {
        Carrier::Nic(port) => vec![*port],
        Carrier::Team(_, ports) => ports.clone(),
        Carrier::HostVnic { .. } => Vec::new(),
    }
}

/// Ports of adapters without virtual switch for which no network of their roles is left, where two adapters may not be in one: those with an address of
/// today come first, each takes the next network that is free.
fn without_network(cluster: &Cluster, networks: &[&ClusterNetwork], moves: &[Move]) -> Vec<usize> {
    let mut order: Vec<&Move> = moves.iter().filter(|m| !bare(m).is_empty()).collect();
    order.sort_by_key(|m| (m.addresses.is_empty(), m.from.is_empty()));
    let (mut taken, mut found): (BTreeSet<usize>, Vec<usize>) = (BTreeSet::new(), Vec::new());
    for m in order {
        let known = Subnet::of_addresses(&m.addresses);
        let mut own: Vec<usize> = Vec::new();
        for role in FIRST.iter().filter(|role| m.roles.contains(role)) {
            let all = networks.iter().enumerate();
            own.extend(all.filter(|(_, n)| n.purpose == Some(*role)).map(|(at, _)| at));
        }
        let by_address = networks.iter().position(|n| Subnet::any_holds(&n.subnet, &known));
        let next = by_address.or_else(|| own.iter().copied().find(|at| !taken.contains(at)));
        match next {
            Some(at) => _ = taken.insert(at),
            None if own.is_empty() || may_share_subnet(cluster, &m.roles) => {}
            None => found.extend(bare(m)),
        }
    }
    found
}

/// VLAN in which the networks of a role agree, or those that it shares.
fn of_role(networks: &[&ClusterNetwork], plan: &ClusterPlan, role: Role) -> Option<u16> {
    let own = |role: Role| networks.iter().filter(move |n| n.purpose == Some(role));
    let mut found: Vec<Option<u16>> = own(role).map(|n| n.vlan).collect();
    if found.is_empty() {
        let beside = shared_uplink(plan, role)?;
        found = beside.roles.iter().flat_map(|r| own(*r)).map(|n| n.vlan).collect();
    }
    found.dedup();
    match found[..] {
        [only] => only,
        _ => None,
    }
}

/// VLAN of the only network on which addresses lie.
fn of_addresses(networks: &[&ClusterNetwork], addresses: &[String]) -> Option<u16> {
    let known = Subnet::of_addresses(addresses);
    match networks
        .iter()
        .filter(|n| Subnet::any_holds(&n.subnet, &known))
        .collect::<Vec<_>>()[..]
    {
        [only] => only.vlan,
        _ => None,
    }
}
