//! The management operating system shares every external switch of a node.

use crate::checks::rules::{Fault, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Node, SwitchKind, VirtualSwitch};

/// The rule.
pub static RULE: Rule = Rule {
    name: "no-switch-reserved-for-vms",
    severity: Severity::Warning,
    family: "vswitch",
    summary: "the management operating system shares every external switch of a node, although the node has NICs for both",
    risk: "traffic of host and VMs takes bandwidth from each other, and a VM storm cuts off management",
    source: "Hyper-V Best Practices Analyzer, \"Configure at least one virtual switch that is not shared\"; T. Joos, ADMIN magazine",
    page: include_str!("no_switch_reserved_for_vms.md"),
    columns: &[
        "switches.allow_management_os",
        "switches.nics",
        "switches.type",
        "switches.switch",
        "nics.current_role",
    ],
    subject: "nodes with an external switch and several NICs",
    asks: &["switches.switch|nics.current_role"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for node in cluster.nodes.iter().filter(|n| n.nics.len() > 1) {
        let external: Vec<&VirtualSwitch> = node
            .switches
            .iter()
            .filter(|s| s.kind == SwitchKind::External)
            .collect();
        if !external.is_empty() {
            report.look_at(1);
        }
        let free = external.iter().any(|s| s.allow_management_os == Some(false));
        if !free && external.iter().any(|s| s.allow_management_os.is_none()) {
            report.lacks("switches.allow_management_os");
        }
        let shared = external.iter().all(|s| s.allow_management_os == Some(true));
        if external.is_empty() || !shared || external.iter().any(|s| is_converged(node, s)) {
            continue;
        }
        let names: Vec<&str> = external.iter().map(|s| s.name.as_str()).collect();
        report.add(Fault {
            subject: node.name.clone(),
            message: format!(
                "the host shares every external switch of {}: {}",
                node.name,
                lookup::list(&names)
            ),
            current: "allow_management_os: yes".to_owned(),
            expected: "one external switch for VMs alone, management on a NIC of its own".to_owned(),
            fix: fix(cluster, node, external[0]),
            at: external
                .iter()
                .map(|s| report.at(s.origin, "allow_management_os"))
                .collect(),
        });
    }
}

/// A switch over several ports or with several host vNICs is shared by design.
fn is_converged(node: &Node, switch: &VirtualSwitch) -> bool {
    let host_vnics = node.host_vnics.iter().filter(|v| v.switch == switch.name).count();
    let bound = node.nics.iter().filter(|n| n.switch.as_ref() == Some(&switch.name));
    let teamed = bound.clone().any(|n| !n.team.is_empty());
    bound.count() > 1 || teamed || host_vnics > 1
}

fn fix(cluster: &Cluster, node: &Node, switch: &VirtualSwitch) -> String {
    let first = "give management a NIC of its own with the host's address first; then ";
    if fixes::is_2008r2(cluster) {
        return format!(
            "{first}on {} in Hyper-V Manager, Virtual Network Manager, {}: clear \"Allow management operating system to share this network adapter\"",
            node.name, switch.name
        );
    }
    let (host, name) = (fixes::quoted(&node.name), fixes::quoted(&switch.name));
    format!("{first}Set-VMSwitch -ComputerName {host} -Name {name} -AllowManagementOS $false")
}
