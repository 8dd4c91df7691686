//! A vNIC without a switch among others that have one.

use crate::checks::rules::{Fault, Hosts, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, SwitchKind, Vm, VmState, Vnic};

/// The rule.
pub static RULE: Rule = Rule {
    name: "vnic-not-connected",
    severity: Severity::Warning,
    family: "vnic",
    hosts: Hosts::Any,
    summary: "an adapter of a running VM is connected to no virtual switch",
    risk: "the guest waits for a network that never comes, or the adapter is left over and only confuses",
    source: "Hyper-V Best Practices Analyzer, \"All virtual network adapters should be enabled and connected\"",
    page: include_str!("vnic_not_connected.md"),
    columns: &["vnics.switch", "vms.state", "vms.node", "vms.vm"],
    subject: "adapters of VMs",
    asks: &["vms.vm"],
    needs: &["vnics.switch", "vms.node"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    report.look_at(lookup::vnics(cluster).count());
    // An inventory that names no switch at all plans a new cluster.
    if lookup::vnics(cluster).all(|(_, vnic)| vnic.switch.is_empty()) {
        return;
    }
    let placed = lookup::vnics(cluster).filter(|(vm, _)| vm.host.is_some() && vm.state == VmState::Running);
    for (vm, vnic) in placed.filter(|(_, vnic)| vnic.switch.is_empty()) {
        let subject = lookup::vnic_name(vm, vnic);
        report.add(Fault {
            message: format!("{subject} is connected to no virtual switch"),
            subject,
            current: "not connected".to_owned(),
            expected: "connected, or removed".to_owned(),
            fix: fix(cluster, vm, vnic),
            at: vec![report.at(vnic.origin, "switch")],
        });
    }
}

fn fix(cluster: &Cluster, vm: &Vm, vnic: &Vnic) -> String {
    if !cluster.runs_hyper_v() {
        return format!(
            "before {} moves to Hyper-V: connect the adapter to a port group, or remove it",
            vm.name
        );
    }
    if fixes::is_2008r2(cluster) {
        return format!("{}: choose a network, or Remove", fixes::vnic_settings(vm, vnic));
    }
    let host = fixes::on_host(cluster, vm);
    let (name, adapter) = (fixes::quoted(&vm.name), fixes::quoted(&vnic.name));
    let switch = fixes::only_switch(cluster, vm, SwitchKind::External);
    format!(
        "Connect-VMNetworkAdapter{host} -VMName {name} -Name {adapter} -SwitchName {switch}, or \
         Remove-VMNetworkAdapter{host} -VMName {name} -Name {adapter}"
    )
}
