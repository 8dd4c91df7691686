//! A network of the VMs that the hosts have addresses in.

use crate::checks::rules::adapters::on_network;
use crate::checks::rules::{Fault, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, ClusterNetwork, HostVnic, Inventory, Node};
use crate::roles::Role;
use crate::units::same_name;
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
        report.add(Fault {
            subject: network.name.clone(),
            message: format!(
                "the cluster sees {}, which {why}: the hosts have addresses in it",
                network.name
            ),
            current: "a cluster network".to_owned(),
            expected: "no adapter of the hosts in the networks of VMs".to_owned(),
            fix: fix(cluster, network),
            at: vec![report.at(network.origin, column)],
        });
    }
}

/// Takes the first host vNIC in the network away, and the address off a port there. A switch that loses `AllowManagementOS` loses all of its
/// host vNICs, so that is no advice for one that carries management, too.
fn fix(cluster: &Cluster, network: &ClusterNetwork) -> String {
    if fixes::is_2008r2(cluster) {
        return "in Hyper-V Manager, Virtual Network Manager, clear \"Allow management operating system to share this network adapter\" on \
                every node"
            .to_owned();
    }
    let there = on_network(cluster, network);
    let virtual_of = |node: &Node, name: &str| -> Option<String> {
        let vnic = node.host_vnics.iter().find(|v| same_name(&v.name, name))?;
        Some(remove(node, vnic))
    };
    let more = if there.len() > 1 {
        "; so for its other adapters"
    } else {
        ""
    };
    let Some((node, adapter)) = there.first() else {
        return "on every node: Remove-VMNetworkAdapter -ManagementOS -Name <the host vNIC in it>; Set-VMSwitch -AllowManagementOS $false only \
                where the switch carries nothing else of the host"
            .to_owned();
    };
    let first = virtual_of(node, adapter.name).unwrap_or_else(|| {
        format!(
            "take its address off the port: Disable-NetAdapterBinding -CimSession {} -Name {} -ComponentID ms_tcpip,ms_tcpip6",
            fixes::quoted(&node.name),
            fixes::quoted(&adapter.alias)
        )
    });
    format!("{first}{more}")
}

fn remove(node: &Node, vnic: &HostVnic) -> String {
    format!(
        "Remove-VMNetworkAdapter -ComputerName {} -ManagementOS -Name {}",
        fixes::quoted(&node.name),
        fixes::quoted(&vnic.name)
    )
}
