//! Adapters that carry a new role and whose address nobody knows: the admin gives it, and the text names the network.

use super::manual::manual;
use super::steps::{Change, Manual, Port, When};
use super::words;
use super::work::{ClusterWork, NodeWork};
use crate::inventory::ClusterNetwork;
use crate::roles::Role;

/// The addresses of a node that are given by hand.
pub fn steps(work: &ClusterWork, node: &NodeWork) -> Vec<Manual> {
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
    let text = |(port, roles): (&Port, &Vec<Role>)| {
        format!(
            "Give {} an address of {}, without gateway, and clear \"Register this connection's addresses in DNS\": the inventory knows no address for {} there.{}",
            port.alias(),
            networks(work, node, port, roles),
            words::roles(roles),
            other_way_round(work, node, port)
        )
    };
    let why = "each role needs an address on its network";
    unknown
        .map(|of| manual(When::AfterNode, &node.today.name, text(of), why))
        .collect()
}

/// The networks that an address can be of: an adapter without virtual switch has one.
fn networks(work: &ClusterWork, node: &NodeWork, port: &Port, roles: &[Role]) -> String {
    if let Some(own) = own(work, node, port) {
        return named(own);
    }
    let of_roles = |n: &&ClusterNetwork| n.purpose.is_some_and(|role| roles.contains(&role)) && !n.subnet.is_empty();
    let all: Vec<String> = work.after.networks.iter().filter(of_roles).map(named).collect();
    if all.is_empty() {
        "its network".to_owned()
    } else {
        all.join(" or ")
    }
}

fn own<'w>(work: &'w ClusterWork, node: &NodeWork, port: &Port) -> Option<&'w ClusterNetwork> {
    work.today.networks.get(*node.cabling.networks.get(port)?)
}

fn named(network: &ClusterNetwork) -> String {
    let parts: Vec<String> = [
        (!network.subnet.is_empty()).then(|| network.subnet.clone()),
        network.vlan.map(|vlan| format!("VLAN {vlan}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() {
        network.name.clone()
    } else {
        format!("{} ({})", network.name, parts.join(", "))
    }
}

/// Another adapter of the same roles keeps an address that the inventory does not know: then which of the networks it is on is concluded from its roles.
fn other_way_round(work: &ClusterWork, node: &NodeWork, port: &Port) -> String {
    let end = &node.cabling.networks;
    let Some(own) = own(work, node, port) else {
        return String::new();
    };
    let beside = |(other, at): (&Port, &usize)| {
        let network = work.today.networks.get(*at)?;
        let unknown = match other {
            Port::Nic(name) => node
                .today
                .nics
                .iter()
                .any(|n| n.name == *name && n.addresses.is_empty()),
            _ => false,
        };
        let several = roles_of(node, other).len() > 1 && roles_of(node, other) == roles_of(node, port);
        (other != port
            && several
            && unknown
            && network.name != own.name
            && node.cabling.networks_today.contains_key(other))
        .then(|| (other.alias(), network.name.clone()))
    };
    let told = end.iter().find_map(beside).map(|(other, network)| {
        format!(
            " {other} is taken to be on {network} (its address is not in the inventory); if it is on {}, exchange the two networks and their VLANs on \
             every node alike, or write the address into nics.csv and plan anew.",
            own.name
        )
    });
    told.unwrap_or_default()
}

fn roles_of(node: &NodeWork, port: &Port) -> Vec<Role> {
    let nic = node
        .after
        .nics
        .iter()
        .find(|n| matches!(port, Port::Nic(name) if *name == n.name));
    nic.map(|n| n.roles.iter().copied().collect()).unwrap_or_default()
}
