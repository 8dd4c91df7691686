//! A guest with TCP chimney offload in 2008 R2 whose adapter does not work out checksums both ways.

use crate::checks::rules::{Fault, Report, Rule, Versions, lookup};
use crate::finding::{Location, Severity};
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2008R2;

/// The rule.
pub static RULE: Rule = Rule {
    name: "guest-checksum-offload-off",
    severity: Severity::Info,
    family: "offload",
    summary: "a VM of 2008 R2 has TCP chimney offload on and TCP checksum offload not in both directions",
    risk: "chimney needs checksum offload for sending and receiving: nothing is offloaded",
    source: "T. Joos, Flow Control: Optimizing Hyper-V network settings (ADMIN magazine)",
    page: include_str!("guest_checksum_offload_off.md"),
    columns: &["vms.guest_chimney", "vnics.guest_checksum_offload"],
    versions: Versions::only(WS2008R2),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut names: Vec<String> = Vec::new();
    let mut at: Vec<Location> = Vec::new();
    for (vm, vnic) in lookup::vnics(cluster) {
        let chimney = vm.facts.text("guest_chimney").is_some_and(|state| state != "disabled");
        let checksum = vnic.facts.text("guest_checksum_offload");
        if chimney && checksum.is_some_and(|state| state != "rx-tx-enabled") {
            names.push(lookup::vnic_name(vm, vnic));
            at.push(report.at(vnic.origin, "guest_checksum_offload"));
        }
    }
    let Some(first) = names.first() else { return };
    report.add(Fault {
        subject: first.clone(),
        message: format!(
            "TCP chimney offload is on, and TCP checksum offload is not on both ways, at {}",
            lookup::list(&names)
        ),
        current: "not in both directions".to_owned(),
        expected: "Rx & Tx Enabled".to_owned(),
        fix: "in the guest's Device Manager, the adapter, Advanced: \"TCP Checksum Offload (IPv4)\" to Rx & Tx Enabled"
            .to_owned(),
        at,
    });
}
