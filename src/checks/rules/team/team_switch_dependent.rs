//! An LBFO team that needs the physical switch to bundle its ports.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, teams};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2012;

/// The rule.
pub static RULE: Rule = Rule {
    name: "team-switch-dependent",
    severity: Severity::Warning,
    family: "team",
    summary: "an LBFO team runs in static or LACP mode",
    risk: "all ports must end at one physical switch, or at two that act as one; otherwise the team loses its second path or its packets",
    source: "Microsoft, Network Recommendations for a Hyper-V Cluster (switch-independent teams); NIC Teaming",
    page: include_str!("team_switch_dependent.md"),
    columns: &["nics.team", "nics.team_kind", "nics.team_mode"],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for team in teams::lbfo(node) {
            let Some((mode, origin)) = team.word("team_mode") else {
                continue;
            };
            if mode != "switch-independent" {
                found.add((team.name, mode), node, report.at(origin, "team_mode"));
            }
        }
    }
    for ((name, mode), places) in found {
        report.add(Fault {
            subject: name.to_owned(),
            message: format!("team {name} on {} runs in {mode} mode", places.nodes()),
            current: mode.to_owned(),
            expected: "switch-independent".to_owned(),
            fix: format!(
                "allow the rule where the switches act as one (stack, MLAG); else on {}, one node after the other, {} and at the console, since the \
                 team is down in between: Set-NetLbfoTeam -Name {} -TeamingMode SwitchIndependent, and remove the port channel at the physical switches",
                places.nodes(),
                fixes::drained(cluster),
                fixes::quoted(name)
            ),
            at: places.at,
        });
    }
}
