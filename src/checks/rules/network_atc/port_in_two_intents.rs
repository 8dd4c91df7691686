//! A port that two intents name.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::powershell::quoted;
use crate::profiles::WS2025;

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
                (nic.name.clone(), lookup::list(super::intents(nic))),
                node,
                report.at(nic.origin, "intents"),
            );
        }
    }
    for ((nic, intents), places) in found {
        report.add(Fault {
            subject: nic.clone(),
            message: format!("{nic} is in the intents {intents} on {}", places.nodes()),
            current: intents,
            expected: "one intent".to_owned(),
            fix: format!(
                "Remove-NetIntent for one of them, then Add-NetIntent without {}, or one intent for all its traffic",
                quoted(&nic)
            ),
            at: places.at,
        });
    }
}
