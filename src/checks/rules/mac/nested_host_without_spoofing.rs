//! A guest that runs Hyper-V, whose VMs cannot send.

use crate::checks::rules::{Fault, Report, Rule, Versions, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Vm};
use crate::profiles::WS2016;

/// The rule.
pub static RULE: Rule = Rule {
    name: "nested-host-without-spoofing",
    severity: Severity::Warning,
    family: "mac",
    summary: "a guest runs Hyper-V without NAT, but no adapter of it may send with other MAC addresses",
    risk: "the switch drops everything the VMs inside the guest send: they have no network",
    source: "Microsoft, Run Hyper-V in a virtual machine with nested virtualization (networking)",
    page: include_str!("nested_host_without_spoofing.md"),
    columns: &[
        "vms.nested_virtualization",
        "vms.nested_nat",
        "vnics.spoofing",
        "clusters.profile",
    ],
    asks: &["vnics.spoofing"],
    versions: Versions::from(WS2016),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for vm in cluster.vms.iter().filter(|vm| is_bridged(vm)) {
        let Some(vnic) = vm.vnics.first().filter(|_| report.asks("vnics.spoofing")) else {
            continue;
        };
        if vm.vnics.iter().any(|vnic| vnic.spoofing) {
            continue;
        }
        report.add(Fault {
            subject: vm.name.clone(),
            message: format!(
                "{} runs VMs of its own without NAT, but spoofing is off on all its adapters",
                vm.name
            ),
            current: "spoofing off".to_owned(),
            expected: "spoofing on at the adapter that the VMs inside use, or NAT".to_owned(),
            fix: fixes::allow_spoofing(cluster, vm, vnic),
            at: vec![
                report.at(vnic.origin, "spoofing"),
                report.at(vm.origin, "nested_virtualization"),
            ],
        });
    }
}

fn is_bridged(vm: &Vm) -> bool {
    vm.facts.yes("nested_virtualization") == Some(true) && vm.facts.yes("nested_nat") == Some(false)
}
