//! A card whose ports are together faster than its slot.

use crate::checks::rules::{Fault, Hosts, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic, Node};
use crate::profiles::AZURE_LOCAL;
use crate::units::{Mbps, show_mbps};
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "pcie-too-slow",
    severity: Severity::Warning,
    family: "nic",
    hosts: Hosts::Any,
    summary: "the ports of a card are together faster than the PCI Express slot",
    risk: "the speed that every plan counts on is never reached, and under load the card drops packets",
    source: "Microsoft, Network HUD (PCIe bandwidth); PCI Express lane rates with 8b/10b and 128b/130b coding",
    page: include_str!("pcie_too_slow.md"),
    columns: &["nics.pcie_speed", "nics.pcie_lanes", "nics.card", "nics.speed_mbps"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let severity = match cluster.profile.generation {
        AZURE_LOCAL => Severity::Error,
        _ => Severity::Warning,
    };
    for node in &cluster.nodes {
        for (card, ports) in cards(node) {
            let Some(slot) = slot(&ports) else { continue };
            let sum: Mbps = ports.iter().map(|nic| nic.speed).sum();
            if sum <= slot {
                continue;
            }
            let names: Vec<&str> = ports.iter().map(|nic| nic.name.as_str()).collect();
            report.add_as(
                severity,
                Fault {
                    subject: format!("{}/{card}", node.name),
                    message: format!(
                        "{} on {}: the ports add up to {}, the slot carries {} ({})",
                        card,
                        node.name,
                        show_mbps(sum),
                        show_mbps(slot),
                        lookup::list(&names)
                    ),
                    current: show_mbps(slot),
                    expected: format!("{} or more", show_mbps(sum)),
                    fix: format!("move the card to a slot with more or faster lanes, or use fewer ports of {card}"),
                    at: ports.iter().map(|nic| report.at(nic.origin, "pcie_speed")).collect(),
                },
            );
        }
    }
}

/// Ports by card; a port whose card is not known stands for itself.
fn cards(node: &Node) -> BTreeMap<&str, Vec<&Nic>> {
    let mut cards: BTreeMap<&str, Vec<&Nic>> = BTreeMap::new();
    for nic in &node.nics {
        let card = if nic.card.is_empty() { &nic.name } else { &nic.card };
        cards.entry(card).or_default().push(nic);
    }
    cards
}

/// What the slot carries each way in Mbit/s, if every port of the card says the same about it. Ports of two devices under one
/// name (on the main board) have slots of their own and mostly say different things.
fn slot(ports: &[&Nic]) -> Option<Mbps> {
    let said = |nic: &&Nic| Some(lane(nic.facts.text("pcie_speed")?)? * nic.facts.number("pcie_lanes")?);
    let first = said(ports.first()?)?;
    ports.iter().all(|nic| said(nic) == Some(first)).then_some(first)
}

/// Payload of one lane each way in Mbit/s: 8 of 10 bits up to 5 GT/s, 128 of 130 up to 32 GT/s, 242 of 256 bytes at 64 GT/s.
fn lane(speed: &str) -> Option<Mbps> {
    Some(match speed {
        "2.5 GT/s" => 2_000,
        "5.0 GT/s" => 4_000,
        "8.0 GT/s" => 7_876,
        "16.0 GT/s" => 15_753,
        "32.0 GT/s" => 31_507,
        "64.0 GT/s" => 60_500,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::lane;

    #[test]
    fn every_rate_that_the_catalogue_knows_has_a_payload_below_its_raw_rate() {
        let kind = crate::inventory::catalogue::table("nics")
            .and_then(|t| t.columns.iter().find(|c| c.name == "pcie_speed"))
            .map(|c| c.kind);
        let Some(crate::inventory::catalogue::Kind::Choice(words)) = kind else {
            panic!("pcie_speed is a choice");
        };
        for word in words {
            let tenths = word.trim_end_matches(" GT/s").replace('.', "");
            let raw: u64 = tenths.parse::<u64>().expect("a number") * 100;
            let payload = lane(word).expect("a payload");
            assert!(payload < raw && payload * 10 >= raw * 8, "{word}: {payload}");
        }
        assert_eq!(lane("1 GT/s"), None);
    }
}
