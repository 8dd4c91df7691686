//! The cluster may send heartbeats over a storage network.

use crate::checks::rules::{Fault, Report, Rule, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, StorageKind};
use crate::profiles::AZURE_LOCAL;
use crate::roles::Role;

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
            fix: fixes::set_cluster_use(cluster, network, 0),
            at: vec![report.at(network.origin, "cluster_use")],
        });
    }
}
