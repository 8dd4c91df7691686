//! Ports of the physical switches in the admin's words: what they must let through before a node is rebuilt, just before a step, and on the way back.

use super::cabling::{PortChange, Wire, of_intent};
use super::manual::manual;
use super::steps::{Manual, Port, When};
use super::work::{ClusterWork, NodeWork, by_powershell};
use super::{own_address, words};
use crate::inventory::{Cluster, ClusterNetwork, Nic, Node};
use crate::powershell::quoted;
use crate::roles::Role;
use crate::units::same_name;
use std::collections::{BTreeMap, BTreeSet};

const WHY: &str = "the physical switch must carry what the plan puts on the port";

/// Ports whose VLANs must change with the NIC's roles, or while an address goes over them.
pub fn steps(work: &ClusterWork, node: &NodeWork) -> Vec<Manual> {
    let mut found = Vec::new();
    for (old, new) in node.today.nics.iter().zip(&node.after.nics) {
        let port = format!("Switch port of {}{}", new.name, place(&work.today, new));
        let mut add = |when: When, texts: &[String]| {
            if !texts.is_empty() {
                let text = format!("{port}: {}", texts.join(" "));
                found.push(manual(when, &node.today.name, text, WHY));
            }
        };
        let (good, meanwhile) = (for_good(work, node, old, new), meanwhile(work, node, new));
        if is_gated(node, new) {
            add(When::BeforeNode, &Vec::from_iter(meanwhile));
            add(When::DuringNode, &Vec::from_iter(good));
        } else {
            add(When::BeforeNode, &Vec::from_iter(good.into_iter().chain(meanwhile)));
        }
    }
    found
}

/// Whether the port is changed at a step and not beforehand: until then something goes over it as it is.
fn is_gated(node: &NodeWork, nic: &Nic) -> bool {
    !node.steps.is_empty() && node.cabling.changes.iter().any(|change| change.nic == nic.name)
}

/// What a port carries from now on.
fn for_good(work: &ClusterWork, node: &NodeWork, old: &Nic, new: &Nic) -> Option<String> {
    if old.roles == new.roles && old.switch == new.switch || new.roles.is_empty() {
        return None;
    }
    let roles: Vec<Role> = new.roles.iter().copied().collect();
    let cabling = &node.cabling;
    let before = network(work, &cabling.networks_today, old);
    let today = vlans(&work.today, &node.today, old, before);
    let own = network(work, &cabling.networks, new);
    // Each network that the inventory names for it has another adapter.
    let further = own.is_none() && new.switch.is_none() && own_address::is_further(work, node, &bare(new));
    let vlans = if further {
        BTreeSet::new()
    } else {
        vlans(&work.after, &node.after, new, own)
    };
    let asked = cabling.asked.get(&new.name);
    if !vlans.is_empty() && vlans.is_subset(&today) && old.switch.is_some() == new.switch.is_some() && asked.is_none() {
        return None;
    }
    let tagged = if further {
        "the VLAN of the further network that you choose for it".to_owned()
    } else if vlans.is_empty() {
        "the VLANs of these roles".to_owned()
    } else {
        numbers(&vlans)
    };
    let now = match is_gated(node, new) {
        true if by_powershell(&work.today) => "Change it only when the apply script asks for it.",
        true => "Change it only when the steps by hand of this node come to it.",
        false => "Leave today's VLANs on it until the node is verified.",
    };
    let only_tagged = cabling.end.get(&new.name).is_some_and(|end| end.untagged.is_none());
    let extra = match new.switch {
        Some(_) if only_tagged && !vlans.is_empty() => " tagged".to_owned(),
        _ => at_the_port((old, new), &vlans, by_powershell(&work.today)),
    };
    Some(format!(
        "it will carry {}, so it must let {tagged} through{extra}. {now}",
        words::roles(&roles)
    ))
}

/// VLANs that go over a port while the node is rebuilt, and not at the end.
fn meanwhile(work: &ClusterWork, node: &NodeWork, nic: &Nic) -> Option<String> {
    let asked = node.cabling.asked.get(&nic.name)?;
    let end = node.cabling.end.get(&nic.name).cloned().unwrap_or_default();
    let own = |vlan: &u16| end.tagged.contains(vlan) && !is_gated(node, nic);
    let vlans: BTreeSet<u16> = asked.tagged.iter().copied().filter(|vlan| !own(vlan)).collect();
    if vlans.is_empty() {
        return None;
    }
    let of_them = |n: &&ClusterNetwork| n.vlan.is_some_and(|vlan| vlans.contains(&vlan));
    let roles: BTreeSet<Role> = work
        .today
        .networks
        .iter()
        .filter(of_them)
        .filter_map(|n| n.purpose)
        .collect();
    let roles: Vec<Role> = roles.into_iter().collect();
    Some(format!(
        "Until the node is verified it must let {} through tagged, too: {} may go over it before the port is taken out of the virtual switch.",
        numbers(&vlans),
        if roles.is_empty() {
            "a host vNIC".to_owned()
        } else {
            words::roles(&roles)
        }
    ))
}

/// `VLAN 40, 41`.
fn numbers(vlans: &BTreeSet<u16>) -> String {
    let all: Vec<String> = vlans.iter().map(u16::to_string).collect();
    format!("VLAN {}", all.join(", "))
}

fn wire(wire: &Wire) -> String {
    let tagged = (!wire.tagged.is_empty()).then(|| format!("{} tagged", numbers(&wire.tagged)));
    let untagged = wire.untagged.map(|vlan| format!("VLAN {vlan} untagged"));
    let parts: Vec<String> = untagged.into_iter().chain(tagged).collect();
    if parts.is_empty() {
        "no VLAN".to_owned()
    } else {
        parts.join(" and ")
    }
}

/// What must be changed at a physical switch just before a step: a VLAN that comes untagged is to come tagged, or the other way round.
pub fn gates(work: &ClusterWork, node: &NodeWork) -> Vec<(usize, String)> {
    let told = |change: &PortChange| {
        let port = named(work, node, &change.nic);
        let kind = match change.after.untagged {
            None => format!("make the switch port of {port} a trunk with {}", wire(&change.after)),
            Some(_) => format!("let the switch port of {port} send {}", wire(&change.after)),
        };
        let before = match is_guessed(work, node, change, &change.before) {
            true => format!(
                "until now it should have {}: note what it has, the way back needs it",
                wire(&change.before)
            ),
            false => format!("until now it has {}", wire(&change.before)),
        };
        (change.step, format!("{kind}; {before}"))
    };
    let changes = node.cabling.changes.iter();
    changes.filter(|_| !node.steps.is_empty()).map(told).collect()
}

/// The same on the way back, just before a step is undone.
pub fn back(work: &ClusterWork, node: &NodeWork) -> Vec<(usize, String)> {
    let told = |change: &PortChange| {
        let port = named(work, node, &change.nic);
        let back = match is_guessed(work, node, change, &change.after) {
            true => format!("what you noted of it (it should be {})", wire(&change.after)),
            false => wire(&change.after),
        };
        (
            change.step,
            format!(
                "put the switch port of {port} back to {back}, if it was changed; else an address that goes back there does not answer"
            ),
        )
    };
    let changes = node.cabling.back.iter();
    changes.filter(|_| !node.steps.is_empty()).map(told).collect()
}

/// Whether the VLAN without tag is that of today, and one of several on which the port may be by its roles: nobody knows its address, which tells the network.
fn is_guessed(work: &ClusterWork, node: &NodeWork, change: &PortChange, wire: &Wire) -> bool {
    let today = node.cabling.today.get(&change.nic).and_then(|wire| wire.untagged);
    let nic = node
        .today
        .nics
        .iter()
        .find(|n| n.name == change.nic && n.switch.is_none());
    let several = nic.is_some_and(|nic| {
        let own = |n: &&ClusterNetwork| n.purpose.is_some_and(|role| nic.roles.contains(&role));
        let networks = work.today.networks.iter().filter(own);
        has_no_address(&node.today, nic) && networks.filter_map(|n| n.vlan).collect::<BTreeSet<u16>>().len() > 1
    });
    several && today.is_some() && wire.untagged == today
}

/// Whether nobody knows the addresses of a port without virtual switch, or of its team.
fn has_no_address(node: &Node, nic: &Nic) -> bool {
    let mut own = node
        .nics
        .iter()
        .filter(|n| n.name == nic.name || !nic.team.is_empty() && same_name(&n.team, &nic.team));
    own.all(|n| n.addresses.is_empty())
}

fn named(work: &ClusterWork, node: &NodeWork, name: &str) -> String {
    let nic = node.today.nics.iter().find(|n| n.name == name);
    format!("{name}{}", nic.map(|nic| place(&work.today, nic)).unwrap_or_default())
}

fn place(cluster: &Cluster, nic: &Nic) -> String {
    let tor = nic.tor.and_then(|t| cluster.tors.get(t)).map(|t| t.name.as_str());
    match (tor, nic.tor_port.as_str(), &nic.direct_to) {
        (Some(tor), "", _) => format!(" ({tor})"),
        (Some(tor), port, _) => format!(" ({tor}, {port})"),
        (None, _, Some((node, port))) => {
            let node = cluster.nodes.get(*node).map_or("", |n| n.name.as_str());
            format!(" (direct cable to {node} / {port})")
        }
        _ => String::new(),
    }
}

/// VLANs that must pass a port: on one with an address of its own that of its network, else those of its roles' networks.
fn vlans(cluster: &Cluster, node: &Node, nic: &Nic, own: Option<&ClusterNetwork>) -> BTreeSet<u16> {
    if let Some(vlan) = of_intent(nic) {
        return BTreeSet::from([vlan]);
    }
    if let Some(network) = own {
        return network.vlan.into_iter().collect();
    }
    let of_roles = |n: &&ClusterNetwork| n.purpose.is_some_and(|role| nic.roles.contains(&role));
    let networks = cluster.networks.iter().filter(of_roles);
    let mut found: BTreeSet<u16> = networks.filter_map(|n| n.vlan).collect();
    if let Some(switch) = &nic.switch {
        let guests = cluster.vms.iter().flat_map(|vm| &vm.vnics);
        let on_it = guests.filter(|v| same_name(&v.switch, switch));
        found.extend(on_it.flat_map(|v| v.vlans.iter().copied()));
        let host = node.host_vnics.iter().filter(|v| same_name(&v.switch, switch));
        found.extend(host.filter_map(|v| v.vlan));
    }
    found
}

/// The adapter of a port that is under no virtual switch.
fn bare(nic: &Nic) -> Port {
    if nic.team.is_empty() {
        Port::Nic(nic.name.clone())
    } else {
        Port::Team(nic.team.clone())
    }
}

/// The network of a port without virtual switch, among those of one moment.
fn network<'w>(work: &'w ClusterWork, networks: &BTreeMap<Port, usize>, nic: &Nic) -> Option<&'w ClusterNetwork> {
    let at = networks.get(&bare(nic)).filter(|_| nic.switch.is_none())?;
    work.today.networks.get(*at)
}

/// What to say of the VLAN of a bare port beside its switch port: Windows sends untagged there, unless the adapter itself is set to the VLAN.
fn at_the_port((old, nic): (&Nic, &Nic), vlans: &BTreeSet<u16>, scripted: bool) -> String {
    let mut vlans = vlans.iter();
    let (Some(only), None, None) = (vlans.next(), vlans.next(), &nic.switch) else {
        return String::new();
    };
    let how = if scripted {
        format!("Set-NetAdapter -Name {} -VlanID {only}", quoted(&nic.name))
    } else {
        format!("VLAN ID {only} in the driver's properties or the NIC vendor's software")
    };
    match nic.set_vlan() {
        None => format!(" (VLAN {only} untagged: {} is no trunk in Windows)", nic.name),
        Some(today) if today != *only => {
            format!(" (tagged; the port has VLAN {today} today, so set it once its address has changed: {how})")
        }
        Some(_) if of_intent(nic).is_some() => format!(" (VLAN {only} tagged, as Network ATC sets it at the port)"),
        Some(_) if old.set_vlan() != nic.set_vlan() && scripted => {
            format!(" (VLAN {only} tagged, as the apply script sets it at the port)")
        }
        Some(_) if old.set_vlan() != nic.set_vlan() => {
            format!(" (VLAN {only} tagged, as it is set at the port when the apply script asks for it)")
        }
        Some(_) => format!(" (VLAN {only} tagged, as it is set at the port)"),
    }
}
