//! A node with traffic classes of its own that takes those of the physical switch.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "dcbx-willing",
    severity: Severity::Warning,
    family: "qos",
    summary: "a node with traffic classes of its own is willing to take those of the physical switch",
    risk: "a switch that speaks DCBX overwrites classes and flow control without a trace",
    source: "Microsoft, Validate-DCB; Microsoft, Azure Local: QoS policy of the top-of-rack switch",
    page: include_str!("dcbx_willing.md"),
    columns: &["nodes.dcbx_willing", "nodes.traffic_classes"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for (node, _) in super::nodes_with_classes(cluster) {
        if node.facts.yes("dcbx_willing") == Some(true) {
            found.add((), node, report.at(node.origin, "dcbx_willing"));
        }
    }
    for ((), places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!(
                "DCBX is willing on {}: the physical switch may overwrite the traffic classes",
                places.nodes()
            ),
            current: "willing".to_owned(),
            expected: "not willing".to_owned(),
            fix: format!("on {}: Set-NetQosDcbxSetting -Willing $false", places.nodes()),
            at: places.at,
        });
    }
}
