//! Clusters that need more external networks than are usual: they are served, and what is not looked at is never called proven.
#![cfg(feature = "solver")]

mod support;

use nicplan::assignment::{Options, plan};
use nicplan::checks;
use nicplan::inventory::Cluster;
use nicplan::plan::{ClusterPlan, MAX_NETWORKS, Status, Style};
use nicplan::policy::Strength;
use support::{inventory, ports, vm};

/// The plan of the cluster; it passes every check.
fn planned(cluster: Cluster, style: Option<Style>) -> ClusterPlan {
    let inventory = inventory(cluster);
    let options = Options {
        style,
        ..Options::default()
    };
    let plan = plan(&inventory, &options).expect("no time limit is set");
    let verified = checks::verify(&inventory, plan).unwrap_or_else(|findings| panic!("{findings:#?}"));
    let plan = verified.plan().clusters.first().cloned();
    plan.expect("one cluster was given")
}

fn networks(plan: &ClusterPlan) -> usize {
    plan.uplinks.iter().filter(|uplink| uplink.network.is_some()).count()
}

/// Two nodes with `count` ports of 10 GbE, on each of them `each` VMs of `need` Mbit/s.
fn nodes(profile: &str, count: usize, each: usize, need: u64) -> Cluster {
    let mut cluster = support::cluster(profile, 2);
    ports(&mut cluster, count, 10_000);
    for index in 0..2 * each {
        cluster.vms.push(vm(&format!("VM{index}"), index % 2, 2, need));
    }
    cluster.policy.survive_wish = Some(Vec::new());
    cluster
}

#[test]
fn three_isolated_zones_and_two_vms_of_their_own_get_six_networks() {
    let mut cluster = nodes("2016", 12, 8, 200);
    for (index, zone) in ["dmz", "pci", "lab"].into_iter().enumerate() {
        cluster.vms[index].vnics[0].zone = zone.to_owned();
        cluster.policy.isolate_zones.push((zone.to_owned(), Strength::Required));
    }
    for guest in &mut cluster.vms[5..] {
        guest.vnics[0].zone = "lan".to_owned();
    }
    for guest in &mut cluster.vms[3..5] {
        guest.vnics[0].dedicated = true;
    }
    let plan = planned(cluster, None);
    assert_eq!(plan.solver.shortfall, []);
    assert_eq!(
        (networks(&plan), plan.solver.status),
        (6, Status::Optimal),
        "{:?}",
        plan.solver
    );
}

/// Without teams every external network is one port; six VMs that fill a port each need six.
#[test]
fn without_teams_vms_that_fill_a_port_each_get_a_network_each() {
    let mut cluster = nodes("2008r2", 10, 6, 7_000);
    cluster.policy.vendor_teaming = false;
    let plan = planned(cluster, Some(Style::Dedicated));
    assert_eq!(plan.solver.shortfall, []);
    assert_eq!(
        (networks(&plan), plan.solver.status),
        (6, Status::Optimal),
        "{:?}",
        plan.solver
    );
    assert_eq!(plan.solver.objective.excess_utilisation_permille, 0);
}

/// More VMs of their own than networks that a plan gets: what cannot be served is told, and not called the best.
#[test]
fn more_networks_than_a_plan_gets_are_never_proven_to_be_no_better() {
    let mut cluster = nodes("2016", 14, 6, 200);
    for guest in &mut cluster.vms[..MAX_NETWORKS + 2] {
        guest.vnics[0].dedicated = true;
    }
    let plan = planned(cluster, Some(Style::Dedicated));
    assert_eq!(plan.solver.status, Status::Gap, "{:?}", plan.solver);
    assert!(!plan.solver.shortfall.is_empty());
}

/// Five switches of today that carry guests are no reason to change anything.
#[test]
fn five_networks_of_today_stay() {
    let mut cluster = nodes("2016", 8, 5, 400);
    let first = planned(cluster.clone(), Some(Style::Teamed));
    assert_eq!(networks(&first), 1);
    for node in &mut cluster.nodes {
        for (index, port) in node.nics.iter_mut().enumerate() {
            match index {
                0 => drop(port.roles.insert(nicplan::roles::Role::Management)),
                1 => drop(port.roles.insert(nicplan::roles::Role::Cluster)),
                2 => drop(port.roles.insert(nicplan::roles::Role::LiveMigration)),
                _ => {
                    port.roles.insert(nicplan::roles::Role::Vm);
                    port.switch = Some(format!("Blue {index}"));
                }
            }
        }
    }
    for (index, guest) in cluster.vms.iter_mut().enumerate() {
        guest.vnics[0].switch = format!("Blue {}", 3 + index / 2);
    }
    let plan = planned(cluster, Some(Style::Teamed));
    let objective = &plan.solver.objective;
    assert_eq!((networks(&plan), objective.changes), (5, 0), "{:?}", plan.solver);
    assert_eq!(plan.solver.status, Status::Optimal, "{:?}", plan.solver);
}
