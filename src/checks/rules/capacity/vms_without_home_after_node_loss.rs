//! A node has VMs that no other node can take.

use super::{Words, tell_losses};
use crate::checks::rules::{Hosts, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "vms-without-home-after-node-loss",
    severity: Severity::Warning,
    family: "capacity",
    hosts: Hosts::Any,
    summary: "a node has VMs that no other node can take",
    risk: "when the node fails these VMs stay off, and it cannot be emptied for updates (event 1137)",
    source: "Microsoft Learn, Get-ClusterOwnerNode (possible owners), AntiAffinityClassNames and ClusterEnforcedAntiAffinity; own derivation",
    page: include_str!("vms_without_home_after_node_loss.md"),
    columns: &[
        "nodes.memory_mib",
        "vms.memory_mib",
        "vms.node",
        "vms.possible_owners",
        "vms.state",
        "vms.vm",
    ],
    subject: "nodes that others could stand in for",
    asks: &["vms.vm"],
    needs: &["vms.node"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let words = Words {
        current: "no node takes them",
        expected: "a node that takes each of them",
        column: "node",
    };
    tell_losses(cluster, report, &words, |loss| (&loss.homeless, &loss.why_homeless));
}
