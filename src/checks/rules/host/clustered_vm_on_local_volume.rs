//! A clustered VM whose disks lie on one node.

use crate::checks::rules::{Fault, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Vm};
use crate::units::count;

/// The rule.
pub static RULE: Rule = Rule {
    name: "clustered-vm-on-local-volume",
    severity: Severity::Error,
    family: "host",
    summary: "a clustered VM has its disks on a volume that only one node can reach",
    risk: "no other node can take the VM over: neither live migration nor failover works",
    source: "Microsoft, Deploy a Hyper-V cluster (shared storage); Hyper-V Live Migration FAQ (2008 R2)",
    page: include_str!("clustered_vm_on_local_volume.md"),
    columns: &["vms.clustered", "vms.volume_kind", "vms.volume"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let stuck = |vm: &&Vm| vm.facts.yes("clustered") == Some(true) && vm.facts.text("volume_kind") == Some("local");
    let vms: Vec<&Vm> = cluster.vms.iter().filter(stuck).collect();
    if vms.is_empty() {
        return;
    }
    let names: Vec<&str> = vms.iter().map(|vm| vm.name.as_str()).collect();
    let fix = if fixes::is_2008r2(cluster) {
        "turn each VM off, export it in Hyper-V Manager and import it on a cluster shared volume".to_owned()
    } else {
        let first = vms[0];
        format!(
            "while the VM runs: Move-VMStorage{} -Name {} -DestinationStoragePath {}{}",
            fixes::on_host(cluster, first),
            fixes::quoted(&first.name),
            shared_volume(cluster),
            if vms.len() > 1 { "; so for the others" } else { "" }
        )
    };
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "{} in the cluster with disks on one node: {}",
            count(vms.len(), "VM"),
            lookup::list(&names)
        ),
        current: "local volume".to_owned(),
        expected: "a cluster shared volume or an SMB share that every possible owner reaches".to_owned(),
        fix,
        at: vms.iter().map(|vm| report.at(vm.origin, "volume_kind")).collect(),
    });
}

/// A cluster shared volume on which other VMs lie already, else its place.
fn shared_volume(cluster: &Cluster) -> String {
    let shared = |vm: &&Vm| vm.facts.text("volume_kind") == Some("csv");
    let volume = cluster.vms.iter().filter(shared).find_map(|vm| vm.facts.text("volume"));
    volume.map_or("C:\\ClusterStorage\\<volume>".to_owned(), fixes::quoted)
}
