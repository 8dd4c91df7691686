//! VMs without compatibility mode on nodes with different processors.

use crate::checks::rules::{Fault, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Vm, VmState};
use crate::units::count;
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    name: "processor-models-differ",
    severity: Severity::Warning,
    family: "live-migration",
    summary: "VMs without processor compatibility may run on nodes with different processors",
    risk: "Windows refuses to move such a VM to an older processor while it runs: the drain stops there",
    source: "Microsoft, Processor compatibility for Hyper-V virtual machines; Set-VMProcessor, CompatibilityForMigrationEnabled",
    page: include_str!("processor_models_differ.md"),
    columns: &[
        "clusters.profile",
        "nodes.processor_model",
        "vms.possible_owners",
        "vms.processor_compatibility",
        "vms.state",
        "vms.vm",
    ],
    needs: &["nodes.processor_model", "vms.processor_compatibility"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let found: Vec<&Vm> = cluster
        .vms
        .iter()
        .filter(|vm| vm.state == VmState::Running && vm.facts.yes("processor_compatibility") == Some(false))
        .filter(|vm| models(cluster, vm).len() > 1)
        .collect();
    let Some(first) = found.first() else {
        return;
    };
    let names: Vec<&str> = found.iter().map(|vm| vm.name.as_str()).collect();
    let models: Vec<&str> = models(cluster, first).into_iter().collect();
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "{} may run on nodes with different processors, without processor compatibility: {}",
            count(names.len(), "VM"),
            lookup::list(&names)
        ),
        current: format!("off, with {}", lookup::list(&models)),
        expected: "processor compatibility on, or nodes with one kind of processor".to_owned(),
        fix: if fixes::is_2008r2(cluster) {
            "turn the VM off; Hyper-V Manager, Settings, Processor: tick \"Migrate to a physical computer with a different processor version\"".to_owned()
        } else {
            format!(
                "turn the VM off, then: Set-VMProcessor{} -VMName {} -CompatibilityForMigrationEnabled $true",
                fixes::on_host(cluster, first),
                fixes::quoted(&first.name)
            )
        },
        at: found.iter().map(|vm| report.at(vm.origin, "processor_compatibility")).collect(),
    });
}

/// Kinds of processors of the nodes that may run the VM. A stepping makes no kind of its own.
fn models<'a>(cluster: &'a Cluster, vm: &Vm) -> BTreeSet<&'a str> {
    let owners = vm.owners.iter().filter_map(|owner| cluster.nodes.get(*owner));
    let written = owners.filter_map(|node| node.facts.text("processor_model"));
    written
        .map(|text| text.split(" Stepping").next().unwrap_or(text).trim())
        .collect()
}
