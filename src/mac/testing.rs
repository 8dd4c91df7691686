//! Small clusters for the tests of this folder.

use crate::inventory::{
    Cluster, HostVnic, Inventory, Nic, Node, Origin, Rdma, StorageKind, Vm, VmPriority, VmState, Vnic,
};
use crate::mac::HYPER_V_PREFIX;
use crate::policy::Policy;
use crate::units::{Mac, MacRange};
use std::collections::BTreeSet;

/// The 256 addresses of a block under `00-15-5D`: `0x010B` is `00-15-5D-01-0B-00` to `FF`.
pub fn pool(block: u64) -> MacRange {
    let min = HYPER_V_PREFIX | block << 8;
    MacRange {
        min: Mac(min),
        max: Mac(min | 0xFF),
    }
}

/// An inventory of these clusters.
pub fn inventory(clusters: Vec<Cluster>) -> Inventory {
    Inventory {
        clusters,
        ..Inventory::default()
    }
}

/// A cluster of nodes HV1, HV2 … with one NIC each and nothing else known.
pub fn cluster(name: &str, nodes: usize) -> Cluster {
    Cluster {
        facts: Default::default(),
        name: name.into(),
        origin: Origin::default(),
        profile: crate::profiles::find("2019").expect("a profile"),
        storage: StorageKind::None,
        transport: None,
        concurrency: None,
        migration: Default::default(),
        anti_affinity_enforced: None,
        policy: Policy::default(),
        nodes: (1..=nodes).map(node).collect(),
        tors: Vec::new(),
        links: Vec::new(),
        networks: Vec::new(),
        demands: Vec::new(),
        vms: Vec::new(),
    }
}

fn node(number: usize) -> Node {
    Node {
        facts: Default::default(),
        name: format!("HV{number}"),
        origin: Origin::default(),
        management_ip: String::new(),
        memory_mib: None,
        hardware: String::new(),
        mac_pool: None,
        migration: Default::default(),
        nics: vec![nic()],
        switches: Vec::new(),
        host_vnics: Vec::new(),
    }
}

fn nic() -> Nic {
    Nic {
        facts: Default::default(),
        name: "SLOT1".into(),
        origin: Origin::default(),
        speed: 10_000,
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

/// A host vNIC on a switch.
pub fn host_vnic(name: &str, switch: &str) -> HostVnic {
    HostVnic {
        facts: Default::default(),
        name: name.into(),
        switch: switch.into(),
        role: None,
        vlan: None,
        weight: None,
        mac: None,
        addresses: Vec::new(),
        rdma: None,
        origin: Origin::default(),
    }
}

/// A running VM with this many dynamic vNICs.
pub fn vm(name: &str, host: Option<usize>, owners: &[usize], vnics: usize) -> Vm {
    Vm {
        facts: Default::default(),
        name: name.into(),
        origin: Origin::default(),
        host,
        memory_mib: 4096,
        maximum_memory_mib: None,
        dirty_mib_s: None,
        working_set_mib: None,
        state: VmState::Running,
        generation: 2,
        priority: VmPriority::Medium,
        owners: owners.to_vec(),
        anti_affinity: String::new(),
        os: String::new(),
        nlb: None,
        pxe: false,
        replica: false,
        mac_bound: String::new(),
        spoofing_reason: String::new(),
        vnics: (1..=vnics).map(vnic).collect(),
    }
}

fn vnic(number: usize) -> Vnic {
    Vnic {
        facts: Default::default(),
        name: format!("Network Adapter {number}"),
        origin: Origin::default(),
        legacy: false,
        switch: "External-1".into(),
        isolated: false,
        vlans: BTreeSet::new(),
        mac: None,
        dynamic_mac: true,
        spoofing: false,
        average: None,
        p95: None,
        peak: None,
        weight: None,
        zone: String::new(),
        dedicated: false,
    }
}
