//! The loss of a node: its VMs placed anew.

use super::*;
use crate::inventory::VmState;
use crate::roles::Role;

const DESIGN: &str = "management=P1 | cluster=P2 | live-migration=P3 | vm:E=P4";

/// Memory of a node that leaves so much to VMs.
fn room(mib: u64) -> Option<u64> {
    Some(mib + crate::policy::HOST_RESERVE_MIB)
}

/// Three nodes with 16 GiB for VMs each that must stand the loss of one.
fn facts() -> Cluster {
    let mut cluster = super::facts(3, 4);
    for node in &mut cluster.nodes {
        node.memory_mib = room(16_384);
    }
    cluster.policy.survive = vec![(Role::Vm, FailureKind::Node)];
    cluster
}

fn stranded(cluster: &Cluster) -> Vec<String> {
    counted(cluster, DESIGN)
        .shortfall
        .into_iter()
        .map(|s| format!("{} {}", s.requirement, s.subject))
        .collect()
}

#[test]
fn vms_go_where_memory_is_left() {
    let mut cluster = facts();
    add_vm(&mut cluster, "VM1", 0, 8_192, 10);
    add_vm(&mut cluster, "VM2", 0, 8_192, 10);
    add_vm(&mut cluster, "VM3", 1, 8_192, 10);
    assert_eq!(stranded(&cluster), Vec::<String>::new());
    // Free: nothing on HV1, 24 GiB on HV2, 7 GiB on HV3. HV2 takes in all others, but its own 8 GiB find no place.
    cluster.nodes[1].memory_mib = room(32_768);
    add_vm(&mut cluster, "VM4", 2, 9_216, 10);
    assert_eq!(stranded(&cluster), vec!["survive:vm:node HV2"]);
}

#[test]
fn the_largest_vm_is_placed_first() {
    let mut cluster = facts();
    // 11 GiB are free on HV2, 14 on HV3. Smallest first would put A on HV3 and leave no room for B anywhere.
    add_vm(&mut cluster, "A", 0, 4_096, 10);
    add_vm(&mut cluster, "B", 0, 12_288, 10);
    add_vm(&mut cluster, "C", 1, 5_120, 10);
    add_vm(&mut cluster, "D", 2, 2_048, 10);
    assert!(!stranded(&cluster).contains(&"survive:vm:node HV1".to_owned()));
}

#[test]
fn a_vm_that_is_off_stays_where_it_is_but_keeps_its_memory() {
    let mut cluster = facts();
    add_vm(&mut cluster, "VM1", 0, 16_384, 10);
    for (at, name) in ["VM2", "VM3"].into_iter().enumerate() {
        add_vm(&mut cluster, name, at + 1, 1_024, 10);
        cluster.vms[at + 1].state = VmState::Off;
    }
    assert_eq!(stranded(&cluster), vec!["survive:vm:node HV1"]);
    cluster.vms[0].state = VmState::Off;
    assert_eq!(stranded(&cluster), Vec::<String>::new());
    cluster.vms[0].state = VmState::Saved;
    assert_eq!(stranded(&cluster), vec!["survive:vm:node HV1"]);
}

#[test]
fn owners_limit_where_a_vm_may_go() {
    let mut cluster = facts();
    add_vm(&mut cluster, "VM1", 0, 1_024, 10);
    cluster.vms[0].owners = vec![0];
    assert_eq!(stranded(&cluster), vec!["survive:vm:node HV1"]);
    cluster.vms[0].owners = vec![0, 2];
    assert_eq!(stranded(&cluster), Vec::<String>::new());
}

/// Small VMs of one anti-affinity group on these nodes.
fn add_group(cluster: &mut Cluster, hosts: &[usize]) {
    for host in hosts {
        let name = format!("VM{}", cluster.vms.len() + 1);
        add_vm(cluster, &name, *host, 1_024, 10);
    }
    for vm in &mut cluster.vms {
        vm.anti_affinity = "SQL".to_owned();
    }
}

#[test]
fn where_the_cluster_enforces_it_two_members_of_a_group_never_share_a_node() {
    let mut cluster = facts();
    cluster.anti_affinity_enforced = Some(true);
    add_group(&mut cluster, &[0, 1]);
    assert_eq!(stranded(&cluster), Vec::<String>::new());
    // HV1's member may not join the one on HV2, and HV3 is full.
    cluster.nodes[2].memory_mib = room(512);
    assert_eq!(stranded(&cluster), vec!["survive:vm:node HV1", "survive:vm:node HV2"]);
    // Both on HV1: one to each of the others, of which HV3 has no memory.
    cluster.vms[1].host = Some(0);
    assert_eq!(stranded(&cluster), vec!["survive:vm:node HV1"]);
    cluster.nodes[2].memory_mib = room(1_024);
    assert_eq!(stranded(&cluster), Vec::<String>::new());
}

/// Sentences about each lost node, in order.
fn told(cluster: &Cluster) -> Vec<String> {
    let found = counted(cluster, DESIGN);
    let rows = found.failures.iter().filter(|row| row.kind == FailureKind::Node);
    rows.map(|row| row.why.clone()).collect()
}

#[test]
fn anti_affinity_is_a_preference_the_vm_runs_and_the_reader_is_told_beside_whom() {
    let mut cluster = facts();
    add_group(&mut cluster, &[0, 1]);
    assert_eq!(told(&cluster), ["", "", ""]);
    // HV3 is full: the two share HV1 or HV2.
    cluster.nodes[2].memory_mib = room(512);
    assert_eq!(stranded(&cluster), Vec::<String>::new());
    let beside = |vm: &str, node: &str, other: &str| {
        format!("{vm} can only start on {node}, beside {other} (anti-affinity is then broken)")
    };
    assert_eq!(
        told(&cluster),
        [beside("VM1", "HV2", "VM2"), beside("VM2", "HV1", "VM1"), String::new()]
    );
    assert_eq!(
        row(&counted(&cluster, DESIGN), "HV1", 0, Role::Vm).result,
        FailureResult::Ok
    );
    // With memory there, it may not own them: no difference.
    cluster.nodes[2].memory_mib = room(16_384);
    for vm in &mut cluster.vms {
        vm.owners = vec![0, 1];
    }
    assert_eq!(told(&cluster)[0], beside("VM1", "HV2", "VM2"));
    // A member that is off keeps nobody away.
    cluster.vms[1].state = VmState::Off;
    assert_eq!(told(&cluster), ["", "", ""]);
}

#[test]
fn six_members_survive_the_loss_of_one_of_four_nodes_two_on_each_that_is_left() {
    let mut cluster = super::facts(4, 4);
    cluster.policy.survive = vec![(Role::Vm, FailureKind::Node)];
    for node in &mut cluster.nodes {
        node.memory_mib = room(16_384);
    }
    add_group(&mut cluster, &[0, 0, 1, 1, 2, 3]);
    assert_eq!(stranded(&cluster), Vec::<String>::new());
    assert!(told(&cluster).iter().all(String::is_empty), "{:?}", told(&cluster));
    // HV4 has room for its own member only: a third comes to one of the others, which an even spread would not ask for.
    cluster.nodes[3].memory_mib = room(1_024);
    assert_eq!(stranded(&cluster), Vec::<String>::new());
    assert_eq!(
        told(&cluster)[0],
        "VM2 starts on HV2, beside VM3, VM4, as no other node can take it alone (anti-affinity is then broken)"
    );
}

#[test]
fn where_nothing_is_planned_memory_owners_and_groups_count() {
    let mut cluster = facts();
    add_group(&mut cluster, &[0, 1]);
    cluster.vms[0].owners = vec![0, 1];
    add_vm(&mut cluster, "Alone", 2, 1_024, 10);
    cluster.vms[2].owners = vec![2];
    let losses = crate::checks::recount::node_losses(&cluster);
    assert_eq!((&losses[0].crowded, &losses[0].homeless), (&vec![0], &vec![]));
    assert_eq!(
        losses[2].why_homeless,
        "1 VM finds no node: Alone (1 GiB): no other node is among its possible owners"
    );
}

#[test]
fn the_network_must_have_room_as_well() {
    let mut cluster = facts();
    add_vm(&mut cluster, "VM1", 0, 1_024, 400);
    add_vm(&mut cluster, "VM2", 1, 1_024, 600);
    add_vm(&mut cluster, "VM3", 2, 1_024, 700);
    // HV1's 400 fit beside the 600 of HV2 exactly; HV2's 600 fit on HV1, and HV3's 700 nowhere.
    assert_eq!(stranded(&cluster), vec!["survive:vm:node HV3"]);
}

#[test]
fn unknown_memory_sets_no_limit() {
    let mut cluster = facts();
    add_vm(&mut cluster, "VM1", 0, 1 << 30, 10);
    assert_eq!(stranded(&cluster), vec!["survive:vm:node HV1"]);
    cluster.nodes[1].memory_mib = None;
    assert_eq!(stranded(&cluster), Vec::<String>::new());
}

#[test]
fn node_loss_that_nobody_asked_about_is_shown_and_not_counted() {
    let mut cluster = facts();
    cluster.policy.survive.clear();
    add_vm(&mut cluster, "VM1", 0, 1 << 30, 40);
    add_vm(&mut cluster, "VM2", 1, 1_024, 60);
    let found = counted(&cluster, DESIGN);
    assert_eq!(found.objective.unmet_requirements.survival, 0);
    let lost = row(&found, "HV1", 0, Role::Vm);
    assert_eq!(
        (lost.kind, lost.network.as_str(), lost.result),
        (FailureKind::Node, "E", FailureResult::Short)
    );
    assert_eq!((lost.capacity, lost.demand), (2_000, 100));
    assert_eq!(row(&found, "HV2", 1, Role::Vm).result, FailureResult::Ok);
}

#[test]
fn what_host_roles_need_is_not_left_for_vms() {
    let mut cluster = facts();
    add_vm(&mut cluster, "VM1", 0, 1_024, 40);
    let found = counted(&cluster, "management+vm:E=P1 | cluster=P2 | live-migration=P3");
    let lost = row(&found, "HV1", 0, Role::Vm);
    assert_eq!((lost.capacity, lost.demand), (2 * (1_000 - 100), 40));
}

#[test]
fn a_cluster_of_one_node_does_not_survive_its_loss() {
    let mut cluster = super::facts(1, 2);
    add_vm(&mut cluster, "VM1", 0, 1_024, 10);
    cluster.policy.survive = vec![(Role::Vm, FailureKind::Node)];
    let found = counted(&cluster, "management=P1 | vm:E=P2");
    assert_eq!(unmet(&found), vec![("survive:vm:node", "HV1")]);
    assert_eq!(row(&found, "HV1", 0, Role::Vm).result, FailureResult::Cut);
}

/// Why VMs find no place after the loss of a node, and how many of the network.
fn why<'a>(recount: &'a Recount, lost: &str, network: &str) -> (usize, &'a str) {
    let rows = recount.failures.iter().filter(|row| row.kind == FailureKind::Node);
    let found = rows.clone().find(|row| row.failed == lost && row.network == network);
    let found = found.unwrap_or_else(|| panic!("no row for {lost}, {network}: {:#?}", recount.failures));
    (found.vms_out, &found.why)
}

#[test]
fn the_cause_is_named_for_each_vm_without_a_place() {
    let mut cluster = facts();
    add_vm(&mut cluster, "Large", 0, 20_480, 10);
    assert_eq!(
        why(&counted(&cluster, DESIGN), "HV1", "E"),
        (
            1,
            "1 VM finds no node: Large (20 GiB): not enough free memory on HV2, HV3"
        )
    );
    cluster.vms[0].owners = vec![0];
    assert_eq!(
        why(&counted(&cluster, DESIGN), "HV1", "E").1,
        "1 VM finds no node: Large (20 GiB): no other node is among its possible owners"
    );
    cluster.vms.clear();
    add_group(&mut cluster, &[0, 1]);
    cluster.nodes[2].memory_mib = room(512);
    cluster.anti_affinity_enforced = Some(true);
    assert_eq!(
        why(&counted(&cluster, DESIGN), "HV1", "E").1,
        "1 VM finds no node: VM1 (1 GiB): not enough free memory on HV3, anti-affinity group SQL has its members on HV2, and the \
         cluster enforces it"
    );
    cluster.vms.clear();
    add_vm(&mut cluster, "Busy", 0, 1_024, 1_100);
    cluster.vms[0].owners = vec![0, 1];
    assert_eq!(
        why(&counted(&cluster, DESIGN), "HV1", "E").1,
        "1 VM finds no node: Busy (1 GiB): the ports of E have no 1.1 Gbit/s left on HV2 (its only other possible owner)"
    );
}

#[test]
fn many_vms_without_a_place_are_counted_beyond_the_third() {
    let mut cluster = facts();
    for number in 1..=5 {
        add_vm(&mut cluster, &format!("Large{number}"), 0, 20_480, 10);
    }
    let found = counted(&cluster, DESIGN);
    let (vms, why) = why(&found, "HV1", "E");
    assert_eq!(vms, 5);
    assert!(
        why.starts_with("5 VMs find no node: Large1 (20 GiB)") && why.ends_with("; and 2 VMs more"),
        "{why}"
    );
    let row = row(&found, "HV1", 0, Role::Vm);
    assert!(
        row.capacity > row.demand,
        "the network has room: its share of the demand would say 100 %"
    );
}

#[test]
fn only_the_networks_of_the_vms_without_a_place_are_short() {
    let mut cluster = super::facts(3, 5);
    for node in &mut cluster.nodes {
        node.memory_mib = room(16_384);
    }
    let mut planned = plan(
        &cluster,
        Style::Hybrid,
        "management=P1 | cluster=P2 | live-migration=P3 | vm:E=P4 | vm:F=P5",
    );
    add_vm(&mut cluster, "Large", 0, 20_480, 10);
    add_vm(&mut cluster, "Alone", 0, 20_480, 10);
    cluster.vms[1].vnics.clear();
    planned.vnics = vec![crate::plan::VnicPlan {
        vm: "Large".to_owned(),
        vnic: "N".to_owned(),
        network: "F".to_owned(),
        group: String::new(),
        why: String::new(),
    }];
    let found = recount(&cluster, &planned);

    assert_eq!(why(&found, "HV1", "E"), (0, ""));
    assert_eq!(why(&found, "HV1", "F").0, 1);
    let (vms, why) = why(&found, "HV1", "");
    assert_eq!(vms, 1, "a VM without any network has a row of its own");
    assert!(why.contains("Alone"), "{why}");
}

#[test]
fn a_vm_that_comes_to_ports_without_its_vlan_is_told() {
    let mut cluster = facts();
    add_vm(&mut cluster, "Web", 0, 1_024, 10);
    cluster.vms[0].vnics[0].vlans = [20].into();
    cluster.vms[0].owners = vec![0, 1];
    cluster.nodes[1].nics[3].vlans = Some([10].into());
    let found = counted(&cluster, DESIGN);

    assert_eq!(row(&found, "HV1", 0, Role::Vm).result, FailureResult::Short);
    assert_eq!(
        why(&found, "HV1", "E").1,
        "1 VM comes to a node without its VLAN: Web on HV2, where not all ports of E carry VLAN 20"
    );
    // On its own node the VLAN is missing as well: no fault of the failure.
    cluster.nodes[0].nics[3].vlans = Some([10].into());
    assert_eq!(why(&counted(&cluster, DESIGN), "HV1", "E"), (0, ""));
}

#[test]
fn a_group_is_one_group_in_upper_and_lower_case() {
    let mut cluster = facts();
    add_group(&mut cluster, &[0, 1]);
    cluster.anti_affinity_enforced = Some(true);
    cluster.vms[1].anti_affinity = "sql ".to_owned();
    cluster.nodes[2].memory_mib = room(512);
    assert_eq!(stranded(&cluster), vec!["survive:vm:node HV1", "survive:vm:node HV2"]);
}
