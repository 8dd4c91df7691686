//! Several storage subnets in one cluster network.

use crate::checks::rules::adapters::adapters;
use crate::checks::rules::{Fault, Report, Rule, Versions, lookup};
use crate::finding::{Location, Severity};
use crate::inventory::{Cluster, Inventory};
use crate::migration::wiring::Subnet;
use crate::profiles::AZURE_LOCAL;
use crate::roles::Role;
use std::collections::{BTreeMap, BTreeSet};

/// The rule.
pub static RULE: Rule = Rule {
    name: "storage-networks-merged",
    severity: Severity::Error,
    family: "cluster-network",
    summary: "one cluster network holds several subnets of storage adapters (Azure Local)",
    risk: "updates are blocked, and the cluster cannot tell a failed storage path from a working one",
    source: "Microsoft, Azure Local troubleshooting guides: storage networks merged into one cluster network",
    page: include_str!("storage_networks_merged.md"),
    columns: &[
        "nics.cluster_network",
        "nics.addresses",
        "nics.current_role",
        "host_vnics.cluster_network",
        "host_vnics.addresses",
        "host_vnics.role",
        "clusters.profile",
    ],
    needs: &["nics.cluster_network|host_vnics.cluster_network"],
    versions: Versions::only(AZURE_LOCAL).because("merged storage networks stop the updates of Azure Local alone"),
    check,
    ..Rule::BASE
};

/// What one cluster network holds: subnets, names of adapters, and where it stands.
type Held<'a> = (BTreeSet<Subnet>, BTreeSet<&'a str>, Vec<Location>);

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut networks: BTreeMap<&str, Held<'_>> = BTreeMap::new();
    for node in &cluster.nodes {
        for adapter in adapters(node)
            .iter()
            .filter(|adapter| adapter.roles.contains(&Role::Storage))
        {
            let Some(name) = adapter.facts.text("cluster_network") else {
                continue;
            };
            if adapter.addresses.is_empty() {
                report.lacks(adapter.addresses_column);
            }
            let (subnets, names, at) = networks.entry(name).or_default();
            let ipv4 = adapter.addresses.iter().filter(|text| !text.contains(':'));
            subnets.extend(ipv4.filter_map(|text| Subnet::parse(text)));
            names.insert(adapter.name);
            at.push(report.at(adapter.origin, "cluster_network"));
        }
    }
    for (network, (subnets, names, at)) in networks.into_iter().filter(|(_, (subnets, _, _))| subnets.len() > 1) {
        let names: Vec<&str> = names.into_iter().collect();
        report.add(Fault {
            subject: network.to_owned(),
            message: format!("{network} holds {} subnets of storage: {}", subnets.len(), lookup::list(&names)),
            current: "several storage subnets in one cluster network".to_owned(),
            expected: "one cluster network per storage subnet".to_owned(),
            fix: "correct address, mask and VLAN of the storage adapters on every node, until each subnet is a network of its own".to_owned(),
            at,
        });
    }
}
