//! Histories of a world whose laws are known: what `calibrate` learns can be compared with what is true.
#![allow(dead_code)] // each test file uses its part

use super::dice::Dice;
use nicplan::migration::duplex::Duplex;
use nicplan::migration::precopy::{Memory, Stopping};
use nicplan::migration::simulate::{Job, Problem, Simulator};
use std::fmt::Write;

const MIB: f64 = 1_048_576.0;

/// The laws of a world.
#[derive(Clone)]
pub struct World {
    /// Performance option.
    pub transport: &'static str,
    /// Nodes with the speed of their port in Mbit/s.
    pub nodes: Vec<(&'static str, u64)>,
    /// All migrations over a port together, as a share of its speed; one for each speed.
    pub link: fn(u64) -> f64,
    /// One migration by itself, as a share of that.
    pub stream: f64,
    /// Set-up and switch-over, seconds.
    pub fixed_s: f64,
    /// Receiving loss while sending.
    pub loss: f64,
    /// Real dirty rate over the one in the file.
    pub dirty_scale: f64,
    /// Dirty rates in the file, MiB/s.
    pub dirty: Vec<f64>,
    /// Largest disturbance of a duration, in thousandths.
    pub noise: u64,
    /// Largest pause between two starts, seconds; 0 = one migration per batch.
    pub pause_s: u64,
    /// Memory sizes, MiB.
    pub memory: Vec<u64>,
}

impl World {
    /// Two slow and two fast nodes, plain TCP.
    pub fn two_speeds() -> World {
        World {
            transport: "tcp",
            nodes: vec![("A", 500), ("B", 500), ("C", 1000), ("D", 1000)],
            link: |_| 0.93,
            stream: 1.0,
            fixed_s: 2.4,
            loss: 0.15,
            dirty_scale: 1.0,
            dirty: vec![2.0],
            noise: 20,
            pause_s: 60,
            memory: vec![2000, 3000, 5000],
        }
    }

    /// The rows of a history; the same seed gives the same.
    pub fn rows(&self, batches: u64, seed: u64) -> Vec<Row> {
        let mut dice = Dice(seed);
        (0..batches).flat_map(|number| self.batch(number, &mut dice)).collect()
    }

    fn batch(&self, number: u64, dice: &mut Dice) -> Vec<Row> {
        let count = if self.pause_s == 0 { 1 } else { 4 + dice.roll(3) };
        let mut start = 0;
        let mut rows: Vec<Row> = (0..count)
            .map(|vm| {
                let source = dice.roll(self.nodes.len() as u64) as usize;
                let target = (source + 1 + dice.roll(self.nodes.len() as u64 - 1) as usize) % self.nodes.len();
                start += if vm == 0 { 0 } else { dice.roll(self.pause_s) };
                Row {
                    batch: format!("night-{number:02}"),
                    vm: format!("vm{number}-{vm}"),
                    source,
                    target,
                    memory: dice.pick(&self.memory),
                    dirty: dice.pick(&self.dirty),
                    start,
                    end: 0,
                }
            })
            .collect();
        let durations = self.durations(&rows);
        for (row, duration) in rows.iter_mut().zip(durations) {
            let disturbed = duration * (1.0 + (dice.roll(2 * self.noise + 1) as f64 - self.noise as f64) / 1000.0);
            row.end = row.start + disturbed.round() as u64;
        }
        rows
    }

    /// What the laws give.
    fn durations(&self, rows: &[Row]) -> Vec<f64> {
        let capacity = |speed: u64| speed as f64 * 125_000.0 * (self.link)(speed);
        let jobs = rows.iter().map(|row| {
            let slower = [row.source, row.target].map(|node| capacity(self.nodes[node].1));
            Job {
                memory: Memory {
                    bytes: row.memory as f64 * MIB,
                    dirty_rate: row.dirty * MIB * self.dirty_scale,
                    working_set: row.memory as f64 * MIB / 4.0,
                },
                links: vec![2 * row.source, 2 * row.target + 1],
                cap: slower[0].min(slower[1]) * self.stream,
                slots: Vec::new(),
                setup_s: self.fixed_s * 0.75,
                switch_over_s: self.fixed_s * 0.25,
                earliest_s: row.start as f64,
            }
        });
        let problem = Problem {
            links: self.nodes.iter().flat_map(|(_, speed)| [capacity(*speed); 2]).collect(),
            slots: Vec::new(),
            jobs: jobs.collect(),
            stopping: Stopping::default(),
        };
        let ports: Vec<Duplex> = (0..self.nodes.len())
            .map(|node| Duplex {
                receives: 2 * node + 1,
                sends: 2 * node,
                loss: self.loss,
            })
            .collect();
        let order: Vec<usize> = (0..rows.len()).collect();
        let mut simulator = Simulator::new(&problem).with_duplex(&ports);
        let outcomes = simulator.run(&order, &[], &[]);
        outcomes
            .iter()
            .zip(rows)
            .map(|(o, row)| o.end_s - row.start as f64)
            .collect()
    }

    /// A history file.
    pub fn csv(&self, rows: &[Row]) -> String {
        let mut text = String::from(HEADER);
        for row in rows {
            text.push_str(&self.line(row));
        }
        text
    }

    /// One row of it.
    pub fn line(&self, row: &Row) -> String {
        let [source, target] = [row.source, row.target].map(|node| self.nodes[node]);
        let mut text = String::new();
        let _ = writeln!(
            text,
            "{},{},{},{},{},{},{},{},{},{},{},{},",
            row.batch,
            row.vm,
            source.0,
            target.0,
            row.memory,
            source.1,
            target.1,
            self.transport,
            row.dirty,
            row.memory / 4,
            row.start,
            row.end
        );
        text
    }
}

/// Header of a history.
pub const HEADER: &str = "batch,vm,source,target,memory_mib,source_mbps,target_mbps,transport,dirty_mib_s,working_set_mib,start_s,end_s,blackout_ms\n";

/// One migration of a history.
#[derive(Clone)]
pub struct Row {
    pub batch: String,
    pub vm: String,
    pub source: usize,
    pub target: usize,
    pub memory: u64,
    pub dirty: f64,
    pub start: u64,
    pub end: u64,
}
