//! VMs that stand in for each other run on one node.

use crate::checks::rules::{Fault, Hosts, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Vm, VmState};
use crate::units::name_key;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "redundant-vms-on-one-node",
    severity: Severity::Warning,
    family: "capacity",
    hosts: Hosts::Any,
    summary: "all running VMs of an NLB cluster or of an anti-affinity group are on one node",
    risk: "when the node fails or restarts, the service that the VMs keep available is gone with it",
    source: "Microsoft, AntiAffinityClassNames (the cluster minds it when it places a VM; whoever moves one by hand may pass it over); own derivation",
    page: include_str!("redundant_vms_on_one_node.md"),
    columns: &[
        "vms.anti_affinity",
        "vms.clustered",
        "vms.nlb_cluster",
        "vms.node",
        "vms.possible_owners",
        "vms.state",
        "vms.vm",
    ],
    subject: "groups of VMs that stand in for each other",
    asks: &["vms.anti_affinity|vms.nlb_cluster"],
    needs: &["vms.node"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    if cluster.nodes.len() < 2 {
        return;
    }
    let groups = groups(cluster);
    report.look_at(groups.len());
    for (title, vms) in groups {
        let Some((node, last)) = shared_node(&vms) else {
            continue;
        };
        let Some(host) = cluster.nodes.get(node) else { continue };
        let names: Vec<&str> = vms.iter().map(|vm| vm.name.as_str()).collect();
        report.add(Fault {
            message: format!("{} of {title} run on one node, {}", lookup::list(&names), host.name),
            subject: title,
            current: host.name.clone(),
            expected: "two nodes or more".to_owned(),
            fix: apart(cluster, last, node),
            at: vms.iter().map(|vm| report.at(vm.origin, "node")).collect(),
        });
    }
}

/// Running VMs that stand in for each other; VMs that are one NLB cluster and one anti-affinity group are named once.
fn groups(cluster: &Cluster) -> Vec<(String, Vec<&Vm>)> {
    let mut all: BTreeMap<(u8, String), (String, Vec<&Vm>)> = BTreeMap::new();
    for vm in cluster.vms.iter().filter(|vm| vm.state == VmState::Running) {
        let nlb = vm.nlb.as_ref().map(|nlb| (0, "NLB cluster", nlb.name.as_str()));
        let group = (!vm.anti_affinity.is_empty()).then_some((1, "anti-affinity group", vm.anti_affinity.as_str()));
        for (kind, word, name) in [nlb, group].into_iter().flatten() {
            let group = all.entry((kind, name_key(name)));
            let (_, vms) = group.or_insert_with(|| (format!("{word} {name}"), Vec::new()));
            vms.push(vm);
        }
    }
    let mut told: Vec<(String, Vec<&Vm>)> = Vec::new();
    for (title, vms) in all.into_values() {
        let same = |other: &[&Vm]| other.iter().map(|vm| &vm.name).eq(vms.iter().map(|vm| &vm.name));
        if vms.len() > 1 && !told.iter().any(|(_, others)| same(others)) {
            told.push((title, vms));
        }
    }
    told
}

/// The one node that all of them are on, and the last of them.
fn shared_node<'a>(vms: &[&'a Vm]) -> Option<(usize, &'a Vm)> {
    let last = vms.last()?;
    let node = last.host?;
    vms.iter().all(|vm| vm.host == Some(node)).then_some((node, *last))
}

/// Another node for one of them.
fn apart(cluster: &Cluster, vm: &Vm, node: usize) -> String {
    if vm.facts.yes("clustered") == Some(false) {
        return format!(
            "{} is no role of the cluster: make it one (High Availability Wizard of Failover Cluster Manager) and move it, or put one of \
             them on another node",
            vm.name
        );
    }
    let other = vm.owners.iter().find(|owner| **owner != node);
    let Some(other) = other.and_then(|owner| cluster.nodes.get(*owner)) else {
        return format!(
            "give {} another possible owner and move it there, or put one of them on another node",
            vm.name
        );
    };
    let import = if fixes::is_2008r2(cluster) {
        "Import-Module FailoverClusters; "
    } else {
        ""
    };
    format!(
        "{import}Move-ClusterVirtualMachineRole -Cluster {} -Name {} -Node {}{}",
        cluster.argument(),
        fixes::quoted(&vm.name),
        fixes::quoted(&other.name),
        if import.is_empty() { " -MigrationType Live" } else { "" }
    )
}
