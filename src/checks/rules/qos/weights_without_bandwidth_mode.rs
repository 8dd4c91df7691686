//! Weights on a switch whose bandwidth mode is None.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::powershell::quoted;
use crate::profiles::WS2012;

/// The rule.
pub static RULE: Rule = Rule {
    name: "weights-without-bandwidth-mode",
    severity: Severity::Error,
    family: "qos",
    summary: "adapters have weights, but their switch has bandwidth mode None",
    risk: "the weights are ignored, and nothing is guaranteed when the link is full",
    source: "Microsoft, New-VMSwitch, parameter MinimumBandwidthMode",
    page: include_str!("weights_without_bandwidth_mode.md"),
    columns: &["switches.bandwidth_mode", "host_vnics.weight", "vnics.weight"],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for (node, switch, ports) in super::switches(cluster) {
        let none = switch.facts.text("bandwidth_mode") == Some("none");
        if none && ports.iter().any(|port| port.weighted()) {
            found.add(switch.name.clone(), node, report.at(switch.origin, "bandwidth_mode"));
        }
    }
    for (switch, places) in found {
        report.add(Fault {
            subject: switch.clone(),
            message: format!("{switch} has bandwidth mode None, so the weights on it are ignored on {}", places.nodes()),
            current: "bandwidth mode none".to_owned(),
            expected: "bandwidth mode weight".to_owned(),
            fix: format!(
                "the mode is set when a switch is made: drain {}, remove the switch, New-VMSwitch -Name {} -MinimumBandwidthMode Weight",
                places.nodes(),
                quoted(&switch)
            ),
            at: places.at,
        });
    }
}
