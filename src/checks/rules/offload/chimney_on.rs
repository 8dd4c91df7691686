//! TCP chimney offload where Windows no longer wants it.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2016;

/// The rule.
pub static RULE: Rule = Rule {
    name: "chimney-on",
    severity: Severity::Warning,
    family: "offload",
    summary: "TCP chimney offload is not disabled on a host of 2016 or later",
    risk: "it is deprecated and can slow down the server and break connections; virtual switch, SET and LBFO do not work with it",
    source: "Microsoft, Performance Tuning Network Adapters (do not use TCP chimney offload)",
    page: include_str!("chimney_on.md"),
    columns: &["nodes.chimney"],
    versions: Versions::from(WS2016),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        if let Some(state) = node.facts.text("chimney").filter(|state| *state != "disabled") {
            found.add(state, node, report.at(node.origin, "chimney"));
        }
    }
    for (state, places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!("TCP chimney offload is {state} on {}", places.nodes()),
            current: state.to_owned(),
            expected: "disabled".to_owned(),
            fix: format!(
                "on {}: Set-NetOffloadGlobalSetting -Chimney Disabled (or netsh int tcp set global chimney=disabled)",
                places.nodes()
            ),
            at: places.at,
        });
    }
}
