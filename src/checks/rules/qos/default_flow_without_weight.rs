//! A default flow of weight 0 that carries traffic.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::powershell::quoted;

/// The rule.
pub static RULE: Rule = Rule {
    name: "default-flow-without-weight",
    severity: Severity::Warning,
    family: "qos",
    summary: "the default flow of a switch has weight 0 although traffic runs in it",
    risk: "everything without a weight of its own starves when the link is full",
    source: "Microsoft, Network quality of service and bandwidth limits in Hyper-V (minimum bandwidth: recommendations)",
    page: include_str!("default_flow_without_weight.md"),
    columns: &[
        "switches.default_flow_weight",
        "host_vnics.weight",
        "vnics.weight",
        "switches.bandwidth_mode",
        "switches.embedded_teaming",
    ],
    needs: &["switches.bandwidth_mode", "switches.default_flow_weight"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for (node, switch, ports) in super::switches(cluster) {
        let none = switch.facts.number("default_flow_weight") == Some(0);
        if !none || !super::judges_weights(cluster, switch) {
            continue;
        }
        let unweighted = ports.iter().any(|port| port.weight == Some(0));
        if !unweighted || !ports.iter().any(|port| port.weighted()) {
            super::note_unknown_weights(&ports, report);
        } else {
            found.add(
                switch.name.clone(),
                node,
                report.at(switch.origin, "default_flow_weight"),
            );
        }
    }
    for (switch, places) in found {
        report.add(Fault {
            subject: switch.clone(),
            message: format!(
                "the default flow of {switch} has weight 0, but adapters without a weight use it on {}",
                places.nodes()
            ),
            current: "default flow weight 0".to_owned(),
            expected: "a weight above 0, for example 10".to_owned(),
            fix: format!(
                "on {}: Set-VMSwitch -Name {} -DefaultFlowMinimumBandwidthWeight 10",
                places.nodes(),
                quoted(&switch)
            ),
            at: places.at,
        });
    }
}
