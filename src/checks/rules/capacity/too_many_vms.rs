//! More running VMs than the Windows version supports in a cluster.

use crate::checks::rules::{Fault, Hosts, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, VmState};
use crate::profiles::WS2025;

/// The rule.
pub static RULE: Rule = Rule {
    name: "too-many-vms",
    severity: Severity::Error,
    family: "capacity",
    hosts: Hosts::Any,
    summary: "more VMs run in the cluster than its Windows version supports",
    risk: "Microsoft does not support it, and failover times are untested",
    source: "Microsoft, Hyper-V maximum scale limits; Requirements and Limits for Hyper-V in Windows Server 2008 R2",
    page: include_str!("too_many_vms.md"),
    columns: &["clusters.profile", "vms.state", "vms.vm", "vms.node"],
    subject: "VMs",
    asks: &["vms.vm"],
    needs: &["clusters.profile", "vms.node"],
    versions: Versions::until(WS2025).because("Microsoft states no number of VMs for an instance of Azure Local"),
    leaves: Some("the number of VMs"),
    check,
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let running = cluster
        .vms
        .iter()
        .filter(|vm| vm.state == VmState::Running && vm.host.is_some())
        .count();
    report.look_at(cluster.vms.len());
    let most = cluster.profile.max_vms;
    if running <= most {
        return;
    }
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "{running} VMs run in {}; {} supports {most}",
            cluster.name, cluster.profile.title
        ),
        current: format!("{running} VMs"),
        expected: format!("{most} VMs or fewer"),
        fix: "split the cluster, or correct profile in clusters.csv".to_owned(),
        at: vec![report.at(cluster.origin, "profile")],
    });
}
