//! A team with more ports than Windows allows.

use crate::checks::rules::places::Alike;
use crate::checks::rules::teams::{self, Team};
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// Ports that SET takes.
const MOST_IN_SET: usize = 8;
/// Ports that a team of Windows NIC Teaming takes.
const MOST_IN_LBFO: usize = 32;

/// The rule.
pub static RULE: Rule = Rule {
    name: "too-many-team-members",
    severity: Severity::Error,
    family: "team",
    summary: "a team has more ports than Windows allows: 8 in SET, 32 in LBFO",
    risk: "the team cannot be made as it is written",
    source: "Microsoft, Switch Embedded Teaming (one to eight adapters); NIC Teaming (one to 32 adapters)",
    page: include_str!("too_many_team_members.md"),
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
        let mut add = |team: &Team<'_>, most: usize| {
            if team.members.len() > most {
                let what = (team.name.to_owned(), most, team.members.len());
                found.add(what, node, report.at(team.origin(), "nic"));
            }
        };
        teams::set(cluster, node).iter().for_each(|team| add(team, MOST_IN_SET));
        teams::lbfo(node).iter().for_each(|team| add(team, MOST_IN_LBFO));
    }
    for ((name, most, members), places) in found {
        report.add(Fault {
            message: format!("{name} on {} has {members} ports, {most} are the limit", places.nodes()),
            subject: name,
            current: format!("{members} ports"),
            expected: format!("{most} ports or fewer"),
            fix: "make two teams with a switch each, or fewer and faster ports".to_owned(),
            at: places.at,
        });
    }
}
