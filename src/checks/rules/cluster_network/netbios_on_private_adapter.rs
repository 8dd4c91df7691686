//! An adapter between the nodes that speaks NetBIOS.

use crate::checks::rules::adapters::adapters;
use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "netbios-on-private-adapter",
    severity: Severity::Info,
    family: "cluster-network",
    summary: "an adapter for cluster, live-migration or storage traffic has NetBIOS over TCP/IP on",
    risk: "Windows registers the node's name there and looks for names by broadcast, on a network where nobody answers",
    source: "Microsoft, Ask the Core Team (cluster networks)",
    page: include_str!("netbios_on_private_adapter.md"),
    columns: &[
        "nics.netbios",
        "nics.current_role",
        "host_vnics.netbios",
        "host_vnics.role",
    ],
    needs: &["nics.netbios|host_vnics.netbios"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for adapter in adapters(node).into_iter().filter(|adapter| adapter.is_private()) {
            if let Some(set @ ("on" | "default")) = adapter.facts.text("netbios") {
                let at = report.at(adapter.origin, "netbios");
                found.add((adapter.name.to_owned(), set.to_owned()), node, at);
            }
        }
    }
    for ((name, set), places) in found {
        report.add(Fault {
            subject: name.clone(),
            message: format!("NetBIOS over TCP/IP is not off on {name} of {}", places.nodes()),
            current: set,
            expected: "off".to_owned(),
            fix: format!(
                "properties of {name} on {}: Internet Protocol Version 4, Advanced, WINS: disable NetBIOS over TCP/IP",
                places.nodes()
            ),
            at: places.at,
        });
    }
}
