//! Level 2: how often each wish is unmet.

use super::*;
use crate::inventory::{Rdma, StorageKind};
use crate::policy::{Strength, Wish};
use crate::profiles::{self, Transport};
use crate::roles::Role;

const TWO_NETWORKS: &str = "management=P1 | cluster+live-migration=P2 | vm:E1=P3 | vm:E2=P4";

#[test]
fn roles_on_one_uplink_count_once_however_many_nodes_there_are() {
    let found = counted(&facts(3, 4), TWO_NETWORKS);
    assert_eq!(wish(&found, &Wish::Apart(Role::Cluster, Role::LiveMigration)), 1);
    assert_eq!(wish(&found, &Wish::Apart(Role::Management, Role::Vm)), 0);
    assert_eq!(found.objective.unmet_wishes.len(), found.wishes.len());
}

#[test]
fn wishes_stand_in_the_policys_order() {
    let cluster = facts(2, 4);
    let found = counted(&cluster, TWO_NETWORKS);
    assert_eq!(
        found.wishes.iter().map(|(w, _)| w.clone()).collect::<Vec<_>>(),
        cluster.wishes()
    );
}

#[test]
fn zones_count_beyond_the_first_on_each_network() {
    let mut cluster = facts(2, 4);
    cluster.policy.separate_zones = Strength::Wish;
    for (at, zone) in ["red", "green", "blue"].into_iter().enumerate() {
        add_vm(&mut cluster, &format!("VM{at}"), 0, 1, 1);
        cluster.vms[at].vnics[0].zone = zone.to_owned();
    }
    let mut made = plan(&cluster, Style::Hybrid, TWO_NETWORKS);
    assert_eq!(wish(&recount(&cluster, &made), &Wish::ZonesApart), 2);
    made.vnics[1].network = "E2".to_owned();
    assert_eq!(wish(&recount(&cluster, &made), &Wish::ZonesApart), 1);
}

#[test]
fn heavy_vnics_beside_small_ones_are_counted_and_silent_ones_do_not_disturb() {
    let mut cluster = facts(2, 4);
    // Heavy is over 250 of the 1,000 Mbit/s of a port.
    for (at, need) in [251, 300, 250, 0].into_iter().enumerate() {
        add_vm(&mut cluster, &format!("VM{at}"), at % 2, 1, need);
    }
    let mut made = plan(&cluster, Style::Hybrid, TWO_NETWORKS);
    assert_eq!(wish(&recount(&cluster, &made), &Wish::HeavyApart), 2);
    made.vnics[2].network = "E2".to_owned();
    assert_eq!(wish(&recount(&cluster, &made), &Wish::HeavyApart), 0);
}

#[test]
fn survival_is_counted_in_nodes_and_for_guests_in_nodes_and_networks() {
    let found = counted(&facts(3, 4), TWO_NETWORKS);
    assert_eq!(wish(&found, &Wish::Survive(Role::Management, FailureKind::Nic)), 3);
    assert_eq!(wish(&found, &Wish::Survive(Role::Vm, FailureKind::Nic)), 6);
    assert_eq!(wish(&found, &Wish::Survive(Role::Cluster, FailureKind::Nic)), 0);
}

#[test]
fn a_role_that_falls_back_has_its_own_path_only_with_two_nics() {
    let cluster = facts(3, 5);
    let own = |design: &str| wish(&counted(&cluster, design), &Wish::OwnPath(Role::LiveMigration));
    assert_eq!(own(TWO_NETWORKS), 3);
    assert_eq!(own("management=P1 | cluster+live-migration=P2,P5 | vm:E1=P3"), 0);
}

#[test]
fn rdma_is_wanted_on_every_nic_and_is_lost_under_an_old_switch() {
    let mut cluster = facts(2, 4);
    cluster.transport = Some(Transport::Smb);
    cluster.storage = StorageKind::Smb;
    for node in &mut cluster.nodes {
        node.nics[1].rdma = Rdma::Roce;
        node.nics[2].rdma = Rdma::Roce;
    }
    let count = |c: &Cluster, design: &str| {
        let found = counted(c, design);
        (
            wish(&found, &Wish::Rdma(Role::Storage)),
            wish(&found, &Wish::Rdma(Role::LiveMigration)),
        )
    };
    let apart = "management=P1 | cluster+live-migration=P2 | storage=P3 | vm:E=P4";
    assert_eq!(count(&cluster, apart), (0, 0));
    assert_eq!(
        count(
            &cluster,
            "management=P2 | cluster+live-migration=P1 | storage= | vm:E=P4"
        ),
        (2, 2)
    );
    let under = "management=P1 | cluster=P4 | live-migration+vm:E=P2 | storage=P3";
    assert_eq!(count(&cluster, under), (0, 0));
    cluster.profile = profiles::find("2012r2").expect("the table has 2012r2");
    assert_eq!(count(&cluster, under), (0, 2));
}
