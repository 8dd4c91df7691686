//! The largest cluster there is: 64 nodes with 12 NICs and 8,000 VMs.

use super::*;
use crate::inventory::testing::link;
use std::collections::BTreeSet;

/// 64 nodes on two linked ToRs, 8,000 VMs in 20 VLANs, two external networks.
fn largest() -> (Cluster, crate::plan::ClusterPlan) {
    let mut cluster = facts(64, 12);
    cluster.links = vec![link(0, 1, 100_000)];
    cluster.storage = crate::inventory::StorageKind::Smb;
    for node in &mut cluster.nodes {
        node.memory_mib = Some(1 << 20);
        for (at, nic) in node.nics.iter_mut().enumerate() {
            nic.speed = 25_000;
            nic.card = format!("slot {}", at / 4);
            nic.vlans = Some((100..120).collect());
        }
    }
    for number in 0..8_000 {
        add_vm(
            &mut cluster,
            &format!("VM{number:04}"),
            number % 64,
            4_096 + number as u64 % 7,
            20,
        );
        cluster.vms[number].vnics[0].vlans = BTreeSet::from([100 + u16::try_from(number % 20).unwrap_or(0)]);
        if number % 10 == 0 {
            cluster.vms[number].anti_affinity = format!("group {}", number / 30);
        }
    }
    let design = "management=P1,P2 | cluster+live-migration=P3,P4 | storage=P5,P6 | vm:E1=P7,P8 | vm:E2=P9,P10";
    let mut made = plan(&cluster, Style::Hybrid, design);
    for entry in made.vnics.iter_mut().skip(1).step_by(2) {
        entry.network = "E2".to_owned();
    }
    (cluster, made)
}

#[test]
fn the_largest_cluster_is_recounted_in_full() {
    let (cluster, made) = largest();
    let found = recount(&cluster, &made);
    assert_eq!(unmet(&found), vec![]);
    assert_eq!(
        (found.uplinks.len(), found.roles.len(), found.drains.len()),
        (64 * 5, 64 * 6, 64)
    );
    // Per node 10 NICs and 3 cards (4 + 4 + 2 ports), then the two switches and the node itself.
    assert_eq!(
        found.failures.iter().filter(|f| f.kind == FailureKind::Node).count(),
        64 * 2
    );
    assert!(
        found
            .failures
            .iter()
            .all(|f| f.result != FailureResult::Cut || f.kind != FailureKind::Tor)
    );
    // 125 VMs of 20 Mbit/s on each node, all even or all odd, on one of the two networks: 2,500 of 50,000.
    assert_eq!(
        found
            .uplinks
            .iter()
            .filter(|u| u.uplink >= 3)
            .map(|u| u.utilisation)
            .max(),
        Some(50)
    );
}
