//! A cluster network whose metric was set by hand.

use crate::checks::rules::{Fault, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, ClusterNetwork, Inventory};
use crate::profiles::WS2012R2;
use crate::roles::Role;

/// The rule.
pub static RULE: Rule = Rule {
    name: "automatic-metric-off",
    severity: Severity::Info,
    family: "cluster-network",
    summary: "the metric of a cluster network was set by hand",
    risk: "it stays as it is when NICs, speeds or RDMA change, and the cluster goes on choosing yesterday's network",
    source: "Microsoft, Designating a Preferred Network for Cluster Shared Volumes Communication",
    page: include_str!("automatic_metric_off.md"),
    columns: &[
        "cluster_networks.auto_metric",
        "cluster_networks.cluster_use",
        "cluster_networks.metric",
        "cluster_networks.purpose",
        "clusters.profile",
    ],
    needs: &["cluster_networks.auto_metric"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let fixed: Vec<_> = cluster
        .networks
        .iter()
        .filter(|n| n.facts.yes("auto_metric") == Some(false) && !is_needed(cluster, n))
        .collect();
    let Some(first) = fixed.first() else { return };
    let names: Vec<&str> = fixed.iter().map(|network| network.name.as_str()).collect();
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!("metrics set by hand: {}", lookup::list(&names)),
        current: "AutoMetric is off".to_owned(),
        expected: "AutoMetric on, or a note why the order is set by hand".to_owned(),
        fix: format!(
            "{}{}",
            fixes::set_network(cluster, first, "AutoMetric = $true"),
            if fixed.len() > 1 { ", and so for the others" } else { "" }
        ),
        at: fixed
            .iter()
            .map(|network| report.at(network.origin, "auto_metric"))
            .collect(),
    });
}

/// Whether the metric had to be set: up to 2012 R2 it alone makes cluster traffic take the network that is for it where another is of the same
/// kind, between the nodes or for clients, too, and Windows orders those two as it found them.
fn is_needed(cluster: &Cluster, network: &ClusterNetwork) -> bool {
    let is_for_cluster = network.purpose == Some(Role::Cluster);
    let mut others = cluster
        .networks
        .iter()
        .filter(|n| n.purpose != Some(Role::Cluster) && matches!(n.cluster_use, Some(1..)));
    let alike = others
        .clone()
        .any(|n| n.cluster_use == Some(1) || network.cluster_use == Some(3));
    let leads = others.all(|n| {
        n.metric
            .is_none_or(|metric| network.metric.is_some_and(|own| own < metric))
    });
    cluster.profile.generation <= WS2012R2 && is_for_cluster && network.cluster_use != Some(0) && alike && leads
}
