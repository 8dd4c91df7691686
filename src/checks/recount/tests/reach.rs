//! Reach between nodes, against the definition and in the cases of the contract.

use super::*;
use crate::checks::recount::reach::InstanceReach;
use crate::checks::recount::view::View;
use crate::inventory::testing::{Dice, link, random_cluster};
use crate::inventory::{ClusterNetwork, Origin, StorageKind};
use crate::roles::Role;
use crate::topology::{Attach, Fabric};
use std::collections::BTreeSet;

const DESIGN: &str = "management=P1 | cluster=P2 | live-migration=P3 | vm:E=P4";

#[test]
fn nodes_on_two_switches_without_a_link_do_not_reach_each_other() {
    let mut cluster = facts(2, 4);
    cluster.nodes[1].nics[0].tor = Some(1);
    let found = counted(&cluster, DESIGN);
    assert_eq!(unmet(&found), vec![("reach:management", "management")]);
    assert_eq!(found.objective.unmet_requirements.reachability, 1);
    cluster.links = vec![link(0, 1, 10_000)];
    assert_eq!(unmet(&counted(&cluster, DESIGN)), vec![]);
}

#[test]
fn a_link_counts_only_for_the_vlans_it_carries() {
    let mut cluster = facts(2, 4);
    cluster.nodes[1].nics[0].tor = Some(1);
    cluster.links = vec![link(0, 1, 10_000)];
    cluster.links[0].vlans = Some(BTreeSet::from([20]));
    cluster.networks = vec![ClusterNetwork {
        facts: Default::default(),
        name: "Management".to_owned(),
        subnet: String::new(),
        vlan: Some(10),
        cluster_use: None,
        metric: None,
        purpose: Some(Role::Management),
        state: Default::default(),
        origin: Origin::default(),
    }];
    assert_eq!(
        unmet(&counted(&cluster, DESIGN)),
        vec![("reach:management", "management")]
    );
    cluster.networks[0].vlan = Some(20);
    assert_eq!(unmet(&counted(&cluster, DESIGN)), vec![]);
    cluster.nodes[0].nics[0].vlans = Some(BTreeSet::from([30]));
    assert_eq!(
        unmet(&counted(&cluster, DESIGN)),
        vec![("reach:management", "management")]
    );
}

#[test]
fn every_vlan_of_an_external_network_must_pass() {
    let mut cluster = facts(2, 4);
    cluster.nodes[1].nics[3].tor = Some(0);
    cluster.links = vec![link(0, 1, 10_000)];
    cluster.links[0].vlans = Some(BTreeSet::from([20]));
    add_vm(&mut cluster, "VM1", 0, 1_024, 10);
    cluster.vms[0].vnics[0].vlans = BTreeSet::from([20]);
    assert_eq!(unmet(&counted(&cluster, DESIGN)), vec![]);
    cluster.vms[0].vnics[0].vlans = BTreeSet::from([20, 21]);
    assert_eq!(unmet(&counted(&cluster, DESIGN)), vec![("reach:vm", "E")]);
}

#[test]
fn a_direct_cable_joins_its_two_ends_and_needs_no_switch() {
    let mut cluster = facts(2, 5);
    cluster.storage = StorageKind::S2d;
    let design = "management=P1 | cluster=P2 | live-migration=P3 | vm:E=P4 | storage=P5";
    cluster.nodes[1].nics[4].tor = Some(1);
    assert_eq!(unmet(&counted(&cluster, design)), vec![("reach:storage", "storage")]);
    for (node, other) in [(0, 1), (1, 0)] {
        cluster.nodes[node].nics[4].tor = None;
        cluster.nodes[node].nics[4].direct_to = Some((other, "P5".to_owned()));
    }
    let found = counted(&cluster, design);
    assert_eq!(unmet(&found), vec![]);
    // The cable hangs on no switch, so no switch failure touches storage.
    assert!(
        !found
            .failures
            .iter()
            .any(|f| f.kind == FailureKind::Tor && f.role == Role::Storage)
    );
}

#[test]
fn a_cable_to_a_nic_outside_the_uplink_does_not_help() {
    let mut cluster = facts(2, 6);
    cluster.storage = StorageKind::S2d;
    cluster.nodes[0].nics[4].direct_to = Some((1, "P6".to_owned()));
    cluster.nodes[1].nics[5].direct_to = Some((0, "P5".to_owned()));
    let found = counted(
        &cluster,
        "management=P1 | cluster=P2 | live-migration=P3 | vm:E=P4 | storage=P5",
    );
    assert_eq!(unmet(&found), vec![("reach:storage", "storage")]);
}

#[test]
fn iscsi_talks_to_its_target_and_not_between_nodes() {
    let mut cluster = facts(2, 5);
    cluster.storage = StorageKind::Iscsi;
    cluster.nodes[1].nics[4].tor = Some(1);
    let design = "management=P1 | cluster=P2 | live-migration=P3 | vm:E=P4 | storage=P5";
    assert_eq!(unmet(&counted(&cluster, design)), vec![]);
}

#[test]
fn nics_without_a_named_switch_share_one() {
    let mut cluster = facts(2, 4);
    for node in &mut cluster.nodes {
        node.nics[0].tor = None;
    }
    let found = counted(&cluster, DESIGN);
    assert_eq!(unmet(&found), vec![]);
    assert_eq!(
        row(&found, "(unnamed switch)", 0, Role::Management).result,
        FailureResult::Cut
    );
}

#[test]
fn a_node_without_a_nic_for_a_role_is_counted_once_per_role_and_network() {
    let cluster = facts(2, 4);
    let mut made = plan(&cluster, Style::Hybrid, DESIGN);
    made.nodes[1].uplinks[1].nics.clear();
    made.nodes[1].uplinks[3].nics.clear();
    let found = recount(&cluster, &made);
    assert_eq!(unmet(&found), vec![("reach:cluster", "HV2"), ("reach:vm", "HV2/E")]);
    assert_eq!(found.objective.unmet_requirements.reachability, 2);
}

/// Sets of components per node are an optimisation; the definition compares NICs in pairs, VLAN by VLAN.
#[test]
fn reach_equals_the_comparison_of_all_pairs_of_nics() {
    let mut dice = Dice(23);
    let (mut yes, mut no) = (0, 0);
    for _ in 0..300 {
        let mut cluster = random_cluster(&mut dice);
        let vlan = dice.once_in(2).then(|| 10 + u16::from(dice.once_in(2)));
        add_vm(&mut cluster, "VM1", 0, 1, 1);
        add_vm(&mut cluster, "VM2", 0, 1, 1);
        cluster.vms[1].vnics[0].vlans = vlan.into_iter().collect();
        let made = plan(&cluster, Style::Hybrid, "vm:E=P0,P1,P2");
        let view = View::new(&cluster, &made);
        let reach = InstanceReach::new(&view, &view.instances[0]);
        let fabrics = [Fabric::new(&cluster, None, None), Fabric::new(&cluster, vlan, None)];
        for a in 0..cluster.nodes.len() {
            for b in (0..cluster.nodes.len()).filter(|b| *b != a) {
                let near = || cluster.nodes[a].nics.iter().map(|nic| (a, nic));
                let touch = |f: &Fabric| near().any(|x| cluster.nodes[b].nics.iter().any(|y| f.touches(x, (b, y))));
                let expected = fabrics.iter().all(touch);
                assert_eq!(reach.between(a, b), expected, "{a} {b} {vlan:?} {cluster:#?}");
                if expected { yes += 1 } else { no += 1 }
            }
        }
    }
    assert!(yes > 100 && no > 100, "{yes} {no}");
}

#[test]
fn severed_pairs_equal_the_comparison_of_all_pairs_of_alive_nics() {
    let mut dice = Dice(41);
    let mut cut = 0;
    for _ in 0..200 {
        let cluster = random_cluster(&mut dice);
        let found = counted(&cluster, "management=P0,P1,P2");
        for failure in found.failures.iter().filter(|f| f.role == Role::Management) {
            let (alive, dead_tor) = alive(&cluster, failure);
            let touch = |a: usize, b: usize, tor: Option<Attach>, alive: &dyn Fn(usize, usize) -> bool| {
                let fabric = Fabric::new(&cluster, None, tor);
                let ports = |n: usize| (0..cluster.nodes[n].nics.len()).filter(move |p| alive(n, *p));
                ports(a).any(|x| {
                    ports(b).any(|y| fabric.touches((a, &cluster.nodes[a].nics[x]), (b, &cluster.nodes[b].nics[y])))
                })
            };
            let others = || (0..cluster.nodes.len()).filter(|n| *n != failure.node);
            let lost = others()
                .any(|n| touch(failure.node, n, None, &|_, _| true) && !touch(failure.node, n, dead_tor, &alive));
            let none_left = !(0..cluster.nodes[failure.node].nics.len()).any(|p| alive(failure.node, p));
            assert_eq!(
                failure.result == FailureResult::Cut,
                lost || none_left,
                "{failure:?} {cluster:#?}"
            );
            cut += u64::from(lost && !none_left);
        }
    }
    assert!(cut > 20, "{cut}");
}

type Alive<'a> = Box<dyn Fn(usize, usize) -> bool + 'a>;

/// Which ports live under a failure, read from its name.
fn alive<'a>(cluster: &'a Cluster, failure: &'a FailureRow) -> (Alive<'a>, Option<Attach>) {
    use crate::topology::attach;
    let nic = |n: usize, p: usize| &cluster.nodes[n].nics[p];
    match failure.kind {
        FailureKind::Tor => {
            let tor = cluster
                .tors
                .iter()
                .position(|t| t.name == failure.failed)
                .map_or(Attach::Unnamed, Attach::Tor);
            (Box::new(move |n, p| attach(nic(n, p)) != tor), Some(tor))
        }
        _ => {
            let hit = move |n: usize, p: usize| {
                let (host, nic) = (&cluster.nodes[n].name, nic(n, p));
                let card = if nic.card.is_empty() {
                    format!("card of {}", nic.name)
                } else {
                    format!("card {}", nic.card)
                };
                let name = if failure.kind == FailureKind::Nic {
                    nic.name.clone()
                } else {
                    card
                };
                format!("{host}/{name}") == failure.failed
            };
            (Box::new(move |n, p| !hit(n, p)), None)
        }
    }
}
