//! When a plan that meets every requirement is too slow, what it says, and when it says nothing.

use super::*;
use crate::reports::fixtures::{SMALL, World, world};
use crate::reports::{ReportData, render_all, story, text};

/// Four nodes: live migration on one port of 1 Gbit/s, storage on two of 10 Gbit/s. `times`: that much more memory.
fn one_slow_port(times: u64) -> World {
    let mut world = world(SMALL);
    for vm in &mut world.inventory.clusters[0].vms {
        vm.memory_mib *= times;
    }
    for node in &mut world.inventory.clusters[0].nodes {
        node.memory_mib = node.memory_mib.map(|memory| memory * times);
    }
    world
}

fn said(world: &World) -> Option<String> {
    let data = ReportData::new(&world.inventory, &world.verified, &[]);
    slow(&data.clusters[0])
}

const CAUSE: &str = "because live migration has 1 port of 1 Gbit/s on HV1 to HV4 (4 nodes), while there 2 ports of 10 Gbit/s carry Storage";
const SHARE: &str = "`isolate:live-migration|storage,no` lets it share the ports of Storage";

#[test]
fn live_migration_on_slow_ports_is_told_on_console_first_page_and_next_steps_with_number_cause_and_entries() {
    let world = one_slow_port(6);
    let data = ReportData::new(&world.inventory, &world.verified, &[]);
    let (_, worst) = slowest(&data.clusters[0]).expect("VMs move");
    let said = slow(&data.clusters[0]).expect("a hint");

    let time = minutes(worst.today.makespan_ms);
    assert!(said.contains(&format!(" takes {time} (")), "{said}");
    assert!(said.contains(CAUSE) && said.contains(SHARE), "{said}");
    assert!(
        said.contains("`drain_minutes,10` makes a drain in 10 min a requirement"),
        "{said}"
    );
    let console = text::plan_text(&data);
    assert!(console.contains(&format!("But {said}")), "{console}");
    assert!(story::next_steps(&data).iter().any(|step| step.contains(&said)));
    let files = render_all(&data);
    let (_, page) = files.iter().find(|(name, _)| name == "report.html").expect("the page");
    let page = String::from_utf8(page.clone()).expect("UTF-8");
    assert_eq!(
        page.matches("isolate:live-migration|storage,no").count(),
        2,
        "answer and next steps"
    );
    assert!(page.contains(&format!("<div class=\"tile bad\"><b>{time}</b>")));
}

#[test]
fn a_short_drain_or_ports_up_to_five_times_slower_say_nothing() {
    assert_eq!(said(&one_slow_port(1)), None);

    let mut world = one_slow_port(6);
    for nic in world.inventory.clusters[0].nodes.iter_mut().flat_map(|n| &mut n.nics) {
        nic.speed = nic.speed.min(5_000);
    }
    assert_eq!(said(&world), None);
}

#[test]
fn a_missed_drain_goal_is_told_with_the_goal_and_an_entry_that_keeps_it() {
    let mut world = one_slow_port(1);
    world.inventory.clusters[0].policy.drain_goal_s = Some(180);
    let text = said(&world).expect("a hint");
    assert!(
        text.contains("more than the 3 min of drain_goal_minutes") && text.contains(CAUSE),
        "{text}"
    );
    assert!(text.contains("`drain_minutes,3`"), "{text}");

    world.inventory.clusters[0].policy.drain_goal_s = Some(3_600);
    assert_eq!(said(&world), None);
}

#[test]
fn a_missed_window_is_told_with_the_time_over_it_and_the_part_that_is_restarting() {
    let mut world = one_slow_port(1);
    world.inventory.clusters[0].policy.maintenance_window_minutes = Some(76);
    let text = said(&world).expect("a hint");
    assert!(
        text.starts_with("the patch night takes ") && text.contains("1 h 00 min of it for installing and restarting"),
        "{text}"
    );
    assert!(
        text.contains("misses maintenance_window_minutes by ") && text.contains(CAUSE),
        "{text}"
    );
    assert!(text.contains("`drain_minutes,2`"), "{text}");

    world.inventory.clusters[0].policy.maintenance_window_minutes = Some(50);
    let text = said(&world).expect("a hint");
    assert!(
        text.contains("no faster drain fits the window") && !text.contains("drain_minutes,"),
        "{text}"
    );
}

#[test]
fn entries_that_the_policy_has_or_that_iscsi_forbids_are_not_proposed() {
    let mut world = one_slow_port(6);
    world.inventory.clusters[0].policy.drain_minutes = Some(10);
    world.inventory.clusters[0].policy.isolate = vec![(Role::LiveMigration, Role::Storage, Strength::Required)];
    let text = said(&world).expect("a hint");
    assert!(
        !text.contains("drain_minutes,") && text.contains("(which the policy forbids today)"),
        "{text}"
    );

    world.inventory.clusters[0].storage = StorageKind::Iscsi;
    let text = said(&world).expect("a hint");
    assert!(!text.contains("isolate:"), "{text}");
}
