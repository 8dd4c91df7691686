//! Minimum bandwidth in bits per second instead of shares.

use super::{by_name, node_names};
use crate::checks::rules::rebuild::{is_on_set, recreate};
use crate::checks::rules::{Fault, Report, Rule, Versions, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2012;

/// The rule.
pub static RULE: Rule = Rule {
    name: "absolute-bandwidth-mode",
    severity: Severity::Warning,
    family: "vswitch",
    summary: "a virtual switch guarantees bandwidth in bits per second instead of shares",
    risk: "a VM cannot move to a node whose switch has promised the bandwidth already: live migration is refused",
    source: "Microsoft, Network Quality of Service bandwidth limits for Hyper-V",
    page: include_str!("absolute_bandwidth_mode.md"),
    columns: &["switches.bandwidth_mode", "clusters.profile"],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let found = by_name(cluster, |_, _, switch| {
        switch.facts.text("bandwidth_mode") == Some("absolute")
    });
    for nodes in found.values() {
        let Some((node, switch)) = nodes.first() else { continue };
        // Weights on SET are no better: another rule speaks of them.
        let (wanted, option) = if is_on_set(cluster, node, switch) {
            ("none", "-MinimumBandwidthMode None")
        } else {
            ("weight", "-MinimumBandwidthMode Weight")
        };
        report.add(Fault {
            subject: switch.name.clone(),
            message: format!(
                "switch {} of {} guarantees bandwidth in bits per second",
                switch.name,
                lookup::list(&node_names(nodes))
            ),
            current: "absolute".to_owned(),
            expected: wanted.to_owned(),
            fix: recreate(cluster, nodes, option),
            at: nodes
                .iter()
                .map(|(_, switch)| report.at(switch.origin, "bandwidth_mode"))
                .collect(),
        });
    }
}
