//! Names of a plan file in the spelling of the inventory: Windows does not look at upper and lower case, so neither may a plan
//! that was edited by hand. Without this `hv1` for `HV1` would be a node that nobody knows.
//!
//! In: facts and a plan. Out: the same plan with names that every later stage may compare letter by letter. Names that the
//! inventory does not have stay as they are; the checks tell them. Must not know: what the plan decides.

use crate::inventory::{Cluster, Inventory, Node};
use crate::plan::{ClusterPlan, NodePlan, Plan};
use std::collections::BTreeMap;

/// The plan in the spelling of the inventory: clusters, Windows versions, nodes, NICs, VMs and vNICs; within the plan uplinks
/// and external networks are spelled as its design spells them.
#[must_use]
pub fn in_inventory_spelling(inventory: &Inventory, mut plan: Plan) -> Plan {
    let clusters = Names::new(inventory.clusters.iter().map(|c| c.name.as_str()));
    for planned in &mut plan.clusters {
        clusters.settle(&mut planned.cluster);
        if let Some(cluster) = inventory.clusters.iter().find(|c| c.name == planned.cluster) {
            settle_cluster(cluster, planned);
        }
    }
    plan
}

fn settle_cluster(cluster: &Cluster, plan: &mut ClusterPlan) {
    Names::new([cluster.profile.name]).settle(&mut plan.profile);
    let nodes = Names::new(cluster.nodes.iter().map(|n| n.name.as_str()));
    let uplinks: Vec<String> = plan.uplinks.iter().map(|u| u.name.clone()).collect();
    let uplinks = Names::new(uplinks.iter().map(String::as_str));
    for planned in &mut plan.nodes {
        nodes.settle(&mut planned.node);
        let node = cluster.nodes.iter().find(|n| n.name == planned.node);
        settle_node(node, &uplinks, planned);
    }
    for pool in &mut plan.mac_pools {
        nodes.settle(&mut pool.node);
    }
    settle_guests(cluster, plan);
}

fn settle_node(node: Option<&Node>, uplinks: &Names<'_>, planned: &mut NodePlan) {
    let nics = Names::new(node.into_iter().flat_map(|n| &n.nics).map(|nic| nic.name.as_str()));
    for entry in &mut planned.uplinks {
        uplinks.settle(&mut entry.uplink);
        for nic in &mut entry.nics {
            nics.settle(nic);
        }
    }
}

fn settle_guests(cluster: &Cluster, plan: &mut ClusterPlan) {
    let vms = Names::new(cluster.vms.iter().map(|vm| vm.name.as_str()));
    let adapters: BTreeMap<&str, Names<'_>> = cluster
        .vms
        .iter()
        .map(|vm| (vm.name.as_str(), Names::new(vm.vnics.iter().map(|v| v.name.as_str()))))
        .collect();
    let networks: Vec<String> = plan.uplinks.iter().filter_map(|u| u.network.clone()).collect();
    let networks = Names::new(networks.iter().map(String::as_str));
    let settle = |vm: &mut String, vnic: &mut String| {
        vms.settle(vm);
        if let Some(names) = adapters.get(vm.as_str()) {
            names.settle(vnic);
        }
    };
    for entry in &mut plan.vnics {
        settle(&mut entry.vm, &mut entry.vnic);
        networks.settle(&mut entry.network);
    }
    for entry in &mut plan.static_macs {
        settle(&mut entry.vm, &mut entry.vnic);
    }
}

/// Known names by their lower case.
struct Names<'a>(BTreeMap<String, &'a str>);

impl<'a> Names<'a> {
    /// Of several names that differ in case alone the first counts.
    fn new(names: impl IntoIterator<Item = &'a str>) -> Names<'a> {
        let mut known = BTreeMap::new();
        for name in names {
            known.entry(name.to_lowercase()).or_insert(name);
        }
        Names(known)
    }

    /// Gives a known name its own spelling.
    fn settle(&self, name: &mut String) {
        if let Some(spelling) = self
            .0
            .get(&name.to_lowercase())
            .filter(|known| **known != name.as_str())
        {
            *name = (*spelling).to_owned();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::plan::testing::{files, plan};
    use crate::checks::verify;
    use crate::inventory::testing::{cluster, nic, vm, vnic};
    use crate::plan::{PoolPlan, StaticMacPlan, Style};
    use crate::units::{Mac, MacRange};

    /// A plan that uses every kind of name.
    fn sound() -> (Inventory, Plan) {
        let mut facts = cluster(2, 1);
        for node in &mut facts.nodes {
            node.nics = ["Mgmt", "Move", "Beat", "Vm"]
                .map(|name| nic(name, 1_000, Some(0)))
                .into();
        }
        let mut guest = vm("Web1", 0, 4096, &[0, 1]);
        guest.vnics = vec![vnic("Network Adapter", 100)];
        facts.vms = vec![guest];
        let design = "management=Mgmt | cluster=Beat | live-migration=Move | vm:External-1=Vm";
        let mut planned = plan(&facts, Style::Dedicated, design);
        planned.mac_pools = vec![PoolPlan {
            node: "HV1".to_owned(),
            today: None,
            planned: MacRange {
                min: Mac(16),
                max: Mac(31),
            },
            in_use: 0,
            worst_in_use: 0,
        }];
        planned.static_macs = vec![StaticMacPlan {
            vm: "Web1".to_owned(),
            vnic: "Network Adapter".to_owned(),
            current: None,
            dynamic: true,
            planned: Some(Mac(2)),
            spoofing: false,
            reason: String::new(),
        }];
        files(facts, planned)
    }

    /// The plan with every name of the inventory in other letters.
    fn shouted(mut plan: Plan) -> Plan {
        for cluster in &mut plan.clusters {
            let change = |text: &mut String| *text = text.to_uppercase().replace("HV", "hv");
            change(&mut cluster.cluster);
            change(&mut cluster.profile);
            for entry in cluster.nodes.iter_mut().flat_map(|n| &mut n.uplinks) {
                change(&mut entry.uplink);
                entry.nics.iter_mut().for_each(change);
            }
            cluster.nodes.iter_mut().for_each(|n| change(&mut n.node));
            cluster.mac_pools.iter_mut().for_each(|p| change(&mut p.node));
            for entry in &mut cluster.vnics {
                [&mut entry.vm, &mut entry.vnic, &mut entry.network]
                    .into_iter()
                    .for_each(change);
            }
            for entry in &mut cluster.static_macs {
                [&mut entry.vm, &mut entry.vnic].into_iter().for_each(change);
            }
        }
        plan
    }

    #[test]
    fn a_plan_in_other_letters_is_the_same_plan() {
        let (inventory, plan) = sound();
        let other = shouted(plan.clone());
        assert_ne!(other, plan);
        assert!(verify(&inventory, other.clone()).is_err());

        let settled = in_inventory_spelling(&inventory, other);

        assert_eq!(settled, plan);
        assert!(verify(&inventory, settled).is_ok());
    }

    #[test]
    fn a_name_that_nobody_has_stays_for_the_checks_to_tell() {
        let (inventory, mut plan) = sound();
        plan.clusters[0].nodes[0].node = "HV9".to_owned();

        assert_eq!(in_inventory_spelling(&inventory, plan.clone()), plan);
    }
}
