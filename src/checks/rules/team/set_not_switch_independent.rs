//! SET that is written down with a mode it does not have.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, teams};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2016;

/// The rule.
pub static RULE: Rule = Rule {
    name: "set-not-switch-independent",
    severity: Severity::Error,
    family: "team",
    summary: "a SET is to run in static or LACP mode",
    risk: "SET has no such mode: ports that the physical switch bundles by LACP do not come up, or packets get lost between them",
    source: "Microsoft, Switch Embedded Teaming (switch-independent mode alone); Set-VMSwitchTeam, TeamingMode",
    page: include_str!("set_not_switch_independent.md"),
    columns: &["switches.teaming_mode", "switches.embedded_teaming", "switches.nics"],
    versions: Versions::from(WS2016),
    leaves: Some("the teaming mode of a switch"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for switch in teams::set(cluster, node).iter().filter_map(|team| team.switch) {
            let mode = switch.facts.text("teaming_mode");
            if let Some(mode) = mode.filter(|mode| *mode != "switch-independent") {
                let at = report.at(switch.origin, "teaming_mode");
                found.add((switch.name.as_str(), mode), node, at);
            }
        }
    }
    for ((name, mode), places) in found {
        report.add(Fault {
            subject: name.to_owned(),
            message: format!("SET {name} on {} is to run in {mode} mode", places.nodes()),
            current: mode.to_owned(),
            expected: "switch-independent".to_owned(),
            fix: format!(
                "on {}: Set-VMSwitchTeam -Name {} -TeamingMode SwitchIndependent, and no port channel at the physical switches",
                places.nodes(),
                fixes::quoted(name)
            ),
            at: places.at,
        });
    }
}
