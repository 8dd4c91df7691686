//! VMs in the VLAN of management.

use crate::checks::rules::{Fault, Hosts, Report, Rule, lookup};
use crate::finding::{Location, Severity};
use crate::inventory::{Cluster, Inventory};
use crate::roles::Role;
use crate::units::count;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "management-vlan-shared-with-vms",
    severity: Severity::Warning,
    family: "vlan",
    hosts: Hosts::Any,
    summary: "VMs are in the VLAN in which the nodes are managed",
    risk: "a guest that is taken over stands beside the management ports of every host",
    source: "Microsoft, Network Recommendations for a Hyper-V Cluster (dn550728); T. Joos, ADMIN magazine",
    page: include_str!("management_vlan_shared_with_vms.md"),
    columns: &[
        "cluster_networks.vlan",
        "cluster_networks.purpose",
        "host_vnics.vlan",
        "host_vnics.role",
        "vnics.vlans",
    ],
    subject: "VLANs of management",
    asks: &[
        "cluster_networks.vlan|host_vnics.vlan",
        "cluster_networks.purpose|host_vnics.role",
    ],
    needs: &["vnics.vlans"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for (vlan, place) in management_vlans(cluster, report) {
        report.look_at(1);
        let inside = lookup::vnics(cluster).filter(|(_, vnic)| !vnic.isolated && vnic.vlans.contains(&vlan));
        let found: Vec<_> = inside.collect();
        if found.is_empty() {
            continue;
        }
        let names: Vec<String> = found.iter().map(|(vm, vnic)| lookup::vnic_name(vm, vnic)).collect();
        let mut at = vec![place];
        at.extend(found.iter().map(|(_, vnic)| report.at(vnic.origin, "vlans")));
        report.add(Fault {
            subject: format!("VLAN {vlan}"),
            message: format!("VLAN {vlan} carries management of the nodes and {}", lookup::list(&names)),
            current: format!("{} in the management VLAN", count(found.len(), "VM adapter")),
            expected: "management in a VLAN of its own".to_owned(),
            fix: format!("move the VMs to another VLAN, or management to one of its own; VMs that administer the hosts may stay: \
                          then allow this rule in policy.csv with the reason (VLAN {vlan})"),
            at,
        });
    }
}

/// VLANs of management, from cluster networks and host vNICs; each with the first place that says it.
fn management_vlans(cluster: &Cluster, report: &Report<'_>) -> BTreeMap<u16, Location> {
    let networks = cluster
        .networks
        .iter()
        .filter(|n| n.purpose == Some(Role::Management))
        .map(|n| (n.vlan, n.origin));
    let host_vnics = cluster.nodes.iter().flat_map(|n| &n.host_vnics);
    let host_vnics = host_vnics
        .filter(|v| v.role == Some(Role::Management))
        .map(|v| (v.vlan, v.origin));
    let mut vlans = BTreeMap::new();
    for (vlan, origin) in networks.chain(host_vnics) {
        if let Some(vlan) = vlan {
            vlans.entry(vlan).or_insert_with(|| report.at(origin, "vlan"));
        }
    }
    vlans
}
