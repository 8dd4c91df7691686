//! Patterns: for one class of nodes and one design, which NICs each uplink gets, symmetric ones counted once.
//!
//! Enumerates all patterns whose vector (unserved roles, unmet survival, wishes) is the best one, or all patterns when
//! capacity is short. A branch is cut only when its proven part is already worse than the best pattern found.

mod alike;
mod assemble;
mod closest;
mod kinds;
mod placement;
mod ports;
#[cfg(test)]
mod tests;
mod without_ports;

pub use closest::Nearest;
pub use placement::Ways;

use alike::Known;
use assemble::assemble;
use kinds::{Kind, kinds};
use placement::{PLACEMENT_LIMIT, Placement};

use super::design::Design;
use super::instance::{Class, Instance};
use super::meeting::Meeting;
use super::options::{Shared, choices, leaves_out, shared_failures};
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
    /// Branches and placements that were looked at, and what took as long.
    pub work: u64,
    /// Kinds of choices by uplink.
    table: Vec<Vec<Kind>>,
    shared: Vec<Shared>,
}

/// Branches and placements after which the enumerations of all classes of nodes stop and say that they are not complete. Counted
/// work, never a clock.
const WORK_LIMIT: u64 = 1_000_000;
/// Of these for one class at least, however many classes there are.
const CLASS_WORK_LIMIT: u64 = 20_000;
/// Branches and placements that are looked at in the time that it takes to make one choice for an uplink.
const LISTED_PER_CHOICE: u64 = 20;
/// Patterns kept at most.
const PATTERN_LIMIT: usize = 20_000;
/// What is asked of an enumeration.
#[derive(Clone, Copy)]
struct Asked<'a> {
    instance: &'a Instance<'a>,
    class: &'a Class,
    design: &'a Design,
    meetings: &'a [Meeting],
    breadth: Breadth,
    /// Branches and placements that may be looked at.
    limit: u64,
}

/// Lists the patterns of a class.
pub fn enumerate(
    instance: &Instance,
    class: &Class,
    design: &Design,
    meetings: &[Meeting],
    breadth: Breadth,
) -> Enumeration {
    Asked::new(instance, class, design, meetings, breadth).answer()
}

impl<'a> Asked<'a> {
    fn new(
        instance: &'a Instance<'a>,
        class: &'a Class,
        design: &'a Design,
        meetings: &'a [Meeting],
        breadth: Breadth,
    ) -> Asked<'a> {
        let share = WORK_LIMIT / instance.classes.len().max(1) as u64;
        Asked {
            instance,
            class,
            design,
            meetings,
            breadth,
            limit: share.max(CLASS_WORK_LIMIT),
        }
    }

    fn answer(self) -> Enumeration {
        if self.class.ports() < self.design.uplinks.len() {
            return self.with_empty(true);
        }
        let full = self.with_empty(false);
        // Enough ports, but they do not fit the uplinks together: one has to stay without.
        if full.patterns.is_empty() {
            self.with_empty(true)
        } else {
            full
        }
        .or_without_ports(self.instance, self.class, self.design)
    }

    /// `empty`: uplinks may stay without ports.
    fn with_empty(self, empty: bool) -> Enumeration {
        let Asked { instance, class, .. } = self;
        let shared = shared_failures(instance, class);
        let table = tabulated(instance, class, self.design, self.meetings, empty, &shared);
        let mut order: Vec<usize> = (0..table.len()).collect();
        order.sort_by_key(|u| (table[*u].len(), *u));
        let width = 2 + instance.wishes.len();
        let choices = table.iter().flatten().map(|kind| kind.choices.len() as u64);
        let made = choices.sum::<u64>() * LISTED_PER_CHOICE;
        let rest = least_of_rest(&table, &order, width);
        let mut speeds: Vec<Mbps> = class.types.iter().map(|t| t.speed).collect();
        speeds.sort();
        speeds.dedup();
        // Nothing is known of teams that are left out.
        let cut = self.design.uplinks.iter().any(|shape| leaves_out(class, shape));
        let mut search = Search {
            asked: self,
            shared: &shared,
            left: speeds.iter().map(|s| ports_of(class, *s)).collect(),
            speeds,
            table: &table,
            order: &order,
            rest: &rest,
            best: None,
            found: Vec::new(),
            work: 0,
            floor: cut.then(|| vec![0; width]),
            picked: vec![0; order.len()],
        };
        search.descend(0, &mut vec![0; width]);
        let (patterns, floor, work) = (search.found, search.floor, search.work + made);
        let best = search.best.unwrap_or_else(|| vec![u32::MAX / 2; width]);
        let found = enumeration(patterns, best, floor, self.breadth, table, shared);
        Enumeration { work, ..found }
    }
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
        work: 0,
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

/// Branches and placements that are looked at in the time that it takes to put a pattern together, measured roughly.
fn effort(shared: &[Shared], uplinks: usize) -> u64 {
    (shared.len() * uplinks) as u64 / 2
}

fn ports_of(class: &Class, speed: Mbps) -> usize {
    let ports = class.types.iter().filter(|t| t.speed == speed);
    ports.map(|t| t.count as usize).sum()
}

struct Search<'s> {
    asked: Asked<'s>,
    shared: &'s [Shared],
    /// Port speeds of the class, and how many ports of each are not picked yet.
    speeds: Vec<Mbps>,
    left: Vec<usize>,
    table: &'s [Vec<Kind>],
    order: &'s [usize],
    rest: &'s [Vec<u32>],
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
        if self.is_over() {
            return self.leave_out(self.least(sum, depth));
        }
        if depth == self.order.len() {
            return self.keep();
        }
        let uplink = self.order[depth];
        let table = self.table;
        for (index, kind) in table[uplink].iter().enumerate() {
            if self.is_over() {
                return self.leave_out(self.least(sum, depth));
            }
            let choice = kind.first();
            let speed = self.speeds.iter().position(|s| *s == choice.speed);
            let left = speed.map_or(0, |s| self.left[s]);
            self.picked[uplink] = index;
            if choice.nics > left || !self.fits(depth) {
                continue;
            }
            sum.iter_mut().zip(&choice.vector).for_each(|(sum, own)| *sum += own);
            let hopeless = self.hopeless(sum, depth + 1);
            if !hopeless {
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

    /// Whether the kinds picked down to a depth find different ports: without that nothing below it can be a pattern.
    fn fits(&mut self, depth: usize) -> bool {
        let picked = self.order[..=depth].iter().map(|u| &self.table[*u][self.picked[*u]]);
        let kinds: Vec<&Kind> = picked.collect();
        let mut placement = Placement::new(self.asked.class, &kinds);
        let fits = placement.each(&mut |_| true);
        self.work += placement.work;
        fits
    }

    /// Whether the work is done that may be done.
    fn is_over(&self) -> bool {
        self.work > self.asked.limit || self.found.len() > PATTERN_LIMIT || self.is_late()
    }

    /// The least vector of what lies below a branch.
    fn least(&self, sum: &[u32], depth: usize) -> Vec<u32> {
        sum.iter()
            .zip(&self.rest[depth])
            .map(|(sum, rest)| sum + rest)
            .collect()
    }

    fn hopeless(&self, sum: &[u32], depth: usize) -> bool {
        let (Some(best), Breadth::Best) = (&self.best, self.asked.breadth) else {
            return false;
        };
        self.least(sum, depth) > *best
    }

    fn keep(&mut self) {
        let kinds: Vec<&Kind> = self
            .picked
            .iter()
            .enumerate()
            .map(|(u, k)| &self.table[u][*k])
            .collect();
        let mut placement = Placement::new(self.asked.class, &kinds);
        let relaxed: Vec<u32> = (0..self.rest[0].len())
            .map(|i| kinds.iter().map(|k| k.first().vector[i]).sum())
            .collect();
        let coupled = self.coupled();
        // Patterns of the best vector of this combination that differ in what their uplinks must carry.
        let mut variants: Vec<Pattern> = Vec::new();
        let mut known = Known::default();
        let mut late = false;
        let mut assembled = 0;
        placement.each(&mut |picked| {
            late = !variants.is_empty() && self.asked.instance.watch.is_over();
            if late {
                return true;
            }
            if !known.is_new(self.shared, picked) {
                return false;
            }
            assembled += 1;
            let pattern = assemble(
                self.asked.instance,
                self.asked.design,
                self.shared,
                picked,
                self.picked.clone(),
            );
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
        let work = placement.work;
        self.work += work + assembled * effort(self.shared, self.order.len());
        if work > PLACEMENT_LIMIT || late {
            self.leave_out(relaxed);
        }
        variants.into_iter().for_each(|pattern| self.offer(pattern));
    }

    /// Whether the time is over and there is a pattern to go on with.
    fn is_late(&self) -> bool {
        !self.found.is_empty() && self.asked.instance.watch.is_over()
    }

    /// Notes that something with at least this vector was not looked at.
    fn leave_out(&mut self, least: Vec<u32>) {
        if self.floor.as_ref().is_none_or(|floor| least < *floor) {
            self.floor = Some(least);
        }
    }

    /// Whether it matters which ports of a kind are taken: a role that falls back must survive a card or a ToR.
    fn coupled(&self) -> bool {
        let falling = self.asked.instance.roles.iter().filter(|r| r.info().falls_back);
        falling
            .map(|r| self.asked.instance.must[*r as usize])
            .any(|must| must[1] || must[2])
    }

    fn offer(&mut self, pattern: Pattern) {
        match &self.best {
            Some(best) if pattern.vector > *best && self.asked.breadth == Breadth::Best => return,
            Some(best) if pattern.vector >= *best => {}
            _ => {
                if self.asked.breadth == Breadth::Best {
                    self.found.clear();
                }
                self.best = Some(pattern.vector.clone());
            }
        }
        self.found.push(pattern);
    }
}
