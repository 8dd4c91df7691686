//! Shares of traffic classes that do not add up to 100 %.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, TrafficClass};

/// The rule.
pub static RULE: Rule = Rule {
    name: "traffic-class-shares-not-100",
    severity: Severity::Error,
    family: "qos",
    summary: "the shares of the traffic classes do not add up to 100 %",
    risk: "Windows refuses the classes or the port shares the link in another way than planned",
    source: "Microsoft, Validate-DCB; Microsoft, New-NetQosTrafficClass, parameter BandwidthPercentage",
    page: include_str!("traffic_class_shares_not_100.md"),
    columns: &["nodes.traffic_classes"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for (node, classes) in super::nodes_with_classes(cluster) {
        let total: u32 = classes.iter().filter_map(|class| class.percent).map(u32::from).sum();
        // Where the default class is not listed it has what the others leave.
        let whole = classes
            .iter()
            .any(|class| class.is_default() && class.percent.is_some());
        if total > 100 || (whole && total != 100) {
            found.add(
                (super::shown(classes), total, largest(classes, total)),
                node,
                report.at(node.origin, "traffic_classes"),
            );
        }
    }
    for ((classes, total, (name, percent)), places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!("the shares of the traffic classes add up to {total} % on {}", places.nodes()),
            current: format!("{total} %: {classes}"),
            expected: "100 %, the default class included".to_owned(),
            fix: format!(
                "on {}: Set-NetQosTrafficClass -Name {name} -BandwidthPercentage {percent}, or less in another class: the default class keeps the rest",
                places.nodes()
            ),
            at: places.at,
        });
    }
}

/// The class with the largest share beside the default one, and the share with which all of them are 100 %.
fn largest(classes: &[TrafficClass], total: u32) -> (String, u32) {
    let own = classes.iter().filter(|class| !class.is_default());
    let largest = own.max_by_key(|class| class.percent);
    let percent = largest.and_then(|class| class.percent).map_or(0, u32::from);
    let name = largest.map_or("<class>".to_owned(), |class| fixes::quoted(&class.name));
    (name, (percent + 100).saturating_sub(total).max(1))
}
