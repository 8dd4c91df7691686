//! SET over fast ports that spreads traffic by flows.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, teams};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2016;
use crate::units::Mbps;

/// Microsoft asks for Hyper-V Port from this speed on.
const FAST: Mbps = 10_000;

/// The rule.
pub static RULE: Rule = Rule {
    name: "set-load-balancing-dynamic",
    severity: Severity::Warning,
    family: "team",
    summary: "a SET with ports of 10 GbE or more spreads traffic by Dynamic instead of Hyper-V Port",
    risk: "flows of a VM change between ports, away from its queues, which costs processor time and rate",
    source: "Microsoft, Azure Local host network requirements (HyperVPort); Validate-DCB",
    page: include_str!("set_load_balancing_dynamic.md"),
    columns: &[
        "switches.load_balancing",
        "switches.embedded_teaming",
        "switches.nics",
        "nics.speed_mbps",
    ],
    versions: Versions::from(WS2016),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for team in teams::set(cluster, node) {
            let Some(switch) = team.switch else { continue };
            let dynamic = switch.facts.text("load_balancing") == Some("dynamic");
            if dynamic && team.members.iter().any(|nic| nic.speed >= FAST) {
                found.add(team.name, node, report.at(switch.origin, "load_balancing"));
            }
        }
    }
    for (name, places) in found {
        report.add(Fault {
            subject: name.to_owned(),
            message: format!("SET {name} on {} spreads traffic by Dynamic", places.nodes()),
            current: "Dynamic".to_owned(),
            expected: "HyperVPort".to_owned(),
            fix: format!(
                "on {}: Set-VMSwitchTeam -Name {} -LoadBalancingAlgorithm HyperVPort",
                places.nodes(),
                fixes::quoted(name)
            ),
            at: places.at,
        });
    }
}
