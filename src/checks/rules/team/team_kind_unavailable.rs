//! A kind of team that this Windows version does not have.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, fixes, teams};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::{AZURE_LOCAL, WS2008R2, WS2012, WS2012R2};

/// The rule.
pub static RULE: Rule = Rule {
    name: "team-kind-unavailable",
    severity: Severity::Error,
    family: "team",
    summary: "the design has a kind of team that this Windows version does not have",
    risk: "it cannot be built as it is written",
    source: "Microsoft, NIC Teaming (from 2012); Switch Embedded Teaming (from 2016); Azure Local host network requirements (SET alone)",
    page: include_str!("team_kind_unavailable.md"),
    columns: &[
        "nics.team",
        "nics.team_kind",
        "switches.embedded_teaming",
        "switches.nics",
    ],
    needs: &["nics.team_kind|switches.embedded_teaming"],
    leaves: Some(""),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for team in teams::lbfo(node) {
            // A switch on LBFO has a rule of its own from 2016 on.
            let absent = match cluster.profile.generation {
                WS2008R2 => true,
                AZURE_LOCAL => team.switch.is_none(),
                _ => false,
            };
            if absent {
                found.add(("LBFO", team.name), node, report.at(team.origin(), "team_kind"));
            }
        }
        for team in teams::set(cluster, node) {
            if cluster.profile.generation <= WS2012R2 {
                let origin = team.switch.map(|s| s.origin).unwrap_or_default();
                found.add(("SET", team.name), node, report.at(origin, "embedded_teaming"));
            }
        }
    }
    let instead = match cluster.profile.generation {
        WS2008R2 => "a team of the NIC maker's software, where the maker supports Hyper-V",
        WS2012..=WS2012R2 => "an LBFO team",
        _ => "a switch with SET (New-VMSwitch -EnableEmbeddedTeaming $true)",
    };
    for ((kind, name), places) in found {
        report.add(Fault {
            subject: name.to_owned(),
            message: format!(
                "{name} on {} is {kind}, which {} does not have",
                places.nodes(),
                cluster.profile.title
            ),
            current: kind.to_owned(),
            expected: instead.to_owned(),
            fix: format!(
                "on {}, {}: take {name} apart and make of its ports {instead}",
                places.nodes(),
                fixes::drained(cluster)
            ),
            at: places.at,
        });
    }
}
