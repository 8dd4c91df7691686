//! A host vNIC with RDMA that drops the priority of its packets.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, HostVnic, Inventory};
use crate::powershell::quoted;
use crate::profiles::WS2016;

/// The rule.
pub static RULE: Rule = Rule {
    name: "rdma-host-vnic-drops-priority",
    severity: Severity::Warning,
    family: "qos",
    summary: "a host vNIC with RDMA does not keep priority tags",
    risk: "storage packets reach the physical switch without their priority, so neither share nor flow control holds",
    source: "Microsoft, Validate-DCB; Microsoft, Set-VMNetworkAdapter, parameter IeeePriorityTag",
    page: include_str!("rdma_host_vnic_drops_priority.md"),
    columns: &["host_vnics.priority_tag", "host_vnics.rdma"],
    versions: Versions::from(WS2016),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        let drops = |vnic: &&HostVnic| vnic.facts.yes("priority_tag") == Some(false);
        for vnic in node.host_vnics.iter().filter(drops) {
            match vnic.rdma {
                Some(true) => found.add(vnic.name.clone(), node, report.at(vnic.origin, "priority_tag")),
                Some(false) => {}
                None => report.lacks("host_vnics.rdma"),
            }
        }
    }
    for (vnic, places) in found {
        report.add(Fault {
            subject: vnic.clone(),
            message: format!(
                "host vNIC {vnic} has RDMA and drops priority tags on {}",
                places.nodes()
            ),
            current: "IeeePriorityTag off".to_owned(),
            expected: "IeeePriorityTag on".to_owned(),
            fix: format!(
                "on {}: Set-VMNetworkAdapter -ManagementOS -Name {} -IeeePriorityTag On",
                places.nodes(),
                quoted(&vnic)
            ),
            at: places.at,
        });
    }
}
