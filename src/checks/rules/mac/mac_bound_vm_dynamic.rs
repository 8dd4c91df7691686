//! A VM whose address must not change has a dynamic one.

use super::{known_pool, make_static};
use crate::checks::rules::{Fault, Hosts, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Vm, Vnic};

/// The rule.
pub static RULE: Rule = Rule {
    name: "mac-bound-vm-dynamic",
    severity: Severity::Error,
    family: "mac",
    hosts: Hosts::Any,
    summary: "a VM whose MAC address must not change has a dynamic one",
    risk: "after a move and a restart the address is another: activation, DHCP reservation or licence fails",
    source: "T. Joos, ADMIN magazine; B. Armstrong (2010)",
    page: include_str!("mac_bound_vm_dynamic.md"),
    columns: &["vms.mac_bound", "vms.possible_owners", "vnics.mac_type", "vnics.mac"],
    subject: "adapters of VMs bound to their address",
    asks: &["vms.mac_bound"],
    needs: &["vnics.mac_type"],
    check,
    ..Rule::BASE
};

fn check(inventory: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let bound = lookup::vnics(cluster).filter(|(vm, _)| !vm.mac_bound.is_empty());
    report.look_at(bound.clone().count());
    if !report.knows("vnics.mac_type") {
        return;
    }
    let bound = bound.filter(|(_, vnic)| vnic.dynamic_mac);
    for (vm, vnic) in bound.filter(|(vm, vnic)| may_change(cluster, vm, vnic)) {
        let planned = report.planned_static(&vm.name, &vnic.name).and_then(|p| p.planned);
        let subject = lookup::vnic_name(vm, vnic);
        report.add(Fault {
            message: format!(
                "{subject} must keep its address ({}), but the address is dynamic",
                vm.mac_bound
            ),
            subject,
            current: "dynamic".to_owned(),
            expected: planned.map_or("static".to_owned(), |m| format!("static, {m}")),
            fix: make_static(inventory, cluster, report, (vm, vnic), planned),
            at: vec![report.at(vnic.origin, "mac_type"), report.at(vm.origin, "mac_bound")],
        });
    }
}

/// On its only node a VM keeps an address that lies in the node's pool.
fn may_change(cluster: &Cluster, vm: &Vm, vnic: &Vnic) -> bool {
    let pool = vm.host.and_then(|h| cluster.nodes.get(h)).and_then(known_pool);
    let outside = pool.is_some_and(|p| vnic.mac.is_some_and(|m| !p.contains(m)));
    lookup::is_mobile(vm) || outside
}
