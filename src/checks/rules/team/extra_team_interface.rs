//! An LBFO team under a virtual switch with more than one interface.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, lookup, teams};
use crate::finding::Severity;
use crate::inventory::{Cluster, Fact, Inventory};
use crate::profiles::{WS2012, WS2019};
use crate::units::count;

/// The rule.
pub static RULE: Rule = Rule {
    name: "extra-team-interface",
    severity: Severity::Warning,
    family: "team",
    summary: "an LBFO team under a virtual switch has more than one team interface",
    risk: "the other interface takes its VLAN away from the switch: VMs in that VLAN lose the network",
    source: "Hyper-V Best Practices Analyzer (a team bound to a virtual switch exposes one team interface); Remove-NetLbfoTeamNic",
    page: include_str!("extra_team_interface.md"),
    columns: &["nics.team", "nics.team_kind", "nics.team_interfaces", "switches.nics"],
    versions: Versions::between(WS2012, WS2019),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for team in teams::lbfo(node).into_iter().filter(|team| team.switch.is_some()) {
            let Some((Fact::List(interfaces), origin)) = team.fact("team_interfaces") else {
                continue;
            };
            if interfaces.len() > 1 {
                let at = report.at(origin, "team_interfaces");
                found.add((team.name, interfaces.as_slice()), node, at);
            }
        }
    }
    for ((name, interfaces), places) in found {
        report.add(Fault {
            subject: name.to_owned(),
            message: format!(
                "team {name} on {} is under a virtual switch and has {}: {}",
                places.nodes(),
                count(interfaces.len(), "interface"),
                lookup::list(interfaces)
            ),
            current: lookup::list(interfaces),
            expected: "the one interface that the switch is bound to".to_owned(),
            fix: format!(
                "on {}: {}, and a host vNIC in that VLAN instead",
                places.nodes(),
                remove(name, interfaces)
            ),
            at: places.at,
        });
    }
}

/// Takes the interfaces away whose names say their VLAN, as Windows names them: `LAN - VLAN 20`.
fn remove(team: &str, interfaces: &[String]) -> String {
    let vlan = |name: &String| name.rsplit_once("VLAN ")?.1.trim().parse::<u16>().ok();
    let command = |vlan: String| format!("Remove-NetLbfoTeamNic -Team {} -VlanID {vlan}", fixes::quoted(team));
    let known: Vec<String> = interfaces
        .iter()
        .filter_map(vlan)
        .map(|vlan| command(vlan.to_string()))
        .collect();
    if known.is_empty() {
        return command("<its VLAN>".to_owned());
    }
    known.join("; ")
}
