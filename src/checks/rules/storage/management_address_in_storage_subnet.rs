//! A management address inside a storage subnet.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::AZURE_LOCAL;
use crate::roles::Role;

/// The rule.
pub static RULE: Rule = Rule {
    name: "management-address-in-storage-subnet",
    severity: Severity::Error,
    family: "storage",
    summary: "the management address of a node of Azure Local lies in a storage subnet",
    risk: "the environment validator stops the deployment, and management and storage cannot be told apart",
    source: "Microsoft, Azure Local environment validator, MgmtIP-Not-Overlap-Storage-Subnet",
    page: include_str!("management_address_in_storage_subnet.md"),
    columns: &[
        "nodes.management_ip",
        "cluster_networks.subnet",
        "cluster_networks.purpose",
    ],
    needs: &[
        "nodes.management_ip",
        "cluster_networks.subnet",
        "cluster_networks.purpose",
    ],
    versions: Versions::only(AZURE_LOCAL),
    leaves: Some("the addresses of nodes"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for network in cluster.networks.iter().filter(|n| n.purpose == Some(Role::Storage)) {
        for node in &cluster.nodes {
            let inside = match (super::subnet(&node.management_ip), super::subnet(&network.subnet)) {
                (Some(address), Some(subnet)) => super::overlap(address, subnet),
                _ => false,
            };
            if inside {
                found.add(
                    (network.name.clone(), network.subnet.clone()),
                    node,
                    report.at(node.origin, "management_ip"),
                );
            }
        }
    }
    for ((network, subnet), places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!(
                "the management address of {} lies in {subnet}, the subnet of storage network {network}",
                places.nodes()
            ),
            current: format!("in {subnet}"),
            expected: "a subnet of its own for management".to_owned(),
            fix: format!(
                "give {network} another subnet, or {} another management address",
                places.nodes()
            ),
            at: places.at,
        });
    }
}
