//! Two host vNICs with RDMA that are bound to the same port.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, HostVnic, Inventory, Node};
use crate::powershell::quoted;
use crate::profiles::WS2016;
use crate::units::same_name;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "rdma-host-vnics-on-one-port",
    severity: Severity::Warning,
    family: "storage",
    summary: "two host vNICs with RDMA are bound to the same port of their team",
    risk: "they share one port while another is idle, and one cable takes both away",
    source: "Microsoft, Remote Direct Memory Access and Switch Embedded Teaming; Microsoft, Validate-DCB",
    page: include_str!("rdma_host_vnics_on_one_port.md"),
    columns: &["host_vnics.team_mapping", "host_vnics.rdma", "switches.nics"],
    versions: Versions::from(WS2016),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        let mut first: BTreeMap<(&str, String), &HostVnic> = BTreeMap::new();
        for vnic in node.host_vnics.iter().filter(|vnic| vnic.rdma == Some(true)) {
            let ports = node
                .nics
                .iter()
                .filter(|nic| nic.switch.as_ref() == Some(&vnic.switch))
                .count();
            let mapping = vnic.facts.list("team_mapping").unwrap_or_default();
            for port in mapping.iter().filter(|_| ports > 1) {
                let other = *first.entry((&vnic.switch, port.to_lowercase())).or_insert(vnic);
                if other.name != vnic.name {
                    let free = free_port(node, &vnic.switch);
                    let key = (port.clone(), other.name.clone(), vnic.name.clone(), free);
                    found.add(key, node, report.at(vnic.origin, "team_mapping"));
                }
            }
        }
    }
    for ((port, one, other, free), places) in found {
        report.add(Fault {
            subject: other.clone(),
            message: format!("host vNICs {one} and {other} are both bound to {port} on {}", places.nodes()),
            current: port,
            expected: "a port of its own for each".to_owned(),
            fix: format!(
                "on {}: Set-VMNetworkAdapterTeamMapping -ManagementOS -VMNetworkAdapterName {} -PhysicalNetAdapterName {free}",
                places.nodes(),
                quoted(&other),
            ),
            at: places.at,
        });
    }
}

/// The first port of the switch to which no RDMA host vNIC is bound.
fn free_port(node: &Node, switch: &str) -> String {
    let with_rdma = node.host_vnics.iter().filter(|v| v.rdma == Some(true));
    let taken: Vec<&String> = with_rdma
        .flat_map(|v| v.facts.list("team_mapping").unwrap_or_default())
        .collect();
    let mut ports = node.nics.iter().filter(|nic| nic.switch.as_deref() == Some(switch));
    let free = ports.find(|nic| !taken.iter().any(|name| same_name(name, &nic.name)));
    free.map_or("<another port of the switch>".to_owned(), |nic| quoted(&nic.name))
}
