//! Weights on a switch whose bandwidth mode is None.

use crate::checks::rules::places::Alike;
use crate::checks::rules::rebuild::recreate;
use crate::checks::rules::{Fault, Report, Rule, Versions, teams};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2012;
use std::collections::BTreeMap;

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
    let mut ways: BTreeMap<String, String> = BTreeMap::new();
    for (node, switch, ports) in super::switches(cluster) {
        let none = switch.facts.text("bandwidth_mode") == Some("none");
        let used = ports.iter().any(|port| port.weighted());
        if none && !used {
            super::note_unknown_weights(&ports, report);
        }
        if none && used {
            let on_set = teams::set(cluster, node).iter().any(|team| team.name == switch.name);
            let fix = if on_set {
                format!(
                    "the switch stands on SET, where weights promise nothing: {}",
                    super::weights_off(node, &ports)
                )
            } else {
                recreate(cluster, &[(node, switch)], "-MinimumBandwidthMode Weight")
            };
            found.add(switch.name.clone(), node, report.at(switch.origin, "bandwidth_mode"));
            ways.entry(switch.name.clone()).or_insert(fix);
        }
    }
    for (switch, places) in found {
        report.add(Fault {
            subject: switch.clone(),
            message: format!(
                "{switch} has bandwidth mode None, so the weights on it are ignored on {}",
                places.nodes()
            ),
            current: "bandwidth mode none".to_owned(),
            expected: "bandwidth mode weight; on SET no weights".to_owned(),
            fix: format!(
                "{}{}",
                ways.remove(&switch).unwrap_or_default(),
                places.verb("", "; so on the other nodes, one after the other")
            ),
            at: places.at,
        });
    }
}
