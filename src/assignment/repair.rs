//! Small steps from a plan that is not proven: other ports for one group of nodes, another network for one vNIC, counted out
//! exactly. Bounds treat groups and nodes one by one; what they do to each other (who meets whom on which ToR, which small vNICs
//! share a network with heavy ones) only the exact count sees.
//!
//! In: a solved design and what is proven. Out: the same or a better plan. The proof stays as it was.

use super::design::Design;
use super::instance::{Class, Instance};
use super::meeting::undecided;
use super::patterns::{Breadth, Pattern, Ways, enumerate};
use super::solve::{Solved, weigh};
use crate::plan::{Objective, PROVEN_LEVELS};

/// Nodes and vNICs that are counted out at most, over all plans: counted work, never a clock.
const WORK_LIMIT: usize = 100_000;
/// Plans below which the steps are not worth starting: large clusters keep what the bounds led to.
const FEWEST_PLANS: usize = 100;
/// Ways to give ports to the uplinks of one node above which only those of the bound are tried.
const PATTERN_LIMIT: usize = 300;

/// The best plan that single steps lead to; stops where `bound` is met.
pub fn repaired(instance: &Instance, solved: Solved, bound: &Objective) -> Solved {
    let met = solved.evaluation.objective.cmp_to(bound, PROVEN_LEVELS).is_eq();
    if met || FEWEST_PLANS * instance.size() > WORK_LIMIT || instance.watch.is_over() {
        return solved;
    }
    let patterns = |class: &Class| patterns(instance, &solved.design, class);
    let mut repair = Repair {
        instance,
        bound,
        patterns: instance.classes.iter().map(patterns).collect(),
        work: 0,
        best: solved,
    };
    while !repair.is_over() && repair.round() {}
    repair.best
}

/// Ways to give ports to the uplinks on a node of the class.
fn patterns(instance: &Instance, design: &Design, class: &Class) -> Vec<Pattern> {
    let best = || enumerate(instance, class, design, &undecided(design), Breadth::Best).patterns;
    let all = Ways::new(instance, class, design, false).and_then(|ways| ways.patterns(PATTERN_LIMIT));
    all.unwrap_or_else(best)
}

struct Repair<'a> {
    instance: &'a Instance<'a>,
    bound: &'a Objective,
    /// By class.
    patterns: Vec<Vec<Pattern>>,
    work: usize,
    best: Solved,
}

impl Repair<'_> {
    fn is_over(&self) -> bool {
        let met = self.best.evaluation.objective.cmp_to(self.bound, PROVEN_LEVELS).is_eq();
        met || self.work >= WORK_LIMIT || self.instance.watch.is_over()
    }

    /// Tries every single step from where it stands; whether one was better.
    fn round(&mut self) -> bool {
        let before = self.best.evaluation.objective.clone();
        for (group, class) in self.instance.groups.iter().map(|group| group.class).enumerate() {
            for at in 0..self.patterns[class].len() {
                let mut patterns = self.best.patterns.clone();
                patterns[group] = self.patterns[class][at].clone();
                self.offer(patterns, self.best.decisions.network.clone());
            }
        }
        for item in 0..self.instance.items.len() {
            let admitted = self.best.mode.admits(&self.instance.items[item]);
            for to in (0..self.best.design.networks).filter(|to| admitted >> to & 1 == 1) {
                let mut network = self.best.decisions.network.clone();
                network[item] = Some(to);
                self.offer(self.best.patterns.clone(), network);
            }
        }
        self.best.evaluation.objective < before
    }

    /// Counts a plan out and keeps it if it is better.
    fn offer(&mut self, patterns: Vec<Pattern>, network: Vec<Option<usize>>) {
        let same = patterns == self.best.patterns && network == self.best.decisions.network;
        if same || self.is_over() {
            return;
        }
        self.work += self.instance.size();
        let best = &self.best;
        let mut other = weigh(self.instance, &best.design, &best.mode, patterns, network);
        if other.evaluation.objective >= best.evaluation.objective {
            return;
        }
        for (group, runner_up) in other.runners_up.iter_mut().enumerate() {
            let kept = other.patterns[group] == best.patterns[group];
            *runner_up = best.runners_up[group].clone().filter(|_| kept);
        }
        self.best = other;
    }
}
