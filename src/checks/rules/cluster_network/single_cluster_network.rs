//! One network for everything the cluster says.

use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "single-cluster-network",
    severity: Severity::Warning,
    family: "cluster-network",
    summary: "the nodes can reach each other over a single cluster network",
    risk: "when it fails, nodes remove each other (event 1135) and the VMs restart elsewhere",
    source: "Microsoft, Understanding Cluster Validation Tests: Network",
    page: include_str!("single_cluster_network.md"),
    columns: &["cluster_networks.network", "cluster_networks.cluster_use"],
    subject: "cluster networks of several nodes",
    asks: &["cluster_networks.network"],
    needs: &[],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let usable: Vec<_> = cluster.networks.iter().filter(|n| n.cluster_use != Some(0)).collect();
    if cluster.nodes.len() < 2 {
        return;
    }
    report.look_at(cluster.networks.len());
    let [only] = usable.as_slice() else {
        let known = usable.iter().filter(|n| n.cluster_use.is_some()).count();
        if known < 2 && known < usable.len() {
            report.lacks("cluster_networks.cluster_use");
        }
        return;
    };
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!("{} is the only network that the cluster may use", only.name),
        current: "1 network".to_owned(),
        expected: "2 networks or more, on different NICs".to_owned(),
        fix: "give cluster and CSV traffic a subnet of its own on another NIC of every node".to_owned(),
        at: vec![report.at(only.origin, "network")],
    });
}
