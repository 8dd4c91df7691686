//! An intent whose ports have other names on another node.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::{Location, Severity};
use crate::inventory::{Cluster, Inventory, Nic, Node};
use crate::powershell::quoted;
use crate::profiles::WS2025;
use crate::units::name_key;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "intent-port-names-differ",
    severity: Severity::Error,
    family: "network-atc",
    summary: "the ports of an intent do not have the same names on every node",
    risk: "Network ATC does not find the port on these nodes: PhysicalAdapterNotFound",
    source: "Microsoft, Deploy host networking with Network ATC",
    page: include_str!("intent_port_names_differ.md"),
    columns: &["nics.intents", "nics.nic"],
    versions: Versions::from(WS2025),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    // Nodes of whose intents nothing is known are left out.
    let known = cluster
        .nodes
        .iter()
        .filter(|node| node.nics.iter().any(|nic| nic.facts.list("intents").is_some()));
    let known: Vec<&Node> = known.collect();
    let mut wanted: BTreeMap<(String, String), (String, String, Location)> = BTreeMap::new();
    for nic in known.iter().flat_map(|node| &node.nics) {
        for intent in super::intents(nic) {
            let key = (name_key(intent), name_key(&nic.name));
            wanted
                .entry(key)
                .or_insert((intent.clone(), nic.name.clone(), report.at(nic.origin, "intents")));
        }
    }
    let mut found = Alike::new();
    for ((lower, name), (intent, nic, at)) in &wanted {
        for node in &known {
            let same = |port: &&Nic| name_key(&port.name) == *name;
            let on = |port: &Nic| super::intents(port).iter().any(|other| name_key(other) == *lower);
            if !node.nics.iter().find(same).is_some_and(on) {
                found.add((intent.clone(), nic.clone()), node, at.clone());
            }
        }
    }
    for ((intent, nic), places) in found {
        report.add(Fault {
            subject: intent.clone(),
            message: format!(
                "intent {intent} has port {nic} on other nodes but not on {}",
                places.nodes()
            ),
            current: format!("no {nic}"),
            expected: format!("a port {nic} in the intent on every node"),
            fix: format!(
                "on {}: Rename-NetAdapter -Name PORT -NewName {}",
                places.nodes(),
                quoted(&nic)
            ),
            at: places.at,
        });
    }
}
