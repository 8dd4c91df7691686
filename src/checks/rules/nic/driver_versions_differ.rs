//! Ports of one model that run different drivers on different nodes.

use crate::checks::rules::{Fault, Report, Rule, lookup};
use crate::finding::{Location, Severity};
use crate::inventory::{Cluster, Inventory, Node};
use std::collections::{BTreeMap, BTreeSet};

/// The rule.
pub static RULE: Rule = Rule {
    name: "driver-versions-differ",
    severity: Severity::Warning,
    family: "nic",
    summary: "ports of one model run different driver versions on different nodes",
    risk: "offloads, RDMA and faults differ by node, so that a VM behaves differently after each move",
    source: "Microsoft Validate-DCB; Azure Local Environment Validator, NetworkAdapter-DriverConsistency",
    page: include_str!("driver_versions_differ.md"),
    columns: &["nics.driver_version", "nics.model"],
    check,
    ..Rule::BASE
};

/// Driver versions of one model on one node.
struct Versions<'a> {
    node: &'a Node,
    versions: BTreeSet<&'a str>,
    at: Location,
}

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut models: BTreeMap<String, (&str, Vec<Versions<'_>>)> = BTreeMap::new();
    for node in &cluster.nodes {
        for nic in &node.nics {
            let Some(version) = nic.facts.text("driver_version") else {
                continue;
            };
            if nic.model.is_empty() {
                report.lacks("nics.model");
                continue;
            }
            let (_, nodes) = models
                .entry(nic.model.to_lowercase())
                .or_insert((nic.model.as_str(), Vec::new()));
            match nodes.last_mut().filter(|last| last.node.name == node.name) {
                Some(last) => {
                    last.versions.insert(version);
                }
                None => nodes.push(Versions {
                    node,
                    versions: BTreeSet::from([version]),
                    at: report.at(nic.origin, "driver_version"),
                }),
            }
        }
    }
    for (model, nodes) in models.into_values() {
        if nodes
            .iter()
            .any(|n| Some(&n.versions) != nodes.first().map(|first| &first.versions))
        {
            add(report, model, &nodes);
        }
    }
}

fn add(report: &mut Report<'_>, model: &str, nodes: &[Versions<'_>]) {
    let mut by_version: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for here in nodes {
        for version in &here.versions {
            by_version.entry(version).or_default().push(&here.node.name);
        }
    }
    let words: Vec<String> = by_version
        .iter()
        .map(|(version, names)| format!("{version} on {}", lookup::list(names)))
        .collect();
    report.add(Fault {
        subject: model.to_owned(),
        message: format!("the nodes run different drivers for {model}: {}", words.join("; ")),
        current: lookup::list(&by_version.keys().collect::<Vec<_>>()),
        expected: "one version on every node".to_owned(),
        fix: format!("install one driver version for {model} on every node, one node after the other"),
        at: nodes.iter().map(|n| n.at.clone()).collect(),
    });
}
