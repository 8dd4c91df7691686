//! Static addresses from the range that System Center VMM hands out, without VMM.

use crate::checks::rules::{Fault, Hosts, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Vm, Vnic};
use crate::mac::SCVMM_RANGE;
use crate::units::count;

/// The rule.
pub static RULE: Rule = Rule {
    name: "static-mac-in-scvmm-range",
    severity: Severity::Warning,
    family: "mac",
    hosts: Hosts::Any,
    summary: "static MAC addresses lie in the range of System Center VMM, which does not manage the cluster",
    risk: "a VMM on the same network, now or later, hands out the same addresses to other VMs",
    source: "Microsoft System Center VMM, default MAC address pool",
    page: include_str!("static_mac_in_scvmm_range.md"),
    columns: &["clusters.scvmm", "vnics.mac", "vnics.mac_type"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    if cluster.facts.yes("scvmm") != Some(false) {
        return;
    }
    if lookup::vnics(cluster).any(|(_, vnic)| !vnic.dynamic_mac && vnic.mac.is_none()) {
        report.lacks("vnics.mac");
    }
    let is_inside = |vnic: &Vnic| !vnic.dynamic_mac && vnic.mac.is_some_and(|mac| SCVMM_RANGE.contains(mac));
    let found: Vec<(&Vm, &Vnic)> = lookup::vnics(cluster).filter(|(_, vnic)| is_inside(vnic)).collect();
    let Some((vm, vnic)) = found.first() else { return };
    let names: Vec<String> = found.iter().map(|(vm, vnic)| lookup::vnic_name(vm, vnic)).collect();
    let planned = report.planned_static(&vm.name, &vnic.name).and_then(|p| p.planned);
    let planned = planned.filter(|mac| !SCVMM_RANGE.contains(*mac));
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "{} {} an address from the range of System Center VMM: {}",
            count(found.len(), "adapter"),
            if found.len() == 1 { "has" } else { "have" },
            lookup::list(&names)
        ),
        current: vnic.mac.map(|mac| mac.to_string()).unwrap_or_default(),
        expected: format!("an address outside {}", fixes::range(SCVMM_RANGE)),
        fix: fixes::set_static_mac(cluster, vm, vnic, planned),
        at: found.iter().map(|(_, vnic)| report.at(vnic.origin, "mac")).collect(),
    });
}
