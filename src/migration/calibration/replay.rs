//! Replays batches: given when each migration began and the values of the unknowns, how long would each have taken?
//!
//! In: batches, parameters and their values. Out: predicted durations, and in what company each migration ran.
//! Must not know: what really happened, fits.
//!
//! All migrations of a batch share the ports of their nodes, sending and receiving side apart, max-min fair; the starts are
//! those of the file. See [`crate::migration::simulate`].

use super::known::{Batch, Known};
use super::parameters::{Meaning, Parameters, PortKey, UNKNOWN_SPEED, ports};
use crate::migration::assumptions::{SETUP_MS, SWITCH_OVER_MS};
use crate::migration::duplex::Duplex;
use crate::migration::precopy::{Memory, Stopping};
use crate::migration::simulate::{Job, Problem, Simulator};
use crate::migration::whole::{bytes_s, seconds};
use crate::profiles::Transport;
use crate::units::Mbps;
use std::collections::BTreeMap;

/// Share of the shorter of two migrations during which they may overlap and still not count as company: a drain starts the
/// next one when the last has ended, which a forecast may miss by a second.
const BRIEFLY: f64 = 0.05;

/// In what company a migration ran; forecasts are the less sure the more others there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Company {
    /// No other migration touched its nodes.
    Alone,
    /// Others touched its nodes.
    Shared,
    /// Its target was sending meanwhile.
    TargetSends,
}

impl Company {
    /// All, in order.
    pub const ALL: [Company; 3] = [Company::Alone, Company::Shared, Company::TargetSends];

    /// Name in files.
    pub fn name(self) -> &'static str {
        match self {
            Company::Alone => "alone",
            Company::Shared => "shared",
            Company::TargetSends => "target_sends",
        }
    }
}

/// A port class with the positions of its parameters.
#[derive(Clone, Copy, Debug)]
struct Class {
    speed: f64,
    rate: usize,
    stream: usize,
}

impl Class {
    fn of(parameters: &Parameters, transport: Transport, speed: Option<Mbps>) -> Option<Class> {
        Some(Class {
            speed: bytes_s(speed.unwrap_or(UNKNOWN_SPEED)),
            rate: parameters.position(Meaning::LinkRate(transport, speed))?,
            stream: parameters.position(Meaning::StreamShare(transport, speed))?,
        })
    }

    fn link(&self, values: &[f64]) -> f64 {
        self.speed * value(values, self.rate)
    }

    fn stream(&self, values: &[f64]) -> f64 {
        self.link(values) * value(values, self.stream)
    }
}

fn value(values: &[f64], position: usize) -> f64 {
    values.get(position).copied().unwrap_or(1.0)
}

/// A batch ready for replay with any values.
#[derive(Clone, Debug)]
pub struct Replay {
    problem: Problem,
    order: Vec<usize>,
    /// Classes that meet at each link: the fastest transport sets its capacity.
    links: Vec<Vec<Class>>,
    /// For each job its ports and the position of its fixed time.
    jobs: Vec<(Vec<Class>, usize)>,
    /// Dirty rate of each job as the file says it.
    dirty: Vec<f64>,
    /// Receiving and sending link of the same port.
    duplex: Vec<(usize, usize)>,
    loss: usize,
    scale: usize,
}

impl Replay {
    /// Prepares a batch; `parameters` must be those of its history.
    pub fn new(batch: &Batch, parameters: &Parameters) -> Replay {
        let position = |meaning: Meaning| parameters.position(meaning).unwrap_or(usize::MAX);
        let mut numbers: BTreeMap<PortKey, usize> = BTreeMap::new();
        let mut links: Vec<Vec<Class>> = Vec::new();
        let (mut jobs, mut meta) = (Vec::new(), Vec::new());
        for row in &batch.migrations {
            let crossed = cross(row, parameters, &mut numbers, &mut links);
            meta.push((
                crossed.iter().map(|(_, class)| *class).collect(),
                position(Meaning::FixedTime(row.transport)),
            ));
            jobs.push(job(row, crossed.iter().map(|(link, _)| *link).collect()));
        }
        let pair = |(port, receives): (&PortKey, &usize)| {
            let (node, is_sending, speed) = *port;
            let sends = numbers.get(&(node, true, speed)).filter(|_| !is_sending)?;
            Some((*receives, *sends))
        };
        Replay {
            order: (0..jobs.len()).collect(),
            dirty: batch.migrations.iter().map(|row| row.dirty_rate).collect(),
            duplex: numbers.iter().filter_map(pair).collect(),
            problem: Problem {
                links: vec![0.0; links.len()],
                slots: Vec::new(),
                jobs,
                stopping: Stopping::default(),
            },
            links,
            jobs: meta,
            loss: position(Meaning::DuplexLoss),
            scale: position(Meaning::DirtyScale),
        }
    }

    /// Predicted duration of each migration, seconds, in the order of the batch.
    pub fn durations(&mut self, values: &[f64]) -> Vec<f64> {
        self.set(values);
        let loss = value(values, self.loss);
        let ports: Vec<Duplex> = self
            .duplex
            .iter()
            .map(|(receives, sends)| Duplex {
                receives: *receives,
                sends: *sends,
                loss,
            })
            .collect();
        let mut simulator = Simulator::new(&self.problem).with_duplex(&ports);
        let outcomes = simulator.run(&self.order, &[], &[]);
        let starts = self.problem.jobs.iter().map(|job| job.earliest_s);
        outcomes
            .iter()
            .zip(starts)
            .map(|(outcome, start)| outcome.end_s - start)
            .collect()
    }

    /// Seconds of each predicted blackout that go by with copying, in the order of the batch.
    pub fn residues(&mut self, values: &[f64]) -> Vec<f64> {
        self.set(values);
        let mut simulator = Simulator::new(&self.problem);
        let outcomes = simulator.run(&self.order, &[], &[]);
        let jobs = &self.problem.jobs;
        let rows = outcomes.iter().zip(jobs);
        rows.map(|(outcome, job)| outcome.blackout_s - job.switch_over_s)
            .collect()
    }

    /// Puts the values into the problem.
    fn set(&mut self, values: &[f64]) {
        for (capacity, classes) in self.problem.links.iter_mut().zip(&self.links) {
            *capacity = classes.iter().map(|class| class.link(values)).fold(0.0, f64::max);
        }
        let jobs = self.problem.jobs.iter_mut().zip(&self.jobs).zip(&self.dirty);
        for ((job, (classes, fixed)), dirty) in jobs {
            job.cap = classes
                .iter()
                .map(|class| class.stream(values))
                .fold(f64::INFINITY, f64::min);
            let fixed_s = value(values, *fixed);
            job.switch_over_s = fixed_s * switch_over_share();
            job.setup_s = fixed_s - job.switch_over_s;
            job.memory.dirty_rate = dirty * value(values, self.scale);
        }
    }
}

/// The links that a migration crosses, with the classes of its ports; new ports become new links.
fn cross(
    row: &Known,
    parameters: &Parameters,
    numbers: &mut BTreeMap<PortKey, usize>,
    links: &mut Vec<Vec<Class>>,
) -> Vec<(usize, Class)> {
    let mut crossed = Vec::new();
    for port in ports(row).into_iter().flatten() {
        let Some(class) = Class::of(parameters, row.transport, port.2) else {
            continue;
        };
        let number = *numbers.entry(port).or_insert(links.len());
        match links.get_mut(number) {
            Some(classes) => classes.push(class),
            None => links.push(vec![class]),
        }
        crossed.push((number, class));
    }
    crossed
}

/// Switch-over as a part of the fixed time, as in the defaults; durations hardly depend on it.
fn switch_over_share() -> f64 {
    seconds(SWITCH_OVER_MS) / seconds(SETUP_MS + SWITCH_OVER_MS)
}

fn job(row: &Known, links: Vec<usize>) -> Job {
    Job {
        memory: Memory {
            bytes: row.bytes,
            dirty_rate: row.dirty_rate,
            working_set: row.working_set,
        },
        links,
        cap: f64::INFINITY,
        slots: Vec::new(),
        setup_s: 0.0,
        switch_over_s: 0.0,
        earliest_s: row.start_s,
    }
}

/// In what company each migration of a batch ran, going by the predicted durations.
pub fn company(batch: &Batch, durations: &[f64]) -> Vec<Company> {
    let rows: Vec<(&Known, f64)> = batch.migrations.iter().zip(durations.iter().copied()).collect();
    rows.iter()
        .map(|(row, duration)| {
            let meets = |(other, theirs): &&(&Known, f64)| {
                let end = (row.start_s + duration).min(other.start_s + theirs);
                let together = end - row.start_s.max(other.start_s);
                !std::ptr::eq(*other, *row) && together > BRIEFLY * duration.min(*theirs)
            };
            let touches = |other: &Known| {
                [other.source, other.target]
                    .iter()
                    .any(|node| [row.source, row.target].contains(node))
            };
            let mut company = Company::Alone;
            for (other, _) in rows.iter().filter(meets) {
                if other.source == row.target {
                    company = Company::TargetSends;
                } else if touches(other) {
                    company = company.max(Company::Shared);
                }
            }
            company
        })
        .collect()
}
