//! Nodes whose ports look the same and do the same: drawn and listed once when there are many.

use super::PortRow;
use crate::inventory::Cluster;
use crate::plan::ClusterPlan;
use crate::reports::show;
use crate::units::natural_cmp;
use std::collections::BTreeMap;

/// Nodes with the same ports, wiring and use.
pub(in crate::reports) struct NodeGroup {
    /// Node indices in the inventory, ascending.
    pub nodes: Vec<usize>,
    /// `HV1–HV24 (24 nodes)`, or the name of the only one.
    pub label: String,
    /// The same for a console, without the dash: `HV1 to HV24 (24 nodes)`.
    pub plain_label: String,
}

impl NodeGroup {
    /// The node that stands for the group.
    pub fn first(&self) -> usize {
        self.nodes.first().copied().unwrap_or(0)
    }
}

/// Nodes with the same ports, wiring and use, in the order of their first nodes: what a drawing may show once.
pub(super) fn alike(facts: &Cluster, plan: &ClusterPlan, ports: &[PortRow]) -> Vec<NodeGroup> {
    grouped(facts, |node| {
        let mut key = use_key(facts, plan, node);
        key.extend(ports.iter().filter(|p| p.node_index == node).map(|p| {
            let cable = p.nic.direct_to.as_ref().map(|(_, nic)| nic.as_str());
            format!(
                "{:?}",
                (&p.nic.name, &p.nic.card, p.nic.speed, p.nic.tor, cable, p.nic.rdma)
            )
        }));
        key
    })
}

/// Nodes that give the same NICs to each uplink and leave the same ones idle, on the same cards, wherever those are cabled.
pub(super) fn same_use(facts: &Cluster, plan: &ClusterPlan) -> Vec<NodeGroup> {
    grouped(facts, |node| {
        let mut key = use_key(facts, plan, node);
        key.extend(
            facts.nodes[node]
                .nics
                .iter()
                .map(|n| format!("{:?}", (&n.name, &n.card))),
        );
        key
    })
}

/// NICs of each uplink and how they hold together.
fn use_key(facts: &Cluster, plan: &ClusterPlan, node: usize) -> Vec<String> {
    let name = facts.nodes[node].name.as_str();
    let decided = plan.nodes.iter().find(|n| n.node == name);
    let uplinks = decided.map_or(&[][..], |d| &d.uplinks);
    uplinks
        .iter()
        .map(|u| format!("{:?}", (&u.nics, u.mechanism, u.team, u.transport)))
        .collect()
}

fn grouped(facts: &Cluster, key: impl Fn(usize) -> Vec<String>) -> Vec<NodeGroup> {
    let mut place: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for node in 0..facts.nodes.len() {
        let index = *place.entry(key(node)).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[index].push(node);
    }
    groups.into_iter().map(|nodes| named(facts, nodes)).collect()
}

fn named(facts: &Cluster, nodes: Vec<usize>) -> NodeGroup {
    let mut names: Vec<&str> = nodes
        .iter()
        .filter_map(|n| facts.nodes.get(*n))
        .map(|n| n.name.as_str())
        .collect();
    names.sort_by(|a, b| natural_cmp(a, b));
    let label = |to: &str| match names.len() {
        1 => names[0].to_owned(),
        many => format!("{} ({many} nodes)", show::name_runs(&names, to)),
    };
    NodeGroup {
        label: label("–"),
        plain_label: label(" to "),
        nodes,
    }
}
