//! The recount against numbers worked out by hand, one file per part of the contract.

mod capacity;
mod drains;
mod node_loss;
mod reach;
mod requirements;
mod size;
mod survival;
mod wishes;

use super::*;
use crate::checks::plan::testing::plan;
use crate::inventory::Cluster;
use crate::inventory::testing::{cluster, nic, vm, vnic};
use crate::plan::Style;
use crate::policy::FailureKind;

/// Nodes with `ports` NICs of 1 GbE, P1, P2 … in turn on ToRs A and B, without a link between the two.
fn facts(nodes: usize, ports: usize) -> Cluster {
    let mut cluster = cluster(nodes, 2);
    for node in &mut cluster.nodes {
        node.nics = (1..=ports)
            .map(|n| nic(&format!("P{n}"), 1_000, Some((n + 1) % 2)))
            .collect();
    }
    cluster
}

/// Adds a running VM with one vNIC.
fn add_vm(cluster: &mut Cluster, name: &str, host: usize, memory: u64, need: u64) {
    let owners: Vec<usize> = (0..cluster.nodes.len()).collect();
    let mut guest = vm(name, host, memory, &owners);
    guest.vnics = vec![vnic("N", need)];
    cluster.vms.push(guest);
}

/// Recounts a design with the same NICs on every node.
fn counted(cluster: &Cluster, design: &str) -> Recount {
    recount(cluster, &plan(cluster, Style::Hybrid, design))
}

/// Requirement and subject of every unmet requirement.
fn unmet(recount: &Recount) -> Vec<(&str, &str)> {
    recount
        .shortfall
        .iter()
        .map(|s| (s.requirement.as_str(), s.subject.as_str()))
        .collect()
}

fn row<'a>(recount: &'a Recount, failed: &str, node: usize, role: crate::roles::Role) -> &'a FailureRow {
    let found = recount
        .failures
        .iter()
        .find(|f| f.failed == failed && f.node == node && f.role == role);
    found.unwrap_or_else(|| panic!("no row for {failed}, {node}, {role}: {:#?}", recount.failures))
}

fn wish(recount: &Recount, wanted: &crate::policy::Wish) -> u64 {
    recount
        .wishes
        .iter()
        .find(|(wish, _)| wish == wanted)
        .map_or_else(|| panic!("no wish {wanted}"), |(_, count)| *count)
}

fn role_row(recount: &Recount, node: usize, role: crate::roles::Role) -> &RoleCapacity {
    recount
        .roles
        .iter()
        .find(|r| r.node == node && r.role == role)
        .expect("the role is planned")
}

fn uplink(recount: &Recount, node: usize, uplink: usize) -> &UplinkLoad {
    recount
        .uplinks
        .iter()
        .find(|u| u.node == node && u.uplink == uplink)
        .expect("the uplink is planned")
}
