//! Windows Server 2008 R2: what `netsh` sets beside addresses. Ports get the name that the port in this place has on the other nodes, and a node with a
//! team gives up offloaded connections.
//!
//! In: the cluster and a node before and after. Out: changes. Must not know: how a script is written, but for the names that a batch file can hold.

use super::settings::Planned;
use super::steps::{Change, Phase, Values};
use crate::inventory::{Cluster, Node};
use crate::units::same_name;

/// Whether a name can stand in a batch file: letters and digits of ASCII and signs that `cmd` leaves alone.
pub fn is_safe(name: &str) -> bool {
    let fine = |c: char| c.is_ascii_alphanumeric() || " -_.,:/#()+".contains(c);
    !name.is_empty() && name.chars().all(fine)
}

/// Changes of a node, in order: names last of all, since what stands before speaks of today's.
pub fn of_node(cluster: &Cluster, today: &Node, after: &Node) -> Vec<Planned> {
    let mut found = Vec::new();
    let state = |node: &Node| node.facts.text("chimney").map(str::to_owned);
    let chimney = Values::new(state(today), state(after));
    if chimney.differs() {
        found.push((Phase::Adapters, Change::Chimney(chimney)));
    }
    let renames = renames(cluster, today).into_iter();
    found.extend(renames.map(|(nic, to)| (Phase::Names, Change::Rename { nic, to })));
    found
}

/// Ports whose name differs from that of most nodes in the same place: card, and number on the card. Not where another port of the node has the usual
/// name: those two are told apart by a person.
fn renames(cluster: &Cluster, today: &Node) -> Vec<(String, String)> {
    let place = |of: &crate::inventory::Node, at: usize| {
        let nic = of.nics.get(at)?;
        let before = of.nics[..at].iter().filter(|other| other.card == nic.card).count();
        (!nic.card.is_empty()).then(|| (nic.card.clone(), before))
    };
    let mut found = Vec::new();
    for (at, nic) in today.nics.iter().enumerate() {
        let Some(own) = place(today, at) else { continue };
        let mut names: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
        for other in &cluster.nodes {
            let same = (0..other.nics.len()).find(|at| place(other, *at).as_ref() == Some(&own));
            if let Some(nic) = same.and_then(|at| other.nics.get(at)) {
                *names.entry(&nic.name).or_default() += 1;
            }
        }
        let most = names
            .iter()
            .max_by_key(|(name, count)| (**count, std::cmp::Reverse(**name)));
        let usual = most
            .filter(|(name, count)| **count > 1 && **name != nic.name)
            .map(|(name, _)| (*name).to_owned());
        let free = |usual: &String| !today.nics.iter().any(|other| same_name(&other.name, usual));
        if let Some(usual) = usual.filter(|usual| is_safe(usual) && is_safe(&nic.name) && free(usual)) {
            found.push((nic.name.clone(), usual));
        }
    }
    found
}
