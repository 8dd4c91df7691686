//! How long the drains of a cluster take to plan: all 64 nodes with 125 VMs each, every number of migrations at once, the
//! search for a better order; and one simulation.
//!
//! `cargo bench --bench migration` prints the times, and before them how close the schedules come to their proven bound
//! and to the best of all orders.
#![allow(missing_docs)] // criterion's macro makes a public function

#[path = "../tests/support/dice.rs"]
mod dice;
#[path = "../tests/support/drains.rs"]
mod drains;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use drains::{NETWORKS, drain};
use nicplan::migration::schedule::{Wishes, recommend, schedule};
use nicplan::migration::simulate::{Problem, Simulator, makespan_s};
use std::hint::black_box;
use std::time::Duration;

const NODES: u64 = 64;
const VMS: usize = 125;

/// One drain per node.
fn cluster(port: f64, cap: f64) -> Vec<Problem> {
    (0..NODES)
        .map(|seed| drain(seed, VMS, NODES as usize, port, cap))
        .collect()
}

/// Mean and largest makespan over bound at the recommended number at once, and the numbers recommended.
fn closeness(name: &str, problems: &[Problem]) {
    let advice: Vec<_> = problems.iter().map(|p| recommend(p, &Wishes::default())).collect();
    let ratios: Vec<f64> = advice
        .iter()
        .filter_map(|advice| Some(advice.schedule.makespan_s / advice.schedule.bound?.seconds))
        .collect();
    let mean = ratios.iter().sum::<f64>() / ratios.len() as f64;
    let worst = ratios.iter().copied().fold(0.0, f64::max);
    let least = advice.iter().map(|advice| advice.slots).min().unwrap_or(0);
    let most = advice.iter().map(|advice| advice.slots).max().unwrap_or(0);
    println!("{name}: makespan / bound {mean:.4} on average, {worst:.4} at worst, {least} to {most} at once");
}

/// Least makespan over all orders as plain queues.
fn optimum_s(problem: &Problem) -> f64 {
    let mut simulator = Simulator::new(problem);
    let mut order: Vec<usize> = (0..problem.jobs.len()).collect();
    let mut best_s = f64::INFINITY;
    visit_orders(&mut order, 0, &mut |order| {
        best_s = best_s.min(makespan_s(simulator.run(order, &problem.slots, &[])));
    });
    best_s
}

fn visit_orders(order: &mut Vec<usize>, fixed: usize, visit: &mut impl FnMut(&[usize])) {
    if fixed == order.len() {
        return visit(order);
    }
    for next in fixed..order.len() {
        order.swap(fixed, next);
        visit_orders(order, fixed + 1, visit);
        order.swap(fixed, next);
    }
}

/// Eight VMs as plain queues and with start times against the best of all 40,320 queues.
fn exhaustive() {
    let mut ratios = [Vec::new(), Vec::new()];
    for (index, (_, port, cap)) in (0..).zip(NETWORKS.iter().cycle().take(30)) {
        let problem = drain(100 + index, 8, 4, *port, *cap);
        let best_s = optimum_s(&problem);
        for (ratios, with_start_times) in ratios.iter_mut().zip([false, true]) {
            let wishes = Wishes {
                with_start_times,
                ..Wishes::default()
            };
            ratios.push(schedule(&problem, &wishes).makespan_s / best_s);
        }
    }
    for (ratios, kind) in ratios.iter().zip(["plain queue", "with start times"]) {
        let mean = ratios.iter().sum::<f64>() / ratios.len() as f64;
        let worst = ratios.iter().copied().fold(0.0, f64::max);
        println!("8 VMs, {kind}: makespan / best of all orders {mean:.4} on average, {worst:.4} at worst");
    }
}

fn migration(criterion: &mut Criterion) {
    exhaustive();
    let mut group = criterion.benchmark_group("migration");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(3))
        .warm_up_time(Duration::from_millis(500));
    for (name, port, cap) in NETWORKS {
        let problems = cluster(port, cap);
        closeness(name, &problems);
        group.bench_function(BenchmarkId::new("64 drains", name), |b| {
            b.iter(|| {
                let advice = problems.iter().map(|problem| recommend(problem, &Wishes::default()));
                advice.map(|advice| advice.slots).sum::<u32>()
            });
        });
    }
    let problem = drain(1, VMS, NODES as usize, 2.5e9, 0.5e9);
    let queue: Vec<usize> = (0..VMS).collect();
    let slots = vec![6; NODES as usize];
    let mut simulator = Simulator::new(&problem);
    group.bench_function("one simulation of 125 VMs", |b| {
        b.iter(|| makespan_s(simulator.run(black_box(&queue), &slots, &[])));
    });
    group.finish();
}

criterion_group!(benches, migration);
criterion_main!(benches);
