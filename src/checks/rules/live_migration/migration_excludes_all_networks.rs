//! MigrationExcludeNetworks leaves no cluster network.

use super::set_list;
use crate::checks::rules::{Fault, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, ClusterNetwork, Inventory};
use crate::units::same_name;

/// The rule.
pub static RULE: Rule = Rule {
    name: "migration-excludes-all-networks",
    severity: Severity::Error,
    family: "live-migration",
    summary: "MigrationExcludeNetworks names every network that the cluster uses",
    risk: "Windows falls back to the address of the host name, without an event, or moves nothing",
    source: "Microsoft, Set-ClusterParameter; cluster resource type Virtual Machine, MigrationExcludeNetworks and MigrationNetworkOrder",
    page: include_str!("migration_excludes_all_networks.md"),
    columns: &[
        "cluster_networks.cluster_use",
        "cluster_networks.network",
        "clusters.migration_exclude_networks",
    ],
    needs: &["cluster_networks.network", "clusters.migration_exclude_networks"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let used = || cluster.networks.iter().filter(|network| network.cluster_use != Some(0));
    let excluded = &cluster.migration.exclude_networks;
    let is_excluded = |network: &ClusterNetwork| excluded.iter().any(|name| same_name(name, &network.name));
    let mut left = used().filter(|network| !is_excluded(network));
    if !excluded.is_empty() && left.all(|network| network.cluster_use.is_none()) {
        report.lacks("cluster_networks.cluster_use");
    }
    if used().next().is_none() || !used().all(is_excluded) {
        return;
    }
    let names: Vec<&str> = used().map(|network| network.name.as_str()).collect();
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "MigrationExcludeNetworks names {}: no network is left for live migration",
            lookup::list(&names)
        ),
        current: format!("{} excluded", lookup::list(&names)),
        expected: "at least one network that is not excluded".to_owned(),
        fix: set_list(cluster, "MigrationExcludeNetworks", &[]),
        at: vec![report.at(cluster.origin, "migration_exclude_networks")],
    });
}
