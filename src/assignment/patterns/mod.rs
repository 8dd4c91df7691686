//! Patterns: for one class of nodes and one design, which NICs each uplink gets, symmetric ones counted once.
//!
//! Enumerates all patterns whose vector (unserved roles, unmet survival, wishes) is the best one, or all patterns when
//! capacity is short. A branch is cut only when its proven part is already worse than the best pattern found.

mod assemble;
mod closest;
mod kinds;
mod placement;
mod ports;

pub use placement::Ways;

use assemble::assemble;
use kinds::{Kind, kinds};
use placement::{PLACEMENT_LIMIT, Placement};

use super::design::Design;
use super::instance::{Class, Instance};
use super::meeting::Meeting;
use super::options::{Shared, choices, shared_failures};
use crate::units::Mbps;

/// A situation that an uplink must carry: capacity left, and host roles (bits) that have fallen back onto it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Situation {
    pub capacity: Mbps,
    pub landed: u8,
}

/// One uplink of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UplinkPattern {
    pub nics: usize,
    pub speed: Mbps,
    pub rdma: bool,
    /// Normal operation first, then every failure that must be survived; dominated ones left out.
    pub situations: Vec<Situation>,
}

/// NICs of one node of a class, uplink by uplink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// Ports taken, by uplink and type.
    pub take: Vec<Vec<u8>>,
    pub uplinks: Vec<UplinkPattern>,
    /// Unserved role instances, unmet survival, wishes; per node.
    pub vector: Vec<u32>,
    /// Part of the unserved that is no bound, see [`Choice::blind`].
    pub blind: u32,
    pub nics: usize,
    /// Kind of choice by uplink, for [`Enumeration::closest`].
    kinds: Vec<usize>,
}

/// Which patterns to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breadth {
    /// Those with the best vector.
    Best,
    /// All.
    All,
}

/// What the enumeration found.
pub struct Enumeration {
    pub patterns: Vec<Pattern>,
    /// Best vector of the class: a proven lower bound, also of what was not looked at.
    pub best: Vec<u32>,
    /// Whether no pattern that was asked for can be missing.
    pub complete: bool,
    /// Whether some choice has ports that lead to no other node.
    pub blind: bool,
    /// Kinds of choices by uplink.
    table: Vec<Vec<Kind>>,
    shared: Vec<Shared>,
}

/// Branches after which an enumeration stops and says that it is not complete. Counted work, never a clock.
const WORK_LIMIT: u64 = 400_000;
/// Patterns kept at most.
const PATTERN_LIMIT: usize = 20_000;
/// Lists the patterns of a class.
pub fn enumerate(
    instance: &Instance,
    class: &Class,
    design: &Design,
    meetings: &[Meeting],
    breadth: Breadth,
) -> Enumeration {
    let ports: usize = class.types.iter().map(|t| t.count as usize).sum();
    let with_empty = |empty| enumerate_with(instance, class, design, meetings, breadth, empty);
    if ports < design.uplinks.len() {
        return with_empty(true);
    }
    let full = with_empty(false);
    // Enough ports, but they do not fit the uplinks together: one has to stay without.
    if full.patterns.is_empty() {
        with_empty(true)
    } else {
        full
    }
}

fn enumerate_with(
    instance: &Instance,
    class: &Class,
    design: &Design,
    meetings: &[Meeting],
    breadth: Breadth,
    empty: bool,
) -> Enumeration {
    let shared = shared_failures(instance, class);
    let table = tabulated(instance, class, design, meetings, empty, &shared);
    let mut order: Vec<usize> = (0..table.len()).collect();
    order.sort_by_key(|u| (table[*u].len(), *u));
    let width = 2 + instance.wishes.len();
    let rest = least_of_rest(&table, &order, width);
    let mut speeds: Vec<Mbps> = class.types.iter().map(|t| t.speed).collect();
    speeds.sort();
    speeds.dedup();
    let mut search = Search {
        instance,
        class,
        design,
        shared: &shared,
        left: speeds.iter().map(|s| ports_of(class, *s)).collect(),
        speeds,
        table: &table,
        order: &order,
        rest: &rest,
        breadth,
        best: None,
        found: Vec::new(),
        work: 0,
        floor: None,
        picked: vec![0; order.len()],
    };
    search.descend(0, &mut vec![0; width]);
    let (patterns, floor) = (search.found, search.floor);
    let best = search.best.unwrap_or_else(|| vec![u32::MAX / 2; width]);
    enumeration(patterns, best, floor, breadth, table, shared)
}

/// Choices of every uplink by kind.
fn tabulated(
    instance: &Instance,
    class: &Class,
    design: &Design,
    meetings: &[Meeting],
    empty: bool,
    shared: &[Shared],
) -> Vec<Vec<Kind>> {
    let uplinks = design.uplinks.iter().zip(meetings);
    uplinks
        .map(|(shape, meeting)| kinds(choices(instance, class, shape, *meeting, empty), shared))
        .collect()
}

/// What was found, with what is proven by it and by `floor`, the least vector of what was left out.
fn enumeration(
    patterns: Vec<Pattern>,
    best: Vec<u32>,
    floor: Option<Vec<u32>>,
    breadth: Breadth,
    table: Vec<Vec<Kind>>,
    shared: Vec<Shared>,
) -> Enumeration {
    // What was left out does not matter where even its bound is worse than what was found.
    let harmless = |floor: &Vec<u32>| breadth == Breadth::Best && *floor > best;
    Enumeration {
        complete: floor.as_ref().is_none_or(harmless),
        patterns,
        best: floor.map_or(best.clone(), |floor| floor.min(best)),
        blind: table.iter().flatten().any(|kind| kind.first().blind > 0),
        table,
        shared,
    }
}

/// For each depth the least that the uplinks from there on add to the vector.
fn least_of_rest(table: &[Vec<Kind>], order: &[usize], width: usize) -> Vec<Vec<u32>> {
    let mut rest = vec![vec![0u32; width]; order.len() + 1];
    for depth in (0..order.len()).rev() {
        let kinds = &table[order[depth]];
        let least = |i: usize| kinds.iter().map(|k| k.first().vector[i]).min().unwrap_or(0);
        rest[depth] = (0..width).map(|i| rest[depth + 1][i] + least(i)).collect();
    }
    rest
}

fn ports_of(class: &Class, speed: Mbps) -> usize {
    let ports = class.types.iter().filter(|t| t.speed == speed);
    ports.map(|t| t.count as usize).sum()
}

struct Search<'s> {
    instance: &'s Instance<'s>,
    class: &'s Class,
    design: &'s Design,
    shared: &'s [Shared],
    /// Port speeds of the class, and how many ports of each are not picked yet.
    speeds: Vec<Mbps>,
    left: Vec<usize>,
    table: &'s [Vec<Kind>],
    order: &'s [usize],
    rest: &'s [Vec<u32>],
    breadth: Breadth,
    best: Option<Vec<u32>>,
    found: Vec<Pattern>,
    work: u64,
    /// The least that anything left out can have as its vector.
    floor: Option<Vec<u32>>,
    picked: Vec<usize>,
}

impl Search<'_> {
    fn descend(&mut self, depth: usize, sum: &mut Vec<u32>) {
        self.work += 1;
        if self.work > WORK_LIMIT || self.found.len() > PATTERN_LIMIT || self.is_late() {
            let least = sum
                .iter()
                .zip(&self.rest[depth])
                .map(|(sum, rest)| sum + rest)
                .collect();
            self.leave_out(least);
            return;
        }
        if depth == self.order.len() {
            self.keep();
            return;
        }
        let uplink = self.order[depth];
        let table = self.table;
        for (index, kind) in table[uplink].iter().enumerate() {
            let choice = kind.first();
            let speed = self.speeds.iter().position(|s| *s == choice.speed);
            let left = speed.map_or(0, |s| self.left[s]);
            if choice.nics > left {
                continue;
            }
            sum.iter_mut().zip(&choice.vector).for_each(|(sum, own)| *sum += own);
            let hopeless = self.hopeless(sum, depth + 1);
            if !hopeless {
                self.picked[uplink] = index;
                speed.into_iter().for_each(|s| self.left[s] -= choice.nics);
                self.descend(depth + 1, sum);
                speed.into_iter().for_each(|s| self.left[s] += choice.nics);
            }
            sum.iter_mut().zip(&choice.vector).for_each(|(sum, own)| *sum -= own);
            if hopeless {
                // Kinds ascend by vector: the ones after this are no better.
                break;
            }
        }
    }

    fn hopeless(&self, sum: &[u32], depth: usize) -> bool {
        let (Some(best), Breadth::Best) = (&self.best, self.breadth) else {
            return false;
        };
        let bound = sum.iter().zip(&self.rest[depth]).map(|(a, b)| a + b);
        bound.cmp(best.iter().copied()).is_gt()
    }

    fn keep(&mut self) {
        let kinds: Vec<&Kind> = self
            .picked
            .iter()
            .enumerate()
            .map(|(u, k)| &self.table[u][*k])
            .collect();
        let mut placement = Placement::new(self.class, &kinds);
        let relaxed: Vec<u32> = (0..self.rest[0].len())
            .map(|i| kinds.iter().map(|k| k.first().vector[i]).sum())
            .collect();
        let coupled = self.coupled();
        // Patterns of the best vector of this combination that differ in what their uplinks must carry.
        let mut variants: Vec<Pattern> = Vec::new();
        let mut late = false;
        placement.each(&mut |picked| {
            late = !variants.is_empty() && self.instance.watch.is_over();
            if late {
                return true;
            }
            let pattern = assemble(self.instance, self.design, self.shared, picked, self.picked.clone());
            if variants.first().is_some_and(|v| pattern.vector < v.vector) {
                variants.clear();
            }
            let new = variants
                .iter()
                .all(|v| v.vector == pattern.vector && v.uplinks != pattern.uplinks);
            let done = pattern.vector == relaxed && !coupled;
            if new {
                variants.push(pattern);
            }
            done
        });
        if placement.work > PLACEMENT_LIMIT || late {
            self.leave_out(relaxed);
        }
        variants.into_iter().for_each(|pattern| self.offer(pattern));
    }

    /// Whether the time is over and there is a pattern to go on with.
    fn is_late(&self) -> bool {
        !self.found.is_empty() && self.instance.watch.is_over()
    }

    /// Notes that something with at least this vector was not looked at.
    fn leave_out(&mut self, least: Vec<u32>) {
        if self.floor.as_ref().is_none_or(|floor| least < *floor) {
            self.floor = Some(least);
        }
    }

    /// Whether it matters which ports of a kind are taken: a role that falls back must survive a card or a ToR.
    fn coupled(&self) -> bool {
        let falling = self.instance.roles.iter().filter(|r| r.info().falls_back);
        falling
            .map(|r| self.instance.must[*r as usize])
            .any(|must| must[1] || must[2])
    }

    fn offer(&mut self, pattern: Pattern) {
        match &self.best {
            Some(best) if pattern.vector > *best && self.breadth == Breadth::Best => return,
            Some(best) if pattern.vector >= *best => {}
            _ => {
                if self.breadth == Breadth::Best {
                    self.found.clear();
                }
                self.best = Some(pattern.vector.clone());
            }
        }
        self.found.push(pattern);
    }
}
