//! The VLAN ID that is set at a port in Windows: under a virtual switch or in a team it would drop what these tag themselves.
//!
//! `Set-NetAdapter`, parameter `VlanID`; Microsoft, Hyper-V: VLANs of a port under a virtual switch are set at the host vNICs. In: the ordered changes of the
//! wiring. Out: the same with the VLAN ID taken off a port before it enters, set again where one leaves that is to have it, and set anew where a port gets
//! other roles. Must not know: scripts.

use super::order::Ordered;
use super::state::State;
use super::steps::{Change, Port, Values};
use super::work::by_powershell;
use crate::applied::port_vlans;
use crate::inventory::{Cluster, Nic, Node};

/// The changes with those of the ports' VLAN IDs; `after` is the node as it will be. On 2008 R2 a VLAN ID under a team or a virtual switch may be that of a
/// port which the vendor's software made: it stays.
pub fn cleared(cluster: &Cluster, start: &State, after: &Node, ordered: Vec<Ordered>) -> Vec<Ordered> {
    let mut state = start.clone();
    let mut found = Vec::new();
    let own = by_powershell(cluster);
    for Ordered { changes, takeover } in ordered {
        let mut all: Vec<Change> = Vec::new();
        for change in changes {
            let next = state.with(std::slice::from_ref(&change));
            let pairs = || state.node.nics.iter().zip(&next.node.nics);
            let enters = pairs().filter(|(old, new)| own && old.is_bare() && !new.is_bare());
            let before: Vec<Change> = enters
                .filter_map(|(old, _)| clear(old))
                .chain(taken(&change).and_then(|port| other(start, (&state, after), port)))
                .collect();
            let leaves = pairs().filter(|(old, new)| own && !old.is_bare() && new.is_bare());
            let behind: Vec<Change> = leaves
                .filter_map(|(_, new)| set_again(new, after))
                .chain(left(&change).and_then(|port| other(start, (&next, after), port)))
                .collect();
            let along: Vec<Change> = before.into_iter().chain([change]).chain(behind).collect();
            state = state.with(&along);
            all.extend(along);
        }
        let changes = behind_moves(all);
        found.push(Ordered { changes, takeover });
    }
    found
}

fn clear(nic: &Nic) -> Option<Change> {
    let vlan = nic.set_vlan()?;
    Some(Change::PortVlan {
        nic: nic.name.clone(),
        value: Values::new(Some(u64::from(vlan)), Some(0)),
    })
}

/// The same with the VLAN ID of a port set once its addresses are on the adapter that takes them over: what moves them takes them off.
fn behind_moves(mut changes: Vec<Change>) -> Vec<Change> {
    for place in (0..changes.len()).rev() {
        let Some(Change::PortVlan { nic, .. }) = changes.get(place) else {
            continue;
        };
        let own = Port::Nic(nic.clone());
        let later = |c: &Change| match c {
            Change::Assume { port, from, .. } => Some((*port == own, from.as_ref() == Some(&own))),
            _ => None,
        };
        let next = changes[place + 1..]
            .iter()
            .position(|c| later(c).is_some_and(|(to, from)| to || from));
        let takes = |at: &usize| later(&changes[place + 1 + at]) == Some((false, true));
        if let Some(at) = next.filter(takes) {
            changes[place..place + 2 + at].rotate_left(1);
        }
    }
    changes
}

/// The adapter that gets roles.
fn taken(change: &Change) -> Option<&Port> {
    match change {
        Change::Assume { port, .. } | Change::Ride { port, .. } => Some(port),
        _ => None,
    }
}

/// The adapter that loses roles.
fn left(change: &Change) -> Option<&Port> {
    match change {
        Change::Release { port, .. } => Some(port),
        _ => None,
    }
}

/// A port that stays without virtual switch and gets other roles has their VLAN ID once nothing is on it that needs the old one.
fn other(start: &State, (state, after): (&State, &Node), port: &Port) -> Option<Change> {
    let of = |node: &Node| {
        let mut nics = node.nics.iter();
        nics.find(|nic| Port::Nic(nic.name.clone()) == *port).cloned()
    };
    let (old, now, new) = (of(&start.node)?, of(&state.node)?, of(after)?);
    let vlan = new.set_vlan().filter(|_| old.is_bare() && new.is_bare())?;
    let differs = old.set_vlan().is_some_and(|set| set != vlan) && now.set_vlan() != Some(vlan);
    let free = state.held(port).is_subset(&new.roles) && now.is_bare();
    (differs && free).then(|| Change::PortVlan {
        nic: now.name.clone(),
        value: Values::new(now.facts.number(port_vlans::COLUMN), Some(u64::from(vlan))),
    })
}

/// A port that is bare in the end and was in between under a switch.
fn set_again(nic: &Nic, after: &Node) -> Option<Change> {
    let planned = after.nics.iter().find(|n| n.name == nic.name)?;
    let value = Values::new(nic.facts.number("nic_vlan"), planned.facts.number("nic_vlan"));
    (planned.is_bare() && value.differs()).then(|| Change::PortVlan {
        nic: nic.name.clone(),
        value,
    })
}
