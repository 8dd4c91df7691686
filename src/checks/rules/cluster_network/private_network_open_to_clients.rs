//! A network between the nodes that clients may use.

use crate::checks::rules::{Fault, Report, Rule, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, StorageKind};
use crate::profiles::AZURE_LOCAL;
use crate::roles::Role;

/// The rule.
pub static RULE: Rule = Rule {
    name: "private-network-open-to-clients",
    severity: Severity::Warning,
    family: "cluster-network",
    summary: "clients may use a network that is for cluster, live-migration or storage traffic between the nodes",
    risk: "the cluster puts client access points on it: clients get an address they cannot reach, or load the network of the heartbeats",
    source: "Microsoft, Network Recommendations for a Hyper-V Cluster (dn550728)",
    page: include_str!("private_network_open_to_clients.md"),
    columns: &[
        "cluster_networks.cluster_use",
        "cluster_networks.purpose",
        "clusters.storage",
    ],
    subject: "networks for traffic between nodes",
    asks: &["cluster_networks.purpose"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    // On the networks of storage outside the nodes the cluster has no business at all: that is another rule.
    let between_nodes = match cluster.storage {
        StorageKind::S2d => true,
        StorageKind::Smb => cluster.profile.generation == AZURE_LOCAL,
        _ => false,
    };
    let is_private = |purpose: Option<Role>| match purpose {
        Some(Role::Cluster | Role::LiveMigration) => true,
        Some(Role::Storage) => between_nodes,
        _ => false,
    };
    let known = report.knows("clusters.storage");
    for network in cluster.networks.iter().filter(|network| is_private(network.purpose)) {
        report.look_at(1);
        if network.cluster_use.is_none() {
            report.lacks("cluster_networks.cluster_use");
        }
        // A guess about the storage accuses nobody.
        if network.purpose == Some(Role::Storage) && !known {
            report.lacks("clusters.storage");
            continue;
        }
        if network.cluster_use != Some(3) {
            continue;
        }
        report.add(Fault {
            subject: network.name.clone(),
            message: format!("clients may use {}, which is for traffic between nodes", network.name),
            current: "cluster use 3".to_owned(),
            expected: "cluster use 1".to_owned(),
            fix: fixes::set_cluster_use(cluster, network, 1),
            at: vec![report.at(network.origin, "cluster_use")],
        });
    }
}
