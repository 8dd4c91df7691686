//! A host vNIC with RDMA that is bound to no port of its team.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::powershell::quoted;
use crate::profiles::WS2016;

/// The rule.
pub static RULE: Rule = Rule {
    name: "rdma-host-vnic-not-mapped",
    severity: Severity::Warning,
    family: "storage",
    summary: "a host vNIC with RDMA is bound to no port of its team",
    risk: "two host vNICs may end up on one port, and half of the bandwidth is idle",
    source: "Microsoft, Remote Direct Memory Access and Switch Embedded Teaming; Microsoft, Validate-DCB",
    page: include_str!("rdma_host_vnic_not_mapped.md"),
    columns: &["host_vnics.team_mapping", "host_vnics.rdma", "switches.nics"],
    versions: Versions::from(WS2016),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for vnic in node.host_vnics.iter().filter(|vnic| vnic.rdma != Some(false)) {
            let ports = node
                .nics
                .iter()
                .filter(|nic| nic.switch.as_ref() == Some(&vnic.switch))
                .count();
            let mapped = vnic.facts.list("team_mapping");
            match (mapped.is_some_and(<[String]>::is_empty), ports) {
                (false, _) | (_, 1) => {}
                (true, 0) => report.lacks("switches.nics"),
                (true, _) if vnic.rdma.is_none() => report.lacks("host_vnics.rdma"),
                (true, _) => found.add(vnic.name.clone(), node, report.at(vnic.origin, "team_mapping")),
            }
        }
    }
    for (vnic, places) in found {
        report.add(Fault {
            subject: vnic.clone(),
            message: format!("host vNIC {vnic} has RDMA and is bound to no port of its team on {}", places.nodes()),
            current: "no team mapping".to_owned(),
            expected: "one port of the team, another one for each host vNIC".to_owned(),
            fix: format!(
                "on {}: Set-VMNetworkAdapterTeamMapping -ManagementOS -VMNetworkAdapterName {} -PhysicalNetAdapterName PORT",
                places.nodes(),
                quoted(&vnic)
            ),
            at: places.at,
        });
    }
}
