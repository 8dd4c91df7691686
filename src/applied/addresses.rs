//! Addresses move with their role: where a role gets another adapter, that adapter gets the role's address.
//!
//! A port or team without a virtual switch has one VLAN ID, so roles that share it share one network too: the first of them in the order
//! below brings its address along, the others use it.

use super::adapters::{Adapter, Carrier};
use super::today::{self, CarrierToday};
use crate::inventory::{ClusterNetwork, Node};
use crate::roles::Role;
use crate::units::Subnet;
use std::collections::BTreeSet;

/// Which role keeps the address of an adapter that carried several and loses some where no network tells whose it is: the one to which a new address does most
/// harm.
pub const FIRST: [Role; 6] = [
    Role::Management,
    Role::Storage,
    Role::LiveMigration,
    Role::Cluster,
    Role::Replica,
    Role::Vm,
];

/// Roles that keep an address of their own: people and agents know that of management, storage is found by it.
const KEPT: [Role; 2] = [Role::Management, Role::Storage];

/// What an adapter of tomorrow takes over from adapters of today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The adapter of tomorrow.
    pub to: Carrier,
    /// Its roles, in table order.
    pub roles: Vec<Role>,
    /// Adapters of today whose addresses it gets: itself first where it stays. Empty = no adapter of today is known for its roles.
    pub from: Vec<Carrier>,
    /// The addresses, as far as the inventory knows them.
    pub addresses: Vec<String>,
    /// Roles that go over these addresses today.
    pub brought: BTreeSet<Role>,
}

impl Move {
    /// Whether the adapter carries some of its roles today.
    pub fn stays(&self) -> bool {
        self.from.first().is_some_and(|from| today::same(from, &self.to))
    }

    /// Whether its roles share one network: it has one VLAN ID.
    pub fn shares_network(&self) -> bool {
        self.roles.len() > 1 && !matches!(self.to, Carrier::HostVnic { .. })
    }
}

/// An adapter of today with those of its addresses that belong together.
struct Part {
    old: CarrierToday,
    /// What is on no network that the inventory names: it goes to the roles without one, once the others have theirs.
    rest: bool,
}

/// Subnets by which a script can tell the addresses of a role from those of others; empty = the inventory names none.
pub fn selectable(networks: &[ClusterNetwork], role: Role) -> Vec<String> {
    let own = networks.iter().filter(|n| n.purpose == Some(role));
    let one = |cell: &str| matches!(Subnet::list(cell)[..], [only] if !only.is_v6() && cell.contains('/'));
    own.map(|n| n.subnet.trim().to_owned()).filter(|s| one(s)).collect()
}

/// An adapter of today, by the networks of its roles: each role goes with the addresses on its own network, also where nobody knows them yet and a
/// script tells them apart. What is on none of these networks belongs to the roles that have none; where nothing is left for them they used the
/// address of another role, and need one of their own when they part. Only management and storage take that of another role along.
fn by_network(networks: &[ClusterNetwork], all: &[CarrierToday], old: &CarrierToday) -> Vec<Part> {
    let of_role = |role: &Role, address: &String| {
        let known = Subnet::of_addresses(std::slice::from_ref(address));
        let mut own = networks.iter().filter(|n| n.purpose == Some(*role));
        own.any(|n| Subnet::any_holds(&n.subnet, &known))
    };
    // It is found elsewhere: on an adapter with an address on its own network.
    let elsewhere = |role: &Role| {
        let mut others = all
            .iter()
            .filter(|c| c.carrier != old.carrier && c.roles.contains(role));
        others.any(|c| c.addresses.iter().any(|address| of_role(role, address)))
    };
    let unknown = old.addresses.is_empty();
    let part = |roles: Vec<Role>, addresses: Vec<String>, rest: bool| Part {
        old: CarrierToday {
            carrier: old.carrier.clone(),
            roles,
            addresses,
        },
        rest,
    };
    let mut parts: Vec<Part> = Vec::new();
    let (mut left, mut riding) = (old.addresses.clone(), Vec::new());
    for role in FIRST.iter().filter(|role| old.roles.contains(role)) {
        let (own, others): (Vec<String>, Vec<String>) = left.into_iter().partition(|address| of_role(role, address));
        left = others;
        let selected = unknown && !selectable(networks, *role).is_empty();
        if own.is_empty() && !selected {
            riding.push(*role);
        } else {
            parts.push(part(vec![*role], own, false));
        }
    }
    riding.retain(|role| !left.is_empty() || !elsewhere(role));
    let kept = riding.iter().any(|role| KEPT.contains(role));
    let Some(first) = parts.first_mut() else {
        return vec![part(old.roles.clone(), old.addresses.clone(), false)];
    };
    // What a script moves with management is all that no other step takes.
    let nothing = left.is_empty() && (!unknown || kept || old.roles.contains(&Role::Management));
    if riding.is_empty() || nothing {
        riding.retain(|role| KEPT.contains(role));
        first.old.roles.extend(riding);
        first.old.roles.sort();
        first.old.addresses.extend(left);
    } else {
        riding.sort();
        parts.push(part(riding, left, !kept));
    }
    parts
}

/// For each adapter of tomorrow what it takes over; no adapter of today hands its addresses to two of them. Those that stay where
/// they are come first, then adapters whose addresses are known. What would be a second network on an adapter without virtual switch is
/// taken over by none. An adapter of today with addresses on several networks hands each to the adapter of its network's role.
pub fn moves(networks: &[ClusterNetwork], node: &Node, adapters: &[Adapter]) -> Vec<Move> {
    let all = today::carriers(node);
    let mut parts: Vec<Part> = all.iter().flat_map(|old| by_network(networks, &all, old)).collect();
    parts.sort_by_key(|part| part.old.addresses.is_empty());
    let mut free = Free {
        taken: vec![false; parts.len()],
        parts,
    };
    let mut moves: Vec<Move> = adapters.iter().map(empty).collect();
    for found in &mut moves {
        while free.hand(found, stays) {}
    }
    for (rest, role) in [false, true]
        .into_iter()
        .flat_map(|rest| FIRST.map(|role| (rest, role)))
    {
        let of_role = |part: &Part, _: &Move| part.rest == rest && part.old.roles.contains(&role);
        for found in moves.iter_mut().filter(|found| found.roles.contains(&role)) {
            let carried = found.stays() && found.brought.contains(&role);
            let full = found.shares_network() && !found.from.is_empty();
            if !carried && !full {
                free.hand(found, of_role);
            }
        }
        // What must stay reachable keeps an address of its own, at the cost of one that was there.
        let brought = moves.iter().any(|found| found.brought.contains(&role));
        let mut sharing = moves
            .iter_mut()
            .filter(|m| m.roles.contains(&role) && m.shares_network());
        if let Some(found) = sharing.next().filter(|_| KEPT.contains(&role) && !brought && !rest) {
            free.exchange(found, of_role);
        }
    }
    moves
}

/// Adapters of today, and which of them have handed over their addresses.
struct Free {
    parts: Vec<Part>,
    taken: Vec<bool>,
}

impl Free {
    /// Hands the first free adapter that fits to `found`; whether there was one.
    fn hand(&mut self, found: &mut Move, fits: impl Fn(&Part, &Move) -> bool) -> bool {
        let mut all = self.parts.iter().zip(&mut self.taken);
        let Some((part, taken)) = all.find(|(part, taken)| !**taken && fits(part, found)) else {
            return false;
        };
        *taken = true;
        let old = &part.old;
        if !found.from.iter().any(|from| today::same(from, &old.carrier)) {
            found.from.push(old.carrier.clone());
        }
        found.addresses.extend(old.addresses.iter().cloned());
        found.brought.extend(&old.roles);
        true
    }

    /// As [`Free::hand`], in place of what `found` has.
    fn exchange(&mut self, found: &mut Move, fits: impl Fn(&Part, &Move) -> bool) {
        let before = found.clone();
        found.from.clear();
        found.addresses.clear();
        found.brought.clear();
        if !self.hand(found, fits) {
            *found = before;
            return;
        }
        for (part, taken) in self.parts.iter().zip(&mut self.taken) {
            let had = before.from.iter().any(|from| today::same(from, &part.old.carrier));
            let brought = part.old.roles.iter().all(|role| before.brought.contains(role));
            *taken &= !(had && brought);
        }
    }
}

fn empty(adapter: &Adapter) -> Move {
    Move {
        to: adapter.carrier.clone(),
        roles: adapter.roles.clone(),
        from: Vec::new(),
        addresses: Vec::new(),
        brought: BTreeSet::new(),
    }
}

fn stays(part: &Part, found: &Move) -> bool {
    let old = &part.old;
    today::same(&old.carrier, &found.to) && found.roles.iter().any(|role| old.roles.contains(role))
}

/// Gives each adapter of `after` the addresses that its roles have on `node`'s adapters. An adapter that carries the same roles
/// as before keeps its own.
pub(super) fn carry_over(moves: &[Move], after: &mut Node) {
    for nic in &mut after.nics {
        nic.addresses.clear();
    }
    for found in moves {
        give(after, &found.to, found.addresses.clone());
    }
}

fn give(after: &mut Node, carrier: &Carrier, addresses: Vec<String>) {
    match carrier {
        Carrier::Nic(position) => {
            if let Some(nic) = after.nics.get_mut(*position) {
                nic.addresses = addresses;
            }
        }
        // A team's address stands at its first member, as in today's exports.
        Carrier::Team(_, ports) => {
            if let Some(nic) = ports.first().and_then(|port| after.nics.get_mut(*port)) {
                nic.addresses = addresses;
            }
        }
        Carrier::HostVnic { name, .. } => {
            if let Some(vnic) = after.host_vnics.iter_mut().find(|v| v.name == *name) {
                vnic.addresses = addresses;
            }
        }
    }
}
