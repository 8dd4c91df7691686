//! Spreads the vNICs of one node over the networks of a chosen pattern: stays first, then the least utilisation.
//!
//! A greedy pass (largest need first) is enough wherever it meets the proven bound; where it does not and the node is small,
//! a MIP built with `good_lp` closes the gap.

use super::design::Design;
use super::exact;
use super::instance::Instance;
use super::loads::{missing, places, utilisation};
use super::networks::Mode;
use super::patterns::Pattern;
use super::solver;
use crate::units::Mbps;

/// What is wanted of a node's spreading.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// vNICs stay where they are as long as utilisation is at most this.
    pub stay_up_to: u64,
    /// Utilisation that is proven to be the best possible for the cluster; nothing is gained below it.
    pub good_enough: u64,
}

/// One node to spread.
pub struct Spread<'a> {
    pub instance: &'a Instance<'a>,
    pub design: &'a Design,
    pub mode: &'a Mode,
    pub pattern: &'a Pattern,
    pub node: usize,
    /// vNICs that compete with each other and nobody else.
    pub items: &'a [usize],
}

/// Largest number of vNICs on a node that the MIP is asked about.
const MIP_ITEMS: usize = 60;

impl Spread<'_> {
    /// A network for every vNIC, in their order.
    pub fn solve(&self, wanted: Wanted) -> Vec<usize> {
        let watch = &self.instance.watch;
        if !watch.is_over()
            && let Some((_, chosen)) = self.exact(wanted.stay_up_to)
        {
            return chosen;
        }
        let homes = self.homes();
        let greedy = self.greedy(&homes);
        let good = self.worst(&greedy) <= wanted.good_enough;
        if good || watch.is_over() || self.single() && self.over(&greedy, wanted) == (0, 0) {
            return greedy;
        }
        let repaired = if self.worst(&greedy) > wanted.stay_up_to {
            self.repair(greedy, wanted)
        } else {
            greedy
        };
        let settled = self.worst(&repaired) <= wanted.good_enough && moved(&homes, &repaired) == 0;
        if settled || self.items.len() > MIP_ITEMS || watch.is_over() {
            return repaired;
        }
        self.improved(&homes, repaired, wanted)
    }

    fn exact(&self, stay_up_to: u64) -> Option<(exact::Worth, Vec<usize>)> {
        exact::place(
            self.instance,
            self.design,
            self.mode,
            self.pattern,
            self.node,
            self.items,
            stay_up_to,
        )
    }

    /// Network of each vNIC today, where the design has it and it admits the vNIC.
    fn homes(&self) -> Vec<Option<usize>> {
        let place = places(self.instance, self.design);
        let home = |item: &usize| {
            let item = &self.instance.items[*item];
            let network = item.current.and_then(|label| place[label]);
            network.filter(|n| self.mode.admits(item) >> n & 1 == 1)
        };
        self.items.iter().map(home).collect()
    }

    /// What the MIP makes of it, where that is better.
    fn improved(&self, homes: &[Option<usize>], repaired: Vec<usize>, wanted: Wanted) -> Vec<usize> {
        let key = |chosen: &[usize]| (self.over(chosen, wanted), moved(homes, chosen), self.worst(chosen));
        let better = solver::spread(self, homes, wanted.stay_up_to);
        better.filter(|better| key(better) < key(&repaired)).unwrap_or(repaired)
    }

    fn single(&self) -> bool {
        self.design.networks < 2
    }

    /// Mbit/s missing, then permille above what the level before allows.
    fn over(&self, chosen: &[usize], wanted: Wanted) -> (Mbps, u64) {
        let loads = self.loads(chosen);
        let short = (0..self.design.networks).filter_map(|n| self.design.uplink_of_network(n).map(|u| (n, u)));
        let missing: Mbps = short
            .map(|(n, u)| missing(self.instance, self.design, self.pattern, self.node, u, loads[n]))
            .sum();
        (
            missing + self.too_wide(chosen),
            self.worst(chosen).saturating_sub(wanted.stay_up_to),
        )
    }

    fn too_wide(&self, chosen: &[usize]) -> Mbps {
        let items = self.items.iter().zip(chosen);
        items
            .map(|(item, n)| self.instance.items[*item].need.saturating_sub(self.port(*n)))
            .sum()
    }

    /// Speed of one port of a network.
    pub fn port(&self, network: usize) -> Mbps {
        let uplink = self.design.uplink_of_network(network);
        uplink.map_or(0, |u| self.pattern.uplinks[u].speed)
    }

    /// Networks that an item may use: those that admit it and have a port wide enough, if any has.
    pub fn options(&self, item: usize) -> Vec<usize> {
        let item = &self.instance.items[item];
        let mask = self.mode.admits(item);
        let admitted: Vec<usize> = (0..self.design.networks).filter(|n| mask >> n & 1 == 1).collect();
        let wide: Vec<usize> = admitted
            .iter()
            .copied()
            .filter(|n| self.port(*n) >= item.need)
            .collect();
        if wide.is_empty() { admitted } else { wide }
    }

    fn loads(&self, chosen: &[usize]) -> Vec<Mbps> {
        let mut loads = vec![0; self.design.networks];
        for (item, network) in self.items.iter().zip(chosen) {
            loads[*network] += self.instance.items[*item].need;
        }
        loads
    }

    fn full(&self, network: usize, load: Mbps) -> u64 {
        let uplink = self.design.uplink_of_network(network);
        uplink.map_or(0, |u| match self.pattern.uplinks[u].nics {
            0 => u64::MAX,
            _ => utilisation(self.instance, self.design, self.pattern, self.node, u, load),
        })
    }

    /// Worst utilisation of the networks.
    fn worst(&self, chosen: &[usize]) -> u64 {
        let loads = self.loads(chosen);
        (0..loads.len()).map(|n| self.full(n, loads[n])).max().unwrap_or(0)
    }

    /// Everything with a home stays; the rest goes where it fills least: first what has one network to go to, which it will
    /// fill in any case, then the largest.
    fn greedy(&self, homes: &[Option<usize>]) -> Vec<usize> {
        let items = self.items;
        let mut chosen: Vec<usize> = homes.iter().map(|h| h.unwrap_or(0)).collect();
        let mut loads = vec![0; self.design.networks];
        for (index, home) in homes.iter().enumerate() {
            if let Some(network) = home {
                loads[*network] += self.instance.items[items[index]].need;
            }
        }
        let open = (0..items.len()).filter(|i| homes[*i].is_none());
        let mut open: Vec<(usize, Vec<usize>)> = open.map(|i| (i, self.options(items[i]))).collect();
        open.sort_by_key(|(i, options)| {
            let need = self.instance.items[items[*i]].need;
            (options.len() > 1, std::cmp::Reverse(need), *i)
        });
        for (index, options) in open {
            let need = self.instance.items[items[index]].need;
            let best = options
                .into_iter()
                .min_by_key(|n| (self.full(*n, loads[*n] + need), *n));
            let network = best.unwrap_or(0);
            chosen[index] = network;
            loads[network] += need;
        }
        chosen
    }

    /// Takes load off the fullest network by moving one vNIC or swapping two, the step that helps most, until the utilisation
    /// allowed is met or no step helps.
    fn repair(&self, mut chosen: Vec<usize>, wanted: Wanted) -> Vec<usize> {
        let options: Vec<Vec<usize>> = self.items.iter().map(|i| self.options(*i)).collect();
        for _ in 0..2 * self.items.len() {
            let loads = self.loads(&chosen);
            let Some(full) = (0..loads.len()).max_by_key(|n| (self.full(*n, loads[*n]), *n)) else {
                break;
            };
            let worst = self.full(full, loads[full]);
            if worst <= wanted.stay_up_to {
                break;
            }
            match self
                .best_step(&chosen, &options, &loads, full)
                .filter(|(after, _)| *after < worst)
            {
                Some((_, steps)) => steps.into_iter().for_each(|(item, to)| chosen[item] = to),
                None => break,
            }
        }
        chosen
    }

    /// The move or swap that leaves the smallest worse of the two networks touched.
    fn best_step(
        &self,
        chosen: &[usize],
        options: &[Vec<usize>],
        loads: &[Mbps],
        full: usize,
    ) -> Option<(u64, Vec<(usize, usize)>)> {
        let need = |i: usize| self.instance.items[self.items[i]].need;
        let on: Vec<usize> = (0..chosen.len()).filter(|i| chosen[*i] == full).collect();
        let mut best: Option<(u64, Vec<(usize, usize)>)> = None;
        let mut offer = |after: u64, steps: Vec<(usize, usize)>| {
            if best
                .as_ref()
                .is_none_or(|(known, list)| (after, steps.len()) < (*known, list.len()))
            {
                best = Some((after, steps));
            }
        };
        for i in on {
            for to in options[i].iter().copied().filter(|n| *n != full) {
                let after = |given: Mbps, taken: Mbps| {
                    self.full(full, loads[full] - given + taken)
                        .max(self.full(to, loads[to] + given - taken))
                };
                offer(after(need(i), 0), vec![(i, to)]);
                let others =
                    (0..chosen.len()).filter(|j| chosen[*j] == to && need(*j) < need(i) && options[*j].contains(&full));
                for j in others {
                    offer(after(need(i), need(j)), vec![(i, to), (j, full)]);
                }
            }
        }
        best
    }
}

/// vNICs that leave the network they are on today.
fn moved(homes: &[Option<usize>], chosen: &[usize]) -> usize {
    let placed = homes.iter().zip(chosen);
    placed
        .filter(|(home, to)| home.is_some_and(|home| home != **to))
        .count()
}
