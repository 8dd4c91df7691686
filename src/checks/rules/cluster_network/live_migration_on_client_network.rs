//! Live migration takes the network of the clients.

use crate::checks::rules::places::{Alike, Places};
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::migration::path::some_paths;
use crate::migration::wiring::Wiring;
use crate::roles::Role;

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
    let mut found = Alike::new();
    for path in some_paths(cluster, &wiring, pairs) {
        let taken = cluster
            .networks
            .iter()
            .find(|network| path.network.as_deref() == Some(&network.name));
        let (Some(network), Some(node)) = (taken, cluster.nodes.get(path.source)) else {
            continue;
        };
        if network.cluster_use == Some(3) && network.purpose != Some(Role::LiveMigration) {
            found.add(network.name.clone(), node, report.at(network.origin, "cluster_use"));
        }
    }
    for (network, places) in found {
        add(&network, places, report);
    }
}

fn add(network: &str, places: Places, report: &mut Report<'_>) {
    report.add(Fault {
        subject: network.to_owned(),
        message: format!(
            "live migration from {} takes {network}, which clients use",
            places.nodes()
        ),
        current: network.to_owned(),
        expected: "a network between the nodes (cluster use 1)".to_owned(),
        fix: format!(
            "repair the setting that leads there, which `nicplan path` names with its cmdlet, then exclude {network} from live migration"
        ),
        at: places.at,
    });
}
