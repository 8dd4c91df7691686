//! The search over designs: each has a proven bound; the most promising is solved first, and a design is passed over only
//! when its bound already loses against the plan in hand.
//!
//! Where the plan of a design leaves nodes out of each other's reach, the design is split: one segment of the fabric for all
//! nodes of an uplink, each in turn, or none.

use super::bounds::{Job, add_mode, lower};
use super::design::{Design, labelled};
use super::instance::Instance;
use super::listing::{Listing, Listings};
use super::meeting::{scattered, undecided, ways};
use super::networks::{Mode, modes};
use super::solve::{Outcome, Solved, solve_mode};
use super::waiting::{Proven, Waiting, inherited};
use crate::plan::{MAX_NETWORKS, Objective, PROVEN_LEVELS};
use std::collections::BinaryHeap;

/// Designs that are split at most in one search; the others keep their gap.
const SPLIT_LIMIT: usize = 100;

/// Patterns judged (each once per node) after which the search for the best plan of a style ends with a gap. Counted work,
/// never a clock: the same input gives the same bytes.
const WORK_LIMIT: u64 = 200_000;
/// The same where only a yes or no is asked, or what more ports would bring.
const SMALL_WORK_LIMIT: u64 = 50_000;

/// What the search has found for a set of designs.
#[derive(Default)]
pub struct Found {
    pub best: Option<Solved>,
    /// Value of a plan that is there already, of these designs or not: what cannot beat it is passed over.
    known: Option<Objective>,
    /// No plan of these designs can be better than this, levels 1 to 7.
    pub bound: Option<Objective>,
    /// Best plan of every design that was solved, for the reasons.
    pub others: Vec<(Design, Objective)>,
    /// The most promising design that was passed over, with what no plan of it can beat.
    pub passed: Option<(Design, Objective)>,
    /// Designs split so far.
    splits: usize,
    /// Work done so far.
    work: u64,
    /// Ended by the limit of work, so that what is left was not looked at.
    pub cut: bool,
    /// Stopped by the time limit.
    pub stopped: bool,
}

impl Found {
    /// Of designs that there was no time for.
    pub fn not_begun() -> Found {
        Found {
            bound: Some(Objective::default()),
            stopped: true,
            ..Found::default()
        }
    }

    /// Value of the best plan in hand, whether it was found here or known before.
    pub fn best_known(&self) -> Option<&Objective> {
        let own = self.best.as_ref().map(|best| &best.evaluation.objective);
        own.into_iter().chain(&self.known).min()
    }

    /// Whether a plan is in hand (where one is asked for) and the work is done that may be done.
    fn is_spent(&self, question: Question) -> bool {
        let enough = self.best_known().is_some() || question == Question::Feasible;
        enough && self.work > question.work_limit()
    }

    /// Whether the work is done that may be done, and there is no plan to show for it.
    fn lacks_a_plan(&self, question: Question) -> bool {
        self.work > question.work_limit() && !self.is_spent(question)
    }

    /// Whether a plan that meets every requirement is in hand, or no plan from this bound on can.
    fn feasibility_known(&self, bound: &Objective) -> bool {
        let met = |best: &Solved| best.evaluation.objective.unmet_requirements.met();
        self.best.as_ref().is_some_and(met) || !bound.unmet_requirements.met()
    }
}

/// What the search is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// The best plan.
    Best,
    /// A good plan with little work; it may be better still.
    Glance,
    /// Whether some plan meets every requirement; the first one that does ends the search.
    Feasible,
}

impl Question {
    fn work_limit(self) -> u64 {
        match self {
            Question::Best => WORK_LIMIT,
            Question::Glance | Question::Feasible => SMALL_WORK_LIMIT,
        }
    }
}

/// Solves all designs, best bound first. `known`: value of a plan that is there already.
pub fn search(instance: &Instance, designs: Vec<Design>, question: Question, known: Option<&Objective>) -> Found {
    let waiting = designs.into_iter().map(|design| {
        let meetings = undecided(&design);
        Waiting::new(instance, design, meetings)
    });
    let mut search = Search {
        instance,
        question,
        heap: waiting.collect(),
        proven: Proven::new(),
        listings: Listings::default(),
        found: Found {
            known: known.cloned(),
            ..Found::default()
        },
    };
    while let Some(waiting) = search.heap.pop() {
        if search.ends_at(&waiting) {
            break;
        }
        search.step(waiting);
        search.settle();
    }
    search.found
}

struct Search<'a> {
    instance: &'a Instance<'a>,
    question: Question,
    heap: BinaryHeap<Waiting>,
    proven: Proven,
    listings: Listings,
    found: Found,
}

impl Search<'_> {
    /// Whether the search is over when this is the most promising design left; notes what is then known.
    fn ends_at(&mut self, next: &Waiting) -> bool {
        let found = &mut self.found;
        if self.question == Question::Feasible && found.feasibility_known(&next.bound) {
            return true;
        }
        let late = self.instance.watch.is_over();
        let loses = found
            .best_known()
            .is_some_and(|best| next.bound.cmp_to(best, PROVEN_LEVELS).is_gt());
        if !late && !loses && !found.is_spent(self.question) {
            return false;
        }
        lower(&mut found.bound, &next.bound);
        found.stopped |= late;
        if !late {
            found.cut |= !loses;
            let named = next.design.is_named();
            found.passed = named.then(|| (next.design.clone(), next.bound.clone()));
        }
        true
    }

    /// Sharpens the bound of a design, or solves it where that has been done.
    fn step(&mut self, waiting: Waiting) {
        let instance = self.instance;
        if !waiting.design.is_named() {
            return self.name(waiting);
        }
        match &waiting.listing {
            // The first design is solved at once: often its plan is already the best.
            Some(_)
                if !waiting.pooled && (self.found.best_known().is_some() || self.question == Question::Feasible) =>
            {
                let (pooled, work) = waiting.pooled(instance);
                self.found.work += work;
                self.heap.push(pooled);
            }
            Some(listing) => {
                let split = solve(instance, &waiting, listing, self.question, &mut self.found);
                self.heap.extend(split);
            }
            None => {
                let listed = waiting.listed(instance, &mut self.listings);
                self.found.work += listed.listing.as_ref().map_or(0, |listing| listing.new_work());
                listed.prove(&mut self.proven);
                self.heap.push(listed);
            }
        }
    }

    /// Solves the most promising of the designs whose patterns are listed once no more may be listed: some plan there must be.
    fn settle(&mut self) {
        if !self.found.lacks_a_plan(self.question) {
            return;
        }
        let mut waiting = std::mem::take(&mut self.heap).into_sorted_vec();
        let best = waiting.iter().rposition(|waiting| waiting.listing.is_some());
        let best = best.map(|at| waiting.remove(at));
        self.heap = waiting.into();
        best.into_iter().for_each(|listed| self.step(listed));
    }

    /// Sharpens the bound of an unnamed design, or names its networks. With more networks than are solved its bound is all that
    /// is known.
    fn name(&mut self, waiting: Waiting) {
        let sharper =
            inherited(&self.proven, &waiting.design).filter(|bare| bare.cmp_to(&waiting.bare, PROVEN_LEVELS).is_gt());
        if let Some(bare) = sharper {
            self.proven.insert(waiting.design.uplinks.clone(), bare.clone());
            return self.heap.push(waiting.sharpened(self.instance, bare));
        }
        if waiting.design.networks > MAX_NETWORKS {
            return lower(&mut self.found.bound, &waiting.bound);
        }
        for design in labelled(self.instance, &waiting.design) {
            let meetings = undecided(&design);
            let named = Waiting::new(self.instance, design, meetings);
            let bare = named.bare.clone().max_to(waiting.bare.clone(), PROVEN_LEVELS);
            self.heap.push(named.sharpened(self.instance, bare));
        }
    }
}

/// What the modes of one design have shown.
#[derive(Default)]
struct Shown {
    /// No plan of the design can be better than this.
    bound: Option<Objective>,
    /// An uplink whose nodes do not meet.
    open: Option<usize>,
    /// The best plan of the design.
    best: Option<Objective>,
}

/// Solves a design under each of its modes; gives what it was split into.
fn solve(
    instance: &Instance,
    waiting: &Waiting,
    listing: &Listing,
    question: Question,
    found: &mut Found,
) -> Vec<Waiting> {
    let job = Job {
        instance,
        design: &waiting.design,
        meetings: &waiting.meetings,
        listing,
    };
    let modes = modes(instance, &waiting.design);
    let mut shown = Shown::default();
    for mode in modes.listed {
        let mut bound = waiting.bare.clone();
        add_mode(instance, &mode, &mut bound);
        if is_worth_solving(instance, &bound, question, found) {
            shown.add(&job, &mode, question, found);
        }
    }
    if let Some(rest) = modes.rest {
        let mut bound = waiting.bare.clone();
        add_mode(instance, &rest, &mut bound);
        bound.changes += modes.rest_moves;
        lower(&mut shown.bound, &bound);
    }
    let best = shown.best.map(|objective| (waiting.design.clone(), objective));
    found.others.extend(best);
    let split = shown.open.filter(|_| found.splits < SPLIT_LIMIT);
    found.splits += usize::from(split.is_some());
    let is_covered = split.is_some_and(|uplink| ways(instance, &waiting.design.uplinks[uplink]).1);
    if let Some(bound) = shown.bound.filter(|_| !is_covered) {
        lower(&mut found.bound, &bound);
    }
    split.map_or_else(Vec::new, |uplink| waiting.split(instance, uplink))
}

/// Whether what has this bound is to be solved. What is passed over although it might be better keeps its bound.
fn is_worth_solving(instance: &Instance, bound: &Objective, question: Question, found: &mut Found) -> bool {
    let loses = found
        .best_known()
        .is_some_and(|best| bound.cmp_to(best, PROVEN_LEVELS).is_gt());
    found.stopped |= !loses && instance.watch.is_over();
    if loses || found.stopped || found.is_spent(question) {
        found.cut |= !loses;
        lower(&mut found.bound, bound);
        return false;
    }
    question != Question::Feasible || !found.feasibility_known(bound)
}

impl Shown {
    /// Solves the design under a mode.
    fn add(&mut self, job: &Job, mode: &Mode, question: Question, found: &mut Found) {
        let Outcome { solved, bound, work } = solve_mode(job, mode, question);
        found.work += job.work() + job.listing.new_work() + work;
        lower(&mut self.bound, &bound);
        let objective = &solved.evaluation.objective;
        if objective.unmet_requirements.reachability > bound.unmet_requirements.reachability {
            let meets = || scattered(job.instance, job.design, job.meetings, &solved.decisions);
            self.open = self.open.or_else(meets);
        }
        lower_all(&mut self.best, objective);
        if found.best.as_ref().is_none_or(|b| *objective < b.evaluation.objective) {
            found.best = Some(solved);
        }
    }
}

/// Keeps the better objective, all levels counted.
fn lower_all(best: &mut Option<Objective>, other: &Objective) {
    if best.as_ref().is_none_or(|b| other < b) {
        *best = Some(other.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assignment::design::all_designs;
    use crate::inventory::testing::{cluster, nic};
    use crate::plan::Style;

    /// Out of work with one design listed, another one not, and no plan in hand: the listed one is solved and nothing more is listed.
    #[test]
    fn a_search_that_ran_out_of_work_makes_a_plan_of_what_is_listed() {
        let mut cluster = cluster(2, 1);
        for node in &mut cluster.nodes {
            node.nics = (0..4).map(|n| nic(&format!("P{n}"), 1_000, Some(0))).collect();
        }
        let instance = Instance::new(&cluster);
        let mut designs = all_designs(&instance, Style::Hybrid).into_iter();
        let mut waiting = || {
            let design = designs.next().expect("there are several");
            let meetings = undecided(&design);
            Waiting::new(&instance, design, meetings)
        };
        let mut listings = Listings::default();
        let (listed, open) = (waiting().listed(&instance, &mut listings), waiting());
        let mut search = Search {
            instance: &instance,
            question: Question::Glance,
            heap: [listed, open].into_iter().collect(),
            proven: Proven::new(),
            listings,
            found: Found {
                work: SMALL_WORK_LIMIT,
                ..Found::default()
            },
        };
        search.settle();
        assert!(search.found.best.is_none(), "there is work left to do");
        search.found.work += 1;
        search.settle();
        assert!(search.found.best.is_some(), "a plan comes of what is listed");
        assert!(
            search.heap.iter().all(|waiting| waiting.listing.is_none()),
            "the other design still waits"
        );
        assert_eq!(search.heap.len(), 1);
    }
}
