//! More nodes than the Windows version supports.

use crate::checks::rules::{Fault, Hosts, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, StorageKind};
use crate::profiles::AZURE_LOCAL;

/// Nodes of an Azure Local cluster whose disks are in a SAN.
const AZURE_LOCAL_WITH_SAN: usize = 64;

/// The rule.
pub static RULE: Rule = Rule {
    name: "too-many-nodes",
    severity: Severity::Error,
    family: "capacity",
    hosts: Hosts::Any,
    summary: "the cluster has more nodes than its Windows version supports",
    risk: "nodes above the limit cannot join",
    source: "Microsoft, Hyper-V maximum scale limits; Azure Local system requirements (also disaggregated)",
    page: include_str!("too_many_nodes.md"),
    columns: &["clusters.profile", "clusters.storage", "nodes.node"],
    subject: "nodes",
    needs: &["clusters.profile"],
    leaves: Some("the number of nodes"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let (nodes, most) = (cluster.nodes.len(), most_nodes(cluster));
    report.look_at(nodes);
    if nodes <= most {
        return;
    }
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "{} has {nodes} nodes; {} supports {most}",
            cluster.name, cluster.profile.title
        ),
        current: format!("{nodes} nodes"),
        expected: format!("{most} nodes or fewer"),
        fix: "split the cluster, or correct profile in clusters.csv".to_owned(),
        at: vec![
            report.at(cluster.origin, "profile"),
            report.at(cluster.nodes[most].origin, "node"),
        ],
    });
}

/// Most nodes of the version. Azure Local takes more where the disks are in a SAN.
fn most_nodes(cluster: &Cluster) -> usize {
    let san = matches!(cluster.storage, StorageKind::FibreChannel | StorageKind::Iscsi);
    if san && cluster.profile.generation == AZURE_LOCAL {
        return AZURE_LOCAL_WITH_SAN;
    }
    cluster.profile.max_nodes
}
