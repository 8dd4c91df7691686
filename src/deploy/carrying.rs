//! Roles go to the adapters that are to carry them, with their addresses; roles that share an adapter without virtual switch share its address.
//!
//! In: a moment and the goal. Out: the changes that lead on. Must not know: what is safe, scripts.

use super::goal::{Goal, Transfer};
use super::progress::is_ready;
use super::state::{GUARDED, State};
use super::steps::{Change, Port};
use crate::inventory::Node;
use crate::roles::Role;
use crate::units::same_name;
use std::collections::BTreeSet;

/// Roles go to the adapter that is to carry them.
pub(super) fn carries(state: &State, goal: &Goal) -> Vec<Vec<Change>> {
    let mut found = Vec::new();
    for (port, roles) in goal.state.holds.iter().filter(|(port, _)| is_ready(state, goal, port)) {
        let missing: BTreeSet<Role> = roles.difference(&state.held(port)).copied().collect();
        let riding = goal.rides(port);
        found.extend(ride(state, goal, port, &(&riding & &missing)).map(|change| vec![change]));
        let mut own: BTreeSet<Role> = &missing - &riding;
        for transfer in goal.transfers.iter().filter(|t| t.to == *port) {
            let comes = comes(state, transfer);
            let moved = transfer.roles.iter().copied();
            let moved: Vec<Role> = moved.filter(|r| comes || missing.contains(r)).collect();
            own.retain(|role| !transfer.roles.contains(role));
            if !moved.is_empty() {
                found.push(carry(state, goal, transfer, moved));
            }
        }
        if !own.is_empty() {
            found.push(vec![Change::Assume {
                port: port.clone(),
                roles: own.into_iter().collect(),
                from: Some(port.clone()),
                addresses: known(&goal.state.node, port),
            }]);
        }
    }
    found
}

/// Whether known addresses are still to come to an adapter, which may hold the role already by the address of another one.
fn comes(state: &State, transfer: &Transfer) -> bool {
    let has = known(&state.node, &transfer.to);
    transfer.addresses.iter().any(|address| !has.contains(address))
}

/// Roles that use the address of others, once those have theirs.
fn ride(state: &State, goal: &Goal, port: &Port, missing: &BTreeSet<Role>) -> Option<Change> {
    let mut roles: Vec<Role> = missing.iter().copied().collect();
    roles.retain(|role| !GUARDED.contains(role) || goal.has_own(state, *role));
    let leads = goal
        .state
        .held(port)
        .difference(&goal.rides(port))
        .all(|role| state.held(port).contains(role));
    (leads && !roles.is_empty()).then(|| Change::Ride {
        port: port.clone(),
        roles,
    })
}

/// Addresses of an adapter, as far as the facts hold them.
pub(super) fn known(node: &Node, port: &Port) -> Vec<String> {
    match port {
        Port::HostVnic(name) => {
            let vnic = node.host_vnics.iter().find(|v| same_name(&v.name, name));
            vnic.map(|v| v.addresses.clone()).unwrap_or_default()
        }
        Port::Nic(name) => {
            let nic = node.nics.iter().find(|n| same_name(&n.name, name));
            nic.map(|n| n.addresses.clone()).unwrap_or_default()
        }
        Port::Team(name) => node
            .nics
            .iter()
            .filter(|n| same_name(&n.team, name))
            .flat_map(|n| n.addresses.clone())
            .collect(),
    }
}

/// Whether an adapter that kept its unknown addresses for a role that stays gives some of them to another one.
fn parts_with(state: &State, goal: &Goal, transfer: &Transfer, port: &Port) -> bool {
    let came = |role: &Role| goal.transfers.iter().any(|t| t.to == *port && t.roles.contains(role));
    let (held, rides) = (state.held(port), goal.rides(port));
    let mut own = held.iter().filter(|role| !came(role) && !rides.contains(role));
    *port != transfer.to && transfer.addresses.is_empty() && own.next().is_some()
}

fn carry(state: &State, goal: &Goal, transfer: &Transfer, roles: Vec<Role>) -> Vec<Change> {
    let held = |port: &Port| roles.iter().any(|role| state.held(port).contains(role));
    let from = transfer.from.clone().filter(|_| !transfer.keeps_address);
    let release = transfer
        .from
        .as_ref()
        .filter(|port| **port != transfer.to && held(port));
    let mut changes: Vec<Change> = Vec::new();
    let gives_up = state.held(&transfer.to);
    if goal.exchanges.contains(&transfer.to) && !gives_up.is_empty() {
        changes.push(Change::Release {
            port: transfer.to.clone(),
            roles: gives_up.into_iter().collect(),
            addresses: known(&state.node, &transfer.to),
            of: None,
            keeps_address: false,
        });
    }
    // A role that has used the address of another one here gets its own.
    let used: Vec<Role> = state
        .held(&transfer.to)
        .intersection(&roles.iter().copied().collect())
        .copied()
        .collect();
    if !used.is_empty() && !goal.exchanges.contains(&transfer.to) {
        changes.push(Change::Release {
            port: transfer.to.clone(),
            roles: used,
            addresses: Vec::new(),
            of: None,
            keeps_address: true,
        });
    }
    if let Some(port) = release {
        changes.push(Change::Release {
            port: port.clone(),
            roles: roles.clone(),
            addresses: transfer.addresses.clone(),
            of: None,
            keeps_address: transfer.keeps_address,
        });
    } else if let Some(port) = from.as_ref().filter(|port| parts_with(state, goal, transfer, port)) {
        // The role went before, and its address with it only now: the way back puts it there again.
        changes.push(Change::Release {
            port: port.clone(),
            roles: Vec::new(),
            addresses: Vec::new(),
            of: None,
            keeps_address: false,
        });
    }
    changes.push(Change::Assume {
        port: transfer.to.clone(),
        roles,
        from,
        addresses: transfer.addresses.clone(),
    });
    changes
}
