//! Ports that should stand in for each other are on one card.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic, Node};
use crate::units::show_mbps;
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    name: "team-on-one-card",
    severity: Severity::Warning,
    family: "nic",
    summary: "all ports of a team, a switch or a role are on one card",
    risk: "the card, its slot or its driver fails, and with it every path",
    source: "Microsoft failover-cluster support blog: redundant pairs on different cards and different switches",
    page: include_str!("team_on_one_card.md"),
    columns: &["nics.card", "nics.team", "nics.current_role", "switches.nics"],
    subject: "groups of ports that stand in for each other",
    asks: &["nics.team|nics.current_role|switches.nics"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        let mut swaps: Vec<[usize; 2]> = Vec::new();
        for group in lookup::nic_groups(node) {
            report.look_at(1);
            let cards: BTreeSet<&str> = group.nics.iter().map(|i| node.nics[*i].card.as_str()).collect();
            let unknown = cards.contains("");
            if unknown && cards.len() < 3 {
                report.lacks("nics.card");
            }
            let (Some(card), 1, false) = (cards.first(), cards.len(), unknown) else {
                continue;
            };
            let names = lookup::list(&lookup::nic_names(node, &group.nics));
            let what = (group.title, card.to_string(), names, fix(node, &group.nics, &mut swaps));
            for nic in group.nics {
                found.add(what.clone(), node, report.at(node.nics[nic].origin, "card"));
            }
        }
    }
    for ((title, card, names, fix), places) in found {
        report.add(Fault {
            subject: format!("{title}/{card}"),
            message: format!(
                "all ports of {title} are on card {card} ({names}) on {}",
                places.nodes()
            ),
            current: format!("card {card}"),
            expected: "two cards".to_owned(),
            fix: format!("on {}: {fix}", places.nodes()),
            at: places.at,
        });
    }
}

/// Names a port of the same speed on another card, idle ones first. A group that a change of places for another one helps as
/// well is told the same change: two changes would undo each other.
fn fix(node: &Node, nics: &[usize], swaps: &mut Vec<[usize; 2]>) -> String {
    let last = nics[nics.len() - 1];
    let shared = swaps
        .iter()
        .copied()
        .find(|swap| swap.iter().any(|nic| nics.contains(nic)));
    let Some(swap) = shared.or_else(|| Some([last, partner(node, &node.nics[last])?])) else {
        return buy(node, &node.nics[last]);
    };
    swaps.push(swap);
    let [one, other] = swap.map(|nic| &node.nics[nic]);
    format!(
        "let {} (card {}) and {} (card {}) change places",
        one.name, one.card, other.name, other.card
    )
}

/// Where no port of another card will do: what to buy, and why.
fn buy(node: &Node, last: &Nic) -> String {
    let others: BTreeSet<&str> = node.nics.iter().map(|nic| nic.card.as_str()).collect();
    let others: Vec<&str> = others.into_iter().filter(|c| *c != last.card).collect();
    let speed = show_mbps(last.speed);
    let unknown = node.nics.iter().any(|nic| nic.card.is_empty());
    let why = if unknown {
        format!("no port of {speed} is known to be on another card (write card in nics.csv for all ports); if none is")
    } else if others.is_empty() {
        "no other card is there".to_owned()
    } else {
        format!("no port of {} has {speed}", lookup::list(&others))
    };
    format!(
        "{why}: buy a second card with ports of {speed}, and use one of them instead of {}",
        last.name
    )
}

/// A port of the same speed on another card, an idle one if there is one.
fn partner(node: &Node, last: &Nic) -> Option<usize> {
    let fits = |n: &Nic| !n.card.is_empty() && n.card != last.card && n.speed == last.speed;
    let at = |wanted: &dyn Fn(&Nic) -> bool| node.nics.iter().position(|nic| fits(nic) && wanted(nic));
    at(&lookup::is_idle).or_else(|| at(&|_| true))
}
