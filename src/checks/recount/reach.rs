//! Who still reaches whom over the planned NICs, for all pairs of nodes, in normal operation and after each failure.
//!
//! Pairs of NICs are never compared: a node is known by the sets of fabric components that its alive NICs hear (one set per
//! VLAN), equal nodes share one number, and two numbers are compared once. Direct cables are looked at one by one.

use super::outages::{Landing, Outage};
use super::view::{Instance, View};
use crate::inventory::{Cluster, Nic};
use crate::roles::Role;
use crate::topology::{Attach, Fabric, attach, cabled, carries};
use std::collections::{BTreeMap, BTreeSet};

/// Components heard, one sorted set per VLAN of the instance.
type Heard = Vec<Vec<usize>>;

/// A direct cable seen from one end: own NIC, other node, other NIC.
type Cable = (usize, usize, usize);

/// Reach of one role instance between all nodes in normal operation.
pub(super) struct InstanceReach {
    /// Fabrics of the VLANs, one per VLAN that differs.
    fabrics: Vec<Fabric>,
    /// By node, index into `kinds`.
    kind: Vec<usize>,
    kinds: Kinds,
    /// Direct cables between two NICs of the uplink, by node.
    cables: Vec<Vec<Cable>>,
    /// Whether the role's nodes talk to each other at all; if not, nothing is tested.
    pub tested: bool,
}

/// Different ways of hearing the fabric, with the answer for each two of them.
#[derive(Default)]
struct Kinds {
    numbers: BTreeMap<Heard, usize>,
    meets: Vec<Vec<bool>>,
}

impl Kinds {
    /// Numbers every node's set and compares each two numbers once.
    fn number(heard: Vec<Heard>) -> (Vec<usize>, Kinds) {
        let mut kinds = Kinds::default();
        let of_node = heard
            .into_iter()
            .map(|h| {
                let next = kinds.numbers.len();
                *kinds.numbers.entry(h).or_insert(next)
            })
            .collect();
        let count = kinds.numbers.len();
        kinds.meets = vec![vec![false; count]; count];
        for (a, i) in &kinds.numbers {
            for (b, j) in &kinds.numbers {
                kinds.meets[*i][*j] = meet(a, b);
            }
        }
        (of_node, kinds)
    }
}

/// Whether two nodes hear a common component on every VLAN.
fn meet(a: &Heard, b: &Heard) -> bool {
    !a.is_empty()
        && a.iter()
            .zip(b)
            .all(|(x, y)| x.iter().any(|component| y.contains(component)))
}

/// Whether nodes talk to each other in this role here; iSCSI talks to a target only.
pub(super) fn is_tested(cluster: &Cluster, role: Role) -> bool {
    role.info().node_to_node && (role != Role::Storage || cluster.storage.is_smb())
}

impl InstanceReach {
    pub(super) fn new(view: &View, instance: &Instance) -> InstanceReach {
        let cluster = view.cluster;
        let tested = is_tested(cluster, instance.role);
        let vlans = if tested {
            different_vlans(view, instance)
        } else {
            Vec::new()
        };
        let fabrics: Vec<Fabric> = vlans.iter().map(|vlan| Fabric::new(cluster, *vlan, None)).collect();
        let heard = (0..cluster.nodes.len())
            .map(|n| hear(view, instance.uplink, n, &fabrics, |_| true))
            .collect();
        let (kind, kinds) = Kinds::number(heard);
        let cables = if tested {
            cables(view, instance.uplink)
        } else {
            vec![Vec::new(); cluster.nodes.len()]
        };
        InstanceReach {
            fabrics,
            kind,
            kinds,
            cables,
            tested,
        }
    }

    /// Whether two nodes reach each other in normal operation.
    pub(super) fn between(&self, a: usize, b: usize) -> bool {
        self.kinds.meets[self.kind[a]][self.kind[b]] || self.cables[a].iter().any(|(_, node, _)| *node == b)
    }

    /// Whether a NIC or card failure at the node cuts it off from a node that it reached before.
    pub(super) fn severed_alone(&self, view: &View, instance: &Instance, node: usize, outage: &Outage) -> bool {
        let left = hear(view, instance.uplink, node, &self.fabrics, |nic| !outage.dead[nic]);
        let mut meets: Vec<Option<bool>> = vec![None; self.kinds.numbers.len()];
        for (heard, number) in &self.kinds.numbers {
            meets[*number] = Some(meet(&left, heard));
        }
        let cable = |other: usize| {
            self.cables[node]
                .iter()
                .any(|(own, to, _)| *to == other && !outage.dead[*own])
        };
        (0..self.kind.len())
            .filter(|other| *other != node && self.between(node, *other))
            .any(|other| meets[self.kind[other]] != Some(true) && !cable(other))
    }

    /// The fabric without one switch.
    pub(super) fn without(&self, view: &View, instance: &Instance, tor: Attach) -> WithoutSwitch {
        let fabrics: Vec<Fabric> = self
            .fabrics
            .iter()
            .map(|fabric| Fabric::new(view.cluster, fabric.vlan(), Some(tor)))
            .collect();
        let nodes = 0..view.cluster.nodes.len();
        // A NIC on the dead switch hears nothing, so no list of dead NICs is needed.
        let (kind, kinds) = Kinds::number(
            nodes
                .map(|n| hear(view, instance.uplink, n, &fabrics, |_| true))
                .collect(),
        );
        let alive = |node: usize, nic: usize| attach(&view.cluster.nodes[node].nics[nic]) != tor;
        let mut cables = self.cables.clone();
        for (node, list) in cables.iter_mut().enumerate() {
            list.retain(|(own, to, other)| alive(node, *own) && alive(*to, *other));
        }
        WithoutSwitch { kind, kinds, cables }
    }

    /// Whether the death of a switch cuts the node off from a node that it reached before.
    /// `landing` says where the role's traffic went on each node; traffic that fell back is taken to reach.
    pub(super) fn severed_by_switch(
        &self,
        node: usize,
        rest: &WithoutSwitch,
        landing: &dyn Fn(usize) -> Landing,
    ) -> bool {
        let cable = |other: usize| rest.cables[node].iter().any(|(_, to, _)| *to == other);
        (0..self.kind.len())
            .filter(|other| *other != node && self.between(node, *other))
            .filter(|other| !matches!(landing(*other), Landing::Moved(_)))
            .any(|other| !rest.kinds.meets[rest.kind[node]][rest.kind[other]] && !cable(other))
    }
}

/// Reach of one role instance with one switch dead everywhere.
pub(super) struct WithoutSwitch {
    kind: Vec<usize>,
    kinds: Kinds,
    cables: Vec<Vec<Cable>>,
}

/// Components that the alive NICs of an uplink hear, per VLAN.
fn hear(view: &View, uplink: usize, node: usize, fabrics: &[Fabric], alive: impl Fn(usize) -> bool) -> Heard {
    let nics = &view.nics[node][uplink];
    let ports = || {
        nics.iter()
            .filter(|nic| alive(**nic))
            .map(|nic| &view.cluster.nodes[node].nics[*nic])
    };
    fabrics
        .iter()
        .map(|fabric| {
            ports()
                .filter_map(|nic| fabric.component_of(nic))
                .collect::<BTreeSet<usize>>()
                .into_iter()
                .collect()
        })
        .collect()
}

/// VLANs that the role uses, without those that every link and NIC treats like one before.
fn different_vlans(view: &View, instance: &Instance) -> Vec<Option<u16>> {
    let mut seen = BTreeSet::new();
    vlans(view, instance)
        .into_iter()
        .filter(|vlan| seen.insert(treatment(view, instance.uplink, *vlan)))
        .collect()
}

/// Who carries the VLAN: links, then the uplink's NICs.
fn treatment(view: &View, uplink: usize, vlan: Option<u16>) -> Vec<bool> {
    let links = view.cluster.links.iter().map(|link| carries(&link.vlans, vlan));
    let nics =
        (0..view.cluster.nodes.len()).flat_map(|node| view.nics(node, uplink).map(|nic| carries(&nic.vlans, vlan)));
    links.chain(nics).collect()
}

/// The VLAN of the role's network, or those of the vNICs on the external network; untagged when there are none.
fn vlans(view: &View, instance: &Instance) -> BTreeSet<Option<u16>> {
    if instance.role != Role::Vm {
        return BTreeSet::from([view.cluster.vlan_of(instance.role)]);
    }
    let mut vlans = BTreeSet::new();
    for placed in view.placed.iter().filter(|p| p.uplink == Some(instance.uplink)) {
        let tagged = &view.cluster.vms[placed.vm].vnics[placed.vnic].vlans;
        if tagged.is_empty() {
            vlans.insert(None);
        } else {
            vlans.extend(tagged.iter().map(|vlan| Some(*vlan)));
        }
    }
    if vlans.is_empty() {
        vlans.insert(None);
    }
    vlans
}

/// Direct cables between two NICs of the same uplink, seen from each node.
fn cables(view: &View, uplink: usize) -> Vec<Vec<Cable>> {
    let mut found = vec![Vec::new(); view.cluster.nodes.len()];
    let nic = |node: usize, at: usize| -> &Nic { &view.cluster.nodes[node].nics[at] };
    let all = |node: usize| view.nics[node][uplink].iter().copied();
    for here in 0..view.cluster.nodes.len() {
        for own in all(here) {
            let Some((there, _)) = nic(here, own)
                .direct_to
                .as_ref()
                .filter(|(node, _)| *node < found.len())
            else {
                continue;
            };
            for other in all(*there).filter(|other| cabled((here, nic(here, own)), (*there, nic(*there, *other)))) {
                found[here].push((own, *there, other));
                found[*there].push((other, here, own));
            }
        }
    }
    for list in &mut found {
        list.sort_unstable();
        list.dedup();
    }
    found
}
