//! After the loss of a node VMs of one anti-affinity group share a node.

use super::{Words, tell_losses};
use crate::checks::rules::{Hosts, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "anti-affinity-broken-by-node-loss",
    severity: Severity::Warning,
    family: "capacity",
    hosts: Hosts::Any,
    summary: "after the loss of a node VMs of one anti-affinity group share a node",
    risk: "the service that the group keeps available then hangs on one node: the next failure takes all of it",
    source: "Microsoft, AntiAffinityClassNames (a preference: the cluster ignores it where no other node is left)",
    page: include_str!("anti_affinity_broken_by_node_loss.md"),
    columns: &[
        "clusters.anti_affinity_enforced",
        "nodes.memory_mib",
        "vms.anti_affinity",
        "vms.memory_mib",
        "vms.node",
        "vms.possible_owners",
        "vms.state",
        "vms.vm",
    ],
    subject: "nodes that others could stand in for",
    asks: &["vms.vm"],
    needs: &["vms.anti_affinity", "vms.node"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let words = Words {
        current: "a shared node",
        expected: "a node of its own for each member",
        column: "anti_affinity",
    };
    tell_losses(cluster, report, &words, |loss| (&loss.crowded, &loss.why_crowded));
}
