//! More running VMs than the nodes that are left after a failure may run.

use crate::checks::rules::{Fault, Hosts, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Vm, VmState};

/// The rule.
pub static RULE: Rule = Rule {
    name: "too-many-vms-after-node-loss",
    severity: Severity::Error,
    family: "capacity",
    hosts: Hosts::Any,
    summary: "after the loss of a node the others would run more VMs than their Windows version supports",
    risk: "some VMs do not start after a failure, and the node cannot be drained",
    source: "Microsoft, Hyper-V maximum scale limits; Requirements and Limits for Hyper-V in Windows Server 2008 R2",
    page: include_str!("too_many_vms_after_node_loss.md"),
    columns: &["clusters.profile", "vms.node", "vms.state", "vms.vm"],
    subject: "clusters with a node to lose",
    asks: &["vms.vm"],
    needs: &["clusters.profile", "vms.node"],
    leaves: Some("the number of VMs"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let left = cluster.nodes.len().saturating_sub(1);
    if left > 0 {
        report.look_at(cluster.nodes.len());
    }
    let on_a_node = |vm: &&Vm| vm.state == VmState::Running && vm.host.is_some();
    let running = cluster.vms.iter().filter(on_a_node).count();
    let most = cluster.profile.max_vms_per_node;
    if left == 0 || running <= most.saturating_mul(left) {
        return;
    }
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "{running} VMs run in {}; without one node {} may run {}",
            cluster.name,
            if left == 1 {
                "the other one".to_owned()
            } else {
                format!("the other {left}, {most} each,")
            },
            most * left
        ),
        current: format!("{running} VMs"),
        expected: format!("{} VMs or fewer", most * left),
        fix: "add a node, or move VMs to another cluster".to_owned(),
        at: vec![report.at(cluster.origin, "profile")],
    });
}
