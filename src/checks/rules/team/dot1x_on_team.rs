//! A team over ports that log on to the physical switch by 802.1X.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions, teams};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2012;

/// The rule.
pub static RULE: Rule = Rule {
    name: "dot1x-on-team",
    severity: Severity::Warning,
    family: "team",
    summary: "a port that logs on by 802.1X is in an LBFO team or a SET",
    risk: "SET drops the packets of the log-on, and many physical switches refuse it on bundled ports: the port stays shut",
    source: "Microsoft, NIC Teaming, Compatibility; Switch Embedded Teaming, Compatibility (802.1X)",
    page: include_str!("dot1x_on_team.md"),
    columns: &[
        "nics.dot1x",
        "nics.team",
        "nics.team_kind",
        "switches.embedded_teaming",
        "switches.nics",
    ],
    needs: &["nics.dot1x"],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        let mut logging_on = node.nics.iter().filter(|nic| nic.facts.yes("dot1x") == Some(true));
        if logging_on.any(|nic| teams::has_unknown_kind(node, nic)) {
            report.lacks("nics.team_kind");
        }
        for team in teams::set(cluster, node).into_iter().chain(teams::lbfo(node)) {
            for nic in team.members.iter().filter(|nic| nic.facts.yes("dot1x") == Some(true)) {
                found.add(team.name, node, report.at(nic.origin, "dot1x"));
            }
        }
    }
    for (name, places) in found {
        report.add(Fault {
            subject: name.to_owned(),
            message: format!("ports of team {name} on {} log on by 802.1X", places.nodes()),
            current: "802.1X on".to_owned(),
            expected: "802.1X off on ports of a team".to_owned(),
            fix: format!(
                "switch 802.1X off at the switch ports of {name} (fix the ports' MAC addresses there instead) and on {}: \
                 Stop-Service dot3svc",
                places.nodes()
            ),
            at: places.at,
        });
    }
}
