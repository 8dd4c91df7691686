//! A node has VMs that no other node can take.

use super::more_room;
use crate::checks::recount::node_losses;
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "vms-without-home-after-node-loss",
    severity: Severity::Warning,
    family: "capacity",
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
    if cluster.nodes.len() < 2 {
        return;
    }
    report.look_at(cluster.nodes.len());
    for (node, loss) in node_losses(cluster).into_iter().enumerate() {
        let Some(first) = loss.homeless.first() else { continue };
        let name = &cluster.nodes[node].name;
        report.add(Fault {
            subject: name.clone(),
            message: format!("if {name} fails, {}", loss.why_homeless),
            current: "no node takes them".to_owned(),
            expected: "a node that takes each of them".to_owned(),
            fix: more_room(cluster, *first, node),
            at: loss
                .homeless
                .iter()
                .map(|vm| report.at(cluster.vms[*vm].origin, "node"))
                .collect(),
        });
    }
}
