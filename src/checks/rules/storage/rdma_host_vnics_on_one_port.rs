//! Two host vNICs with RDMA that are bound to the same port.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, HostVnic, Inventory, Nic, Node};
use crate::powershell::quoted;
use crate::profiles::WS2016;
use crate::units::same_name;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "rdma-host-vnics-on-one-port",
    severity: Severity::Warning,
    family: "storage",
    summary: "two host vNICs with RDMA are bound to the same port of their team although another one is free",
    risk: "they share one port while another is idle, and one cable takes both away",
    source: "Microsoft, Remote Direct Memory Access and Switch Embedded Teaming; Microsoft, Validate-DCB",
    page: include_str!("rdma_host_vnics_on_one_port.md"),
    columns: &[
        "host_vnics.team_mapping",
        "host_vnics.rdma",
        "host_vnics.role",
        "nics.rdma",
        "nics.status",
        "switches.nics",
    ],
    versions: Versions::from(WS2016),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        if may_share(node) {
            report.lacks("host_vnics.rdma");
        }
        let mut first: BTreeMap<(&str, String), Vec<&HostVnic>> = BTreeMap::new();
        for vnic in with_rdma(node) {
            for port in mapped_to(vnic) {
                let before = first.entry((&vnic.switch, port.to_lowercase())).or_default();
                let shared = before
                    .iter()
                    .find_map(|other| Some((*other, better_port(node, port, other, vnic)?)));
                if let Some((other, better)) = shared {
                    let key = (port.clone(), other.name.clone(), vnic.name.clone(), better.name.clone());
                    found.add(key, node, report.at(vnic.origin, "team_mapping"));
                }
                before.push(vnic);
            }
        }
    }
    for ((port, one, other, better), places) in found {
        report.add(Fault {
            subject: other.clone(),
            message: format!("host vNICs {one} and {other} are both bound to {port} on {}", places.nodes()),
            current: port,
            expected: "a port of its own for each".to_owned(),
            fix: format!(
                "on {}: Set-VMNetworkAdapterTeamMapping -ManagementOS -VMNetworkAdapterName {} -PhysicalNetAdapterName {}",
                places.nodes(),
                quoted(&other),
                quoted(&better),
            ),
            at: places.at,
        });
    }
}

/// Host vNICs with RDMA, in order.
fn with_rdma(node: &Node) -> impl Iterator<Item = &HostVnic> {
    node.host_vnics.iter().filter(|vnic| vnic.rdma == Some(true))
}

/// Whether a host vNIC of which nobody says whether it has RDMA is bound to a port of another that may have it.
fn may_share(node: &Node) -> bool {
    let maybe: Vec<&HostVnic> = node.host_vnics.iter().filter(|vnic| vnic.rdma != Some(false)).collect();
    let meets = |one: &HostVnic, other: &HostVnic| {
        let shared = |port: &String| mapped_to(other).iter().any(|name| same_name(name, port));
        same_name(&one.switch, &other.switch) && mapped_to(one).iter().any(shared)
    };
    let unknown = maybe.iter().filter(|vnic| vnic.rdma.is_none());
    unknown.clone().any(|one| {
        let others = maybe.iter().filter(|other| !std::ptr::eq(*one, **other));
        others.into_iter().any(|other| meets(one, other))
    })
}

/// Ports that a host vNIC is bound to.
fn mapped_to(vnic: &HostVnic) -> &[String] {
    vnic.facts.list("team_mapping").unwrap_or_default()
}

/// The first port of their switch that would be better for one of two host vNICs on one port: no other of its role is bound to
/// it where both have the same role, else none at all; it has link, and RDMA where the shared one has. Without such a port they have to
/// share: two roles on two ports are two host vNICs on each.
fn better_port<'a>(node: &'a Node, shared: &str, one: &HostVnic, other: &HostVnic) -> Option<&'a Nic> {
    let rivals: Vec<&HostVnic> = with_rdma(node)
        .filter(|vnic| one.role != other.role || vnic.role == other.role)
        .collect();
    let bound = |vnic: &HostVnic, nic: &Nic| mapped_to(vnic).iter().any(|name| same_name(name, &nic.name));
    let needs_rdma = node
        .nics
        .iter()
        .any(|nic| same_name(&nic.name, shared) && nic.rdma.on());
    let ports = node
        .nics
        .iter()
        .filter(|nic| nic.switch.as_ref() == Some(&other.switch) && nic.up && (nic.rdma.on() || !needs_rdma));
    ports
        .filter(|nic| !rivals.iter().any(|vnic| bound(vnic, nic)))
        .min_by_key(|nic| with_rdma(node).filter(|vnic| bound(vnic, nic)).count())
}
