//! Laws of the migration models on seeded random cases: proven bounds, monotonicity, scaling, and that the simulator
//! with one job says the same as the recursion.

#[path = "support/dice.rs"]
mod dice;

use dice::Dice;
use nicplan::migration::fair::{Flow, max_min};
use nicplan::migration::precopy::{Memory, StoppedBy, Stopping, convergence, copy, interval, rate_for_blackout};
use nicplan::migration::simulate::{Job, Problem, link_load, simulate};

const GB: f64 = 1e9;
const CASES: u64 = 20_000;

/// A number between the two on a logarithmic scale.
fn between(dice: &mut Dice, low: f64, high: f64) -> f64 {
    low * (high / low).powf(dice.roll(1_000_001) as f64 / 1e6)
}

fn random_memory(dice: &mut Dice) -> Memory {
    let bytes = between(dice, 0.1, 100.0) * GB;
    let busy = dice.chance(80);
    Memory {
        bytes,
        dirty_rate: if busy { between(dice, 0.001, 5.0) * GB } else { 0.0 },
        working_set: bytes * between(dice, 0.01, 1.0),
    }
}

fn random_stopping(dice: &mut Dice) -> Stopping {
    Stopping {
        max_passes: dice.pick(&[Some(1), Some(2), Some(5), Some(10), Some(30)]),
        residue_s: between(dice, 0.01, 1.0),
    }
}

/// Runs `law` on random memories, rates and stop rules.
fn always(law: impl Fn(&mut Dice, &Memory, f64, &Stopping)) {
    for seed in 0..CASES {
        let mut dice = Dice(seed);
        let memory = random_memory(&mut dice);
        let rate = between(&mut dice, 0.05, 12.0) * GB;
        let stopping = random_stopping(&mut dice);
        law(&mut dice, &memory, rate, &stopping);
    }
}

/// Not above, but for rounding.
fn at_most(lower: f64, upper: f64) -> bool {
    lower <= upper * (1.0 + 1e-9) + 1e-9
}

#[test]
fn times_bytes_and_blackout_stay_inside_the_proven_bounds() {
    always(|_, memory, rate, stopping| {
        let (setup_s, switch_over_s) = (3.0, 1.0);
        let copy = copy(memory, rate, stopping, setup_s, switch_over_s);

        let (least, most) = interval(memory, rate, stopping, setup_s, switch_over_s);
        assert!(at_most(least, copy.total_s) && at_most(copy.total_s, most));
        let passes = f64::from(stopping.max_passes.unwrap());
        assert!(at_most(memory.bytes, copy.bytes));
        assert!(at_most(copy.bytes, memory.bytes + passes * memory.working_set));
        let pause = copy.blackout_s - switch_over_s;
        assert!(at_most(pause, stopping.residue_s.max(memory.working_set / rate)));
        if copy.stopped_by == StoppedBy::Threshold {
            assert!(at_most(pause, stopping.residue_s));
        }
        assert!((copy.brownout_s + copy.blackout_s - copy.total_s).abs() < 1e-9 * copy.total_s);
    });
}

#[test]
fn more_memory_or_writing_never_helps_and_more_rate_never_hurts() {
    always(|dice, memory, rate, stopping| {
        let base = copy(memory, rate, stopping, 3.0, 1.0);
        let more = 1.0 + between(dice, 0.001, 3.0);

        let faster = copy(memory, rate * more, stopping, 3.0, 1.0);
        let bigger = Memory {
            bytes: memory.bytes * more,
            ..*memory
        };
        let busier = Memory {
            dirty_rate: memory.dirty_rate * more,
            ..*memory
        };
        let wider = Memory {
            working_set: memory.working_set * more,
            ..*memory
        };

        assert!(at_most(faster.total_s, base.total_s) && at_most(faster.bytes, base.bytes));
        for worse in [bigger, busier, wider] {
            let worse = copy(&worse, rate, stopping, 3.0, 1.0);
            assert!(at_most(base.total_s, worse.total_s) && at_most(base.bytes, worse.bytes));
        }
    });
}

#[test]
fn scaling_memory_writing_and_rate_alike_leaves_the_times() {
    always(|dice, memory, rate, stopping| {
        // a power of two changes no rounding, so that the same pass ends the copy
        let factor = dice.pick(&[0.25, 0.5, 2.0, 1024.0]);
        let scaled = Memory {
            bytes: memory.bytes * factor,
            dirty_rate: memory.dirty_rate * factor,
            working_set: memory.working_set * factor,
        };

        let base = copy(memory, rate, stopping, 3.0, 1.0);
        let other = copy(&scaled, rate * factor, stopping, 3.0, 1.0);

        assert_eq!(
            (base.total_s, base.blackout_s, base.passes),
            (other.total_s, other.blackout_s, other.passes)
        );
        assert_eq!(base.bytes * factor, other.bytes);
    });
}

#[test]
fn a_guest_that_writes_nothing_needs_one_pass() {
    always(|_, memory, rate, stopping| {
        let still = Memory {
            dirty_rate: 0.0,
            ..*memory
        };

        let copy = copy(&still, rate, stopping, 3.0, 1.0);

        assert_eq!((copy.passes, copy.blackout_s, copy.bytes), (1, 1.0, still.bytes));
    });
}

#[test]
fn smooth_saturation_never_dirties_more_than_the_curve_used() {
    always(|dice, memory, _, _| {
        let seconds = between(dice, 0.001, 1000.0);
        let set = memory.working_set;

        let smooth = set * (1.0 - (-memory.dirty_rate * seconds / set).exp());

        assert!(at_most(smooth, memory.dirtied(seconds)));
    });
}

#[test]
fn the_converging_rate_is_exact() {
    always(|_, memory, rate, stopping| {
        let judged = convergence(memory, rate, stopping);
        let stopped_by = |rate: f64| copy(memory, rate, stopping, 0.0, 0.0).stopped_by;

        if (judged.converging_rate / rate - 1.0).abs() > 1e-9 {
            assert_eq!(judged.converges, stopped_by(rate) == StoppedBy::Threshold);
        }
        if judged.converging_rate > 0.0 {
            assert_eq!(stopped_by(judged.converging_rate * (1.0 + 1e-9)), StoppedBy::Threshold);
            assert_eq!(stopped_by(judged.converging_rate * (1.0 - 1e-9)), StoppedBy::MaxPasses);
        }
        assert!(!(judged.hopeless && judged.converges));
    });
}

#[test]
fn the_rate_for_a_blackout_keeps_it_and_so_does_every_higher_one() {
    always(|dice, memory, _, stopping| {
        let wish_s = 1.0 + between(dice, 0.01, 20.0);
        let rate = rate_for_blackout(memory, wish_s, stopping, 1.0).expect("the wish is longer than the switch-over");

        for factor in [1.0 + 1e-9, 1.1, 2.0, 10.0] {
            let pause = copy(memory, rate.max(1.0) * factor, stopping, 3.0, 1.0).blackout_s;
            assert!(at_most(pause, wish_s), "{pause} is longer than {wish_s}");
        }
        assert_eq!(rate_for_blackout(memory, 1.0, stopping, 1.0), None);
    });
}

#[test]
fn a_vm_that_writes_faster_than_the_link_sends_is_called_hopeless() {
    // a 64 GiB VM that dirties 1.5 GB/s over 10 GbE, and over 2 x 25 GbE
    let memory = Memory {
        bytes: 68_719_476_736.0,
        dirty_rate: 1.5 * GB,
        working_set: 17_179_869_184.0,
    };

    let slow = convergence(&memory, 1.1875 * GB, &Stopping::default());
    let fast = convergence(&memory, 5.9 * GB, &Stopping::default());

    assert!(slow.hopeless && !slow.converges);
    assert!(slow.converging_rate > 1.5 * GB && slow.converging_rate < 3.0 * GB);
    assert!(!fast.hopeless && fast.converges);
}

#[test]
fn a_rate_of_nothing_takes_for_ever_and_is_no_number_trap() {
    let memory = Memory {
        bytes: GB,
        dirty_rate: GB,
        working_set: GB,
    };

    let copy = copy(&memory, 0.0, &Stopping::default(), 3.0, 1.0);

    assert_eq!((copy.total_s, copy.brownout_s), (f64::INFINITY, f64::INFINITY));
    assert!(!copy.bytes.is_nan());
}

#[test]
fn the_simulator_with_one_job_equals_the_recursion() {
    always(|_, memory, rate, stopping| {
        let job = Job {
            memory: *memory,
            links: vec![0],
            cap: f64::INFINITY,
            slots: vec![0],
            setup_s: 3.0,
            switch_over_s: 1.0,
            earliest_s: 5.0,
        };
        let problem = Problem {
            links: vec![rate],
            slots: vec![1],
            jobs: vec![job],
            stopping: *stopping,
        };

        let expected = copy(memory, rate, stopping, 3.0, 1.0);
        let outcome = simulate(&problem, &[0])[0];

        let near = |a: f64, b: f64| (a - b).abs() <= 1e-6 * b.abs();
        assert_eq!(outcome.start_s, 5.0);
        assert!(
            near(outcome.end_s, 5.0 + expected.total_s),
            "{outcome:?} is not {expected:?}"
        );
        assert!(near(outcome.bytes, expected.bytes));
        assert!(near(outcome.blackout_s, expected.blackout_s));
        assert_eq!(outcome.passes, expected.passes);
    });
}

#[test]
fn the_load_of_a_link_adds_up_to_the_bytes_sent_and_never_exceeds_its_capacity() {
    for seed in 0..500 {
        let mut dice = Dice(seed);
        let capacity = between(&mut dice, 0.2, 5.0) * GB;
        let jobs: Vec<Job> = (0..1 + dice.roll(12))
            .map(|_| Job {
                memory: random_memory(&mut dice),
                links: dice.pick(&[&[0][..], &[0, 1], &[1]]).to_vec(),
                cap: between(&mut dice, 0.1, 5.0) * GB,
                slots: vec![0],
                setup_s: 3.0,
                switch_over_s: 1.0,
                earliest_s: 0.0,
            })
            .collect();
        let problem = Problem {
            links: vec![capacity, GB],
            slots: vec![3],
            jobs,
            stopping: Stopping::default(),
        };
        let order: Vec<usize> = (0..problem.jobs.len()).collect();

        let load = link_load(&problem, &order, &problem.slots, &[], 0);

        let area: f64 = load.windows(2).map(|pair| (pair[1].0 - pair[0].0) * pair[0].1).sum();
        let outcomes = simulate(&problem, &order);
        let crossing = problem
            .jobs
            .iter()
            .zip(&outcomes)
            .filter(|(job, _)| job.links.contains(&0));
        let sent: f64 = crossing.map(|(_, outcome)| outcome.bytes).sum();
        assert!((area - sent).abs() <= 1e-6 * sent, "seed {seed}: {area} is not {sent}");
        assert!(load.iter().all(|(_, rate)| at_most(*rate, capacity)));
    }
}

#[test]
fn max_min_rates_fill_no_link_over_and_leave_nobody_a_fair_reason_to_complain() {
    for seed in 0..5_000 {
        let mut dice = Dice(seed);
        let capacities: Vec<f64> = (0..1 + dice.roll(5)).map(|_| between(&mut dice, 0.1, 10.0)).collect();
        let links = capacities.len() as u64;
        let flows: Vec<Flow> = (0..1 + dice.roll(8))
            .map(|_| {
                let mut crossed: Vec<usize> = (0..1 + dice.roll(3)).map(|_| dice.roll(links) as usize).collect();
                crossed.sort_unstable();
                crossed.dedup();
                Flow {
                    links: crossed,
                    cap: between(&mut dice, 0.05, 20.0),
                }
            })
            .collect();

        let rates = max_min(&flows, &capacities);

        let load = |link: usize| -> f64 {
            let crossing = flows.iter().zip(&rates).filter(|(flow, _)| flow.links.contains(&link));
            crossing.map(|(_, rate)| rate).sum()
        };
        for (link, capacity) in capacities.iter().enumerate() {
            assert!(
                at_most(load(link), *capacity),
                "seed {seed}: link {link} is over its capacity"
            );
        }
        for (flow, rate) in flows.iter().zip(&rates) {
            // stopped by its own limit, or by a full link on which nobody has more
            let is_largest_on = |link: usize| {
                let others = flows
                    .iter()
                    .zip(&rates)
                    .filter(|(other, _)| other.links.contains(&link));
                others.map(|(_, rate)| *rate).fold(0.0, f64::max) <= rate * (1.0 + 1e-9)
            };
            let stopped = flow
                .links
                .iter()
                .any(|link| at_most(capacities[*link], load(*link)) && is_largest_on(*link));
            assert!(
                *rate >= flow.cap || stopped,
                "seed {seed}: {flow:?} could get more than {rate}"
            );
        }
    }
}
