//! A VM with a large need shares its external switch with small ones.

use super::is_measured;
use crate::checks::rules::{Fault, Report, Rule, lookup};
use crate::demand::{is_heavy, vnic_need};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Vm, Vnic};
use crate::units::{count, show_mbps};
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "heavy-vm-on-shared-switch",
    severity: Severity::Info,
    family: "vnic",
    summary: "a VM that needs a large share of a port is on the external switch of other VMs",
    risk: "when it works at full load, the small VMs beside it wait",
    source: "T. Joos, ADMIN magazine: own external networks for the VMs with the largest bandwidth",
    page: include_str!("heavy_vm_on_shared_switch.md"),
    columns: &[
        "vnics.switch",
        "vnics.p95_mbps",
        "vnics.peak_mbps",
        "vnics.average_mbps",
        "nics.speed_mbps",
    ],
    subject: "adapters of VMs on a switch",
    asks: &["vnics.switch"],
    needs: &["vnics.p95_mbps|vnics.peak_mbps|vnics.average_mbps"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let is_large = |vnic: &Vnic| is_measured(vnic) && is_heavy(cluster, vnic_need(cluster, vnic));
    let mut heavy: Vec<(&Vm, &Vnic)> = Vec::new();
    let mut small: BTreeMap<&str, usize> = BTreeMap::new();
    for (vm, vnic) in lookup::vnics(cluster).filter(|(_, v)| !v.isolated && !v.switch.is_empty()) {
        report.look_at(1);
        if is_large(vnic) {
            heavy.push((vm, vnic));
        } else {
            *small.entry(vnic.switch.as_str()).or_default() += 1;
        }
    }
    for (vm, vnic) in heavy.into_iter().filter(|_| cluster.vm_port() > 0) {
        let Some(neighbours) = small.get(vnic.switch.as_str()) else {
            continue;
        };
        let subject = lookup::vnic_name(vm, vnic);
        let need = show_mbps(vnic_need(cluster, vnic));
        report.add(Fault {
            message: format!("{subject} needs {need} and shares switch {} with {}", vnic.switch, count(*neighbours, "smaller adapter")),
            subject,
            current: format!("{need} on {}", vnic.switch),
            expected: "an external network of its own, where a port is free".to_owned(),
            fix: "see external_networks.csv of `nicplan plan`: it puts heavy VMs on a network of their own where ports allow".to_owned(),
            at: vec![report.at(vnic.origin, need_column(vnic)), report.at(vnic.origin, "switch")],
        });
    }
}

/// The column that the need is taken from.
fn need_column(vnic: &Vnic) -> &'static str {
    match (vnic.p95, vnic.peak) {
        (Some(_), _) => "p95_mbps",
        (None, Some(_)) => "peak_mbps",
        (None, None) => "average_mbps",
    }
}
