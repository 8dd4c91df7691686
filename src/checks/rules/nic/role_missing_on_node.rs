//! A traffic role that some nodes carry and others do not.

use crate::checks::rules::{Fault, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Node};
use crate::roles::Role;
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    name: "role-missing-on-node",
    severity: Severity::Error,
    family: "nic",
    summary: "a traffic role has a NIC on some nodes and none on another",
    risk: "the node cannot take part: VMs cannot move there, or the traffic silently takes the management network",
    source: "Test-Cluster, Validate Virtual Switch Compatibility; Microsoft, Network ATC (same intents on every node)",
    page: include_str!("role_missing_on_node.md"),
    columns: &[
        "nics.current_role",
        "host_vnics.role",
        "switches.nics",
        "nodes.not_exported",
    ],
    subject: "nodes whose NICs have a use",
    asks: &["nics.current_role|switches.nics"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let known: Vec<(&Node, BTreeSet<Role>)> = cluster
        .nodes
        .iter()
        .filter(|n| n.wiring_known() && !n.wiring_unexported())
        .map(|n| (n, roles(n)))
        .collect();
    report.look_at(known.len());
    if known.len() < cluster.nodes.len() {
        report.lacks("nics.current_role|switches.nics");
    }
    let all: BTreeSet<Role> = known.iter().flat_map(|(_, roles)| roles.iter().copied()).collect();
    for role in all {
        let have: Vec<&str> = known
            .iter()
            .filter(|(_, r)| r.contains(&role))
            .map(|(n, _)| n.name.as_str())
            .collect();
        for (node, _) in known.iter().filter(|(_, roles)| !roles.contains(&role)) {
            let mut at: Vec<_> = node
                .nics
                .first()
                .map(|n| report.at(n.origin, "current_role"))
                .into_iter()
                .collect();
            at.push(report.at(node.origin, "node"));
            report.add(Fault {
                subject: format!("{}/{role}", node.name),
                message: format!("{} has no NIC for {role}, unlike {}", node.name, lookup::list(&have)),
                current: "no NIC".to_owned(),
                expected: format!("{role} on every node"),
                fix: format!("give {} a NIC for {role}; `nicplan plan` says which one", node.name),
                at,
            });
        }
    }
}

/// Roles of a node's ports and of its host vNICs.
fn roles(node: &Node) -> BTreeSet<Role> {
    let ports = node.nics.iter().flat_map(|n| n.roles.iter().copied());
    ports.chain(node.host_vnics.iter().filter_map(|v| v.role)).collect()
}
