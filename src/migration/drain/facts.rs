//! What does not change during a forecast: who may own a VM, who must stay apart, which node has its networks.
//!
//! In: a cluster and its routes. Out: quick answers about a VM and a node. Must not know: where VMs are just now.

use super::routes::Routes;
use crate::inventory::{Cluster, Node, Vm, Vnic};
use crate::units::{number_names, same_name};
use std::collections::BTreeMap;

/// Facts about a cluster, prepared for many questions.
pub(super) struct Facts<'c> {
    pub cluster: &'c Cluster,
    pub routes: &'c Routes,
    /// Anti-affinity group by VM.
    pub group: Vec<Option<usize>>,
    pub groups: usize,
    /// NLB cluster by VM.
    pub nlb: Vec<Option<usize>>,
    pub nlbs: usize,
    /// VMs that need the same networks have the same class.
    class: Vec<usize>,
    /// By class and node: what the node lacks.
    lacks: Vec<Vec<Option<String>>>,
}

impl<'c> Facts<'c> {
    /// `switches_hold`: the virtual switches of the inventory are those that count; with a plan they are not, and a plan
    /// has every network on every node.
    pub fn new(cluster: &'c Cluster, routes: &'c Routes, switches_hold: bool) -> Facts<'c> {
        let (group, groups) = number_names(cluster.vms.iter().map(|vm| vm.anti_affinity.as_str()));
        let (nlb, nlbs) = number_names(cluster.vms.iter().map(nlb_name));
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        let mut lacks: Vec<Vec<Option<String>>> = Vec::new();
        let mut class = Vec::with_capacity(cluster.vms.len());
        for vm in &cluster.vms {
            let next = names.len();
            let number = *names.entry(networks(vm)).or_insert(next);
            if number == next {
                let nodes = cluster.nodes.iter();
                lacks.push(
                    nodes
                        .map(|node| if switches_hold { missing(vm, node) } else { None })
                        .collect(),
                );
            }
            class.push(number);
        }
        Facts {
            cluster,
            routes,
            group,
            groups,
            nlb,
            nlbs,
            class,
            lacks,
        }
    }

    /// The virtual switch or VLAN of the VM that the node does not have.
    pub fn lacks(&self, vm: usize, node: usize) -> Option<&str> {
        let class = self.class.get(vm)?;
        self.lacks.get(*class)?.get(node)?.as_deref()
    }

    /// Number of nodes.
    pub fn nodes(&self) -> usize {
        self.cluster.nodes.len()
    }

    /// Name of a node.
    pub fn node(&self, node: usize) -> &'c str {
        self.cluster.nodes.get(node).map_or("", |n| n.name.as_str())
    }

    /// A VM.
    pub fn vm(&self, vm: usize) -> Option<&'c Vm> {
        self.cluster.vms.get(vm)
    }
}

/// The NLB cluster of a VM; empty without one.
fn nlb_name(vm: &Vm) -> &str {
    vm.nlb.as_ref().map_or("", |nlb| &nlb.name)
}

/// The networks a VM needs as one text, to tell VMs apart that need others.
fn networks(vm: &Vm) -> String {
    let mut text = String::new();
    for vnic in &vm.vnics {
        text.push_str(&format!("{}\u{0}{:?}\u{0}", vnic.switch, vnic.vlans));
    }
    text
}

/// What the node lacks for this VM; a node without any known switch lacks nothing.
fn missing(vm: &Vm, node: &Node) -> Option<String> {
    if node.switches.is_empty() {
        return None;
    }
    vm.vnics
        .iter()
        .filter(|vnic| !vnic.switch.is_empty())
        .find_map(|vnic| missing_for(vnic, node))
}

fn missing_for(vnic: &Vnic, node: &Node) -> Option<String> {
    if !node.switches.iter().any(|switch| same_name(&switch.name, &vnic.switch)) {
        return Some(format!("virtual switch {}", vnic.switch));
    }
    let ports = || {
        node.nics.iter().filter(|nic| {
            nic.switch
                .as_ref()
                .is_some_and(|switch| same_name(switch, &vnic.switch))
        })
    };
    let carried = |vlan: u16| {
        ports().next().is_none() || ports().any(|nic| nic.vlans.as_ref().is_none_or(|list| list.contains(&vlan)))
    };
    let vlan = vnic.vlans.iter().find(|vlan| !carried(**vlan))?;
    Some(format!("VLAN {vlan} on virtual switch {}", vnic.switch))
}
