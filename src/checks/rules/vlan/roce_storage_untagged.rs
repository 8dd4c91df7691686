//! RoCE storage without a VLAN tag.

use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, lookup, vswitch};
use crate::finding::{Location, Severity};
use crate::inventory::{Cluster, HostVnic, Inventory, Nic, Node, Rdma};
use crate::profiles::WS2016;
use crate::roles::Role;
use crate::units::Subnet;

/// The rule.
pub static RULE: Rule = Rule {
    name: "roce-storage-untagged",
    severity: Severity::Error,
    family: "vlan",
    summary: "storage runs over RoCE without a VLAN",
    risk: "the priority that pause frames protect stands in the VLAN tag: untagged frames are dropped under \
        load, and storage stalls",
    source: "Microsoft, Network ATC (InvalidIsolationID); Validate-DCB (VLAN ID of RDMA adapters is not 0)",
    page: include_str!("roce_storage_untagged.md"),
    columns: &[
        "nics.nic_vlan",
        "nics.rdma",
        "nics.current_role",
        "host_vnics.vlan",
        "host_vnics.vlan_mode",
        "host_vnics.rdma",
        "host_vnics.role",
        "clusters.profile",
    ],
    needs: &["nics.nic_vlan|host_vnics.vlan_mode|host_vnics.vlan"],
    versions: Versions::from(WS2016),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found: Vec<(String, Location, String)> = Vec::new();
    for node in &cluster.nodes {
        let host = fixes::quoted(&node.name);
        found.extend(node.nics.iter().filter(|nic| is_untagged_port(nic)).map(|nic| {
            let fix = format!(
                "Set-NetAdapter -CimSession {host} -Name {} -VlanID {}",
                fixes::quoted(&nic.name),
                vlan(cluster, &nic.addresses)
            );
            (
                format!("{}/{}", node.name, nic.name),
                report.at(nic.origin, "nic_vlan"),
                fix,
            )
        }));
        let says_vlan = report.knows("host_vnics.vlan");
        let untagged = |v: &&HostVnic| is_untagged_host_vnic(node, v, says_vlan);
        found.extend(node.host_vnics.iter().filter(untagged).map(|v| {
            let fix = format!(
                "Set-VMNetworkAdapterVlan -ComputerName {host} -ManagementOS -VMNetworkAdapterName {} -Access \
                 -VlanId {}",
                fixes::quoted(&v.name),
                vlan(cluster, &v.addresses)
            );
            (
                format!("{}/{}", node.name, v.name),
                report.at(v.origin, v.facts.text("vlan_mode").map_or("vlan", |_| "vlan_mode")),
                fix,
            )
        }));
    }
    let Some((_, _, fix)) = found.first() else { return };
    let names: Vec<&str> = found.iter().map(|(name, ..)| name.as_str()).collect();
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!("storage runs over RoCE without a VLAN on {}", lookup::list(&names)),
        current: "untagged".to_owned(),
        expected: "a VLAN from 1 to 4094, the same on the physical switch".to_owned(),
        fix: format!("first trunk the VLAN at the physical switch, then {fix}"),
        at: found.iter().map(|(_, at, _)| at.clone()).collect(),
    });
}

/// The VLAN of the network that holds the addresses.
fn vlan(cluster: &Cluster, addresses: &[String]) -> String {
    let own = Subnet::of_addresses(addresses);
    let mut there = cluster.networks.iter().filter(|n| Subnet::any_holds(&n.subnet, &own));
    let vlan = there.find_map(|n| n.vlan);
    vlan.map_or("<VLAN>".to_owned(), |vlan| vlan.to_string())
}

/// A port under a switch is tagged by its host vNICs.
fn is_untagged_port(nic: &Nic) -> bool {
    nic.rdma == Rdma::Roce
        && nic.roles.contains(&Role::Storage)
        && nic.switch.is_none()
        && nic.facts.number("nic_vlan") == Some(0)
}

/// A blank VLAN is none where any host vNIC names one. Reports of Test-Cluster name no VLAN at all, which does not say that there is
/// none.
fn is_untagged_host_vnic(node: &Node, vnic: &HostVnic, says_vlan: bool) -> bool {
    let untagged = match vnic.facts.text("vlan_mode") {
        Some(mode) => mode == "untagged",
        None => says_vlan && vnic.vlan.is_none(),
    };
    vnic.role == Some(Role::Storage)
        && vnic.rdma == Some(true)
        && untagged
        && vswitch::bound(node, &vnic.switch).any(|nic| nic.rdma == Rdma::Roce)
}
