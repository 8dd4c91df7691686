//! Two ports of a node that change places, so that ports which stand in for each other are on two cards.
//!
//! In: the ports of a node and a group of them on one card. Out: the change that leaves every other group at least as well off. Must
//! not know: rules.

use super::lookup::{self, NicGroup};
use crate::inventory::{Nic, Node};
use crate::units::show_mbps;
use std::collections::BTreeSet;

/// A port of the group and one like it on another card, so that the change puts no group of ports onto one card: best one that
/// leaves every group on the physical switches that it is on, then one that carries nothing. `taken`: changes that are told already.
pub fn best(node: &Node, group: &[usize], taken: &[[usize; 2]]) -> Option<[usize; 2]> {
    let groups = lookup::nic_groups(node);
    let is_taken = |nic: &usize| taken.iter().flatten().any(|other| other == nic);
    let mut found: Option<((bool, bool), [usize; 2])> = None;
    for one in group.iter().rev().copied() {
        for other in (0..node.nics.len()).filter(|nic| !is_taken(nic)) {
            let swap = [one, other];
            let fits =
                alike(&node.nics[one], &node.nics[other]) && !narrows(node, &groups, swap, |nic| Some(&nic.card));
            let key = (recables(node, &groups, swap), !lookup::is_idle(&node.nics[other]));
            if fits && found.as_ref().is_none_or(|(least, _)| key < *least) {
                found = Some((key, swap));
            }
        }
    }
    found.map(|(_, swap)| swap)
}

/// Whether one port can do what the other does: a team wants equal ports, storage wants their RDMA.
fn alike(one: &Nic, other: &Nic) -> bool {
    let models = [&one.model, &other.model];
    !other.card.is_empty()
        && other.card != one.card
        && other.speed == one.speed
        && other.rdma.on() == one.rdma.on()
        && other.direct_to.is_some() == one.direct_to.is_some()
        && other.up
        && (models[0] == models[1] || models.iter().any(|model| model.is_empty()))
}

/// Whether a group has two or more of something before two ports change places, and one after.
fn narrows<'a, T: Ord>(
    node: &'a Node,
    groups: &[NicGroup],
    [one, other]: [usize; 2],
    of: impl Fn(&'a Nic) -> Option<T>,
) -> bool {
    let after = |nic: usize| match nic {
        nic if nic == one => other,
        nic if nic == other => one,
        nic => nic,
    };
    let count = |nics: &mut dyn Iterator<Item = usize>| {
        nics.filter_map(|nic| of(&node.nics[nic]))
            .collect::<BTreeSet<T>>()
            .len()
    };
    groups.iter().any(|group| {
        let (before, then) = (
            count(&mut group.nics.iter().copied()),
            count(&mut group.nics.iter().copied().map(after)),
        );
        before > 1 && then < 2
    })
}

/// Whether the cables have to change places as well, lest a group ends on one physical switch.
fn recables(node: &Node, groups: &[NicGroup], swap: [usize; 2]) -> bool {
    narrows(node, groups, swap, |nic| nic.tor)
}

/// What to do, in words.
pub fn words(node: &Node, swap: [usize; 2]) -> String {
    let [one, other] = swap.map(|nic| &node.nics[nic]);
    let cables = recables(node, &lookup::nic_groups(node), swap);
    let with = match (cables, one.vlans == other.vlans) {
        (true, _) => ", with their cables",
        (false, true) => "",
        (false, false) => ", with the VLANs of their ports at the physical switch",
    };
    let [one, other] = [one, other].map(|nic| format!("{} (card {})", nic.name, nic.card));
    if lookup::is_idle(&node.nics[swap[1]]) {
        return format!("use {other} in place of {one}{with}");
    }
    format!("let {one} and {other} change places{with}")
}

/// What a port is: `25 Gbit/s, NVIDIA ConnectX-6 Lx, RDMA`.
pub fn kind(nic: &Nic) -> String {
    let mut words = vec![show_mbps(nic.speed)];
    words.extend((!nic.model.is_empty()).then(|| nic.model.clone()));
    words.extend(nic.rdma.on().then(|| "RDMA".to_owned()));
    words.join(", ")
}
