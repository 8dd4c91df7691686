//! A cluster network whose metric was set by hand.

use crate::checks::rules::{Fault, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "automatic-metric-off",
    severity: Severity::Info,
    family: "cluster-network",
    summary: "the metric of a cluster network was set by hand",
    risk: "it stays as it is when NICs, speeds or RDMA change, and the cluster goes on choosing yesterday's network",
    source: "Microsoft, Designating a Preferred Network for Cluster Shared Volumes Communication",
    page: include_str!("automatic_metric_off.md"),
    columns: &["cluster_networks.auto_metric"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let fixed: Vec<_> = cluster
        .networks
        .iter()
        .filter(|n| n.facts.yes("auto_metric") == Some(false))
        .collect();
    let Some(first) = fixed.first() else { return };
    let names: Vec<&str> = fixed.iter().map(|network| network.name.as_str()).collect();
    let (own, name) = (cluster.argument(), fixes::quoted(&first.name));
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!("metrics set by hand: {}", lookup::list(&names)),
        current: "AutoMetric is off".to_owned(),
        expected: "AutoMetric on, or a note why the order is set by hand".to_owned(),
        fix: format!(
            "(Get-ClusterNetwork -Cluster {own} -Name {name}).AutoMetric = $true{}",
            if fixed.len() > 1 { ", and so for the others" } else { "" }
        ),
        at: fixed
            .iter()
            .map(|network| report.at(network.origin, "auto_metric"))
            .collect(),
    });
}
