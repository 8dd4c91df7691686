//! Addresses in a range that Azure Local keeps for itself.

use crate::checks::rules::{Fault, Hosts, Report, Rule, Versions, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Origin};
use crate::profiles::AZURE_LOCAL;
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    name: "azure-local-reserved-range",
    severity: Severity::Warning,
    family: "storage",
    hosts: Hosts::Any,
    summary: "an address or subnet lies in 10.96.0.0/12 or 10.244.0.0/16, which Azure Local uses itself",
    risk: "Arc and AKS on the cluster cannot reach these addresses",
    source: "Microsoft, Network considerations for cloud deployments of Azure Local (reserved ranges)",
    page: include_str!("azure_local_reserved_range.md"),
    columns: &[
        "nodes.management_ip",
        "nics.addresses",
        "host_vnics.addresses",
        "cluster_networks.subnet",
    ],
    needs: &["nodes.management_ip|nics.addresses|host_vnics.addresses|cluster_networks.subnet"],
    versions: Versions::only(AZURE_LOCAL),
    check,
    ..Rule::BASE
};

/// Ranges of Arc and AKS for services and pods.
const RESERVED: [&str; 2] = ["10.96.0.0/12", "10.244.0.0/16"];

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for reserved in RESERVED {
        let Some(range) = super::subnet(reserved) else { continue };
        let inside = used(cluster)
            .into_iter()
            .filter(|(text, ..)| super::subnet(text).is_some_and(|u| super::overlap(u, range)));
        let (texts, at): (Vec<&str>, Vec<_>) = inside
            .map(|(text, origin, column)| (text, report.at(origin, column)))
            .unzip();
        if texts.is_empty() {
            continue;
        }
        let texts: BTreeSet<&str> = texts.into_iter().collect();
        let texts: Vec<&str> = texts.into_iter().collect();
        report.add(Fault {
            subject: reserved.to_owned(),
            message: format!(
                "{reserved}, which Azure Local uses itself, holds {}",
                lookup::list(&texts)
            ),
            current: lookup::list(&texts),
            expected: format!("addresses outside {reserved}"),
            fix: "plan other addresses, or other ranges for AKS, before the deployment".to_owned(),
            at,
        });
    }
}

/// Every address and subnet of the cluster with its record and column.
fn used(cluster: &Cluster) -> Vec<(&str, Origin, &'static str)> {
    let networks = cluster.networks.iter().map(|n| (n.subnet.as_str(), n.origin, "subnet"));
    let mut used: Vec<_> = networks.collect();
    for node in &cluster.nodes {
        used.push((node.management_ip.as_str(), node.origin, "management_ip"));
        let of_ports = node
            .nics
            .iter()
            .flat_map(|nic| nic.addresses.iter().map(|a| (a.as_str(), nic.origin, "addresses")));
        used.extend(of_ports);
        let of_vnics = node
            .host_vnics
            .iter()
            .flat_map(|v| v.addresses.iter().map(|a| (a.as_str(), v.origin, "addresses")));
        used.extend(of_vnics);
    }
    used
}
