//! The cluster may send heartbeats over a storage network.

use crate::checks::rules::{Fault, Report, Rule, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, ClusterNetwork, Inventory, StorageKind};
use crate::profiles::AZURE_LOCAL;
use crate::roles::Role;
use crate::units::same_name;

/// The rule.
pub static RULE: Rule = Rule {
    name: "storage-network-used-by-cluster",
    severity: Severity::Warning,
    family: "cluster-network",
    summary: "the cluster may use a network that is for iSCSI or for an SMB file server",
    risk: "heartbeats, CSV and live migration take bandwidth from the disks, and a busy disk network removes nodes",
    source: "Microsoft, Network Recommendations for a Hyper-V Cluster (dn550728)",
    page: include_str!("storage_network_used_by_cluster.md"),
    columns: &[
        "cluster_networks.cluster_use",
        "cluster_networks.purpose",
        "clusters.storage",
    ],
    subject: "networks of storage that stands outside the nodes",
    asks: &["cluster_networks.purpose"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    // Storage Spaces Direct runs between the nodes, and Azure Local's networks carry its heartbeats: use 1 is right there.
    let known = report.knows("clusters.storage");
    let separate = match cluster.storage {
        StorageKind::Iscsi => true,
        StorageKind::Smb => cluster.profile.generation != AZURE_LOCAL,
        StorageKind::None | StorageKind::S2d | StorageKind::FibreChannel => false,
    };
    for network in cluster
        .networks
        .iter()
        .filter(|n| separate && n.purpose == Some(Role::Storage))
    {
        report.look_at(1);
        if network.cluster_use.is_none() {
            report.lacks("cluster_networks.cluster_use");
        }
        // A guess about the storage accuses nobody.
        if !known {
            report.lacks("clusters.storage");
            continue;
        }
        let Some(used) = network.cluster_use.filter(|used| *used > 0) else {
            continue;
        };
        report.add(Fault {
            subject: network.name.clone(),
            message: format!("the cluster may use storage network {}", network.name),
            current: format!("cluster use {used}"),
            expected: "cluster use 0".to_owned(),
            fix: format!(
                "{}{}",
                first(cluster, network),
                fixes::set_cluster_use(cluster, network, 0)
            ),
            at: vec![report.at(network.origin, "cluster_use")],
        });
    }
}

/// What has to be there before the cluster leaves a network: another one between the nodes, and another one for live migration.
fn first(cluster: &Cluster, network: &ClusterNetwork) -> String {
    let others = cluster.networks.iter().filter(|n| n.purpose != Some(Role::Storage));
    let lacks_own = !others.clone().any(|n| n.cluster_use == Some(1));
    let ordered = cluster.migration.network_order.iter();
    let migrates = ordered.clone().any(|name| same_name(name, &network.name));
    let mut steps = Vec::new();
    if lacks_own {
        steps.push("give the cluster another network between the nodes first (cluster use 1), or it has none but that of the clients");
    }
    if migrates {
        steps.push(
            "put another network in its place in MigrationNetworkOrder first, or live migration takes the next one",
        );
    }
    steps.iter().map(|step| format!("{step}; then ")).collect()
}
