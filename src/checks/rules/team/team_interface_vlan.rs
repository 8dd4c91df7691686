//! An LBFO team under a virtual switch whose interface takes one VLAN only.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, teams};
use crate::finding::Severity;
use crate::inventory::{Cluster, Fact, Inventory};
use crate::profiles::{WS2012, WS2019};

/// The rule.
pub static RULE: Rule = Rule {
    name: "team-interface-vlan",
    severity: Severity::Warning,
    family: "team",
    summary: "the team interface under a virtual switch is set to one VLAN",
    risk: "the switch sees the packets of that VLAN alone; VMs in every other VLAN have no network",
    source: "Hyper-V Best Practices Analyzer (team interface of a bound team in default mode); NIC Teaming, VLANs",
    page: include_str!("team_interface_vlan.md"),
    columns: &["nics.team", "nics.team_kind", "nics.team_vlan", "switches.nics"],
    versions: Versions::between(WS2012, WS2019),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for team in teams::lbfo(node).into_iter().filter(|team| team.switch.is_some()) {
            let Some((Fact::Number(vlan), origin)) = team.fact("team_vlan") else {
                continue;
            };
            if *vlan > 0 {
                found.add((team.name, *vlan), node, report.at(origin, "team_vlan"));
            }
        }
    }
    for ((name, vlan), places) in found {
        report.add(Fault {
            subject: name.to_owned(),
            message: format!(
                "the interface of team {name} on {} is set to VLAN {vlan}, below a virtual switch",
                places.nodes()
            ),
            current: format!("VLAN {vlan}"),
            expected: "default mode, all VLANs".to_owned(),
            fix: format!(
                "on {}, one node after the other, {} and at the console: Set-NetLbfoTeamNic -Team {} -Default, then VLAN {vlan} at the host vNICs \
                 without one (Set-VMNetworkAdapterVlan -ManagementOS -Access -VlanId {vlan}) and at the VMs that come back",
                places.nodes(),
                fixes::drained(cluster),
                fixes::quoted(name)
            ),
            at: places.at,
        });
    }
}
