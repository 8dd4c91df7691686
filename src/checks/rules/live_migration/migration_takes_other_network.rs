//! Live migration that really takes another network than the one that is for it.

use crate::checks::rules::adapters::{OTHER_SUBNETS, in_other_subnets};
use crate::checks::rules::{Fault, Report, Rule, lookup};
use crate::finding::{Location, Severity};
use crate::inventory::{Cluster, Inventory};
use crate::migration::path::{self, Layer, Path, some_paths};
use crate::migration::wiring::Wiring;
use crate::profiles::WS2016;
use crate::roles::Role;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "migration-takes-other-network",
    severity: Severity::Error,
    family: "live-migration",
    summary: "live migration takes another network than the one that is for it",
    risk: "moves are slow, and memory of guests fills the network of clients, management or disks; Windows writes no event",
    source: "Microsoft, Virtual Machine Live Migration Overview; cluster resource type Virtual Machine, MigrationNetworkOrder",
    page: include_str!("migration_takes_other_network.md"),
    columns: &[
        "cluster_networks.cluster_use",
        "cluster_networks.metric",
        "cluster_networks.network",
        "cluster_networks.purpose",
        "cluster_networks.subnet",
        "clusters.migration_exclude_networks",
        "clusters.migration_network_order",
        "nics.addresses",
        "nics.current_role",
    ],
    needs: &["cluster_networks.purpose", "nics.current_role|nics.addresses"],
    leaves: Some("the cluster networks and which of them live migration may use"),
    check,
    ..Rule::BASE
};

/// Wrong ways with the worst fault of each, by network taken and layer at fault.
type Wrong<'p> = BTreeMap<(Option<&'p str>, Layer), Vec<(&'p Path, &'p path::Fault)>>;

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let wiring = Wiring::today(cluster);
    let nodes = cluster.nodes.len();
    if nodes < 2 || networks_meant(cluster).is_empty() {
        return;
    }
    // Each node sends once and receives once: what is wrong at a node shows, without a look at every pair.
    let ring = (0..nodes).map(|node| (node, (node + 1) % nodes));
    // Where ports or switches were not exported, the way is unknown, not wrong.
    let is_known = |node: usize| cluster.nodes.get(node).is_some_and(|node| !node.wiring_unexported());
    let ring = ring.filter(|(from, to)| is_known(*from) && is_known(*to));
    let paths = some_paths(cluster, &wiring, ring);
    let mut found: Wrong = BTreeMap::new();
    for path in paths.iter().filter(|path| !path.intended) {
        if in_other_subnets(cluster, path.source, path.target) {
            report.out_of_scope(OTHER_SUBNETS);
            continue;
        }
        if rests_on_default_order(cluster, path) {
            report.lacks("clusters.migration_network_order");
            continue;
        }
        if let Some(fault) = told(path) {
            found
                .entry((path.network.as_deref(), fault.layer))
                .or_default()
                .push((path, fault));
        }
    }
    for ((taken, layer), all) in found {
        let Some((_, fault)) = all.first() else {
            continue;
        };
        let senders = all.iter().filter_map(|(path, _)| cluster.nodes.get(path.source));
        let names: Vec<&str> = senders.map(|node| node.name.as_str()).collect();
        report.add(Fault {
            subject: lookup::list(&names),
            message: format!("live migration from {}: {}", lookup::list(&names), fault.text),
            current: taken.unwrap_or("no path").to_owned(),
            expected: lookup::list(&networks_meant(cluster)),
            fix: format!(
                "{}; decided by {} (nicplan path shows each pair)",
                fault.fix,
                layer.name()
            ),
            at: places(cluster, layer, report),
        });
    }
}

/// Whether the rule speaks of this way, so that no other rule need tell that it leads over the network of the clients.
pub(in crate::checks::rules) fn tells_of(cluster: &Cluster, path: &Path) -> bool {
    let meant = !path.intended && !networks_meant(cluster).is_empty();
    meant && told(path).is_some() && !rests_on_default_order(cluster, path)
}

/// What keeps a way from the network for live migration, but for the lists of the hosts.
fn told(path: &Path) -> Option<&path::Fault> {
    path.faults
        .iter()
        .find(|fault| fault.severity == Severity::Error && fault.layer != Layer::HostSubnets)
}

/// Whether nothing but the default order leads elsewhere, of which nothing is published: up to 2012 R2 live migration leaves the lowest
/// metric to the cluster and takes the next, and later versions are not documented to do so.
fn rests_on_default_order(cluster: &Cluster, path: &Path) -> bool {
    let mut used = cluster.networks.iter().filter(|network| network.cluster_use != Some(0));
    let by_metric = |fault: &path::Fault| fault.layer == Layer::Metric && fault.severity == Severity::Warning;
    cluster.profile.generation >= WS2016
        && path.faults.iter().any(by_metric)
        && used.all(|network| network.metric.is_some())
}

/// Names of the networks that are for live migration.
fn networks_meant(cluster: &Cluster) -> Vec<&str> {
    let meant = cluster
        .networks
        .iter()
        .filter(|network| network.purpose == Some(Role::LiveMigration));
    meant.map(|network| network.name.as_str()).collect()
}

/// The setting of the cluster that decides, else the networks that are for live migration.
fn places(cluster: &Cluster, layer: Layer, report: &Report<'_>) -> Vec<Location> {
    let own = match layer {
        Layer::NetworkOrder => "migration_network_order",
        Layer::ExcludeNetworks => "migration_exclude_networks",
        _ => {
            let column = if layer == Layer::Metric { "metric" } else { "network" };
            let meant = cluster
                .networks
                .iter()
                .filter(|network| network.purpose == Some(Role::LiveMigration));
            return meant.map(|network| report.at(network.origin, column)).collect();
        }
    };
    vec![report.at(cluster.origin, own)]
}
