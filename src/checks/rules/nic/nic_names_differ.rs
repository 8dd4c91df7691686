//! Ports for Network ATC that carry something and have another name on another node.

use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, lookup, network_atc};
use crate::finding::{Location, Severity};
use crate::inventory::{Cluster, Inventory, Nic, Node};
use crate::profiles::WS2025;
use crate::units::name_key;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "nic-names-differ",
    severity: Severity::Error,
    family: "nic",
    summary: "a port that carries traffic on one node has no namesake on another, where Network ATC finds ports by name",
    risk: "Network ATC finds ports by name: the intent fails on the node, and with it the deployment or the update",
    source: "Microsoft, Network ATC: adapters of an intent have the same names on every node",
    page: include_str!("nic_names_differ.md"),
    columns: &[
        "nics.nic",
        "nics.current_role",
        "nics.team",
        "nics.intents",
        "clusters.management_intents",
    ],
    needs: &["nics.nic"],
    versions: Versions::from(WS2025).because("Network ATC begins with 2025"),
    leaves: Some("the names of ports"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    if !network_atc::in_use(cluster) {
        return network_atc::not_in_use(report);
    }
    let mut used: BTreeMap<String, (&Nic, &Node)> = BTreeMap::new();
    for node in &cluster.nodes {
        for nic in node.nics.iter().filter(|nic| carries_something(nic)) {
            used.entry(name_key(&nic.name)).or_insert((nic, node));
        }
    }
    for (name, (nic, example)) in used {
        let without = |node: &&Node| !node.nics.is_empty() && node.nics.iter().all(|n| name_key(&n.name) != name);
        let missing: Vec<&Node> = cluster.nodes.iter().filter(without).collect();
        if missing.is_empty() {
            continue;
        }
        let names: Vec<&str> = missing.iter().map(|n| n.name.as_str()).collect();
        let mut at: Vec<Location> = vec![report.at(nic.origin, "nic")];
        at.extend(missing.iter().map(|n| report.at(n.origin, "node")));
        report.add(Fault {
            subject: nic.name.clone(),
            message: format!(
                "{} carries traffic on {}, and there is no port of that name on {}",
                nic.name,
                example.name,
                lookup::list(&names)
            ),
            current: format!("missing on {}", lookup::list(&names)),
            expected: "the same names on every node".to_owned(),
            fix: fix(nic, example, &missing),
            at,
        });
    }
}

/// Nodes whose command is written out.
const NAMED: usize = 2;

/// Renames the port of each node that takes the place of the missing one.
fn fix(nic: &Nic, example: &Node, missing: &[&Node]) -> String {
    let each = missing.iter().take(NAMED).map(|node| {
        let port = namesake(nic, example, node).map_or("<the port in the same place>".to_owned(), |port| {
            fixes::quoted(&port.name)
        });
        format!(
            "Rename-NetAdapter -CimSession {} -Name {port} -NewName {}",
            fixes::quoted(&node.name),
            fixes::quoted(&nic.name)
        )
    });
    let more = match missing.len().saturating_sub(NAMED) {
        0 => String::new(),
        1 => "; so on the other one".to_owned(),
        others => format!("; so on {others} others"),
    };
    format!("{}{more}", each.collect::<Vec<_>>().join("; "))
}

/// The one port like it, of a name that the other node does not have.
fn namesake<'a>(nic: &Nic, example: &Node, node: &'a Node) -> Option<&'a Nic> {
    let strange = |port: &&Nic| {
        example
            .nics
            .iter()
            .all(|own| name_key(&own.name) != name_key(&port.name))
    };
    let like = |port: &&Nic| port.speed == nic.speed && port.model == nic.model && port.roles == nic.roles;
    let mut fitting = node.nics.iter().filter(strange).filter(like);
    let only = fitting.next();
    only.filter(|_| fitting.next().is_none())
}

/// An intent will hold it: it has a role (that of VMs under a switch) or is in a team. Ports that an intent names already are
/// judged by `intent-port-names-differ`.
fn carries_something(nic: &Nic) -> bool {
    (!nic.roles.is_empty() || !nic.team.is_empty()) && network_atc::intents(nic).is_empty()
}
