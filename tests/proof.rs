//! A plan is called optimal only if nothing is better: proven plans are made worse and their claims better, level by level,
//! and the checks must see it; and facts that once led to a wrong proof are planned again.
#![cfg(feature = "solver")]

mod support;

use nicplan::assignment::{Options, plan};
use nicplan::checks::{recount, verify};
use nicplan::inventory::{Cluster, ClusterNetwork, StorageKind, Tor};
use nicplan::plan::{ClusterPlan, Objective, Plan, Status, Style, Uplink};
use nicplan::roles::Role;
use support::{inventory, nic, vm};

const LEVELS: usize = 7;

fn planned(cluster: &Cluster, style: Option<Style>) -> Plan {
    let options = Options {
        style,
        ..Options::default()
    };
    plan(&inventory(cluster.clone()), &options).expect("no time limit is set")
}

/// Two nodes with four ports of 10 GbE and two of 1 GbE; nothing is wished, so that each level can be made worse alone.
fn plain() -> Cluster {
    let mut cluster = support::cluster("2012r2", 2);
    support::ports(&mut cluster, 4, 10_000);
    for node in &mut cluster.nodes {
        for name in ["Slow 1", "Slow 2"] {
            let mut port = nic(name, 1_000);
            port.tor = Some(0);
            node.nics.push(port);
        }
    }
    for host in 0..2 {
        cluster.vms.push(vm(&format!("VM{host}"), host, 2, 600));
    }
    cluster.policy.survive_wish = Some(Vec::new());
    cluster
}

fn uplink(plan: &ClusterPlan, role: Role) -> usize {
    let found = plan.uplinks.iter().position(|u| u.roles.contains(&role));
    found.expect("every role has its uplink")
}

/// Gives an uplink of the first node other NICs.
fn rewire(plan: &mut ClusterPlan, role: Role, nics: &[&str]) {
    let at = uplink(plan, role);
    plan.nodes[0].uplinks[at].nics = nics.iter().map(|n| (*n).to_owned()).collect();
}

/// Moves the guests of the first node to an external network of their own, on an idle port of every node.
fn add_network(plan: &mut ClusterPlan) {
    let vm = uplink(plan, Role::Vm);
    plan.uplinks.push(Uplink {
        name: "vm:Second".to_owned(),
        network: Some("Second".to_owned()),
        ..plan.uplinks[vm].clone()
    });
    for node in &mut plan.nodes {
        let mut second = node.uplinks[vm].clone();
        second.uplink = "vm:Second".to_owned();
        second.nics = vec!["Slow 2".to_owned()];
        node.uplinks.push(second);
    }
}

/// For each level a cluster and what makes its proven plan worse there first.
fn spoiled(level: usize) -> (Cluster, fn(&mut ClusterPlan)) {
    let mut cluster = plain();
    match level {
        1 => (cluster, |plan| rewire(plan, Role::Management, &[])),
        2 => {
            cluster.policy.isolate.clear();
            cluster.policy.survive_wish = Some(vec![(Role::Vm, nicplan::policy::FailureKind::Nic)]);
            (cluster, |plan| {
                let vm = uplink(plan, Role::Vm);
                plan.nodes[0].uplinks[vm].nics.truncate(1);
                plan.nodes[0].uplinks[vm].mechanism = nicplan::plan::Mechanism::Single;
                plan.nodes[0].uplinks[vm].team = None;
            })
        }
        3 => {
            cluster.policy.target_permille = 10;
            (cluster, |plan| rewire(plan, Role::Vm, &["Slow 1"]))
        }
        4 => {
            cluster.policy.drain_goal_s = Some(1);
            (cluster, |plan| rewire(plan, Role::LiveMigration, &["Slow 1"]))
        }
        5 => {
            let today = [Role::Management, Role::Cluster, Role::LiveMigration];
            for node in &mut cluster.nodes {
                for (port, role) in node.nics.iter_mut().zip(today) {
                    port.roles.insert(role);
                }
                node.nics[3].roles.insert(Role::Vm);
                node.nics[3].switch = Some("Blue".to_owned());
            }
            (cluster, |plan| rewire(plan, Role::Management, &["Slow 1"]))
        }
        6 => (cluster, add_network),
        _ => (cluster, |plan| rewire(plan, Role::Vm, &["Slow 1"])),
    }
}

fn style(level: usize) -> Option<Style> {
    Some(if level == 2 { Style::Teamed } else { Style::Dedicated })
}

/// Makes the claimed value of a level one better or, where it is 0 already, one worse.
fn shift(objective: &mut Objective, level: usize) {
    let value = match level {
        1 => &mut objective.unmet_requirements.survival,
        2 => objective.unmet_wishes.last_mut().expect("something is wished"),
        3 => &mut objective.excess_utilisation_permille,
        4 => &mut objective.excess_drain_s,
        5 => &mut objective.changes,
        6 => &mut objective.external_networks,
        _ => &mut objective.worst_utilisation_permille,
    };
    *value = value.checked_sub(1).unwrap_or(1);
}

/// Names of the checks that reject a plan.
fn rejections(cluster: &Cluster, plan: Plan) -> Vec<&'static str> {
    let judged = verify(&inventory(cluster.clone()), plan);
    judged.err().unwrap_or_default().iter().map(|f| f.rule).collect()
}

#[test]
fn a_worse_plan_with_the_claims_of_the_proven_one_is_rejected_at_every_level() {
    for level in 1..=LEVELS {
        let (cluster, spoil) = spoiled(level);
        let mut plan = planned(&cluster, style(level));
        assert_eq!(plan.clusters[0].solver.status, Status::Optimal, "level {level}");
        assert!(
            verify(&inventory(cluster.clone()), plan.clone()).is_ok(),
            "level {level}"
        );

        spoil(&mut plan.clusters[0]);

        let (claimed, real) = (
            &plan.clusters[0].solver.objective,
            recount(&cluster, &plan.clusters[0]).objective,
        );
        assert_eq!(claimed.first_difference(&real), Some(level), "{claimed:?}\n{real:?}");
        assert!(claimed < &real, "level {level}: the plan was to be made worse");
        let rejected = rejections(&cluster, plan);
        assert!(rejected.contains(&"objective-matches"), "level {level}: {rejected:?}");
    }
}

#[test]
fn a_tightened_claim_is_rejected_at_every_level() {
    for level in 1..=LEVELS {
        let (cluster, _) = spoiled(level);
        let mut plan = planned(&cluster, style(level));
        shift(&mut plan.clusters[0].solver.objective, level);
        let rejected = rejections(&cluster, plan);
        assert!(rejected.contains(&"objective-matches"), "level {level}: {rejected:?}");
    }
}

#[test]
fn optimal_beside_a_bound_that_differs_from_the_value_is_rejected_at_every_level() {
    for level in 1..=LEVELS {
        let (cluster, _) = spoiled(level);
        let honest = planned(&cluster, style(level));
        let value = honest.clusters[0]
            .solver
            .objective
            .level(level)
            .first()
            .copied()
            .unwrap_or(0);
        // A bound below the value, one above it, and one that is not the value though no gap is told.
        for (bound, gap) in [(value.saturating_sub(1), 1), (value + 1, 0), (value, 1)] {
            let mut plan = honest.clone();
            let solver = &mut plan.clusters[0].solver;
            (solver.bound, solver.gap) = (bound, gap);
            solver.unproven_level = nicplan::plan::LEVELS[level - 1].to_owned();
            assert_eq!(
                rejections(&cluster, plan),
                ["proof-honest"],
                "level {level}, bound {bound}"
            );
        }
    }
}

/// Two nodes with four ports on seventy ToRs without links; the ports hang on the last of these.
fn without_links(tors: [[usize; 4]; 2]) -> Cluster {
    let mut cluster = support::cluster("2012r2", 2);
    for tor in 0..70 {
        cluster.tors.push(Tor {
            name: format!("TOR-{tor}"),
            origin: Default::default(),
        });
    }
    for (node, tors) in cluster.nodes.iter_mut().zip(tors) {
        for (index, tor) in tors.into_iter().enumerate() {
            let mut port = nic(&format!("NIC{}", index + 1), 10_000);
            port.tor = Some(tor);
            node.nics.push(port);
        }
    }
    cluster.vms.push(vm("VM1", 0, 2, 100));
    cluster
}

#[test]
fn seventy_tors_without_links_are_seventy_segments() {
    let cluster = without_links([[62, 63, 64, 65], [66, 67, 68, 69]]);
    for style in [Style::Dedicated, Style::Teamed] {
        let plan = planned(&cluster, Some(style));
        let solver = &plan.clusters[0].solver;
        // No port of one node hears a port of the other: each of the four roles is missed.
        assert_eq!(solver.objective.unmet_requirements.reachability, 4, "{style}");
        let verified = verify(&inventory(cluster.clone()), plan.clone());
        assert!(verified.is_ok(), "{style}: {:#?}", verified.err());
    }
}

#[test]
fn the_tors_that_both_nodes_share_are_found_among_seventy_without_links() {
    let mut cluster = without_links([[69, 62, 64, 66], [63, 66, 69, 65]]);
    cluster.policy.survive_wish = Some(Vec::new());
    for node in &mut cluster.nodes {
        for (name, tor) in [("Shared 1", 68), ("Shared 2", 67)] {
            let mut port = nic(name, 10_000);
            port.tor = Some(tor);
            node.nics.push(port);
        }
    }
    let plan = planned(&cluster, Some(Style::Dedicated));
    let solver = &plan.clusters[0].solver;
    assert!(solver.objective.unmet_requirements.met(), "{solver:?}");
    assert!(verify(&inventory(cluster), plan).is_ok());
}

/// Every port carries VLAN 20 only, and management is on VLAN 10: no port leads to the other node.
fn management_on_a_vlan_that_no_port_carries(nodes: usize, ports: usize) -> Cluster {
    let mut cluster = support::cluster("2012r2", nodes);
    support::ports(&mut cluster, ports, 1_000);
    for port in cluster.nodes.iter_mut().flat_map(|n| &mut n.nics) {
        port.vlans = Some([20].into_iter().collect());
    }
    cluster.networks.push(network("Management", 10, Role::Management));
    cluster
}

fn network(name: &str, vlan: u16, purpose: Role) -> ClusterNetwork {
    ClusterNetwork {
        facts: Default::default(),
        state: Default::default(),
        name: name.to_owned(),
        subnet: String::new(),
        vlan: Some(vlan),
        cluster_use: Some(3),
        metric: None,
        purpose: Some(purpose),
        origin: Default::default(),
    }
}

#[test]
fn a_role_that_reaches_nobody_is_missed_once_and_its_bound_stays_below_the_plan() {
    for (nodes, ports) in [(2, 3), (3, 3)] {
        let cluster = management_on_a_vlan_that_no_port_carries(nodes, ports);
        for style in [Style::Dedicated, Style::Hybrid] {
            let plan = planned(&cluster, Some(style));
            let solver = plan.clusters[0].solver.clone();
            let verified = verify(&inventory(cluster.clone()), plan);
            assert!(
                verified.is_ok(),
                "{nodes} nodes, {ports} ports, {style}: {solver:?}\n{:#?}",
                verified.err()
            );
        }
    }
}

#[test]
fn ports_that_do_not_fit_the_uplinks_together_leave_one_without() {
    // One port to a switch, which management and the guests both need, and three cables to the other node.
    let mut cluster = support::cluster("2016", 2);
    for node in 0..2 {
        let nics = &mut cluster.nodes[node].nics;
        nics.push(nic("NIC1", 10_000));
        for cable in 1..=3 {
            let mut port = nic(&format!("Cable {cable}"), 10_000);
            port.direct_to = Some((1 - node, port.name.clone()));
            nics.push(port);
        }
    }
    cluster.vms.push(vm("VM1", 0, 2, 100));
    for style in Style::ALL {
        let plan = planned(&cluster, Some(style));
        let verified = verify(&inventory(cluster.clone()), plan);
        assert!(verified.is_ok(), "{style}: {:#?}", verified.err());
    }
}

/// Port by port the best for each class alone leaves the nodes on different switches.
#[test]
fn nodes_of_different_hardware_meet_on_one_of_two_tors_without_a_link() {
    let mut cluster = support::cluster("2008r2", 2);
    support::two_tors(&mut cluster);
    cluster.links.clear();
    let speeds = [[1_000, 1_000, 1_000], [10_000, 1_000, 1_000]];
    for (node, speeds) in cluster.nodes.iter_mut().zip(speeds) {
        for (index, speed) in speeds.into_iter().enumerate() {
            let mut port = nic(&format!("NIC{}", index + 1), speed);
            port.tor = Some(index % 2);
            node.nics.push(port);
        }
    }
    let plan = planned(&cluster, Some(Style::Hybrid));
    let solver = &plan.clusters[0].solver;
    assert_eq!(solver.objective.unmet_requirements.reachability, 0, "{solver:?}");
    assert_eq!(solver.status, Status::Optimal, "{solver:?}");
    assert!(verify(&inventory(cluster), plan).is_ok());
}

/// Four nodes whose ports carry all VLANs, those of host traffic, or all but that of cluster traffic; two switches without a link.
fn cluster_vlan_on_some_ports() -> Cluster {
    const HOST: &[u16] = &[10, 11, 30];
    const NO_CLUSTER: &[u16] = &[10, 30];
    let mut cluster = support::cluster("2019", 4);
    cluster.storage = StorageKind::Iscsi;
    support::two_tors(&mut cluster);
    cluster.links.clear();
    // Switch, model, VLANs.
    type Port = (usize, &'static str, Option<&'static [u16]>);
    let ports: [&[Port]; 4] = [
        &[(1, "M", Some(NO_CLUSTER)), (0, "M", Some(NO_CLUSTER)), (1, "I", None)],
        &[(1, "M", Some(HOST)), (0, "M", None), (1, "I", Some(NO_CLUSTER))],
        &[(0, "B", Some(HOST)), (0, "M", Some(HOST)), (1, "I", Some(NO_CLUSTER))],
        &[(0, "M", Some(NO_CLUSTER)), (1, "I", Some(HOST))],
    ];
    for (node, ports) in cluster.nodes.iter_mut().zip(ports) {
        for (index, (tor, model, vlans)) in ports.iter().enumerate() {
            let mut port = nic(&format!("NIC{}", index + 1), 1_000);
            port.tor = Some(*tor);
            port.model = (*model).to_owned();
            port.vlans = vlans.map(|vlans| vlans.iter().copied().collect());
            node.nics.push(port);
        }
    }
    cluster.networks.push(network("Cluster", 11, Role::Cluster));
    cluster
}

/// On an uplink of several roles one may be reached on its VLAN where another is not: giving the uplink up does not miss them all.
#[test]
fn roles_of_different_vlans_on_one_uplink_are_missed_one_by_one() {
    let cluster = cluster_vlan_on_some_ports();
    let plan = planned(&cluster, Some(Style::Converged));
    let solver = plan.clusters[0].solver.clone();
    let verified = verify(&inventory(cluster), plan);
    assert!(verified.is_ok(), "{solver:?}\n{:#?}", verified.err());
}
