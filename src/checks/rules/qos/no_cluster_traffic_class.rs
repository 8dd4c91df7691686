//! Traffic classes without one for the cluster.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, TrafficClass};

/// The rule.
pub static RULE: Rule = Rule {
    name: "no-cluster-traffic-class",
    severity: Severity::Warning,
    family: "qos",
    summary: "a node has traffic classes but none for cluster traffic",
    risk: "heartbeats share the default class with the VMs, and a full link removes nodes from the cluster",
    source: "Microsoft, Validate-DCB; Microsoft, Host network requirements for Azure Local",
    page: include_str!("no_cluster_traffic_class.md"),
    columns: &["nodes.traffic_classes", "nodes.qos_policies"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for (node, classes) in super::nodes_with_classes(cluster) {
        let priority = super::cluster_priority(node);
        if TrafficClass::of_priority(classes, priority).is_none() {
            found.add(
                (super::shown(classes), priority, super::cluster_share(node)),
                node,
                report.at(node.origin, "traffic_classes"),
            );
        }
    }
    for ((classes, priority, share), places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!("there is no traffic class for cluster traffic (priority {priority}) on {}", places.nodes()),
            current: classes,
            expected: format!("a class for priority {priority} with {share} %"),
            fix: format!(
                "on {}: New-NetQosTrafficClass -Name Cluster -Priority {priority} -BandwidthPercentage {share} -Algorithm ETS; \
                 New-NetQosPolicy -Name Cluster -Cluster -PriorityValue8021Action {priority}",
                places.nodes()
            ),
            at: places.at,
        });
    }
}
