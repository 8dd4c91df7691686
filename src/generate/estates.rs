//! Which kind of cluster a request becomes: OS version, storage, networks, server models, zones.
//!
//! Pure data and one choice. Up to four nodes: a small shop; up to fifteen: one rack; above: several racks, three models.

use super::hardware::{BULK, Class, EIGHT_PORTS, GUESTS, TWELVE_PORTS, bare, roce, under};
use super::random::Random;

/// A failover cluster network.
#[derive(Clone, Copy, Debug)]
pub(super) struct Network {
    pub name: &'static str,
    pub purpose: &'static str,
    pub cluster_use: &'static str,
    pub vlan: u16,
}

/// A vNIC of the management operating system.
#[derive(Clone, Copy, Debug)]
pub(super) struct HostAdapter {
    pub name: &'static str,
    pub switch: &'static str,
    pub role: &'static str,
    pub vlan: u16,
    pub weight: &'static str,
}

/// A security zone with its VLANs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Zone {
    pub name: &'static str,
    pub vlans: &'static [u16],
}

/// A kind of cluster.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estate {
    pub profile: &'static str,
    pub storage: &'static str,
    /// Cluster traffic shares the storage ports, and live migration has those that it would share with it otherwise.
    pub cluster_on_storage: bool,
    /// Live-migration transport as set on the nodes; empty = not set.
    pub transport: &'static str,
    pub classes: &'static [Class],
    pub networks: &'static [Network],
    pub adapters: &'static [HostAdapter],
    pub zones: &'static [Zone],
    /// Mbit/s that Hyper-V Replica sends from each node; 0 = not in use.
    pub replica_mbps: u64,
    /// Policy rows: setting and value.
    pub policy: &'static [(&'static str, &'static str)],
}

impl Estate {
    /// Whether heavy guests have an external switch of their own.
    pub(super) fn has_bulk_switch(&self) -> bool {
        self.classes.iter().any(|class| class.capacity(BULK) > 0)
    }

    /// Speed of a VM port: the slowest of the models' fastest ports.
    pub(super) fn vm_port(&self) -> u64 {
        self.classes.iter().map(Class::fastest).min().unwrap_or(0)
    }

    /// Whether the guests' switch is ten gigabit or faster on every node.
    fn is_fast(&self) -> bool {
        self.classes.iter().all(|class| class.capacity(GUESTS) >= 10_000)
    }
}

const fn network(name: &'static str, purpose: &'static str, cluster_use: &'static str, vlan: u16) -> Network {
    Network {
        name,
        purpose,
        cluster_use,
        vlan,
    }
}

const MANAGEMENT: Network = network("Management", "management", "3", 10);
const CLUSTER: Network = network("Cluster", "cluster", "1", 11);
const MIGRATION: Network = network("Live Migration", "live-migration", "1", 12);

static PLAIN: [Network; 3] = [MANAGEMENT, CLUSTER, MIGRATION];
static WITH_ISCSI: [Network; 5] = [
    MANAGEMENT,
    CLUSTER,
    MIGRATION,
    network("iSCSI A", "storage", "0", 20),
    network("iSCSI B", "storage", "0", 21),
];
static WITH_SMB: [Network; 5] = [
    MANAGEMENT,
    CLUSTER,
    MIGRATION,
    network("SMB 1", "storage", "1", 711),
    network("SMB 2", "storage", "1", 712),
];

static OFFICE: [Zone; 1] = [Zone {
    name: "office",
    vlans: &[100, 101],
}];
static OFFICE_AND_DMZ: [Zone; 2] = [
    Zone {
        name: "office",
        vlans: &[100, 101, 102],
    },
    Zone {
        name: "dmz",
        vlans: &[200],
    },
];
static CAMPUS: [Zone; 3] = [
    Zone {
        name: "production",
        vlans: &[110, 111, 112, 113, 114, 115],
    },
    Zone {
        name: "dmz",
        vlans: &[210, 211, 212],
    },
    Zone {
        name: "lab",
        vlans: &[310, 311],
    },
];
static PROVIDER: [Zone; 4] = [
    Zone {
        name: "production",
        vlans: &[110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121],
    },
    Zone {
        name: "dmz",
        vlans: &[210, 211, 212, 213, 214],
    },
    Zone {
        name: "development",
        vlans: &[310, 311, 312, 313, 314, 315],
    },
    Zone {
        name: "voice",
        vlans: &[410, 411],
    },
];

const ONBOARD: &str = "Broadcom BCM5709C";
const I350: &str = "Intel I350";
const X520: &str = "Intel X520";
const X710: &str = "Intel X710";
const CX4: &str = "Mellanox ConnectX-4 Lx";

static SIX_GIGABIT: [Class; 1] = [Class {
    hardware: "2U rack server 2010, six 1 GbE ports",
    storage_mbps: 500,
    weight: 1,
    swaps: &[],
    ports: &[
        bare("Onboard 1", "Onboard", ONBOARD, 1_000, 0, "management"),
        bare("Onboard 2", "Onboard", ONBOARD, 1_000, 1, "cluster"),
        under(GUESTS, bare("Onboard 3", "Onboard", ONBOARD, 1_000, 1, "")),
        bare("Onboard 4", "Onboard", ONBOARD, 1_000, 2, "storage"),
        bare("Slot 2 Port 1", "Slot 2", I350, 1_000, 0, "live-migration"),
        bare("Slot 2 Port 2", "Slot 2", I350, 1_000, 3, "storage"),
    ],
}];

static FOUR_AND_ISCSI: [Class; 1] = [Class {
    hardware: "1U rack server 2013, 1 and 10 GbE",
    storage_mbps: 3_000,
    weight: 1,
    swaps: &[],
    ports: &[
        bare("NIC1", "LOM", I350, 1_000, 0, "management"),
        bare("NIC2", "LOM", I350, 1_000, 1, "cluster"),
        bare("NIC3", "LOM", I350, 1_000, 1, "live-migration"),
        under(GUESTS, bare("NIC4", "LOM", I350, 1_000, 0, "")),
        bare("Slot 1 Port 1", "Slot 1", X520, 10_000, 2, "storage"),
        bare("Slot 2 Port 1", "Slot 2", X520, 10_000, 3, "storage"),
    ],
}];

static CONVERGED_PAIR: [Class; 1] = [Class {
    hardware: "1U rack server 2017, two 10 GbE ports",
    storage_mbps: 0,
    weight: 1,
    swaps: &[],
    ports: &[
        under(GUESTS, bare("Slot 1 Port 1", "Slot 1", X710, 10_000, 0, "")),
        under(GUESTS, bare("Slot 2 Port 1", "Slot 2", X710, 10_000, 1, "")),
    ],
}];

static CONVERGED_ADAPTERS: [HostAdapter; 4] = [
    HostAdapter {
        name: "Management",
        switch: GUESTS,
        role: "management",
        vlan: 10,
        weight: "10",
    },
    HostAdapter {
        name: "Cluster",
        switch: GUESTS,
        role: "cluster",
        vlan: 11,
        weight: "10",
    },
    HostAdapter {
        name: "LiveMigration",
        switch: GUESTS,
        role: "live-migration",
        vlan: 12,
        weight: "40",
    },
    HostAdapter {
        name: "Replica",
        switch: GUESTS,
        role: "replica",
        vlan: 13,
        weight: "10",
    },
];

static STORAGE_AND_SET: [Class; 1] = [Class {
    hardware: "2U rack server 2019, 10 and 25 GbE",
    storage_mbps: 12_000,
    weight: 1,
    swaps: &[],
    ports: &[
        under(GUESTS, bare("NDC Port 1", "NDC", X710, 10_000, 0, "")),
        under(GUESTS, bare("Slot 3 Port 1", "Slot 3", X710, 10_000, 1, "")),
        roce(bare(
            "Slot 1 Port 1",
            "Slot 1",
            CX4,
            25_000,
            0,
            "cluster;live-migration;storage",
        )),
        roce(bare(
            "Slot 2 Port 1",
            "Slot 2",
            CX4,
            25_000,
            1,
            "cluster;live-migration;storage",
        )),
    ],
}];

static MANAGEMENT_ADAPTER: [HostAdapter; 1] = [HostAdapter {
    name: "Management",
    switch: GUESTS,
    role: "management",
    vlan: 10,
    weight: "",
}];

/// What fits two to four nodes; the last ones also fit one node.
static SHOPS: [Estate; 5] = [
    Estate {
        profile: "2008r2",
        storage: "iscsi",
        cluster_on_storage: false,
        transport: "",
        classes: &SIX_GIGABIT,
        networks: &WITH_ISCSI,
        adapters: &[],
        zones: &OFFICE,
        replica_mbps: 0,
        policy: &[],
    },
    Estate {
        profile: "2012r2",
        storage: "iscsi",
        cluster_on_storage: false,
        transport: "compression",
        classes: &FOUR_AND_ISCSI,
        networks: &WITH_ISCSI,
        adapters: &[],
        zones: &OFFICE_AND_DMZ,
        replica_mbps: 0,
        policy: &[],
    },
    Estate {
        profile: "2019",
        storage: "s2d",
        cluster_on_storage: false,
        transport: "smb",
        classes: &STORAGE_AND_SET,
        networks: &WITH_SMB,
        adapters: &MANAGEMENT_ADAPTER,
        zones: &OFFICE_AND_DMZ,
        replica_mbps: 0,
        policy: &[],
    },
    Estate {
        profile: "2025",
        storage: "smb",
        cluster_on_storage: false,
        transport: "smb",
        classes: &STORAGE_AND_SET,
        networks: &WITH_SMB,
        adapters: &MANAGEMENT_ADAPTER,
        zones: &OFFICE_AND_DMZ,
        replica_mbps: 0,
        policy: &[("growth_percent", "20")],
    },
    Estate {
        profile: "2016",
        storage: "fc",
        cluster_on_storage: false,
        transport: "compression",
        classes: &CONVERGED_PAIR,
        networks: &PLAIN,
        adapters: &CONVERGED_ADAPTERS,
        zones: &OFFICE_AND_DMZ,
        replica_mbps: 150,
        policy: &[],
    },
];

/// One rack of two server generations.
static RACK: Estate = Estate {
    profile: "2019",
    storage: "s2d",
    cluster_on_storage: true,
    transport: "compression",
    classes: &EIGHT_PORTS,
    networks: &WITH_SMB,
    adapters: &[],
    zones: &CAMPUS,
    replica_mbps: 0,
    policy: &[
        ("survive:vm", "nic;tor"),
        ("survive:management", "nic;tor"),
        ("survive:storage", "nic;tor"),
    ],
};

/// Several racks of three server generations.
static RACKS: Estate = Estate {
    profile: "2022",
    storage: "s2d",
    cluster_on_storage: false,
    transport: "smb",
    classes: &TWELVE_PORTS,
    networks: &WITH_SMB,
    adapters: &[],
    zones: &PROVIDER,
    replica_mbps: 0,
    policy: &[
        ("survive:vm", "nic;tor;node"),
        ("survive:management", "nic;tor"),
        ("survive:storage", "nic;tor"),
    ],
};

/// Chooses the kind of cluster for a size.
pub(super) fn choose(nodes: usize, vms: usize, random: &mut Random) -> Estate {
    let iscsi = random.chance(40);
    match nodes {
        0..=4 => choose_shop(nodes, vms, random),
        5..=15 if iscsi => Estate {
            storage: "iscsi",
            cluster_on_storage: false,
            transport: "compression",
            networks: &WITH_ISCSI,
            ..RACK
        },
        5..=15 => RACK,
        _ if iscsi => Estate {
            storage: "iscsi",
            transport: "compression",
            networks: &WITH_ISCSI,
            ..RACKS
        },
        _ => RACKS,
    }
}

/// Small shops: one node has no storage of its own kind to share; many VMs per node need fast ports.
fn choose_shop(nodes: usize, vms: usize, random: &mut Random) -> Estate {
    if nodes == 1 {
        return Estate {
            storage: "none",
            networks: &PLAIN,
            ..SHOPS[SHOPS.len() - 1]
        };
    }
    let crowded = vms / nodes > 24;
    let fitting: Vec<&Estate> = SHOPS.iter().filter(|shop| !crowded || shop.is_fast()).collect();
    *fitting[random.index(fitting.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_has_an_estate_whose_guests_have_ports() {
        for nodes in [1, 2, 4, 5, 15, 16, 64] {
            for seed in 0..20 {
                let estate = choose(nodes, nodes * 125, &mut Random::new(seed, 0));

                assert!(estate.classes.iter().all(|class| class.capacity(GUESTS) > 0));
                assert!(
                    estate.is_fast(),
                    "{nodes} nodes with 125 VMs each on {}",
                    estate.classes[0].hardware
                );
            }
        }
    }

    #[test]
    fn the_largest_estates_have_three_models_and_two_external_switches() {
        let estate = choose(64, 8000, &mut Random::new(1, 0));

        assert_eq!(estate.classes.len(), 3);
        assert!(estate.has_bulk_switch());
        assert!(estate.zones.len() >= 3);
        assert!(estate.zones.iter().map(|z| z.vlans.len()).sum::<usize>() >= 20);
    }
}
