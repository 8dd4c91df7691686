//! A physical port that runs the driver that came with Windows.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic};
use crate::profiles::{AZURE_LOCAL, WS2016};

/// The rule.
pub static RULE: Rule = Rule {
    name: "inbox-driver",
    severity: Severity::Warning,
    family: "nic",
    summary: "a physical port runs the driver that came with Windows",
    risk: "the driver is there to reach the network for the first time; RDMA, queues and fixes of the maker are missing",
    source: "Microsoft, Azure Local Environment Validator (NetworkAdapter-InboxDriver); Network HUD",
    page: include_str!("inbox_driver.md"),
    columns: &["nics.driver_provider", "nics.model", "nics.status"],
    versions: Versions::from(WS2016),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut models = Alike::new();
    for node in &cluster.nodes {
        for nic in node.nics.iter().filter(|nic| is_inbox(nic)) {
            models.add(nic.model.as_str(), node, report.at(nic.origin, "driver_provider"));
        }
    }
    let (severity, must) = match cluster.profile.generation {
        AZURE_LOCAL => (Severity::Error, "Azure Local does not support it"),
        _ => (Severity::Warning, "the maker's own driver is the supported one"),
    };
    for (model, places) in models {
        let model = if model.is_empty() {
            "ports without a model"
        } else {
            model
        };
        report.add_as(
            severity,
            Fault {
                subject: model.to_owned(),
                message: format!("{model}: Windows' own driver on {}; {must}", places.nodes()),
                current: "driver of Microsoft".to_owned(),
                expected: "driver of the NIC's maker".to_owned(),
                fix: format!(
                    "install the maker's driver and firmware for {model} on {}, one node after the other",
                    places.nodes()
                ),
                at: places.at,
            },
        );
    }
}

/// Microsoft is the maker of a port that Hyper-V gives to a nested host, so there its driver is the right one.
fn is_inbox(nic: &Nic) -> bool {
    let provider = nic.facts.text("driver_provider").unwrap_or_default().to_lowercase();
    let nested = nic.model.to_lowercase().contains("hyper-v");
    nic.up && provider.starts_with("microsoft") && !nested
}
