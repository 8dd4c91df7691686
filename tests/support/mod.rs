//! Builders for small clusters: every field has the default that an inventory gives.
#![allow(dead_code)]

pub mod wired;

use nicplan::inventory::{
    Cluster, InterSwitchLink, Inventory, Nic, Node, Origin, Rdma, StorageKind, Tor, Vm, VmPriority, VmState, Vnic,
};
use nicplan::policy::Policy;
use nicplan::profiles;
use std::collections::{BTreeMap, BTreeSet};

/// A cluster of `nodes` equal nodes named HV1…, without NICs.
pub fn cluster(profile: &str, nodes: usize) -> Cluster {
    Cluster {
        facts: Default::default(),
        name: "CL1".to_owned(),
        origin: Origin::default(),
        profile: profiles::find(profile).expect("profile name is right"),
        storage: StorageKind::None,
        transport: None,
        concurrency: None,
        migration: Default::default(),
        anti_affinity_enforced: None,
        policy: Policy::default(),
        nodes: (1..=nodes).map(|n| node(&format!("HV{n}"))).collect(),
        tors: Vec::new(),
        links: Vec::new(),
        networks: Vec::new(),
        demands: Vec::new(),
        vms: Vec::new(),
    }
}

/// A node without NICs.
pub fn node(name: &str) -> Node {
    Node {
        facts: Default::default(),
        name: name.to_owned(),
        origin: Origin::default(),
        management_ip: String::new(),
        memory_mib: Some(262_144),
        hardware: String::new(),
        mac_pool: None,
        migration: Default::default(),
        nics: Vec::new(),
        switches: Vec::new(),
        host_vnics: Vec::new(),
    }
}

/// A NIC on a card of its own.
pub fn nic(name: &str, speed: u64) -> Nic {
    Nic {
        facts: Default::default(),
        name: name.to_owned(),
        origin: Origin::default(),
        speed,
        card: String::new(),
        tor: None,
        tor_port: String::new(),
        direct_to: None,
        rdma: Rdma::No,
        sriov: None,
        vmq: None,
        vlans: None,
        model: String::new(),
        mac: None,
        up: true,
        roles: BTreeSet::new(),
        switch: None,
        team: String::new(),
        addresses: Vec::new(),
    }
}

/// Gives every node `count` ports of one speed, `NIC1`…, on cards of two ports, ports alternating over two linked ToRs.
pub fn ports(cluster: &mut Cluster, count: usize, speed: u64) {
    two_tors(cluster);
    for node in &mut cluster.nodes {
        for _ in 0..count {
            let index = node.nics.len();
            let mut port = nic(&format!("NIC{}", index + 1), speed);
            port.card = format!("Slot {}", index / 2 + 1);
            port.tor = Some((index + index / 2) % 2);
            node.nics.push(port);
        }
    }
}

/// Two ToRs with a link between them.
pub fn two_tors(cluster: &mut Cluster) {
    if cluster.tors.is_empty() {
        for name in ["TOR-A", "TOR-B"] {
            cluster.tors.push(Tor {
                name: name.to_owned(),
                origin: Origin::default(),
            });
        }
        cluster.links.push(InterSwitchLink {
            ends: (0, 1),
            speed: 40_000,
            vlans: None,
            origin: Origin::default(),
        });
    }
}

/// A running VM with one vNIC.
pub fn vm(name: &str, host: usize, nodes: usize, need: u64) -> Vm {
    Vm {
        facts: Default::default(),
        name: name.to_owned(),
        origin: Origin::default(),
        host: Some(host),
        memory_mib: 4096,
        maximum_memory_mib: None,
        dirty_mib_s: None,
        working_set_mib: None,
        state: VmState::Running,
        generation: 2,
        priority: VmPriority::Medium,
        owners: (0..nodes).collect(),
        anti_affinity: String::new(),
        os: String::new(),
        nlb: None,
        pxe: false,
        replica: false,
        mac_bound: String::new(),
        spoofing_reason: String::new(),
        vnics: vec![vnic(need)],
    }
}

/// A vNIC that needs `need` Mbit/s.
pub fn vnic(need: u64) -> Vnic {
    Vnic {
        facts: Default::default(),
        name: "Network Adapter".to_owned(),
        origin: Origin::default(),
        legacy: false,
        switch: String::new(),
        isolated: false,
        vlans: BTreeSet::new(),
        mac: None,
        dynamic_mac: true,
        spoofing: false,
        average: None,
        p95: Some(need),
        peak: None,
        weight: None,
        zone: String::new(),
        dedicated: false,
    }
}

/// An inventory of one cluster.
pub fn inventory(cluster: Cluster) -> Inventory {
    Inventory {
        sha256: "0".repeat(64),
        clusters: vec![cluster],
        ..Inventory::default()
    }
}

/// Roles (VM networks by name) of each NIC of a node in a plan, NIC by NIC; idle NICs are left out.
pub fn layout(plan: &nicplan::plan::ClusterPlan, node: usize) -> BTreeMap<String, Vec<String>> {
    let mut layout = BTreeMap::new();
    for uplink in &plan.nodes[node].uplinks {
        layout.insert(uplink.uplink.clone(), uplink.nics.clone());
    }
    layout
}

/// A plan of decisions alone, claims left empty.
pub fn bare_plan(
    cluster: &Cluster,
    style: nicplan::plan::Style,
    uplinks: &[nicplan::plan::Uplink],
    nodes: &[nicplan::plan::NodePlan],
    vnics: &[nicplan::plan::VnicPlan],
) -> nicplan::plan::ClusterPlan {
    nicplan::plan::ClusterPlan {
        cluster: cluster.name.clone(),
        profile: cluster.profile.name.to_owned(),
        growth_percent: Some(cluster.policy.growth_percent),
        style,
        solver: nicplan::plan::Solver {
            status: nicplan::plan::Status::Gap,
            objective: nicplan::plan::Objective::default(),
            bound: 0,
            gap: 0,
            unproven_level: String::new(),
            shortfall: Vec::new(),
            limited_by: String::new(),
        },
        uplinks: uplinks.to_vec(),
        nodes: nodes.to_vec(),
        vnics: vnics.to_vec(),
        mac_pools: Vec::new(),
        static_macs: Vec::new(),
        styles: Vec::new(),
        reasons: Vec::new(),
        conflict: None,
    }
}
