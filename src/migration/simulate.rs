//! Many live migrations at once: queue, slots on both ends, shared links, passes that get longer when links are shared.
//!
//! In: jobs with memory, links, slots and fixed times; an order. Out: start, end, blackout, bytes and passes by job.
//! Must not know: how the order came about, nodes, names.
//!
//! A fluid event simulation. A job takes its slots when it starts, sets up, copies in passes, pauses for the residue,
//! switches over, and gives its slots back. Set-up and switch-over use no link. Rates are max-min fair and change only
//! when a transfer begins or ends; what a pass leaves dirty follows from the time the pass really took. It equals
//! SimGrid's event simulation of migrations that share a link (tests).

use super::duplex::{Duplex, Squeeze};
use super::fair::{Filler, Flow, Share};
use super::precopy::{Memory, Stopping};

/// Events closer than this happen together, seconds: rounding must not tear apart what is simultaneous.
const SAME_TIME_S: f64 = 1e-9;

/// One migration.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// What is to be copied.
    pub memory: Memory,
    /// Links it crosses, as indices into the links of the problem; others are passed over.
    pub links: Vec<usize>,
    /// Most that this migration can use by itself (stream, port, CPU), bytes per second.
    pub cap: f64,
    /// Slot pools it occupies from start to end, usually those of source and target node; others are passed over.
    pub slots: Vec<usize>,
    /// Before the first byte, seconds.
    pub setup_s: f64,
    /// Fixed part of the blackout, seconds.
    pub switch_over_s: f64,
    /// Does not start before, seconds.
    pub earliest_s: f64,
}

/// Jobs and what they share.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Problem {
    /// Capacity of each link, bytes per second.
    pub links: Vec<f64>,
    /// Migrations that may run at once in each pool; `u32::MAX` means no limit.
    pub slots: Vec<u32>,
    /// The migrations.
    pub jobs: Vec<Job>,
    /// When copying passes end.
    pub stopping: Stopping,
}

/// What became of a job; what can never start or finish ends at infinity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// It took its slots, seconds.
    pub start_s: f64,
    /// The VM runs on the target and the slots are free, seconds.
    pub end_s: f64,
    /// The VM was paused, seconds.
    pub blackout_s: f64,
    /// All bytes sent.
    pub bytes: f64,
    /// Copying passes.
    pub passes: u32,
}

impl Outcome {
    /// Before anything happens.
    const PENDING: Outcome = Outcome {
        start_s: f64::INFINITY,
        end_s: f64::INFINITY,
        blackout_s: f64::INFINITY,
        bytes: 0.0,
        passes: 0,
    };
}

/// Runs the jobs in queue order: whenever slots or time allow, the first jobs of the queue that fit start.
///
/// Jobs that are not in `order` never start; a second mention is passed over.
pub fn simulate(problem: &Problem, order: &[usize]) -> Vec<Outcome> {
    Simulator::new(problem).run(order, &problem.slots, &[]).to_vec()
}

/// What a link carries over time with these start times: from each moment (seconds) on so many bytes per second, until
/// the next moment. Its area is all that the jobs send over it.
pub fn link_load(
    problem: &Problem,
    order: &[usize],
    slots: &[u32],
    not_before_s: &[f64],
    link: usize,
) -> Vec<(f64, f64)> {
    let mut simulator = Simulator::new(problem);
    simulator.watched = Some(link);
    simulator.run(order, slots, not_before_s);
    simulator.load
}

/// Time of the last end, seconds; 0 without jobs.
pub fn makespan_s(outcomes: &[Outcome]) -> f64 {
    outcomes.iter().map(|outcome| outcome.end_s).fold(0.0, f64::max)
}

/// The longest pause, seconds; 0 without jobs.
pub fn worst_blackout_s(outcomes: &[Outcome]) -> f64 {
    outcomes.iter().map(|outcome| outcome.blackout_s).fold(0.0, f64::max)
}

/// What a running job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    SettingUp,
    Copying,
    Paused,
    SwitchingOver,
}

impl Phase {
    fn uses_links(self) -> bool {
        matches!(self, Phase::Copying | Phase::Paused)
    }
}

/// A job that holds its slots.
#[derive(Clone, Copy, Debug)]
struct Running {
    job: usize,
    phase: Phase,
    /// When the phase ends at the present rate.
    ends_s: f64,
    /// Present rate; 0 outside transfers.
    rate: f64,
    /// Bytes of this transfer left at `since_s`.
    left: f64,
    since_s: f64,
    /// Begin and size of this transfer.
    began_s: f64,
    size: f64,
}

impl Running {
    /// Begins to send `bytes` at the present rate.
    fn send(&mut self, bytes: f64, phase: Phase, now_s: f64) {
        (self.phase, self.size, self.left) = (phase, bytes, bytes);
        (self.began_s, self.since_s) = (now_s, now_s);
        self.ends_s = now_s + seconds(bytes, self.rate);
    }

    /// Goes on at another rate.
    fn set_rate(&mut self, rate: f64, now_s: f64) {
        if rate.to_bits() != self.rate.to_bits() {
            self.left = (self.left - self.rate * (now_s - self.since_s)).max(0.0);
            self.since_s = now_s;
            self.rate = rate;
        }
        self.ends_s = self.since_s + seconds(self.left, rate);
    }
}

/// Nothing takes no time, even at rate 0.
fn seconds(bytes: f64, rate: f64) -> f64 {
    if bytes <= 0.0 { 0.0 } else { bytes / rate }
}

/// Runs one problem with many orders and slot limits, without allocating again.
#[derive(Clone, Debug)]
pub struct Simulator<'p> {
    problem: &'p Problem,
    shares: Vec<Share>,
    pools: Vec<Box<[usize]>>,
    /// A pool that every job needs, such as the drained node.
    shared_pool: Option<usize>,
    filler: Filler,
    squeeze: Squeeze,
    queue: Vec<usize>,
    free: Vec<u32>,
    running: Vec<Running>,
    sending: Vec<usize>,
    rates: Vec<f64>,
    outcomes: Vec<Outcome>,
    /// The next time at which a job may start that only waits for its time.
    next_arrival_s: f64,
    rates_are_stale: bool,
    slots_were_freed: bool,
    /// A link whose load is noted down at every change.
    watched: Option<usize>,
    load: Vec<(f64, f64)>,
}

impl<'p> Simulator<'p> {
    /// Prepares a problem.
    pub fn new(problem: &'p Problem) -> Simulator<'p> {
        let jobs = problem.jobs.len();
        let links = problem.links.len();
        let pools: Vec<Box<[usize]>> = problem.jobs.iter().map(|job| pools(job, problem.slots.len())).collect();
        Simulator {
            problem,
            shared_pool: shared_pool(&pools),
            shares: problem.jobs.iter().map(|job| share(job, links)).collect(),
            pools,
            filler: Filler::new(&problem.links),
            squeeze: Squeeze::default(),
            queue: Vec::with_capacity(jobs),
            free: Vec::with_capacity(problem.slots.len()),
            running: Vec::with_capacity(jobs),
            sending: Vec::with_capacity(jobs),
            rates: vec![0.0; jobs],
            outcomes: vec![Outcome::PENDING; jobs],
            next_arrival_s: f64::INFINITY,
            rates_are_stale: false,
            slots_were_freed: false,
            watched: None,
            load: Vec::new(),
        }
    }

    /// Lets these ports receive less while they send all they can.
    pub fn with_duplex(mut self, ports: &[Duplex]) -> Simulator<'p> {
        self.squeeze = Squeeze::new(ports, &self.problem.links);
        self
    }

    /// Runs the jobs of `order` with these slot limits (one per pool; a missing one means none are free);
    /// `not_before_s` holds back job by job, on top of the job's own earliest time, and may be shorter.
    pub fn run(&mut self, order: &[usize], slots: &[u32], not_before_s: &[f64]) -> &[Outcome] {
        self.reset(order, slots);
        let mut now_s = 0.0;
        loop {
            self.start_what_fits(now_s, not_before_s);
            self.refresh_rates(now_s);
            let next_s = self.next_event_s();
            if !next_s.is_finite() {
                return &self.outcomes;
            }
            now_s = next_s;
            self.slots_were_freed = self.next_arrival_s <= now_s + SAME_TIME_S;
            self.end_phases(now_s);
        }
    }

    fn reset(&mut self, order: &[usize], slots: &[u32]) {
        self.outcomes.fill(Outcome::PENDING);
        self.queue.clear();
        let jobs = self.problem.jobs.len();
        self.queue.extend(order.iter().copied().filter(|job| *job < jobs));
        self.free.clear();
        self.free.extend_from_slice(slots);
        self.free.resize(self.problem.slots.len(), 0);
        self.running.clear();
        self.load.clear();
        self.slots_were_freed = true;
        self.rates_are_stale = false;
    }

    /// First-fit in queue order.
    fn start_what_fits(&mut self, now_s: f64, not_before_s: &[f64]) {
        if !self.slots_were_freed {
            return;
        }
        self.next_arrival_s = f64::INFINITY;
        let mut place = 0;
        while let Some(&index) = self.queue.get(place) {
            if self.shared_pool.is_some_and(|pool| self.free[pool] == 0) {
                // nobody else can start before a slot is given back, and then all are looked at again
                self.next_arrival_s = f64::INFINITY;
                return;
            }
            let job = &self.problem.jobs[index];
            let earliest_s = job.earliest_s.max(not_before_s.get(index).copied().unwrap_or(0.0));
            if earliest_s > now_s + SAME_TIME_S {
                self.next_arrival_s = self.next_arrival_s.min(earliest_s);
                place += 1;
            } else if self.start(index, job, now_s) {
                self.queue.remove(place);
            } else {
                place += 1;
            }
        }
    }

    /// Starts a job if all its slots are free; true as well if it has started before.
    fn start(&mut self, index: usize, job: &Job, now_s: f64) -> bool {
        if self.pools[index].iter().any(|pool| self.free[*pool] == 0) {
            return false;
        }
        if self.outcomes[index].start_s.is_finite() {
            return true;
        }
        for pool in &self.pools[index] {
            self.free[*pool] -= 1;
        }
        self.outcomes[index].start_s = now_s;
        self.running.push(Running {
            job: index,
            phase: Phase::SettingUp,
            ends_s: now_s + job.setup_s,
            rate: 0.0,
            left: 0.0,
            since_s: now_s,
            began_s: now_s,
            size: 0.0,
        });
        true
    }

    /// Shares the links anew among all that send.
    fn refresh_rates(&mut self, now_s: f64) {
        if !self.rates_are_stale {
            return;
        }
        self.rates_are_stale = false;
        self.sending.clear();
        let senders = self.running.iter().filter(|running| running.phase.uses_links());
        self.sending.extend(senders.map(|running| running.job));
        self.squeeze
            .share(&mut self.filler, &mut self.sending, &self.shares, &mut self.rates);
        for running in self.running.iter_mut().filter(|running| running.phase.uses_links()) {
            running.set_rate(self.rates[running.job], now_s);
        }
        if let Some(link) = self.watched {
            self.note_load(link, now_s);
        }
    }

    fn note_load(&mut self, link: usize, now_s: f64) {
        let senders = self.running.iter().filter(|running| running.phase.uses_links());
        let crossing = senders.filter(|running| self.problem.jobs[running.job].links.contains(&link));
        let load: f64 = crossing.map(|running| running.rate).sum();
        self.load.push((now_s, load));
    }

    fn next_event_s(&self) -> f64 {
        let ends = self.running.iter().map(|running| running.ends_s);
        ends.fold(self.next_arrival_s, f64::min)
    }

    /// Moves every job whose phase ends now to its next phase, and those that are done out.
    fn end_phases(&mut self, now_s: f64) {
        let mut index = 0;
        while let Some(running) = self.running.get(index).copied() {
            if running.ends_s > now_s + SAME_TIME_S {
                index += 1;
            } else if running.phase == Phase::SwitchingOver {
                self.finish(running.job, now_s);
                self.running.remove(index);
            } else {
                self.running[index] = self.next_phase(running, now_s);
                index += 1;
            }
        }
    }

    fn finish(&mut self, job: usize, now_s: f64) {
        self.outcomes[job].end_s = now_s;
        for pool in &self.pools[job] {
            self.free[*pool] += 1;
        }
        self.slots_were_freed = true;
    }

    fn next_phase(&mut self, mut running: Running, now_s: f64) -> Running {
        let job = &self.problem.jobs[running.job];
        let outcome = &mut self.outcomes[running.job];
        match running.phase {
            Phase::SettingUp => {
                self.rates_are_stale = true;
                outcome.passes = 1;
                running.send(job.memory.bytes, Phase::Copying, now_s);
            }
            Phase::Copying => {
                let pass_s = now_s - running.began_s;
                let dirty = job.memory.dirtied(pass_s);
                outcome.bytes += running.size;
                // the mean rate of the pass is size / pass_s
                let is_little = dirty * pass_s <= self.problem.stopping.residue_s * running.size;
                if is_little || outcome.passes >= self.problem.stopping.limit() {
                    running.send(dirty, Phase::Paused, now_s);
                } else {
                    outcome.passes += 1;
                    running.send(dirty, Phase::Copying, now_s);
                }
            }
            Phase::Paused | Phase::SwitchingOver => {
                self.rates_are_stale = true;
                outcome.bytes += running.size;
                outcome.blackout_s = now_s - running.began_s + job.switch_over_s;
                running.phase = Phase::SwitchingOver;
                running.rate = 0.0;
                running.ends_s = now_s + job.switch_over_s;
            }
        }
        running
    }
}

/// The job as a flow over the links that exist.
fn share(job: &Job, links: usize) -> Share {
    let flow = Flow {
        links: job.links.clone(),
        cap: job.cap,
    };
    Share::new(&flow, 1.0, links)
}

/// Each pool once, as far as it exists.
fn pools(job: &Job, count: usize) -> Box<[usize]> {
    let mut pools: Vec<usize> = job.slots.iter().copied().filter(|pool| *pool < count).collect();
    pools.sort_unstable();
    pools.dedup();
    pools.into_boxed_slice()
}

/// The first pool that every job needs.
fn shared_pool(pools: &[Box<[usize]>]) -> Option<usize> {
    let first = pools.first()?;
    first
        .iter()
        .copied()
        .find(|pool| pools.iter().all(|list| list.contains(pool)))
}
