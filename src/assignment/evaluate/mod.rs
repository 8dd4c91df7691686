//! The exact objective of concrete decisions: NICs by node and uplink, a network for every vNIC.
//!
//! The search works with bounds; what is claimed in the plan is counted here, node by node.

mod capacity;
mod survival;

use super::design::Design;
use super::instance::Instance;
use super::reach::{Heard, Medium};
use crate::inventory::Cluster;
use crate::migration;
use crate::plan::{Mechanism, Objective, Requirements, Shortfall};
use crate::policy::{FailureKind, Strength, Wish};
use crate::roles::Role;
use crate::topology::{Attach, Fabric, attach, carries};
use crate::units::Mbps;
use std::collections::{BTreeMap, BTreeSet};
use survival::{Loss, Lost};

/// Concrete decisions for a design.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decisions {
    /// NIC indices by node and uplink.
    pub nics: Vec<Vec<Vec<usize>>>,
    /// Network of the design by item.
    pub network: Vec<Option<usize>>,
}

/// The objective with everything that is unmet by name.
pub struct Evaluation {
    pub objective: Objective,
    pub shortfall: Vec<Shortfall>,
}

/// Counts the objective; `name` becomes level 11.
pub fn evaluate(instance: &Instance, design: &Design, decisions: &Decisions, name: &str) -> Evaluation {
    let mut count = Count::new(instance, design, decisions);
    count.reachability();
    count.isolation();
    let lost = count.survival();
    let worst_by_node = count.capacity();
    let wishes = count.wishes(&lost);
    let drain = count.slowest_drain();
    count.node_loss();
    count.shortfall.sort();
    let worst = worst_by_node.iter().copied().max().unwrap_or(0);
    let policy = &instance.cluster.policy;
    let objective = Objective {
        unmet_requirements: count.requirements(),
        unmet_wishes: wishes,
        excess_utilisation_permille: worst.saturating_sub(policy.target_permille),
        excess_drain_s: policy.drain_goal_s.map_or(0, |goal| drain.saturating_sub(goal)),
        changes: count.changes(),
        external_networks: design.networks as u64,
        worst_utilisation_permille: worst,
        sum_utilisation_permille: worst_by_node.iter().fold(0, |sum, u| sum.saturating_add(*u)),
        slowest_drain_s: drain,
        nics_used: decisions.nics.iter().flatten().map(|n| n.len() as u64).sum(),
        name: name.to_owned(),
    };
    Evaluation {
        objective,
        shortfall: count.shortfall,
    }
}

struct Count<'a> {
    instance: &'a Instance<'a>,
    design: &'a Design,
    decisions: &'a Decisions,
    shortfall: Vec<Shortfall>,
    /// VM load by node and network.
    load: Vec<Vec<Mbps>>,
    /// Number of the direct cable at (node, NIC), the same at both ends.
    cables: BTreeMap<(usize, usize), usize>,
    fabrics: BTreeMap<(Option<u16>, Option<Attach>), Fabric>,
    /// Some port or link does not carry every VLAN; else one VLAN stands for all.
    vlan_limited: bool,
}

impl<'a> Count<'a> {
    fn new(instance: &'a Instance<'a>, design: &'a Design, decisions: &'a Decisions) -> Self {
        let load = super::build::network_loads(instance, design, decisions);
        let cables = cable_numbers(instance);
        Count {
            instance,
            design,
            decisions,
            shortfall: Vec::new(),
            load,
            cables,
            fabrics: BTreeMap::new(),
            vlan_limited: vlan_limited(instance.cluster),
        }
    }

    fn miss(&mut self, requirement: String, subject: String, missing_mbps: u64) {
        self.shortfall.push(Shortfall {
            requirement,
            subject,
            missing_mbps,
        });
    }

    fn node_name(&self, node: usize) -> &'a str {
        &self.instance.cluster.nodes[node].name
    }

    fn nics(&self, node: usize, uplink: usize) -> &'a [usize] {
        &self.decisions.nics[node][uplink]
    }

    /// `ROLE` or, for VM traffic, the network's name.
    fn instance_name(&self, uplink: usize, role: Role) -> String {
        match self.design.uplinks[uplink].network {
            Some(network) if role == Role::Vm => self.design.network_name(self.instance, network),
            _ => role.name().to_owned(),
        }
    }

    /// The node, for VM traffic with the network.
    fn subject(&self, node: usize, uplink: usize, role: Role) -> String {
        match role {
            Role::Vm => format!("{}/{}", self.node_name(node), self.instance_name(uplink, role)),
            _ => self.node_name(node).to_owned(),
        }
    }

    /// Role instances: (uplink, role).
    fn instances(&self) -> Vec<(usize, Role)> {
        let uplinks = self.design.uplinks.iter().enumerate();
        uplinks
            .flat_map(|(u, shape)| shape.roles.iter().map(move |r| (u, *r)))
            .collect()
    }

    /// VLANs on which a role instance must reach: the role's own, or those of the vNICs on the network.
    fn vlans(&self, uplink: usize, role: Role) -> BTreeSet<Option<u16>> {
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
    fn heard(&mut self, node: usize, uplink: usize, vlan: Option<u16>, loss: Option<(&Loss, usize)>) -> Heard {
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

    fn reachability(&mut self) {
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

    fn isolation(&mut self) {
        let cluster = self.instance.cluster;
        for (a, b) in cluster.policy.required_apart(&self.instance.roles, cluster.iscsi()) {
            let shared = self
                .design
                .uplinks
                .iter()
                .position(|u| u.roles.contains(&a) && u.roles.contains(&b));
            if let Some(uplink) = shared {
                let subject = self.design.uplink_name(self.instance, uplink);
                self.miss(format!("apart:{a}|{b}"), subject, 0);
            }
        }
        if cluster.policy.separate_zones == Strength::Required {
            for network in 0..self.design.networks {
                for _ in 1..self.zones_on(network).len() {
                    let subject = self.design.network_name(self.instance, network);
                    self.miss("apart:zones".to_owned(), subject, 0);
                }
            }
        }
        for zone in self.instance.isolated.iter().filter(|zone| zone.required) {
            for network in self.exposed_on(zone.zone) {
                let subject = self.design.network_name(self.instance, network);
                self.miss(format!("apart:zone:{}", zone.name), subject, 0);
            }
        }
        self.dedicated();
    }

    /// vNICs that want a network of their own and share it with another VM.
    fn dedicated(&mut self) {
        let cluster = self.instance.cluster;
        for (index, item) in self.instance.items.iter().enumerate().filter(|(_, i)| i.dedicated) {
            let network = self.decisions.network[index];
            let shared = network.is_some()
                && self
                    .instance
                    .items
                    .iter()
                    .zip(&self.decisions.network)
                    .any(|(o, n)| *n == network && o.vm != item.vm);
            if shared {
                let vm = &cluster.vms[item.vm];
                self.miss(
                    "dedicated".to_owned(),
                    format!("{}/{}", vm.name, vm.vnics[item.vnic].name),
                    0,
                );
            }
        }
    }

    fn zones_on(&self, network: usize) -> BTreeSet<usize> {
        let placed = self.instance.items.iter().zip(&self.decisions.network);
        let on = placed.filter(|(_, n)| **n == Some(network));
        on.map(|(item, _)| item.zone).filter(|z| *z > 0).collect()
    }

    /// Networks on which a zone shares its ports with host roles or other zones.
    fn exposed_on(&self, zone: usize) -> Vec<usize> {
        let exposed = |network: &usize| {
            let zones = self.zones_on(*network);
            let uplink = self.design.uplink_of_network(*network);
            let pure = uplink.is_some_and(|u| self.design.uplinks[u].roles.len() == 1);
            zones.contains(&zone) && (zones.len() > 1 || !pure)
        };
        (0..self.design.networks).filter(exposed).collect()
    }

    fn wishes(&self, lost: &Lost) -> Vec<u64> {
        self.instance.wishes.iter().map(|wish| self.wish(wish, lost)).collect()
    }

    fn wish(&self, wish: &Wish, lost: &Lost) -> u64 {
        let nodes = 0..self.instance.cluster.nodes.len();
        let uplink_of = |role: &Role| self.design.uplink_of(*role);
        let count = match wish {
            Wish::Apart(a, b) => usize::from(self.design.together(*a, *b)),
            Wish::Survive(role, kind) => lost.iter().filter(|(_, _, r, k)| r == role && k == kind).count(),
            Wish::OwnPath(role) => nodes
                .filter(|n| uplink_of(role).is_some_and(|u| self.nics(*n, u).len() == 1))
                .count(),
            Wish::Rdma(role) => nodes
                .filter(|n| !uplink_of(role).is_some_and(|u| self.rdma(*n, u)))
                .count(),
            Wish::ZonesApart => (0..self.design.networks)
                .map(|n| self.zones_on(n).len().saturating_sub(1))
                .sum(),
            Wish::ZoneAlone(name) => {
                let zone = self.instance.isolated.iter().find(|i| i.name == *name);
                zone.map_or(0, |zone| usize::from(!self.exposed_on(zone.zone).is_empty()))
            }
            Wish::HeavyApart => self.heavy_among_small(),
        };
        count as u64
    }

    fn rdma(&self, node: usize, uplink: usize) -> bool {
        let nics = &self.instance.cluster.nodes[node].nics;
        let used = self.nics(node, uplink);
        let kept = self.design.uplinks[uplink].network.is_none() || self.instance.cluster.profile.rdma_on_switch;
        kept && !used.is_empty() && used.iter().all(|n| nics[*n].rdma.on())
    }

    fn heavy_among_small(&self) -> usize {
        let placed = || self.instance.items.iter().zip(&self.decisions.network);
        let small: BTreeSet<usize> = placed()
            .filter(|(i, _)| !i.heavy && i.need > 0)
            .filter_map(|(_, n)| *n)
            .collect();
        placed()
            .filter(|(i, n)| i.heavy && n.is_some_and(|n| small.contains(&n)))
            .count()
    }

    fn slowest_drain(&self) -> u64 {
        let nodes = 0..self.instance.cluster.nodes.len();
        let Some(uplink) = self.design.uplink_of(Role::LiveMigration) else {
            return 0;
        };
        nodes
            .map(|node| drain_bound(self.instance, self.design, node, uplink, self.nics(node, uplink)))
            .max()
            .unwrap_or(0)
    }

    fn node_loss(&mut self) {
        if !self.instance.cluster.policy.must_survive(Role::Vm, FailureKind::Node) || !self.instance.has_vm() {
            return;
        }
        for node in super::node_loss::unplaceable(self.instance, self.design, self.decisions, &self.load) {
            self.miss("survive:vm:node".to_owned(), self.node_name(node).to_owned(), 0);
        }
    }

    fn changes(&self) -> u64 {
        let cluster = self.instance.cluster;
        let mut changes = 0;
        for (index, node) in cluster.nodes.iter().enumerate().filter(|(_, n)| n.wiring_known()) {
            for (nic_index, nic) in node.nics.iter().enumerate() {
                let uplink = self.decisions.nics[index].iter().position(|u| u.contains(&nic_index));
                let planned = uplink.map_or_else(Default::default, |u| self.design.token(u));
                changes += u64::from(self.instance.token(nic) != planned);
            }
        }
        for (item, network) in self.instance.items.iter().zip(&self.decisions.network) {
            let today = &cluster.vms[item.vm].vnics[item.vnic].switch;
            let planned = network
                .map(|n| self.design.network_name(self.instance, n))
                .unwrap_or_default();
            changes += u64::from(!today.is_empty() && *today != planned);
        }
        changes
    }

    fn requirements(&self) -> Requirements {
        let mut sums = Requirements::default();
        for miss in &self.shortfall {
            let family = miss.requirement.split(':').next().unwrap_or("");
            match family {
                "reach" | "vlan" | "vm-network" => sums.reachability += 1,
                "apart" | "dedicated" => sums.isolation += 1,
                "survive" => sums.survival += 1,
                _ => sums.capacity += 1,
            }
            sums.missing_mbps += miss.missing_mbps;
        }
        sums
    }
}

/// Numbers the direct cables, the same at both ends.
fn cable_numbers(instance: &Instance) -> BTreeMap<(usize, usize), usize> {
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

/// Lower bound of a node's drain over the NICs of the live-migration uplink.
pub fn drain_bound(instance: &Instance, design: &Design, node: usize, uplink: usize, nics: &[usize]) -> u64 {
    let cluster = instance.cluster;
    let shape = &design.uplinks[uplink];
    let ports = &cluster.nodes[node].nics;
    let speeds: Vec<Mbps> = nics.iter().map(|n| ports[*n].speed).collect();
    let kept = shape.network.is_none() || cluster.profile.rdma_on_switch;
    let rdma = kept && !nics.is_empty() && nics.iter().all(|n| ports[*n].rdma.on());
    drain_bound_of(instance, design, node, uplink, &speeds, rdma)
}

/// The same from port speeds.
pub fn drain_bound_of(
    instance: &Instance,
    design: &Design,
    node: usize,
    uplink: usize,
    speeds: &[Mbps],
    rdma: bool,
) -> u64 {
    let cluster = instance.cluster;
    let shape = &design.uplinks[uplink];
    let demand = &instance.demand[node];
    let others = shape
        .roles
        .iter()
        .filter(|r| **r != Role::LiveMigration)
        .map(|r| demand[*r as usize])
        .sum();
    let summed = speeds.len() < 2 || matches!(shape.mechanism, Mechanism::Team | Mechanism::Multichannel);
    let rate = migration::rate(migration::transport(cluster, rdma), speeds, summed, others);
    migration::drain_bound_s(&instance.moved[node], rate, migration::concurrency(cluster))
}

fn vlan_limited(cluster: &Cluster) -> bool {
    let ports = cluster.nodes.iter().flat_map(|n| &n.nics).any(|n| n.vlans.is_some());
    ports || cluster.links.iter().any(|l| l.vlans.is_some())
}
