//! A node whose external switch has another name than on the other nodes.

use super::external_by_node;
use crate::checks::rules::{Fault, Hosts, Report, Rule, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Node, Origin};
use crate::units::{look_alike, same_name};
use std::collections::{BTreeMap, BTreeSet};

/// The rule.
pub static RULE: Rule = Rule {
    name: "switch-names-differ",
    severity: Severity::Error,
    family: "vswitch",
    hosts: Hosts::Any,
    summary: "an external switch has another name than on the other nodes",
    risk: "VMs find their network by the switch's name: live migration is refused and failover ends without a network",
    source: "Microsoft, Hyper-V Live Migration FAQ; Test-Cluster, Validate Virtual Switch Compatibility",
    page: include_str!("switch_names_differ.md"),
    columns: &["switches.switch", "switches.type", "nics.current_role"],
    subject: "nodes with an external switch",
    asks: &["switches.switch|nics.current_role"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let by_node = external_by_node(cluster);
    report.look_at(by_node.iter().filter(|names| !names.is_empty()).count());
    let common = common_names(&by_node);
    for (node, names) in cluster.nodes.iter().zip(&by_node) {
        for (odd, expected) in pairs(names, &common) {
            let (column, origin) = place(node, odd);
            let hint = look_alike(odd, expected);
            report.add(Fault {
                subject: format!("{}/{odd}", node.name),
                message: format!(
                    "{} has a switch {odd} where the other nodes have {expected}{}",
                    node.name,
                    hint.map_or_else(String::new, |hint| format!("; they look alike, but {hint}"))
                ),
                current: odd.to_owned(),
                expected: expected.to_owned(),
                fix: rename(cluster, node, odd, expected),
                at: vec![report.at(origin, column)],
            });
        }
    }
}

/// The switch of a node that has another name than this one of the other nodes.
pub(super) fn named_otherwise<'a>(by_node: &[BTreeSet<&'a str>], node: usize, switch: &str) -> Option<&'a str> {
    let common = common_names(by_node);
    let found = pairs(by_node.get(node)?, &common).into_iter();
    found
        .filter(|(_, expected)| same_name(expected, switch))
        .map(|(odd, _)| odd)
        .next()
}

/// Names that a node has and the others do not, each with one that it lacks: first those that look alike, then in their order.
fn pairs<'a>(names: &BTreeSet<&'a str>, common: &BTreeSet<&'a str>) -> Vec<(&'a str, &'a str)> {
    let (mut odd, mut lacking) = (without(names, common), without(common, names));
    let mut found = Vec::new();
    while let Some((at, twin)) = odd.iter().enumerate().find_map(|(at, name)| {
        let twin = lacking.iter().position(|other| look_alike(name, other).is_some());
        twin.map(|twin| (at, twin))
    }) {
        found.push((odd.remove(at), lacking.remove(twin)));
    }
    found.extend(odd.into_iter().zip(lacking));
    found
}

/// Gives the switch of a node the name that it has on the others.
pub(super) fn rename(cluster: &Cluster, node: &Node, odd: &str, expected: &str) -> String {
    if !cluster.runs_hyper_v() {
        return format!(
            "if both are one network: call it {expected} on {}, too, in vSphere or in the imported tables; a plan makes one external \
             network of each name, on every node",
            node.name
        );
    }
    if fixes::is_2008r2(cluster) {
        return format!(
            "on {} in Hyper-V Manager, Virtual Network Manager: rename {odd} to {expected}",
            node.name
        );
    }
    format!(
        "Rename-VMSwitch -ComputerName {} -Name {} -NewName {}",
        fixes::quoted(&node.name),
        fixes::quoted(odd),
        fixes::quoted(expected)
    )
}

/// Names of the first set that the second has in no spelling.
fn without<'a>(names: &BTreeSet<&'a str>, others: &BTreeSet<&str>) -> Vec<&'a str> {
    names
        .iter()
        .filter(|name| !others.iter().any(|other| same_name(name, other)))
        .copied()
        .collect()
}

/// Names on more than half of the nodes that have external switches; where there are none, those of the first such node.
fn common_names<'a>(by_node: &[BTreeSet<&'a str>]) -> BTreeSet<&'a str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in by_node.iter().flatten() {
        *counts.entry(name).or_default() += 1;
    }
    let nodes = by_node.iter().filter(|names| !names.is_empty()).count();
    let common: BTreeSet<&str> = counts
        .into_iter()
        .filter(|(_, n)| n * 2 > nodes)
        .map(|(name, _)| name)
        .collect();
    if common.is_empty() {
        by_node
            .iter()
            .find(|names| !names.is_empty())
            .cloned()
            .unwrap_or_default()
    } else {
        common
    }
}

/// Where a switch name stands: its own row, else the NIC that is bound to it.
fn place(node: &Node, switch: &str) -> (&'static str, Origin) {
    let row = node.switches.iter().find(|s| s.name == switch).map(|s| s.origin);
    let nic = node.nics.iter().find(|n| n.switch.as_deref() == Some(switch));
    match (row, nic.map(|nic| nic.origin)) {
        (Some(row), nic) if nic != Some(row) => ("switch", row),
        (_, Some(nic)) => ("current_role", nic),
        _ => ("node", node.origin),
    }
}
