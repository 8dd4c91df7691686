//! The steps of a deployment, tried on the facts: they lead to what the plan says, they never cut management or the last storage path
//! between two steps, and undoing them leads back to today.

#![cfg(feature = "solver")]

#[path = "support/dice.rs"]
mod dice;
mod program;
mod support;

use dice::Dice;
use nicplan::applied::{self, today};
use nicplan::assignment::{Options, plan};
use nicplan::checks;
use nicplan::deploy::steps::{Change, Step};
use nicplan::deploy::{ClusterWork, NodeWork, effects, work};
use nicplan::generate::{Size, generate};
use nicplan::inventory::{
    Cluster, ClusterNetwork, Inventory, LoadOptions, NetworkState, Node, Origin, Rdma, StorageKind, load, to_csv_tables,
};
use nicplan::plan::{Plan, Style};
use nicplan::profiles::Transport;
use nicplan::roles::Role;
use program::project;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// Every adapter of every node that carries a role gets an address of its own, so that each can be followed.
fn number(cluster: &mut Cluster) {
    for (index, node) in cluster.nodes.iter_mut().enumerate() {
        let carriers = today::carriers(node);
        for (place, found) in carriers.iter().enumerate() {
            let address = vec![format!("10.{}.{index}.{}/24", place + 1, index + 11)];
            match &found.carrier {
                applied::Carrier::Nic(nic) => node.nics[*nic].addresses = address,
                applied::Carrier::Team(_, ports) => {
                    for port in ports {
                        node.nics[*port].addresses.clear();
                    }
                    node.nics[ports[0]].addresses = address;
                }
                applied::Carrier::HostVnic { name, .. } => {
                    for vnic in node.host_vnics.iter_mut().filter(|v| v.name == *name) {
                        vnic.addresses.clone_from(&address);
                    }
                }
            }
        }
    }
}

/// Addresses of a role on a node.
fn addresses(node: &Node, role: Role) -> BTreeSet<String> {
    let carriers = today::carriers(node).into_iter();
    carriers
        .filter(|c| c.roles.contains(&role))
        .flat_map(|c| c.addresses)
        .collect()
}

/// Addresses that answer: their adapter is not under a switch, and a port behind it has a link.
fn alive(node: &Node) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = BTreeSet::new();
    for nic in node.nics.iter().filter(|n| n.switch.is_none()) {
        let up = if nic.team.is_empty() {
            nic.up
        } else {
            node.nics.iter().any(|n| n.team == nic.team && n.up)
        };
        found.extend(nic.addresses.iter().filter(|_| up).cloned());
    }
    for vnic in &node.host_vnics {
        let up = node
            .nics
            .iter()
            .any(|n| n.switch.as_deref() == Some(&vnic.switch) && n.up);
        found.extend(vnic.addresses.iter().filter(|_| up).cloned());
    }
    found
}

/// The tables of a cluster, without the roles of ports under a switch: these follow from the switch and its host vNICs.
fn facts(cluster: &Cluster) -> Vec<(String, String)> {
    let mut bare = cluster.clone();
    for node in &mut bare.nodes {
        for nic in node.nics.iter_mut().filter(|n| n.switch.is_some()) {
            nic.roles.clear();
        }
        for switch in &mut node.switches {
            let host = node.host_vnics.iter().any(|v| v.switch == switch.name);
            switch.nics.sort();
            switch.allow_management_os = Some(host);
        }
    }
    let tables = to_csv_tables(std::slice::from_ref(&bare)).into_iter();
    tables
        .map(|(file, bytes)| (file, String::from_utf8_lossy(&bytes).into_owned()))
        .collect()
}

fn told(work: &ClusterWork) -> String {
    let node = |n: &NodeWork| {
        let steps = n
            .steps
            .iter()
            .map(|s| format!("  {}{} {:?}", s.number, if s.takeover { "!" } else { "" }, s.title));
        format!("{}\n{}", n.today.name, steps.collect::<Vec<_>>().join("\n"))
    };
    work.nodes.first().map(node).unwrap_or_default()
}

fn same(name: &str, what: &str, found: &Cluster, expected: &Cluster) {
    for ((file, found), (_, expected)) in facts(found).iter().zip(facts(expected)) {
        for (line, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
            assert_eq!(found, expected, "{what}: {file} line {} of {name}", line + 1);
        }
        assert_eq!(
            found.lines().count(),
            expected.lines().count(),
            "{name}: {what}: {file}"
        );
    }
}

/// Does the steps of a node one after the other and asks after each whether it can still be reached.
fn replay(name: &str, node: &NodeWork) -> Node {
    let mut state = node.today.clone();
    let guarded = [Role::Management, Role::Storage].map(|role| (role, addresses(&state, role)));
    for step in &node.steps {
        for change in &step.changes {
            effects::on_node(change, &mut state);
        }
        let alive = alive(&state);
        for (role, own) in guarded.iter().filter(|(_, own)| !own.is_empty()) {
            assert!(
                own.iter().any(|address| alive.contains(address)),
                "{name}: {}: step {} ({}) cuts {role}",
                node.today.name,
                step.number,
                step.title
            );
        }
    }
    state
}

fn undo(steps: &[Step], mut apply: impl FnMut(&Change)) {
    for step in steps.iter().rev() {
        step.undo().iter().for_each(&mut apply);
    }
}

/// Steps lead to the plan's facts and back.
fn there_and_back(name: &str, work: &ClusterWork) {
    let mut cluster = work.today.clone();
    let apply = |steps: &[Step], cluster: &mut Cluster| {
        for change in steps.iter().flat_map(|s| &s.changes) {
            effects::on_cluster(change, cluster);
        }
    };
    apply(&work.before, &mut cluster);
    for (position, node) in work.nodes.iter().enumerate() {
        cluster.nodes[position] = replay(name, node);
    }
    apply(&work.last, &mut cluster);
    cluster.transport = work.after.transport;
    let name = &format!("{name}: {}", told(work));
    same(name, "afterwards", &cluster, &work.after);

    undo(&work.last, |change| effects::on_cluster(change, &mut cluster));
    for (position, node) in work.nodes.iter().enumerate() {
        undo(&node.steps, |change| {
            effects::on_node(change, &mut cluster.nodes[position])
        });
    }
    undo(&work.before, |change| effects::on_cluster(change, &mut cluster));
    cluster.transport = work.today.transport;
    same(name, "rolled back", &cluster, &work.today);
}

fn of(inventory: &Inventory, plan: Plan) -> Vec<ClusterWork> {
    let verified = checks::verify(inventory, plan).unwrap_or_else(|f| panic!("{f:#?}"));
    work(inventory, &verified).unwrap_or_else(|refused| panic!("{refused:#?}"))
}

fn wired_anew(inventory: &mut Inventory) {
    inventory.clusters.iter_mut().for_each(number);
}

#[test]
fn the_steps_of_every_sample_lead_to_its_plan_and_back() {
    let mut steps = 0;
    for report in program::entries(&project().join("reports")) {
        let name = report.file_name().expect("a name").to_string_lossy().into_owned();
        let Ok(text) = fs::read_to_string(report.join("plan.json")) else {
            continue;
        };
        let plan: Plan = serde_json::from_str(&text).expect("a committed plan can be read");
        let mut inventory = load(&[project().join("samples").join(&name)], &LoadOptions::default()).expect("sound");
        wired_anew(&mut inventory);
        for work in of(&inventory, plan) {
            steps += work.steps();
            if !work.by_intents {
                there_and_back(&name, &work);
            }
        }
    }
    assert!(steps > 100, "{steps}");
}

#[test]
fn the_steps_of_generated_inventories_lead_to_their_plans_and_back() {
    for (nodes, vms, seed) in [(2, 10, 1), (3, 40, 2), (5, 60, 3), (8, 90, 4), (4, 30, 7), (6, 50, 11)] {
        let dir = program::place(&format!("deploy-generated-{nodes}-{vms}-{seed}"));
        let tables = generate(Size { nodes, vms, seed }).expect("the size is allowed");
        let files: Vec<(String, Vec<u8>)> = tables
            .iter()
            .map(|t| (t.file.to_owned(), t.to_csv().into_bytes()))
            .collect();
        nicplan::reports::write_all(&dir, &files).expect("the build folder can be written");
        let mut inventory = load(&[dir], &LoadOptions::default()).expect("generated inventories are valid");
        wired_anew(&mut inventory);
        for style in [None, Some(Style::Converged), Some(Style::Teamed)] {
            let Some(planned) = plan(&inventory, &Options { style, deadline: None }) else {
                continue;
            };
            let verified = checks::verify(&inventory, planned).expect("our own plan holds");
            // A style that cannot meet reachability is refused with its reason.
            if let Ok(all) = work(&inventory, &verified) {
                for work in all {
                    there_and_back(&format!("seed {seed} {style:?}"), &work);
                }
            }
        }
    }
}

fn network(number: u8, role: Role) -> ClusterNetwork {
    ClusterNetwork {
        facts: Default::default(),
        name: role.info().title.to_owned(),
        subnet: format!("10.{number}.0.0/24"),
        vlan: Some(u16::from(number)),
        cluster_use: None,
        metric: None,
        purpose: Some(role),
        state: NetworkState::Up,
        origin: Origin::default(),
    }
}

/// A cluster without wiring: ports of one speed, storage and profile by the dice.
fn bare(profile: &str, seed: u64) -> Cluster {
    let mut dice = Dice(seed);
    let nodes = 2 + dice.roll(3) as usize;
    let mut cluster = support::cluster(profile, nodes);
    support::ports(
        &mut cluster,
        2 + dice.roll(7) as usize,
        dice.pick(&[1_000, 10_000, 25_000]),
    );
    cluster.storage = dice.pick(&[
        StorageKind::None,
        StorageKind::Iscsi,
        StorageKind::Smb,
        StorageKind::S2d,
    ]);
    if profile == "2008r2" && cluster.storage.is_smb() {
        cluster.storage = StorageKind::Iscsi;
    }
    if dice.chance(50) {
        for nic in cluster.nodes.iter_mut().flat_map(|n| &mut n.nics) {
            nic.rdma = Rdma::Roce;
        }
        cluster.transport = (profile != "2008r2" && profile != "2012").then_some(Transport::Smb);
    }
    let networks = [Role::Management, Role::Cluster, Role::LiveMigration, Role::Storage];
    cluster.networks = networks
        .iter()
        .zip(1..)
        .map(|(role, number)| network(number, *role))
        .collect();
    for index in 0..6 {
        cluster.vms.push(support::vm(
            &format!("VM{index}"),
            index % nodes,
            nodes,
            50 + dice.roll(300),
        ));
    }
    cluster
}

/// Today is what one style makes of the cluster, tomorrow what another does: every way from style to style.
#[test]
fn the_steps_from_any_style_to_any_other_lead_there_and_back() {
    let mut ways: BTreeMap<(Style, Style), usize> = BTreeMap::new();
    let mut takeovers = 0;
    for profile in ["2012", "2012r2", "2016", "2019", "2022", "2025", "2008r2"] {
        for seed in 0..6 {
            let cluster = bare(profile, seed * 31 + 7);
            let styles: Vec<(Style, Plan)> = Style::ALL
                .into_iter()
                .filter_map(|style| {
                    let options = Options {
                        style: Some(style),
                        deadline: None,
                    };
                    let planned = plan(&support::inventory(cluster.clone()), &options)?;
                    let reaches = |s: &nicplan::plan::Shortfall| !s.requirement.starts_with("reach:");
                    let fine =
                        planned.clusters[0].style == style && planned.clusters[0].solver.shortfall.iter().all(reaches);
                    fine.then_some((style, planned))
                })
                .collect();
            for (from, before) in &styles {
                let mut today = applied::cluster(&cluster, &before.clusters[0]);
                number(&mut today);
                let inventory = support::inventory(today);
                for (to, _) in styles.iter().filter(|(to, _)| to != from) {
                    let options = Options {
                        style: Some(*to),
                        deadline: None,
                    };
                    let Some(planned) = plan(&inventory, &options) else {
                        continue;
                    };
                    let verified = checks::verify(&inventory, planned).expect("our own plan holds");
                    let Ok(all) = work(&inventory, &verified) else { continue };
                    for work in &all {
                        takeovers += usize::from(work.nodes.iter().any(NodeWork::takes_over));
                        there_and_back(&format!("{profile} seed {seed}: {from} to {to}"), work);
                    }
                    *ways.entry((*from, *to)).or_default() += 1;
                }
            }
        }
    }
    assert!(ways.len() >= 10, "{ways:?}");
    assert!(takeovers > 0, "some cluster has no port to spare for management");
}

/// A plan that is carried out needs no more step of the wiring: everything is already so.
#[test]
fn a_plan_that_is_carried_out_needs_no_wiring_step() {
    for profile in ["2012r2", "2016", "2022"] {
        for seed in 0..4 {
            let cluster = bare(profile, seed * 17 + 3);
            let planned = plan(
                &support::inventory(cluster.clone()),
                &Options {
                    style: None,
                    deadline: None,
                },
            )
            .expect("a plan");
            let today = support::inventory(applied::cluster(&cluster, &planned.clusters[0]));
            let again = plan(
                &today,
                &Options {
                    style: None,
                    deadline: None,
                },
            )
            .expect("a plan");
            for work in of(&today, again) {
                for node in &work.nodes {
                    let wiring: Vec<&str> = node
                        .steps
                        .iter()
                        .filter(|s| s.phase == nicplan::deploy::steps::Phase::Wiring)
                        .map(|s| s.title.as_str())
                        .collect();
                    assert!(wiring.is_empty(), "{profile} {seed}: {wiring:?}");
                    assert!(node.already > 0);
                }
            }
        }
    }
}
