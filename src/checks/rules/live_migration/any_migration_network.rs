//! A host may use any network for live migration.

use super::networks;
use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2012;

/// The rule.
pub static RULE: Rule = Rule {
    name: "any-migration-network",
    severity: Severity::Warning,
    family: "live-migration",
    summary: "a host may use any network for live migration",
    risk: "memory of guests may travel over management, storage or a DMZ, unencrypted, and slow them down",
    source: "Microsoft, Set-VMHost, UseAnyNetworkForMigration",
    page: include_str!("any_migration_network.md"),
    columns: &["clusters.profile", "nodes.any_migration_network"],
    needs: &["nodes.any_migration_network"],
    versions: Versions::from(WS2012).because("2008 R2 has no such setting of the host"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in cluster
        .nodes
        .iter()
        .filter(|node| node.migration.any_network == Some(true))
    {
        found.add((), node, report.at(node.origin, "any_migration_network"));
    }
    for ((), places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!("{} may use any network for live migration", places.nodes()),
            current: "UseAnyNetworkForMigration on".to_owned(),
            expected: "off, and the subnets listed".to_owned(),
            fix: format!(
                "on {}: {}Set-VMHost -UseAnyNetworkForMigration $false",
                places.nodes(),
                add_subnets(cluster)
            ),
            at: places.at,
        });
    }
}

/// Lists the subnets of the networks for live migration at a host.
fn add_subnets(cluster: &Cluster) -> String {
    let subnets = networks(cluster).map(|network| network.subnet.as_str());
    let subnets: Vec<&str> = subnets.filter(|subnet| !subnet.is_empty()).collect();
    if subnets.is_empty() {
        return "list the subnet for live migration with Add-VMMigrationNetwork; then ".to_owned();
    }
    let add = |subnet: &&str| format!("Add-VMMigrationNetwork -Subnet {}; ", fixes::quoted(subnet));
    subnets.iter().map(add).collect()
}
