//! Drains of generated clusters: times against bounds, moves against an own count, runs against their parts.

mod program;
mod support;

use nicplan::demand::needs;
use nicplan::generate::{Size, generate};
use nicplan::inventory::{self, Cluster, LoadOptions};
use nicplan::migration::calibration::Calibration;
use nicplan::migration::drain::{Drain, Forecast, Network, OtherPorts, Question, Route, Routes, Way, forecast, sketch};
use program::folder;
use std::sync::atomic::{AtomicUsize, Ordering};

fn generated(nodes: usize, vms: usize, seed: u64) -> Cluster {
    let tables = generate(Size { nodes, vms, seed }).expect("a size that a cluster can have");
    let files: Vec<(String, Vec<u8>)> = tables
        .iter()
        .map(|table| (table.file.to_owned(), table.to_csv().into_bytes()))
        .collect();
    let borrowed: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), &bytes[..])).collect();
    // tests run side by side: each call has a folder of its own
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    let dir = folder(&format!("drain-generated-{call}"), &borrowed);
    let inventory = inventory::load(&[dir], &LoadOptions::default()).expect("generated inventories are valid");
    inventory.clusters.into_iter().next().expect("one cluster")
}

fn ask(cluster: &Cluster) -> Forecast {
    let network = Network::new(cluster, None, &needs(cluster, None), Calibration::uncalibrated());
    let other_ports = OtherPorts {
        today: network.slowest_port(),
        routes: &|ports| network.with_ports(ports),
    };
    forecast(cluster, &network.routes(), other_ports, &Question::of(cluster))
}

/// Every drain of the forecast under every schedule.
fn drains(forecast: &Forecast) -> impl Iterator<Item = (usize, &Drain)> {
    let nodes = forecast.drains.iter();
    nodes.flat_map(|one| {
        std::iter::once(&one.today)
            .chain(&one.planned)
            .map(|drain| (one.node, drain))
    })
}

const SIZES: [(usize, usize, u64); 8] = [
    (2, 12, 1),
    (2, 30, 2),
    (3, 40, 3),
    (4, 60, 4),
    (5, 100, 5),
    (8, 160, 6),
    (12, 500, 7),
    (16, 900, 8),
];

#[test]
fn no_schedule_beats_its_bound_and_planned_ones_come_close() {
    let (mut sum, mut count) = (0.0, 0);
    for (nodes, vms, seed) in SIZES {
        let cluster = generated(nodes, vms, seed);
        let forecast = ask(&cluster);
        for (node, drain) in drains(&forecast) {
            assert!(
                drain.makespan_ms >= drain.bound_ms,
                "{nodes} nodes, node {node}: {drain:?}"
            );
        }
        for one in &forecast.drains {
            let planned = one.planned.as_ref().expect("every drain is planned");
            if planned.bound_ms > 0 {
                sum += planned.makespan_ms as f64 / planned.bound_ms as f64;
                count += 1;
            }
        }
    }
    let mean = sum / f64::from(count);
    assert!((1.0..1.10).contains(&mean), "mean time over bound is {mean:.4}");
}

#[test]
fn every_vm_of_the_node_moves_once_or_is_named_and_stays_within_memory_and_owners() {
    for (nodes, vms, seed) in SIZES {
        let cluster = generated(nodes, vms, seed);
        let forecast = ask(&cluster);
        for (node, drain) in drains(&forecast) {
            let mut seen: Vec<usize> = drain.moves.iter().map(|one| one.vm).collect();
            seen.extend(drain.stranded.iter().map(|one| one.vm));
            seen.sort_unstable();
            let hosted: Vec<usize> = (0..cluster.vms.len())
                .filter(|vm| cluster.vms[*vm].host == Some(node))
                .collect();
            assert_eq!(seen, hosted);

            let mut needed: Vec<u64> = vec![0; cluster.nodes.len()];
            for vm in cluster
                .vms
                .iter()
                .filter(|vm| nicplan::migration::drain::way(vm) != Way::Owner)
            {
                if let Some(host) = vm.host.filter(|host| *host != node) {
                    needed[host] += vm.memory_mib;
                }
            }
            for one in &drain.moves {
                assert!(one.target != node && one.source == node && cluster.vms[one.vm].owners.contains(&one.target));
                assert!(one.start_ms <= one.end_ms && one.end_ms <= drain.makespan_ms);
                if one.way != Way::Owner {
                    needed[one.target] += one.memory_mib;
                }
            }
            for (index, at) in cluster.nodes.iter().enumerate().filter(|(index, _)| *index != node) {
                let came = drain
                    .moves
                    .iter()
                    .any(|one| one.target == index && one.way != Way::Owner);
                if let Some(memory) = at.memory_mib.filter(|_| came) {
                    assert!(
                        needed[index] + nicplan::policy::HOST_RESERVE_MIB <= memory,
                        "{} is too full",
                        at.name
                    );
                }
            }
        }
    }
}

#[test]
fn never_more_migrations_at_once_than_the_schedule_says() {
    for (nodes, vms, seed) in SIZES {
        let forecast = ask(&generated(nodes, vms, seed));
        for (_, drain) in drains(&forecast) {
            let lives: Vec<_> = drain.moves.iter().filter(|one| one.way == Way::Live).collect();
            for one in &lives {
                let running = lives
                    .iter()
                    .filter(|other| other.start_ms <= one.start_ms && one.start_ms < other.end_ms.saturating_sub(1))
                    .count();
                assert!(
                    running <= drain.concurrency as usize,
                    "{running} of {}",
                    drain.concurrency
                );
            }
        }
    }
}

#[test]
fn a_run_is_the_sum_of_its_steps_and_every_node_has_one() {
    let cluster = generated(5, 100, 5);
    let forecast = ask(&cluster);

    let mut nodes: Vec<usize> = forecast.run.steps.iter().flat_map(|step| step.nodes.clone()).collect();
    nodes.sort_unstable();
    assert_eq!(nodes, [0, 1, 2, 3, 4]);
    let parts = forecast
        .run
        .steps
        .iter()
        .map(|step| step.drain_ms + step.reboot_ms + step.return_ms);
    assert_eq!(forecast.run.total_ms(), parts.sum::<u64>());
    for step in &forecast.run.steps {
        let drain = forecast
            .drains
            .iter()
            .find(|one| one.node == step.nodes[0])
            .expect("its drain");
        assert_eq!(
            step.drain_ms, drain.today.makespan_ms,
            "all VMs are home again before the next node"
        );
        assert_eq!(step.reboot_ms, 15 * 60_000);
    }
}

#[test]
fn the_same_question_has_the_same_answer() {
    let cluster = generated(8, 160, 6);
    assert_eq!(ask(&cluster), ask(&cluster));
}

#[test]
fn a_sketch_tells_the_same_drains_as_the_full_forecast_under_the_plan() {
    let cluster = generated(8, 160, 6);
    let inventory = support::inventory(cluster);
    #[cfg(feature = "solver")]
    {
        let options = nicplan::assignment::Options {
            style: None,
            deadline: None,
        };
        let plan = nicplan::assignment::plan(&inventory, &options).expect("without a limit there is a plan");
        let (cluster, planned) = (&inventory.clusters[0], &plan.clusters[0]);
        let network = Network::new(
            cluster,
            Some(planned),
            &needs(cluster, Some(planned)),
            Calibration::uncalibrated(),
        );
        let other_ports = OtherPorts {
            today: 0,
            routes: &|ports| network.with_ports(ports),
        };
        let question = Question {
            switches_hold: false,
            is_sketch: true,
            ..Question::of(cluster)
        };
        let full = forecast(cluster, &network.routes(), other_ports, &question);
        assert_eq!(sketch(cluster, planned, &needs(cluster, Some(planned))), full);
    }
    #[cfg(not(feature = "solver"))]
    let _ = (inventory, sketch);
}

/// Four nodes with ten VMs of 8 GiB each, over ports of 9.5 Gbit/s with streams of 4.
fn small(concurrency: u32) -> (Cluster, Routes) {
    let mut cluster = support::cluster("2019", 4);
    for node in 0..4 {
        for index in 0..10 {
            let mut vm = support::vm(&format!("VM{node}{index}"), node, 4, 10);
            vm.memory_mib = 8192;
            cluster.vms.push(vm);
        }
    }
    let routes = Routes::new(4, vec!["LM".to_owned()], Vec::new(), |_, _| {
        Some(Route::plain(4_000, 9_500, concurrency))
    });
    (cluster, routes)
}

fn answer(cluster: &Cluster, routes: &Routes, window_minutes: u64) -> Forecast {
    let other_ports = OtherPorts {
        today: 10_000,
        routes: &|_| routes.clone(),
    };
    let question = Question {
        window_minutes: Some(window_minutes),
        ..Question::of(cluster)
    };
    forecast(cluster, routes, other_ports, &question)
}

#[test]
fn slots_bind_first_and_more_of_them_help() {
    let (cluster, routes) = small(1);
    let forecast = answer(&cluster, &routes, 600);

    let worst = &forecast.drains[0];
    // ten times 8 GiB at 4 Gbit/s, a little that changes, and 4 s each
    assert_eq!((worst.today.limit, worst.today.concurrency), ("slots", 1));
    assert!(
        (212_000..216_000).contains(&worst.today.makespan_ms),
        "{}",
        worst.today.makespan_ms
    );
    assert!(
        worst
            .today
            .advice
            .contains("more migrations at once, not more bandwidth, would help")
    );
    let planned = worst.planned.as_ref().expect("planned");
    // three streams of 4 fill 9.5, two more bridge the fixed times
    assert_eq!((planned.concurrency, planned.limit), (5, "link"));
    assert!(planned.makespan_ms < worst.today.makespan_ms / 2);
    let table: Vec<u32> = forecast.by_number.iter().map(|row| row.number).collect();
    assert!(table.starts_with(&[1, 2, 3]), "{table:?}");
}

#[test]
fn the_window_is_kept_when_nine_of_ten_nights_end_in_it() {
    let (cluster, routes) = small(2);
    let sure_ms = {
        let forecast = answer(&cluster, &routes, 600);
        forecast.run_p90_ms(&forecast.run)
    };
    let minutes = sure_ms.div_ceil(60_000);

    let kept = answer(&cluster, &routes, minutes);
    let missed = answer(&cluster, &routes, minutes - 1);

    assert_eq!((kept.fits(&kept.run), kept.answer()), (Some(true), true));
    assert_eq!((missed.fits(&missed.run), missed.answer()), (Some(false), false));
    assert!(
        missed.remedies.iter().any(|one| one.fits == Some(true)),
        "{:?}",
        missed.remedies
    );
}

#[test]
fn calibration_scales_the_rates_and_narrows_the_spread_only_where_it_learnt() {
    let cluster = support::wired::dedicated("2019", 2, 10_000);
    let routes = |calibration: Calibration| Network::new(&cluster, None, &needs(&cluster, None), calibration).routes();

    let plain = routes(Calibration::uncalibrated());
    let found = plain.get(0, 1).expect("a path");
    assert_eq!((found.cap, found.egress, plain.spread_permille()), (4_000, 9_500, 500));
}
