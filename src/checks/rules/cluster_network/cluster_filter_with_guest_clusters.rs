//! The performance filter of 2012 on hosts of guest clusters.

use crate::checks::rules::{Fault, Report, Rule, Versions, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2012;
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    name: "cluster-filter-with-guest-clusters",
    severity: Severity::Warning,
    family: "cluster-network",
    summary: "the performance filter of the cluster adapter is bound on hosts of guest clusters (2012)",
    risk: "nodes of guest clusters on one host lose their heartbeats and are removed",
    source: "Microsoft, Clustering and High-Availability blog (Microsoft Failover Cluster Virtual Adapter Performance Filter)",
    page: include_str!("cluster_filter_with_guest_clusters.md"),
    columns: &["nodes.cluster_filter", "vms.guest_cluster", "clusters.profile"],
    versions: Versions::only(WS2012).because("the filter is bound by default on 2012 alone"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let guests: BTreeSet<&str> = cluster
        .vms
        .iter()
        .filter_map(|vm| vm.facts.text("guest_cluster"))
        .collect();
    let bound: Vec<_> = cluster
        .nodes
        .iter()
        .filter(|node| node.facts.yes("cluster_filter") == Some(true))
        .collect();
    if guests.is_empty() || bound.is_empty() {
        return;
    }
    let guests: Vec<&str> = guests.into_iter().collect();
    let nodes: Vec<&str> = bound.iter().map(|node| node.name.as_str()).collect();
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!("the performance filter is bound on {}; guest clusters: {}", lookup::list(&nodes), lookup::list(&guests)),
        current: "bound".to_owned(),
        expected: "not bound on hosts of guest clusters".to_owned(),
        fix: format!(
            "on {}: Disable-NetAdapterBinding -Name * -DisplayName 'Microsoft Failover Cluster Virtual Adapter Performance Filter'",
            lookup::list(&nodes)
        ),
        at: bound.iter().map(|node| report.at(node.origin, "cluster_filter")).collect(),
    });
}
