//! Tiny instances: when the plan found does not meet the bound, every pattern of every group with every placement of the
//! vNICs is tried. What comes out is exact, so the proof of a small cluster never rests on a relaxation.

use super::design::Design;
use super::instance::{Instance, Item};
use super::networks::Mode;
use super::patterns::{Pattern, Ways};
use super::solve::{Solved, weigh};
use crate::plan::Objective;

/// Plans above which an instance is not tiny.
const PLAN_LIMIT: usize = 200_000;
/// Plans that are counted out at most; the others must lose by what their patterns alone leave unmet.
const COUNT_LIMIT: usize = 4_000;
/// Nodes and vNICs that are counted out at most, over all plans: one plan of a large cluster takes as long as many of a small one.
const SIZE_LIMIT: usize = 120_000;

/// The best plan of a design under a mode; `None` when there are too many to try. Stops as soon as `bound` is met.
/// `reached`: objective of a plan in hand.
pub fn best_of_all(
    instance: &Instance,
    design: &Design,
    mode: &Mode,
    bound: &Objective,
    reached: &Objective,
) -> Option<Solved> {
    let options: Vec<Vec<usize>> = instance.items.iter().map(|item| admitted(design, mode, item)).collect();
    if product(options.iter().map(Vec::len)) > PLAN_LIMIT {
        return None;
    }
    // Leaving an uplink without ports never helps while everything can be reached.
    let empty = reached.unmet_requirements.reachability > 0;
    // Counted first, each group against what the others leave: most instances are not tiny, and nothing is put together for those.
    let mut left = PLAN_LIMIT / product(options.iter().map(Vec::len)).max(1);
    let mut ways = Vec::new();
    for group in &instance.groups {
        let own = Ways::new(instance, &instance.classes[group.class], design, empty);
        left /= own.count(left)?.max(1);
        ways.push(own);
    }
    let lists: Vec<Vec<Pattern>> = ways.iter().map(|w| w.patterns(PLAN_LIMIT)).collect::<Option<_>>()?;
    let sizes: Vec<usize> = lists.iter().map(Vec::len).chain(options.iter().map(Vec::len)).collect();
    let mut trial = Trial {
        instance,
        design,
        mode,
        bound,
        best: None,
        counted: 0,
        limit: COUNT_LIMIT.min(SIZE_LIMIT / instance.size().max(1)),
    };
    for pick in readings(sizes) {
        let (groups, items) = pick.split_at(lists.len());
        let picked: Vec<&Pattern> = groups.iter().zip(&lists).map(|(i, list)| &list[*i]).collect();
        let network = items.iter().zip(&options).map(|(i, list)| Some(list[*i]));
        match trial.offer(&picked, network.collect()) {
            Step::Next => {}
            Step::Done => break,
            Step::TooMany => return None,
        }
    }
    trial.best
}

/// What comes after a plan was tried.
enum Step {
    Next,
    /// The bound is met.
    Done,
    /// The work is done that may be done, or the time is over.
    TooMany,
}

struct Trial<'a> {
    instance: &'a Instance<'a>,
    design: &'a Design,
    mode: &'a Mode,
    bound: &'a Objective,
    best: Option<Solved>,
    counted: usize,
    /// Plans that may be counted out.
    limit: usize,
}

impl Trial<'_> {
    /// Counts a plan out, unless what its patterns leave unmet already loses.
    fn offer(&mut self, picked: &[&Pattern], network: Vec<Option<usize>>) -> Step {
        let beaten = |b: &Solved| loses(self.instance, self.bound, picked, &b.evaluation.objective);
        if self.best.as_ref().is_some_and(beaten) {
            return Step::Next;
        }
        self.counted += 1;
        if self.counted > self.limit || self.instance.watch.is_over() {
            return Step::TooMany;
        }
        let patterns = picked.iter().map(|pattern| (*pattern).clone()).collect();
        let solved = weigh(self.instance, self.design, self.mode, patterns, network);
        let objective = &solved.evaluation.objective;
        if self.best.as_ref().is_some_and(|b| *objective >= b.evaluation.objective) {
            return Step::Next;
        }
        let done = objective.cmp_to(self.bound, 7).is_eq();
        self.best = Some(solved);
        if done { Step::Done } else { Step::Next }
    }
}

fn admitted(design: &Design, mode: &Mode, item: &Item) -> Vec<usize> {
    let mask = mode.admits(item);
    (0..design.networks).filter(|n| mask >> n & 1 == 1).collect()
}

fn product(sizes: impl Iterator<Item = usize>) -> usize {
    sizes.fold(1, usize::saturating_mul)
}

/// Whether what these patterns leave unmet by themselves is already worse than a plan in hand.
fn loses(instance: &Instance, bound: &Objective, patterns: &[&Pattern], best: &Objective) -> bool {
    let total = |index: usize| -> u64 {
        let groups = instance.groups.iter().zip(patterns);
        groups
            .map(|(group, p)| u64::from(p.vector[index]) * group.nodes.len() as u64)
            .sum()
    };
    let groups = instance.groups.iter().zip(patterns);
    let blind: u64 = groups
        .map(|(group, p)| u64::from(p.blind) * group.nodes.len() as u64)
        .sum();
    let own = [total(0) - blind, bound.unmet_requirements.isolation, total(1)];
    let unmet = &best.unmet_requirements;
    own > [unmet.reachability, unmet.isolation, unmet.survival]
}

/// All readings of an odometer with wheels of these sizes, the first wheel turning fastest.
fn readings(sizes: Vec<usize>) -> impl Iterator<Item = Vec<usize>> {
    let all = product(sizes.iter().copied());
    (0..all).map(move |mut number| {
        let turn = |size: &usize| {
            let digit = number % size;
            number /= size;
            digit
        };
        sizes.iter().map(turn).collect()
    })
}
