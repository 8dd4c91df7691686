//! Schedules against the exhaustive optimum, the proven bound, and what start times are for.

#[path = "support/dice.rs"]
mod dice;
#[path = "support/drains.rs"]
mod drains;

use dice::Dice;
use nicplan::migration::bounds::Limits;
use nicplan::migration::precopy::{Memory, Stopping};
use nicplan::migration::schedule::{Wishes, recommend, schedule};
use nicplan::migration::simulate::{Job, Problem, Simulator, makespan_s, simulate, worst_blackout_s};

const GB: f64 = 1e9;

/// A number between the two on a logarithmic scale.
fn between(dice: &mut Dice, low: f64, high: f64) -> f64 {
    low * (high / low).powf(dice.roll(1_000_001) as f64 / 1e6)
}

/// `vms` leave node 0 for the others; every node has one port.
fn drain(dice: &mut Dice, vms: usize, nodes: usize, port: f64, cap: f64, slots: u32) -> Problem {
    let jobs = (0..vms)
        .map(|index| {
            let target = 1 + index % (nodes - 1);
            let bytes = between(dice, 2.0, 64.0) * GB;
            Job {
                memory: Memory {
                    bytes,
                    dirty_rate: dice.pick(&[0.0, 0.005, 0.02, 0.05, 0.2]) * GB,
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
        slots: vec![slots; nodes],
        jobs,
        stopping: Stopping::default(),
    }
}

/// Least makespan over all orders.
fn optimum_s(problem: &Problem) -> f64 {
    let mut simulator = Simulator::new(problem);
    let mut order: Vec<usize> = (0..problem.jobs.len()).collect();
    let mut best_s = f64::INFINITY;
    let mut counters = vec![0; order.len()];
    let mut place = 0;
    loop {
        best_s = best_s.min(makespan_s(simulator.run(&order, &problem.slots, &[])));
        // Heap's algorithm: the next permutation is one exchange away
        while place < order.len() && counters[place] >= place {
            counters[place] = 0;
            place += 1;
        }
        if place >= order.len() {
            return best_s;
        }
        order.swap(if place % 2 == 0 { 0 } else { counters[place] }, place);
        counters[place] += 1;
        place = 0;
    }
}

#[test]
fn small_drains_are_within_one_percent_of_the_best_of_all_orders() {
    let most = if cfg!(debug_assertions) { 7 } else { 8 };
    for seed in 0..60 {
        let mut dice = Dice(seed);
        let vms = 2 + dice.roll(most - 1) as usize;
        let vms = if vms == most as usize && seed % 3 > 0 {
            vms - 1
        } else {
            vms
        };
        let port = dice.pick(&[0.118, 1.25, 2.5, 6.25]) * GB;
        let cap = port * dice.pick(&[0.2, 0.4, 0.8, 1.0]);
        let nodes = 2 + dice.roll(4) as usize;
        let slots = dice.pick(&[1, 2, 3, 4]);
        let problem = drain(&mut dice, vms, nodes, port, cap, slots);
        let best_s = optimum_s(&problem);

        for with_start_times in [true, false] {
            let wishes = Wishes {
                with_start_times,
                ..Wishes::default()
            };
            let found_s = schedule(&problem, &wishes).makespan_s;

            assert!(
                found_s <= best_s * 1.01,
                "seed {seed}: {found_s} s, all orders give {best_s} s"
            );
        }
    }
}

#[test]
fn drains_of_a_full_node_are_within_three_percent_of_the_bound_on_average() {
    let mut ratios = Vec::new();
    for (index, (name, port, cap)) in (0..).zip(drains::NETWORKS.iter().cycle().take(18)) {
        let problem = drains::drain(500 + index, 125, 64, *port, *cap);

        let schedule = recommend(&problem, &Wishes::default()).schedule;

        let ratio = schedule.makespan_s / schedule.bound.expect("there are jobs").seconds;
        assert!(ratio <= 1.05, "{name}: {ratio}");
        ratios.push(ratio);
    }
    let mean = ratios.iter().sum::<f64>() / ratios.len() as f64;
    assert!(mean <= 1.03, "{mean}");
}

#[test]
fn every_schedule_is_what_the_simulator_says_and_above_its_bound() {
    for seed in 0..40 {
        let mut dice = Dice(1_000 + seed);
        let slots = dice.pick(&[1, 2, 5, u32::MAX]);
        let problem = drain(&mut dice, 25, 5, 1.25 * GB, 0.5 * GB, slots);

        let found = schedule(&problem, &Wishes::default());

        let mut simulator = Simulator::new(&problem);
        let again = simulator.run(&found.order, &found.slots, &found.start_times_s);
        assert_eq!(again, found.outcomes);
        assert_eq!(found.makespan_s, makespan_s(again));
        assert_eq!(found.worst_blackout_s, worst_blackout_s(again));
        assert!(found.bound.expect("there are jobs").seconds <= found.makespan_s * (1.0 + 1e-7));
        let mut order = found.order.clone();
        order.sort_unstable();
        assert_eq!(order, (0..25).collect::<Vec<_>>());
    }
}

#[test]
fn start_times_remove_the_waste_of_equal_waves() {
    // 20 VMs of 8 GB, four at once: as a queue all four set up together and leave the link idle, 79 s
    let jobs = (0..20)
        .map(|index| Job {
            memory: Memory {
                bytes: 8.0 * GB,
                dirty_rate: 0.0,
                working_set: 0.0,
            },
            links: vec![0, 1 + index % 4],
            cap: GB,
            slots: vec![0, 1 + index % 4],
            setup_s: 2.0,
            switch_over_s: 1.0,
            earliest_s: 0.0,
        })
        .collect();
    let problem = Problem {
        links: vec![2.5 * GB; 5],
        slots: vec![4; 5],
        jobs,
        stopping: Stopping::default(),
    };
    let queue: Vec<usize> = (0..20).collect();

    let planned = schedule(&problem, &Wishes::default());

    assert!((makespan_s(&simulate(&problem, &queue)) - 79.0).abs() < 1e-6);
    assert!(planned.makespan_s < 74.0, "{} s", planned.makespan_s);
}

#[test]
fn too_many_at_once_are_not_recommended_when_pauses_would_explode() {
    // one port, VMs that write: as a plain queue six and more at once pause VMs for many seconds
    let mut dice = Dice(5);
    let problem = drain(&mut dice, 60, 9, 1.25 * GB, 0.4 * GB, 2);
    let wishes = Wishes {
        blackout_limit_s: 2.0,
        with_start_times: false,
        ..Wishes::default()
    };

    let advice = recommend(&problem, &wishes);

    let row = advice
        .table
        .iter()
        .find(|row| row.slots == advice.slots)
        .expect("it is in the table");
    assert!(row.is_allowed && row.planned_blackout_s <= 2.0);
    assert!(!advice.blackout_limit_is_hopeless);
    assert!(advice.schedule.worst_blackout_s <= 2.0);
    let best_s = advice
        .table
        .iter()
        .filter(|row| row.is_allowed)
        .map(|row| row.planned_s)
        .fold(f64::INFINITY, f64::min);
    assert!(row.planned_s <= best_s * 1.02);
    let smaller = advice.table.iter().filter(|smaller| smaller.slots < row.slots);
    assert!(
        smaller
            .clone()
            .all(|smaller| !smaller.is_allowed || smaller.planned_s > best_s * 1.02)
    );
    assert!(smaller.count() > 0, "one at once cannot fill the port");
}

#[test]
fn a_wish_that_no_rate_can_keep_is_called_hopeless_and_still_answered() {
    let mut dice = Dice(6);
    let problem = drain(&mut dice, 10, 3, GB, GB, 2);
    let wishes = Wishes {
        blackout_limit_s: 0.5,
        ..Wishes::default()
    };

    let advice = recommend(&problem, &wishes);

    assert!(advice.blackout_limit_is_hopeless);
    assert!(advice.schedule.makespan_s.is_finite());
}

#[test]
fn nothing_to_move_takes_no_time() {
    let problem = Problem {
        links: vec![GB],
        slots: vec![1],
        ..Problem::default()
    };

    let advice = recommend(&problem, &Wishes::default());

    assert_eq!((advice.slots, advice.schedule.makespan_s), (1, 0.0));
    assert_eq!(Limits::new(&problem).binding(&[1]), None);
}

#[test]
fn the_recommendation_never_exceeds_what_was_allowed() {
    let mut dice = Dice(7);
    let problem = drain(&mut dice, 30, 5, 2.5 * GB, 0.3 * GB, 2);
    let wishes = Wishes {
        most_at_once: 3,
        ..Wishes::default()
    };

    let advice = recommend(&problem, &wishes);

    assert_eq!(advice.table.iter().map(|row| row.slots).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(advice.slots, 3);
    assert_eq!(advice.schedule.slots, [3; 5]);
}
