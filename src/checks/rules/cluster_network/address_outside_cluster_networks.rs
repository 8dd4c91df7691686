//! An address that lies in the subnet of no cluster network.

use crate::checks::rules::adapters::adapters;
use crate::checks::rules::{Fault, Report, Rule, lookup};
use crate::finding::{Location, Severity};
use crate::inventory::{Cluster, Inventory};
use crate::migration::wiring::Subnet;
use crate::units::bare_address;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "address-outside-cluster-networks",
    severity: Severity::Warning,
    family: "cluster-network",
    summary: "an adapter of a node has an address that lies in no cluster network",
    risk: "the cluster makes a network of each subnet it finds, so the address was changed or mistyped since: the cluster does not use the \
           adapter for heartbeat, CSV and live migration, and other nodes do not reach it in its subnet",
    source: "Test-Cluster, Validate Cluster Network Configuration; Microsoft Learn, Get-ClusterNetwork",
    page: include_str!("address_outside_cluster_networks.md"),
    columns: &["nics.addresses", "host_vnics.addresses", "cluster_networks.subnet"],
    needs: &["nics.addresses|host_vnics.addresses", "cluster_networks.subnet"],
    leaves: Some("the addresses of adapters"),
    check,
    ..Rule::BASE
};

/// Addresses with their nodes, and where they stand.
type Addresses = Vec<(String, Location)>;

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let networks: Vec<Vec<Subnet>> = cluster.networks.iter().map(|n| Subnet::list(&n.subnet)).collect();
    // A network without a subnet may be the one that the address is in.
    if networks.iter().any(Vec::is_empty) {
        return;
    }
    let known = networks.concat();
    let mut found: BTreeMap<(&str, Option<Subnet>), Addresses> = BTreeMap::new();
    for node in &cluster.nodes {
        for adapter in adapters(node) {
            for text in adapter.addresses.iter().filter(|text| is_outside(text, &known)) {
                let place = format!("{} of {}", bare_address(text), node.name);
                let alike = found.entry((adapter.name, Subnet::parse(text))).or_default();
                alike.push((place, report.at(adapter.origin, "addresses")));
            }
        }
    }
    for ((name, _), addresses) in found {
        add(name, addresses, cluster, report);
    }
}

/// Whether no network holds the address. Networks that name IPv4 alone say nothing about IPv6, and the other way round.
fn is_outside(text: &str, networks: &[Subnet]) -> bool {
    let Some(address) = Subnet::address(text).filter(|address| !address.is_link_local()) else {
        return false;
    };
    let mut judging = networks
        .iter()
        .filter(|range| range.is_v6() == address.is_v6())
        .peekable();
    judging.peek().is_some() && judging.all(|range| !range.holds(&address))
}

fn add(name: &str, addresses: Addresses, cluster: &Cluster, report: &mut Report<'_>) {
    let (places, at): (Vec<String>, Vec<Location>) = addresses.into_iter().unzip();
    let subnets: Vec<&str> = cluster.networks.iter().map(|network| network.subnet.as_str()).collect();
    let verb = if places.len() > 1 { "lie" } else { "lies" };
    report.add(Fault {
        subject: name.to_owned(),
        message: format!("{} on {name} {verb} in no cluster network", lookup::list(&places)),
        current: lookup::list(&places),
        expected: format!("an address of {}", lookup::list(&subnets)),
        fix: format!(
            "give {name} the address of its subnet; if the subnet is meant to be one of its own, every node needs an adapter there, and the \
             cluster then lists it (Get-ClusterNetwork): write it into cluster_networks"
        ),
        at,
    });
}
