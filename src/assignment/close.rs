//! Tiny instances: when the plan found does not meet the bound, every pattern of every group with every placement of the
//! vNICs is tried. What comes out is exact, so the proof of a small cluster never rests on a relaxation.

use super::design::Design;
use super::instance::{Instance, Item};
use super::networks::Mode;
use super::patterns::{Pattern, Ways};
use super::solve::{Solved, weigh};
use crate::plan::{Objective, PROVEN_LEVELS};
use std::cmp::Ordering;

/// Plans above which an instance is not tiny.
const PLAN_LIMIT: usize = 200_000;
/// Plans that are counted out at most; the others must lose by what their patterns alone leave unmet.
const COUNT_LIMIT: usize = 4_000;
/// Nodes and vNICs that are counted out at most, over all plans: one plan of a large cluster takes as long as many of a small one.
const SIZE_LIMIT: usize = 120_000;

/// Nodes and vNICs of a plan that are counted out in the time that it takes to judge a pattern for a node, measured roughly.
const COUNTED_PER_JUDGED: usize = 4;

/// What became of trying everything.
pub struct Tried {
    /// The best plan; `None` when there are too many to try.
    pub best: Option<Solved>,
    /// Work done, in patterns judged that take as long.
    pub work: u64,
}

impl Tried {
    /// Too many plans to try any.
    const NOT: Tried = Tried { best: None, work: 0 };
}

/// Tries every plan of a design under a mode. Stops as soon as `bound` is met. `reached`: objective of a plan in hand.
pub fn best_of_all(instance: &Instance, design: &Design, mode: &Mode, bound: &Objective, reached: &Objective) -> Tried {
    match listed(instance, design, mode, reached) {
        Some(all) => all.try_each(Trial::new(instance, design, mode, bound)),
        None => Tried::NOT,
    }
}

/// All patterns of every group and all networks of every vNIC.
struct All {
    patterns: Vec<Vec<Pattern>>,
    networks: Vec<Vec<usize>>,
}

/// What there is to try; `None` when it is too much.
fn listed(instance: &Instance, design: &Design, mode: &Mode, reached: &Objective) -> Option<All> {
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
        let own = Ways::new(instance, &instance.classes[group.class], design, empty)?;
        left /= own.count(left)?.max(1);
        ways.push(own);
    }
    Some(All {
        patterns: ways.iter().map(|w| w.patterns(PLAN_LIMIT)).collect::<Option<_>>()?,
        networks: options,
    })
}

impl All {
    fn try_each(&self, mut trial: Trial) -> Tried {
        let sizes = self
            .patterns
            .iter()
            .map(Vec::len)
            .chain(self.networks.iter().map(Vec::len));
        for pick in readings(sizes.collect()) {
            let (groups, items) = pick.split_at(self.patterns.len());
            let picked: Vec<&Pattern> = groups.iter().zip(&self.patterns).map(|(i, list)| &list[*i]).collect();
            let network = items.iter().zip(&self.networks).map(|(i, list)| Some(list[*i]));
            match trial.offer(&picked, network.collect()) {
                Step::Next => {}
                Step::Done => break,
                Step::TooMany => {
                    trial.best = None;
                    break;
                }
            }
        }
        let work = trial.counted * trial.instance.size() / COUNTED_PER_JUDGED;
        Tried {
            best: trial.best,
            work: work as u64,
        }
    }
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

impl<'a> Trial<'a> {
    fn new(instance: &'a Instance<'a>, design: &'a Design, mode: &'a Mode, bound: &'a Objective) -> Trial<'a> {
        Trial {
            instance,
            design,
            mode,
            bound,
            best: None,
            counted: 0,
            limit: COUNT_LIMIT.min(SIZE_LIMIT / instance.size().max(1)),
        }
    }

    /// Counts a plan out, unless what its patterns leave unmet already loses.
    fn offer(&mut self, picked: &[&Pattern], network: Vec<Option<usize>>) -> Step {
        let beaten = |b: &Solved| self.loses(picked, &b.evaluation.objective);
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
        let done = objective.cmp_to(self.bound, PROVEN_LEVELS).is_eq();
        self.best = Some(solved);
        if done { Step::Done } else { Step::Next }
    }

    /// Whether what these patterns leave unmet by themselves is already worse than a plan in hand.
    fn loses(&self, patterns: &[&Pattern], best: &Objective) -> bool {
        let of_nodes = |count: &dyn Fn(&Pattern) -> u32| -> u64 {
            let groups = self.instance.groups.iter().zip(patterns);
            groups
                .map(|(group, pattern)| u64::from(count(pattern)) * group.nodes.len() as u64)
                .sum()
        };
        let total = |index: usize| of_nodes(&|pattern| pattern.vector[index]);
        let unmet = &best.unmet_requirements;
        let unserved = total(0) - of_nodes(&|pattern| pattern.blind);
        let isolation = self.bound.unmet_requirements.isolation;
        // Who is not reached before a failure is not missed after it, so the patterns say too much of plans that leave nodes out of
        // each other's reach: where the plan in hand does too, only what nobody serves counts.
        if unmet.reachability > 0 {
            return (unserved, isolation) > (unmet.reachability, unmet.isolation);
        }
        match (unserved, isolation, total(1)).cmp(&(0, unmet.isolation, unmet.survival)) {
            Ordering::Equal if (unmet.capacity, unmet.missing_mbps) == (0, 0) => {
                let wishes = self.instance.wishes.iter().enumerate();
                let least = wishes.map(|(at, wish)| self.design.wish_count(wish).unwrap_or_else(|| total(2 + at)));
                least.cmp(best.unmet_wishes.iter().copied()).is_gt()
            }
            order => order.is_gt(),
        }
    }
}

fn admitted(design: &Design, mode: &Mode, item: &Item) -> Vec<usize> {
    let mask = mode.admits(item);
    (0..design.networks).filter(|n| mask >> n & 1 == 1).collect()
}

fn product(sizes: impl Iterator<Item = usize>) -> usize {
    sizes.fold(1, usize::saturating_mul)
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
