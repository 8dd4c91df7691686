//! VLANs that Network ATC would give to storage are in use.

use crate::checks::rules::{Fault, Hosts, Report, Rule, Versions, lookup, network_atc};
use crate::finding::{Location, Severity};
use crate::inventory::{Cluster, Inventory, Node};
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
    let names: Vec<&str> = taken.iter().map(|(_, name, _)| name.as_str()).collect();
    report.add(Fault {
        subject: format!("VLAN {vlan}"),
        message: format!(
            "VLANs that Network ATC gives to storage are in use by {}",
            lookup::list(&names)
        ),
        current: format!("VLAN {vlan}: {}", names.first().copied().unwrap_or_default()),
        expected: "711 to 718 for storage alone, or other VLANs named in the storage intent".to_owned(),
        fix: fix(cluster, &taken),
        at: taken.into_iter().map(|(_, _, at)| at).collect(),
    });
}

/// VLANs of the same range that nobody is in, one for each storage port.
fn fix(cluster: &Cluster, taken: &[(u16, String, Location)]) -> String {
    let of_storage = |node: &Node| {
        node.nics
            .iter()
            .filter(|nic| nic.roles.contains(&Role::Storage))
            .count()
    };
    let ports = cluster.nodes.iter().map(of_storage).max().unwrap_or_default().max(2);
    let is_free = |vlan: &u16| taken.iter().all(|(used, _, _)| used != vlan);
    let free: Vec<String> = STORAGE
        .filter(is_free)
        .take(ports)
        .map(|vlan| vlan.to_string())
        .collect();
    let vlans = if free.len() == ports {
        free.join(",")
    } else {
        "<VLAN>,<VLAN>".to_owned()
    };
    format!(
        "name other VLANs in the storage intent: Set-NetIntent -Name {} -StorageVlans {vlans} (before there is one, Add-NetIntent takes \
         -StorageVlans too), and trunk them at the physical switches",
        network_atc::storage_intent(cluster)
    )
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
