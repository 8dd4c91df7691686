//! Guests without integration services, or with old ones.

use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Vm, VmState};
use crate::profiles::WS2012R2;
use crate::units::count;

/// The rule.
pub static RULE: Rule = Rule {
    name: "integration-services-missing",
    severity: Severity::Warning,
    family: "vnic",
    summary: "a running guest has no integration services, or older ones than its host",
    risk: "without them a synthetic adapter does nothing in the guest; old ones are slower and may lose the \
        network after a migration",
    source: "Hyper-V Best Practices Analyzer, rules about integration services; T. Joos, ADMIN magazine",
    page: include_str!("integration_services_missing.md"),
    columns: &[
        "vms.integration_services",
        "vms.state",
        "vnics.type",
        "clusters.profile",
    ],
    versions: Versions::until(WS2012R2),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    // From 2016 on they come to Windows guests with its updates, and the host has no disc with them.
    let states = [
        ("none", Severity::Warning, "not installed"),
        ("update-required", Severity::Info, "older than the host's"),
    ];
    for (state, severity, words) in states {
        let found: Vec<&Vm> = cluster.vms.iter().filter(|vm| has(vm, state)).collect();
        let Some(first) = found.first() else { continue };
        let names: Vec<&str> = found.iter().map(|vm| vm.name.as_str()).collect();
        let fault = Fault {
            subject: if found.len() == 1 {
                first.name.clone()
            } else {
                cluster.name.clone()
            },
            message: format!(
                "integration services are {words} in {}: {}",
                count(found.len(), "running VM"),
                lookup::list(&names)
            ),
            current: words.to_owned(),
            expected: "the version of the host".to_owned(),
            fix: fix(cluster, first),
            at: found
                .iter()
                .map(|vm| report.at(vm.origin, "integration_services"))
                .collect(),
        };
        report.add_as(severity, fault);
    }
}

/// A VM with legacy adapters alone has a network without them.
fn has(vm: &Vm, state: &str) -> bool {
    vm.facts.text("integration_services") == Some(state)
        && vm.state == VmState::Running
        && vm.vnics.iter().any(|vnic| !vnic.legacy)
}

fn fix(cluster: &Cluster, vm: &Vm) -> String {
    let last = "then run setup in the guest and restart it; Linux brings them in its kernel";
    if fixes::is_2008r2(cluster) {
        return format!(
            "Virtual Machine Connection to {}, Action, Insert Integration Services Setup Disk; {last}",
            vm.name
        );
    }
    format!(
        "Set-VMDvdDrive{} -VMName {} -Path C:\\Windows\\System32\\vmguest.iso; {last}",
        fixes::on_host(cluster, vm),
        fixes::quoted(&vm.name)
    )
}
