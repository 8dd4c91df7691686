//! Hosts with different performance options.

use super::{option, set_option};
use crate::checks::rules::{Fault, Report, Rule, Versions, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Node};
use crate::profiles::{Transport, WS2012R2};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "migration-transport-differs",
    severity: Severity::Warning,
    family: "live-migration",
    summary: "the performance option of live migration differs between hosts",
    risk: "how fast a VM moves depends on where it comes from, and drain times cannot be foretold",
    source: "Microsoft, Msvm_VirtualSystemMigrationServiceSettingData class; Set-VMHost, VirtualMachineMigrationPerformanceOption",
    page: include_str!("migration_transport_differs.md"),
    columns: &[
        "clusters.live_migration_transport",
        "clusters.profile",
        "nodes.live_migration_transport",
    ],
    needs: &["nodes.live_migration_transport|clusters.live_migration_transport"],
    versions: Versions::from(WS2012R2).because("before 2012 R2 there is only TCP"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found: BTreeMap<Transport, Vec<&Node>> = BTreeMap::new();
    for node in &cluster.nodes {
        if let Some(option) = option(cluster, node) {
            found.entry(option).or_default().push(node);
        }
    }
    // The most common option comes first, of several the first by name.
    let mut groups: Vec<(Transport, Vec<&Node>)> = found.into_iter().collect();
    groups.sort_by_key(|(_, nodes)| Reverse(nodes.len()));
    let [(usual, _), odd @ ..] = groups.as_slice() else {
        return;
    };
    for (option, nodes) in odd {
        let names: Vec<&str> = nodes.iter().map(|node| node.name.as_str()).collect();
        report.add(Fault {
            subject: lookup::list(&names),
            message: format!(
                "live migration goes by {} on {}, by {} on the other hosts",
                option.name(),
                lookup::list(&names),
                usual.name()
            ),
            current: option.name().to_owned(),
            expected: usual.name().to_owned(),
            fix: format!("on {}: {}", lookup::list(&names), set_option(*usual)),
            at: nodes
                .iter()
                .map(|node| report.at(node.origin, "live_migration_transport"))
                .collect(),
        });
    }
}
