//! A metric that gives cluster traffic to another network.

use crate::checks::rules::{Fault, Report, Rule, Versions, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, ClusterNetwork, Inventory};
use crate::profiles::WS2012R2;
use crate::roles::Role;

/// How far below the other network the metric is proposed.
const LEAD: u32 = 100;

/// The rule.
pub static RULE: Rule = Rule {
    name: "metric-against-purpose",
    severity: Severity::Warning,
    family: "cluster-network",
    summary: "the network for cluster and CSV traffic does not have the lowest metric",
    risk: "the cluster sends its internal traffic (on 2008 R2 CSV traffic as well) over the network with the lowest metric, whatever it was meant for; \
           at equal metrics it may be either",
    source: "Microsoft, Designating a Preferred Network for Cluster Shared Volumes Communication",
    page: include_str!("metric_against_purpose.md"),
    columns: &[
        "cluster_networks.auto_metric",
        "cluster_networks.metric",
        "cluster_networks.purpose",
        "cluster_networks.cluster_use",
        "clusters.profile",
    ],
    needs: &["cluster_networks.metric", "cluster_networks.purpose"],
    versions: Versions::until(WS2012R2).because("from 2016 on SMB chooses among the networks itself"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let meant = cluster
        .networks
        .iter()
        .filter(|n| n.purpose == Some(Role::Cluster) && n.cluster_use != Some(0));
    let Some((network, own)) = meant
        .filter_map(|n| n.metric.map(|metric| (n, metric)))
        .min_by_key(|(_, metric)| *metric)
    else {
        return;
    };
    let unknown = |n: &&ClusterNetwork| n.purpose != Some(Role::Cluster) && n.cluster_use.is_none();
    let mut unknown = cluster.networks.iter().filter(unknown);
    if unknown.any(|n| n.metric.is_some_and(|metric| metric <= own)) {
        report.lacks("cluster_networks.cluster_use");
    }
    let others = cluster
        .networks
        .iter()
        .filter(|n| n.purpose != Some(Role::Cluster) && matches!(n.cluster_use, Some(1..)));
    let preferred = others
        .filter_map(|n| n.metric.map(|metric| (n, metric)))
        .min_by_key(|(_, metric)| *metric);
    let Some((other, lower)) = preferred.filter(|(_, metric)| *metric <= own) else {
        return;
    };
    report.add(Fault {
        subject: network.name.clone(),
        message: format!(
            "{} (metric {own}) is for cluster traffic, but {} has metric {lower}",
            network.name, other.name
        ),
        current: format!("metric {own}"),
        expected: format!("lower than {lower}"),
        fix: fix(cluster, network, other, lower),
        at: vec![report.at(network.origin, "metric"), report.at(other.origin, "metric")],
    });
}

/// Windows gives a network between the nodes a lower metric than one that clients use, so there it is enough to let it. Two networks of
/// one kind it orders as it found them: then the metric has to be set, and automatic-metric-off accepts that.
fn fix(cluster: &Cluster, network: &ClusterNetwork, other: &ClusterNetwork, lower: u32) -> String {
    let between = cluster.networks.iter().filter(|n| n.cluster_use == Some(1)).count();
    let kinds = (network.cluster_use, other.cluster_use) == (Some(1), Some(3));
    let may_be_set = |n: &&&ClusterNetwork| n.facts.yes("auto_metric") != Some(true);
    let set: Vec<String> = [network, other]
        .iter()
        .filter(may_be_set)
        .map(|n| fixes::set_network(cluster, n, "AutoMetric = $true"))
        .collect();
    if kinds && between == 1 && !set.is_empty() {
        return format!(
            "let Windows set the metrics, which gives {} the lower one: {}",
            network.name,
            set.join("; ")
        );
    }
    let metric = lower.saturating_sub(LEAD);
    fixes::set_network(cluster, network, &format!("Metric = {metric}"))
}
