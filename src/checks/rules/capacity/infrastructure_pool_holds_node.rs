//! A pool of management addresses that holds the address of a node.

use super::pool;
use crate::checks::rules::{Fault, Hosts, Report, Rule, Versions, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Node};
use crate::profiles::AZURE_LOCAL;
use std::net::Ipv4Addr;

/// The rule.
pub static RULE: Rule = Rule {
    name: "infrastructure-pool-holds-node",
    severity: Severity::Error,
    family: "capacity",
    hosts: Hosts::Any,
    summary: "the address pool for the infrastructure of Azure Local holds the address of a node",
    risk: "the deployment stops at the validation, or two machines get one address",
    source: "Microsoft, Azure Local environment checker (management IP pool); Network considerations for Azure Local",
    page: include_str!("infrastructure_pool_holds_node.md"),
    columns: &[
        "clusters.infrastructure_ip_pool",
        "clusters.profile",
        "nodes.management_ip",
    ],
    needs: &["clusters.infrastructure_ip_pool", "nodes.management_ip"],
    versions: Versions::only(AZURE_LOCAL).because("only Azure Local takes such a pool"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let Some((first, last)) = pool(cluster) else {
        return;
    };
    let inside = |node: &&Node| {
        let address = node.management_address().parse::<Ipv4Addr>();
        address.is_ok_and(|address| (first..=last).contains(&address))
    };
    let found: Vec<&Node> = cluster.nodes.iter().filter(inside).collect();
    if found.is_empty() {
        return;
    }
    let names: Vec<&str> = found.iter().map(|node| node.name.as_str()).collect();
    report.add(Fault {
        subject: lookup::list(&names),
        message: format!(
            "the address pool {first} to {last} holds the address of {}",
            lookup::list(&names)
        ),
        current: format!("{first} to {last}"),
        expected: "a pool without addresses of nodes".to_owned(),
        fix: "choose a pool of free addresses beside those of the nodes".to_owned(),
        at: found
            .iter()
            .map(|node| report.at(node.origin, "management_ip"))
            .collect(),
    });
}
