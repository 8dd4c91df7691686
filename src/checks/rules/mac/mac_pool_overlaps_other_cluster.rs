//! A pool overlaps that of a node of another cluster in the same inventory.

use super::{pool_location, pool_text, sound_pool};
use crate::checks::rules::{Fault, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Node};
use crate::units::MacRange;

/// The rule.
pub static RULE: Rule = Rule {
    name: "mac-pool-overlaps-other-cluster",
    severity: Severity::Warning,
    family: "mac",
    summary: "the dynamic MAC pool of a node overlaps that of a node of another cluster",
    risk: "two VMs can get one address; it hurts where both clusters reach the same VLAN",
    source: "D. van der Peijl on duplicate Hyper-V MAC addresses",
    page: include_str!("mac_pool_overlaps_other_cluster.md"),
    columns: &[
        "nodes.mac_pool_min",
        "nodes.mac_pool_max",
        "nodes.management_ip",
        "nodes.cluster",
        "nodes.node",
    ],
    subject: "nodes beside those of other clusters",
    check,
    ..Rule::BASE
};

fn check(inventory: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    if inventory.clusters.len() > 1 {
        report.look_at(cluster.nodes.len());
    }
    super::note_unknown_pools(cluster, report);
    for (index, node) in cluster.nodes.iter().enumerate() {
        let Some(pool) = sound_pool(node) else { continue };
        let mut at = vec![pool_location(report, node)];
        let mut names = Vec::new();
        for (other, rival) in rivals(inventory, report, index, pool.range) {
            names.push(format!("{} ({})", rival.name, other.name));
            at.push(pool_location(report, rival));
        }
        if names.is_empty() {
            continue;
        }
        let planned = report.planned_pool(index).unwrap_or(pool.range);
        report.add(Fault {
            subject: node.name.clone(),
            message: format!(
                "the dynamic MAC pool of {} overlaps that of {}",
                node.name,
                lookup::list(&names)
            ),
            current: pool_text(pool),
            expected: fixes::range(planned),
            fix: fixes::set_pool(cluster, node, planned),
            at,
        });
    }
}

/// Nodes of other clusters that hand out addresses of this range, as far as it is this node that is to change: of two, the one
/// that keeps its pool in the plan stays, else that of the earlier cluster.
fn rivals<'a>(
    inventory: &'a Inventory,
    report: &Report<'_>,
    index: usize,
    range: MacRange,
) -> Vec<(&'a Cluster, &'a Node)> {
    let own = report.cluster_index();
    let changes = |cluster: usize, node: usize, range| report.planned_pool_in(cluster, node) != Some(range);
    let gives_way = (changes(own, index, range), own);
    let mut found = Vec::new();
    // Hosts without Hyper-V hand out nothing yet.
    let others = inventory.clusters.iter().enumerate();
    for (position, other) in others.filter(|(c, other)| *c != own && other.runs_hyper_v()) {
        for (number, rival) in other.nodes.iter().enumerate() {
            let overlapping = sound_pool(rival).filter(|p| p.range.intersection(range).is_some());
            let stays = |p: crate::mac::Pool| (changes(position, number, p.range), position) < gives_way;
            if overlapping.is_some_and(stays) {
                found.push((other, rival));
            }
        }
    }
    found
}
