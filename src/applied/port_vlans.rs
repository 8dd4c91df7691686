//! The VLAN ID that is set at a port in Windows, once a plan is applied.
//!
//! Source: Microsoft, `Set-NetAdapter` (VlanID).

use super::adapters::Carrier;
use super::addresses::Move;
use crate::inventory::{Cluster, Fact, Nic, Node};
use crate::profiles::WS2008R2;
use crate::units::Subnet;
use std::collections::BTreeSet;

/// Column of a port that holds it.
pub const COLUMN: &str = "nic_vlan";

/// A port that goes under a virtual switch or into a team loses the VLAN ID that is set at it in Windows, which would drop what these tag. What stands so
/// today is a fault that a plan does not touch; on 2008 R2 the VLAN may belong to a port that the vendor's software made for it.
pub(super) fn clear(cluster: &Cluster, today: &Node, after: &mut Node) {
    if cluster.profile.generation == WS2008R2 {
        return;
    }
    let ports = today.nics.iter().zip(&mut after.nics);
    let entering = ports.filter(|(old, new)| old.is_bare() && !new.is_bare());
    for (_, nic) in entering.filter(|(_, new)| new.set_vlan().is_some()) {
        nic.facts.insert(COLUMN, Fact::Number(0));
    }
}

/// A port that has a VLAN ID of its own, stays without virtual switch and gets other roles, or whose network becomes another one, has the VLAN ID of its new
/// network; where it is not clear which one is meant it stays as it is, and a person is told. Network ATC sets its own.
pub(super) fn follow(cluster: &Cluster, today: &Node, moves: &[Move], after: &mut Node) {
    for position in 0..today.nics.len().min(after.nics.len()) {
        let (old, new) = (&today.nics[position], &after.nics[position]);
        if let Some(vlan) = other(cluster, old, new, || source(today, moves, position)) {
            after.nics[position].facts.insert(COLUMN, Fact::Number(u64::from(vlan)));
        }
    }
}

/// The VLAN ID at the port from which addresses come that nobody knows.
fn source(today: &Node, moves: &[Move], position: usize) -> Option<u16> {
    let to = Carrier::Nic(position);
    let found = moves.iter().find(|m| m.to == to && m.addresses.is_empty())?;
    match found.from.iter().find(|from| **from != to)? {
        Carrier::Nic(from) => today.nics.get(*from)?.set_vlan(),
        _ => None,
    }
}

/// `None` = the VLAN ID stays. `there` = the VLAN ID at the port from which an address comes that nobody knows.
fn other(cluster: &Cluster, old: &Nic, new: &Nic, there: impl Fn() -> Option<u16>) -> Option<u16> {
    let intent = old.facts.list("intents").is_some_and(|names| !names.is_empty());
    if old.roles == new.roles || new.roles.is_empty() || !old.is_bare() || !new.is_bare() || intent {
        return None;
    }
    let set = old.set_vlan()?;
    let others = new.roles.iter().all(|role| !old.roles.contains(role));
    let follows = || vlan(cluster, old) == Some(set);
    let unknown = || there().filter(|_| new.addresses.is_empty() && others);
    let wanted = vlan(cluster, new).or_else(unknown)?;
    (wanted != set && (others || follows())).then_some(wanted)
}

/// VLAN of the network of a port: that of its address, else the only one of its roles.
fn vlan(cluster: &Cluster, nic: &Nic) -> Option<u16> {
    let own = Subnet::of_addresses(&nic.addresses);
    let on_it = |subnet: &str| Subnet::any_holds(subnet, &own);
    let networks = cluster.networks.iter();
    let vlans: BTreeSet<Option<u16>> = if own.is_empty() {
        let of_roles = networks.filter(|n| n.purpose.is_some_and(|role| nic.roles.contains(&role)));
        of_roles.map(|n| n.vlan).collect()
    } else {
        networks.filter(|n| on_it(&n.subnet)).map(|n| n.vlan).collect()
    };
    match vlans.into_iter().collect::<Vec<_>>().as_slice() {
        [only] => *only,
        _ => None,
    }
}
