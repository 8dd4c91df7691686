//! Adapters whose loss of network does not move the VM.

use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Vm, Vnic};
use crate::profiles::WS2012R2;
use crate::units::count;

/// The rule.
pub static RULE: Rule = Rule {
    name: "vnic-not-protected",
    severity: Severity::Info,
    family: "vnic",
    summary: "the cluster does not watch the network of adapters of VMs that may move",
    risk: "when the node loses that network the VM stays where it is, without it",
    source: "Microsoft clustering blog (2013), virtual machine network health: protected network",
    page: include_str!("vnic_not_protected.md"),
    columns: &[
        "vnics.cluster_monitored",
        "vnics.switch",
        "vms.possible_owners",
        "clusters.profile",
    ],
    versions: Versions::from(WS2012R2),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let found: Vec<(&Vm, &Vnic)> = lookup::vnics(cluster)
        .filter(|(vm, vnic)| is_unwatched(vm, vnic))
        .collect();
    let Some((vm, vnic)) = found.first() else { return };
    let names: Vec<String> = found.iter().map(|(vm, vnic)| lookup::vnic_name(vm, vnic)).collect();
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "the cluster does not watch the network of {}: {}",
            count(found.len(), "adapter"),
            lookup::list(&names)
        ),
        current: "not monitored in the cluster".to_owned(),
        expected: "monitored, or known to be unimportant".to_owned(),
        fix: fixes::set_vnic(cluster, vm, vnic, "-NotMonitoredInCluster $false"),
        at: found
            .iter()
            .map(|(_, vnic)| report.at(vnic.origin, "cluster_monitored"))
            .collect(),
    });
}

/// Only adapters on an external switch can lose a network that another node still has.
fn is_unwatched(vm: &Vm, vnic: &Vnic) -> bool {
    vnic.facts.yes("cluster_monitored") == Some(false)
        && lookup::is_mobile(vm)
        && !vnic.isolated
        && !vnic.switch.is_empty()
}
