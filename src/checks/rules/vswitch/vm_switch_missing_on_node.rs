//! A VM's switch does not exist on a node that may run the VM.

use super::switch_names_differ::{named_otherwise, rename};
use super::{external_by_node, switch_on};
use crate::checks::rules::{Fault, Hosts, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Node, Vm, Vnic};
use crate::units::{look_alike, same_name};
use std::collections::{BTreeMap, BTreeSet};

/// The rule.
pub static RULE: Rule = Rule {
    name: "vm-switch-missing-on-node",
    severity: Severity::Error,
    family: "vswitch",
    hosts: Hosts::Any,
    summary: "a VM's virtual switch does not exist on a node that may run the VM",
    risk: "live migration to that node is refused, and after a failover the VM runs without a network",
    source: "Microsoft, Hyper-V Live Migration FAQ; Test-Cluster, Validate Virtual Switch Compatibility",
    page: include_str!("vm_switch_missing_on_node.md"),
    columns: &[
        "vnics.switch",
        "vms.possible_owners",
        "switches.switch",
        "nics.current_role",
        "nodes.not_exported",
    ],
    subject: "adapters of VMs on a switch",
    asks: &["vnics.switch"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let by_node = external_by_node(cluster);
    let mut nodes_without: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut missing: BTreeMap<(usize, &str), Vec<(&Vm, &Vnic)>> = BTreeMap::new();
    for (vm, vnic) in lookup::vnics(cluster).filter(|(_, v)| !v.isolated && !v.switch.is_empty()) {
        report.look_at(1);
        let switch = vnic.switch.as_str();
        // A switch that no row names is unknown everywhere.
        if !cluster.nodes.iter().any(|node| switch_on(node, switch).is_some()) {
            report.lacks("switches.switch");
        }
        let nodes = nodes_without.entry(switch).or_insert_with(|| lacking(&by_node, switch));
        for node in nodes.iter().filter(|n| vm.owners.binary_search(n).is_ok()) {
            // Not exported is unknown, not absent.
            if cluster.nodes[*node].wiring_unexported() {
                report.lacks("switches.switch");
                continue;
            }
            missing.entry((*node, switch)).or_default().push((vm, vnic));
        }
    }
    for ((index, switch), found) in missing {
        let node = &cluster.nodes[index];
        let names: Vec<&str> = found.iter().map(|(vm, _)| vm.name.as_str()).collect();
        let here: Vec<&str> = by_node[index].iter().copied().collect();
        let mut at = vec![report.at(node.origin, "node")];
        at.extend(found.iter().map(|(_, vnic)| report.at(vnic.origin, "switch")));
        report.add(Fault {
            subject: format!("{}/{switch}", node.name),
            message: format!(
                "switch {switch} does not exist on {}, where {} may run",
                node.name,
                lookup::list(&names)
            ),
            current: if here.is_empty() {
                "no external switch".to_owned()
            } else {
                lookup::list(&here)
            },
            expected: format!("external switch {switch}"),
            fix: match named_otherwise(&by_node, index, switch) {
                Some(odd) if look_alike(odd, switch).is_some() => rename(cluster, node, odd, switch),
                Some(odd) if cluster.runs_hyper_v() => format!(
                    "if {odd} is the same network: {}; else: {}",
                    rename(cluster, node, odd, switch),
                    fix(cluster, node, switch)
                ),
                _ => fix(cluster, node, switch),
            },
            at,
        });
    }
}

/// Nodes without the switch; none when no node has it.
fn lacking(by_node: &[BTreeSet<&str>], switch: &str) -> Vec<usize> {
    let has = |names: &BTreeSet<&str>| names.iter().any(|name| same_name(name, switch));
    let without: Vec<usize> = (0..by_node.len()).filter(|n| !has(&by_node[*n])).collect();
    if without.len() == by_node.len() {
        Vec::new()
    } else {
        without
    }
}

fn fix(cluster: &Cluster, node: &Node, switch: &str) -> String {
    if !cluster.runs_hyper_v() {
        return format!(
            "nothing, if the VMs may run on {} once it runs Hyper-V: a plan makes {switch} on every node; else take it out of their \
             possible owners",
            node.name
        );
    }
    if fixes::is_2008r2(cluster) {
        return format!(
            "on {} in Hyper-V Manager, Virtual Network Manager, New: External, name {switch}",
            node.name
        );
    }
    let (host, name) = (fixes::quoted(&node.name), fixes::quoted(switch));
    let free = node.nics.iter().find(|nic| lookup::is_idle(nic));
    let Some(nic) = free.map(|nic| fixes::quoted(&nic.name)) else {
        return format!(
            "no port of {} is free for {switch}: free or add one, or take {} out of the VMs' possible owners",
            node.name, node.name
        );
    };
    format!(
        "New-VMSwitch -ComputerName {host} -Name {name} -NetAdapterName {nic} -AllowManagementOS $false, or take {} out of the VMs' possible owners",
        node.name
    )
}
