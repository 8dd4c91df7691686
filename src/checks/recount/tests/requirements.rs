//! Isolation, guests' VLANs and networks, and the order of the shortfall.

use super::*;
use crate::checks::plan::testing::claim;
use crate::policy::Strength;
use crate::roles::Role;
use std::collections::BTreeSet;

const TWO_NETWORKS: &str = "management=P1 | cluster+live-migration=P2 | vm:E1=P3 | vm:E2=P4";

#[test]
fn roles_that_must_be_apart_and_share_an_uplink_are_counted_once_per_pair() {
    let mut cluster = facts(2, 4);
    cluster.policy.isolate = vec![(Role::Cluster, Role::LiveMigration, Strength::Required)];
    let found = counted(&cluster, TWO_NETWORKS);
    assert_eq!(
        unmet(&found),
        vec![("apart:cluster|live-migration", "cluster+live-migration")]
    );
    assert_eq!(found.objective.unmet_requirements.isolation, 1);
}

#[test]
fn iscsi_must_be_apart_without_being_told() {
    let mut cluster = facts(2, 4);
    cluster.storage = crate::inventory::StorageKind::Iscsi;
    let found = counted(&cluster, "management=P1 | cluster+live-migration+storage=P2 | vm:E1=P3");
    assert_eq!(found.objective.unmet_requirements.isolation, 2);
}

#[test]
fn each_zone_beyond_the_first_on_a_network_is_one_entry_where_zones_must_be_apart() {
    let mut cluster = facts(2, 4);
    for (at, zone) in ["red", "green", "blue", "red", ""].into_iter().enumerate() {
        add_vm(&mut cluster, &format!("VM{at}"), 0, 1, 1);
        cluster.vms[at].vnics[0].zone = zone.to_owned();
    }
    assert_eq!(unmet(&counted(&cluster, TWO_NETWORKS)), vec![]);
    cluster.policy.separate_zones = Strength::Required;
    assert_eq!(unmet(&counted(&cluster, TWO_NETWORKS)), vec![("apart:zones", "E1"); 2]);
}

#[test]
fn a_dedicated_vnic_shares_its_network_with_no_other_vm() {
    let mut cluster = facts(2, 4);
    add_vm(&mut cluster, "VM1", 0, 1, 1);
    add_vm(&mut cluster, "VM2", 0, 1, 1);
    cluster.vms[0].vnics[0].dedicated = true;
    cluster.vms[0].vnics.push(vnic("N2", 1));
    let mut made = plan(&cluster, Style::Hybrid, TWO_NETWORKS);
    assert_eq!(unmet(&recount(&cluster, &made)), vec![("dedicated", "VM1/N")]);
    // Two vNICs of the same VM may share.
    made.vnics[2].network = "E2".to_owned();
    assert_eq!(unmet(&recount(&cluster, &made)), vec![]);
}

#[test]
fn a_vnics_vlans_are_on_every_nic_of_its_network_wherever_the_vm_may_run() {
    let mut cluster = facts(3, 4);
    add_vm(&mut cluster, "VM1", 0, 1, 1);
    cluster.vms[0].vnics[0].vlans = BTreeSet::from([10]);
    cluster.vms[0].owners = vec![0, 1];
    cluster.nodes[2].nics[2].vlans = Some(BTreeSet::from([20]));
    let vlan = |c: &Cluster| {
        counted(c, TWO_NETWORKS)
            .shortfall
            .iter()
            .filter(|s| s.requirement == "vlan")
            .count()
    };
    assert_eq!(vlan(&cluster), 0);
    cluster.vms[0].owners = vec![0, 1, 2];
    assert_eq!(vlan(&cluster), 1);
    assert!(unmet(&counted(&cluster, TWO_NETWORKS)).contains(&("vlan", "VM1/N")));
}

#[test]
fn a_vnic_without_a_network_is_not_reached() {
    let mut cluster = facts(2, 4);
    add_vm(&mut cluster, "VM1", 0, 1, 1);
    let mut made = plan(&cluster, Style::Hybrid, TWO_NETWORKS);
    made.vnics[0].network.clear();
    let found = recount(&cluster, &made);
    assert_eq!(unmet(&found), vec![("vm-network", "VM1/N")]);
    assert_eq!(found.objective.unmet_requirements.reachability, 1);
}

#[test]
fn isolated_vnics_need_no_network_and_no_bandwidth() {
    let mut cluster = facts(2, 4);
    add_vm(&mut cluster, "VM1", 0, 1, 900);
    add_vm(&mut cluster, "VM2", 0, 1, 100);
    cluster.vms[0].vnics[0].isolated = true;
    let found = counted(&cluster, TWO_NETWORKS);
    assert_eq!(unmet(&found), vec![]);
    assert_eq!(uplink(&found, 0, 2).demand, 100);
}

#[test]
fn a_plan_of_todays_wiring_changes_nothing_and_each_difference_counts() {
    let mut cluster = facts(2, 5);
    add_vm(&mut cluster, "VM1", 0, 1, 1);
    cluster.vms[0].vnics[0].switch = "E1".to_owned();
    let made = plan(&cluster, Style::Hybrid, TWO_NETWORKS);
    // Nothing is known of the NICs, so only the vNIC could change.
    assert_eq!(recount(&cluster, &made).objective.changes, 0);
    for node in &mut cluster.nodes {
        let roles = [
            vec![Role::Management],
            vec![Role::Cluster, Role::LiveMigration],
            vec![Role::Vm],
            vec![Role::Vm],
        ];
        for (nic, roles) in node.nics.iter_mut().zip(roles) {
            nic.roles = roles.into_iter().collect();
        }
        node.nics[2].switch = Some("E1".to_owned());
        node.nics[3].switch = Some("E2".to_owned());
    }
    assert_eq!(recount(&cluster, &made).objective.changes, 0);
    cluster.nodes[0].nics[3].switch = Some("E9".to_owned());
    cluster.nodes[1].nics[0].roles.clear();
    cluster.nodes[1].nics[4].roles.insert(Role::Management);
    cluster.vms[0].vnics[0].switch = "E2".to_owned();
    let found = recount(&cluster, &made);
    assert_eq!(found.changed_nics, vec![(0, 3), (1, 0), (1, 4)]);
    assert_eq!(found.changed_vnics, vec![(0, 0)]);
    assert_eq!(found.objective.changes, 4);
}

#[test]
fn networks_and_nics_are_counted() {
    let mut cluster = facts(2, 5);
    let mut made = plan(&cluster, Style::Hybrid, TWO_NETWORKS);
    let found = recount(&cluster, &made);
    assert_eq!((found.objective.external_networks, found.objective.nics_used), (2, 8));
    cluster.nodes[1].nics.truncate(3);
    claim(&cluster, &mut made);
    assert_eq!(made.solver.objective.nics_used, 7);
}

#[test]
fn the_order_of_the_plans_vnics_does_not_matter() {
    let mut cluster = facts(2, 4);
    for at in 0..5 {
        add_vm(&mut cluster, &format!("VM{at}"), at % 2, 1, 10 + at as u64);
    }
    let mut made = plan(&cluster, Style::Hybrid, TWO_NETWORKS);
    made.vnics[3].network = "E2".to_owned();
    let before = recount(&cluster, &made);
    made.vnics.reverse();
    made.vnics.swap(0, 2);
    assert_eq!(recount(&cluster, &made), before);
}
