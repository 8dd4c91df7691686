//! Ports of one intent that differ in model or speed.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic};
use crate::profiles::WS2025;
use crate::units::show_mbps;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "intent-ports-differ",
    severity: Severity::Error,
    family: "network-atc",
    summary: "ports of one intent differ in model or speed",
    risk: "Network ATC stops with a symmetry failure, and the intent is not applied",
    source: "Microsoft, Deploy host networking with Network ATC (symmetry)",
    page: include_str!("intent_ports_differ.md"),
    columns: &["nics.intents", "nics.model", "nics.speed_mbps"],
    versions: Versions::from(WS2025),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    // What the first port of an intent is, and the ports that are something else.
    let mut first: BTreeMap<String, &Nic> = BTreeMap::new();
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for nic in &node.nics {
            for intent in super::intents(nic) {
                let like = *first.entry(intent.to_lowercase()).or_insert(nic);
                let known = !like.model.is_empty() && !nic.model.is_empty();
                if nic.speed != like.speed {
                    let key = (intent.clone(), show_mbps(nic.speed), show_mbps(like.speed));
                    found.add(key, node, report.at(nic.origin, "speed_mbps"));
                } else if known && nic.model != like.model {
                    let key = (intent.clone(), nic.model.clone(), like.model.clone());
                    found.add(key, node, report.at(nic.origin, "model"));
                }
            }
        }
    }
    for ((intent, current, expected), places) in found {
        report.add(Fault {
            subject: intent.clone(),
            message: format!(
                "intent {intent} has ports with {current} on {}, and others with {expected}",
                places.nodes()
            ),
            current,
            expected,
            fix: format!("use ports of one model and speed for intent {intent} on every node"),
            at: places.at,
        });
    }
}
