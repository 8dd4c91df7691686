//! An SMB Multichannel constraint on Storage Spaces Direct.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, StorageKind};

/// The rule.
pub static RULE: Rule = Rule {
    name: "smb-constraint-does-not-steer-csv",
    severity: Severity::Warning,
    family: "storage",
    summary: "a constraint should steer the storage of Storage Spaces Direct, which does not look at it",
    risk: "storage and CSV take other networks than was meant",
    source: "Microsoft, New-SmbMultichannelConstraint (does not apply to CSV, the storage bus layer and Storage Replica)",
    page: include_str!("smb_constraint_does_not_steer_csv.md"),
    columns: &["nodes.smb_constraints", "clusters.storage"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in cluster.nodes.iter().filter(|_| cluster.storage == StorageKind::S2d) {
        let adapters = node.facts.list("smb_constraints").unwrap_or_default();
        if !adapters.is_empty() {
            found.add(lookup::list(adapters), node, report.at(node.origin, "smb_constraints"));
        }
    }
    for (adapters, places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!("a constraint limits SMB to {adapters} on {}; Storage Spaces Direct does not look at it", places.nodes()),
            current: format!("constraint to {adapters}"),
            expected: "no constraint; cluster use and metric of the cluster networks".to_owned(),
            fix: "Remove-SmbMultichannelConstraint, and set Role and Metric of Get-ClusterNetwork so that storage takes its networks".to_owned(),
            at: places.at,
        });
    }
}
