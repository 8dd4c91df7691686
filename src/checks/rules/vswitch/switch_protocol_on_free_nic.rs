//! A port that no virtual switch uses still has the switch protocol.

use super::REBUILD_2008R2;
use crate::checks::rules::{Fault, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "switch-protocol-on-free-nic",
    severity: Severity::Warning,
    family: "vswitch",
    summary: "a port that no virtual switch uses still has the switch protocol bound",
    risk: "creating a switch on it fails (\"already bound to another virtual network\"), and the host has no \
        TCP/IP on the port",
    source: "Microsoft KB 2486812; nvspbind and nvspscrub, MSDN Code Archive",
    page: include_str!("switch_protocol_on_free_nic.md"),
    columns: &["nics.switch_protocol_bound", "nics.current_role", "switches.nics"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    // Without any switch in the inventory nothing says which ports are free.
    if cluster.nodes.iter().all(|node| node.switches.is_empty()) {
        return;
    }
    // Where the switches were not exported, one may well use the port.
    for node in cluster.nodes.iter().filter(|node| !node.wiring_unexported()) {
        let left = |nic: &&Nic| nic.facts.yes("switch_protocol_bound") == Some(true) && nic.switch.is_none();
        let left: Vec<&Nic> = node.nics.iter().filter(left).collect();
        if left.is_empty() {
            continue;
        }
        let names: Vec<&str> = left.iter().map(|nic| nic.name.as_str()).collect();
        report.add(Fault {
            subject: node.name.clone(),
            message: format!(
                "the switch protocol is bound to {} on {}, but no virtual switch uses it",
                lookup::list(&names),
                node.name
            ),
            current: "vms_pp bound".to_owned(),
            expected: "not bound, or the port under a switch".to_owned(),
            fix: fix(cluster, node, &names),
            at: left
                .iter()
                .map(|nic| report.at(nic.origin, "switch_protocol_bound"))
                .collect(),
        });
    }
}

fn fix(cluster: &Cluster, node: &Node, nics: &[&str]) -> String {
    if fixes::is_2008r2(cluster) {
        let lines: Vec<String> = nics.iter().map(|nic| format!("nvspbind /u \"{nic}\"")).collect();
        return format!(
            "on {}: {}; then create the network in Virtual Network Manager; {REBUILD_2008R2}",
            node.name,
            lines.join(" & ")
        );
    }
    let names: Vec<String> = nics.iter().map(|nic| fixes::quoted(nic)).collect();
    format!(
        "Disable-NetAdapterBinding -CimSession {} -Name {} -ComponentID vms_pp",
        fixes::quoted(&node.name),
        names.join(",")
    )
}
