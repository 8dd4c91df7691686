//! Where the VMs of a drained node go: every constraint is seen to bind, and what fits nowhere is named.

mod support;

use nicplan::inventory::{Cluster, Nlb, NlbMode, SwitchKind, VirtualSwitch, Vm, VmPriority, VmState};
use nicplan::migration::drain::{Drain, Forecast, NodeDrain, OtherPorts, Question, Route, Routes, Way, forecast};
use std::collections::BTreeSet;

/// Nodes with 64 GiB for VMs each, beside what the node keeps.
const ROOM: u64 = 65_536;

/// HV1, HV2, ... with these VMs; everything reaches everything.
fn world(nodes: usize, vms: Vec<Vm>) -> Cluster {
    let mut cluster = support::cluster("2019", nodes);
    for node in &mut cluster.nodes {
        node.memory_mib = Some(ROOM + nicplan::policy::HOST_RESERVE_MIB);
    }
    cluster.vms = vms;
    cluster
}

fn vm(name: &str, host: usize, nodes: usize, memory_mib: u64) -> Vm {
    let mut vm = support::vm(name, host, nodes, 10);
    vm.memory_mib = memory_mib;
    vm
}

fn ask(cluster: &Cluster, nodes: Vec<usize>) -> Forecast {
    let routes = Routes::new(cluster.nodes.len(), vec!["LM".to_owned()], Vec::new(), |_, _| {
        Some(Route::plain(4_000, 9_500, 2))
    });
    let same = routes.clone();
    let other_ports = OtherPorts {
        today: 10_000,
        routes: &move |_| same.clone(),
    };
    let question = Question {
        nodes,
        ..Question::of(cluster)
    };
    forecast(cluster, &routes, other_ports, &question)
}

/// The drain of HV1.
fn drain(cluster: &Cluster) -> NodeDrain {
    ask(cluster, vec![0]).drains.remove(0)
}

fn planned(drain: &NodeDrain) -> &Drain {
    drain.planned.as_ref().expect("a full forecast plans every drain")
}

/// Target of a VM, 1 = HV2.
fn target(drain: &Drain, vm: usize) -> Option<usize> {
    drain.moves.iter().find(|one| one.vm == vm).map(|one| one.target)
}

fn way(drain: &Drain, vm: usize) -> Option<Way> {
    drain.moves.iter().find(|one| one.vm == vm).map(|one| one.way)
}

#[test]
fn a_vm_goes_to_a_possible_owner_only() {
    let mut app = vm("APP", 0, 3, 4096);
    app.owners = vec![0, 2];
    let drain = drain(&world(3, vec![app]));

    assert_eq!(target(&drain.today, 0), Some(2));
    assert_eq!(target(planned(&drain), 0), Some(2));
}

#[test]
fn windows_takes_the_node_with_most_free_memory() {
    let drain = drain(&world(3, vec![vm("APP", 0, 3, 4096), vm("BIG", 1, 3, 32_768)]));

    assert_eq!(target(&drain.today, 0), Some(2));
}

#[test]
fn a_vm_that_no_owner_has_room_for_is_named_with_the_reason() {
    let mut app = vm("APP", 0, 3, 40_000);
    app.owners = vec![0, 1];
    let forecast = ask(&world(3, vec![app, vm("FULL", 1, 3, 40_000)]), vec![0]);

    let stranded = forecast.stranded();
    assert_eq!(stranded.len(), 1);
    let why = &stranded[0].why;
    assert!(
        why.contains("HV2 has 25536 MiB free of the 40000 MiB it needs") && why.contains("HV3 may not own it"),
        "{why}"
    );
    assert!(!forecast.answer());
}

#[test]
fn the_node_keeps_its_own_memory() {
    let fits = drain(&world(2, vec![vm("APP", 0, 2, ROOM)]));
    let too_large = drain(&world(2, vec![vm("APP", 0, 2, ROOM + 1)]));

    assert!(fits.today.stranded.is_empty());
    assert_eq!(too_large.today.stranded.len(), 1);
}

#[test]
fn a_plan_leaves_room_for_dynamic_memory_and_windows_does_not() {
    let mut app = vm("APP", 0, 3, 4096);
    app.maximum_memory_mib = Some(60_000);
    let mut other = vm("GROWS", 2, 3, 4096);
    other.maximum_memory_mib = Some(20_000);
    let drain = drain(&world(3, vec![app, vm("HERE", 1, 3, 5000), other]));

    assert_eq!(target(&drain.today, 0), Some(2), "most free memory now");
    assert_eq!(target(planned(&drain), 0), Some(1), "room for 60,000 MiB");
}

#[test]
fn a_vm_that_may_outgrow_every_node_still_moves_and_is_told() {
    let mut app = vm("APP", 0, 2, 4096);
    app.maximum_memory_mib = Some(ROOM + 1);
    let drain = drain(&world(2, vec![app]));

    let planned = planned(&drain);
    assert!(planned.stranded.is_empty());
    assert!(
        planned.moves[0].why.contains("without room to grow"),
        "{}",
        planned.moves[0].why
    );
}

#[test]
fn anti_affinity_holds_where_it_can_and_gives_way_where_it_cannot() {
    let member = |name: &str, host: usize| {
        let mut vm = vm(name, host, 3, 4096);
        vm.anti_affinity = "SQL".to_owned();
        vm
    };
    // most free memory is on HV2, where the other member runs
    let apart = drain(&world(
        3,
        vec![member("SQL1", 0), member("SQL2", 1), vm("X", 2, 3, 30_000)],
    ));
    assert_eq!(target(&apart.today, 0), Some(2));
    assert_eq!(target(planned(&apart), 0), Some(2));

    let mut other_case = member("SQL2", 1);
    other_case.anti_affinity = "sql".to_owned();
    let apart = drain(&world(3, vec![member("SQL1", 0), other_case, vm("X", 2, 3, 30_000)]));
    assert_eq!(target(&apart.today, 0), Some(2), "one group in upper and lower case");

    let together = drain(&world(
        3,
        vec![member("SQL1", 0), member("SQL2", 1), vm("X", 2, 3, ROOM)],
    ));
    assert_eq!(target(&together.today, 0), Some(1));
    let why = &planned(&together).moves[0].why;
    assert!(
        why.ends_with("; beside SQL2, as no other node can take it (anti-affinity is then broken)"),
        "{why}"
    );

    let mut enforced = world(3, vec![member("SQL1", 0), member("SQL2", 1), vm("X", 2, 3, ROOM)]);
    enforced.anti_affinity_enforced = Some(true);
    let forbidden = &drain(&enforced).today.stranded[0].why;
    assert!(
        forbidden.contains("HV2 runs a member of its anti-affinity group, and the cluster enforces it"),
        "{forbidden}"
    );
}

#[test]
fn members_of_one_nlb_cluster_never_meet_in_a_plan_and_meet_in_windows() {
    let member = |name: &str, host: usize, nodes: usize| {
        let mut vm = vm(name, host, nodes, 4096);
        vm.nlb = Some(Nlb {
            name: "WEB".to_owned(),
            mode: NlbMode::Unicast,
            vip: None,
        });
        vm
    };
    let three = ask(
        &world(
            3,
            vec![member("WEB1", 0, 3), member("WEB2", 1, 3), vm("X", 2, 3, 30_000)],
        ),
        vec![0],
    );
    assert_eq!(target(&three.drains[0].today, 0), Some(1), "most free memory");
    assert_eq!(target(planned(&three.drains[0]), 0), Some(2));
    assert_eq!(three.nlb_meetings, [(0, 1)]);

    // with two nodes there is no way out
    let two = ask(&world(2, vec![member("WEB1", 0, 2), member("WEB2", 1, 2)]), vec![0]);
    let stranded = two.stranded();
    assert_eq!(stranded.len(), 1);
    assert!(
        stranded[0].why.contains("HV2 runs a member of the same NLB cluster"),
        "{}",
        stranded[0].why
    );
    assert!(!two.answer());
}

#[test]
fn a_vm_goes_where_its_switch_and_vlan_are() {
    let mut app = vm("APP", 0, 4, 4096);
    app.vnics[0].switch = "LAN".to_owned();
    app.vnics[0].vlans = BTreeSet::from([30]);
    let mut cluster = world(4, vec![app, vm("X", 3, 4, 30_000)]);
    for (index, node) in cluster.nodes.iter_mut().enumerate() {
        let name = if index == 1 { "OTHER" } else { "LAN" };
        let mut port = support::nic("A", 10_000);
        port.switch = Some(name.to_owned());
        port.vlans = Some(BTreeSet::from([if index == 2 { 31 } else { 30 }]));
        node.nics = vec![port];
        node.switches = vec![VirtualSwitch {
            facts: Default::default(),
            name: name.to_owned(),
            kind: SwitchKind::External,
            nics: vec!["A".to_owned()],
            allow_management_os: Some(false),
            origin: nicplan::inventory::Origin::default(),
        }];
    }
    let drain = drain(&cluster);
    assert_eq!(target(planned(&drain), 0), Some(3));

    cluster.vms[0].owners = vec![0, 1, 2];
    let stranded = self::drain(&cluster).today.stranded;
    assert!(
        stranded[0].why.contains("HV2 lacks virtual switch LAN"),
        "{}",
        stranded[0].why
    );
    assert!(stranded[0].why.contains("HV3 lacks VLAN 30"), "{}", stranded[0].why);
}

#[test]
fn low_priority_is_saved_high_and_medium_move_live_and_what_is_off_changes_its_owner() {
    let with = |name: &str, priority: VmPriority, state: VmState| {
        let mut vm = vm(name, 0, 2, 4096);
        (vm.priority, vm.state) = (priority, state);
        vm
    };
    let drain = drain(&world(
        2,
        vec![
            with("HIGH", VmPriority::High, VmState::Running),
            with("MEDIUM", VmPriority::Medium, VmState::Running),
            with("LOW", VmPriority::Low, VmState::Running),
            with("MANUAL", VmPriority::NoAutoStart, VmState::Running),
            with("SAVED", VmPriority::High, VmState::Saved),
            with("OFF", VmPriority::Low, VmState::Off),
        ],
    ));

    let ways: Vec<_> = (0..6).filter_map(|vm| way(&drain.today, vm)).collect();
    assert_eq!(
        ways,
        [Way::Live, Way::Live, Way::Quick, Way::Quick, Way::Owner, Way::Owner]
    );
    let low = drain.today.moves.iter().find(|one| one.vm == 2).expect("LOW moves");
    assert_eq!(low.blackout_ms, low.end_ms - low.start_ms, "down all the time");
    assert!(low.why.contains("saved and restored"), "{}", low.why);
    assert_eq!((drain.today.vms, drain.today.memory_mib), (4, 4 * 4096));
}

#[test]
fn what_does_not_run_needs_no_memory_on_the_target() {
    let mut off = vm("OFF", 0, 2, ROOM);
    off.state = VmState::Off;
    let drain = drain(&world(2, vec![off, vm("FULL", 1, 2, ROOM)]));

    assert!(drain.today.stranded.is_empty());
    assert_eq!(drain.today.makespan_ms, 0);
}

#[test]
fn a_vm_placed_before_makes_way_for_one_that_fits_nowhere_else() {
    // largest first puts LARGE on HV2 (equal ports, first of equals); OWNED may go to HV2 only
    let large = vm("LARGE", 0, 3, 50_000);
    let mut owned = vm("OWNED", 0, 3, 40_000);
    owned.owners = vec![0, 1];
    let forecast = ask(&world(3, vec![large, owned]), vec![0]);

    let drain = &forecast.drains[0];
    let planned = planned(drain);
    assert!(planned.stranded.is_empty(), "{:?}", planned.stranded);
    assert_eq!((target(planned, 0), target(planned, 1)), (Some(2), Some(1)));
    assert_eq!(drain.today.stranded.len(), 1, "Windows takes one VM after the other");
    assert_eq!((forecast.planned_target(1), forecast.answer()), (Some(1), false));
}

#[test]
fn the_queue_goes_by_priority_and_then_by_name() {
    let with = |name: &str, priority: VmPriority| {
        let mut vm = vm(name, 0, 2, 4096);
        vm.priority = priority;
        vm
    };
    let drain = drain(&world(
        2,
        vec![
            with("A", VmPriority::Medium),
            with("B", VmPriority::High),
            with("C", VmPriority::Medium),
            with("D", VmPriority::High),
        ],
    ));

    let order: Vec<usize> = drain.today.moves.iter().map(|one| one.vm).collect();
    assert_eq!(order, [1, 3, 0, 2]);
    let waves: Vec<u32> = drain.today.moves.iter().map(|one| one.wave).collect();
    assert_eq!(waves, [1, 1, 2, 2], "two at once");
}

#[test]
fn a_single_node_has_nobody_to_give_its_vms_to() {
    let forecast = ask(&world(1, vec![vm("APP", 0, 1, 4096)]), Vec::new());

    assert_eq!(forecast.stranded()[0].why, "there is no other node");
}
