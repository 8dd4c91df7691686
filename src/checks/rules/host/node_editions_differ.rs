//! Nodes with different editions of Windows.

use crate::checks::rules::{Fault, Report, Rule, differ};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "node-editions-differ",
    severity: Severity::Error,
    family: "host",
    summary: "the nodes of a cluster run different editions of Windows",
    risk: "the validation fails, so the cluster is not supported, and features of the larger edition are missing on some nodes",
    source: "Test-Cluster, Validate Operating System Edition",
    page: include_str!("node_editions_differ.md"),
    columns: &["nodes.edition"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let values = differ::values(cluster, |node| {
        super::edition(node).map(|edition| edition.title().to_owned())
    });
    if !values.differ() {
        return;
    }
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!("the nodes run different editions: {}", values.text()),
        current: values.text(),
        expected: "one edition on every node".to_owned(),
        fix: "raise the smaller edition: DISM /Online /Set-Edition, or install the node anew and join it again"
            .to_owned(),
        at: values
            .origins()
            .into_iter()
            .map(|origin| report.at(origin, "edition"))
            .collect(),
    });
}
