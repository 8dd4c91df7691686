//! An intent that Network ATC could not apply.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::powershell::quoted;
use crate::profiles::WS2025;

/// The rule.
pub static RULE: Rule = Rule {
    name: "intent-failed",
    severity: Severity::Error,
    family: "network-atc",
    summary: "Network ATC could not apply an intent to a node",
    risk: "the node runs with what it had before: switches, VLANs or QoS differ from those of the other nodes",
    source: "Microsoft, Manage Network ATC; Microsoft, Azure Local environment validator, Cluster-Intent-Status",
    page: include_str!("intent_failed.md"),
    columns: &["nodes.failed_intents"],
    versions: Versions::from(WS2025),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for intent in node.facts.list("failed_intents").unwrap_or_default() {
            found.add(intent.clone(), node, report.at(node.origin, "failed_intents"));
        }
    }
    for (intent, places) in found {
        report.add(Fault {
            subject: intent.clone(),
            message: format!("Network ATC could not apply intent {intent} to {}", places.nodes()),
            current: "ConfigurationStatus Failed".to_owned(),
            expected: "ConfigurationStatus Success, ProvisioningStatus Completed".to_owned(),
            fix: format!(
                "Get-NetIntentStatus -Name {} shows the error; when its cause is gone: Set-NetIntentRetryState -Name {} -NodeName {}{}",
                quoted(&intent),
                quoted(&intent),
                quoted(places.first()),
                places.verb("", ", and so for each of them")
            ),
            at: places.at,
        });
    }
}
