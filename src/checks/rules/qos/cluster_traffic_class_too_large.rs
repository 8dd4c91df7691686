//! A traffic class for the cluster with more than 2 %.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, TrafficClass};
use crate::powershell::quoted;

/// The rule.
pub static RULE: Rule = Rule {
    name: "cluster-traffic-class-too-large",
    severity: Severity::Warning,
    family: "qos",
    summary: "the traffic class for cluster traffic has more than 2 %",
    risk: "storage and VMs have less than they could: heartbeats need one or two percent",
    source: "Microsoft, Validate-DCB; Microsoft, Host network requirements for Azure Local",
    page: include_str!("cluster_traffic_class_too_large.md"),
    columns: &["nodes.traffic_classes", "nodes.qos_policies"],
    check,
    ..Rule::BASE
};

/// Largest share in percent that Microsoft gives to heartbeats: 2 at 10 GbE, 1 above.
const MOST: u8 = 2;

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for (node, classes) in super::nodes_with_classes(cluster) {
        let class = TrafficClass::of_priority(classes, super::cluster_priority(node));
        if let Some((class, percent)) = class.and_then(|class| Some((class, class.percent.filter(|p| *p > MOST)?))) {
            found.add(
                (class.name.clone(), percent, super::cluster_share(node)),
                node,
                report.at(node.origin, "traffic_classes"),
            );
        }
    }
    for ((class, percent, share), places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!(
                "traffic class {class} for cluster traffic has {percent} % on {}",
                places.nodes()
            ),
            current: format!("{percent} %"),
            expected: format!("{share} %"),
            fix: format!(
                "on {}: Set-NetQosTrafficClass -Name {} -BandwidthPercentage {share}",
                places.nodes(),
                quoted(&class)
            ),
            at: places.at,
        });
    }
}
