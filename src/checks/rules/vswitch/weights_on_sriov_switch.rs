//! Minimum-bandwidth weights on a switch that was created for SR-IOV.

use super::{adapters_on, by_name, node_names};
use crate::checks::rules::rebuild::recreate;
use crate::checks::rules::{Fault, Report, Rule, Versions, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Node, VirtualSwitch};
use crate::profiles::WS2012;
use crate::units::same_name;

/// The rule.
pub static RULE: Rule = Rule {
    name: "weights-on-sriov-switch",
    severity: Severity::Error,
    family: "vswitch",
    summary: "adapters have bandwidth weights on a switch for SR-IOV that was created without a mode for them",
    risk: "with SR-IOV the default mode is None: the weights are refused, and nothing guarantees any adapter its \
        share",
    source: "Microsoft, New-VMSwitch, parameter MinimumBandwidthMode",
    page: include_str!("weights_on_sriov_switch.md"),
    columns: &[
        "switches.iov",
        "switches.bandwidth_mode",
        "vnics.weight",
        "host_vnics.weight",
        "clusters.profile",
    ],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let modeless = |switch: &VirtualSwitch| {
        switch.facts.yes("iov") == Some(true) && switch.facts.text("bandwidth_mode") == Some("default")
    };
    let found = by_name(cluster, |index, node, switch| {
        modeless(switch) && has_weights(cluster, index, node, switch)
    });
    for (index, node) in cluster.nodes.iter().enumerate() {
        for switch in node.switches.iter().filter(|switch| modeless(switch)) {
            note_unknown_weights(cluster, index, node, switch, report);
        }
    }
    for nodes in found.values() {
        let Some((_, switch)) = nodes.first() else { continue };
        report.add(Fault {
            subject: switch.name.clone(),
            message: format!(
                "switch {} of {} is for SR-IOV and has no mode for weights, but adapters on it have weights",
                switch.name,
                lookup::list(&node_names(nodes))
            ),
            current: "SR-IOV, bandwidth mode default".to_owned(),
            expected: "bandwidth mode weight, or no weights".to_owned(),
            fix: recreate(cluster, nodes, "-EnableIov $true -MinimumBandwidthMode Weight"),
            at: nodes
                .iter()
                .map(|(_, switch)| report.at(switch.origin, "bandwidth_mode"))
                .collect(),
        });
    }
}

/// Any adapter of which nobody says whether it has a weight may have one.
fn note_unknown_weights(cluster: &Cluster, index: usize, node: &Node, switch: &VirtualSwitch, report: &mut Report<'_>) {
    if adapters_on(cluster, index, &switch.name).any(|(_, vnic)| vnic.weight.is_none()) {
        report.lacks("vnics.weight");
    }
    let mut host = node.host_vnics.iter().filter(|v| same_name(&v.switch, &switch.name));
    if host.any(|vnic| vnic.weight.is_none()) {
        report.lacks("host_vnics.weight");
    }
}

fn has_weights(cluster: &Cluster, index: usize, node: &Node, switch: &VirtualSwitch) -> bool {
    let host = node.host_vnics.iter().filter(|v| v.switch == switch.name);
    let weights = adapters_on(cluster, index, &switch.name).map(|(_, vnic)| vnic.weight);
    weights.chain(host.map(|v| v.weight)).flatten().any(|weight| weight > 0)
}
