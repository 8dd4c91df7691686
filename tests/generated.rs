//! What `generate` makes is always a valid inventory, of every size and from every seed.

mod program;

use nicplan::generate::{Size, generate};
use nicplan::inventory::{self, Inventory, LoadOptions};
use nicplan::roles::Role;
use nicplan::{demand, reports};
use std::collections::BTreeSet;

fn load(size: Size) -> Inventory {
    let dir = program::place(&format!("generated-{}-{}-{}", size.nodes, size.vms, size.seed));
    let tables = generate(size).expect("the size is allowed");
    let files: Vec<(String, Vec<u8>)> = tables
        .iter()
        .map(|t| (t.file.to_owned(), t.to_csv().into_bytes()))
        .collect();
    reports::write_all(&dir, &files).expect("the build folder can be written");
    match inventory::load(&[dir], &LoadOptions::default()) {
        Ok(inventory) => inventory,
        Err(problems) => panic!(
            "{size:?}: {}",
            problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        ),
    }
}

#[test]
fn every_seed_and_size_gives_a_valid_inventory() {
    for nodes in [1, 2, 3, 4, 5, 8, 15, 16, 33] {
        for vms in [0, 1, nodes, nodes * 12, nodes * 60] {
            for seed in 0..6 {
                let inventory = load(Size { nodes, vms, seed });

                let cluster = &inventory.clusters[0];
                assert_eq!(inventory.clusters.len(), 1);
                assert_eq!((cluster.nodes.len(), cluster.vms.len()), (nodes, vms));
            }
        }
    }
}

#[test]
fn the_largest_cluster_has_everything_that_makes_planning_hard() {
    for seed in 1..4 {
        let inventory = load(Size {
            nodes: 64,
            vms: 8000,
            seed,
        });
        let cluster = &inventory.clusters[0];
        let vnics = || cluster.vms.iter().flat_map(|vm| &vm.vnics);

        let hardware: BTreeSet<&str> = cluster.nodes.iter().map(|n| n.hardware.as_str()).collect();
        let zones: BTreeSet<&str> = vnics().map(|v| v.zone.as_str()).collect();
        let vlans: BTreeSet<u16> = vnics().flat_map(|v| v.vlans.clone()).collect();
        assert_eq!(cluster.profile.name, "2022");
        assert!(cluster.nodes.iter().all(|n| n.nics.len() == 12 && n.wiring_known()));
        assert!(hardware.len() >= 3 && zones.len() >= 3 && vlans.len() >= 20);
        assert!(cluster.vms.iter().any(|vm| vm.owners.len() < 64));
        assert!(cluster.vms.iter().any(|vm| vm.nlb.is_some()));
        assert!(cluster.vms.iter().any(|vm| !vm.anti_affinity.is_empty()));

        let heavy = vnics()
            .filter(|v| demand::is_heavy(cluster, demand::vnic_need(cluster, v)))
            .count();
        assert!((200..600).contains(&heavy), "{heavy} heavy vNICs");
        assert_eq!(deviating_nodes(&inventory), 7, "ten percent of the nodes, rounded up");
    }
}

/// Nodes whose ports carry other roles or switches than most nodes of their hardware.
fn deviating_nodes(inventory: &Inventory) -> usize {
    let cluster = &inventory.clusters[0];
    let wiring = |node: usize| -> Vec<(BTreeSet<Role>, Option<String>)> {
        cluster.nodes[node]
            .nics
            .iter()
            .map(|n| (n.roles.clone(), n.switch.clone()))
            .collect()
    };
    let alike = |a: usize, b: usize| cluster.nodes[a].hardware == cluster.nodes[b].hardware;
    let is_usual = |node: usize| {
        let same = (0..cluster.nodes.len())
            .filter(|other| alike(node, *other) && wiring(node) == wiring(*other))
            .count();
        let siblings = (0..cluster.nodes.len()).filter(|other| alike(node, *other)).count();
        2 * same > siblings
    };
    (0..cluster.nodes.len()).filter(|node| !is_usual(*node)).count()
}

#[cfg(feature = "solver")]
#[test]
fn the_best_plan_of_a_large_cluster_is_neither_empty_nor_overfull_and_needs_two_networks() {
    let inventory = load(Size {
        nodes: 16,
        vms: 1000,
        seed: 1,
    });

    let plan =
        nicplan::assignment::plan(&inventory, &nicplan::assignment::Options::default()).expect("no time limit is set");

    let objective = &plan.clusters[0].solver.objective;
    assert!(objective.unmet_requirements.met());
    assert!(
        (400..=900).contains(&objective.worst_utilisation_permille),
        "{objective:?}"
    );
    assert!(objective.external_networks >= 2, "{objective:?}");
    assert!(
        objective.changes > 0,
        "nodes with deviating wiring must be worth a change: {objective:?}"
    );
}
