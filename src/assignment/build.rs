//! Writes decisions down as a plan.

use super::design::Design;
use super::evaluate::Decisions;
use super::instance::Instance;
use super::shares::{self, shares};
use super::solve::Solved;
use crate::migration;
use crate::plan::{Mechanism, NodePlan, NodeUplink, Share, Uplink, VnicPlan};
use crate::roles::Role;
use crate::units::Mbps;

/// Uplinks of the design.
pub fn uplinks(instance: &Instance, design: &Design) -> Vec<Uplink> {
    (0..design.uplinks.len())
        .map(|u| Uplink {
            name: design.uplink_name(instance, u),
            roles: design.uplinks[u].roles.clone(),
            network: design.uplinks[u].network.map(|n| design.network_name(instance, n)),
        })
        .collect()
}

/// NICs of every node.
pub fn nodes(instance: &Instance, solved: &Solved) -> Vec<NodePlan> {
    let loads = network_loads(instance, &solved.design, &solved.decisions);
    instance
        .cluster
        .nodes
        .iter()
        .enumerate()
        .map(|(index, _)| node(instance, solved, &loads, index))
        .collect()
}

fn node(instance: &Instance, solved: &Solved, loads: &[Vec<Mbps>], index: usize) -> NodePlan {
    let design = &solved.design;
    let node = &instance.cluster.nodes[index];
    let uplinks = (0..design.uplinks.len()).map(|u| {
        let nics = &solved.decisions.nics[index][u];
        let shape = &design.uplinks[u];
        let mechanism = if nics.len() < 2 {
            Mechanism::Single
        } else {
            shape.mechanism
        };
        let kept = shape.network.is_none() || instance.cluster.profile.rdma_on_switch;
        let rdma = kept && !nics.is_empty() && nics.iter().all(|n| node.nics[*n].rdma.on());
        let migrates = shape.roles.contains(&Role::LiveMigration);
        NodeUplink {
            uplink: design.uplink_name(instance, u),
            nics: nics.iter().map(|n| node.nics[*n].name.clone()).collect(),
            mechanism,
            team: (mechanism == Mechanism::Team).then_some(instance.cluster.profile.team),
            transport: migrates.then(|| migration::transport(instance.cluster, rdma)),
            shares: node_shares(instance, solved, loads, index, u),
        }
    });
    NodePlan {
        node: node.name.clone(),
        uplinks: uplinks.collect(),
    }
}

/// Nodes of one group get the same shares: those of the largest demand among them.
fn node_shares(instance: &Instance, solved: &Solved, loads: &[Vec<Mbps>], node: usize, uplink: usize) -> Vec<Share> {
    let group = instance
        .groups
        .iter()
        .position(|g| g.nodes.contains(&node))
        .unwrap_or(0);
    let members = &instance.groups[group].nodes;
    let shape = &solved.design.uplinks[uplink];
    let pattern = &solved.patterns[group].uplinks[uplink];
    let demand_of = |role: &Role| -> Mbps {
        let at = |n: &usize| match (role, shape.network) {
            (Role::Vm, Some(network)) => loads[*n][network],
            _ => instance.demand[*n][*role as usize],
        };
        members.iter().map(at).max().unwrap_or(0)
    };
    let demand: Vec<Mbps> = shape.roles.iter().map(demand_of).collect();
    shares(&shares::Uplink {
        roles: &shape.roles,
        demand: &demand,
        capacity: pattern
            .situations
            .iter()
            .map(|s| s.capacity)
            .filter(|c| *c > 0)
            .min()
            .unwrap_or(0),
        port: pattern.speed,
        azure_local: instance.cluster.profile.intents_only,
    })
}

/// VM load by node and network.
pub fn network_loads(instance: &Instance, design: &Design, decisions: &Decisions) -> Vec<Vec<Mbps>> {
    let mut loads = vec![vec![0; design.networks]; instance.cluster.nodes.len()];
    for (item, network) in instance.items.iter().zip(&decisions.network) {
        if let (Some(node), Some(network)) = (item.node, network) {
            loads[node][*network] += item.need;
        }
    }
    loads
}

/// Network of every vNIC, with its group and the group's reason.
pub fn vnics(instance: &Instance, solved: &Solved) -> Vec<VnicPlan> {
    instance
        .items
        .iter()
        .zip(&solved.decisions.network)
        .map(|(item, network)| {
            let vm = &instance.cluster.vms[item.vm];
            let vnic = &vm.vnics[item.vnic];
            let name = network
                .map(|n| solved.design.network_name(instance, n))
                .unwrap_or_default();
            VnicPlan {
                vm: vm.name.clone(),
                vnic: vnic.name.clone(),
                group: group(instance, item),
                why: super::why::vnic(solved, item, &name, &vnic.switch),
                network: name,
            }
        })
        .collect()
}

/// `dedicated`, `heavy`, or zone and VLANs.
pub fn group(instance: &Instance, item: &super::instance::Item) -> String {
    if item.dedicated {
        return "dedicated".to_owned();
    }
    if item.heavy {
        return "heavy".to_owned();
    }
    let zone = &instance.cluster.vms[item.vm].vnics[item.vnic].zone;
    let zone = if zone.is_empty() { "no zone" } else { zone };
    let vlans: Vec<String> = instance.vlan_sets[item.vlans].iter().map(u16::to_string).collect();
    if vlans.is_empty() {
        format!("{zone} / untagged")
    } else {
        format!("{zone} / VLAN {}", vlans.join(" "))
    }
}
