//! Intents on a version without Network ATC.

use crate::checks::rules::{Fault, Report, Rule, Versions, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2022;
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    name: "network-atc-not-in-this-version",
    severity: Severity::Error,
    family: "network-atc",
    summary: "the inventory names intents, but this version of Windows has no Network ATC",
    risk: "nothing of the intent is applied: switches, VLANs and DCB are missing",
    source: "Microsoft, Deploy host networking with Network ATC (requirements)",
    page: include_str!("network_atc_not_in_this_version.md"),
    columns: &[
        "nics.intents",
        "clusters.management_intents",
        "clusters.compute_intents",
        "clusters.storage_intents",
        "clusters.stretch_intents",
    ],
    needs: &[
        "nics.intents|clusters.management_intents|clusters.compute_intents|clusters.storage_intents|clusters.stretch_intents",
    ],
    versions: Versions::until(WS2022),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    let mut at = Vec::new();
    for column in super::LISTS {
        let intents = cluster.facts.list(column).unwrap_or_default();
        names.extend(intents.iter().map(String::as_str));
        at.extend((!intents.is_empty()).then(|| report.at(cluster.origin, column)));
    }
    for nic in cluster.nodes.iter().flat_map(|node| &node.nics) {
        let intents = super::intents(nic);
        names.extend(intents.iter().map(String::as_str));
        at.extend((!intents.is_empty()).then(|| report.at(nic.origin, "intents")));
    }
    if names.is_empty() {
        return;
    }
    let names: Vec<&str> = names.into_iter().collect();
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "{} has no Network ATC, but there are intents: {}",
            cluster.profile.title,
            lookup::list(&names)
        ),
        current: format!("intents {}", lookup::list(&names)),
        expected: "switches, VLANs and QoS that are set by hand, or Windows Server 2025 or Azure Local".to_owned(),
        fix: "correct clusters.profile, or set up switches, host vNICs and QoS by hand".to_owned(),
        at,
    });
}
