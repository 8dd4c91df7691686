//! Nodes of one build with different updates.

use crate::checks::rules::{Fault, Report, Rule, differ, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Node};
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    name: "node-updates-differ",
    severity: Severity::Warning,
    family: "host",
    summary: "nodes of the same build have different cumulative updates",
    risk: "nodes behave differently, faults that one update mends come back after a move, and the validation complains",
    source: "Test-Cluster, Validate Software Update Levels",
    page: include_str!("node_updates_differ.md"),
    columns: &["nodes.os_build", "nodes.os_revision"],
    check,
    ..Rule::BASE
};

/// What updates a cluster node by node; 2008 R2 has nothing of the kind.
fn updater(cluster: &Cluster) -> String {
    match fixes::is_2008r2(cluster) {
        true => String::new(),
        false => format!(" (Invoke-CauRun -ClusterName {} does both)", cluster.argument()),
    }
}

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let builds: BTreeSet<u64> = cluster
        .nodes
        .iter()
        .filter_map(|node| node.facts.number("os_build"))
        .collect();
    for build in builds {
        let revision = |node: &Node| {
            let same = node.facts.number("os_build") == Some(build);
            node.facts.number("os_revision").filter(|_| same)
        };
        let values = differ::values(cluster, |node| {
            revision(node).map(|revision| format!("{build}.{revision}"))
        });
        let Some(newest) = cluster
            .nodes
            .iter()
            .filter_map(revision)
            .max()
            .filter(|_| values.differ())
        else {
            continue;
        };
        report.add(Fault {
            subject: cluster.name.clone(),
            message: format!("nodes of build {build} have different updates: {}", values.text()),
            current: values.text(),
            expected: format!("{build}.{newest} or newer on all of them"),
            fix: format!(
                "bring every node to {build}.{newest}, one after the other, {}{}",
                fixes::drained(cluster),
                updater(cluster)
            ),
            at: values
                .origins()
                .into_iter()
                .map(|origin| report.at(origin, "os_revision"))
                .collect(),
        });
    }
}
