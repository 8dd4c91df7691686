//! A virtual switch on a team of Windows NIC Teaming, where Windows no longer wants it.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions, rebuild, teams};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::{WS2016, WS2022};
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "lbfo-under-switch",
    severity: Severity::Error,
    family: "team",
    summary: "an external switch is on an LBFO team, which Windows refuses from 2022 on and discourages from 2016 on",
    risk: "the switch cannot be made, or stops the upgrade of the host; it has neither RDMA nor the queues of SET",
    source: "Microsoft, Features removed or no longer developed in Windows Server (LBFO teams under a Hyper-V virtual switch)",
    page: include_str!("lbfo_under_switch.md"),
    columns: &[
        "nics.team",
        "nics.team_kind",
        "switches.bandwidth_mode",
        "switches.nics",
    ],
    needs: &["nics.team_kind"],
    versions: Versions::from(WS2016),
    leaves: Some(""),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let (severity, verdict) = match cluster.profile.generation {
        WS2022.. => (Severity::Error, "refuses that"),
        _ => (
            Severity::Warning,
            "still takes that, Windows Server 2022 and later refuse it",
        ),
    };
    let mut switches = Alike::new();
    let mut ways: BTreeMap<(&str, &str), String> = BTreeMap::new();
    for node in &cluster.nodes {
        for team in teams::lbfo(node) {
            if let Some(switch) = team.switch {
                let at = report.at(team.origin(), "team_kind");
                let fix = rebuild::onto_set(cluster, node, switch, &team);
                switches.add((switch.name.as_str(), team.name), node, at);
                ways.entry((switch.name.as_str(), team.name)).or_insert(fix);
            }
        }
    }
    for ((switch, team), places) in switches {
        let fix = ways.remove(&(switch, team)).unwrap_or_default();
        report.add_as(
            severity,
            Fault {
                subject: switch.to_owned(),
                message: format!(
                    "switch {switch} on {} is on the LBFO team {team}; {} {verdict}",
                    places.nodes(),
                    cluster.profile.title
                ),
                current: "LBFO".to_owned(),
                expected: "SET".to_owned(),
                fix: format!(
                    "{fix}{}",
                    places.verb("", "; so on the other nodes, one after the other")
                ),
                at: places.at,
            },
        );
    }
}
