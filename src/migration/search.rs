//! The search behind a schedule: known orders, with and without start times, then exchanges.
//!
//! In: a problem, wishes, slots. Out: the best order found. Must not know: which number of slots is recommended.

use super::bounds::Limits;
use super::pacing::{Pace, best_rate};
use super::precopy::copy;
use super::schedule::{AtOnce, Order, Schedule, Wishes};
use super::simulate::{Outcome, Problem, Simulator, makespan_s, worst_blackout_s};
use std::cmp::Ordering;

/// A schedule this close to its bound is good enough.
const CLOSE_ENOUGH: f64 = 1.01;
/// Migrations simulated at most in a search by exchanges: 160 runs of 125 migrations, 2,500 of 8.
const SEARCH_EFFORT: usize = 20_000;
/// With up to so many migrations every pace and the plain queue are searched, not the best alone.
const FEW_JOBS: usize = 16;

/// An order with or without start times; `pace` is an index into the paces of the search.
#[derive(Clone, Debug)]
struct Candidate {
    order: Vec<usize>,
    base: Order,
    pace: Option<usize>,
    score: Score,
}

/// Lower is better: whether the pause is too long, then the end, then the sum of all pauses.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Score {
    is_too_long_paused: bool,
    makespan_s: f64,
    blackouts_s: f64,
}

impl Score {
    /// Ends closer than a microsecond are the same.
    fn compare(self, other: Score) -> Ordering {
        let near = |a: f64, b: f64| {
            if (a - b).abs() <= 1e-6 {
                Ordering::Equal
            } else {
                a.total_cmp(&b)
            }
        };
        self.is_too_long_paused
            .cmp(&other.is_too_long_paused)
            .then(near(self.makespan_s, other.makespan_s))
            .then(near(self.blackouts_s, other.blackouts_s))
    }

    fn beats(self, other: Score) -> bool {
        self.compare(other) == Ordering::Less
    }

    fn is_enough(self, enough_s: f64) -> bool {
        !self.is_too_long_paused && self.makespan_s <= enough_s
    }
}

/// The state of a search over schedules of one problem.
pub(super) struct Search<'p> {
    problem: &'p Problem,
    limits: Limits<'p>,
    simulator: Simulator<'p>,
    orders: Vec<(Order, Vec<usize>)>,
    paces: Vec<Pace>,
    /// The wish, or what the worst VM needs alone.
    pub(super) blackout_limit_s: f64,
}

impl<'p> Search<'p> {
    pub(super) fn new(problem: &'p Problem, wishes: &Wishes) -> Search<'p> {
        let alone = problem.jobs.iter().map(|job| {
            let rate = best_rate(problem, job);
            copy(&job.memory, rate, &problem.stopping, job.setup_s, job.switch_over_s)
        });
        let alone: Vec<_> = alone.collect();
        let least_s = alone.iter().map(|copy| copy.blackout_s).fold(0.0, f64::max);
        let lengths: Vec<f64> = alone.iter().map(|copy| copy.total_s).collect();
        let paces = if wishes.with_start_times { 0..2 } else { 0..0 };
        Search {
            problem,
            limits: Limits::new(problem),
            simulator: Simulator::new(problem),
            orders: orders(problem, &lengths),
            paces: paces.map(|extra| Pace::new(problem, extra)).collect(),
            blackout_limit_s: wishes.blackout_limit_s.max(least_s * (1.0 + 1e-9)),
        }
    }

    /// A good schedule with these slots: the best known order, improved.
    pub(super) fn schedule(&mut self, slots: &[u32]) -> Schedule {
        let candidates = self.candidates(slots);
        self.improve(candidates, slots)
    }

    /// What the best known order and the queue as it stands lead to with these slots, without exchanges.
    pub(super) fn row(&mut self, count: u32, slots: &[u32]) -> AtOnce {
        let best = self.candidates(slots).swap_remove(0);
        let outcomes = self.run(&best.order, best.pace, slots);
        let planned_bytes = outcomes.iter().map(|outcome| outcome.bytes).sum();
        let planned_blackout_s = worst_blackout_s(outcomes);
        let queue: Vec<usize> = (0..self.problem.jobs.len()).collect();
        let outcomes = self.run(&queue, None, slots);
        AtOnce {
            slots: count,
            queue_s: makespan_s(outcomes),
            queue_blackout_s: worst_blackout_s(outcomes),
            planned_s: best.score.makespan_s,
            planned_blackout_s,
            planned_bytes,
            bound: self.limits.binding(slots),
            is_allowed: !best.score.is_too_long_paused,
        }
    }

    /// The best of the known orders at each pace and as a queue, best first; one close to the bound ends the search.
    /// Never empty.
    fn candidates(&mut self, slots: &[u32]) -> Vec<Candidate> {
        let enough_s = self.enough_s(slots);
        let orders = self.orders.clone();
        let mut found: Vec<Candidate> = Vec::new();
        for pace in (0..self.paces.len()).map(Some).chain([None]) {
            let best = self.best_at_pace(&orders, pace, slots, enough_s);
            let is_enough = best.score.is_enough(enough_s);
            found.push(best);
            if is_enough {
                break;
            }
        }
        found.sort_by(|a, b| a.score.compare(b.score));
        found
    }

    fn best_at_pace(
        &mut self,
        orders: &[(Order, Vec<usize>)],
        pace: Option<usize>,
        slots: &[u32],
        enough_s: f64,
    ) -> Candidate {
        let mut best: Option<Candidate> = None;
        for (base, order) in orders {
            let score = self.score(order, pace, slots);
            if best.as_ref().is_some_and(|best| !score.beats(best.score)) {
                continue;
            }
            best = Some(Candidate {
                order: order.clone(),
                base: *base,
                pace,
                score,
            });
            if score.is_enough(enough_s) {
                break;
            }
        }
        best.expect("at least the queue itself is tried")
    }

    /// Improves the best candidate; where there are few jobs, the others as well, and takes the best of all.
    fn improve(&mut self, mut candidates: Vec<Candidate>, slots: &[u32]) -> Schedule {
        let jobs = self.problem.jobs.len();
        if jobs > FEW_JOBS {
            candidates.truncate(1);
        }
        let tries = SEARCH_EFFORT / jobs.max(1) / candidates.len().max(1);
        let improved = candidates.into_iter().map(|start| self.exchange(start, tries, slots));
        let best = improved.reduce(|best, next| if next.0.score.beats(best.0.score) { next } else { best });
        let (best, exchanges) = best.expect("there is a candidate");
        self.finish(best, exchanges, slots)
    }

    /// Exchanges two jobs or moves one, again and again, and keeps what is no worse; starts anew from a shuffled order
    /// where nothing gets better any more. Returns the best and how many exchanges made it better.
    fn exchange(&mut self, start: Candidate, tries: usize, slots: &[u32]) -> (Candidate, u32) {
        let enough_s = self.enough_s(slots);
        let patience = start.order.len().pow(2);
        let mut chance = Chance(start.order.len() as u64);
        let (mut best, mut now) = (start.clone(), start);
        let (mut exchanges, mut in_vain) = (0, 0);
        for _ in 0..tries {
            if best.score.is_enough(enough_s) {
                break;
            }
            let mut order = now.order.clone();
            let starts_anew = in_vain >= patience;
            if starts_anew {
                chance.shuffle(&mut order);
            } else {
                chance.exchange(&mut order);
            }
            let score = self.score(&order, now.pace, slots);
            in_vain = if starts_anew || score.beats(now.score) {
                0
            } else {
                in_vain + 1
            };
            if starts_anew || !now.score.beats(score) {
                (now.order, now.score) = (order, score);
            }
            if now.score.beats(best.score) {
                best = now.clone();
                exchanges += 1;
            }
        }
        (best, exchanges)
    }

    fn finish(&mut self, best: Candidate, exchanges: u32, slots: &[u32]) -> Schedule {
        let start_times_s = self.start_times(&best.order, best.pace, slots);
        let outcomes = self.simulator.run(&best.order, slots, &start_times_s).to_vec();
        Schedule {
            makespan_s: makespan_s(&outcomes),
            worst_blackout_s: worst_blackout_s(&outcomes),
            outcomes,
            order: best.order,
            base: best.base,
            start_times_s,
            slots: slots.to_vec(),
            exchanges,
            bound: self.limits.binding(slots),
        }
    }

    fn enough_s(&self, slots: &[u32]) -> f64 {
        self.limits
            .binding(slots)
            .map_or(0.0, |bound| bound.seconds * CLOSE_ENOUGH)
    }

    fn start_times(&self, order: &[usize], pace: Option<usize>, slots: &[u32]) -> Vec<f64> {
        let pace = pace.and_then(|index| self.paces.get(index));
        pace.map_or_else(Vec::new, |pace| pace.start_times(self.problem, order, slots))
    }

    fn run(&mut self, order: &[usize], pace: Option<usize>, slots: &[u32]) -> &[Outcome] {
        let start_times_s = self.start_times(order, pace, slots);
        self.simulator.run(order, slots, &start_times_s)
    }

    fn score(&mut self, order: &[usize], pace: Option<usize>, slots: &[u32]) -> Score {
        let limit_s = self.blackout_limit_s;
        let outcomes = self.run(order, pace, slots);
        Score {
            is_too_long_paused: worst_blackout_s(outcomes) > limit_s,
            makespan_s: makespan_s(outcomes),
            blackouts_s: outcomes.iter().map(|outcome| outcome.blackout_s).sum(),
        }
    }
}

/// The known orders; `lengths` are the times of the jobs alone. Equal jobs keep their places in the queue.
fn orders(problem: &Problem, lengths: &[f64]) -> Vec<(Order, Vec<usize>)> {
    let queue: Vec<usize> = (0..problem.jobs.len()).collect();
    let falling = |key: &dyn Fn(usize) -> f64| {
        let mut order = queue.clone();
        order.sort_by(|a, b| key(*b).total_cmp(&key(*a)));
        order
    };
    let longest = falling(&|job| lengths.get(job).copied().unwrap_or(0.0));
    let busiest = falling(&|job| problem.jobs.get(job).map_or(0.0, |job| job.memory.dirty_rate));
    vec![
        (Order::LongestFirst, longest.clone()),
        (Order::LongAndShort, in_turn(&longest)),
        (Order::BusiestFirst, busiest),
        (Order::Queue, queue),
    ]
}

/// First, last, second, last but one, ...
fn in_turn(order: &[usize]) -> Vec<usize> {
    let from_both_ends = order
        .iter()
        .zip(order.iter().rev())
        .flat_map(|(first, last)| [*first, *last]);
    from_both_ends.take(order.len()).collect()
}

/// A fixed sequence of exchanges (SplitMix64, S. Vigna, public domain).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        (mixed % end.max(1) as u64) as usize
    }

    fn shuffle(&mut self, order: &mut [usize]) {
        for last in (1..order.len()).rev() {
            order.swap(last, self.below(last + 1));
        }
    }

    /// Exchanges two places, or takes one job out and puts it elsewhere.
    fn exchange(&mut self, order: &mut [usize]) {
        let (a, b) = (self.below(order.len()), self.below(order.len()));
        match (self.below(2), a < b) {
            (0, _) => order.swap(a, b),
            (_, true) => order[a..=b].rotate_left(1),
            (_, false) => order[b..=a].rotate_right(1),
        }
    }
}
