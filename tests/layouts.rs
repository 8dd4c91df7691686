//! The plans are what an expert would draw: one test per published layout, exact match.
#![cfg(feature = "solver")]

mod support;

use nicplan::assignment::{Options, plan};
use nicplan::inventory::{Cluster, Rdma, StorageKind};
use nicplan::plan::{ClusterPlan, Mechanism, Status, Style};
use nicplan::profiles::TeamKind;
use nicplan::roles::Role;
use support::{cluster, inventory, layout, nic, ports};

fn planned(cluster: Cluster, style: Option<Style>) -> ClusterPlan {
    let options = Options {
        style,
        ..Options::default()
    };
    let plan = plan(&inventory(cluster), &options).expect("no time limit is set");
    plan.clusters.into_iter().next().expect("one cluster was given")
}

/// Uplink names with their number of NICs on the first node.
fn shape(plan: &ClusterPlan) -> Vec<(String, usize)> {
    layout(plan, 0)
        .into_iter()
        .map(|(name, nics)| (name, nics.len()))
        .collect()
}

fn one_gbe(count: usize, style: Style) -> Vec<(String, usize)> {
    let mut cluster = cluster("2012r2", 4);
    ports(&mut cluster, count, 1000);
    let plan = planned(cluster, Some(style));
    assert_eq!(plan.solver.status, Status::Optimal);
    shape(&plan)
}

fn expect(rows: &[(&str, usize)]) -> Vec<(String, usize)> {
    rows.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

#[test]
fn two_ports_management_with_vms_and_the_private_traffic_together() {
    let got = one_gbe(2, Style::Hybrid);
    assert_eq!(
        got,
        expect(&[("cluster+live-migration", 1), ("management+vm:External-1", 1)])
    );
}

#[test]
fn three_ports_management_vms_and_the_private_traffic() {
    let got = one_gbe(3, Style::Hybrid);
    assert_eq!(
        got,
        expect(&[("cluster+live-migration", 1), ("management", 1), ("vm:External-1", 1)])
    );
}

#[test]
fn four_ports_the_first_clean_layout() {
    let got = one_gbe(4, Style::Dedicated);
    assert_eq!(
        got,
        expect(&[
            ("cluster", 1),
            ("live-migration", 1),
            ("management", 1),
            ("vm:External-1", 1)
        ])
    );
}

#[test]
fn five_ports_a_second_vm_port() {
    let got = one_gbe(5, Style::Teamed);
    assert_eq!(
        got,
        expect(&[
            ("cluster", 1),
            ("live-migration", 1),
            ("management", 1),
            ("vm:External-1", 2)
        ])
    );
}

#[test]
fn six_ports_a_vm_pair_and_a_management_pair() {
    let got = one_gbe(6, Style::Teamed);
    assert_eq!(
        got,
        expect(&[
            ("cluster", 1),
            ("live-migration", 1),
            ("management", 2),
            ("vm:External-1", 2)
        ])
    );
}

#[test]
fn eight_ports_pairs_for_everything() {
    let got = one_gbe(8, Style::Teamed);
    assert_eq!(
        got,
        expect(&[
            ("cluster", 2),
            ("live-migration", 2),
            ("management", 2),
            ("vm:External-1", 2)
        ])
    );
}

#[test]
fn iscsi_ports_come_on_top_as_an_mpio_pair() {
    for count in [4, 6] {
        let mut cluster = cluster("2012r2", 4);
        cluster.storage = StorageKind::Iscsi;
        ports(&mut cluster, count + 2, 1000);
        let plan = planned(cluster, Some(if count == 4 { Style::Dedicated } else { Style::Teamed }));
        let pair = if count == 4 { 1 } else { 2 };
        let want = [
            ("cluster", 1),
            ("live-migration", 1),
            ("management", pair),
            ("storage", 2),
            ("vm:External-1", pair),
        ];
        assert_eq!(shape(&plan), expect(&want), "{count} + 2 ports");
        let storage = plan.nodes[0]
            .uplinks
            .iter()
            .find(|u| u.uplink == "storage")
            .expect("storage is planned");
        assert_eq!(storage.mechanism, Mechanism::Mpio);
    }
}

/// An Azure Local cluster with `plain` ports without RDMA and `fast` ports with it.
fn azure_local(nodes: usize, plain: usize, fast: usize) -> Cluster {
    let mut cluster = cluster("azurelocal", nodes);
    cluster.storage = StorageKind::S2d;
    ports(&mut cluster, plain + fast, 25_000);
    for node in &mut cluster.nodes {
        for port in node.nics.iter_mut().skip(plain) {
            port.rdma = Rdma::Roce;
        }
    }
    cluster
}

/// Adds `links` direct cables between every two nodes.
fn switchless(cluster: &mut Cluster, links: usize) {
    for a in 0..cluster.nodes.len() {
        for b in a + 1..cluster.nodes.len() {
            for link in 1..=links {
                let name = |to: usize| format!("SMB to HV{} link {link}", to + 1);
                let (near, far) = (name(b), name(a));
                for (from, to, own, other) in [(a, b, &near, &far), (b, a, &far, &near)] {
                    let mut port = nic(own, 25_000);
                    port.rdma = Rdma::Roce;
                    port.card = format!("RDMA {link}");
                    port.direct_to = Some((to, other.clone()));
                    cluster.nodes[from].nics.push(port);
                }
            }
        }
    }
    for node in &mut cluster.nodes {
        node.nics.sort_by(|a, b| nicplan::units::natural_cmp(&a.name, &b.name));
    }
}

#[test]
fn azure_local_single_node_has_one_intent() {
    let plan = planned(azure_local(1, 0, 2), Some(Style::Converged));
    assert_eq!(shape(&plan), expect(&[("management+storage+vm:External-1", 2)]));
}

#[test]
fn azure_local_fully_converged_puts_everything_on_one_set_with_the_published_shares() {
    let plan = planned(azure_local(4, 0, 2), None);
    assert_eq!(
        shape(&plan),
        expect(&[("management+cluster+live-migration+storage+vm:External-1", 2)])
    );
    let share = |role| {
        plan.nodes[0].uplinks[0]
            .shares
            .iter()
            .find(|s| s.role == role)
            .map(|s| s.permille)
    };
    assert_eq!(
        [share(Role::Storage), share(Role::LiveMigration), share(Role::Cluster)],
        [Some(350), Some(145), Some(5)]
    );
    assert_eq!(plan.nodes[0].uplinks[0].team, Some(TeamKind::Set));
}

#[test]
fn azure_local_disaggregated_splits_into_compute_and_storage_intents() {
    let plan = planned(azure_local(4, 2, 2), Some(Style::Hybrid));
    assert_eq!(
        shape(&plan),
        expect(&[("cluster+live-migration+storage", 2), ("management+vm:External-1", 2)])
    );
    assert_eq!(layout(&plan, 0)["cluster+live-migration+storage"], ["NIC3", "NIC4"]);
}

#[test]
fn azure_local_switchless_uses_every_cable_for_storage() {
    for (nodes, links) in [(2, 1), (3, 1), (2, 2), (3, 2)] {
        let mut cluster = azure_local(nodes, 2, 0);
        switchless(&mut cluster, links);
        let plan = planned(cluster, Some(Style::Hybrid));
        let cables = links * (nodes - 1);
        let want = [
            ("cluster+live-migration+storage", cables),
            ("management+vm:External-1", 2),
        ];
        assert_eq!(shape(&plan), expect(&want), "{nodes} nodes, {links} links");
    }
}
