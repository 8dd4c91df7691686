//! How many NICs, who shares them, and what differs between nodes.

use super::by_nodes;
use super::weak::cut_roles;
use crate::policy::FailureKind;
use crate::reports::data::ClusterData;
use crate::reports::{show, story};
use crate::roles::Role;

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

/// Whether nodes differ.
pub(super) fn different_nodes(cluster: &ClusterData) -> Option<String> {
    let kinds = cluster.groups.len();
    (kinds > 1).then(|| {
        format!(
            "There are {kinds} kinds of nodes (ports, wiring or use differ). The design is the same on all; a team never mixes speeds or \
             models within a node."
        )
    })
}
