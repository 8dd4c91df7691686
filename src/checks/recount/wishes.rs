//! How often each wish of level 2 is unmet.

use super::capacity::KINDS;
use super::survival::Survival;
use super::view::View;
use super::zones::{zones, zones_on_shared_ports};
use crate::policy::{FailureKind, Wish};
use crate::roles::Role;

/// The wishes in order, each with its count.
pub(super) fn wishes(view: &View, survival: &Survival) -> Vec<(Wish, u64)> {
    view.cluster
        .wishes()
        .into_iter()
        .map(|wish| (wish.clone(), unmet(view, survival, &wish)))
        .collect()
}

fn unmet(view: &View, survival: &Survival, wish: &Wish) -> u64 {
    match wish {
        Wish::Rdma(role) => nodes(view, |node| !has_rdma(view, node, *role)),
        Wish::Apart(a, b) => u64::from(shared_uplink(view, *a, *b).is_some()),
        Wish::ZonesApart => zones(view).iter().map(|z| z.len().saturating_sub(1) as u64).sum(),
        Wish::ZoneAlone(zone) => u64::from(zones_on_shared_ports(view, zone).next().is_some()),
        Wish::HeavyApart => heavy_beside_small(view),
        Wish::Survive(role, kind) => unsurvived(view, survival, *role, *kind).len() as u64,
        Wish::OwnPath(role) => nodes(view, |node| {
            view.uplinks_of(*role).any(|uplink| view.nics[node][uplink].len() == 1)
        }),
    }
}

fn nodes(view: &View, test: impl Fn(usize) -> bool) -> u64 {
    (0..view.cluster.nodes.len()).filter(|node| test(*node)).count() as u64
}

/// Whether every NIC of the role has RDMA that works where it is; a node without NICs has none.
fn has_rdma(view: &View, node: usize, role: Role) -> bool {
    view.uplinks_of(role).all(|uplink| {
        let kept = view.plan.uplinks[uplink].network.is_none() || view.cluster.profile.rdma_on_switch;
        kept && !view.nics[node][uplink].is_empty() && view.nics(node, uplink).all(|nic| nic.rdma.on())
    })
}

/// First uplink that carries both roles.
pub(super) fn shared_uplink(view: &View, a: Role, b: Role) -> Option<usize> {
    view.plan
        .uplinks
        .iter()
        .position(|u| u.roles.contains(&a) && u.roles.contains(&b))
}

/// Heavy vNICs on a network that also carries a vNIC that is not heavy and needs something.
fn heavy_beside_small(view: &View) -> u64 {
    let mut small = vec![false; view.plan.uplinks.len()];
    let mut heavy = vec![0; view.plan.uplinks.len()];
    for placed in &view.placed {
        let Some(uplink) = placed.uplink else { continue };
        heavy[uplink] += u64::from(placed.heavy);
        small[uplink] |= !placed.heavy && placed.need > 0;
    }
    heavy
        .into_iter()
        .zip(small)
        .filter(|(_, small)| *small)
        .map(|(count, _)| count)
        .sum()
}

/// Nodes (for VM traffic: node and network) on which a role does not survive a kind of failure: (node, instance).
pub(super) fn unsurvived(view: &View, survival: &Survival, role: Role, kind: FailureKind) -> Vec<(usize, usize)> {
    if !KINDS.contains(&kind) {
        return Vec::new();
    }
    let instances = || {
        view.instances
            .iter()
            .enumerate()
            .filter(|(_, i)| i.role == role)
            .map(|(at, _)| at)
    };
    let places = (0..view.cluster.nodes.len()).flat_map(|node| instances().map(move |at| (node, at)));
    places
        .filter(|(node, at)| !survival.survives(*node, *at, kind))
        .collect()
}
