//! Storage ports of a switchless cluster that share a VLAN.

use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, lookup, network_atc};
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

/// The first VLAN that Network ATC gives to storage.
const FIRST: u64 = 711;

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
            fix: fix(cluster, node, &ports),
            at: ports.iter().map(|nic| report.at(nic.origin, "nic_vlan")).collect(),
        });
    }
}

fn is_direct_storage(nic: &Nic) -> bool {
    nic.direct_to.is_some() && nic.roles.contains(&Role::Storage)
}

/// The VLANs that Network ATC takes itself, or one more than the port has at both ends of its cable.
fn fix(cluster: &Cluster, node: &Node, ports: &[&Nic]) -> String {
    let vlans: Vec<String> = (FIRST..).take(ports.len()).map(|vlan| vlan.to_string()).collect();
    let used: BTreeSet<u64> = ports.iter().filter_map(|nic| nic.facts.number("nic_vlan")).collect();
    let free = (FIRST..).find(|vlan| !used.contains(vlan)).unwrap_or(FIRST);
    let last = ports.last().copied();
    let far = last.and_then(|nic| nic.direct_to.as_ref());
    let ends = [
        last.map(|nic| (node.name.as_str(), nic.name.as_str())),
        far.and_then(|(node, port)| Some((cluster.nodes.get(*node)?.name.as_str(), port.as_str()))),
    ];
    let set = |(host, port): (&str, &str)| {
        let (host, port) = (fixes::quoted(host), fixes::quoted(port));
        format!("Set-NetAdapter -CimSession {host} -Name {port} -VlanID {free}")
    };
    let both: Vec<String> = ends.into_iter().flatten().map(set).collect();
    format!(
        "give the storage intent one VLAN per port (Set-NetIntent -Name {} -StorageVlans {}), or without intent both ends of a cable \
         another VLAN: {}",
        network_atc::storage_intent(cluster),
        vlans.join(","),
        both.join("; ")
    )
}
