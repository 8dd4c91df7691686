//! Small clusters for the tests of this folder.

use crate::inventory::{Cluster, HostVnic, Inventory, Origin, Vm, Vnic, testing};
use crate::mac::HYPER_V_PREFIX;
use crate::units::{Mac, MacRange};

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
    let mut cluster = testing::cluster(nodes, 0);
    name.clone_into(&mut cluster.name);
    for node in &mut cluster.nodes {
        node.nics.push(testing::nic("SLOT1", 10_000, None));
    }
    cluster
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
    let mut vm = testing::vm(name, 0, 4096, owners);
    vm.host = host;
    vm.vnics = (1..=vnics).map(vnic).collect();
    vm
}

fn vnic(number: usize) -> Vnic {
    let mut vnic = testing::vnic(&format!("Network Adapter {number}"), 0);
    vnic.p95 = None;
    "External-1".clone_into(&mut vnic.switch);
    vnic
}
