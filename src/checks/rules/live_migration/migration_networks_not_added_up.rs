//! Several networks for live migration, of which one is used at a time.

use super::{networks, option, set_option};
use crate::checks::rules::{Fault, Report, Rule, Versions, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, ClusterNetwork, Inventory, Node};
use crate::profiles::{Transport, WS2012};

/// The rule.
pub static RULE: Rule = Rule {
    name: "migration-networks-not-added-up",
    severity: Severity::Info,
    family: "live-migration",
    summary: "several networks are for live migration, and TCP and compression use one of them",
    risk: "drains take as long as with one network; the others only stand by",
    source: "Microsoft, Virtual Machine Live Migration Overview; Set-VMHost, VirtualMachineMigrationPerformanceOption",
    page: include_str!("migration_networks_not_added_up.md"),
    columns: &[
        "cluster_networks.cluster_use",
        "cluster_networks.purpose",
        "clusters.live_migration_transport",
        "clusters.migration_exclude_networks",
        "clusters.profile",
        "nodes.live_migration_transport",
    ],
    needs: &[
        "cluster_networks.purpose",
        "nodes.live_migration_transport|clusters.live_migration_transport",
    ],
    versions: Versions::from(WS2012).because("2008 R2 has no performance option"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let found: Vec<&ClusterNetwork> = networks(cluster).collect();
    let one_stream = |node: &Node| option(cluster, node).is_some_and(|option| option != Transport::Smb);
    if found.len() < 2 || !cluster.nodes.iter().all(one_stream) {
        return;
    }
    let names: Vec<&str> = found.iter().map(|network| network.name.as_str()).collect();
    let smb = cluster.profile.transports.contains(&Transport::Smb);
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "{} are for live migration, and only one of them carries it at a time",
            lookup::list(&names)
        ),
        current: format!("{} networks, one in use", names.len()),
        expected: "one network, or SMB, which adds equal ones up".to_owned(),
        fix: if smb {
            format!("on every host: {}", set_option(Transport::Smb))
        } else {
            "nothing to set in this Windows version: SMB begins with 2012 R2".to_owned()
        },
        at: found
            .iter()
            .map(|network| report.at(network.origin, "purpose"))
            .collect(),
    });
}
