//! Loads, capacities, utilisation and what is missing.

use super::*;
use crate::inventory::{Demand, Origin, StorageKind};
use crate::roles::Role;

fn demand(cluster: &mut Cluster, role: Role, rate: u64) {
    cluster.demands.push(Demand {
        node: None,
        role,
        rate,
        origin: Origin::default(),
    });
}

const SPREAD: &str = "management=P1 | cluster=P2 | live-migration=P3 | vm:E=P4";

#[test]
fn loads_are_host_demands_and_the_vnics_of_the_vms_on_the_node() {
    let mut cluster = facts(2, 4);
    add_vm(&mut cluster, "VM1", 0, 1024, 300);
    add_vm(&mut cluster, "VM2", 0, 1024, 120);
    cluster.vms[1].state = crate::inventory::VmState::Off;
    add_vm(&mut cluster, "VM3", 1, 1024, 50);
    let found = counted(&cluster, "management+vm:E=P1,P3 | cluster=P2 | live-migration=P4");
    // Profile default of management: 100; the VM that is off keeps its bandwidth.
    assert_eq!(
        (uplink(&found, 0, 0).demand, uplink(&found, 0, 0).capacity),
        (520, 2_000)
    );
    assert_eq!(
        (uplink(&found, 1, 0).demand, uplink(&found, 1, 0).utilisation),
        (150, 75)
    );
    assert_eq!(found.objective.worst_utilisation_permille, 260);
    // Node 2: cluster traffic, 200 of 1,000.
    assert_eq!(found.objective.sum_utilisation_permille, 260 + 200);
}

#[test]
fn a_team_adds_up_and_networks_of_their_own_do_not() {
    let found = counted(
        &facts(2, 6),
        "management=P1,P2 | cluster=P3,P4 | live-migration=P5 | vm:E=P6",
    );
    assert_eq!(uplink(&found, 0, 0).capacity, 2_000);
    assert_eq!(uplink(&found, 0, 1).capacity, 1_000);
}

#[test]
fn mpio_and_multichannel_add_up() {
    for storage in [StorageKind::Iscsi, StorageKind::Smb] {
        let mut cluster = facts(2, 6);
        cluster.storage = storage;
        let found = counted(
            &cluster,
            "management=P1 | cluster+live-migration=P2 | vm:E=P3 | storage=P5,P6",
        );
        assert_eq!(
            (uplink(&found, 0, 3).capacity, uplink(&found, 0, 3).demand),
            (2_000, 1_000),
            "{storage:?}"
        );
    }
}

#[test]
fn one_vnic_gets_at_most_one_port() {
    let mut cluster = facts(2, 5);
    add_vm(&mut cluster, "VM1", 1, 1024, 1_300);
    let found = counted(&cluster, "management=P1 | cluster=P2 | live-migration=P3 | vm:E=P4,P5");
    assert_eq!(unmet(&found), vec![("capacity", "HV2/vm:E")]);
    assert_eq!(found.objective.unmet_requirements.missing_mbps, 300);
    assert_eq!(uplink(&found, 1, 3).utilisation, 650);
}

#[test]
fn overload_and_the_single_port_limit_add_up_in_one_entry() {
    let mut cluster = facts(2, 4);
    add_vm(&mut cluster, "VM1", 0, 1024, 1_300);
    add_vm(&mut cluster, "VM2", 0, 1024, 200);
    let found = counted(&cluster, SPREAD);
    assert_eq!(unmet(&found), vec![("capacity", "HV1/vm:E")]);
    // 1,500 on 1,000, and one vNIC that wants 300 more than its port.
    assert_eq!(found.objective.unmet_requirements.missing_mbps, 500 + 300);
    assert_eq!(found.objective.unmet_requirements.capacity, 1);
    assert_eq!(found.objective.excess_utilisation_permille, 1_500 - 800);
}

#[test]
fn only_failures_that_must_be_survived_count_against_capacity() {
    let mut cluster = facts(2, 5);
    add_vm(&mut cluster, "VM1", 0, 1024, 700);
    add_vm(&mut cluster, "VM2", 0, 1024, 700);
    let design = "management=P1 | cluster=P2 | live-migration=P3 | vm:E=P4,P5";
    let wished = counted(&cluster, design);
    assert_eq!(unmet(&wished), vec![]);
    assert_eq!(
        (
            uplink(&wished, 0, 3).worst_utilisation,
            uplink(&wished, 0, 3).worst_capacity
        ),
        (700, 1_000)
    );
    cluster.policy.survive = vec![(Role::Vm, FailureKind::Nic)];
    let required = counted(&cluster, design);
    assert_eq!(unmet(&required), vec![("capacity", "HV1/vm:E")]);
    assert_eq!(required.objective.unmet_requirements.missing_mbps, 400);
    let load = uplink(&required, 0, 3);
    assert_eq!((load.worst_utilisation, load.worst_failure.as_str()), (1_400, "nic P4"));
}

#[test]
fn traffic_that_falls_back_weighs_on_its_refuge() {
    let mut cluster = facts(2, 4);
    demand(&mut cluster, Role::Cluster, 900);
    demand(&mut cluster, Role::Management, 300);
    cluster.policy.drain_minutes = None;
    cluster.policy.survive = vec![(Role::Cluster, FailureKind::Nic)];
    // Cluster traffic would fall back to live migration first; here that shares its port, so management takes it in.
    let found = counted(&cluster, "management=P1 | cluster+live-migration=P2 | vm:E=P4");
    assert_eq!(
        unmet(&found),
        vec![("capacity", "HV1/management"), ("capacity", "HV2/management")]
    );
    assert_eq!(found.objective.unmet_requirements.missing_mbps, 2 * 200);
    let load = uplink(&found, 0, 0);
    assert_eq!((load.worst_utilisation, load.worst_failure.as_str()), (1_200, "nic P2"));
    // Management itself need not survive anything, so its own failures do not count.
    assert_eq!(row(&found, "HV1/P2", 0, Role::Cluster).capacity, 700);
    assert_eq!(row(&found, "HV1/P2", 0, Role::Cluster).result, FailureResult::Short);
    assert_eq!(row(&found, "HV1/P2", 0, Role::Management).capacity, 100);
}

#[test]
fn a_role_counts_on_what_the_others_leave() {
    let mut cluster = facts(2, 4);
    add_vm(&mut cluster, "VM1", 0, 1024, 250);
    let found = counted(&cluster, "management+vm:E=P1,P3 | cluster=P2 | live-migration=P4");
    let management = role_row(&found, 0, Role::Management);
    assert_eq!((management.demand, management.capacity), (100, 1_750));
    assert_eq!(
        (management.worst_capacity, management.worst_failure.as_str()),
        (0, "tor A")
    );
    let vm = role_row(&found, 0, Role::Vm);
    assert_eq!((vm.network.as_str(), vm.capacity), ("E", 1_900));
}

#[test]
fn the_guarantee_is_the_share_of_what_the_worst_failure_leaves() {
    let mut cluster = facts(2, 4);
    cluster.policy.survive_wish = Some(vec![(Role::Vm, FailureKind::Nic)]);
    let mut made = plan(
        &cluster,
        Style::Hybrid,
        "management+vm:E=P1,P2 | cluster=P3 | live-migration=P4",
    );
    made.nodes[0].uplinks[0].shares[1].permille = 333;
    let found = recount(&cluster, &made);
    assert_eq!(role_row(&found, 0, Role::Vm).guaranteed_mbps, 333);
    // One NIC is left after the worst failure asked about on the uplink; management asked for none.
    assert_eq!(role_row(&found, 0, Role::Management).guaranteed_mbps, 500);
    assert_eq!(role_row(&found, 0, Role::Management).worst_failure, "");
}

#[test]
fn a_slower_nic_in_the_inventory_changes_the_verdict() {
    let mut cluster = facts(2, 4);
    add_vm(&mut cluster, "VM1", 0, 1024, 600);
    let made = plan(&cluster, Style::Dedicated, SPREAD);
    assert!(crate::checks::verify_cluster(&cluster, &made).is_ok());
    cluster.nodes[0].nics[3].speed = 500;
    let rules = |findings: Vec<crate::finding::Finding>| findings.iter().map(|f| f.rule).collect::<Vec<_>>();
    let broken = crate::checks::verify_cluster(&cluster, &made).map_err(rules);
    let broken = broken.expect_err("claims made for 1 GbE do not hold on 500 Mbit/s");
    assert!(
        broken.contains(&"shortfall-declared") && broken.contains(&"objective-matches"),
        "{broken:?}"
    );
}

#[test]
fn growth_in_the_policy_changes_the_verdict() {
    let mut cluster = facts(2, 4);
    add_vm(&mut cluster, "VM1", 0, 1024, 900);
    let made = plan(&cluster, Style::Dedicated, SPREAD);
    assert_eq!(uplink(&recount(&cluster, &made), 0, 3).demand, 900);
    cluster.policy.growth_percent = 30;
    assert_eq!(uplink(&recount(&cluster, &made), 0, 3).demand, 1_170);
    assert!(crate::checks::verify_cluster(&cluster, &made).is_err());
}

#[test]
fn drain_minutes_too_short_for_the_fixed_cost_are_a_requirement_not_met() {
    let mut cluster = facts(2, 4);
    for number in 0..28 {
        add_vm(&mut cluster, &format!("VM{number}"), 0, 1, 1);
    }
    // 28 VMs in 2 slots cost 14 times 4 seconds, which leaves 4 of the minute; 30 VMs leave nothing.
    cluster.policy.drain_minutes = Some(1);
    assert_eq!(unmet(&counted(&cluster, SPREAD)), vec![]);
    for number in 28..30 {
        add_vm(&mut cluster, &format!("VM{number}"), 0, 1, 1);
    }
    let found = counted(&cluster, SPREAD);
    assert_eq!(unmet(&found), vec![("drain-time", "HV1")]);
    assert_eq!(
        (
            found.objective.unmet_requirements.capacity,
            found.objective.unmet_requirements.missing_mbps
        ),
        (1, 0)
    );
}
