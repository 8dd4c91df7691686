//! A VM that may move is on a switch that ends at its host.

use crate::checks::rules::{Fault, Hosts, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "clustered-vm-on-internal-switch",
    severity: Severity::Warning,
    family: "vswitch",
    hosts: Hosts::Any,
    summary: "a VM that may run on several nodes is on an internal or private switch",
    risk: "the switch ends at the host: after a move the VM no longer reaches the VMs it talked to",
    source: "own derivation from the kinds of virtual switches",
    page: include_str!("clustered_vm_on_internal_switch.md"),
    columns: &[
        "vnics.switch",
        "switches.type",
        "vms.possible_owners",
        "vms.vm",
        "switches.switch",
    ],
    subject: "adapters of VMs that may run on several nodes",
    asks: &["vms.vm"],
    needs: &["vnics.switch", "switches.switch"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    report.look_at(lookup::vnics(cluster).filter(|(vm, _)| lookup::is_mobile(vm)).count());
    let found = lookup::vnics(cluster).filter(|(vm, vnic)| vnic.isolated && lookup::is_mobile(vm));
    for (vm, vnic) in found {
        let subject = lookup::vnic_name(vm, vnic);
        report.add(Fault {
            message: format!("{subject} is on switch {}, which ends at the host, but {} may move", vnic.switch, vm.name),
            subject,
            current: vnic.switch.clone(),
            expected: "an external switch that every possible owner has".to_owned(),
            fix: format!(
                "give this traffic a VLAN of its own on an external switch that every possible owner of {} has; bound to one node \
                 instead (possible_owners), the VMs stay off when it fails",
                vm.name
            ),
            at: vec![report.at(vnic.origin, "switch"), report.at(vm.origin, "possible_owners")],
        });
    }
}
