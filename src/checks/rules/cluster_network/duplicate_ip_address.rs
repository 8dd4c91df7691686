//! One IP address on two adapters.

use crate::checks::rules::adapters::adapters;
use crate::checks::rules::{Fault, Hosts, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Origin};
use crate::migration::wiring::Subnet;
use crate::units::{bare_address, count};
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "duplicate-ip-address",
    severity: Severity::Error,
    family: "cluster-network",
    hosts: Hosts::Any,
    summary: "two adapters of the cluster have the same IP address",
    risk: "Windows switches one of them off, and which one changes with every restart",
    source: "Test-Cluster, Validate IP Configuration",
    page: include_str!("duplicate_ip_address.md"),
    columns: &["nics.addresses", "host_vnics.addresses"],
    needs: &["nics.addresses|host_vnics.addresses"],
    leaves: Some("the addresses of adapters"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut holders: BTreeMap<Subnet, Vec<(String, String, Origin)>> = BTreeMap::new();
    for node in &cluster.nodes {
        for adapter in adapters(node) {
            // Members of a team may show the address of the team.
            let place = if adapter.group.is_empty() {
                adapter.name
            } else {
                adapter.group
            };
            for text in adapter.addresses {
                let Some(address) = Subnet::address(text).filter(|address| !address.is_link_local()) else {
                    continue;
                };
                let place = format!("{}/{place}", node.name);
                let at = holders.entry(address).or_default();
                if at.iter().all(|(other, _, _)| *other != place) {
                    at.push((place, text.clone(), adapter.origin));
                }
            }
        }
    }
    for same in holders.into_values().filter(|same| same.len() > 1) {
        add(&same, report);
    }
}

fn add(same: &[(String, String, Origin)], report: &mut Report<'_>) {
    let places: Vec<&str> = same.iter().map(|(place, _, _)| place.as_str()).collect();
    let written = same.first().map(|(_, text, _)| bare_address(text)).unwrap_or_default();
    report.add(Fault {
        subject: written.to_owned(),
        message: format!("{written} is the address of {}", lookup::list(&places)),
        current: format!("{} have it", count(same.len(), "adapter")),
        expected: "each address on one adapter".to_owned(),
        fix: "give all but one of them another address of the same subnet".to_owned(),
        at: same
            .iter()
            .map(|(_, _, origin)| report.at(*origin, "addresses"))
            .collect(),
    });
}
