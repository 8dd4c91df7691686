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

/// Groups in the order of their first nodes.
pub(super) fn alike(facts: &Cluster, plan: &ClusterPlan, ports: &[PortRow]) -> Vec<NodeGroup> {
    let mut place: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for node in 0..facts.nodes.len() {
        let key = key(facts, plan, node, ports);
        let index = *place.entry(key).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[index].push(node);
    }
    groups.into_iter().map(|nodes| named(facts, nodes)).collect()
}

/// What makes two nodes alike: each port with card, speed, ToR and use, and how the NICs hold together.
fn key(facts: &Cluster, plan: &ClusterPlan, node: usize, ports: &[PortRow]) -> Vec<String> {
    let of_node = ports.iter().filter(|p| p.node_index == node);
    let mut key: Vec<String> = of_node
        .map(|p| {
            let cable = p.nic.direct_to.as_ref().map(|(_, nic)| nic.as_str());
            format!(
                "{:?}",
                (
                    &p.nic.name,
                    &p.nic.card,
                    p.nic.speed,
                    p.nic.tor,
                    cable,
                    p.nic.rdma,
                    p.uplink
                )
            )
        })
        .collect();
    let name = facts.nodes.get(node).map(|n| n.name.as_str());
    if let Some(decided) = plan.nodes.iter().find(|n| Some(n.node.as_str()) == name) {
        key.extend(
            decided
                .uplinks
                .iter()
                .map(|u| format!("{:?}", (u.mechanism, u.team, u.transport))),
        );
    }
    key
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
