//! Adapters whose role needs an address that no script can give, and those whose addresses a script picks from what nobody knows: what the admin gives, or
//! looks at, and on which network. In: the work on a node. Out: adapters with their networks. Must not know: words.

use super::state::port_of;
use super::steps::{Change, Port};
use super::work::{ClusterWork, NodeWork};
use crate::applied::{self, FIRST, Move, today};
use crate::inventory::ClusterNetwork;
use crate::roles::Role;
use crate::units::{Subnet, same_name};
use std::collections::BTreeMap;

/// An adapter that needs an address by hand, or a look at it.
pub struct Asked<'w> {
    /// Adapter.
    pub port: Port,
    /// Its roles that need one.
    pub roles: Vec<Role>,
    /// The network.
    pub lan: Lan<'w>,
    /// The adapter of today from which a script picks its addresses; `None` = no script brings any.
    pub source: Option<Source>,
}

/// An adapter of today with several roles and addresses that nobody knows.
pub struct Source {
    /// Adapter.
    pub port: Port,
    /// Its roles today.
    pub roles: Vec<Role>,
    /// Those of them that another adapter carries.
    pub others: Vec<Role>,
}

/// The network on which an adapter needs an address.
pub enum Lan<'w> {
    /// One of the inventory.
    Named(&'w ClusterNetwork),
    /// All networks of the role have an adapter: the network, and its adapter.
    Taken(&'w ClusterNetwork, String),
    /// The inventory names none.
    Unnamed,
}

/// The adapters of a node that are asked for.
pub fn asked<'w>(work: &'w ClusterWork, node: &NodeWork) -> Vec<Asked<'w>> {
    if work.by_intents {
        by_changes(work, node)
    } else {
        by_moves(work, node)
    }
}

/// Adapters whose network the admin chooses, and its VLAN with it.
pub fn chosen(work: &ClusterWork, node: &NodeWork) -> Vec<Port> {
    let all = asked(work, node).into_iter();
    let open = all.filter(|a| matches!(a.lan, Lan::Taken(..) | Lan::Unnamed));
    open.map(|a| a.port).collect()
}

/// Whether an adapter needs a network that the inventory does not have yet.
pub fn is_further(work: &ClusterWork, node: &NodeWork, port: &Port) -> bool {
    let all = asked(work, node);
    all.iter().any(|a| a.port == *port && matches!(a.lan, Lan::Taken(..)))
}

/// Where Network ATC wires the node: adapters to which a step gives a role and no address.
fn by_changes<'w>(work: &'w ClusterWork, node: &NodeWork) -> Vec<Asked<'w>> {
    let mut lans = Lans::default();
    let changes = node.steps.iter().flat_map(|s| &s.changes);
    let unknown = changes.filter_map(|change| match change {
        Change::Assume {
            port,
            roles,
            from: None,
            addresses,
        } if addresses.is_empty() && !roles.contains(&Role::Management) => Some((port, roles)),
        _ => None,
    });
    let of = |(port, roles): (&Port, &Vec<Role>)| Asked {
        lan: lans.next(work, node, port, roles),
        port: port.clone(),
        roles: roles.clone(),
        source: None,
    };
    unknown.map(of).collect()
}

fn by_moves<'w>(work: &'w ClusterWork, node: &NodeWork) -> Vec<Asked<'w>> {
    let adapters = applied::adapters(&work.today, &work.plan, &node.today);
    let moves = applied::moves(&work.today.networks, &node.today, &adapters);
    let mut lans = Lans::default();
    lans.wired(node);
    for m in moves.iter().filter(|m| !m.from.is_empty()) {
        lans.take(work, node, m);
    }
    // A script finds management by its address, if the inventory knows that.
    let found_by_ip = |m: &&Move| m.roles.contains(&Role::Management) && !node.today.management_address().is_empty();
    let mut found = Vec::new();
    for m in moves.iter().filter(|m| !found_by_ip(m)) {
        let port = port_of(&node.today, &m.to);
        let lacks = m.from.is_empty() && !is_given(node, &port);
        let source = source(work, node, m).filter(|_| m.addresses.is_empty());
        if lacks || source.is_some() {
            let of_source = |role: &Role| source.as_ref().is_none_or(|s| s.roles.contains(role));
            let roles: Vec<Role> = m.roles.iter().copied().filter(of_source).collect();
            found.push(Asked {
                lan: lans.next(work, node, &port, &roles),
                port,
                roles,
                source,
            });
        }
    }
    found
}

/// Whether a step brings the adapter the addresses of another one.
fn is_given(node: &NodeWork, port: &Port) -> bool {
    let mut changes = node.steps.iter().flat_map(|s| &s.changes);
    changes.any(|change| matches!(change, Change::Assume { port: to, from: Some(_), .. } if to == port))
}

/// The one from which an adapter gets its addresses, if some of them belong elsewhere.
fn source(work: &ClusterWork, node: &NodeWork, m: &Move) -> Option<Source> {
    let planned = |role: &Role| work.plan.uplinks.iter().any(|u| u.roles.contains(role));
    let carriers = today::carriers(&node.today).into_iter();
    let mut unknown = carriers.filter(|c| c.addresses.is_empty() && m.from.iter().any(|f| today::same(f, &c.carrier)));
    unknown.find_map(|old| {
        let others = old.roles.iter().copied();
        let others: Vec<Role> = others.filter(|role| !m.roles.contains(role) && planned(role)).collect();
        (!others.is_empty()).then(|| Source {
            port: port_of(&node.today, &old.carrier),
            roles: old.roles.clone(),
            others,
        })
    })
}

/// Which adapters are on which networks of the cluster of today, by position.
#[derive(Default)]
struct Lans {
    on: BTreeMap<usize, String>,
}

impl Lans {
    /// Adapters without virtual switch are on the network that their switch port is set to.
    fn wired(&mut self, node: &NodeWork) {
        for (port, at) in &node.cabling.networks {
            self.on.entry(*at).or_insert_with(|| port.alias());
        }
    }

    fn take(&mut self, work: &ClusterWork, node: &NodeWork, m: &Move) {
        let port = port_of(&node.today, &m.to);
        let known = Subnet::of_addresses(&m.addresses);
        let lies = |n: &ClusterNetwork| Subnet::any_holds(&n.subnet, &known);
        let all = work.today.networks.iter().enumerate();
        let by_address: Vec<usize> = all.filter(|(_, n)| lies(n)).map(|(at, _)| at).collect();
        let own = if by_address.is_empty() {
            self.choice(work, node, &port, &m.roles).into_iter().take(1).collect()
        } else {
            by_address
        };
        for at in own {
            self.on.entry(at).or_insert_with(|| port.alias());
        }
    }

    /// Networks of an adapter's roles, best first: the one that its switch port is set to, that of its VLAN, others that no adapter is on.
    fn choice(&self, work: &ClusterWork, node: &NodeWork, port: &Port, roles: &[Role]) -> Vec<usize> {
        let vnic = node
            .after
            .host_vnics
            .iter()
            .find(|v| *port == Port::HostVnic(v.name.clone()));
        let vlan = vnic.and_then(|v| v.vlan);
        let wired = node.cabling.networks.get(port);
        let stays = |n: &ClusterNetwork| work.after.networks.iter().any(|after| same_name(&after.name, &n.name));
        let all: Vec<(usize, &ClusterNetwork)> = work.today.networks.iter().enumerate().collect();
        let of_role = |role: &Role| {
            let own = all.iter().filter(|(_, n)| n.purpose == Some(*role) && stays(n));
            own.map(|(at, n)| (*at, n.vlan)).collect::<Vec<_>>()
        };
        let mut found: Vec<(usize, Option<u16>)> = FIRST
            .iter()
            .filter(|role| roles.contains(role))
            .flat_map(of_role)
            .collect();
        found.sort_by_key(|(at, own)| {
            (
                self.on.contains_key(at),
                Some(at) != wired,
                vlan.is_some() && *own != vlan,
            )
        });
        found.into_iter().map(|(at, _)| at).collect()
    }

    fn next<'w>(&mut self, work: &'w ClusterWork, node: &NodeWork, port: &Port, roles: &[Role]) -> Lan<'w> {
        let choice = self.choice(work, node, port, roles);
        let Some((at, network)) = choice.first().and_then(|at| Some((*at, work.today.networks.get(*at)?))) else {
            return Lan::Unnamed;
        };
        match self.on.get(&at) {
            Some(other) if *other != port.alias() && !applied::may_share_subnet(&work.after, roles) => {
                Lan::Taken(network, other.clone())
            }
            _ => {
                self.on.insert(at, port.alias());
                Lan::Named(network)
            }
        }
    }
}
