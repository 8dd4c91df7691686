//! The search over designs: each has a proven bound; the most promising is solved first, and a design is passed over only
//! when its bound already loses against the plan in hand.
//!
//! Where the plan of a design leaves nodes out of each other's reach, the design is split: one segment of the fabric for all
//! nodes of an uplink, each in turn, or none.

use super::bounds::{Job, add_mode, counted, lower};
use super::design::Design;
use super::instance::Instance;
use super::meeting::{Meeting, scattered, undecided, ways};
use super::networks::{Mode, modes};
use super::patterns::{Breadth, Enumeration, enumerate};
use super::solve::{Solved, solve_mode};
use crate::plan::Objective;
use std::cell::OnceCell;
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
    /// Whether a plan is in hand (where one is asked for) and the work is done that may be done.
    fn is_spent(&self, question: Question) -> bool {
        match question {
            Question::Best => self.best.is_some() && self.work > WORK_LIMIT,
            Question::Glance => self.best.is_some() && self.work > SMALL_WORK_LIMIT,
            Question::Feasible => self.work > SMALL_WORK_LIMIT,
        }
    }

    /// Whether a plan that meets every requirement is in hand, or no plan from this bound on can.
    fn feasibility_known(&self, bound: &Objective) -> bool {
        let met = |best: &Solved| best.evaluation.objective.unmet_requirements.met();
        self.best.as_ref().is_some_and(met) || !bound.unmet_requirements.met()
    }
}

/// A design waiting for its turn: first with the bound that follows from counting ports, then with its patterns listed.
struct Waiting {
    bound: Objective,
    design: Design,
    meetings: Vec<Meeting>,
    tables: Option<Vec<Enumeration>>,
    /// All patterns by class, where somebody asked for them.
    wide: Vec<OnceCell<Enumeration>>,
    /// The bound has been sharpened by [`Job::pooled`].
    pooled: bool,
}

impl Waiting {
    fn new(instance: &Instance, design: Design, meetings: Vec<Meeting>) -> Self {
        Waiting {
            bound: counted(instance, &design, &meetings),
            design,
            meetings,
            tables: None,
            wide: instance.classes.iter().map(|_| OnceCell::new()).collect(),
            pooled: false,
        }
    }

    fn key(&self) -> (&Objective, &Design, &[Meeting]) {
        (&self.bound, &self.design, &self.meetings)
    }

    /// Lists the patterns and sharpens the bound by them.
    fn listed(self, instance: &Instance) -> Self {
        let list = |class| enumerate(instance, class, &self.design, &self.meetings, Breadth::Best);
        let tables: Vec<Enumeration> = instance.classes.iter().map(list).collect();
        let job = Job {
            instance,
            design: &self.design,
            meetings: &self.meetings,
            tables: &tables,
            wide: &self.wide,
        };
        Waiting {
            bound: job.bound(),
            tables: Some(tables),
            ..self
        }
    }

    /// Sharpens the bound by what the networks can carry together; gives the work it took.
    fn pooled(self, instance: &Instance) -> (Self, u64) {
        let sharper = self.tables.as_ref().map(|tables| {
            let job = Job {
                instance,
                design: &self.design,
                meetings: &self.meetings,
                tables,
                wide: &self.wide,
            };
            (job.pooled(), job.work())
        });
        let (bound, work) = sharper.unwrap_or((self.bound, 0));
        let pooled = Waiting {
            bound,
            pooled: true,
            ..self
        };
        (pooled, work)
    }

    /// The same with one uplink decided in every way.
    fn split(&self, instance: &Instance, uplink: usize) -> Vec<Waiting> {
        let decided = |way: Meeting| {
            let mut meetings = self.meetings.clone();
            meetings[uplink] = way;
            Waiting::new(instance, self.design.clone(), meetings)
        };
        ways(instance).0.into_iter().map(decided).collect()
    }
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Waiting {}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Waiting {
    /// Reversed, so that a heap gives the best bound first.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.key().cmp(&self.key())
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

/// Solves all designs, best bound first.
pub fn search(instance: &Instance, designs: Vec<Design>, question: Question, late: &dyn Fn() -> bool) -> Found {
    let mut found = Found::default();
    let waiting = designs.into_iter().map(|design| {
        let meetings = undecided(&design);
        Waiting::new(instance, design, meetings)
    });
    let mut heap: BinaryHeap<Waiting> = waiting.collect();
    while let Some(waiting) = heap.pop() {
        if question == Question::Feasible && found.feasibility_known(&waiting.bound) {
            break;
        }
        if late() {
            found.stopped = true;
            lower(&mut found.bound, &waiting.bound);
            break;
        }
        let best = found.best.as_ref().map(|best| &best.evaluation.objective);
        let loses = best.is_some_and(|best| waiting.bound.cmp_to(best, 7).is_gt());
        if loses || found.is_spent(question) {
            found.cut |= !loses;
            lower(&mut found.bound, &waiting.bound);
            found.passed = Some((waiting.design, waiting.bound));
            break;
        }
        match &waiting.tables {
            // The first design is solved at once: often its plan is already the best.
            Some(_) if !waiting.pooled && (found.best.is_some() || question == Question::Feasible) => {
                let (pooled, work) = waiting.pooled(instance);
                found.work += work;
                heap.push(pooled);
            }
            Some(tables) => heap.extend(solve(instance, &waiting, tables, question, &mut found, late)),
            None => heap.push(waiting.listed(instance)),
        }
    }
    found
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
    tables: &[Enumeration],
    question: Question,
    found: &mut Found,
    late: &dyn Fn() -> bool,
) -> Vec<Waiting> {
    let job = Job {
        instance,
        design: &waiting.design,
        meetings: &waiting.meetings,
        tables,
        wide: &waiting.wide,
    };
    let modes = modes(instance, &waiting.design);
    let mut shown = Shown::default();
    for mode in modes.listed {
        let mut bound = waiting.bound.clone();
        add_mode(instance, &mode, &mut bound);
        if is_worth_solving(&bound, question, found, late) {
            shown.add(&job, &mode, question, found);
        }
    }
    if let Some(rest) = modes.rest {
        let mut bound = waiting.bound.clone();
        add_mode(instance, &rest, &mut bound);
        lower(&mut shown.bound, &bound);
    }
    let best = shown.best.map(|objective| (waiting.design.clone(), objective));
    found.others.extend(best);
    let split = shown.open.filter(|_| found.splits < SPLIT_LIMIT);
    found.splits += usize::from(split.is_some());
    if let Some(bound) = shown.bound.filter(|_| split.is_none() || !ways(instance).1) {
        lower(&mut found.bound, &bound);
    }
    split.map_or_else(Vec::new, |uplink| waiting.split(instance, uplink))
}

/// Whether what has this bound is to be solved. What is passed over although it might be better keeps its bound.
fn is_worth_solving(bound: &Objective, question: Question, found: &mut Found, late: &dyn Fn() -> bool) -> bool {
    let best = found.best.as_ref().map(|best| &best.evaluation.objective);
    let loses = best.is_some_and(|best| bound.cmp_to(best, 7).is_gt());
    found.stopped |= !loses && late();
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
        let (solved, bound) = solve_mode(job, mode, question);
        found.work += job.work();
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
