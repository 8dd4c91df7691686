//! A virtual switch has other extensions than its namesakes on the other nodes.

use super::{by_name, node_names};
use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Node, VirtualSwitch};
use crate::profiles::WS2012;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "switch-extensions-differ",
    severity: Severity::Warning,
    family: "vswitch",
    summary: "an extension is enabled on a virtual switch of one node and not on the same switch of another",
    risk: "filters and monitoring end with the next migration, and a port that requires the extension stays down \
        there",
    source: "Hyper-V Best Practices Analyzer, \"Ensure that all mandatory virtual switch extensions are available\"",
    page: include_str!("switch_extensions_differ.md"),
    columns: &["switches.extensions", "switches.switch", "clusters.profile"],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

/// Captures packets when an administrator asks; it is no part of a design.
const CAPTURE: &str = "Microsoft NDIS Capture";

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for found in by_name(cluster, |_, _, switch| switch.facts.list("extensions").is_some()).values() {
        for (extension, name) in all_extensions(found) {
            let lacks = |(_, switch): &&(&Node, &VirtualSwitch)| !has(switch, &extension);
            let lacking: Vec<_> = found.iter().filter(lacks).copied().collect();
            let Some((node, switch)) = lacking.first() else {
                continue;
            };
            let with = found.iter().find(|(_, switch)| has(switch, &extension));
            report.add(Fault {
                subject: switch.name.clone(),
                message: format!(
                    "extension {name} is not enabled on switch {} of {}, but on {}",
                    switch.name,
                    lookup::list(&node_names(&lacking)),
                    with.map_or("another node", |(node, _)| node.name.as_str())
                ),
                current: format!("without {name}"),
                expected: format!("{name} on every node, or on none"),
                fix: format!(
                    "install the extension there and Enable-VMSwitchExtension -ComputerName {} -VMSwitchName {} \
                     -Name {}, or Disable-VMSwitchExtension on the others",
                    fixes::quoted(&node.name),
                    fixes::quoted(&switch.name),
                    fixes::quoted(name)
                ),
                at: lacking
                    .iter()
                    .chain(with)
                    .map(|(_, switch)| report.at(switch.origin, "extensions"))
                    .collect(),
            });
        }
    }
}

/// Every extension by its name in lower case, with one spelling.
fn all_extensions<'a>(found: &[(&Node, &'a VirtualSwitch)]) -> BTreeMap<String, &'a str> {
    let lists = found.iter().filter_map(|(_, switch)| switch.facts.list("extensions"));
    lists
        .flatten()
        .filter(|name| !name.eq_ignore_ascii_case(CAPTURE))
        .map(|name| (name.to_lowercase(), name.as_str()))
        .collect()
}

fn has(switch: &VirtualSwitch, extension: &str) -> bool {
    let list = switch.facts.list("extensions").unwrap_or_default();
    list.iter().any(|name| name.to_lowercase() == extension)
}
