//! RDMA inside a VM on Azure Local.

use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::AZURE_LOCAL;
use crate::units::count;

/// The rule.
pub static RULE: Rule = Rule {
    name: "guest-rdma-on-azure-local",
    severity: Severity::Error,
    family: "storage",
    summary: "a VM on Azure Local may use RDMA",
    risk: "not supported: storage of the host and the guest share one lossless class",
    source: "Microsoft, Host network requirements for Azure Local (RDMA)",
    page: include_str!("guest_rdma_on_azure_local.md"),
    columns: &["vnics.guest_rdma"],
    versions: Versions::only(AZURE_LOCAL),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let with = lookup::vnics(cluster).filter(|(_, vnic)| vnic.facts.yes("guest_rdma") == Some(true));
    let with: Vec<_> = with.collect();
    let off = with.first().map(|(vm, vnic)| {
        format!(
            "Set-VMNetworkAdapterRdma{} -VMName {} -Name {} -RdmaWeight 0",
            fixes::on_host(cluster, vm),
            fixes::quoted(&vm.name),
            fixes::quoted(&vnic.name)
        )
    });
    let (names, at): (Vec<String>, Vec<_>) = with
        .into_iter()
        .map(|(vm, vnic)| (lookup::vnic_name(vm, vnic), report.at(vnic.origin, "guest_rdma")))
        .unzip();
    if names.is_empty() {
        return;
    }
    let fix = format!(
        "{}{}",
        off.unwrap_or_default(),
        if names.len() > 1 { "; so for the others" } else { "" }
    );
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "RDMA is allowed in {}, which Azure Local does not support",
            lookup::list(&names)
        ),
        current: format!("RDMA for {}", count(names.len(), "adapter")),
        expected: "no RDMA in VMs".to_owned(),
        fix,
        at,
    });
}
