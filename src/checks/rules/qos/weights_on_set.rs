//! Minimum-bandwidth weights on a switch with SET.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2016;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "weights-on-set",
    severity: Severity::Info,
    family: "qos",
    summary: "a switch with Switch Embedded Teaming has weights",
    risk: "what a vNIC gets depends on the member it runs over, and no page promises it",
    source: "Microsoft, Remote Direct Memory Access and Switch Embedded Teaming (VM-QoS)",
    page: include_str!("weights_on_set.md"),
    columns: &[
        "switches.embedded_teaming",
        "host_vnics.weight",
        "vnics.weight",
        "switches.bandwidth_mode",
    ],
    versions: Versions::from(WS2016),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    let mut ways: BTreeMap<String, String> = BTreeMap::new();
    for (node, switch, ports) in super::switches(cluster) {
        let unwanted = super::unwanted_on_set(cluster, switch);
        let heaviest = ports
            .iter()
            .filter(|port| port.weighted())
            .max_by_key(|port| port.weight);
        if !unwanted || !super::takes_weights(cluster, switch) {
            continue;
        }
        if heaviest.is_none() {
            super::note_unknown_weights(&ports, report);
        }
        if let Some(port) = heaviest {
            found.add(switch.name.clone(), node, report.at(port.origin, "weight"));
            let way = || super::weights_off(node, &ports);
            ways.entry(switch.name.clone()).or_insert_with(way);
        }
    }
    for (switch, places) in found {
        report.add(Fault {
            subject: switch.clone(),
            message: format!("{switch} shares SET and weights on {}", places.nodes()),
            current: "weights on SET".to_owned(),
            expected: "DCB classes or Network ATC for the host's traffic, no weights".to_owned(),
            fix: format!(
                "give the host's traffic classes of DCB first (New-NetQosPolicy and New-NetQosTrafficClass), where its ports have DCB; then {}{}",
                ways.remove(&switch).unwrap_or_default(),
                places.verb("", "; so on the other nodes")
            ),
            at: places.at,
        });
    }
}
