//! Several VMs on one cluster disk that is not a CSV.

use crate::checks::rules::{Fault, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Vm};
use crate::units::count;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "vms-share-cluster-disk",
    severity: Severity::Warning,
    family: "host",
    summary: "several VMs lie on one disk of the cluster that is not a cluster shared volume",
    risk: "the disk has one owner at a time, so these VMs move only together, by quick migration: each of them is interrupted",
    source: "Microsoft, Hyper-V: Using Live Migration with Cluster Shared Volumes in Windows Server 2008 R2",
    page: include_str!("vms_share_cluster_disk.md"),
    columns: &["vms.volume_kind", "vms.volume"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut disks: BTreeMap<String, Vec<&Vm>> = BTreeMap::new();
    for vm in cluster
        .vms
        .iter()
        .filter(|vm| vm.facts.text("volume_kind") == Some("cluster-disk"))
    {
        if let Some(volume) = vm.facts.text("volume") {
            disks.entry(volume.to_lowercase()).or_default().push(vm);
        }
    }
    for vms in disks.into_values().filter(|vms| vms.len() > 1) {
        let names: Vec<&str> = vms.iter().map(|vm| vm.name.as_str()).collect();
        let volume = vms.first().and_then(|vm| vm.facts.text("volume")).unwrap_or_default();
        report.add(Fault {
            subject: volume.to_owned(),
            message: format!(
                "cluster disk {volume} holds {}: they move only together, by quick migration",
                lookup::list(&names)
            ),
            current: format!("{} on one cluster disk", count(vms.len(), "VM")),
            expected: "a cluster shared volume, or one VM per cluster disk".to_owned(),
            fix: fix(cluster, volume),
            at: vms.iter().map(|vm| report.at(vm.origin, "volume")).collect(),
        });
    }
}

fn fix(cluster: &Cluster, volume: &str) -> String {
    let own = cluster.argument();
    if fixes::is_2008r2(cluster) {
        return "enable Cluster Shared Volumes in Failover Cluster Manager, add the disk to them and move the VMs' files there".to_owned();
    }
    // Get-ClusterResource names the disk; the inventory may hold its drive letter or path instead.
    let disk = if volume.contains([':', '\\']) {
        "<the disk>".to_owned()
    } else {
        fixes::quoted(volume)
    };
    format!("Add-ClusterSharedVolume -Cluster {own} -Name {disk}, and move the VMs' files to C:\\ClusterStorage")
}
