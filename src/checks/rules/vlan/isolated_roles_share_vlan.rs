//! Two traffic roles that must be apart are in one VLAN.

use crate::checks::rules::{Fault, Hosts, Report, Rule};
use crate::finding::{Location, Severity};
use crate::inventory::{Cluster, Inventory};
use crate::roles::Role;
use std::collections::{BTreeMap, BTreeSet};

/// The rule.
pub static RULE: Rule = Rule {
    name: "isolated-roles-share-vlan",
    severity: Severity::Warning,
    family: "vlan",
    hosts: Hosts::Any,
    summary: "two traffic roles that must be kept apart are in one VLAN",
    risk: "broadcasts and floods of one reach the other, and who is in one is in both",
    source: "Microsoft, Network Recommendations for a Hyper-V Cluster (isolate traffic); the policy's isolation",
    page: include_str!("isolated_roles_share_vlan.md"),
    columns: &[
        "cluster_networks.vlan",
        "cluster_networks.purpose",
        "host_vnics.vlan",
        "host_vnics.role",
        "policy.value",
    ],
    needs: &["cluster_networks.vlan|host_vnics.vlan"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let places = places(cluster, report);
    note_unknown_roles(cluster, report);
    let apart = cluster.policy.required_apart(&cluster.roles(), cluster.iscsi());
    for (a, b) in apart {
        let vlans = places.keys().filter(|(role, _)| *role == a).map(|(_, vlan)| *vlan);
        let shared = vlans.filter_map(|vlan| Some((vlan, places.get(&(a, vlan))?, places.get(&(b, vlan))?)));
        for (vlan, first, second) in shared {
            report.add(Fault {
                subject: format!("VLAN {vlan}"),
                message: format!("VLAN {vlan} carries {a} and {b}, which must be kept apart"),
                current: format!("{a} and {b} in VLAN {vlan}"),
                expected: "a VLAN and a subnet for each".to_owned(),
                fix: format!(
                    "give {b} a VLAN and a subnet of its own: on the physical switches, on the ports or host vNICs, then \
                     in cluster_networks.csv and host_vnics.csv"
                ),
                at: vec![first.clone(), second.clone()],
            });
        }
    }
}

/// Column that says what it is for, its name, and what it is for.
type Member<'a> = (&'static str, &'a str, Option<Role>);

/// Notes a network or host vNIC of which nobody says what it is for, in a VLAN with another one.
fn note_unknown_roles(cluster: &Cluster, report: &mut Report<'_>) {
    let networks = cluster
        .networks
        .iter()
        .map(|n| (n.vlan, n.purpose, "cluster_networks.purpose", &n.name));
    let host_vnics = cluster.nodes.iter().flat_map(|node| &node.host_vnics);
    let host_vnics = host_vnics.map(|v| (v.vlan, v.role, "host_vnics.role", &v.name));
    let mut members: BTreeMap<u16, BTreeSet<Member<'_>>> = BTreeMap::new();
    for (vlan, role, column, name) in networks.chain(host_vnics) {
        if let Some(vlan) = vlan {
            members.entry(vlan).or_default().insert((column, name, role));
        }
    }
    for together in members.values().filter(|together| together.len() > 1) {
        let unknown = together.iter().filter(|(_, _, role)| role.is_none());
        unknown.for_each(|(column, ..)| report.lacks(column));
    }
}

/// The first place that puts a role into a VLAN.
fn places(cluster: &Cluster, report: &Report<'_>) -> BTreeMap<(Role, u16), Location> {
    let networks = cluster.networks.iter().map(|n| (n.purpose, n.vlan, n.origin));
    let host_vnics = cluster.nodes.iter().flat_map(|node| &node.host_vnics);
    let mut places = BTreeMap::new();
    for (role, vlan, origin) in networks.chain(host_vnics.map(|v| (v.role, v.vlan, v.origin))) {
        if let (Some(role), Some(vlan)) = (role, vlan) {
            places.entry((role, vlan)).or_insert_with(|| report.at(origin, "vlan"));
        }
    }
    places
}
