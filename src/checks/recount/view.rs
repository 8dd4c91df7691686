//! The plan with its names resolved to indices, once, and the demand on every uplink in normal operation.
//!
//! In: facts and a plan that may be wrong in any way. Out: [`View`]. A name that means nothing is passed over, never a panic:
//! the structural checks report it.

use super::mechanism;
use crate::demand;
use crate::inventory::{Cluster, Nic};
use crate::plan::{ClusterPlan, Mechanism, VnicPlan};
use crate::roles::Role;
use crate::units::Mbps;
use std::collections::BTreeMap;

/// One role on one uplink; VM traffic has one instance per external network.
pub(super) struct Instance {
    pub role: Role,
    pub uplink: usize,
}

/// A vNIC that needs an external network.
pub(super) struct Placed {
    pub vm: usize,
    pub vnic: usize,
    /// Uplink that serves its network; `None` when the plan gives it none.
    pub uplink: Option<usize>,
    pub need: Mbps,
    pub heavy: bool,
}

/// Facts and plan, resolved.
pub(super) struct View<'a> {
    pub cluster: &'a Cluster,
    pub plan: &'a ClusterPlan,
    /// Roles the cluster has.
    pub present: Vec<Role>,
    /// NIC indices by node and uplink.
    pub nics: Vec<Vec<Vec<usize>>>,
    /// Role instances in plan order.
    pub instances: Vec<Instance>,
    /// vNICs that need a network, in inventory order.
    pub placed: Vec<Placed>,
    /// Demand of each role instance, by node and instance; for VM traffic that of the VMs on the node.
    pub demand: Vec<Vec<Mbps>>,
    /// Sum of the demands, by node and uplink.
    pub load: Vec<Vec<Mbps>>,
    /// Capacity in normal operation, by node and uplink.
    pub capacity: Vec<Vec<Mbps>>,
}

impl<'a> View<'a> {
    pub(super) fn new(cluster: &'a Cluster, plan: &'a ClusterPlan) -> View<'a> {
        let present = cluster.roles();
        let instances: Vec<Instance> = plan
            .uplinks
            .iter()
            .enumerate()
            .flat_map(|(uplink, u)| u.roles.iter().map(move |role| Instance { role: *role, uplink }))
            .collect();
        let nics = resolve_nics(cluster, plan);
        let placed = place(cluster, plan);
        let mut view = View {
            cluster,
            plan,
            present,
            nics,
            instances,
            placed,
            demand: Vec::new(),
            load: Vec::new(),
            capacity: Vec::new(),
        };
        view.demand = demands(&view);
        view.load = view.demand.iter().map(|row| view.per_uplink(row)).collect();
        let speeds = |node: usize| (0..plan.uplinks.len()).map(move |uplink| (node, uplink));
        view.capacity = (0..cluster.nodes.len())
            .map(|node| {
                speeds(node)
                    .map(|(n, u)| mechanism::capacity(view.mechanism(n, u), view.speeds(n, u)))
                    .collect()
            })
            .collect();
        view
    }

    /// Sums values per instance into values per uplink.
    fn per_uplink(&self, values: &[Mbps]) -> Vec<Mbps> {
        let mut sums = vec![0; self.plan.uplinks.len()];
        for (instance, value) in self.instances.iter().zip(values) {
            sums[instance.uplink] = value.saturating_add(sums[instance.uplink]);
        }
        sums
    }

    /// NICs of an uplink on a node.
    pub(super) fn nics(&self, node: usize, uplink: usize) -> impl Iterator<Item = &'a Nic> {
        let cluster = self.cluster;
        self.nics[node][uplink]
            .iter()
            .map(move |nic| &cluster.nodes[node].nics[*nic])
    }

    /// Speeds of the NICs of an uplink on a node.
    pub(super) fn speeds(&self, node: usize, uplink: usize) -> impl Iterator<Item = Mbps> {
        self.nics(node, uplink).map(|nic| nic.speed)
    }

    /// How the NICs of an uplink hold together on a node, worked out anew.
    pub(super) fn mechanism(&self, node: usize, uplink: usize) -> Mechanism {
        mechanism::mechanism(self.cluster, &self.plan.uplinks[uplink], self.nics[node][uplink].len())
    }

    /// Uplinks that carry a role, in plan order.
    pub(super) fn uplinks_of(&self, role: Role) -> impl Iterator<Item = usize> {
        self.instances.iter().filter(move |i| i.role == role).map(|i| i.uplink)
    }

    /// External network of an instance: that of its uplink for VM traffic, else empty.
    pub(super) fn network(&self, instance: &Instance) -> &'a str {
        match (instance.role, &self.plan.uplinks[instance.uplink].network) {
            (Role::Vm, Some(network)) => network,
            _ => "",
        }
    }

    /// `HV1`, and `HV1/External-1` for VM traffic.
    pub(super) fn subject(&self, node: usize, instance: &Instance) -> String {
        let name = &self.cluster.nodes[node].name;
        match self.network(instance) {
            "" => name.clone(),
            network => format!("{name}/{network}"),
        }
    }

    /// `VM1/Network Adapter`.
    pub(super) fn vnic_subject(&self, placed: &Placed) -> String {
        let vm = &self.cluster.vms[placed.vm];
        format!("{}/{}", vm.name, vm.vnics[placed.vnic].name)
    }
}

/// NIC names to indices, node by node as the inventory orders them.
fn resolve_nics(cluster: &Cluster, plan: &ClusterPlan) -> Vec<Vec<Vec<usize>>> {
    let mut resolved = vec![vec![Vec::new(); plan.uplinks.len()]; cluster.nodes.len()];
    for planned in &plan.nodes {
        let Some(node) = cluster.nodes.iter().position(|n| n.name == planned.node) else {
            continue;
        };
        for (at, entry) in planned.uplinks.iter().enumerate().take(plan.uplinks.len()) {
            resolved[node][at] = entry
                .nics
                .iter()
                .filter_map(|name| cluster.nodes[node].nic(name))
                .collect();
        }
    }
    resolved
}

/// Demand by node and instance.
fn demands(view: &View) -> Vec<Vec<Mbps>> {
    let cluster = view.cluster;
    let mut on_network = vec![vec![0; view.plan.uplinks.len()]; cluster.nodes.len()];
    for placed in &view.placed {
        if let (Some(node), Some(uplink)) = (host(cluster, placed.vm), placed.uplink) {
            on_network[node][uplink] = placed.need.saturating_add(on_network[node][uplink]);
        }
    }
    (0..cluster.nodes.len())
        .map(|node| {
            let demand = |i: &Instance| match i.role {
                Role::Vm => on_network[node][i.uplink],
                role => demand::role_demand(cluster, node, role),
            };
            view.instances.iter().map(demand).collect()
        })
        .collect()
}

/// Node that runs a VM, if the index means one.
pub(super) fn host(cluster: &Cluster, vm: usize) -> Option<usize> {
    cluster.vms[vm].host.filter(|node| *node < cluster.nodes.len())
}

/// Every vNIC that needs a network, with the uplink that the plan gives it.
fn place(cluster: &Cluster, plan: &ClusterPlan) -> Vec<Placed> {
    let networks: BTreeMap<&str, usize> = plan
        .uplinks
        .iter()
        .enumerate()
        .filter(|(_, u)| u.roles.contains(&Role::Vm))
        .filter_map(|(at, u)| Some((u.network.as_deref()?, at)))
        .collect();
    let mut entries = Entries::new(&plan.vnics);
    let mut weight = Weight {
        cluster,
        known: BTreeMap::new(),
    };
    let mut placed = Vec::new();
    for (vm, guest) in cluster.vms.iter().enumerate() {
        for (vnic, adapter) in guest.vnics.iter().enumerate().filter(|(_, v)| !v.isolated) {
            let entry = entries.find(&guest.name, &adapter.name);
            let uplink = entry.and_then(|e| networks.get(e.network.as_str()).copied());
            let need = demand::vnic_need(cluster, adapter);
            placed.push(Placed {
                vm,
                vnic,
                uplink,
                need,
                heavy: weight.is_heavy(need),
            });
        }
    }
    placed
}

/// Finds a plan's entry for a vNIC: a plan in inventory order is read once through, any other through an index.
struct Entries<'a> {
    list: &'a [VnicPlan],
    next: usize,
    index: Option<BTreeMap<(&'a str, &'a str), &'a VnicPlan>>,
}

impl<'a> Entries<'a> {
    fn new(list: &'a [VnicPlan]) -> Self {
        Entries {
            list,
            next: 0,
            index: None,
        }
    }

    fn find(&mut self, vm: &str, vnic: &str) -> Option<&'a VnicPlan> {
        if let Some(entry) = self.list.get(self.next).filter(|e| e.vm == vm && e.vnic == vnic) {
            self.next += 1;
            return Some(entry);
        }
        let list = self.list;
        let index = self
            .index
            .get_or_insert_with(|| list.iter().map(|e| ((e.vm.as_str(), e.vnic.as_str()), e)).collect());
        index.get(&(vm, vnic)).copied()
    }
}

/// Remembers which needs are heavy: the question scans all NICs and there are few different answers.
struct Weight<'a> {
    cluster: &'a Cluster,
    known: BTreeMap<Mbps, bool>,
}

impl Weight<'_> {
    fn is_heavy(&mut self, need: Mbps) -> bool {
        *self
            .known
            .entry(need)
            .or_insert_with(|| demand::is_heavy(self.cluster, need))
    }
}
