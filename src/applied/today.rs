//! Which adapters of the host carry which role today, and what the virtual switches of today are built on.

use super::adapters::Carrier;
use crate::inventory::{Cluster, Node, VirtualSwitch};
use crate::profiles::{TeamKind, WS2008R2, WS2016};
use crate::roles::Role;
use crate::units::same_name;
use std::collections::BTreeSet;

/// One adapter of today with what it carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarrierToday {
    /// What it is.
    pub carrier: Carrier,
    /// Roles without that of guests, in table order.
    pub roles: Vec<Role>,
    /// Its addresses, if known.
    pub addresses: Vec<String>,
}

/// Adapters that carry a role of the host today: ports, teams and host vNICs, in the order of the inventory.
pub fn carriers(node: &Node) -> Vec<CarrierToday> {
    let mut found: Vec<CarrierToday> = Vec::new();
    for (position, nic) in node.nics.iter().enumerate().filter(|(_, nic)| nic.switch.is_none()) {
        let roles: Vec<Role> = nic.roles.iter().copied().filter(|role| *role != Role::Vm).collect();
        if roles.is_empty() {
            continue;
        }
        if nic.team.is_empty() {
            found.push(CarrierToday {
                carrier: Carrier::Nic(position),
                roles,
                addresses: nic.addresses.clone(),
            });
            continue;
        }
        match found.iter_mut().find(|old| is_team(&old.carrier, &nic.team)) {
            Some(team) => join(team, position, &roles, &nic.addresses),
            None => found.push(CarrierToday {
                carrier: Carrier::Team(nic.team.clone(), vec![position]),
                roles,
                addresses: nic.addresses.clone(),
            }),
        }
    }
    let vnics = node.host_vnics.iter().filter_map(|vnic| {
        Some(CarrierToday {
            carrier: Carrier::HostVnic {
                name: vnic.name.clone(),
                switch: vnic.switch.clone(),
                nic: None,
            },
            roles: vec![vnic.role?],
            addresses: vnic.addresses.clone(),
        })
    });
    found.extend(vnics);
    found
}

fn is_team(carrier: &Carrier, name: &str) -> bool {
    matches!(carrier, Carrier::Team(team, _) if same_name(team, name))
}

fn join(team: &mut CarrierToday, position: usize, roles: &[Role], addresses: &[String]) {
    if let Carrier::Team(_, ports) = &mut team.carrier {
        ports.push(position);
    }
    let all: BTreeSet<Role> = team.roles.iter().chain(roles).copied().collect();
    team.roles = all.into_iter().collect();
    team.addresses.extend(addresses.iter().cloned());
}

/// Whether two carriers are the same adapter: a port by its position, a team or host vNIC by its name.
pub fn same(a: &Carrier, b: &Carrier) -> bool {
    match (a, b) {
        (Carrier::Nic(a), Carrier::Nic(b)) => a == b,
        (Carrier::Team(a, _), Carrier::Team(b, _)) => same_name(a, b),
        (Carrier::HostVnic { name: a, .. }, Carrier::HostVnic { name: b, .. }) => same_name(a, b),
        _ => false,
    }
}

/// What a virtual switch stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// One port.
    Port,
    /// The adapter of a team.
    Team(TeamKind),
}

/// What an external switch of today stands on: `embedded_teaming` and `team_kind` say it, else what the Windows version makes
/// of several ports.
pub fn base(cluster: &Cluster, node: &Node, switch: &VirtualSwitch) -> Base {
    let members = || node.nics.iter().filter(|nic| nic.switch.as_ref() == Some(&switch.name));
    let kind = |word: &str| members().any(|nic| nic.facts.text("team_kind") == Some(word));
    let generation = cluster.profile.generation;
    if switch.facts.yes("embedded_teaming") == Some(true) {
        return Base::Team(TeamKind::Set);
    }
    if kind("lbfo") {
        return Base::Team(TeamKind::Lbfo);
    }
    if kind("vendor") {
        return Base::Team(TeamKind::Vendor);
    }
    let named = members().any(|nic| !nic.team.is_empty());
    let denied = switch.facts.yes("embedded_teaming") == Some(false);
    match (named, members().count() > 1) {
        (false, false) => Base::Port,
        _ if generation == WS2008R2 => Base::Team(TeamKind::Vendor),
        _ if generation < WS2016 || (named && denied) => Base::Team(TeamKind::Lbfo),
        (_, many) if many || !denied => Base::Team(TeamKind::Set),
        _ => Base::Port,
    }
}
