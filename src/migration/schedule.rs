//! A good order for many migrations, and the number that should run at once.
//!
//! In: a problem whose jobs stand in queue order, and wishes. Out: order and start times with what they lead to, the
//! minutes for each number at once, and the number to recommend. Must not know: nodes, names.
//!
//! Orders that are tried: the queue as it is, longest first (best when slots bind), long and short in turn (the fixed
//! times then do not fall together), busiest writers first (while few others share the link), each as a plain queue and
//! with start times that keep links full and uncrowded. The best is improved by a bounded number of exchanges. All
//! choices are deterministic; the search ends early within 1 % of a proven bound.

use super::bounds::Bound;
use super::pacing::best_rate;
use super::search::Search;
use super::simulate::{Outcome, Problem};

/// A number at once this close to the best one is as good.
const AS_GOOD: f64 = 1.02;

/// What a schedule shall keep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wishes {
    /// Longest pause of any VM, seconds. A VM that cannot keep it even alone raises it for all.
    pub blackout_limit_s: f64,
    /// Never recommend more migrations at once.
    pub most_at_once: u32,
    /// Whether somebody can start each migration at its time (a script), or all are left to a queue (a plain drain).
    pub with_start_times: bool,
}

impl Default for Wishes {
    fn default() -> Wishes {
        Wishes {
            blackout_limit_s: f64::INFINITY,
            most_at_once: u32::MAX,
            with_start_times: true,
        }
    }
}

/// How an order was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As the jobs stand.
    Queue,
    /// Longest migration first.
    LongestFirst,
    /// Longest, shortest, second longest, second shortest, ...
    LongAndShort,
    /// Fastest writers first.
    BusiestFirst,
}

/// A schedule and what it leads to.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// Jobs in the order in which they are queued.
    pub order: Vec<usize>,
    /// Time before which each job does not start, by job, seconds; empty for a plain queue.
    pub start_times_s: Vec<f64>,
    /// Slots per pool.
    pub slots: Vec<u32>,
    /// Where the order came from.
    pub base: Order,
    /// Exchanges that improved it.
    pub exchanges: u32,
    /// By job.
    pub outcomes: Vec<Outcome>,
    /// Time of the last end, seconds.
    pub makespan_s: f64,
    /// Longest pause, seconds.
    pub worst_blackout_s: f64,
    /// The time that no schedule with these slots can beat; `None` without jobs.
    pub bound: Option<Bound>,
}

/// One number of migrations at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AtOnce {
    /// Migrations at once on every node.
    pub slots: u32,
    /// The queue as it stands, seconds.
    pub queue_s: f64,
    /// Longest pause in the queue as it stands, seconds.
    pub queue_blackout_s: f64,
    /// The best schedule tried, seconds.
    pub planned_s: f64,
    /// Longest pause in it, seconds.
    pub planned_blackout_s: f64,
    /// All bytes sent in it.
    pub planned_bytes: f64,
    /// What no schedule can beat.
    pub bound: Option<Bound>,
    /// The longest pause stays in the limit.
    pub is_allowed: bool,
}

/// The number of migrations at once to set, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Recommendation {
    /// From 1 upwards.
    pub table: Vec<AtOnce>,
    /// The smallest allowed number within 2 % of the best allowed one.
    pub slots: u32,
    /// Its schedule.
    pub schedule: Schedule,
    /// Some VM exceeds the wished pause even when it migrates alone at full rate.
    pub blackout_limit_is_hopeless: bool,
}

/// Finds a good schedule with the slots of the problem.
pub fn schedule(problem: &Problem, wishes: &Wishes) -> Schedule {
    Search::new(problem, wishes).schedule(&problem.slots)
}

/// Tries 1, 2, 3, ... migrations at once on every node (in larger steps above 16), up to twice the number that fills
/// the busiest link, and recommends the smallest within 2 % of the best whose longest pause stays in the limit.
///
/// Pools without a limit (`u32::MAX`) keep none.
pub fn recommend(problem: &Problem, wishes: &Wishes) -> Recommendation {
    let mut search = Search::new(problem, wishes);
    let most = (2 * filling_number(problem)).clamp(1, wishes.most_at_once.max(1));
    let numbers = std::iter::successors(Some(1), |count: &u32| Some(next_number(*count)));
    let tried = numbers.take_while(|count| *count <= most);
    let table: Vec<AtOnce> = tried.map(|count| search.row(count, &limited(problem, count))).collect();
    let slots = smallest_good(&table);
    let schedule = search.schedule(&limited(problem, slots));
    Recommendation {
        table,
        slots,
        schedule,
        blackout_limit_is_hopeless: search.blackout_limit_s > wishes.blackout_limit_s,
    }
}

/// Every number up to 16, then in steps of a quarter: nobody needs to know whether 47 or 48 is better.
fn next_number(count: u32) -> u32 {
    if count < 16 { count + 1 } else { count + count / 4 }
}

/// Every limited pool gets `count` slots.
fn limited(problem: &Problem, count: u32) -> Vec<u32> {
    let slots = problem.slots.iter();
    slots.map(|now| if *now == u32::MAX { *now } else { count }).collect()
}

/// Migrations at once that keep the busiest link full: those that send, and, by Little's law, those in set-up or
/// switch-over: `E/r + E*o/V` with `V` the mean bytes and `o` the mean fixed time per migration.
fn filling_number(problem: &Problem) -> u32 {
    let numbers = (0..problem.links.len()).filter_map(|link| {
        let capacity = problem.links.get(link)?;
        let crossing: Vec<_> = problem.jobs.iter().filter(|job| job.links.contains(&link)).collect();
        let count = crossing.len() as f64;
        let best = crossing.iter().map(|job| best_rate(problem, job)).fold(0.0, f64::max);
        let bytes: f64 = crossing.iter().map(|job| job.memory.bytes).sum();
        let fixed_s: f64 = crossing.iter().map(|job| job.setup_s + job.switch_over_s).sum();
        let number = (capacity / best + capacity * fixed_s / bytes.max(1.0))
            .ceil()
            .min(count);
        (bytes > 0.0 && best > 0.0).then_some((bytes / capacity, number as u32))
    });
    let busiest = numbers.max_by(|a, b| a.0.total_cmp(&b.0));
    busiest.map_or(1, |(_, number)| number.max(1))
}

/// The smallest allowed number within 2 % of the best allowed one; where none is allowed, that with the shortest pause.
fn smallest_good(table: &[AtOnce]) -> u32 {
    let allowed = || table.iter().filter(|row| row.is_allowed);
    let best_s = allowed().map(|row| row.planned_s).fold(f64::INFINITY, f64::min);
    let good = allowed().find(|row| row.planned_s <= best_s * AS_GOOD);
    let gentlest = || {
        table
            .iter()
            .min_by(|a, b| a.planned_blackout_s.total_cmp(&b.planned_blackout_s))
    };
    good.or_else(gentlest).map_or(1, |row| row.slots)
}
