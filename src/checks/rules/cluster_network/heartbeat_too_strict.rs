//! Heartbeats that give up too early.

use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "heartbeat-too-strict",
    severity: Severity::Warning,
    family: "cluster-network",
    summary: "nodes are removed after fewer lost heartbeats than Microsoft recommends",
    risk: "a short interruption, such as the end of a live migration or a backup, makes the cluster remove a node and restart its VMs",
    source: "Microsoft, Tuning Failover Cluster Network Thresholds",
    page: include_str!("heartbeat_too_strict.md"),
    columns: &["clusters.same_subnet_threshold", "clusters.same_subnet_delay"],
    needs: &["clusters.same_subnet_threshold"],
    check,
    ..Rule::BASE
};

/// Lost heartbeats that Microsoft recommends to wait for.
const RECOMMENDED: u64 = 10;
/// Milliseconds between heartbeats when nothing is set.
const DEFAULT_DELAY: u64 = 1000;

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let Some(threshold) = cluster.facts.number("same_subnet_threshold") else {
        return;
    };
    let delay = cluster.facts.number("same_subnet_delay").unwrap_or(DEFAULT_DELAY);
    if threshold >= RECOMMENDED || threshold * delay >= RECOMMENDED * DEFAULT_DELAY {
        return;
    }
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!("a node is removed after {} ms without heartbeat", threshold * delay),
        current: format!("SameSubnetThreshold {threshold}, one heartbeat each {delay} ms"),
        expected: format!("SameSubnetThreshold {RECOMMENDED} or more"),
        fix: format!(
            "(Get-Cluster -Name {}).SameSubnetThreshold = {RECOMMENDED}",
            cluster.argument()
        ),
        at: vec![report.at(cluster.origin, "same_subnet_threshold")],
    });
}
