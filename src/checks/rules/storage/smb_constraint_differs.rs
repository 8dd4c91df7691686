//! SMB Multichannel constraints that are not the same on every node.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2012;
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    name: "smb-constraint-differs",
    severity: Severity::Warning,
    family: "storage",
    summary: "SMB Multichannel is limited to other adapters on some nodes than on the rest",
    risk: "a node without the constraint takes any adapter, for example management, for storage",
    source: "Microsoft, New-SmbMultichannelConstraint; Microsoft, Network Recommendations for a Hyper-V Cluster (dn550728)",
    page: include_str!("smb_constraint_differs.md"),
    columns: &["nodes.smb_constraints"],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut values = Alike::new();
    for node in &cluster.nodes {
        if let Some(adapters) = node.facts.list("smb_constraints") {
            let names: BTreeSet<String> = adapters.iter().map(|name| name.to_lowercase()).collect();
            values.add(names, node, report.at(node.origin, "smb_constraints"));
        }
    }
    let mut values: Vec<_> = values.into_iter().collect();
    // What most nodes have is taken for what is meant; where it is even, the constraint.
    values.sort_by_key(|(names, places)| std::cmp::Reverse((places.at.len(), names.len())));
    let mut values = values.into_iter();
    let Some((meant, _)) = values.next() else { return };
    for (names, places) in values {
        report.add(Fault {
            subject: places.nodes(),
            message: format!("SMB Multichannel is limited to other adapters on {} than on the other nodes", places.nodes()),
            current: words(&names),
            expected: words(&meant),
            fix: format!(
                "on {}: New-SmbMultichannelConstraint or Remove-SmbMultichannelConstraint, so that it is as on the others",
                places.nodes()
            ),
            at: places.at,
        });
    }
}

fn words(names: &BTreeSet<String>) -> String {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    if names.is_empty() {
        "no constraint".to_owned()
    } else {
        lookup::list(&names)
    }
}
