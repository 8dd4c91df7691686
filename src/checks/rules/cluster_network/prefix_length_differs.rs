//! Adapters of a network with other prefix lengths.

use crate::checks::rules::adapters::adapters;
use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Hosts, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, ClusterNetwork, Inventory};
use crate::migration::wiring::Subnet;

/// The rule.
pub static RULE: Rule = Rule {
    name: "prefix-length-differs",
    severity: Severity::Error,
    family: "cluster-network",
    hosts: Hosts::Any,
    summary: "adapters of a cluster network have other prefix lengths than the network",
    risk: "the cluster makes two networks of it, or a node sends to its neighbours by the gateway",
    source: "Test-Cluster, Validate Cluster Network Configuration",
    page: include_str!("prefix_length_differs.md"),
    columns: &["nics.addresses", "host_vnics.addresses", "cluster_networks.subnet"],
    needs: &["nics.addresses|host_vnics.addresses", "cluster_networks.subnet"],
    leaves: Some("the addresses of adapters"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for adapter in adapters(node) {
            for text in adapter.addresses.iter().filter(|text| text.contains('/')) {
                if let Some(network) = other_length(cluster, text) {
                    let length = text.split('/').nth(1).unwrap_or_default();
                    let what = if length.contains('.') { "mask" } else { "prefix length" };
                    found.add(
                        (network.name.clone(), network.subnet.clone(), format!("{what} {length}")),
                        node,
                        report.at(adapter.origin, "addresses"),
                    );
                }
            }
        }
    }
    for ((network, subnet, length), places) in found {
        report.add(Fault {
            subject: network.clone(),
            message: format!(
                "{network} is {subnet}, but adapters on {} have {length}",
                places.nodes()
            ),
            current: length,
            expected: subnet.clone(),
            fix: format!(
                "set the subnet mask of {subnet} on these adapters of {}",
                places.nodes()
            ),
            at: places.at,
        });
    }
}

/// The cluster network that holds an address and has another prefix length, if none has the same.
fn other_length<'a>(cluster: &'a Cluster, text: &str) -> Option<&'a ClusterNetwork> {
    let (address, range) = (Subnet::address(text)?, Subnet::parse(text)?);
    let of = |network: &&ClusterNetwork| {
        Subnet::list(&network.subnet)
            .iter()
            .any(|subnet| subnet.holds(&address))
    };
    let networks: Vec<&ClusterNetwork> = cluster.networks.iter().filter(of).collect();
    let fits = networks
        .iter()
        .any(|network| Subnet::list(&network.subnet).contains(&range));
    networks.first().copied().filter(|_| !fits)
}
