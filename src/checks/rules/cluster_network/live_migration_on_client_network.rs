//! Live migration takes the network of the clients.

use crate::checks::rules::adapters::{OTHER_SUBNETS, in_other_subnets};
use crate::checks::rules::live_migration::{leads_elsewhere, list_misses_network, set_list};
use crate::checks::rules::{Fault, Report, Rule, lookup};
use crate::finding::{Location, Severity};
use crate::inventory::{Cluster, ClusterNetwork, Inventory, Node};
use crate::migration::path::{Layer, Path, some_paths};
use crate::migration::wiring::{Subnet, Wiring};
use crate::powershell::quoted;
use crate::profiles::WS2012;
use crate::roles::Role;
use crate::units::same_name;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "live-migration-on-client-network",
    severity: Severity::Warning,
    family: "cluster-network",
    summary: "live migration takes a network that clients use although another one is free",
    risk: "memory of guests travels in clear over the office network, and competes with management and clients",
    source: "Microsoft, Using Cluster Shared Volumes in Windows Server 2008 R2; Network Recommendations for a Hyper-V Cluster (dn550728)",
    page: include_str!("live_migration_on_client_network.md"),
    columns: &[
        "cluster_networks.cluster_use",
        "cluster_networks.metric",
        "cluster_networks.purpose",
        "clusters.migration_exclude_networks",
        "clusters.migration_network_order",
        "nodes.migration_subnets",
    ],
    needs: &["cluster_networks.cluster_use"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let others = cluster
        .networks
        .iter()
        .filter(|network| network.cluster_use == Some(1))
        .count();
    if cluster.nodes.len() < 2 || others == 0 {
        return;
    }
    let wiring = Wiring::today(cluster);
    // Every node once as source: what one pair does, the settings of the source decide.
    let pairs = (0..cluster.nodes.len()).map(|source| (source, (source + 1) % cluster.nodes.len()));
    let mut found: BTreeMap<&String, Taken> = BTreeMap::new();
    for path in some_paths(cluster, &wiring, pairs) {
        let taken = cluster
            .networks
            .iter()
            .find(|network| path.network.as_deref() == Some(&network.name));
        let ends = [path.source, path.target].map(|node| cluster.nodes.get(node));
        let (Some(network), [Some(from), Some(to)]) = (taken, ends) else {
            continue;
        };
        if in_other_subnets(cluster, path.source, path.target) {
            report.out_of_scope(OTHER_SUBNETS);
            continue;
        }
        // The list of one end, or the cluster, leads elsewhere than to the network for it: one fault, told where its cause is.
        let lists = list_misses_network(cluster, from) || list_misses_network(cluster, to);
        let is_told = lists || leads_elsewhere(cluster, &path);
        if network.cluster_use == Some(3) && rests_on_assumed_metrics(cluster, &wiring, &path) {
            report.lacks("cluster_networks.metric");
            continue;
        }
        if !is_told && network.cluster_use == Some(3) && network.purpose != Some(Role::LiveMigration) {
            // Of the layers that choose a network; what is wrong with the rate leads nowhere.
            let fault = path.faults.iter().find(|fault| is_cause(fault.severity, fault.layer));
            let taken = found.entry(&network.name).or_insert_with(|| Taken {
                cause: fault
                    .map(|fault| fault.fix.clone())
                    .or_else(|| list_without_another(cluster, from, network)),
                pairs: Vec::new(),
                at: vec![report.at(network.origin, "cluster_use")],
            });
            taken.pairs.push(format!("{} to {}", from.name, to.name));
        }
    }
    for (network, taken) in found {
        report.add(Fault {
            subject: network.clone(),
            message: format!(
                "live migration takes {network}, which clients use, from {}",
                lookup::list(&taken.pairs)
            ),
            current: network.clone(),
            expected: "a network between the nodes (cluster use 1)".to_owned(),
            fix: fix(cluster, network, taken.cause),
            at: taken.at,
        });
    }
}

/// Whether a fault of this kind leads to another network; by metric it is a warning from 2016 on.
fn is_cause(severity: Severity, layer: Layer) -> bool {
    layer == Layer::Metric || severity == Severity::Error && layer < Layer::Metric
}

/// Whether nothing but the metrics put the network before one between the nodes, and some of them are assumed.
fn rests_on_assumed_metrics(cluster: &Cluster, wiring: &Wiring, path: &Path) -> bool {
    let listed = &cluster.migration.network_order;
    let is_listed = |name: &str| listed.iter().any(|other| same_name(other, name));
    if path.network.as_deref().is_some_and(is_listed) {
        return false;
    }
    let open = path.considered.iter().filter(|(_, refused)| refused.is_none());
    let open = open.filter_map(|(index, _)| wiring.networks.get(*index));
    open.clone().count() > 1 && open.into_iter().any(|network| !network.metric_known)
}

/// The migrations that take a network, of those that were looked at.
struct Taken {
    /// What mends the first of them, where a setting leads it there.
    cause: Option<String>,
    /// `HV1 to HV2`.
    pairs: Vec<String>,
    at: Vec<Location>,
}

/// The list of a host that allows the network of the clients and none between the nodes: the other takes its place there.
fn list_without_another(cluster: &Cluster, node: &Node, taken: &ClusterNetwork) -> Option<String> {
    let listed = node.migration.subnets.as_ref()?;
    let is_on = |network: &ClusterNetwork| {
        let subnet = Subnet::parse(&network.subnet)?;
        listed
            .iter()
            .find(|text| Subnet::parse(text).is_some_and(|own| own.overlaps(&subnet)))
    };
    let between = || cluster.networks.iter().filter(|n| n.cluster_use == Some(1));
    let other = between().find(|n| Subnet::parse(&n.subnet).is_some())?;
    let decides = cluster.profile.generation >= WS2012 && node.migration.any_network != Some(true);
    let old = is_on(taken).filter(|_| decides && between().all(|n| is_on(n).is_none()))?;
    Some(format!(
        "Set-VMMigrationNetwork -ComputerName {} -Subnet {} -NewSubnet {}",
        quoted(&node.name),
        quoted(old),
        quoted(&other.subnet)
    ))
}

/// What leads there first, then the network out of live migration for good: excluded alone, hosts would find no network at all. A network for
/// live migration does not stay excluded: what leads there may be just that.
fn fix(cluster: &Cluster, network: &str, cause: Option<String>) -> String {
    let excluded = &cluster.migration.exclude_networks;
    let stays_out = |other: &ClusterNetwork| {
        other.purpose != Some(Role::LiveMigration) && excluded.iter().any(|name| same_name(name, &other.name))
    };
    let is_left = |other: &ClusterNetwork| other.cluster_use == Some(1) && !stays_out(other);
    if !cluster.networks.iter().any(is_left) {
        return format!("take a network between the nodes out of MigrationExcludeNetworks, then put {network} into it");
    }
    let others = cluster.networks.iter().filter(|other| stays_out(other));
    let mut out: Vec<&str> = others.map(|other| other.name.as_str()).collect();
    out.push(network);
    let exclude = set_list(cluster, "MigrationExcludeNetworks", &out);
    match cause {
        Some(cause) => {
            format!("{cause} (nicplan path shows each pair); once no pair takes {network} any more: {exclude}")
        }
        None => exclude,
    }
}
