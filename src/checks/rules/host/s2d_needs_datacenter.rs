//! Storage Spaces Direct on an edition that lacks it.

use super::Edition;
use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, StorageKind};

/// The rule.
pub static RULE: Rule = Rule {
    name: "s2d-needs-datacenter",
    severity: Severity::Error,
    family: "host",
    summary: "the cluster has Storage Spaces Direct and a node has an edition without it",
    risk: "Enable-ClusterStorageSpacesDirect refuses, or the node cannot bring its disks into the pool",
    source: "Microsoft, Storage Spaces Direct hardware requirements; Comparison of Standard and Datacenter editions",
    page: include_str!("s2d_needs_datacenter.md"),
    columns: &["nodes.edition", "clusters.storage"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    if cluster.storage != StorageKind::S2d {
        return report.out_of_scope("the cluster has no Storage Spaces Direct");
    }
    let mut found = Alike::new();
    for node in &cluster.nodes {
        match super::edition(node) {
            None | Some(Edition::Datacenter | Edition::AzureLocal) => {}
            Some(edition) => found.add(edition.title(), node, report.at(node.origin, "edition")),
        }
    }
    for (edition, places) in found {
        report.add(Fault {
            subject: cluster.name.clone(),
            message: format!("{edition} on {} has no Storage Spaces Direct", places.nodes()),
            current: edition.to_owned(),
            expected: "Datacenter (or Azure Local) on every node".to_owned(),
            fix: format!(
                "DISM /Online /Set-Edition:ServerDatacenter on {}, with a key of Datacenter",
                places.nodes()
            ),
            at: places.at,
        });
    }
}
