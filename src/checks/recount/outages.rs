//! What can fail at a node, and what is left of its uplinks then: alive NICs, capacity, and loads with the traffic that falls back.

use super::mechanism::capacity;
use super::view::View;
use crate::inventory::Nic;
use crate::policy::FailureKind;
use crate::roles::Role;
use crate::topology::{Attach, attach};
use crate::units::Mbps;
use std::collections::BTreeSet;

/// One failure at one node.
pub(super) struct Outage {
    pub kind: FailureKind,
    /// What fails at the node: `nic SLOT1`, `card 2`, `tor A`.
    pub name: String,
    /// The same for a table of the whole cluster: `HV1/SLOT1`, `HV1/card 2`, `A`.
    pub failed: String,
    /// The switch, when it is one.
    pub tor: Option<Attach>,
    /// The node's NICs that are dead, by NIC index.
    pub dead: Vec<bool>,
    /// What is left.
    pub after: After,
}

/// Where the traffic of one role instance goes after a failure.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Landing {
    /// It stays on its own uplink.
    Home,
    /// It falls back to this uplink.
    Moved(usize),
    /// It has nowhere to go.
    Lost,
}

/// The uplinks of one node after a failure.
pub(super) struct After {
    /// Capacity left, by uplink.
    pub capacity: Vec<Mbps>,
    /// Load, by uplink, with the traffic that fell back.
    pub load: Vec<Mbps>,
    /// By instance.
    pub landing: Vec<Landing>,
    /// Whether the uplink lost a NIC, by uplink.
    pub hit: Vec<bool>,
}

/// Every failure at a node that takes a NIC the plan uses: NICs, then cards, then switches.
pub(super) fn outages(view: &View, node: usize) -> Vec<Outage> {
    let facts = &view.cluster.nodes[node];
    let used: Vec<usize> = view.nics[node]
        .iter()
        .flatten()
        .copied()
        .collect::<BTreeSet<usize>>()
        .into_iter()
        .collect();
    let mut found = Vec::new();
    let mut add = |kind, name: String, failed: String, tor, dead: &dyn Fn(usize, &Nic) -> bool| {
        let dead: Vec<bool> = facts.nics.iter().enumerate().map(|(at, nic)| dead(at, nic)).collect();
        let after = after(view, node, &dead);
        found.push(Outage {
            kind,
            name,
            failed,
            tor,
            dead,
            after,
        });
    };
    for nic in &used {
        let name = &facts.nics[*nic].name;
        add(
            FailureKind::Nic,
            format!("nic {name}"),
            format!("{}/{name}", facts.name),
            None,
            &|at, _| at == *nic,
        );
    }
    let mut cards = BTreeSet::new();
    for nic in &used {
        let card = &facts.nics[*nic].card;
        if card.is_empty() {
            let name = format!("card of {}", facts.nics[*nic].name);
            add(
                FailureKind::Card,
                name.clone(),
                format!("{}/{name}", facts.name),
                None,
                &|at, _| at == *nic,
            );
        } else if cards.insert(card) {
            let name = format!("card {card}");
            add(
                FailureKind::Card,
                name.clone(),
                format!("{}/{name}", facts.name),
                None,
                &|_, nic| nic.card == *card,
            );
        }
    }
    let switches: BTreeSet<Attach> = used.iter().map(|nic| attach(&facts.nics[*nic])).collect();
    for tor in switches.into_iter().filter(|a| *a != Attach::Direct) {
        let name = switch_name(view, tor);
        add(FailureKind::Tor, format!("tor {name}"), name, Some(tor), &|_, nic| {
            attach(nic) == tor
        });
    }
    found
}

/// Name of a switch.
fn switch_name(view: &View, tor: Attach) -> String {
    match tor {
        Attach::Tor(index) => view
            .cluster
            .tors
            .get(index)
            .map_or_else(|| format!("tor {index}"), |t| t.name.clone()),
        Attach::Unnamed | Attach::Direct => "(unnamed switch)".to_owned(),
    }
}

/// The uplinks of a node when these NICs are dead.
fn after(view: &View, node: usize, dead: &[bool]) -> After {
    let uplinks = view.plan.uplinks.len();
    let alive = |uplink: usize| view.nics[node][uplink].iter().filter(|nic| !dead[**nic]);
    let living: Vec<bool> = (0..uplinks).map(|u| alive(u).next().is_some()).collect();
    let hit: Vec<bool> = (0..uplinks)
        .map(|u| view.nics[node][u].iter().any(|nic| dead[*nic]))
        .collect();
    let left = |u: usize| {
        let speeds = alive(u).map(|nic| view.cluster.nodes[node].nics[*nic].speed);
        capacity(view.mechanism(node, u), speeds)
    };
    let capacity = (0..uplinks)
        .map(|u| if hit[u] { left(u) } else { view.capacity[node][u] })
        .collect();
    let landing: Vec<Landing> = view
        .instances
        .iter()
        .map(|i| match () {
            () if living[i.uplink] => Landing::Home,
            // Without any NIC in normal operation there is nothing to fall back from: the role is not served.
            () if i.role.info().falls_back && hit[i.uplink] => refuge(view, i.role, &living),
            () => Landing::Lost,
        })
        .collect();
    let mut load = view.load[node].clone();
    for (at, landing) in landing.iter().enumerate() {
        if let Landing::Moved(to) = landing {
            load[*to] = view.demand[node][at].saturating_add(load[*to]);
        }
    }
    After {
        capacity,
        load,
        landing,
        hit,
    }
}

/// The living uplink that takes in a role that falls back: the best refuge among the other roles.
fn refuge(view: &View, role: Role, living: &[bool]) -> Landing {
    let open = |other: Role| other != role && (other != Role::Storage || view.cluster.storage.is_smb());
    view.instances
        .iter()
        .filter(|i| open(i.role) && living[i.uplink])
        .filter_map(|i| Some((i.role.info().refuge?, i.uplink)))
        .min()
        .map_or(Landing::Lost, |(_, uplink)| Landing::Moved(uplink))
}
