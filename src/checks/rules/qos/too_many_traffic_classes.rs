//! More traffic classes than Windows or a port can do.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "too-many-traffic-classes",
    severity: Severity::Error,
    family: "qos",
    summary: "a node has more traffic classes than Windows or one of its ports can do",
    risk: "the classes are not set in the port, and all traffic shares one",
    source: "Microsoft, New-NetQosTrafficClass; Microsoft, Get-NetAdapterQos",
    page: include_str!("too_many_traffic_classes.md"),
    columns: &["nodes.traffic_classes", "nics.max_traffic_classes", "nics.qos"],
    needs: &["nodes.traffic_classes"],
    check,
    ..Rule::BASE
};

/// Classes that Windows can do with the default one.
const MOST: u64 = 8;

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for (node, classes) in super::nodes_with_classes(cluster) {
        let own = classes.iter().filter(|class| !class.is_default()).count();
        // The default class is there even where it is not listed.
        let count = u64::try_from(own).unwrap_or(u64::MAX).saturating_add(1);
        let in_use = node.nics.iter().filter(|nic| nic.facts.yes("qos") != Some(false));
        let limit = in_use.filter_map(|nic| nic.facts.number("max_traffic_classes")).min();
        let limit = limit.unwrap_or(MOST).min(MOST);
        if count > limit {
            found.add((count, limit), node, report.at(node.origin, "traffic_classes"));
        }
    }
    for ((count, limit), places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!(
                "{count} traffic classes with the default one on {}, {limit} are possible",
                places.nodes()
            ),
            current: format!("{count} classes"),
            expected: format!("{limit} or fewer"),
            fix: format!(
                "on {}: Remove-NetQosTrafficClass -Name NAME until {limit} are left",
                places.nodes()
            ),
            at: places.at,
        });
    }
}
