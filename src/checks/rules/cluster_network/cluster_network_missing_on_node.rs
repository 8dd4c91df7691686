//! A node without adapter in a cluster network.

use crate::checks::rules::adapters::{Adapter, adapters};
use crate::checks::rules::{Fault, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "cluster-network-missing-on-node",
    severity: Severity::Error,
    family: "cluster-network",
    summary: "a node has no adapter in a network that the others have",
    risk: "the network is partitioned for this node: cluster traffic and migrations to it take another network, and one fault less cuts it off",
    source: "Test-Cluster, Validate Cluster Network Configuration",
    page: include_str!("cluster_network_missing_on_node.md"),
    columns: &[
        "nics.addresses",
        "host_vnics.addresses",
        "cluster_networks.subnet",
        "cluster_networks.cluster_use",
        "nics.cluster_network",
        "host_vnics.cluster_network",
    ],
    needs: &["nics.addresses|host_vnics.addresses|nics.cluster_network|host_vnics.cluster_network"],
    leaves: Some("the addresses of adapters"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let used = cluster.networks.iter().filter(|network| network.cluster_use != Some(0));
    for network in used {
        let there = |node: &&Node| adapters(node).iter().any(|adapter| adapter.is_on(network));
        let (with, without): (Vec<&Node>, Vec<&Node>) = cluster.nodes.iter().partition(there);
        let missing: Vec<&Node> = without.into_iter().filter(|node| fully_known(node)).collect();
        if with.is_empty() || missing.is_empty() {
            continue;
        }
        let names: Vec<&str> = missing.iter().map(|node| node.name.as_str()).collect();
        let mut at: Vec<_> = missing.iter().map(|node| report.at(node.origin, "node")).collect();
        at.push(report.at(network.origin, "subnet"));
        report.add(Fault {
            subject: network.name.clone(),
            message: format!("no adapter in {} on {}", network.name, lookup::list(&names)),
            current: "no adapter".to_owned(),
            expected: format!("an adapter in {} on every node", network.subnet),
            fix: format!(
                "give an adapter of {} an address of {}",
                lookup::list(&names),
                network.subnet
            ),
            at,
        });
    }
}

/// Whether every adapter that could be the missing one says where it belongs.
fn fully_known(node: &Node) -> bool {
    let all = adapters(node);
    let says = |adapter: &Adapter<'_>| !adapter.addresses.is_empty() || adapter.facts.text("cluster_network").is_some();
    all.iter().any(says) && all.iter().all(|adapter| !adapter.may_hold_address || says(adapter))
}
