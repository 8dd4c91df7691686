//! Patterns -> decisions: which NIC of which node, which network for each vNIC.

use super::balance::{Spread, Wanted};
use super::design::Design;
use super::instance::{Instance, Token};
use super::loads::{Part, places};
use super::networks::Mode;
use super::patterns::Pattern;

/// A network for every vNIC; those of VMs without a host stay where they are or take the first network that admits them.
pub fn spread_all(
    instance: &Instance,
    design: &Design,
    mode: &Mode,
    patterns: &[Pattern],
    parts: &[Vec<Part>],
    wanted: Wanted,
) -> Vec<Option<usize>> {
    let mut network: Vec<Option<usize>> = vec![None; instance.items.len()];
    for (group, pattern) in instance.groups.iter().zip(patterns) {
        for node in &group.nodes {
            for part in &parts[*node] {
                let spread = Spread {
                    instance,
                    design,
                    mode,
                    pattern,
                    node: *node,
                    items: &part.items,
                };
                for (item, to) in part.items.iter().zip(spread.solve(wanted)) {
                    network[*item] = Some(to);
                }
            }
        }
    }
    let place = places(instance, design);
    for (index, item) in instance.items.iter().enumerate().filter(|(_, i)| i.node.is_none()) {
        let mask = mode.admits(item);
        let home = item
            .current
            .and_then(|label| place[label])
            .filter(|n| mask >> n & 1 == 1);
        network[index] = home.or((0..design.networks).find(|n| mask >> n & 1 == 1));
    }
    network
}

/// NIC indices by node and uplink: of ports that are alike, those that already do the planned job are taken first, and
/// idle ones last, so that as few as possible change. Among these, ports without link come last.
pub fn concrete(instance: &Instance, design: &Design, patterns: &[Pattern]) -> Vec<Vec<Vec<usize>>> {
    let mut nics = vec![vec![Vec::new(); design.uplinks.len()]; instance.cluster.nodes.len()];
    for (group, pattern) in instance.groups.iter().zip(patterns) {
        for node in &group.nodes {
            let ports = &instance.cluster.nodes[*node].nics;
            for (kind, members) in instance.nics_of[*node].iter().enumerate() {
                let mut open: Vec<usize> = members.clone();
                open.sort_by_key(|n| (!ports[*n].up, *n));
                let mut wanted: Vec<u8> = pattern.take.iter().map(|take| take[kind]).collect();
                for uplink in 0..wanted.len() {
                    let token = design.token(uplink);
                    let same: Vec<usize> = open
                        .iter()
                        .copied()
                        .filter(|n| instance.token(&ports[*n]) == token)
                        .take(wanted[uplink] as usize)
                        .collect();
                    wanted[uplink] -= same.len() as u8;
                    open.retain(|n| !same.contains(n));
                    nics[*node][uplink].extend(same);
                }
                open.sort_by_key(|n| (instance.token(&ports[*n]) == Token::default(), !ports[*n].up, *n));
                let mut open = open.into_iter();
                for (uplink, count) in wanted.into_iter().enumerate() {
                    nics[*node][uplink].extend(open.by_ref().take(count as usize));
                }
            }
            nics[*node].iter_mut().for_each(|list| list.sort());
        }
    }
    nics
}
