//! VMQ is off on a fast port of a virtual switch.

use crate::checks::rules::{Fault, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic, Node};
use crate::units::Mbps;

/// The rule.
pub static RULE: Rule = Rule {
    name: "vmq-off-on-fast-nic",
    severity: Severity::Warning,
    family: "vnic",
    summary: "VMQ is off on a port of 10 GbE or more under a virtual switch",
    risk: "one processor handles all packets of all VMs: it is full long before the port is",
    source: "Hyper-V Best Practices Analyzer, \"VMQ should be enabled on VMQ-capable physical network adapters \
        bound to an external virtual switch\"",
    page: include_str!("vmq_off_on_fast_nic.md"),
    columns: &["nics.vmq", "nics.speed_mbps", "nics.current_role", "switches.nics"],
    needs: &["nics.vmq"],
    check,
    ..Rule::BASE
};

/// From this speed one processor is not enough, Mbit/s.
const FAST: Mbps = 10_000;

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for node in &cluster.nodes {
        let is_slow = |nic: &&Nic| nic.vmq == Some(false) && nic.speed >= FAST && nic.switch.is_some();
        let found: Vec<&Nic> = node.nics.iter().filter(is_slow).collect();
        if found.is_empty() {
            continue;
        }
        let names: Vec<&str> = found.iter().map(|nic| nic.name.as_str()).collect();
        report.add(Fault {
            subject: node.name.clone(),
            message: format!("VMQ is off on {} of {}", lookup::list(&names), node.name),
            current: "VMQ off".to_owned(),
            expected: "VMQ on, where the port has it".to_owned(),
            fix: fix(cluster, node, &names),
            at: found.iter().map(|nic| report.at(nic.origin, "vmq")).collect(),
        });
    }
}

fn fix(cluster: &Cluster, node: &Node, nics: &[&str]) -> String {
    if fixes::is_2008r2(cluster) {
        return format!(
            "on {} in Device Manager, Advanced, of {}: switch on \"Virtual Machine Queues\"",
            node.name,
            lookup::list(nics)
        );
    }
    let names: Vec<String> = nics.iter().map(|nic| fixes::quoted(nic)).collect();
    format!(
        "Enable-NetAdapterVmq -CimSession {} -Name {}",
        fixes::quoted(&node.name),
        names.join(",")
    )
}
