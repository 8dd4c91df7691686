//! Clusters whose live migration is wired and set as it should be, one per family of Windows versions; tests break one thing each.

use super::{cluster, nic, two_tors};
use nicplan::inventory::{
    Cluster, ClusterNetwork, HostVnic, NetworkState, Nic, Origin, Rdma, StorageKind, SwitchKind, VirtualSwitch,
};
use nicplan::profiles::Transport;
use nicplan::roles::Role;
use std::collections::BTreeSet;

/// A cluster network with VLAN `10 + number` and subnet `10.0.<number>.0/24`.
pub fn network(name: &str, number: u16, cluster_use: u8, metric: u32, purpose: Option<Role>) -> ClusterNetwork {
    ClusterNetwork {
        facts: Default::default(),
        name: name.to_owned(),
        subnet: format!("10.0.{number}.0/24"),
        vlan: Some(10 + number),
        cluster_use: Some(cluster_use),
        metric: Some(metric),
        purpose,
        state: NetworkState::Up,
        origin: Origin::default(),
    }
}

/// A port with a role, an address on network `number` and that network's VLAN.
fn port(name: &str, speed: u64, tor: usize, role: Role, number: u16, node: usize) -> Nic {
    let mut port = nic(name, speed);
    port.tor = Some(tor);
    port.roles = BTreeSet::from([role]);
    port.vlans = Some(BTreeSet::from([10 + number]));
    port.addresses = vec![format!("10.0.{number}.{}/24", 11 + node)];
    port
}

/// A port of each node for management, cluster, live migration and guests; every setting agrees.
pub fn dedicated(profile: &str, nodes: usize, speed: u64) -> Cluster {
    let mut found = cluster(profile, nodes);
    two_tors(&mut found);
    found.storage = StorageKind::FibreChannel;
    found.networks = vec![
        network("Cluster", 2, 1, 30_240, Some(Role::Cluster)),
        network("Live Migration", 3, 1, 30_640, Some(Role::LiveMigration)),
        network("Management", 1, 3, 70_240, Some(Role::Management)),
    ];
    let old = profile == "2008r2";
    let settings = |node: &mut nicplan::inventory::Node| {
        node.migration.enabled = Some(true);
        node.migration.any_network = Some(false);
        node.migration.subnets = Some(vec!["10.0.3.0/24".to_owned()]);
    };
    for (index, node) in found.nodes.iter_mut().enumerate() {
        node.nics = vec![
            port("Cluster", speed, 1, Role::Cluster, 2, index),
            port("LM", speed, 0, Role::LiveMigration, 3, index),
            port("Mgmt", 1_000, 0, Role::Management, 1, index),
        ];
        if !old {
            settings(node);
        }
    }
    if !old {
        found.migration.network_order = vec!["Live Migration".to_owned(), "Cluster".to_owned()];
    }
    found
}

/// [`dedicated`] with RDMA on the live-migration ports and SMB; from 2022 with a chosen limit.
pub fn smb_direct(profile: &str, nodes: usize) -> Cluster {
    let mut found = dedicated(profile, nodes, 25_000);
    found.transport = Some(Transport::Smb);
    for nic in found
        .nodes
        .iter_mut()
        .flat_map(|n| &mut n.nics)
        .filter(|n| n.name == "LM")
    {
        nic.rdma = Rdma::Roce;
    }
    if found.profile.generation >= nicplan::profiles::WS2022 {
        found.migration.smb_limit_factor = Some(2_500);
        found.migration.maximum_parallel = Some(2);
        found.concurrency = Some(2);
    }
    found
}

fn host_vnic(name: &str, role: Role, number: u16, node: usize, rdma: bool) -> HostVnic {
    HostVnic {
        facts: Default::default(),
        name: name.to_owned(),
        switch: "SET".to_owned(),
        role: Some(role),
        vlan: Some(10 + number),
        weight: None,
        mac: None,
        addresses: vec![format!("10.0.{number}.{}/24", 11 + node)],
        rdma: Some(rdma),
        origin: Origin::default(),
    }
}

/// Two RDMA ports of each node in one SET with host vNICs for everything, SMB with a limit on every host (before 2022) or
/// by the cluster.
pub fn converged(profile: &str, nodes: usize) -> Cluster {
    let mut found = cluster(profile, nodes);
    two_tors(&mut found);
    found.storage = StorageKind::S2d;
    found.transport = Some(Transport::Smb);
    found.networks = vec![
        network("Live Migration", 3, 1, 30_240, Some(Role::LiveMigration)),
        network("Management", 1, 3, 70_240, Some(Role::Management)),
        network("SMB", 4, 1, 19_840, Some(Role::Storage)),
    ];
    found.migration.network_order = vec!["Live Migration".to_owned()];
    let by_cluster = found.profile.generation >= nicplan::profiles::WS2022;
    if by_cluster {
        found.migration.smb_limit_factor = Some(2_500);
    }
    for (index, node) in found.nodes.iter_mut().enumerate() {
        for (number, name) in ["P1", "P2"].into_iter().enumerate() {
            let mut port = nic(name, 25_000);
            port.tor = Some(number);
            port.rdma = Rdma::Roce;
            port.switch = Some("SET".to_owned());
            port.roles = BTreeSet::from([Role::Management, Role::LiveMigration, Role::Storage, Role::Vm]);
            node.nics.push(port);
        }
        node.switches = vec![VirtualSwitch {
            facts: Default::default(),
            name: "SET".to_owned(),
            kind: SwitchKind::External,
            nics: vec!["P1".to_owned(), "P2".to_owned()],
            allow_management_os: Some(true),
            origin: Origin::default(),
        }];
        node.host_vnics = vec![
            host_vnic("LM", Role::LiveMigration, 3, index, true),
            host_vnic("Management", Role::Management, 1, index, false),
            host_vnic("SMB", Role::Storage, 4, index, true),
        ];
        if !by_cluster {
            node.migration.smb_limit = Some(6_291);
        }
    }
    found
}

/// Two nodes with two direct cables that carry storage and live migration.
pub fn switchless(profile: &str) -> Cluster {
    let mut found = smb_direct(profile, 2);
    found.storage = StorageKind::S2d;
    found.networks = vec![
        network("Management", 1, 3, 70_240, Some(Role::Management)),
        network("Storage 1", 5, 1, 30_240, Some(Role::Storage)),
        network("Storage 2", 6, 1, 30_241, Some(Role::Storage)),
    ];
    found.migration.network_order.clear();
    found.migration.smb_limit_factor = Some(2_500);
    for (index, node) in found.nodes.iter_mut().enumerate() {
        node.migration.subnets = Some(vec!["10.0.5.0/24".to_owned(), "10.0.6.0/24".to_owned()]);
        node.nics.retain(|n| n.name == "Mgmt");
        for (name, number) in [("S1", 5), ("S2", 6)] {
            let mut cable = port(name, 25_000, 0, Role::Storage, number, index);
            cable.roles.insert(Role::LiveMigration);
            cable.tor = None;
            cable.direct_to = Some((1 - index, name.to_owned()));
            cable.rdma = Rdma::Roce;
            node.nics.push(cable);
        }
    }
    found
}
