//! A team with a single port.

use crate::checks::rules::places::Alike;
use crate::checks::rules::teams::{self, Team, free_like};
use crate::checks::rules::{Fault, Report, Rule, Versions, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic};
use crate::profiles::WS2012;
use crate::units::same_name;

/// The rule.
pub static RULE: Rule = Rule {
    name: "team-of-one",
    severity: Severity::Info,
    family: "team",
    summary: "a team has a single port",
    risk: "it is allowed, and it looks redundant without being so",
    source: "Microsoft, NIC Teaming (a team of one balances nothing and fails over to nothing); Switch Embedded Teaming",
    page: include_str!("team_of_one.md"),
    columns: &[
        "nics.team",
        "nics.team_kind",
        "switches.embedded_teaming",
        "switches.nics",
    ],
    needs: &["nics.team|nics.team_kind|switches.embedded_teaming"],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        let alone = |nic: &Nic| node.nics.iter().filter(|n| same_name(&n.team, &nic.team)).count() == 1;
        if node
            .nics
            .iter()
            .any(|nic| teams::has_unknown_kind(node, nic) && alone(nic))
        {
            report.lacks("nics.team_kind");
        }
        let mut add = |team: &Team<'_>, set: bool| {
            if let [only] = team.members.as_slice() {
                let what = (
                    team.name.to_owned(),
                    only.name.clone(),
                    set,
                    free_like(node, only).map(|nic| nic.name.clone()),
                );
                found.add(what, node, report.at(only.origin, "nic"));
            }
        };
        teams::set(cluster, node).iter().for_each(|team| add(team, true));
        teams::lbfo(node).iter().for_each(|team| add(team, false));
    }
    for ((name, port, set, second), places) in found {
        let quoted = fixes::quoted(&name);
        let cmdlet = match second.map(|port| fixes::quoted(&port)) {
            Some(port) if set => format!("Add-VMSwitchTeamMember -VMSwitchName {quoted} -NetAdapterName {port}"),
            Some(port) => format!("Add-NetLbfoTeamMember -Name {port} -Team {quoted}"),
            None => format!("no port like {port} is free: add one, or leave the team as it is"),
        };
        report.add(Fault {
            message: format!("team {name} on {} has one port, {port}", places.nodes()),
            subject: name,
            current: "1 port".to_owned(),
            expected: "2 ports, on two cards".to_owned(),
            fix: format!("on {}: {cmdlet}", places.nodes()),
            at: places.at,
        });
    }
}
