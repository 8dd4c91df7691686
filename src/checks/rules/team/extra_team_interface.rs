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
                let switch = team.switch.map_or("", |switch| switch.name.as_str());
                found.add((team.name, interfaces.as_slice(), switch), node, at);
            }
        }
    }
    for ((name, interfaces, switch), places) in found {
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
                "on {}, {} and at the console, since the host may be reached over it: write down its addresses, then {}",
                places.nodes(),
                fixes::drained(cluster),
                replace(name, interfaces, switch)
            ),
            at: places.at,
        });
    }
}

/// Takes the interfaces away whose names say their VLAN, as Windows names them, `LAN - VLAN 20`, and gives the host a vNIC in it.
fn replace(team: &str, interfaces: &[String], switch: &str) -> String {
    let vlan = |name: &String| name.rsplit_once("VLAN ")?.1.trim().parse::<u16>().ok();
    let command = |vlan: &str, name: &str| {
        let (team, switch, name) = (fixes::quoted(team), fixes::quoted(switch), fixes::quoted(name));
        format!(
            "Remove-NetLbfoTeamNic -Team {team} -VlanID {vlan}; Add-VMNetworkAdapter -ManagementOS -SwitchName {switch} -Name {name}; \
             Set-VMNetworkAdapterVlan -ManagementOS -VMNetworkAdapterName {name} -Access -VlanId {vlan}"
        )
    };
    let vlans = interfaces.iter().filter_map(vlan).map(|vlan| vlan.to_string());
    let mut known: Vec<String> = vlans.map(|vlan| command(&vlan, &format!("VLAN {vlan}"))).collect();
    if known.is_empty() {
        known.push(command("<its VLAN>", "<name>"));
    }
    format!(
        "{}; give each new adapter the addresses of the one in whose place it stands",
        known.join("; ")
    )
}
