//! Drain bounds, and levels 4 and 9.

use super::*;
use crate::inventory::{Rdma, VmPriority};
use crate::profiles::Transport;
use crate::roles::Role;

fn cluster_with_memory() -> Cluster {
    let mut cluster = facts(2, 6);
    add_vm(&mut cluster, "VM1", 0, 1024, 1);
    add_vm(&mut cluster, "VM2", 0, 1024, 1);
    cluster
}

#[test]
fn the_slowest_nodes_bound_is_the_drain_of_the_plan() {
    let mut cluster = cluster_with_memory();
    cluster.transport = Some(Transport::Tcp);
    cluster.policy.drain_goal_s = Some(10);
    let found = counted(&cluster, "management=P1 | cluster=P2 | live-migration=P3 | vm:E=P4");
    // 950 Mbit/s of payload; 2,048 MiB are 17,180 Mbit: 18.08 s and 4 s fixed.
    assert_eq!(
        found.drains[0],
        DrainBound {
            node: 0,
            vms: 2,
            memory_mib: 2048,
            rate_mbps: 950,
            one_mbps: 950,
            compressed: false,
            bound_by: crate::migration::BoundBy::Bandwidth,
            bound_s: 23
        }
    );
    assert_eq!(found.drains[1].bound_s, 0);
    assert_eq!(
        (found.objective.slowest_drain_s, found.objective.excess_drain_s),
        (23, 13)
    );
}

#[test]
fn low_priority_vms_are_not_moved_live() {
    let mut cluster = cluster_with_memory();
    cluster.vms[1].priority = VmPriority::Low;
    let found = counted(&cluster, "management=P1 | cluster=P2 | live-migration=P3 | vm:E=P4");
    assert_eq!((found.drains[0].vms, found.drains[0].memory_mib), (1, 1024));
}

#[test]
fn networks_of_their_own_do_not_add_up_for_tcp_and_do_for_smb() {
    let mut cluster = cluster_with_memory();
    let design = "management=P1 | cluster=P2 | live-migration=P3,P4 | vm:E=P5";
    cluster.transport = Some(Transport::Tcp);
    assert_eq!(counted(&cluster, design).drains[0].rate_mbps, 950);
    cluster.transport = Some(Transport::Smb);
    assert_eq!(counted(&cluster, design).drains[0].rate_mbps, 1_900);
}

#[test]
fn rdma_ports_make_smb_the_transport_but_not_under_a_switch_of_2012_r2() {
    let mut cluster = cluster_with_memory();
    for nic in cluster.nodes.iter_mut().flat_map(|n| &mut n.nics) {
        nic.rdma = Rdma::Yes;
    }
    let design = "management=P1 | cluster=P2 | live-migration+vm:E=P3,P4";
    // SMB: 1,900; compression counts raw bytes, twice the wire.
    assert_eq!(counted(&cluster, design).drains[0].rate_mbps, 1_900);
    cluster.profile = crate::profiles::find("2012r2").expect("the table has 2012r2");
    assert_eq!(counted(&cluster, design).drains[0].rate_mbps, 3_800);
}

#[test]
fn host_traffic_on_the_uplink_is_taken_off_and_guests_are_not() {
    let mut cluster = cluster_with_memory();
    cluster.transport = Some(Transport::Tcp);
    let found = counted(&cluster, "management=P1 | cluster+live-migration+vm:E=P3,P4");
    // (2,000 - 200 of cluster traffic) * 0.95
    assert_eq!(found.drains[0].rate_mbps, 1_710);
}

#[test]
fn a_node_without_a_migration_port_never_drains_and_a_single_node_has_no_drain() {
    let cluster = cluster_with_memory();
    assert_eq!(
        counted(&cluster, "management=P1 | cluster=P2 | live-migration= | vm:E=P3").drains[0].bound_s,
        u64::MAX / 4
    );
    let mut alone = facts(1, 2);
    add_vm(&mut alone, "VM1", 0, 1024, 1);
    let found = counted(&alone, "management=P1 | vm:E=P2");
    assert_eq!((found.drains[0].bound_s, found.objective.slowest_drain_s), (0, 0));
    assert!(found.roles.iter().all(|r| r.role != Role::LiveMigration));
}
