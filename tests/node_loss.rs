//! What the planner says about the loss of a node is what the checks recount, with anti-affinity groups of every size.
#![cfg(feature = "solver")]

mod support;

use nicplan::assignment::{Options, plan};
use nicplan::checks::recount::recount;
use nicplan::inventory::{Cluster, VmState};
use nicplan::plan::{ClusterPlan, Style};
use nicplan::policy::FailureKind;
use nicplan::roles::Role;
use support::inventory;

/// Nodes with two ports of 10 GbE and 16 GiB that must stand the loss of one; nothing else is asked for.
fn nodes(count: usize) -> Cluster {
    let mut cluster = support::cluster("2022", count);
    support::ports(&mut cluster, 2, 10_000);
    for node in &mut cluster.nodes {
        node.memory_mib = Some(16_384);
    }
    cluster.policy.survive = vec![(Role::Vm, FailureKind::Node)];
    cluster.policy.survive_wish = Some(Vec::new());
    cluster
}

/// VMs of 1 GiB in one anti-affinity group on these nodes.
fn add_group(cluster: &mut Cluster, group: &str, hosts: &[usize]) {
    for host in hosts {
        let name = format!("{group}{}", cluster.vms.len() + 1);
        let mut guest = support::vm(&name, *host, cluster.nodes.len(), 10);
        guest.memory_mib = 1_024;
        guest.anti_affinity = group.to_owned();
        cluster.vms.push(guest);
    }
}

fn planned(cluster: &Cluster) -> ClusterPlan {
    let options = Options {
        style: Some(Style::Converged),
        ..Options::default()
    };
    let planned = plan(&inventory(cluster.clone()), &options).expect("no time limit is set");
    planned.clusters.into_iter().next().expect("one cluster was given")
}

/// Nodes whose loss the plan does not survive, as it declares and as the checks find.
fn lost(cluster: &Cluster) -> Vec<String> {
    let planned = planned(cluster);
    let mut declared = planned.solver.shortfall.clone();
    declared.sort();
    assert_eq!(declared, recount(cluster, &planned).shortfall, "{cluster:#?}");
    let node = |miss: nicplan::plan::Shortfall| (miss.requirement == "survive:vm:node").then_some(miss.subject);
    declared.into_iter().filter_map(node).collect()
}

#[test]
fn six_members_on_four_nodes_survive_the_loss_of_each() {
    let mut cluster = nodes(4);
    add_group(&mut cluster, "SQL", &[0, 0, 1, 1, 2, 3]);
    assert_eq!(lost(&cluster), Vec::<String>::new());
}

#[test]
fn two_members_do_not_share_one_of_the_two_nodes_that_are_left() {
    let mut cluster = nodes(3);
    add_group(&mut cluster, "DC", &[0, 1]);
    assert_eq!(lost(&cluster), Vec::<String>::new());
    cluster.nodes[2].memory_mib = Some(512);
    assert_eq!(
        lost(&cluster),
        Vec::<String>::new(),
        "a preference alone strands nobody"
    );
    cluster.anti_affinity_enforced = Some(true);
    assert_eq!(lost(&cluster), ["HV1", "HV2"]);
    // Windows does not look at upper and lower case
    cluster.vms[1].anti_affinity = "dc".to_owned();
    assert_eq!(lost(&cluster), ["HV1", "HV2"]);
}

/// A number below `sides` from a seed that moves on; the constants are those of Knuth's MMIX generator.
fn roll(seed: &mut u64, sides: usize) -> usize {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) as usize % sides
}

#[test]
fn planner_and_checks_agree_for_groups_of_all_sizes_owners_and_states() {
    let (mut met, mut missed) = (0, 0);
    for seed in 0..30 {
        let mut dice = seed;
        let count = 2 + roll(&mut dice, 3);
        let mut cluster = nodes(count);
        cluster.anti_affinity_enforced = [None, Some(false), Some(true)][roll(&mut dice, 3)];
        for group in ["SQL", "WEB", ""] {
            let hosts: Vec<usize> = (0..roll(&mut dice, 7)).map(|_| roll(&mut dice, count)).collect();
            add_group(&mut cluster, group, &hosts);
        }
        for guest in &mut cluster.vms {
            let stays = guest.host;
            guest
                .owners
                .retain(|node| Some(*node) == stays || roll(&mut dice, 8) > 0);
            guest.memory_mib *= 1 + roll(&mut dice, 3) as u64;
            if roll(&mut dice, 6) == 0 {
                guest.state = VmState::Off;
            }
        }
        match lost(&cluster).is_empty() {
            true => met += 1,
            false => missed += 1,
        }
    }
    assert!(
        met > 5 && missed > 5,
        "{met} met, {missed} missed: the cases say little"
    );
}
