//! A virtual switch that is external on one node and ends at the host on another.

use super::{REBUILD_2008R2, bound, by_name, node_names};
use crate::checks::rules::{Fault, Hosts, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Node, SwitchKind, VirtualSwitch};
use crate::units::same_name;

/// The rule.
pub static RULE: Rule = Rule {
    name: "switch-types-differ",
    severity: Severity::Error,
    family: "vswitch",
    hosts: Hosts::Any,
    summary: "a virtual switch is external on one node and internal or private on another",
    risk: "VMs find their network by the switch's name: after a move they are on a switch that leads nowhere",
    source: "Test-Cluster, Validate Virtual Switch Compatibility; T. Joos, ADMIN magazine (types of virtual \
        networks)",
    page: include_str!("switch_types_differ.md"),
    columns: &["switches.switch", "switches.type"],
    needs: &["switches.switch"],
    leaves: Some("internal and private switches"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for found in by_name(cluster, |_, _, _| true).values() {
        let is_external = |(_, switch): &&(&Node, &VirtualSwitch)| switch.kind == SwitchKind::External;
        let Some((good, _)) = found.iter().find(is_external) else {
            continue;
        };
        let narrow: Vec<_> = found.iter().filter(|pair| !is_external(pair)).copied().collect();
        let Some((node, switch)) = narrow.first() else { continue };
        report.add(Fault {
            subject: switch.name.clone(),
            message: format!(
                "switch {} of {} ends at the host, but is external on {}",
                switch.name,
                lookup::list(&node_names(&narrow)),
                good.name
            ),
            current: if switch.kind == SwitchKind::Internal {
                "internal"
            } else {
                "private"
            }
            .to_owned(),
            expected: "external on every node".to_owned(),
            fix: fix(cluster, (node, switch), good),
            at: found
                .iter()
                .map(|(_, switch)| report.at(switch.origin, "type"))
                .collect(),
        });
    }
}

fn fix(cluster: &Cluster, (node, switch): (&Node, &VirtualSwitch), good: &Node) -> String {
    if !cluster.runs_hyper_v() {
        return format!(
            "if both are one network: give {} its uplink on {}, too, in vSphere or in the imported tables; else give one of them \
             another name",
            switch.name, node.name
        );
    }
    if fixes::is_2008r2(cluster) {
        return format!(
            "on {} in Hyper-V Manager, Virtual Network Manager, {}: External, and the port; {REBUILD_2008R2}",
            node.name, switch.name
        );
    }
    let (host, name) = (fixes::quoted(&node.name), fixes::quoted(&switch.name));
    // A port that carries something on this node would lose its addresses to the switch.
    let is_free = |name: &str| {
        let port = node.nics.iter().find(|nic| same_name(&nic.name, name));
        port.is_some_and(lookup::is_idle)
    };
    let used = bound(good, &switch.name).next();
    let (port, why) = match used.filter(|nic| is_free(&nic.name)) {
        Some(nic) => (fixes::quoted(&nic.name), format!(" (the port that {} uses)", good.name)),
        None => (
            format!("<free port of {}>", node.name),
            " (one that carries addresses of the host would lose them to the switch)".to_owned(),
        ),
    };
    format!("Set-VMSwitch -ComputerName {host} -Name {name} -NetAdapterName {port}{why}")
}
