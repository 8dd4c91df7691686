//! Nodes with processors of different makers.

use crate::checks::rules::{Fault, Hosts, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Node};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "processor-vendors-differ",
    severity: Severity::Error,
    family: "live-migration",
    hosts: Hosts::Any,
    summary: "the nodes of a cluster have processors of different makers",
    risk: "a running VM cannot move between them, not even with processor compatibility: every move and drain needs a shutdown",
    source: "Microsoft, Processor compatibility for Hyper-V virtual machines; Hyper-V Live Migration FAQ (Windows Server 2008 R2)",
    page: include_str!("processor_vendors_differ.md"),
    columns: &["nodes.processor_vendor"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found: BTreeMap<String, Vec<&Node>> = BTreeMap::new();
    for node in &cluster.nodes {
        if let Some(vendor) = node.facts.text("processor_vendor") {
            found.entry(vendor.trim().to_lowercase()).or_default().push(node);
        }
    }
    let mut groups: Vec<Vec<&Node>> = found.into_values().collect();
    groups.sort_by_key(|nodes| Reverse(nodes.len()));
    let [usual, odd @ ..] = groups.as_slice() else {
        return;
    };
    for nodes in odd {
        let names: Vec<&str> = nodes.iter().map(|node| node.name.as_str()).collect();
        let (own, other) = (vendor(nodes), vendor(usual));
        report.add(Fault {
            subject: lookup::list(&names),
            message: format!(
                "the processors of {} are from {own}, those of other nodes from {other}",
                lookup::list(&names)
            ),
            current: own.to_owned(),
            expected: other.to_owned(),
            fix: "split the cluster by maker; move VMs between the parts turned off, or by replication".to_owned(),
            at: nodes
                .iter()
                .map(|node| report.at(node.origin, "processor_vendor"))
                .collect(),
        });
    }
}

/// The maker as the first of the nodes writes it.
fn vendor<'a>(nodes: &[&'a Node]) -> &'a str {
    let first = nodes.first().and_then(|node| node.facts.text("processor_vendor"));
    first.unwrap_or_default()
}
