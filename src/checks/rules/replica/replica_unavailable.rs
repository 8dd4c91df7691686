//! Hyper-V Replica on 2008 R2.

use super::replicated;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::{Location, Severity};
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2008R2;
use crate::roles::Role;

/// The rule.
pub static RULE: Rule = Rule {
    name: "replica-unavailable",
    severity: Severity::Error,
    family: "replica",
    summary: "VMs are to be replicated by Hyper-V Replica, which 2008 R2 does not have",
    risk: "nothing is replicated, and the second site has no copy when it is needed",
    source: "Microsoft, Hyper-V Replica overview (begins with Windows Server 2012)",
    page: include_str!("replica_unavailable.md"),
    columns: &["clusters.profile", "demands.role", "vms.replica"],
    versions: Versions::only(WS2008R2).because("Hyper-V Replica exists from 2012 on"),
    leaves: Some("which VMs are replicated"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let vms = replicated(cluster);
    let demands = cluster
        .demands
        .iter()
        .filter(|demand| demand.role == Role::Replica && demand.rate > 0);
    let vm_rows = vms.iter().map(|vm| report.at(vm.origin, "replica"));
    let at: Vec<Location> = vm_rows
        .chain(demands.map(|demand| report.at(demand.origin, "role")))
        .collect();
    if at.is_empty() {
        return;
    }
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "{} is to replicate VMs, and 2008 R2 has no Hyper-V Replica",
            cluster.name
        ),
        current: "Hyper-V Replica on 2008 R2".to_owned(),
        expected: "2012 or later, or replication by the storage".to_owned(),
        fix: "upgrade the cluster, replicate by storage or backup, or correct profile in clusters.csv".to_owned(),
        at,
    });
}
