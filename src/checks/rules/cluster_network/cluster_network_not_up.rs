//! A cluster network that does not work.

use crate::checks::rules::{Fault, Report, Rule, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, NetworkState};

/// The rule.
pub static RULE: Rule = Rule {
    name: "cluster-network-not-up",
    severity: Severity::Error,
    family: "cluster-network",
    summary: "a cluster network is down, partitioned or unavailable",
    risk: "nodes do not reach each other over it: what it is for takes another network, and the next fault may split the cluster",
    source: "Microsoft, MSCluster_Network class, State; Tuning Failover Cluster Network Thresholds",
    page: include_str!("cluster_network_not_up.md"),
    columns: &["cluster_networks.state", "cluster_networks.cluster_use"],
    subject: "cluster networks",
    needs: &["cluster_networks.state"],
    leaves: Some("the state of cluster networks"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    report.look_at(cluster.networks.len());
    for network in cluster.networks.iter().filter(|n| n.state != NetworkState::Up) {
        // A network that the cluster may not use has no usable interface by intent.
        if network.state == NetworkState::Unavailable && network.cluster_use == Some(0) {
            continue;
        }
        report.add(Fault {
            subject: network.name.clone(),
            message: format!("cluster network {} is {}", network.name, network.state.name()),
            current: network.state.name().to_owned(),
            expected: "up".to_owned(),
            fix: format!(
                "Get-ClusterNetworkInterface -Cluster {} -Network {} names the adapters: check cable, switch port, VLAN and firewall",
                cluster.argument(),
                fixes::quoted(&network.name)
            ),
            at: vec![report.at(network.origin, "state")],
        });
    }
}
