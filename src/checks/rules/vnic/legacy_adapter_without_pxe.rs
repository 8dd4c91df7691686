//! A legacy adapter that nobody boots from.

use crate::checks::rules::{Fault, Hosts, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Vm, VmState, Vnic};

/// The rule.
pub static RULE: Rule = Rule {
    name: "legacy-adapter-without-pxe",
    severity: Severity::Warning,
    family: "vnic",
    hosts: Hosts::Any,
    summary: "a VM that is not off has a legacy adapter and does not boot from the network",
    risk: "the adapter is emulated: 100 Mbit/s class, and every packet costs the host CPU time",
    source: "T. Joos, ADMIN magazine; Microsoft, Should I create a generation 1 or 2 virtual machine",
    page: include_str!("legacy_adapter_without_pxe.md"),
    columns: &["vnics.type", "vms.pxe", "vms.state", "vms.generation", "vms.vm"],
    subject: "adapters of generation 1 VMs",
    asks: &["vms.vm", "vms.pxe"],
    needs: &["vnics.type"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let first = lookup::vnics(cluster).filter(|(vm, _)| vm.generation == 1);
    report.look_at(first.clone().count());
    if !report.asks("vms.pxe") {
        return;
    }
    let legacy = first.filter(|(vm, vnic)| vnic.legacy && !vm.pxe);
    for (vm, vnic) in legacy.filter(|(vm, _)| vm.state != VmState::Off) {
        let subject = lookup::vnic_name(vm, vnic);
        report.add(Fault {
            message: format!(
                "{subject} is a legacy adapter, and {} does not boot from the network",
                vm.name
            ),
            subject,
            current: "legacy".to_owned(),
            expected: "synthetic, or pxe: yes".to_owned(),
            fix: fix(cluster, vm, vnic),
            at: vec![report.at(vnic.origin, "type"), report.at(vm.origin, "pxe")],
        });
    }
}

/// What is left to do inside.
const AFTER: &str = "the guest then has a new adapter: give it the IP settings of the old one";

fn fix(cluster: &Cluster, vm: &Vm, vnic: &Vnic) -> String {
    let first = "check that the guest has integration services, turn the VM off, then: ";
    if fixes::is_2008r2(cluster) {
        return format!(
            "{first}{}: Remove; Add Hardware, Network Adapter, with the network, VLAN ID and MAC address of the old one; {AFTER}",
            fixes::vnic_settings(vm, vnic)
        );
    }
    let (name, adapter, switch) = (
        fixes::quoted(&vm.name),
        fixes::quoted(&vnic.name),
        fixes::quoted(&vnic.switch),
    );
    let host = fixes::on_host(cluster, vm);
    let connect = if vnic.switch.is_empty() {
        String::new()
    } else {
        format!(" -SwitchName {switch}")
    };
    let mac = vnic.mac.filter(|_| !vnic.dynamic_mac);
    let mac = mac.map_or(String::new(), |mac| {
        format!(" -StaticMacAddress {}", fixes::digits(mac))
    });
    let list: Vec<String> = vnic.vlans.iter().map(ToString::to_string).collect();
    let mode = match list.as_slice() {
        [] => String::new(),
        [vlan] => format!("-Access -VlanId {vlan}"),
        many => format!("-Trunk -AllowedVlanIdList '{}' -NativeVlanId 0", many.join(",")),
    };
    let vlan = if mode.is_empty() {
        String::new()
    } else {
        format!("; Set-VMNetworkAdapterVlan{host} -VMName {name} -VMNetworkAdapterName {adapter} {mode}")
    };
    format!(
        "{first}Remove-VMNetworkAdapter{host} -VMName {name} -Name {adapter}; \
         Add-VMNetworkAdapter{host} -VMName {name} -Name {adapter}{connect}{mac}{vlan}; {AFTER}"
    )
}
