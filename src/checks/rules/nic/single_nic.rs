//! A node with one port.

use crate::checks::rules::{Fault, Hosts, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "single-nic",
    severity: Severity::Error,
    family: "nic",
    hosts: Hosts::Any,
    summary: "a node has a single NIC",
    risk: "one cable, port or driver takes the node and its VMs off the network, and no traffic can be kept apart",
    source: "Hyper-V Best Practices Analyzer, \"More than one network adapter should be available\"",
    page: include_str!("single_nic.md"),
    columns: &["nics.node", "nics.nic", "nodes.node"],
    subject: "nodes",
    leaves: Some("the number of ports of a node"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    report.look_at(cluster.nodes.len());
    for node in &cluster.nodes {
        let [nic] = node.nics.as_slice() else { continue };
        report.add(Fault {
            subject: node.name.clone(),
            message: format!("{} has a single NIC, {}", node.name, nic.name),
            current: "1 NIC".to_owned(),
            expected: "2 NICs or more, on two cards".to_owned(),
            fix: format!("add a NIC to {}, or the rows that are missing in nics.csv", node.name),
            at: vec![report.at(nic.origin, "nic")],
        });
    }
}
