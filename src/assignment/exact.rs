//! The exact answer for nodes with few vNICs: every way to place them, in integers, cut by what is already worse.
//!
//! Makes the bounds of small instances tight: fractions are not good enough where one vNIC fills a third of a port.

use super::design::Design;
use super::instance::Instance;
use super::loads::{fullness, places};
use super::networks::Mode;
use super::patterns::Pattern;
use crate::units::Mbps;

/// Placements above which a node is too large to try all.
const PLACEMENT_LIMIT: u64 = 60_000;

/// Value of a placement on one node, in order of preference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Worth {
    pub short: u64,
    pub missing: Mbps,
    /// Utilisation above what is allowed before anything else counts.
    pub over: u64,
    /// vNICs that leave the network they are on today.
    pub moves: u64,
    pub utilisation: u64,
}

/// vNICs above which a node is too large to try all.
const ITEM_LIMIT: usize = 12;

struct Trial<'a> {
    instance: &'a Instance<'a>,
    design: &'a Design,
    pattern: &'a Pattern,
    node: usize,
    allowed: u64,
    /// Need, networks admitted, home.
    items: Vec<(Mbps, Vec<usize>, Option<usize>)>,
    uplinks: Vec<usize>,
    loads: Vec<Mbps>,
    wide: Vec<Mbps>,
    chosen: Vec<usize>,
    best: Option<(Worth, Vec<usize>)>,
}

/// The best placement of some vNICs of a node (in their order), and its worth; `None` when there are too many ways.
/// `allowed`: utilisation up to which staying counts more than spreading.
pub fn place(
    instance: &Instance,
    design: &Design,
    mode: &Mode,
    pattern: &Pattern,
    node: usize,
    items: &[usize],
    allowed: u64,
) -> Option<(Worth, Vec<usize>)> {
    if !is_small(instance, design, mode, items) {
        return None;
    }
    let places = places(instance, design);
    let choice = |index: &usize| -> (Mbps, Vec<usize>, Option<usize>) {
        let item = &instance.items[*index];
        let mask = mode.admits(item);
        let options: Vec<usize> = (0..design.networks).filter(|n| mask >> n & 1 == 1).collect();
        let home = item.current.and_then(|label| places[label]);
        let home = home.filter(|n| options.contains(n));
        (item.need, options, home)
    };
    let networks = 0..design.networks;
    let mut trial = Trial {
        instance,
        design,
        pattern,
        node,
        allowed,
        items: items.iter().map(choice).collect(),
        uplinks: networks.filter_map(|n| design.uplink_of_network(n)).collect(),
        loads: vec![0; design.networks],
        wide: vec![0; design.networks],
        chosen: Vec::new(),
        best: None,
    };
    trial.descend(0);
    trial.best
}

/// Whether all placements can be tried.
fn is_small(instance: &Instance, design: &Design, mode: &Mode, items: &[usize]) -> bool {
    if design.networks < 2 || items.len() > ITEM_LIMIT {
        return false;
    }
    let ways = items
        .iter()
        .map(|i| u64::from(mode.admits(&instance.items[*i]).count_ones()));
    ways.fold(1u64, u64::saturating_mul) <= PLACEMENT_LIMIT
}

impl Trial<'_> {
    fn descend(&mut self, depth: usize) {
        let partial = self.worth(depth);
        if self.best.as_ref().is_some_and(|(best, _)| partial >= *best) {
            return;
        }
        if depth == self.items.len() {
            self.best = Some((partial, self.chosen.clone()));
            return;
        }
        let (need, options, _) = self.items[depth].clone();
        for network in options {
            let wide = need.saturating_sub(self.pattern.uplinks[self.uplinks[network]].speed);
            self.loads[network] += need;
            self.wide[network] += wide;
            self.chosen.push(network);
            self.descend(depth + 1);
            self.chosen.pop();
            self.wide[network] -= wide;
            self.loads[network] -= need;
        }
    }

    /// Worth of what is placed so far; it can only get worse.
    fn worth(&self, depth: usize) -> Worth {
        let mut worth = Worth::default();
        for (network, uplink) in self.uplinks.iter().enumerate() {
            if self.pattern.uplinks[*uplink].nics == 0 {
                continue;
            }
            let load = self.loads[network];
            let (short, full) = fullness(self.instance, self.design, self.pattern, self.node, *uplink, load);
            let short = short + self.wide[network];
            worth.short += u64::from(short > 0);
            worth.missing += short;
            worth.utilisation = worth.utilisation.max(full);
        }
        worth.over = worth.utilisation.saturating_sub(self.allowed);
        let placed = self.items[..depth].iter().zip(&self.chosen);
        worth.moves = placed
            .filter(|((_, _, home), to)| home.is_some_and(|h| h != **to))
            .count() as u64;
        worth
    }
}
