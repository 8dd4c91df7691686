//! A port that runs half duplex.

use crate::checks::rules::{Fault, Hosts, Report, Rule, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "half-duplex",
    severity: Severity::Warning,
    family: "nic",
    hosts: Hosts::Any,
    summary: "a port runs half duplex",
    risk: "it can only send or receive at a time, and collisions make it far slower than its speed says",
    source: "Microsoft, MSFT_NetAdapter class, property FullDuplex",
    page: include_str!("half_duplex.md"),
    columns: &["nics.full_duplex"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for node in &cluster.nodes {
        for nic in node
            .nics
            .iter()
            .filter(|nic| nic.facts.yes("full_duplex") == Some(false))
        {
            report.add(Fault {
                subject: format!("{}/{}", node.name, nic.name),
                message: format!("{} on {} runs half duplex", nic.name, node.name),
                current: "half duplex".to_owned(),
                expected: "full duplex".to_owned(),
                fix: fixes::set_speed_and_duplex(cluster, node, nic),
                at: vec![report.at(nic.origin, "full_duplex")],
            });
        }
    }
}
