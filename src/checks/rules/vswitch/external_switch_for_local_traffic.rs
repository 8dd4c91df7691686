//! An external switch on which nobody needs other machines.

use super::{by_name, node_names};
use crate::checks::rules::{Fault, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Node, SwitchKind, VirtualSwitch, Vm, Vnic};
use crate::units::same_name;

/// The rule.
pub static RULE: Rule = Rule {
    name: "external-switch-for-local-traffic",
    severity: Severity::Info,
    family: "vswitch",
    summary: "all adapters on an external switch need only VMs or the host on the same node",
    risk: "a port is taken for traffic that never needs the wire, and what should stay inside can be reached \
        from outside",
    source: "Microsoft, New-VMSwitch, parameter SwitchType; T. Joos, ADMIN magazine (types of virtual networks)",
    page: include_str!("external_switch_for_local_traffic.md"),
    columns: &[
        "vnics.reach",
        "vnics.switch",
        "switches.type",
        "switches.allow_management_os",
        "vms.possible_owners",
    ],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for nodes in by_name(cluster, |_, node, switch| may_be_for_vms_alone(node, switch)).values() {
        let Some((node, switch)) = nodes.first() else { continue };
        let same = |(_, vnic): &(&Vm, &Vnic)| same_name(&vnic.switch, &switch.name);
        let adapters: Vec<_> = lookup::vnics(cluster).filter(same).collect();
        if adapters.is_empty() || !adapters.iter().all(|(vm, vnic)| stays_inside(vm, vnic)) {
            continue;
        }
        if nodes.iter().any(|(_, switch)| switch.allow_management_os.is_none()) {
            report.lacks("switches.allow_management_os");
            continue;
        }
        let names: Vec<String> = adapters.iter().map(|(vm, vnic)| lookup::vnic_name(vm, vnic)).collect();
        let kind = if adapters
            .iter()
            .any(|(_, vnic)| vnic.facts.text("reach") == Some("host"))
        {
            "internal"
        } else {
            "private"
        };
        report.add(Fault {
            subject: switch.name.clone(),
            message: format!(
                "switch {} of {} is external, but {} {} nothing outside the node",
                switch.name,
                lookup::list(&node_names(nodes)),
                lookup::list(&names),
                if names.len() == 1 { "needs" } else { "need" }
            ),
            current: "external".to_owned(),
            expected: kind.to_owned(),
            fix: fix(cluster, node, switch, kind) + super::so_elsewhere(nodes),
            at: adapters
                .iter()
                .map(|(_, vnic)| report.at(vnic.origin, "reach"))
                .chain(nodes.iter().map(|(_, switch)| report.at(switch.origin, "type")))
                .collect(),
        });
    }
}

fn may_be_for_vms_alone(node: &Node, switch: &VirtualSwitch) -> bool {
    switch.kind == SwitchKind::External
        && switch.allow_management_os != Some(true)
        && node.host_vnics.iter().all(|v| v.switch != switch.name)
}

/// A VM that may move needs the external switch to reach the VMs it left behind.
fn stays_inside(vm: &Vm, vnic: &Vnic) -> bool {
    matches!(vnic.facts.text("reach"), Some("host" | "vms")) && !lookup::is_mobile(vm)
}

fn fix(cluster: &Cluster, node: &Node, switch: &VirtualSwitch, kind: &str) -> String {
    if fixes::is_2008r2(cluster) {
        return format!(
            "on {} in Hyper-V Manager, Virtual Network Manager, {}: {kind}",
            node.name, switch.name
        );
    }
    format!(
        "Set-VMSwitch -ComputerName {} -Name {} -SwitchType {kind}",
        fixes::quoted(&node.name),
        fixes::quoted(&switch.name)
    )
}
