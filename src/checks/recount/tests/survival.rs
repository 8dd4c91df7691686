//! What each failure does, with fall-back.

use super::*;
use crate::checks::plan::testing::set_nics;
use crate::inventory::testing::link;
use crate::inventory::{Demand, Origin, StorageKind};
use crate::roles::Role;

const DESIGN: &str = "management=P1 | cluster=P2 | live-migration=P3 | vm:E=P4";

fn must(cluster: &mut Cluster, role: Role, kind: FailureKind) {
    cluster.policy.survive = vec![(role, kind)];
}

#[test]
fn cluster_traffic_survives_the_loss_of_its_only_nic_and_management_does_not() {
    let mut cluster = facts(2, 4);
    must(&mut cluster, Role::Cluster, FailureKind::Nic);
    assert_eq!(unmet(&counted(&cluster, DESIGN)), vec![]);
    must(&mut cluster, Role::Management, FailureKind::Nic);
    let found = counted(&cluster, DESIGN);
    assert_eq!(
        unmet(&found),
        vec![("survive:management:nic", "HV1"), ("survive:management:nic", "HV2")]
    );
    assert_eq!(found.objective.unmet_requirements.survival, 2);
}

#[test]
fn the_refuge_is_the_living_uplink_of_lowest_rank() {
    let cluster = facts(2, 4);
    let found = counted(&cluster, DESIGN);
    // Cluster traffic goes to live migration (P3), live migration to cluster (P2); each has the 1,000 less the other's demand.
    assert_eq!(row(&found, "HV1/P2", 0, Role::Cluster).capacity, 1_000);
    assert_eq!(row(&found, "HV1/P3", 0, Role::LiveMigration).capacity, 800);
    // ToR B takes cluster and VM, not live migration on ToR A.
    assert_eq!(row(&found, "B", 0, Role::Cluster).result, FailureResult::Ok);
    assert_eq!(row(&found, "B", 0, Role::Vm).result, FailureResult::Cut);
}

#[test]
fn smb_storage_takes_in_cluster_traffic_and_iscsi_never_does() {
    let mut cluster = facts(2, 4);
    must(&mut cluster, Role::Cluster, FailureKind::Tor);
    // Everything but storage (P2) and the VMs (P4) is on ToR A, where nothing is left when it dies.
    for node in &mut cluster.nodes {
        for nic in [0, 2] {
            node.nics[nic].tor = Some(0);
        }
    }
    let design = "management+cluster+live-migration=P1,P3 | storage=P2 | vm:E=P4";
    cluster.demands = vec![Demand {
        node: None,
        role: Role::Storage,
        rate: 500,
        origin: Origin::default(),
    }];
    cluster.storage = StorageKind::Smb;
    assert_eq!(unmet(&counted(&cluster, design)), vec![]);
    cluster.storage = StorageKind::Iscsi;
    let expected = vec![("survive:cluster:tor", "HV1"), ("survive:cluster:tor", "HV2")];
    assert_eq!(unmet(&counted(&cluster, design)), expected);
}

#[test]
fn guests_take_in_nothing_and_a_role_does_not_fall_back_to_its_own_uplink() {
    let cluster = facts(2, 2);
    let found = counted(&cluster, "management+cluster+live-migration=P1 | vm:E=P2");
    for role in [Role::Management, Role::Cluster, Role::LiveMigration] {
        assert_eq!(row(&found, "HV1/P1", 0, role).result, FailureResult::Cut, "{role}");
    }
}

#[test]
fn a_card_takes_all_its_ports_and_an_unknown_card_is_one_port() {
    let mut cluster = facts(2, 5);
    must(&mut cluster, Role::Vm, FailureKind::Card);
    let design = "management=P1 | cluster=P2 | live-migration=P3 | vm:E=P4,P5";
    assert_eq!(unmet(&counted(&cluster, design)), vec![]);
    for nic in &mut cluster.nodes[0].nics[3..] {
        nic.card = "slot 2".to_owned();
    }
    let found = counted(&cluster, design);
    assert_eq!(unmet(&found), vec![("survive:vm:card", "HV1/E")]);
    assert_eq!(row(&found, "HV1/card slot 2", 0, Role::Vm).result, FailureResult::Cut);
    assert_eq!(row(&found, "HV2/card of P4", 1, Role::Vm).result, FailureResult::Ok);
}

#[test]
fn a_team_over_two_switches_survives_one_only_if_the_other_still_reaches_everyone() {
    let mut cluster = facts(2, 5);
    must(&mut cluster, Role::Vm, FailureKind::Tor);
    let design = "management=P1 | cluster=P2 | live-migration=P3 | vm:E=P4,P5";
    // P4 on ToR B, P5 on ToR A, on both nodes.
    assert_eq!(unmet(&counted(&cluster, design)), vec![]);
    // HV2 has its team on ToR A alone: when A dies it is cut, and HV1 no longer reaches it.
    cluster.nodes[1].nics[3].tor = Some(0);
    let expected = vec![("survive:vm:tor", "HV1/E"), ("survive:vm:tor", "HV2/E")];
    assert_eq!(unmet(&counted(&cluster, design)), expected);
}

#[test]
fn losing_one_nic_may_cut_a_node_off_though_it_has_another() {
    let mut cluster = facts(2, 5);
    must(&mut cluster, Role::Vm, FailureKind::Nic);
    let mut made = plan(
        &cluster,
        Style::Hybrid,
        "management=P1 | cluster=P2 | live-migration=P3 | vm:E=P4,P5",
    );
    // HV2 has only P5, on ToR A; HV1's P4 on ToR B reaches it over a link alone.
    set_nics(&cluster, &mut made, 1, 3, &["P5"]);
    let expected = vec![("survive:vm:nic", "HV1/E"), ("survive:vm:nic", "HV2/E")];
    assert_eq!(unmet(&recount(&cluster, &made)), expected);
    let found = recount(&cluster, &made);
    assert_eq!(row(&found, "HV1/P5", 0, Role::Vm).result, FailureResult::Cut);
    assert_eq!(row(&found, "HV1/P4", 0, Role::Vm).result, FailureResult::Ok);
    cluster.links = vec![link(0, 1, 10_000)];
    assert_eq!(unmet(&recount(&cluster, &made)), vec![("survive:vm:nic", "HV2/E")]);
}

#[test]
fn a_switch_in_the_middle_cuts_those_on_both_sides_of_it() {
    let mut cluster = cluster(2, 3);
    cluster.links = vec![link(0, 1, 10_000), link(1, 2, 10_000)];
    cluster.nodes[0].nics = vec![nic("P1", 1_000, Some(0)), nic("P2", 1_000, Some(1))];
    cluster.nodes[1].nics = vec![nic("P1", 1_000, Some(2)), nic("P2", 1_000, Some(1))];
    must(&mut cluster, Role::Management, FailureKind::Tor);
    // Management itself has no port on the middle switch, but it reaches the other node only through it.
    let found = counted(&cluster, "management=P1 | cluster=P2");
    let cut: Vec<&FailureRow> = found
        .failures
        .iter()
        .filter(|f| f.failed == "B" && f.role == Role::Management)
        .collect();
    assert_eq!(
        cut.iter().map(|f| (f.node, f.result)).collect::<Vec<_>>(),
        vec![(0, FailureResult::Cut), (1, FailureResult::Cut)]
    );
    assert!(unmet(&found).contains(&("survive:management:tor", "HV1")));
}

#[test]
fn a_peer_in_fall_back_is_taken_to_be_reached() {
    let mut cluster = facts(2, 4);
    must(&mut cluster, Role::Cluster, FailureKind::Tor);
    cluster.links = vec![link(0, 1, 10_000)];
    // HV1 has cluster traffic on ToR B and live migration on A, HV2 the other way round: when A dies, HV2's cluster traffic
    // falls back to P4 on ToR B, where HV1's is at home.
    let mut made = plan(
        &cluster,
        Style::Hybrid,
        "management=P1 | cluster=P2 | live-migration=P3",
    );
    set_nics(&cluster, &mut made, 1, 1, &["P3"]);
    set_nics(&cluster, &mut made, 1, 2, &["P4"]);
    let found = recount(&cluster, &made);
    assert_eq!(unmet(&found), vec![]);
    assert_eq!(row(&found, "A", 1, Role::Cluster).result, FailureResult::Ok);
    assert!(
        !found
            .failures
            .iter()
            .any(|f| f.failed == "A" && f.node == 0 && f.role == Role::Cluster)
    );
}

#[test]
fn a_role_without_nics_is_unserved_and_not_counted_as_unsurvived() {
    let mut cluster = facts(2, 4);
    cluster.policy.survive = vec![(Role::Cluster, FailureKind::Nic), (Role::Vm, FailureKind::Nic)];
    let mut made = plan(
        &cluster,
        Style::Hybrid,
        "management=P1 | cluster=P2 | live-migration=P3 | vm:E=P4",
    );
    for node in &mut made.nodes {
        node.uplinks[1].nics.clear();
        node.uplinks[3].nics.clear();
    }
    let found = recount(&cluster, &made);
    assert_eq!(found.objective.unmet_requirements.survival, 0);
    assert_eq!(found.objective.unmet_requirements.reachability, 4);
}

#[test]
fn the_failure_table_shows_what_nobody_asked_about() {
    let mut cluster = facts(2, 4);
    cluster.policy.survive_wish = Some(Vec::new());
    add_vm(&mut cluster, "VM1", 0, 1, 100);
    let found = counted(&cluster, DESIGN);
    assert_eq!(row(&found, "HV1/P4", 0, Role::Vm).result, FailureResult::Cut);
    assert_eq!(role_row(&found, 0, Role::Vm).worst_failure, "");
    // Per node: 4 NICs and 4 cards, where P2 and P3 touch their refuge too; two switches and one node loss.
    let kinds = |kind| found.failures.iter().filter(|f| f.kind == kind && f.node == 0).count();
    assert_eq!((kinds(FailureKind::Nic), kinds(FailureKind::Card)), (5, 5));
    assert_eq!((kinds(FailureKind::Tor), kinds(FailureKind::Node)), (5, 1));
}
