//! Laws that hold for every cluster, tried on seeded random ones of small and middle size: what the answer may not depend
//! on (order of rows, names), what can only help (one more port, faster ports), and that a plan that was carried out stays.
//!
//! The laws are stated per style where two plans are compared: across styles the planner prefers dedicated ports to a
//! better number, so that one more port may rightly lead from a fuller plan of shared ports to a plainer dedicated one.
//! "No worse" is promised of plans that are proven: a plan with status `gap` says itself that a better one may exist.
#![cfg(feature = "solver")]

#[path = "support/dice.rs"]
mod dice;
mod support;

use dice::Dice;
use nicplan::assignment::{Options, plan};
use nicplan::checks;
use nicplan::inventory::{
    Cluster, Inventory, LoadOptions, Rdma, StorageKind, SwitchKind, VirtualSwitch, load, to_csv_tables,
};
use nicplan::plan::{ClusterPlan, Objective, Plan, Status, Style};
use nicplan::policy::{FailureKind, Strength};
use nicplan::roles::Role;
use std::path::PathBuf;
use support::{inventory, nic, two_tors, vm};

/// Seeds of every law.
fn seeds() -> Vec<u64> {
    (0..12).chain([18, 23]).chain(24..34).chain([47, 75, 85]).collect()
}

/// A random cluster of 2 to 6 nodes with 2 to 8 ports each and up to 40 VMs, without today's wiring.
fn random_cluster(seed: u64) -> Cluster {
    let mut dice = Dice(seed);
    let nodes = 2 + dice.roll(5) as usize;
    let profile = dice.pick(&["2008r2", "2012r2", "2016", "2022"]);
    let mut cluster = support::cluster(profile, nodes);
    two_tors(&mut cluster);
    if dice.chance(15) {
        cluster.links.clear();
    }
    cluster.storage = dice.pick(&[
        StorageKind::None,
        StorageKind::None,
        StorageKind::Iscsi,
        StorageKind::Smb,
    ]);
    hardware(&mut dice, &mut cluster);
    guests(&mut dice, &mut cluster);
    wanted(&mut dice, &mut cluster);
    cluster
}

fn hardware(dice: &mut Dice, cluster: &mut Cluster) {
    let same = dice.chance(60);
    let speeds = dice.pick(&[&[1_000, 1_000][..], &[1_000, 10_000], &[10_000, 25_000]]);
    for node in 0..cluster.nodes.len() {
        if same && node > 0 {
            cluster.nodes[node].nics = cluster.nodes[0].nics.clone();
            continue;
        }
        for index in 0..2 + dice.roll(7) {
            let mut port = nic(&format!("NIC{}", index + 1), dice.pick(speeds));
            port.card = format!("Slot {}", index / 2 + 1);
            port.tor = Some(dice.roll(2) as usize);
            if port.speed >= 10_000 && dice.chance(50) {
                port.rdma = Rdma::Roce;
            }
            cluster.nodes[node].nics.push(port);
        }
    }
}

fn guests(dice: &mut Dice, cluster: &mut Cluster) {
    let nodes = cluster.nodes.len();
    for index in 0..dice.roll(41) {
        let need = dice.pick(&[20, 20, 50, 100, 150, 300, 700]);
        let mut guest = vm(&format!("VM{index}"), dice.roll(nodes as u64) as usize, nodes, need);
        guest.memory_mib = dice.pick(&[2048, 4096, 16_384]);
        if dice.chance(10) {
            guest.vnics[0].zone = dice.pick(&["dmz", "lan"]).to_owned();
        }
        if dice.chance(2) {
            guest.vnics[0].dedicated = true;
        }
        if dice.chance(10) {
            guest.vnics[0].vlans.insert(dice.pick(&[10, 20]));
        }
        cluster.vms.push(guest);
    }
}

fn wanted(dice: &mut Dice, cluster: &mut Cluster) {
    let policy = &mut cluster.policy;
    policy.vendor_teaming = dice.chance(50);
    policy.target_permille = dice.pick(&[300, 800]);
    for role in [Role::Management, Role::Cluster, Role::LiveMigration, Role::Vm] {
        for kind in [FailureKind::Nic, FailureKind::Card, FailureKind::Tor] {
            if dice.chance(6) {
                policy.survive.push((role, kind));
            }
        }
    }
    if dice.chance(15) {
        policy.separate_zones = dice.pick(&[Strength::Wish, Strength::Required]);
    }
    if dice.chance(20) {
        policy.drain_goal_s = Some(dice.pick(&[60, 120, 600]));
    }
}

fn planned(cluster: &Cluster) -> ClusterPlan {
    let plan = plan(&inventory(cluster.clone()), &Options::default()).expect("no time limit is set");
    plan.clusters.into_iter().next().expect("one cluster was given")
}

/// Best objective of each style that has a plan.
fn by_style(plan: &ClusterPlan) -> Vec<(Style, &Objective)> {
    let rows = plan.styles.iter();
    rows.filter_map(|row| Some((row.style, row.objective.as_ref()?)))
        .collect()
}

/// The plan of one style, if the style has one.
fn planned_as(cluster: &Cluster, style: Style) -> Option<ClusterPlan> {
    let plan = plan(
        &inventory(cluster.clone()),
        &Options {
            style: Some(style),
            ..Options::default()
        },
    )
    .expect("no time limit is set");
    plan.clusters.into_iter().next().filter(|p| p.style == style)
}

/// Plans a cluster and a better one in every style and asserts that no proven plan of the better cluster is worse from level
/// 1 to 7; gives the pairs of objectives with a proven second one.
fn no_proven_style_is_worse(seed: u64, cluster: &Cluster, better: &Cluster) -> Vec<(Style, Objective, Objective)> {
    let mut pairs = Vec::new();
    for style in Style::ALL {
        let Some(old) = planned_as(cluster, style) else {
            continue;
        };
        let new = planned_as(better, style).unwrap_or_else(|| panic!("seed {seed}: {style} has no plan any more"));
        if new.solver.status != Status::Optimal {
            continue;
        }
        let (old, new) = (old.solver.objective, new.solver.objective);
        assert!(
            new.cmp_to(&old, 7).is_le(),
            "seed {seed}, {style}: level {:?} is worse\nbefore {old:?}\nafter  {new:?}",
            old.first_difference(&new)
        );
        pairs.push((style, old, new));
    }
    pairs
}

/// A folder that is removed when the test is done with it, failed or not.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("nicplan-properties-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder for temporary files can be made");
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Writes the cluster as an inventory folder, the rows of each table in an order made by the dice, and reads it back.
fn through_csv(name: &str, cluster: &Cluster, mut shuffle: Option<Dice>) -> Inventory {
    let folder = Folder::new(name);
    for (file, bytes) in to_csv_tables(std::slice::from_ref(cluster)) {
        let text = String::from_utf8(bytes).expect("tables are UTF-8");
        let mut lines: Vec<&str> = text.lines().collect();
        if let Some(dice) = &mut shuffle {
            dice.shuffle(&mut lines[1..]);
        }
        std::fs::write(folder.0.join(file), lines.join("\n") + "\n").expect("a table can be written");
    }
    load(std::slice::from_ref(&folder.0), &LoadOptions::default()).unwrap_or_else(|p| panic!("{name}: {p:?}"))
}

/// Gives the cluster some wiring of today that a folder can hold: roles of ports, switches, networks of vNICs.
fn wire_at_random(dice: &mut Dice, cluster: &mut Cluster) {
    for node in &mut cluster.nodes {
        let last = node.nics.len() - 1;
        node.nics[0].roles.insert(Role::Management);
        node.nics[last].switch = Some("Blue".to_owned());
        if last > 1 && dice.chance(50) {
            node.nics[1].roles.extend([Role::Cluster, Role::LiveMigration]);
        }
        node.switches.push(VirtualSwitch {
            facts: Default::default(),
            name: "Blue".to_owned(),
            kind: SwitchKind::External,
            nics: vec![node.nics[last].name.clone()],
            allow_management_os: Some(false),
            origin: Default::default(),
        });
    }
    for guest in cluster.vms.iter_mut().filter(|_| dice.chance(60)) {
        guest.vnics[0].switch = "Blue".to_owned();
    }
}

#[test]
fn the_order_of_the_rows_changes_no_byte_of_the_plan() {
    for seed in seeds() {
        let mut dice = Dice(seed ^ 0xA5A5);
        let mut cluster = random_cluster(seed);
        if dice.chance(50) {
            wire_at_random(&mut dice, &mut cluster);
        }
        let sorted = through_csv(&format!("sorted-{seed}"), &cluster, None);
        let shuffled = through_csv(&format!("shuffled-{seed}"), &cluster, Some(dice));
        let bytes = |inventory| {
            let plan: Plan = plan(inventory, &Options::default()).expect("no time limit is set");
            serde_json::to_string_pretty(&plan).expect("a plan is plain data")
        };
        assert_eq!(bytes(&sorted), bytes(&shuffled), "seed {seed}");
    }
}

#[test]
fn other_names_of_nodes_and_vms_in_the_same_order_change_no_level() {
    for seed in seeds() {
        let cluster = random_cluster(seed);
        let mut renamed = cluster.clone();
        for node in &mut renamed.nodes {
            node.name = node.name.replace("HV", "zürich-host-");
        }
        for guest in &mut renamed.vms {
            guest.name = guest.name.replace("VM", "a guest ");
        }
        let (old, new) = (planned(&cluster), planned(&renamed));
        assert_eq!(old.style, new.style, "seed {seed}");
        for ((style, old), (_, new)) in by_style(&old).into_iter().zip(by_style(&new)) {
            for level in 1..=10 {
                assert_eq!(
                    old.level(level),
                    new.level(level),
                    "seed {seed}, {style}, level {level}"
                );
            }
        }
    }
}

/// The old plan, with the new port idle, is still a plan and scores the same: the port has no RDMA, is no faster than the
/// node's others, and hangs on a card of its own. So no style can get worse, hybrid included (its designs only grow).
/// Level 5 would count as well, but without today's wiring it is 0 before and after.
#[test]
fn one_more_idle_port_on_every_node_makes_no_proven_plan_worse() {
    let mut compared = 0;
    for seed in seeds() {
        let cluster = random_cluster(seed);
        let mut wider = cluster.clone();
        for node in &mut wider.nodes {
            let mut spare = nic("Spare", node.nics[0].speed);
            spare.card = "Slot of the spare".to_owned();
            spare.tor = node.nics[0].tor;
            node.nics.push(spare);
        }
        compared += no_proven_style_is_worse(seed, &cluster, &wider).len();
    }
    assert!(compared >= seeds().len(), "only {compared} plans were proven");
}

/// Makes the plan today's wiring: roles and switch of each port, network of each vNIC.
fn carry_out(cluster: &Cluster, plan: &ClusterPlan) -> Cluster {
    let mut done = cluster.clone();
    for (node, decided) in done.nodes.iter_mut().zip(&plan.nodes) {
        for (uplink, ports) in plan.uplinks.iter().zip(&decided.uplinks) {
            for name in &ports.nics {
                let port = node.nic(name).expect("the plan names ports of the node");
                node.nics[port].roles = uplink.roles.iter().copied().collect();
                node.nics[port].switch = uplink.network.clone();
            }
        }
    }
    for decided in &plan.vnics {
        let guests = done.vms.iter_mut().filter(|v| v.name == decided.vm);
        for vnic in guests.flat_map(|v| &mut v.vnics).filter(|n| n.name == decided.vnic) {
            vnic.switch = decided.network.clone();
        }
    }
    done
}

#[test]
fn a_proven_plan_that_was_carried_out_is_planned_again_without_a_change() {
    let mut proven = 0;
    for seed in seeds() {
        let cluster = random_cluster(seed);
        let first = planned(&cluster);
        if first.solver.status != Status::Optimal {
            continue;
        }
        proven += 1;
        let again = planned(&carry_out(&cluster, &first));
        let context = format!(
            "seed {seed}\nfirst {:?} {:?}\nagain {:?} {:?}",
            first.style, first.solver, again.style, again.solver
        );
        assert_eq!(again.solver.objective.changes, 0, "{context}");
        assert_eq!(first.uplinks, again.uplinks, "{context}");
        let ports = |plan: &ClusterPlan| -> Vec<Vec<Vec<String>>> {
            let of_node = |n: &nicplan::plan::NodePlan| n.uplinks.iter().map(|u| u.nics.clone()).collect();
            plan.nodes.iter().map(of_node).collect()
        };
        assert_eq!(ports(&first), ports(&again), "{context}");
        let networks = |plan: &ClusterPlan| -> Vec<String> { plan.vnics.iter().map(|v| v.network.clone()).collect() };
        assert_eq!(networks(&first), networks(&again), "{context}");
    }
    assert!(proven * 2 >= seeds().len(), "only {proven} plans were proven");
}

#[test]
fn every_plan_of_every_style_verifies() {
    for seed in seeds() {
        let inventory = inventory(random_cluster(seed));
        for style in [None].into_iter().chain(Style::ALL.map(Some)) {
            let plan = plan(
                &inventory,
                &Options {
                    style,
                    ..Options::default()
                },
            )
            .expect("no time limit is set");
            if let Err(findings) = checks::verify(&inventory, plan) {
                panic!("seed {seed}, style {style:?}: {findings:#?}");
            }
        }
    }
}

/// With ports twice as fast every old plan is half as full and no slower to drain. What counts as heavy and which wishes come
/// first is tied to port speed, so both are held fast here: the question is the same, the ports are better. A better plan at
/// an earlier level may be fuller (it may now afford ports of its own for management), so utilisation is compared where the
/// levels before it are equal; there it must at least halve.
#[test]
fn ports_twice_as_fast_make_no_proven_plan_worse_and_halve_the_worst_utilisation() {
    let mut halved = 0;
    for seed in seeds() {
        let mut cluster = random_cluster(seed);
        cluster.policy.survival_first = Some(cluster.fast());
        let mut faster = cluster.clone();
        faster.policy.heavy_permille /= 2;
        for port in faster.nodes.iter_mut().flat_map(|n| &mut n.nics) {
            port.speed *= 2;
        }
        for link in &mut faster.links {
            link.speed *= 2;
        }
        for (style, old, new) in no_proven_style_is_worse(seed, &cluster, &faster) {
            if old.cmp_to(&new, 6).is_eq() {
                halved += 1;
                let half = old.worst_utilisation_permille.div_ceil(2);
                let now = new.worst_utilisation_permille;
                assert!(now <= half, "seed {seed}, {style}: {now} permille, half is {half}");
            }
        }
    }
    assert!(halved > 0, "no pair of plans was alike up to level 6");
}
