//! An edition of Windows without failover clusters.

use super::Edition;
use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::{AZURE_LOCAL, WS2008R2, WS2022, WS2025};

/// The rule.
pub static RULE: Rule = Rule {
    name: "edition-cannot-cluster",
    severity: Severity::Error,
    family: "host",
    summary: "a node runs an edition of Windows that cannot be part of a failover cluster",
    risk: "the feature Failover Clustering cannot be installed: the node never joins",
    source: "Microsoft, Failover Clustering in Windows Server 2008 R2 (editions); Microsoft, Comparison of Standard and Datacenter editions",
    page: include_str!("edition_cannot_cluster.md"),
    columns: &["nodes.edition", "clusters.profile"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let old = fixes::is_2008r2(cluster);
    let mut found = Alike::new();
    for node in &cluster.nodes {
        let Some(edition) = super::edition(node) else { continue };
        let never = matches!(edition, Edition::Essentials | Edition::Foundation | Edition::Web);
        if never || (old && edition == Edition::Standard) {
            found.add(edition.title(), node, report.at(node.origin, "edition"));
        }
    }
    // Hyper-V Server ended with 2019.
    let needed = match cluster.profile.generation {
        WS2008R2 => "Enterprise, Datacenter or Hyper-V Server",
        WS2022..=WS2025 => "Standard or Datacenter",
        AZURE_LOCAL => "Azure Local",
        _ => "Standard, Datacenter or Hyper-V Server",
    };
    for (edition, places) in found {
        report.add(Fault {
            subject: cluster.name.clone(),
            message: format!("the {edition} edition on {} has no failover clusters", places.nodes()),
            current: edition.to_owned(),
            expected: needed.to_owned(),
            fix: format!(
                "raise the edition of {} (DISM /Online /Set-Edition), or install anew with {needed}",
                places.nodes()
            ),
            at: places.at,
        });
    }
}
