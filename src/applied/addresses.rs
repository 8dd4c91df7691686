//! Addresses move with their role: where a role gets another adapter, that adapter gets the role's address.

use super::adapters::{Adapter, Carrier};
use super::today::{self, CarrierToday};
use crate::inventory::Node;
use crate::roles::Role;

/// Which role keeps the address of an adapter that carried several and loses some: the one to which a new address does most harm.
const FIRST: [Role; 6] = [
    Role::Management,
    Role::Storage,
    Role::LiveMigration,
    Role::Cluster,
    Role::Replica,
    Role::Vm,
];

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
}

impl Move {
    /// Whether the adapter carries some of its roles today.
    pub fn stays(&self) -> bool {
        self.from.first().is_some_and(|from| today::same(from, &self.to))
    }
}

/// For each adapter of tomorrow what it takes over; no adapter of today hands its addresses to two of them. Those that stay where
/// they are come first, then adapters whose addresses are known.
pub fn moves(node: &Node, adapters: &[Adapter]) -> Vec<Move> {
    let mut free: Vec<Option<CarrierToday>> = today::carriers(node).into_iter().map(Some).collect();
    free.sort_by_key(|old| old.as_ref().is_some_and(|old| old.addresses.is_empty()));
    let mut moves: Vec<Move> = adapters.iter().map(empty).collect();
    for found in &mut moves {
        let own = free
            .iter_mut()
            .find(|old| old.as_ref().is_some_and(|old| stays(old, found)));
        if let Some(own) = own.and_then(Option::take) {
            take(found, own);
        }
    }
    for role in FIRST {
        for found in moves.iter_mut().filter(|found| found.roles.contains(&role)) {
            let carried = found.stays() && own_role(node, found, role);
            let next = free
                .iter_mut()
                .find(|old| !carried && old.as_ref().is_some_and(|old| old.roles.contains(&role)));
            if let Some(old) = next.and_then(Option::take) {
                take(found, old);
            }
        }
    }
    moves
}

fn empty(adapter: &Adapter) -> Move {
    Move {
        to: adapter.carrier.clone(),
        roles: adapter.roles.clone(),
        from: Vec::new(),
        addresses: Vec::new(),
    }
}

fn stays(old: &CarrierToday, found: &Move) -> bool {
    today::same(&old.carrier, &found.to) && found.roles.iter().any(|role| old.roles.contains(role))
}

/// Whether the adapter carries the role today already.
fn own_role(node: &Node, found: &Move, role: Role) -> bool {
    today::carriers(node)
        .iter()
        .any(|old| today::same(&old.carrier, &found.to) && old.roles.contains(&role))
}

fn take(found: &mut Move, old: CarrierToday) {
    found.from.push(old.carrier);
    found.addresses.extend(old.addresses);
}

/// Gives each adapter of `after` the addresses that its roles have on `node`'s adapters. An adapter that carries the same roles
/// as before keeps its own.
pub(super) fn carry_over(node: &Node, adapters: &[Adapter], after: &mut Node) {
    for nic in &mut after.nics {
        nic.addresses.clear();
    }
    for found in moves(node, adapters) {
        give(after, &found.to, found.addresses);
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
