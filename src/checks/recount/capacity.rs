//! Loads and capacities per uplink and per role, normally and after the failures that were asked about.

use super::outages::{Landing, Outage};
use super::survival::{Effect, Survival};
use super::view::View;
use super::{RoleCapacity, UplinkLoad};
use crate::policy::FailureKind;
use crate::roles::Role;
use crate::units::{Mbps, permille_up};

/// Loads of all uplinks, in plan order.
pub(super) fn uplinks(view: &View, survival: &Survival) -> Vec<UplinkLoad> {
    let places = |node: usize| (0..view.plan.uplinks.len()).map(move |uplink| (node, uplink));
    (0..view.cluster.nodes.len())
        .flat_map(places)
        .map(|(node, uplink)| uplink_load(view, survival, node, uplink))
        .collect()
}

fn uplink_load(view: &View, survival: &Survival, node: usize, uplink: usize) -> UplinkLoad {
    let (demand, capacity) = (view.load[node][uplink], view.capacity[node][uplink]);
    let utilisation = permille_up(demand, capacity);
    let mut row = UplinkLoad {
        node,
        uplink,
        demand,
        capacity,
        utilisation,
        worst_capacity: capacity,
        worst_utilisation: utilisation,
        worst_failure: String::new(),
    };
    for outage in &survival.outages[node] {
        let left = outage.after.capacity[uplink];
        if asked(view, uplink, outage) {
            row.worst_capacity = row.worst_capacity.min(left);
        }
        let then = permille_up(outage.after.load[uplink], left);
        if counted(view, uplink, outage) && then > row.worst_utilisation {
            row.worst_utilisation = then;
            row.worst_failure = outage.name.clone();
        }
    }
    row
}

/// Whether survival of this failure was asked, as a requirement or a wish, for a role of the uplink.
fn asked(view: &View, uplink: usize, outage: &Outage) -> bool {
    view.plan.uplinks[uplink]
        .roles
        .iter()
        .any(|role| view.cluster.policy.asks_survival(*role, outage.kind))
}

/// Whether the uplink must carry its load after this failure: a role on it must survive it, or one that falls back to it must.
/// An uplink with no capacity left is a matter of survival, not of capacity.
fn counted(view: &View, uplink: usize, outage: &Outage) -> bool {
    let must = |role: Role| view.cluster.policy.must_survive(role, outage.kind);
    let taken_in = || {
        let moved = view.instances.iter().zip(&outage.after.landing);
        moved
            .filter(|(_, landing)| **landing == Landing::Moved(uplink))
            .any(|(i, _)| must(i.role))
    };
    outage.after.capacity[uplink] > 0 && (view.plan.uplinks[uplink].roles.iter().any(|role| must(*role)) || taken_in())
}

/// Mbit/s that each uplink is short of, by node and uplink: its load over its capacity at the worst counted moment, and what
/// each vNIC needs beyond the one port that it can get.
pub(super) fn missing(view: &View, survival: &Survival) -> Vec<Vec<Mbps>> {
    let mut missing: Vec<Vec<Mbps>> = (0..view.cluster.nodes.len())
        .map(|node| {
            (0..view.plan.uplinks.len())
                .map(|uplink| overload(view, survival, node, uplink))
                .collect()
        })
        .collect();
    let largest = |node: usize, uplink: usize| view.speeds(node, uplink).max().unwrap_or(0);
    let port: Vec<Vec<Mbps>> = (0..missing.len())
        .map(|node| {
            (0..view.plan.uplinks.len())
                .map(|uplink| largest(node, uplink))
                .collect()
        })
        .collect();
    for placed in &view.placed {
        let Some((node, uplink)) = super::view::host(view.cluster, placed.vm).zip(placed.uplink) else {
            continue;
        };
        if !view.nics[node][uplink].is_empty() {
            let over = placed.need.saturating_sub(port[node][uplink]);
            missing[node][uplink] = over.saturating_add(missing[node][uplink]);
        }
    }
    missing
}

fn overload(view: &View, survival: &Survival, node: usize, uplink: usize) -> Mbps {
    if view.nics[node][uplink].is_empty() {
        return 0;
    }
    let after = survival.outages[node]
        .iter()
        .filter(|outage| counted(view, uplink, outage));
    let over = after
        .map(|o| o.after.load[uplink].saturating_sub(o.after.capacity[uplink]))
        .max()
        .unwrap_or(0);
    over.max(view.load[node][uplink].saturating_sub(view.capacity[node][uplink]))
}

/// Capacities of all roles, in plan order.
pub(super) fn roles(view: &View, survival: &Survival, uplinks: &[UplinkLoad]) -> Vec<RoleCapacity> {
    let places = |node: usize| (0..view.instances.len()).map(move |instance| (node, instance));
    (0..view.cluster.nodes.len())
        .flat_map(places)
        .map(|(node, instance)| role_capacity(view, survival, uplinks, node, instance))
        .collect()
}

fn role_capacity(view: &View, survival: &Survival, uplinks: &[UplinkLoad], node: usize, at: usize) -> RoleCapacity {
    let instance = &view.instances[at];
    let demand = view.demand[node][at];
    let others = view.load[node][instance.uplink].saturating_sub(demand);
    let capacity = view.capacity[node][instance.uplink].saturating_sub(others);
    let (mut worst_capacity, mut worst_failure) = (capacity, String::new());
    for (outage, effect) in survival.of_instance(node, at) {
        let asked = view.cluster.policy.asks_survival(instance.role, outage.kind);
        let left = left_for(view, node, at, outage, effect);
        if asked && left < worst_capacity {
            (worst_capacity, worst_failure) = (left, outage.name.clone());
        }
    }
    let worst_of_uplink = uplinks[node * view.plan.uplinks.len() + instance.uplink].worst_capacity;
    let share = share(view, node, instance.uplink, instance.role);
    let guaranteed = u128::from(worst_of_uplink) * u128::from(share) / 1000;
    RoleCapacity {
        node,
        uplink: instance.uplink,
        role: instance.role,
        network: view.network(instance).to_owned(),
        demand,
        capacity,
        worst_capacity,
        worst_failure,
        guaranteed_mbps: u64::try_from(guaranteed).unwrap_or(u64::MAX),
    }
}

/// What a failure leaves for one role: the capacity of the uplink it is on then, less what the others on it need. 0 when it is cut.
pub(super) fn left_for(view: &View, node: usize, instance: usize, outage: &Outage, effect: Effect) -> Mbps {
    let uplink = match effect {
        Effect::Dead | Effect::Severed => return 0,
        Effect::Moved(to) => to,
        Effect::Untouched | Effect::Weakened => view.instances[instance].uplink,
    };
    let others = outage.after.load[uplink].saturating_sub(view.demand[node][instance]);
    outage.after.capacity[uplink].saturating_sub(others)
}

/// Planned share of a role on an uplink, permille.
fn share(view: &View, node: usize, uplink: usize, role: Role) -> u64 {
    let name = &view.cluster.nodes[node].name;
    let planned = view
        .plan
        .nodes
        .iter()
        .find(|n| n.node == *name)
        .and_then(|n| n.uplinks.get(uplink));
    planned
        .and_then(|u| u.shares.iter().find(|s| s.role == role))
        .map_or(0, |s| s.permille)
}

/// Kinds of failure that strike at a node's own hardware or its switches.
pub(super) const KINDS: [FailureKind; 3] = [FailureKind::Nic, FailureKind::Card, FailureKind::Tor];
