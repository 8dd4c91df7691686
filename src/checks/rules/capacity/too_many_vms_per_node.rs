//! More running VMs on a node than the Windows version supports.

use crate::checks::rules::{Fault, Hosts, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, VmState};

/// The rule.
pub static RULE: Rule = Rule {
    name: "too-many-vms-per-node",
    severity: Severity::Error,
    family: "capacity",
    hosts: Hosts::Any,
    summary: "more VMs run on a node than its Windows version supports",
    risk: "Microsoft does not support it; further VMs may not start",
    source: "Microsoft, Hyper-V maximum scale limits; Requirements and Limits for Hyper-V in Windows Server 2008 R2",
    page: include_str!("too_many_vms_per_node.md"),
    columns: &["clusters.profile", "vms.node", "vms.state", "vms.vm"],
    subject: "VMs",
    asks: &["vms.vm"],
    needs: &["clusters.profile", "vms.node"],
    leaves: Some("where the VMs run"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut running = vec![0_usize; cluster.nodes.len()];
    for vm in cluster.vms.iter().filter(|vm| vm.state == VmState::Running) {
        if let Some(count) = vm.host.and_then(|host| running.get_mut(host)) {
            *count += 1;
        }
    }
    report.look_at(cluster.vms.len());
    let most = cluster.profile.max_vms_per_node;
    for (node, running) in cluster.nodes.iter().zip(running).filter(|(_, running)| *running > most) {
        report.add(Fault {
            subject: node.name.clone(),
            message: format!(
                "{running} VMs run on {}; {} supports {most} per node",
                node.name, cluster.profile.title
            ),
            current: format!("{running} VMs"),
            expected: format!("{most} VMs or fewer"),
            fix: format!("move VMs from {} to other nodes", node.name),
            at: vec![report.at(node.origin, "node")],
        });
    }
}
