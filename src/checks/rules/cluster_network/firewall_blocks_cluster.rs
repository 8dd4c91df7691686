//! An adapter on which the firewall stops cluster traffic.

use crate::checks::rules::adapters::adapters;
use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "firewall-blocks-cluster",
    severity: Severity::Error,
    family: "cluster-network",
    summary: "the firewall of a node stops cluster traffic on an adapter",
    risk: "nodes do not see each other there: the network is partitioned and the validation fails",
    source: "Test-Cluster, Validate Windows Firewall Configuration",
    page: include_str!("firewall_blocks_cluster.md"),
    columns: &["nics.firewall_open", "host_vnics.firewall_open"],
    needs: &["nics.firewall_open|host_vnics.firewall_open"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for adapter in adapters(node)
            .iter()
            .filter(|adapter| adapter.facts.yes("firewall_open") == Some(false))
        {
            found.add(
                adapter.name.to_owned(),
                node,
                report.at(adapter.origin, "firewall_open"),
            );
        }
    }
    for (name, places) in found {
        let fix = if fixes::is_2008r2(cluster) {
            "netsh advfirewall firewall set rule group=\"Failover Clusters\" new enable=yes"
        } else {
            "Enable-NetFirewallRule -DisplayGroup 'Failover Clusters'"
        };
        report.add(Fault {
            subject: name.clone(),
            message: format!("the firewall stops cluster traffic on {name} of {}", places.nodes()),
            current: "blocked".to_owned(),
            expected: "port 3343 open between the nodes on every cluster network".to_owned(),
            fix: format!("on {}, for the profile of this network: {fix}", places.nodes()),
            at: places.at,
        });
    }
}
