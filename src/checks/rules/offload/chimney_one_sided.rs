//! TCP chimney offload of 2008 R2 that host and guest do not agree about.

use crate::checks::rules::{Fault, Report, Rule, Versions, lookup};
use crate::finding::{Location, Severity};
use crate::inventory::{Cluster, Inventory, Node, Vm};
use crate::profiles::WS2008R2;
use crate::units::count;

/// The rule.
pub static RULE: Rule = Rule {
    name: "chimney-one-sided",
    severity: Severity::Info,
    family: "offload",
    summary: "TCP chimney offload is on at one side and off at the other: host and VM of 2008 R2",
    risk: "nothing is offloaded: the side that has it on waits for the one that has it off",
    source: "T. Joos, Flow Control: Optimizing Hyper-V network settings (ADMIN magazine); Microsoft, VMQ in NDIS 6.20",
    page: include_str!("chimney_one_sided.md"),
    columns: &["nodes.chimney", "vms.guest_chimney", "vms.node"],
    versions: Versions::only(WS2008R2),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for (index, node) in cluster.nodes.iter().enumerate() {
        let Some(host) = node.facts.text("chimney") else {
            continue;
        };
        let differs = |vm: &&Vm| {
            let guest = vm.facts.text("guest_chimney");
            vm.host == Some(index) && guest.is_some_and(|guest| (guest == "disabled") != (host == "disabled"))
        };
        let vms: Vec<&Vm> = cluster.vms.iter().filter(differs).collect();
        if !vms.is_empty() {
            add(report, node, host, &vms);
        }
    }
}

fn add(report: &mut Report<'_>, node: &Node, host: &str, vms: &[&Vm]) {
    let names: Vec<&str> = vms.iter().map(|vm| vm.name.as_str()).collect();
    let mut at: Vec<Location> = vec![report.at(node.origin, "chimney")];
    at.extend(vms.iter().map(|vm| report.at(vm.origin, "guest_chimney")));
    let others = if host == "disabled" { "on" } else { "off" };
    report.add(Fault {
        subject: node.name.clone(),
        message: format!(
            "TCP chimney offload is {host} on {} and {others} inside {}",
            node.name,
            lookup::list(&names)
        ),
        current: format!("host {host}, {} {others}", count(vms.len(), "VM")),
        expected: "the same on both sides".to_owned(),
        fix: format!(
            "netsh int tcp set global chimney=enabled on {} and inside the VMs, or disabled on both; netstat -t shows what is \
             offloaded",
            node.name
        ),
        at,
    });
}
