//! Ports that should stand in for each other are on one card.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, exchange, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic, Node};
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
    columns: &[
        "nics.card",
        "nics.current_role",
        "nics.direct_to",
        "nics.model",
        "nics.rdma",
        "nics.speed_mbps",
        "nics.status",
        "nics.team",
        "nics.tor",
        "nics.vlans",
        "switches.nics",
    ],
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
            if group.has_another_way(node, |nic| !nic.card.is_empty() && nic.card != *card) {
                continue;
            }
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

/// Names a port like one of theirs on another card. A group that a change of places for another one helps as well is told the
/// same change: two changes would undo each other.
fn fix(node: &Node, nics: &[usize], swaps: &mut Vec<[usize; 2]>) -> String {
    let shared = swaps
        .iter()
        .copied()
        .find(|swap| swap.iter().any(|nic| nics.contains(nic)));
    let Some(swap) = shared.or_else(|| exchange::best(node, nics, swaps)) else {
        return buy(node, &node.nics[nics[nics.len() - 1]]);
    };
    swaps.push(swap);
    exchange::words(node, swap)
}

/// Where no port of another card will do: what to buy, and why.
fn buy(node: &Node, last: &Nic) -> String {
    let others: BTreeSet<&str> = node.nics.iter().map(|nic| nic.card.as_str()).collect();
    let others: Vec<&str> = others.into_iter().filter(|c| *c != last.card).collect();
    let like = format!("like {} ({})", last.name, exchange::kind(last));
    let unknown = node.nics.iter().any(|nic| nic.card.is_empty());
    let (why, what) = if unknown {
        let why =
            format!("no port {like} is known to be on another card (write card in nics.csv for all ports); if none is");
        (why, "such ports".to_owned())
    } else if others.is_empty() {
        ("no other card is there".to_owned(), format!("ports {like}"))
    } else {
        let why = format!("no port of {} is {like} and can be spared", lookup::list(&others));
        (why, "such ports".to_owned())
    };
    format!(
        "{why}: buy a second card with {what}, and use one of them instead of {}",
        last.name
    )
}
