//! Drains of one node as they occur: 125 VMs of mixed size and activity leave for the 63 others.

use super::dice::Dice;
use nicplan::migration::precopy::{Memory, Stopping};
use nicplan::migration::simulate::{Job, Problem};

/// What a node sends, and what one migration can use of it, bytes per second.
pub const NETWORKS: [(&str, f64, f64); 6] = [
    ("1 GbE, TCP", 0.118e9, 0.118e9),
    ("10 GbE, one stream fills it", 1.25e9, 1.25e9),
    ("2 x 10 GbE, one stream fills half", 2.375e9, 1.1e9),
    ("2 x 10 GbE, 4 Gbit/s per stream", 2.5e9, 0.5e9),
    ("2 x 25 GbE, SMB Direct", 5.9e9, 5.9e9),
    ("2 x 25 GbE, 15 Gbit/s per stream", 6.25e9, 1.9e9),
];

/// A number that is nearly normal: mean 0, deviation 1.
fn normal(dice: &mut Dice) -> f64 {
    let sum: f64 = (0..12).map(|_| dice.roll(1_000_001) as f64 / 1e6).sum();
    sum - 6.0
}

/// The drain of node 0: memory about lognormal with a mean of 15 GB, dirty rates from none to 200 MB/s, a tenth of the
/// memory as working set, 3 s + 1 s of fixed time.
pub fn drain(seed: u64, vms: usize, nodes: usize, port: f64, cap: f64) -> Problem {
    let mut dice = Dice(seed);
    let jobs = (0..vms)
        .map(|index| {
            let target = 1 + index % (nodes - 1);
            let bytes = (9.35 + 0.72 * normal(&mut dice)).exp() * 1e6;
            Job {
                memory: Memory {
                    bytes,
                    dirty_rate: dice.pick(&[0.0, 5e6, 20e6, 50e6, 200e6]),
                    working_set: 0.1 * bytes,
                },
                links: vec![0, target],
                cap,
                slots: vec![0, target],
                setup_s: 3.0,
                switch_over_s: 1.0,
                earliest_s: 0.0,
            }
        })
        .collect();
    Problem {
        links: vec![port; nodes],
        slots: vec![2; nodes],
        jobs,
        stopping: Stopping::default(),
    }
}
