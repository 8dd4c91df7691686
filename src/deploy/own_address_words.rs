//! Addresses that the admin gives, or looks at, in words: each line names host, adapter and network, and why no script does it.

use super::manual::manual;
use super::own_address::{Asked, Lan, Source, asked};
use super::steps::{Change, Manual, Port, When};
use super::work::{ClusterWork, NodeWork};
use super::{waits, words};
use crate::applied;
use crate::inventory::ClusterNetwork;
use crate::profiles::WS2016;
use crate::roles::Role;

const WHY: &str = "each role needs an address on its network";
const HOW: &str = "without gateway, and clear \"Register this connection's addresses in DNS\"";

/// The addresses of a node that are given, or looked at, by hand.
pub fn steps(work: &ClusterWork, node: &NodeWork) -> Vec<Manual> {
    let waited = waits::addresses(work, node);
    let told = |one: Asked<'_>| {
        let text = match &one.source {
            Some(source) => look(work, &one, source),
            None => give(work, node, &one),
        };
        let when = match waited.iter().any(|(_, port, _)| *port == one.port) {
            true => When::DuringNode,
            false => When::AfterNode,
        };
        manual(when, &node.today.name, text, WHY)
    };
    asked(work, node).into_iter().map(told).collect()
}

/// What the apply script waits for: addresses without which a step would leave a role without any.
pub fn gates(work: &ClusterWork, node: &NodeWork) -> Vec<(usize, String)> {
    let waited = waits::addresses(work, node);
    let all = asked(work, node);
    let told = |(step, port, roles): (usize, Port, Vec<Role>)| {
        let own = all.iter().find(|one| one.port == port);
        let network = lan_in_words(own.map_or(&Lan::Unnamed, |one| &one.lan), &roles);
        let told = words::roles(&roles);
        let text = format!(
            "give {} an address of {network}, {HOW}, and let {told} use it: from this step on no other adapter with an address carries {told}",
            port.alias()
        );
        (step, text)
    };
    waited.into_iter().map(told).collect()
}

/// The network on which an adapter with these roles gets its address.
fn lan_in_words(lan: &Lan<'_>, roles: &[Role]) -> String {
    match lan {
        Lan::Named(network) => named(network),
        Lan::Taken(..) => format!("a further network for {}", words::roles(roles)),
        Lan::Unnamed => own_network(roles),
    }
}

fn give(work: &ClusterWork, node: &NodeWork, one: &Asked<'_>) -> String {
    let alias = one.port.alias();
    let network = lan_in_words(&one.lan, &one.roles);
    let told = words::roles(&one.roles);
    let nothing = match leaves(work, node, &one.port) {
        Some(gone) => gone,
        None => format!("the inventory knows no address for {told} there"),
    };
    match &one.lan {
        Lan::Named(_) => format!(
            "Give {alias} an address of {network}, {HOW}: {nothing}.{}",
            other_way_round(work, node, &one.port)
        ),
        Lan::Taken(taken, other) => format!(
            "Give {alias} an address of {network}, {HOW}: {other} is on {} already, and {} (rule adapters-share-subnet). {}",
            named(taken),
            if work.today.profile.generation >= WS2016 {
                "without SMB two adapters in one subnet serve as one"
            } else {
                "of two adapters in one subnet the cluster uses one"
            },
            further(&one.port)
        ),
        Lan::Unnamed => format!(
            "Give {alias} an address of {network}, {HOW}: {nothing}.{}",
            unnamed(work, &one.port, &one.roles)
        ),
    }
}

fn further(port: &Port) -> &'static str {
    match port {
        Port::HostVnic(_) => {
            "Choose a subnet that nothing uses yet, the same on every node, and write the network into cluster_networks.csv."
        }
        Port::Nic(_) | Port::Team(_) => {
            "Choose a subnet and a VLAN that nothing uses yet, the same on every node, let the switch port send that VLAN untagged, and write the network \
             into cluster_networks.csv."
        }
    }
}

/// Where the address of an adapter goes that keeps its role and not its address.
fn leaves(work: &ClusterWork, node: &NodeWork, port: &Port) -> Option<String> {
    let changes = node.steps.iter().flat_map(|s| &s.changes);
    let mut gone = changes.filter_map(|change| match change {
        Change::Assume {
            port: to,
            roles,
            from: Some(from),
            ..
        } if from == port && to != port => Some((to, roles)),
        _ => None,
    });
    let (to, roles) = gone.next().filter(|_| !work.by_intents)?;
    Some(format!(
        "the one that it has today goes with {} to {}",
        words::roles(roles),
        to.alias()
    ))
}

/// A network that the inventory does not name.
fn own_network(roles: &[Role]) -> String {
    format!("a network of its own for {}", words::roles(roles))
}

/// How it is chosen: once the inventory names it, the scripts set its VLAN, and live migration onto it.
fn unnamed(work: &ClusterWork, port: &Port, roles: &[Role]) -> String {
    let none = roles
        .iter()
        .all(|role| !work.today.networks.iter().any(|n| n.purpose == Some(*role)));
    let why = if none { "names none" } else { "names none that stays" };
    let sets = match port {
        Port::HostVnic(_) => "the scripts set its VLAN then, too",
        Port::Nic(_) | Port::Team(_) => "they say then what the switch port must let through, too",
    };
    format!(
        " cluster_networks.csv {why}: choose a subnet and a VLAN in which no other adapter of the node is, the same on every node. Best before the first node: \
         write it there and make plan and scripts anew; {sets}.{}",
        until(work, roles)
    )
}

/// What live migration goes over for want of its own network.
fn until(work: &ClusterWork, roles: &[Role]) -> String {
    let over: Vec<&str> = applied::migration_networks(&work.today, &work.plan)
        .iter()
        .map(|n| n.name.as_str())
        .collect();
    if roles.contains(&Role::LiveMigration) && !over.is_empty() {
        format!(" Until then live migration goes over {}.", words::listed(&over))
    } else {
        String::new()
    }
}

/// The script divides the addresses of one adapter among several, and nobody knows what they are.
fn look(work: &ClusterWork, one: &Asked<'_>, source: &Source) -> String {
    let alias = one.port.alias();
    let subnets = |roles: &[Role]| -> Vec<String> {
        let all = roles
            .iter()
            .flat_map(|role| applied::selectable(&work.today.networks, *role));
        all.collect()
    };
    let (own, others) = (subnets(&one.roles), subnets(&source.others));
    let verb = if one.port == source.port { "leaves" } else { "gives" };
    let part = match (own.as_slice(), others.as_slice()) {
        ([], []) => "all of them, since no network tells them apart".to_owned(),
        ([], others) => format!("those outside {}", words::listed(others)),
        (own, _) => format!("those in {}", words::listed(own)),
    };
    let wanted = match &one.lan {
        Lan::Named(network) | Lan::Taken(network, _) => named(network),
        Lan::Unnamed => own_network(&one.roles),
    };
    let how = match &one.lan {
        Lan::Unnamed => unnamed(work, &one.port, &one.roles),
        Lan::Named(_) | Lan::Taken(..) => String::new(),
    };
    format!(
        "Look whether {alias} has an address of {wanted}: {} carries {} today and the inventory knows none of its addresses, so the script {verb} {alias} \
         {part}. If it has none, give it one, {HOW}; one that belongs to {} goes to the adapter of that role.{}",
        source.port.alias(),
        words::roles(&source.roles),
        words::roles(&source.others),
        how
    )
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
