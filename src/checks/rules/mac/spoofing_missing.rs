//! A VM names a reason for spoofing and does not have it.

use crate::checks::rules::{Fault, Report, Rule, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "spoofing-missing",
    severity: Severity::Warning,
    family: "mac",
    summary: "a VM needs MAC address spoofing for a reason beside NLB, but no adapter of it has it on",
    risk: "the switch drops what the guest sends with other addresses: VMs inside it, a shared address or a \
        bridge do not work",
    source: "Microsoft, Run Hyper-V in a virtual machine with nested virtualization; Best practices for running \
        FreeBSD on Hyper-V (CARP)",
    page: include_str!("spoofing_missing.md"),
    columns: &["vms.spoofing_reason", "vnics.spoofing"],
    asks: &["vms.spoofing_reason"],
    needs: &["vnics.spoofing"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for vm in cluster.vms.iter().filter(|vm| !vm.spoofing_reason.is_empty()) {
        let known = report.knows("vnics.spoofing");
        let Some(vnic) = vm.vnics.first().filter(|_| known) else {
            continue;
        };
        if vm.vnics.iter().any(|vnic| vnic.spoofing) {
            continue;
        }
        report.add(Fault {
            subject: vm.name.clone(),
            message: format!(
                "{} needs spoofing ({}), but it is off on all its adapters",
                vm.name, vm.spoofing_reason
            ),
            current: "spoofing off".to_owned(),
            expected: "spoofing on at the adapter that needs it, or no reason in spoofing_reason".to_owned(),
            fix: fixes::allow_spoofing(cluster, vm, vnic),
            at: vec![
                report.at(vnic.origin, "spoofing"),
                report.at(vm.origin, "spoofing_reason"),
            ],
        });
    }
}
