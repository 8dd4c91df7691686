//! Start times that keep shared links full without crowding them.
//!
//! In: a problem, an order, slots, how many transfers a link shall carry at once. Out: a time for each job before which
//! it does not start. Must not know: how the order came about.
//!
//! A queue starts the next migration when a slot is free. Then several set-ups fall together and leave the link idle,
//! or too many transfers share it, each takes longer and more memory gets dirty on the way. With start times a set-up ends
//! just when an earlier transfer does: the link stays full with as few transfers as fill it.

use super::precopy::copy;
use super::simulate::{Job, Problem};

/// Transfers that each link shall carry at once, and how long each job's transfer then takes.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    streams: Vec<usize>,
    transfer_s: Vec<f64>,
}

impl Pace {
    /// As many transfers as fill each link at the best single rate of those that cross it, and `extra` more.
    pub(super) fn new(problem: &Problem, extra: usize) -> Pace {
        let streams: Vec<usize> = (0..problem.links.len())
            .map(|link| filling(problem, link) + extra)
            .collect();
        let transfer_s = problem
            .jobs
            .iter()
            .map(|job| transfer_s(problem, job, &streams))
            .collect();
        Pace { streams, transfer_s }
    }

    /// The time before which each job does not start, by job.
    pub(super) fn start_times(&self, problem: &Problem, order: &[usize], slots: &[u32]) -> Vec<f64> {
        let jobs = problem.jobs.len();
        let places = |count: usize| vec![0.0_f64; count.clamp(1, jobs.max(1))];
        let mut pools: Vec<Vec<f64>> = slots.iter().map(|count| places(*count as usize)).collect();
        let mut links: Vec<Vec<f64>> = self.streams.iter().map(|count| places(*count)).collect();
        let mut start_times = vec![0.0; jobs];
        for &index in order {
            let (Some(job), Some(transfer_s)) = (problem.jobs.get(index), self.transfer_s.get(index)) else {
                continue;
            };
            let slot_s = job
                .slots
                .iter()
                .filter_map(|pool| pools.get(*pool))
                .map(|list| first_free(list));
            let link_s = job
                .links
                .iter()
                .filter_map(|link| links.get(*link))
                .map(|list| first_free(list));
            let start_s = slot_s
                .chain(link_s.map(|free_s| free_s - job.setup_s))
                .fold(job.earliest_s.max(0.0), f64::max);
            let sends_s = start_s + job.setup_s;
            let sent_s = sends_s + transfer_s;
            for link in &job.links {
                occupy(links.get_mut(*link), sends_s, sent_s);
            }
            for pool in &job.slots {
                occupy(pools.get_mut(*pool), start_s, sent_s + job.switch_over_s);
            }
            if let Some(time) = start_times.get_mut(index) {
                *time = start_s;
            }
        }
        start_times
    }
}

/// Transfers at the best single rate that fill a link, at least one.
fn filling(problem: &Problem, link: usize) -> usize {
    let capacity = problem.links.get(link).copied().unwrap_or(0.0);
    let crossing = problem.jobs.iter().filter(|job| job.links.contains(&link));
    let best = crossing.map(|job| best_rate(problem, job)).fold(0.0, f64::max);
    // a little more than a whole number of transfers is no reason for another one
    if best > 0.0 {
        (capacity / best - 0.02).ceil().max(1.0) as usize
    } else {
        1
    }
}

/// What the job's links and its own limit allow when it is alone.
pub(super) fn best_rate(problem: &Problem, job: &Job) -> f64 {
    let links = job.links.iter().filter_map(|link| problem.links.get(*link));
    links.copied().fold(job.cap, f64::min)
}

/// Seconds from the first byte to the last when every link is shared by as many as it shall carry.
fn transfer_s(problem: &Problem, job: &Job, streams: &[usize]) -> f64 {
    let shares = job.links.iter().filter_map(|link| {
        let (capacity, streams) = (problem.links.get(*link)?, streams.get(*link)?);
        Some(capacity / *streams as f64)
    });
    let rate = shares.fold(job.cap, f64::min);
    copy(&job.memory, rate, &problem.stopping, 0.0, 0.0).total_s
}

fn first_free(places: &[f64]) -> f64 {
    places.iter().copied().fold(f64::INFINITY, f64::min)
}

/// Takes the place that has been free for the shortest time at `from_s`.
fn occupy(places: Option<&mut Vec<f64>>, from_s: f64, until_s: f64) {
    let free = places.into_iter().flatten().filter(|free_s| **free_s <= from_s + 1e-9);
    if let Some(place) = free.max_by(|a, b| a.total_cmp(b)) {
        *place = until_s;
    }
}
