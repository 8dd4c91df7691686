//! A VM's VLAN does not reach its switch on a node that may run the VM.

use crate::checks::rules::{Fault, Hosts, Report, Rule, lookup};
use crate::finding::{Location, Severity};
use crate::inventory::{Cluster, Inventory, Nic, Node, Vm};
use crate::units::{count, listed, same_name};
use std::collections::{BTreeMap, BTreeSet};

/// The rule.
pub static RULE: Rule = Rule {
    name: "vm-vlan-missing-on-node",
    severity: Severity::Error,
    family: "vlan",
    hosts: Hosts::Any,
    summary: "a VM's VLAN is not trunked to its virtual switch on a node that may run the VM",
    risk: "after a move to that node the VM has no network, although everything shows as healthy",
    source: "Microsoft, Hyper-V Live Migration FAQ; T. Joos, ADMIN magazine",
    page: include_str!("vm_vlan_missing_on_node.md"),
    columns: &[
        "nics.vlans",
        "nics.current_role",
        "vnics.vlans",
        "vnics.switch",
        "vms.possible_owners",
        "switches.nics",
    ],
    subject: "adapters of VMs with a VLAN",
    asks: &["vnics.vlans"],
    needs: &["nics.vlans", "vnics.switch", "nics.current_role|switches.nics"],
    check,
    ..Rule::BASE
};

/// A node, and its ports that lack a VLAN.
type Lack<'a> = (usize, Vec<&'a Nic>);
/// Node, switch, VLAN.
type Gap<'a> = (usize, &'a str, u16);

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let tagged = lookup::vnics(cluster).filter(|(_, vnic)| !vnic.isolated && !vnic.vlans.is_empty());
    report.look_at(tagged.count());
    let mut ports = cluster
        .nodes
        .iter()
        .flat_map(|n| &n.nics)
        .filter(|nic| nic.switch.is_some());
    if ports.any(|nic| nic.vlans.is_none()) {
        report.lacks("nics.vlans");
    }
    for ((index, switch, vlan), (nics, vms)) in gaps(cluster) {
        let node = &cluster.nodes[index];
        let names: Vec<&str> = vms.iter().map(|vm| vm.name.as_str()).collect();
        let mut at: Vec<Location> = nics.iter().map(|nic| report.at(nic.origin, "vlans")).collect();
        let ports: Vec<&str> = nics.iter().map(|nic| nic.name.as_str()).collect();
        at.extend(
            vms.iter()
                .filter_map(|vm| vm.vnics.iter().find(|v| v.vlans.contains(&vlan)))
                .map(|v| report.at(v.origin, "vlans")),
        );
        report.add(Fault {
            subject: format!("{}/{}", node.name, lookup::list(&ports)),
            message: format!(
                "VLAN {vlan} does not reach switch {switch} on {}, where {} with it may run: {}",
                node.name,
                count(names.len(), "VM"),
                lookup::list(&names)
            ),
            current: nics.iter().map(|nic| carried(nic)).collect::<Vec<_>>().join("; "),
            expected: format!("VLAN {vlan} on every port of the switch, on every node"),
            fix: format!("add VLAN {vlan} to the trunk of {}", trunks(node, &nics)),
            at,
        });
    }
}

/// `B carries VLAN 10`.
fn carried(nic: &Nic) -> String {
    format!(
        "{} carries {}",
        nic.name,
        nic.vlans.as_ref().map(words).unwrap_or_default()
    )
}

/// Every port without the VLAN, with the port of the physical switch where it is known.
fn trunks(node: &Node, nics: &[&Nic]) -> String {
    let one = |nic: &&Nic| {
        let port = if nic.tor_port.is_empty() {
            String::new()
        } else {
            format!(" ({})", nic.tor_port)
        };
        format!("{}/{} on its physical switch port{port}", node.name, nic.name)
    };
    listed(&nics.iter().map(one).collect::<Vec<_>>())
}

fn words(vlans: &BTreeSet<u16>) -> String {
    let all: Vec<String> = vlans.iter().map(u16::to_string).collect();
    if all.is_empty() {
        "no VLAN".to_owned()
    } else {
        format!("VLAN {}", lookup::list(&all))
    }
}

/// Every node, switch and VLAN that some VM needs there and does not find, with the ports without it and those VMs.
fn gaps(cluster: &Cluster) -> BTreeMap<Gap<'_>, (Vec<&Nic>, Vec<&Vm>)> {
    let mut missing: BTreeMap<(&str, u16), Vec<Lack<'_>>> = BTreeMap::new();
    let mut gaps: BTreeMap<Gap<'_>, (Vec<&Nic>, Vec<&Vm>)> = BTreeMap::new();
    for (vm, vnic) in lookup::vnics(cluster).filter(|(_, vnic)| !vnic.isolated && !vnic.switch.is_empty()) {
        for vlan in &vnic.vlans {
            let switch = vnic.switch.as_str();
            let nodes = missing
                .entry((switch, *vlan))
                .or_insert_with(|| nodes_without(cluster, switch, *vlan));
            for (node, nics) in nodes.iter().filter(|(n, _)| vm.owners.binary_search(n).is_ok()) {
                let (_, vms) = gaps
                    .entry((*node, switch, *vlan))
                    .or_insert_with(|| (nics.clone(), Vec::new()));
                if vms.last().is_none_or(|last| last.name != vm.name) {
                    vms.push(vm);
                }
            }
        }
    }
    gaps
}

fn nodes_without<'a>(cluster: &'a Cluster, switch: &str, vlan: u16) -> Vec<Lack<'a>> {
    let nodes = cluster.nodes.iter().enumerate();
    nodes
        .map(|(index, node)| (index, without_vlan(node, switch, vlan)))
        .filter(|(_, nics)| !nics.is_empty())
        .collect()
}

/// The ports of a switch on a node that are known not to carry a VLAN: a VM may sit on any one of them.
fn without_vlan<'a>(node: &'a Node, switch: &str, vlan: u16) -> Vec<&'a Nic> {
    let bound = node
        .nics
        .iter()
        .filter(|nic| same_name(nic.switch.as_deref().unwrap_or_default(), switch));
    bound
        .filter(|nic| nic.vlans.as_ref().is_some_and(|set| !set.contains(&vlan)))
        .collect()
}
