//! TCP chimney offload on a host with an LBFO team.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions, teams};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::{WS2012, WS2012R2};

/// The rule.
pub static RULE: Rule = Rule {
    name: "chimney-with-team",
    severity: Severity::Warning,
    family: "offload",
    summary: "TCP chimney offload is on at a host with an LBFO team, which does not work with it",
    risk: "a connection that lives in one NIC cannot move to the other, so it breaks when the team fails over",
    source: "Microsoft, NIC Teaming, Compatibility (TCP chimney)",
    page: include_str!("chimney_with_team.md"),
    columns: &["nodes.chimney", "nics.team", "nics.team_kind"],
    versions: Versions::between(WS2012, WS2012R2),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    // From 2016 on chimney is wrong with or without a team.
    let mut found = Alike::new();
    for node in &cluster.nodes {
        let state = node.facts.text("chimney").filter(|state| *state != "disabled");
        if let Some(state) = state.filter(|_| node.nics.iter().any(teams::is_lbfo)) {
            found.add(state, node, report.at(node.origin, "chimney"));
        }
    }
    for (state, places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!(
                "TCP chimney offload is {state} on {}, which {} LBFO teams",
                places.nodes(),
                places.verb("has", "have")
            ),
            current: state.to_owned(),
            expected: "disabled".to_owned(),
            fix: format!("on {}: Set-NetOffloadGlobalSetting -Chimney Disabled", places.nodes()),
            at: places.at,
        });
    }
}
