//! A port that two intents name.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions, intents, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2025;
use crate::units::same_name;
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    name: "port-in-two-intents",
    severity: Severity::Error,
    family: "network-atc",
    summary: "a port is in two intents of Network ATC",
    risk: "Network ATC stops with AdapterBindingConflict, and neither intent is applied",
    source: "Microsoft, Deploy host networking with Network ATC",
    page: include_str!("port_in_two_intents.md"),
    columns: &["nics.intents"],
    versions: Versions::from(WS2025),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for nic in node.nics.iter().filter(|nic| super::intents(nic).len() > 1) {
            found.add(
                (nic.name.clone(), super::intents(nic)),
                node,
                report.at(nic.origin, "intents"),
            );
        }
    }
    for ((nic, intents), places) in found {
        report.add(Fault {
            subject: nic.clone(),
            message: format!(
                "{nic} is in the intents {} on {}",
                lookup::list(intents),
                places.nodes()
            ),
            current: lookup::list(intents),
            expected: "one intent".to_owned(),
            fix: fix(cluster, &nic, intents),
            at: places.at,
        });
    }
}

/// An intent that has ports of its own beside the shared ones gives those up; where none has, one intent takes over what all of them are for.
fn fix(cluster: &Cluster, nic: &str, shared_by: &[String]) -> String {
    let own = |intent: &String| -> BTreeSet<&str> {
        let others = shared_by.iter().filter(|other| !same_name(other, intent));
        let shared: BTreeSet<&str> = others.flat_map(|other| intents::ports(cluster, other)).collect();
        intents::ports(cluster, intent).difference(&shared).copied().collect()
    };
    let Some(kept) = intents::kept(cluster, shared_by) else {
        return String::new();
    };
    let rest = shared_by.iter().filter(|intent| !same_name(intent, kept));
    let gives = rest.clone().find(|intent| !own(intent).is_empty());
    if let Some((intent, ports)) = gives.map(|intent| (intent, own(intent))) {
        return format!(
            "leave {nic} to {kept}, in a maintenance window, since the intent changes on every node at once: {}",
            intents::give(cluster, intent, &ports)
        );
    }
    let all: Vec<&String> = shared_by.iter().collect();
    let ports: BTreeSet<&str> = all.iter().flat_map(|intent| intents::ports(cluster, intent)).collect();
    let removed: Vec<String> = rest.map(|intent| intents::remove(cluster, intent)).collect();
    format!(
        "make one intent of them, in a maintenance window of the cluster: {}; {}; {}",
        removed.join("; "),
        intents::remove(cluster, kept),
        intents::add(cluster, kept, &ports, &intents::kinds(cluster, &all, ""))
    )
}
