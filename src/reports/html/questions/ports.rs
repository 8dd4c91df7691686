//! How many NICs, who shares them, and what differs between nodes.

use super::weak::cut_roles;
use super::{by_nodes, joined};
use crate::policy::FailureKind;
use crate::reports::data::ClusterData;
use crate::reports::{show, story};
use crate::roles::Role;
use crate::units::{Mbps, show_mbps};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// NICs in use per kind of node, and what a whole card takes away.
pub(super) fn how_many(cluster: &ClusterData) -> Option<String> {
    let used = by_nodes(cluster, |group| {
        let used = cluster.ports_of(group.first()).filter(|port| port.uplink.is_some());
        Some(format!("{} in use", show::count(used.count(), "NIC", "NICs")))
    });
    let cut = cut_roles(cluster, FailureKind::Card);
    let cards = match cut.is_empty() {
        true => "every role survives the loss of a whole card".to_owned(),
        false => format!(
            "two ports on one card are not redundant: losing a card stops {}",
            cut.join(", ")
        ),
    };
    Some(format!("{}. With this plan {cards}.", used.join("; ")))
}

/// What else is on the NICs of cluster and migration traffic.
pub(super) fn sharing(cluster: &ClusterData) -> Option<String> {
    let one = |role: Role| {
        cluster.uplink_of(role)?;
        let others = story::sharers(cluster, role);
        let with = if others.is_empty() {
            "nothing: it has NICs of its own".to_owned()
        } else {
            others.join(", ")
        };
        Some(format!("{} shares with {with}", role.info().title))
    };
    let parts: Vec<String> = [Role::Cluster, Role::LiveMigration]
        .into_iter()
        .filter_map(one)
        .collect();
    (!parts.is_empty()).then(|| format!("{}.", parts.join("; ")))
}

/// Whether nodes differ: in their ports, else in the use of ports that are alike. How cables run is no difference.
pub(super) fn different_nodes(cluster: &ClusterData) -> Option<String> {
    let nodes: Vec<usize> = (0..cluster.facts.nodes.len()).collect();
    let ports = nodes.chunks(1).map(|node| (ports(cluster, node[0]), node));
    let kinds = joined(cluster, ports);
    let same = "The design is the same on all; a team never mixes speeds or models within a node.";
    match (kinds.len(), cluster.patterns.len()) {
        (..2, ..2) => None,
        (..2, uses) => Some(format!(
            "All nodes have the same ports, and use them in {uses} ways, as the table of NICs shows. {same}"
        )),
        _ => Some(format!("They differ in their ports: {}. {same}", kinds.join("; "))),
    }
}

/// `4 × 25 Gbit/s (ConnectX-4), 2 × 1 Gbit/s`, fastest first.
fn ports(cluster: &ClusterData, node: usize) -> String {
    let mut counted: BTreeMap<(Reverse<Mbps>, &str), usize> = BTreeMap::new();
    for nic in cluster.facts.nodes.get(node).map_or(&[][..], |node| &node.nics) {
        *counted.entry((Reverse(nic.speed), &nic.model)).or_default() += 1;
    }
    let port = |((speed, model), number): (&(Reverse<Mbps>, &str), &usize)| {
        let model = match model.is_empty() {
            true => String::new(),
            false => format!(" ({model})"),
        };
        format!("{number} × {}{model}", show_mbps(speed.0))
    };
    counted.iter().map(port).collect::<Vec<_>>().join(", ")
}
