//! A node without adapter in a cluster network.

use crate::checks::rules::adapters::{Adapter, OTHER_SUBNETS, adapters, in_other_subnets, on_network};
use crate::checks::rules::{Fault, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, ClusterNetwork, Inventory, Node};

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
        "cluster_networks.purpose",
        "nics.cluster_network",
        "host_vnics.cluster_network",
        "nics.direct_to",
    ],
    needs: &["nics.addresses|host_vnics.addresses|nics.cluster_network|host_vnics.cluster_network"],
    leaves: Some("the addresses of adapters"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let used = cluster.networks.iter().filter(|network| network.cluster_use != Some(0));
    for network in used {
        note_unknown_subnet(cluster, network, report);
        let there = |node: &usize| {
            let node = cluster.nodes.get(*node);
            node.is_some_and(|node| adapters(node).iter().any(|adapter| adapter.is_on(network)))
        };
        let (with, without): (Vec<usize>, Vec<usize>) = (0..cluster.nodes.len()).partition(there);
        if with.is_empty() || is_of_cables(cluster, network) {
            continue;
        }
        let (away, without): (Vec<usize>, Vec<usize>) = without
            .into_iter()
            .partition(|node| with.iter().any(|other| in_other_subnets(cluster, *node, *other)));
        if !away.is_empty() {
            report.out_of_scope(OTHER_SUBNETS);
        }
        let missing = without.into_iter().filter_map(|node| cluster.nodes.get(node));
        let missing: Vec<&Node> = missing.filter(|node| fully_known(node)).collect();
        if missing.is_empty() {
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

/// Without a subnet nobody knows which adapters are on the network, but for those that name it.
fn note_unknown_subnet(cluster: &Cluster, network: &ClusterNetwork, report: &mut Report<'_>) {
    let names_none = |node: &Node| {
        let all = adapters(node);
        all.iter()
            .any(|adapter| adapter.may_hold_address && adapter.facts.text("cluster_network").is_none())
    };
    if network.subnet.is_empty() && cluster.nodes.iter().any(names_none) {
        report.lacks("cluster_networks.subnet");
    }
}

/// Whether all adapters on the network are ports with a cable to another node: each such link is a network of its own, and the nodes that it
/// does not join have no place there.
fn is_of_cables(cluster: &Cluster, network: &ClusterNetwork) -> bool {
    let there = on_network(cluster, network);
    let is_cabled = |node: &Node, name: &str| {
        let port = node.nics.iter().find(|nic| nic.name == name);
        port.is_some_and(|nic| nic.direct_to.is_some())
    };
    !there.is_empty() && there.iter().all(|(node, adapter)| is_cabled(node, adapter.name))
}

/// Whether every adapter that could be the missing one says where it belongs.
fn fully_known(node: &Node) -> bool {
    let all = adapters(node);
    let says = |adapter: &Adapter<'_>| !adapter.addresses.is_empty() || adapter.facts.text("cluster_network").is_some();
    all.iter().any(says) && all.iter().all(|adapter| !adapter.may_hold_address || says(adapter))
}
