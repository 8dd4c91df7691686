//! A host whose list of migration subnets holds none of the networks for live migration.

use super::networks;
use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Node};
use crate::migration::wiring::Subnet;
use crate::powershell::quoted;
use crate::profiles::WS2012;

/// The rule.
pub static RULE: Rule = Rule {
    name: "migration-subnets-miss-network",
    severity: Severity::Error,
    family: "live-migration",
    summary: "a host allows live migration on none of the networks that are for it",
    risk: "migrations take the management network without an event: slow moves that block administration",
    source: "Microsoft, Add-VMMigrationNetwork; Set-VMHost, UseAnyNetworkForMigration",
    page: include_str!("migration_subnets_miss_network.md"),
    columns: &[
        "cluster_networks.cluster_use",
        "cluster_networks.purpose",
        "cluster_networks.subnet",
        "clusters.migration_exclude_networks",
        "clusters.profile",
        "nodes.any_migration_network",
        "nodes.migration_subnets",
    ],
    needs: &[
        "cluster_networks.subnet",
        "cluster_networks.purpose",
        "nodes.migration_subnets",
    ],
    versions: Versions::from(WS2012).because("2008 R2 has no such setting of the host"),
    check,
    ..Rule::BASE
};

/// Whether the rule speaks of this node, so that no other rule need tell where its migrations go instead.
pub(in crate::checks::rules) fn tells_of(cluster: &Cluster, node: &Node) -> bool {
    let meant = meant(cluster);
    RULE.versions.hold(cluster.profile.generation) && !meant.is_empty() && listed_elsewhere(node, &meant).is_some()
}

/// The subnets of the networks for live migration.
fn meant(cluster: &Cluster) -> Vec<(&str, Subnet)> {
    networks(cluster)
        .filter_map(|network| Some((network.subnet.as_str(), Subnet::parse(&network.subnet)?)))
        .collect()
}

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let meant = meant(cluster);
    let Some((first, _)) = meant.first() else {
        return;
    };
    let mut found = Alike::new();
    for node in &cluster.nodes {
        if let Some(listed) = listed_elsewhere(node, &meant) {
            found.add(listed, node, report.at(node.origin, "migration_subnets"));
        }
    }
    let wanted: Vec<&str> = meant.iter().map(|(text, _)| *text).collect();
    for (listed, places) in found {
        let current = match listed {
            [] => "no subnet".to_owned(),
            some => some.join(", "),
        };
        let meant_are = match wanted.as_slice() {
            [_] => "the network for it is",
            _ => "the networks for it are",
        };
        report.add(Fault {
            subject: places.nodes(),
            message: format!(
                "{} {} live migration on {current}, and {meant_are} {}",
                places.nodes(),
                places.verb("allows", "allow"),
                lookup::list(&wanted)
            ),
            current,
            expected: lookup::list(&wanted),
            fix: format!("on {}: {}", places.nodes(), list_subnet(cluster, listed, first)),
            at: places.at,
        });
    }
}

/// The subnets that a host allows, if none of them meets a network for live migration and all of them can be read.
fn listed_elsewhere<'a>(node: &'a Node, meant: &[(&str, Subnet)]) -> Option<&'a [String]> {
    let listed = node.migration.subnets.as_ref()?;
    let allowed: Vec<Subnet> = listed.iter().map(|text| Subnet::parse(text)).collect::<Option<_>>()?;
    let met = allowed
        .iter()
        .any(|own| meant.iter().any(|(_, wanted)| own.overlaps(wanted)));
    let judged = node.migration.any_network != Some(true) && !met;
    judged.then_some(listed.as_slice())
}

/// Puts a network on the list: in the place of a subnet that no network of the cluster has, as after a change of addresses, else
/// beside the others.
fn list_subnet(cluster: &Cluster, listed: &[String], wanted: &str) -> String {
    let networks: Option<Vec<Subnet>> = cluster.networks.iter().map(|n| Subnet::parse(&n.subnet)).collect();
    let is_elsewhere = |own: Subnet| {
        networks
            .iter()
            .any(|all| !all.iter().any(|network| network.overlaps(&own)))
    };
    let is_stale = |text: &&String| Subnet::parse(text).is_some_and(is_elsewhere);
    match listed.iter().find(is_stale) {
        Some(old) => format!(
            "Set-VMMigrationNetwork -Subnet {} -NewSubnet {}",
            quoted(old),
            quoted(wanted)
        ),
        None => format!("Add-VMMigrationNetwork -Subnet {}", quoted(wanted)),
    }
}
