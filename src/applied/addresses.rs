//! Addresses move with their role: where a role gets another adapter, that adapter gets the role's address.

use super::adapters::{Adapter, Carrier};
use crate::inventory::Node;
use crate::roles::Role;
use std::collections::BTreeMap;

/// Addresses of each role today, one entry per adapter that carries it.
type ByRole = BTreeMap<Role, Vec<Vec<String>>>;

/// Gives each adapter of `after` the addresses that its roles have on `today`'s adapters. An adapter that carries the same roles
/// as before keeps its own.
pub(super) fn carry_over(today: &Node, adapters: &[Adapter], after: &mut Node) {
    let mut free = by_role(today);
    let carries = |roles: &[Role], nic: usize| {
        let own = today.nics.get(nic).filter(|n| n.switch.is_none());
        own.is_some_and(|n| roles.iter().any(|r| n.roles.contains(r)))
    };
    for nic in &mut after.nics {
        nic.addresses.clear();
    }
    // Those that stay where they are come first, so that nobody else takes their address.
    let stays = |adapter: &&Adapter| matches!(adapter.carrier, Carrier::Nic(nic) if carries(&adapter.roles, nic));
    for adapter in adapters.iter().filter(stays) {
        let Carrier::Nic(position) = adapter.carrier else {
            continue;
        };
        let own = today.nics[position].addresses.clone();
        for role in &adapter.roles {
            free.entry(*role).or_default().retain(|addresses| *addresses != own);
        }
        after.nics[position].addresses = own;
    }
    for adapter in adapters.iter().filter(|a| !stays(a)) {
        let addresses: Vec<String> = adapter
            .roles
            .iter()
            .filter_map(|r| next(&mut free, *r))
            .flatten()
            .collect();
        give(after, &adapter.carrier, addresses);
    }
}

fn next(free: &mut ByRole, role: Role) -> Option<Vec<String>> {
    let left = free.get_mut(&role).filter(|left| !left.is_empty())?;
    Some(left.remove(0))
}

fn by_role(today: &Node) -> ByRole {
    let mut by_role = ByRole::new();
    for nic in today
        .nics
        .iter()
        .filter(|nic| nic.switch.is_none() && !nic.addresses.is_empty())
    {
        for role in nic.roles.iter().filter(|r| **r != Role::Vm) {
            by_role.entry(*role).or_default().push(nic.addresses.clone());
        }
    }
    for vnic in today.host_vnics.iter().filter(|vnic| !vnic.addresses.is_empty()) {
        if let Some(role) = vnic.role {
            by_role.entry(role).or_default().push(vnic.addresses.clone());
        }
    }
    by_role
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
