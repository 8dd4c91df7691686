//! VLANs that Network ATC would give to storage are in use.

use crate::checks::rules::{Fault, Hosts, Report, Rule, Versions, lookup};
use crate::finding::{Location, Severity};
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2025;
use crate::roles::Role;
use std::ops::RangeInclusive;

/// The rule.
pub static RULE: Rule = Rule {
    name: "atc-storage-vlan-taken",
    severity: Severity::Info,
    family: "vlan",
    hosts: Hosts::Any,
    summary: "VLANs 711 to 718, which Network ATC gives to storage, carry something else",
    risk: "a storage intent without VLANs of its own puts storage beside it",
    source: "Microsoft, Network ATC, default VLANs of storage intents",
    page: include_str!("atc_storage_vlan_taken.md"),
    columns: &[
        "vnics.vlans",
        "host_vnics.vlan",
        "host_vnics.role",
        "cluster_networks.vlan",
        "cluster_networks.purpose",
        "clusters.profile",
    ],
    needs: &["vnics.vlans|host_vnics.vlan|cluster_networks.vlan"],
    versions: Versions::from(WS2025),
    check,
    ..Rule::BASE
};

/// One VLAN for each of up to eight storage ports.
const STORAGE: RangeInclusive<u16> = 711..=718;

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let taken = taken(cluster, report);
    let Some((vlan, _, _)) = taken.first() else { return };
    let mut names: Vec<&str> = taken.iter().map(|(_, name, _)| name.as_str()).collect();
    names.dedup();
    report.add(Fault {
        subject: format!("VLAN {vlan}"),
        message: format!(
            "VLANs that Network ATC gives to storage are in use by {}",
            lookup::list(&names)
        ),
        current: format!("VLAN {vlan}: {}", names.first().copied().unwrap_or_default()),
        expected: "711 to 718 for storage alone, or other VLANs named in the storage intent".to_owned(),
        fix: "name other VLANs in the storage intent: Set-NetIntent -Name <intent> -StorageVlans <VLAN>,<VLAN> (before there is one, Add-NetIntent takes -StorageVlans too)".to_owned(),
        at: taken.into_iter().map(|(_, _, at)| at).collect(),
    });
}

/// VLAN, who is in it, and where that stands.
fn taken(cluster: &Cluster, report: &Report<'_>) -> Vec<(u16, String, Location)> {
    let mut taken = Vec::new();
    let is_other = |role: Option<Role>| role.is_some_and(|role| role != Role::Storage);
    let inside = |vlan: Option<u16>| vlan.filter(|vlan| STORAGE.contains(vlan));
    for network in cluster.networks.iter().filter(|n| is_other(n.purpose)) {
        let name = format!("network {}", network.name);
        taken.extend(inside(network.vlan).map(|vlan| (vlan, name, report.at(network.origin, "vlan"))));
    }
    for node in &cluster.nodes {
        for vnic in node.host_vnics.iter().filter(|v| is_other(v.role)) {
            let name = format!("host vNIC {}/{}", node.name, vnic.name);
            taken.extend(inside(vnic.vlan).map(|vlan| (vlan, name, report.at(vnic.origin, "vlan"))));
        }
    }
    for (vm, vnic) in lookup::vnics(cluster).filter(|(_, vnic)| !vnic.isolated) {
        let first = vnic.vlans.range(STORAGE).next();
        taken.extend(first.map(|vlan| (*vlan, lookup::vnic_name(vm, vnic), report.at(vnic.origin, "vlans"))));
    }
    taken
}
