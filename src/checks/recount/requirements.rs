//! Level 1: every unmet requirement, with its subject, counted by kind.

use super::capacity::{KINDS, missing};
use super::node_loss::Loss;
use super::survival::Survival;
use super::view::View;
use super::wishes::{shared_uplink, unsurvived};
use super::zones::{zones, zones_on_shared_ports};
use crate::migration::{self, Moved};
use crate::plan::{Requirements, Shortfall};
use crate::policy::{FailureKind, Strength};
use crate::roles::Role;
use crate::topology::carries;
use std::collections::BTreeMap;

/// The counts, and one entry for each of them, sorted.
pub(super) fn requirements(
    view: &View,
    survival: &Survival,
    losses: &[Loss],
    moved: &[Vec<Moved>],
) -> (Requirements, Vec<Shortfall>) {
    let groups = [
        reachability(view, survival),
        isolation(view),
        survive(view, survival, losses),
        capacity(view, survival, moved),
    ];
    let count = |at: usize| groups[at].len() as u64;
    let met = Requirements {
        reachability: count(0),
        isolation: count(1),
        survival: count(2),
        capacity: count(3),
        missing_mbps: groups[3].iter().map(|s| s.missing_mbps).fold(0, u64::saturating_add),
    };
    let mut entries: Vec<Shortfall> = groups.into_iter().flatten().collect();
    entries.sort();
    (met, entries)
}

fn entry(requirement: impl Into<String>, subject: impl Into<String>) -> Shortfall {
    Shortfall {
        requirement: requirement.into(),
        subject: subject.into(),
        missing_mbps: 0,
    }
}

fn reachability(view: &View, survival: &Survival) -> Vec<Shortfall> {
    let mut found = Vec::new();
    for (at, instance) in view.instances.iter().enumerate() {
        let requirement = format!("reach:{}", instance.role);
        let empty = |node: &usize| view.nics[*node][instance.uplink].is_empty();
        let nodes = 0..view.cluster.nodes.len();
        found.extend(
            nodes
                .clone()
                .filter(empty)
                .map(|node| entry(&requirement, view.subject(node, instance))),
        );
        let served: Vec<usize> = nodes.filter(|node| !empty(node)).collect();
        let reach = &survival.reach[at];
        let gap = |a: &usize| served.iter().any(|b| b != a && !reach.between(*a, *b));
        if reach.tested && served.iter().any(gap) {
            let subject = match view.network(instance) {
                "" => instance.role.name(),
                network => network,
            };
            found.push(entry(&requirement, subject));
        }
    }
    found.extend(guests(view));
    found
}

/// vNICs without a network, and those whose VLANs some node that may own the VM does not carry on every NIC of the network.
fn guests(view: &View) -> Vec<Shortfall> {
    let mut known: BTreeMap<(usize, u16), Vec<bool>> = BTreeMap::new();
    let mut found = Vec::new();
    for placed in &view.placed {
        let vm = &view.cluster.vms[placed.vm];
        let Some(uplink) = placed.uplink else {
            found.push(entry("vm-network", view.vnic_subject(placed)));
            continue;
        };
        let absent = vm.vnics[placed.vnic].vlans.iter().any(|vlan| {
            let carried = known
                .entry((uplink, *vlan))
                .or_insert_with(|| carried_on(view, uplink, *vlan));
            vm.owners.iter().any(|node| carried.get(*node) == Some(&false))
        });
        if absent {
            found.push(entry("vlan", view.vnic_subject(placed)));
        }
    }
    found
}

/// Whether all NICs of the uplink carry the VLAN, by node; a node without NICs is counted elsewhere.
fn carried_on(view: &View, uplink: usize, vlan: u16) -> Vec<bool> {
    let nodes = 0..view.cluster.nodes.len();
    nodes
        .map(|node| view.nics(node, uplink).all(|nic| carries(&nic.vlans, Some(vlan))))
        .collect()
}

fn isolation(view: &View) -> Vec<Shortfall> {
    let policy = &view.cluster.policy;
    let mut found = Vec::new();
    for (a, b) in policy.required_apart(&view.present, view.cluster.iscsi()) {
        if let Some(uplink) = shared_uplink(view, a, b) {
            found.push(entry(format!("apart:{a}|{b}"), &view.plan.uplinks[uplink].name));
        }
    }
    if policy.separate_zones == Strength::Required {
        for (uplink, zones) in zones(view).iter().enumerate() {
            let network = view.plan.uplinks[uplink].network.as_deref().unwrap_or_default();
            found.extend((1..zones.len()).map(|_| entry("apart:zones", network)));
        }
    }
    for (zone, _) in policy.isolate_zones.iter().filter(|(_, s)| *s == Strength::Required) {
        let shared = zones_on_shared_ports(view, zone);
        found.extend(shared.map(|network| entry(format!("apart:zone:{zone}"), network)));
    }
    found.extend(dedicated(view));
    found
}

/// vNICs that want a network of their own and share it with another VM.
fn dedicated(view: &View) -> Vec<Shortfall> {
    // First and last VM of each network: a VM is alone on it exactly if it is both.
    let mut ends: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for (uplink, vm) in view.placed.iter().filter_map(|p| Some((p.uplink?, p.vm))) {
        let known = ends.entry(uplink).or_insert((vm, vm));
        *known = (known.0.min(vm), known.1.max(vm));
    }
    let wants = |p: &&super::view::Placed| view.cluster.vms[p.vm].vnics[p.vnic].dedicated;
    let shares = |p: &&super::view::Placed| p.uplink.is_some_and(|u| ends.get(&u) != Some(&(p.vm, p.vm)));
    view.placed
        .iter()
        .filter(wants)
        .filter(shares)
        .map(|p| entry("dedicated", view.vnic_subject(p)))
        .collect()
}

fn survive(view: &View, survival: &Survival, losses: &[Loss]) -> Vec<Shortfall> {
    let policy = &view.cluster.policy;
    let mut found = Vec::new();
    for role in &view.present {
        for kind in KINDS.into_iter().filter(|kind| policy.must_survive(*role, *kind)) {
            let places = unsurvived(view, survival, *role, kind);
            let subject = |(node, at): &(usize, usize)| view.subject(*node, &view.instances[*at]);
            found.extend(
                places
                    .iter()
                    .map(|place| entry(format!("survive:{role}:{kind}"), subject(place))),
            );
        }
    }
    if policy.must_survive(Role::Vm, FailureKind::Node) {
        let lost = losses.iter().enumerate().filter(|(_, loss)| !loss.stranded.is_empty());
        found.extend(lost.map(|(node, _)| entry("survive:vm:node", &view.cluster.nodes[node].name)));
    }
    found
}

fn capacity(view: &View, survival: &Survival, moved: &[Vec<Moved>]) -> Vec<Shortfall> {
    let mut found = Vec::new();
    for (node, row) in missing(view, survival).into_iter().enumerate() {
        for (uplink, missing_mbps) in row.into_iter().enumerate().filter(|(_, missing)| *missing > 0) {
            let subject = format!("{}/{}", view.cluster.nodes[node].name, view.plan.uplinks[uplink].name);
            found.push(Shortfall {
                requirement: "capacity".to_owned(),
                subject,
                missing_mbps,
            });
        }
    }
    let Some(minutes) = view
        .cluster
        .policy
        .drain_minutes
        .filter(|_| view.present.contains(&Role::LiveMigration))
    else {
        return found;
    };
    let slots = migration::concurrency(view.cluster);
    for (node, vms) in moved.iter().enumerate().filter(|(_, vms)| !vms.is_empty()) {
        if minutes.saturating_mul(60) <= migration::overhead_s(vms.len() as u64, slots) {
            found.push(entry("drain-time", &view.cluster.nodes[node].name));
        }
    }
    found
}
