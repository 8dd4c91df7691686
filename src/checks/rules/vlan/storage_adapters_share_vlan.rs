//! Storage ports of a switchless cluster that share a VLAN.

use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic, Node};
use crate::profiles::AZURE_LOCAL;
use crate::roles::Role;
use crate::units::count;
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    name: "storage-adapters-share-vlan",
    severity: Severity::Error,
    family: "vlan",
    summary: "a switchless Azure Local cluster of two nodes has fewer storage VLANs than storage ports",
    risk: "the environment validator stops the deployment, and two cables in one VLAN make one subnet out of two \
        paths",
    source: "Microsoft, Azure Local environment validator, test StorageVlan-2Node-Switchless",
    page: include_str!("storage_adapters_share_vlan.md"),
    columns: &[
        "nics.nic_vlan",
        "nics.direct_to",
        "nics.current_role",
        "clusters.profile",
    ],
    versions: Versions::only(AZURE_LOCAL),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    if cluster.nodes.len() != 2 {
        return;
    }
    for node in &cluster.nodes {
        let ports: Vec<&Nic> = node.nics.iter().filter(|nic| is_direct_storage(nic)).collect();
        let vlans: Vec<u64> = ports.iter().filter_map(|nic| nic.facts.number("nic_vlan")).collect();
        let different: BTreeSet<u64> = vlans.iter().copied().collect();
        if vlans.len() < ports.len() || different.len() == ports.len() {
            continue;
        }
        let names: Vec<&str> = ports.iter().map(|nic| nic.name.as_str()).collect();
        report.add(Fault {
            subject: node.name.clone(),
            message: format!(
                "the storage ports of {} have {} for {}: {}",
                node.name,
                count(different.len(), "VLAN"),
                count(ports.len(), "port"),
                lookup::list(&names)
            ),
            current: count(different.len(), "VLAN"),
            expected: count(ports.len(), "VLAN"),
            fix: fix(node, &ports),
            at: ports.iter().map(|nic| report.at(nic.origin, "nic_vlan")).collect(),
        });
    }
}

fn is_direct_storage(nic: &Nic) -> bool {
    nic.direct_to.is_some() && nic.roles.contains(&Role::Storage)
}

fn fix(node: &Node, ports: &[&Nic]) -> String {
    let last = ports.last().map_or(String::new(), |nic| fixes::quoted(&nic.name));
    format!(
        "give the storage intent one VLAN per port (Set-NetIntent -Name <intent> -StorageVlans 711,712), or Set-NetAdapter -CimSession {} \
         -Name {last} -VlanID <VLAN> on both ends of the cable",
        fixes::quoted(&node.name)
    )
}
