//! An adapter must reach more than its virtual switch does.

use crate::checks::rules::{Fault, Hosts, Report, Rule, fixes, lookup, vswitch};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, SwitchKind, Vm, Vnic};

/// The rule.
pub static RULE: Rule = Rule {
    name: "switch-reaches-too-little",
    severity: Severity::Error,
    family: "vswitch",
    hosts: Hosts::Any,
    summary: "an adapter must reach other machines or the host, but its virtual switch ends before them",
    risk: "the guest does not reach what it was built to reach",
    source: "Microsoft, New-VMSwitch, parameter SwitchType; T. Joos, ADMIN magazine (types of virtual networks)",
    page: include_str!("switch_reaches_too_little.md"),
    columns: &["vnics.reach", "vnics.switch", "switches.type", "vms.node"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for (vm, vnic) in lookup::vnics(cluster) {
        let node = vm.host.and_then(|host| cluster.nodes.get(host));
        let Some(switch) = node.and_then(|node| vswitch::switch_on(node, &vnic.switch)) else {
            continue;
        };
        let (kind, wanted) = match (vnic.facts.text("reach"), switch.kind) {
            (Some("outside"), SwitchKind::Internal) => ("internal", "external"),
            (Some("outside"), SwitchKind::Private) => ("private", "external"),
            (Some("host"), SwitchKind::Private) => ("private", "internal"),
            _ => continue,
        };
        let whom = if wanted == "external" {
            "other machines"
        } else {
            "its node"
        };
        let subject = lookup::vnic_name(vm, vnic);
        report.add(Fault {
            message: format!("{subject} must reach {whom}, but switch {} is {kind}", vnic.switch),
            subject,
            current: kind.to_owned(),
            expected: wanted.to_owned(),
            fix: fix(cluster, vm, vnic, wanted),
            at: vec![report.at(vnic.origin, "switch"), report.at(switch.origin, "type")],
        });
    }
}

fn fix(cluster: &Cluster, vm: &Vm, vnic: &Vnic, wanted: &str) -> String {
    if fixes::is_2008r2(cluster) {
        return format!("{}: choose an {wanted} network", fixes::vnic_settings(vm, vnic));
    }
    let kind = match wanted {
        "external" => SwitchKind::External,
        _ => SwitchKind::Internal,
    };
    let switch = fixes::only_switch(cluster, vm, kind);
    format!(
        "connect it to an {wanted} switch: Connect-VMNetworkAdapter{} -VMName {} -Name {} -SwitchName {switch}",
        fixes::on_host(cluster, vm),
        fixes::quoted(&vm.name),
        fixes::quoted(&vnic.name)
    )
}
