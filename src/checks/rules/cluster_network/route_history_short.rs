//! A cluster log that forgets lost heartbeats.

use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2012;

/// The rule.
pub static RULE: Rule = Rule {
    name: "route-history-short",
    severity: Severity::Info,
    family: "cluster-network",
    summary: "the cluster logs fewer lost heartbeats than twice the threshold",
    risk: "when a node is removed, the log does not show what was lost before, and the cause stays unknown",
    source: "Microsoft, Tuning Failover Cluster Network Thresholds",
    page: include_str!("route_history_short.md"),
    columns: &[
        "clusters.route_history_length",
        "clusters.same_subnet_threshold",
        "clusters.profile",
    ],
    versions: Versions::from(WS2012).because("2008 R2 keeps no history of routes"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let facts = &cluster.facts;
    let (Some(length), Some(threshold)) = (
        facts.number("route_history_length"),
        facts.number("same_subnet_threshold"),
    ) else {
        return;
    };
    let wanted = threshold * 2;
    if length >= wanted {
        return;
    }
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!("the cluster keeps {length} lost heartbeats and removes a node after {threshold}"),
        current: format!("RouteHistoryLength {length}"),
        expected: format!("{wanted}, twice the threshold"),
        fix: format!(
            "(Get-Cluster -Name {}).RouteHistoryLength = {wanted}",
            cluster.argument()
        ),
        at: vec![report.at(cluster.origin, "route_history_length")],
    });
}
