//! A network of the VMs that the hosts have addresses in.

use crate::checks::rules::{Fault, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::roles::Role;
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    name: "vm-network-in-cluster",
    severity: Severity::Warning,
    family: "cluster-network",
    summary: "a network that is for VMs appears among the cluster networks",
    risk: "the hosts have addresses among their guests: guests reach the hosts, and the cluster may send heartbeats there",
    source: "Microsoft, Network Recommendations for a Hyper-V Cluster (dn550728)",
    page: include_str!("vm_network_in_cluster.md"),
    columns: &["cluster_networks.purpose", "cluster_networks.vlan", "vnics.vlans"],
    subject: "cluster networks",
    needs: &["cluster_networks.purpose|cluster_networks.vlan"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    report.look_at(cluster.networks.len());
    let of_guests: BTreeSet<u16> = lookup::vnics(cluster)
        .flat_map(|(_, vnic)| vnic.vlans.iter().copied())
        .collect();
    for network in &cluster.networks {
        let guests_vlan = network.vlan.filter(|vlan| of_guests.contains(vlan));
        let (why, column) = match (network.purpose, guests_vlan) {
            (Some(Role::Vm), _) => ("is for VMs".to_owned(), "purpose"),
            (None, Some(vlan)) => (format!("is on VLAN {vlan}, which VMs use"), "vlan"),
            _ => continue,
        };
        let fix = if fixes::is_2008r2(cluster) {
            "in Hyper-V Manager, Virtual Network Manager, clear \"Allow management operating system to share this network adapter\" on every node"
        } else {
            "Set-VMSwitch -Name <the switch> -AllowManagementOS $false on every node"
        };
        report.add(Fault {
            subject: network.name.clone(),
            message: format!(
                "the cluster sees {}, which {why}: the hosts have addresses in it",
                network.name
            ),
            current: "a cluster network".to_owned(),
            expected: "no adapter of the hosts in the networks of VMs".to_owned(),
            fix: fix.to_owned(),
            at: vec![report.at(network.origin, column)],
        });
    }
}
