//! Small clusters for tests, built in a line or two, and a tiny repeatable random source.

use super::{Cluster, InterSwitchLink, Nic, Node, Origin, Rdma, StorageKind, Tor, Vm, VmPriority, VmState, Vnic};
use crate::policy::Policy;
use crate::profiles;
use crate::units::{Mbps, MiB};
use std::collections::BTreeSet;

/// A cluster of a 2019 profile with empty nodes `HV1` … and ToRs `A`, `B` …, without storage on NICs and without VMs.
pub(crate) fn cluster(nodes: usize, tors: usize) -> Cluster {
    let letter = |i: usize| char::from(b'A' + u8::try_from(i).unwrap_or(25)).to_string();
    Cluster {
        facts: Default::default(),
        name: "CL1".to_owned(),
        origin: Origin::default(),
        profile: profiles::find("2019").expect("the table has 2019"),
        storage: StorageKind::None,
        transport: None,
        concurrency: None,
        migration: Default::default(),
        anti_affinity_enforced: None,
        policy: Policy::default(),
        nodes: (1..=nodes).map(|n| node(&format!("HV{n}"))).collect(),
        tors: (0..tors)
            .map(|t| Tor {
                name: letter(t),
                origin: Origin::default(),
            })
            .collect(),
        links: Vec::new(),
        networks: Vec::new(),
        demands: Vec::new(),
        vms: Vec::new(),
    }
}

/// An empty node.
pub(crate) fn node(name: &str) -> Node {
    Node {
        facts: Default::default(),
        name: name.to_owned(),
        origin: Origin::default(),
        management_ip: String::new(),
        memory_mib: None,
        hardware: String::new(),
        mac_pool: None,
        migration: Default::default(),
        nics: Vec::new(),
        switches: Vec::new(),
        host_vnics: Vec::new(),
    }
}

/// A NIC on a ToR (`None` = not named), with a card of its own name and nothing else known.
pub(crate) fn nic(name: &str, speed: Mbps, tor: Option<usize>) -> Nic {
    Nic {
        facts: Default::default(),
        name: name.to_owned(),
        origin: Origin::default(),
        speed,
        card: String::new(),
        tor,
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

/// A link between two ToRs that carries all VLANs.
pub(crate) fn link(a: usize, b: usize, speed: Mbps) -> InterSwitchLink {
    InterSwitchLink {
        ends: (a.min(b), a.max(b)),
        speed,
        vlans: None,
        origin: Origin::default(),
    }
}

/// A running VM on a node, free to go to any of `owners`, without vNICs.
pub(crate) fn vm(name: &str, host: usize, memory_mib: MiB, owners: &[usize]) -> Vm {
    Vm {
        facts: Default::default(),
        name: name.to_owned(),
        origin: Origin::default(),
        host: Some(host),
        memory_mib,
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
        vnics: Vec::new(),
    }
}

/// An untagged vNIC with a known 95th percentile.
pub(crate) fn vnic(name: &str, p95: Mbps) -> Vnic {
    Vnic {
        facts: Default::default(),
        name: name.to_owned(),
        origin: Origin::default(),
        legacy: false,
        switch: String::new(),
        isolated: false,
        vlans: BTreeSet::new(),
        mac: None,
        dynamic_mac: true,
        spoofing: false,
        average: None,
        p95: Some(p95),
        peak: None,
        weight: None,
        zone: String::new(),
        dedicated: false,
    }
}

/// Repeatable random numbers (xorshift).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap_or(0)
    }

    /// True once in `of` times.
    pub(crate) fn once_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }
}

/// A random cluster with parallel links, trunk lists, unnamed switches and direct cables.
pub(crate) fn random_cluster(dice: &mut Dice) -> Cluster {
    let (nodes, tors) = (2 + dice.below(3), 1 + dice.below(4));
    let mut cluster = cluster(nodes, tors);
    for node in 0..nodes {
        for port in 0..1 + dice.below(3) {
            let tor = if dice.once_in(5) { None } else { Some(dice.below(tors)) };
            let mut card = nic(&format!("P{port}"), [1_000, 10_000, 25_000][dice.below(3)], tor);
            card.card = if dice.once_in(3) {
                String::new()
            } else {
                format!("slot {}", dice.below(2))
            };
            card.vlans = dice
                .once_in(4)
                .then(|| BTreeSet::from([u16::try_from(10 + dice.below(2)).unwrap_or(10)]));
            cluster.nodes[node].nics.push(card);
        }
    }
    if dice.once_in(2) {
        let ends = (
            dice.below(cluster.nodes[0].nics.len()),
            dice.below(cluster.nodes[1].nics.len()),
        );
        let names = [
            cluster.nodes[0].nics[ends.0].name.clone(),
            cluster.nodes[1].nics[ends.1].name.clone(),
        ];
        let [near, far] = names;
        cluster.nodes[0].nics[ends.0].direct_to = Some((1, far));
        cluster.nodes[1].nics[ends.1].direct_to = Some((0, near));
    }
    for _ in 0..dice.below(6) {
        let mut cable = link(
            dice.below(tors),
            dice.below(tors),
            [1_000, 10_000, 40_000][dice.below(3)],
        );
        cable.vlans = dice.once_in(3).then(|| BTreeSet::from([10]));
        cluster.links.push(cable);
    }
    cluster
}
