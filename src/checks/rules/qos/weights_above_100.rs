//! Minimum-bandwidth weights that add up to more than 100.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::powershell::quoted;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "weights-above-100",
    severity: Severity::Warning,
    family: "qos",
    summary: "the weights on a virtual switch add up to more than 100",
    risk: "a weight no longer reads as percent, and each guarantee is smaller than it looks",
    source: "Microsoft, Network quality of service and bandwidth limits in Hyper-V (minimum bandwidth: recommendations)",
    page: include_str!("weights_above_100.md"),
    columns: &[
        "host_vnics.weight",
        "vnics.weight",
        "switches.default_flow_weight",
        "switches.bandwidth_mode",
        "switches.embedded_teaming",
    ],
    needs: &["switches.bandwidth_mode", "switches.default_flow_weight"],
    check,
    ..Rule::BASE
};

/// Total up to which a weight reads as percent.
const MOST: u64 = 100;

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    let mut totals: BTreeMap<String, u64> = BTreeMap::new();
    for (node, switch, ports) in super::switches(cluster) {
        let weights = ports.iter().filter_map(|port| port.weight).map(u64::from);
        let total = weights.sum::<u64>() + switch.facts.number("default_flow_weight").unwrap_or(0);
        let heaviest = ports.iter().max_by_key(|port| port.weight);
        let judged = super::judges_weights(cluster, switch);
        if judged && total <= MOST {
            super::note_unknown_weights(&ports, report);
        }
        if let Some(port) = heaviest.filter(|_| total > MOST && judged) {
            found.add(switch.name.clone(), node, report.at(port.origin, "weight"));
            let worst = totals.entry(switch.name.clone()).or_insert(total);
            *worst = total.max(*worst);
        }
    }
    for ((switch, places), total) in found.into_iter().zip(totals.into_values()) {
        report.add(Fault {
            subject: switch.clone(),
            message: format!("the weights on {switch} add up to as much as {total} on {}", places.nodes()),
            current: format!("weights add up to {total}"),
            expected: format!("{MOST} or less, the default flow included"),
            fix: format!(
                "scale the weights down in proportion: Set-VMNetworkAdapter -MinimumBandwidthWeight for each adapter on {}",
                quoted(&switch)
            ),
            at: places.at,
        });
    }
}
