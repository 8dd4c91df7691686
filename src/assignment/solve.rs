//! One design under one mode: candidates per group, level after level, down to a plan and what is proven about it.
//!
//! Everything but the utilisation couples node groups through sums and maxima only, so level after level each group keeps
//! the patterns that attain the level's optimum: exact, in integers, without a tree.

use super::balance::Wanted;
use super::bounds::{Job, add_mode};
use super::close;
use super::decide::{concrete, spread_all};
use super::design::Design;
use super::evaluate::{Decisions, Evaluation, evaluate};
use super::filter::{Candidate, Given, RunnerUp, candidates, filter};
use super::instance::Instance;
use super::listing::LISTED_PER_JUDGED;
use super::loads::{Part, node_parts, places};
use super::meeting::Meeting;
use super::networks::Mode;
use super::patterns::{Enumeration, Pattern};
use super::search::Question;
use crate::plan::{Objective, PROVEN_LEVELS};

/// A solved design.
pub struct Solved {
    pub design: Design,
    pub mode: Mode,
    /// Pattern by group.
    pub patterns: Vec<Pattern>,
    pub decisions: Decisions,
    pub evaluation: Evaluation,
    /// Next best pattern of each group: what it would make of the group's numbers.
    pub runners_up: Vec<Option<RunnerUp>>,
}

/// What solving a design under a mode gives.
pub struct Outcome {
    pub solved: Solved,
    /// What no plan of the design under the mode can beat.
    pub bound: Objective,
    /// Work of keeping today's wiring and of trying everything, in patterns judged that take as long.
    pub work: u64,
}

/// Solves a design under a mode; gives the plan and what no plan of the design under the mode can beat.
pub fn solve_mode(job: &Job, mode: &Mode, question: Question) -> Outcome {
    let Job { instance, design, .. } = *job;
    let parts = node_parts(instance, design, mode);
    let (listed, mut sets) = Listed::new(job, mode, &parts);
    let mut bound = job.bound();
    add_mode(instance, mode, &mut bound);
    let given = Given {
        forced_moves: forced_moves(instance, design, mode),
        tables: listed.tables(job),
        parts: &parts,
    };
    let kept = filter(instance, design, mode, &mut sets, &given, &mut bound);
    let kept_work = kept.work / LISTED_PER_JUDGED;
    let chosen = kept.chosen.iter().zip(&sets);
    let patterns: Vec<Pattern> = chosen.map(|(c, set)| set[*c].pattern.clone()).collect();
    let wanted = Wanted {
        stay_up_to: instance.cluster.policy.target_permille + bound.excess_utilisation_permille,
        good_enough: bound.worst_utilisation_permille,
    };
    let network = spread_all(instance, design, mode, &patterns, &parts, wanted);
    let solved = Solved {
        runners_up: kept.runners_up,
        ..weigh(instance, design, mode, patterns, network)
    };
    // Where the time ran out on the way, not every pattern was judged.
    if listed.is_loose(job) || instance.watch.is_over() {
        bound = job.bound();
        add_mode(instance, mode, &mut bound);
    }
    let mut outcome = closed(job, mode, question, solved, bound);
    outcome.work += kept_work;
    outcome
}

/// Puts patterns and networks into decisions and counts the exact objective.
pub fn weigh(
    instance: &Instance,
    design: &Design,
    mode: &Mode,
    patterns: Vec<Pattern>,
    network: Vec<Option<usize>>,
) -> Solved {
    let decisions = Decisions {
        nics: concrete(instance, design, &patterns),
        network,
    };
    Solved {
        design: design.clone(),
        mode: mode.clone(),
        evaluation: evaluate(instance, design, &decisions, &design_name(instance, design)),
        runners_up: vec![None; patterns.len()],
        patterns,
        decisions,
    }
}

/// A plan made with one pattern per class, judged with the groups as they are.
pub fn carry_over(instance: &Instance, plain: &Instance, solved: Solved) -> Solved {
    let pattern = |class: usize| {
        let mut groups = plain.groups.iter().zip(&solved.patterns);
        groups
            .find(|(group, _)| group.class == class)
            .map(|(_, pattern)| pattern.clone())
    };
    let patterns = instance.groups.iter().filter_map(|group| pattern(group.class));
    weigh(
        instance,
        &solved.design,
        &solved.mode,
        patterns.collect(),
        solved.decisions.network,
    )
}

/// Tries everything where the plan does not meet its bound and the instance is tiny.
fn closed(job: &Job, mode: &Mode, question: Question, solved: Solved, bound: Objective) -> Outcome {
    let reached = &solved.evaluation.objective;
    // What is tried here is the whole design: once, before any of it is split off.
    let whole = job.meetings.iter().all(|m| *m == Meeting::Anywhere);
    let matters = whole && (question != Question::Feasible || bound.unmet_requirements.met());
    if !matters || job.instance.watch.is_over() || reached.cmp_to(&bound, PROVEN_LEVELS).is_eq() {
        let work = 0;
        return Outcome { solved, bound, work };
    }
    let close::Tried { best, work } = close::best_of_all(job.instance, job.design, mode, &bound, reached);
    let bound = best.as_ref().map_or(bound, |best| best.evaluation.objective.clone());
    let better = best.filter(|best| best.evaluation.objective < solved.evaluation.objective);
    let solved = better.unwrap_or(solved);
    Outcome { solved, bound, work }
}

/// Where the patterns of each group were listed. Where no pattern with the best wishes carries the load, every pattern
/// counts: capacity comes before wishes.
struct Listed {
    /// Whether the group uses all patterns of its class.
    is_wide: Vec<bool>,
}

impl Listed {
    fn new(job: &Job, mode: &Mode, parts: &[Vec<Part>]) -> (Listed, Vec<Vec<Candidate>>) {
        let Job { instance, design, .. } = *job;
        let mut is_wide = Vec::new();
        let mut sets = Vec::new();
        for (index, group) in instance.groups.iter().enumerate() {
            let patterns = &job.listing.best[group.class].patterns;
            let mut set = candidates(instance, design, mode, index, patterns, parts);
            let short = set.iter().all(|c| c.missing > 0);
            if short {
                let all = job.all_patterns(group.class);
                set = candidates(instance, design, mode, index, &all.patterns, parts);
            }
            sets.push(set);
            is_wide.push(short);
        }
        (Listed { is_wide }, sets)
    }

    /// Where each group's patterns were listed.
    fn tables<'t>(&self, job: &'t Job<'t>) -> Vec<&'t Enumeration> {
        let groups = self.is_wide.iter().zip(&job.instance.groups);
        let tables = groups.map(|(wide, group)| match wide {
            true => job.all_patterns(group.class),
            false => &job.listing.best[group.class],
        });
        tables.collect()
    }

    fn is_loose(&self, job: &Job) -> bool {
        let mut groups = self.is_wide.iter().zip(&job.instance.groups);
        job.is_loose() || groups.any(|(wide, group)| *wide && !job.all_patterns(group.class).complete)
    }
}

/// vNICs whose network of today does not exist in the design or does not admit them.
fn forced_moves(instance: &Instance, design: &Design, mode: &Mode) -> u64 {
    let place = places(instance, design);
    let forced = instance
        .items
        .iter()
        .filter(|item| match item.current.map(|label| place[label]) {
            Some(Some(network)) => mode.admits(item) >> network & 1 == 0,
            Some(None) => true,
            None => false,
        });
    forced.count() as u64
}

/// The design written out: level 11.
pub fn design_name(instance: &Instance, design: &Design) -> String {
    let uplinks: Vec<String> = (0..design.uplinks.len())
        .map(|u| design.uplink_name(instance, u))
        .collect();
    format!("{}: {}", design.style, uplinks.join(" | "))
}
