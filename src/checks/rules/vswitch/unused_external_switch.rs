//! An external switch that nothing uses.

use super::{by_name, node_names};
use crate::checks::rules::{Fault, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Node, SwitchKind, VirtualSwitch};
use crate::units::same_name;
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unused-external-switch",
    severity: Severity::Info,
    family: "vswitch",
    summary: "an external switch has neither a VM nor a host vNIC",
    risk: "its ports are taken from the other traffic and carry nothing",
    source: "own derivation: a port under an external switch serves only that switch",
    page: include_str!("unused_external_switch.md"),
    columns: &[
        "switches.type",
        "switches.allow_management_os",
        "host_vnics.switch",
        "vnics.switch",
    ],
    needs: &["vnics.switch"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    // An inventory in which no adapter names a switch says nothing about their use.
    let named = lookup::vnics(cluster).map(|(_, vnic)| vnic.switch.as_str());
    let names: BTreeSet<&str> = named.filter(|name| !name.is_empty()).collect();
    if names.is_empty() {
        return;
    }
    for nodes in by_name(cluster, |_, node, switch| is_idle(&names, node, switch)).values() {
        let Some((node, switch)) = nodes.first() else { continue };
        if nodes.iter().any(|(_, switch)| switch.allow_management_os.is_none()) {
            report.lacks("switches.allow_management_os");
            continue;
        }
        report.add(Fault {
            subject: switch.name.clone(),
            message: format!(
                "external switch {} of {} has neither a VM nor a host vNIC",
                switch.name,
                lookup::list(&node_names(nodes))
            ),
            current: "no adapter".to_owned(),
            expected: "in use, or removed so that its ports are free".to_owned(),
            fix: fix(cluster, node, switch) + super::so_elsewhere(nodes),
            at: nodes
                .iter()
                .map(|(_, switch)| report.at(switch.origin, "switch"))
                .collect(),
        });
    }
}

/// A VM may move, so a switch counts as used on every node if an adapter of any VM names it.
fn is_idle(in_use: &BTreeSet<&str>, node: &Node, switch: &VirtualSwitch) -> bool {
    switch.kind == SwitchKind::External
        && switch.allow_management_os != Some(true)
        && node.host_vnics.iter().all(|v| v.switch != switch.name)
        && in_use.iter().all(|name| !same_name(name, &switch.name))
}

fn fix(cluster: &Cluster, node: &Node, switch: &VirtualSwitch) -> String {
    if fixes::is_2008r2(cluster) {
        return format!(
            "on {} in Hyper-V Manager, Virtual Network Manager, {}: Remove",
            node.name, switch.name
        );
    }
    format!(
        "Remove-VMSwitch -ComputerName {} -Name {}",
        fixes::quoted(&node.name),
        fixes::quoted(&switch.name)
    )
}
