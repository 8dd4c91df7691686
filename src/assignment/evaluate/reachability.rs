//! Who reaches whom, on which VLAN, counted on concrete decisions.

use super::Count;
use super::survival::Loss;
use crate::assignment::instance::Instance;
use crate::assignment::reach::{Heard, Medium};
use crate::inventory::Cluster;
use crate::roles::Role;
use crate::topology::{Fabric, attach, carries};
use std::collections::{BTreeMap, BTreeSet};

impl Count<'_> {
    /// VLANs on which a role instance must reach: the role's own, or those of the vNICs on the network.
    pub fn vlans(&self, uplink: usize, role: Role) -> BTreeSet<Option<u16>> {
        if !self.vlan_limited {
            return BTreeSet::from([None]);
        }
        if role != Role::Vm {
            return BTreeSet::from([self.instance.cluster.vlan_of(role)]);
        }
        let network = self.design.uplinks[uplink].network;
        let mut sets: BTreeSet<usize> = BTreeSet::new();
        for (item, place) in self.instance.items.iter().zip(&self.decisions.network) {
            if place.is_some() && *place == network {
                sets.insert(item.vlans);
            }
        }
        let mut vlans: BTreeSet<Option<u16>> = BTreeSet::new();
        for set in sets {
            let tags = &self.instance.vlan_sets[set];
            if tags.is_empty() {
                vlans.insert(None);
            }
            vlans.extend(tags.iter().map(|v| Some(*v)));
        }
        if vlans.is_empty() {
            vlans.insert(None);
        }
        vlans
    }

    /// What the alive NICs of a node's uplink hear on a VLAN.
    pub fn heard(&mut self, node: usize, uplink: usize, vlan: Option<u16>, loss: Option<(&Loss, usize)>) -> Heard {
        let mut heard = Heard::default();
        let dead_tor = match loss {
            Some((Loss::Tor(at), _)) => Some(*at),
            _ => None,
        };
        for index in self.nics(node, uplink) {
            let nic = &self.instance.cluster.nodes[node].nics[*index];
            let lost = loss.is_some_and(|(loss, at)| (dead_tor.is_some() || at == node) && loss.takes(*index, nic));
            if lost || !carries(&nic.vlans, vlan) {
                continue;
            }
            if let Some(cable) = self.cables.get(&(node, *index)) {
                heard.add(Medium::Cable(*cable));
                continue;
            }
            let cluster = self.instance.cluster;
            let fabric = self
                .fabrics
                .entry((vlan, dead_tor))
                .or_insert_with(|| Fabric::new(cluster, vlan, dead_tor));
            if let Some(segment) = fabric.component(attach(nic)) {
                heard.add(Medium::Segment(segment));
            }
        }
        heard
    }

    pub fn reachability(&mut self) {
        let nodes = self.instance.cluster.nodes.len();
        for (uplink, role) in self.instances() {
            for node in (0..nodes).filter(|n| self.decisions.nics[*n][uplink].is_empty()) {
                let subject = self.subject(node, uplink, role);
                self.miss(format!("reach:{role}"), subject, 0);
            }
            if !self.instance.must_reach(role) {
                continue;
            }
            let served: Vec<usize> = (0..nodes).filter(|n| !self.nics(*n, uplink).is_empty()).collect();
            let mut reached = true;
            for vlan in self.vlans(uplink, role) {
                let heard: Vec<Heard> = served.iter().map(|n| self.heard(*n, uplink, vlan, None)).collect();
                reached &= Heard::all_touch(&heard);
            }
            if !reached {
                let subject = self.instance_name(uplink, role);
                self.miss(format!("reach:{role}"), subject, 0);
            }
        }
        self.vnic_vlans();
    }

    fn vnic_vlans(&mut self) {
        let cluster = self.instance.cluster;
        if !self.vlan_limited && self.decisions.network.iter().all(Option::is_some) {
            return;
        }
        let mut known: BTreeMap<(usize, usize, usize), bool> = BTreeMap::new();
        for (index, item) in self.instance.items.iter().enumerate() {
            let vm = &cluster.vms[item.vm];
            let subject = || format!("{}/{}", vm.name, vm.vnics[item.vnic].name);
            let Some(network) = self.decisions.network[index] else {
                self.miss("vm-network".to_owned(), subject(), 0);
                continue;
            };
            let tags = &self.instance.vlan_sets[item.vlans];
            let Some(uplink) = self.design.uplink_of_network(network) else {
                continue;
            };
            let carried = |node: usize| {
                self.decisions.nics[node][uplink].iter().all(|n| {
                    let trunk = &cluster.nodes[node].nics[*n].vlans;
                    trunk.as_ref().is_none_or(|trunk| tags.is_subset(trunk))
                })
            };
            let all = vm
                .owners
                .iter()
                .all(|n| *known.entry((*n, uplink, item.vlans)).or_insert_with(|| carried(*n)));
            if !all {
                self.miss("vlan".to_owned(), subject(), 0);
            }
        }
    }
}

/// Numbers the direct cables, the same at both ends.
pub fn cable_numbers(instance: &Instance) -> BTreeMap<(usize, usize), usize> {
    let mut numbers = BTreeMap::new();
    let mut known: BTreeMap<[(usize, &str); 2], usize> = BTreeMap::new();
    for (node_index, node) in instance.cluster.nodes.iter().enumerate() {
        for (nic_index, nic) in node.nics.iter().enumerate() {
            if let Some((peer, far)) = &nic.direct_to {
                let mut ends = [(node_index, nic.name.as_str()), (*peer, far.as_str())];
                ends.sort();
                let next = known.len();
                numbers.insert((node_index, nic_index), *known.entry(ends).or_insert(next));
            }
        }
    }
    numbers
}

pub fn vlan_limited(cluster: &Cluster) -> bool {
    let ports = cluster.nodes.iter().flat_map(|n| &n.nics).any(|n| n.vlans.is_some());
    ports || cluster.links.iter().any(|l| l.vlans.is_some())
}
