//! A generation 1 VM that should boot from the network without the adapter for it.

use crate::checks::rules::{Fault, Hosts, Report, Rule, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Vm};

/// The rule.
pub static RULE: Rule = Rule {
    name: "pxe-without-legacy-adapter",
    severity: Severity::Warning,
    family: "vnic",
    hosts: Hosts::Any,
    summary: "a generation 1 VM must boot from the network but has only synthetic adapters",
    risk: "it does not boot: generation 1 can PXE boot from a legacy adapter only",
    source: "Microsoft, Should I create a generation 1 or 2 virtual machine",
    page: include_str!("pxe_without_legacy_adapter.md"),
    columns: &["vms.pxe", "vms.generation", "vnics.type"],
    subject: "VMs that boot from the network",
    asks: &["vms.pxe"],
    needs: &["vms.generation", "vnics.type"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    report.look_at(cluster.vms.iter().filter(|vm| vm.pxe).count());
    if !report.knows("vms.generation") || !report.knows("vnics.type") {
        return;
    }
    for vm in cluster
        .vms
        .iter()
        .filter(|vm| vm.pxe && vm.generation == 1 && !vm.vnics.is_empty())
    {
        if vm.vnics.iter().any(|v| v.legacy) {
            continue;
        }
        report.add(Fault {
            subject: vm.name.clone(),
            message: format!(
                "{} must boot from the network, but as generation 1 VM it has no legacy adapter",
                vm.name
            ),
            current: "synthetic adapters only".to_owned(),
            expected: "a legacy adapter, at least while it is installed".to_owned(),
            fix: fix(cluster, vm),
            at: vec![report.at(vm.origin, "pxe"), report.at(vm.vnics[0].origin, "type")],
        });
    }
}

fn fix(cluster: &Cluster, vm: &Vm) -> String {
    if fixes::is_2008r2(cluster) {
        return format!(
            "turn the VM off; Hyper-V Manager, Settings of {}, Add Hardware, Legacy Network Adapter",
            vm.name
        );
    }
    let switch = &vm.vnics[0].switch;
    let connect = if switch.is_empty() {
        String::new()
    } else {
        format!(" -SwitchName {}", fixes::quoted(switch))
    };
    format!(
        "turn the VM off, then: Add-VMNetworkAdapter{} -VMName {} -Name 'PXE' -IsLegacy $true{connect}",
        fixes::on_host(cluster, vm),
        fixes::quoted(&vm.name)
    )
}
