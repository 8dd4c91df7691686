//! Server models with their ports and what each port does today, for estates of five nodes and more.
//!
//! Pure data. The wiring written here is the usual one of its kind; every role that can survive the loss of a card or a
//! ToR does. Deviations are pairs of ports that somebody once swapped.

/// What a port does today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Duty {
    /// Traffic roles on the bare port, separated by `;`.
    pub roles: &'static str,
    /// External switch bound to it.
    pub switch: &'static str,
}

/// A port of a server model.
#[derive(Clone, Copy, Debug)]
pub(super) struct Port {
    pub name: &'static str,
    pub card: &'static str,
    pub model: &'static str,
    pub speed_mbps: u64,
    pub rdma: &'static str,
    /// Which switch of the rack: 0 = A, 1 = B, 2 and 3 = the SAN switches.
    pub side: usize,
    pub duty: Duty,
}

/// A server model as it is wired here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Class {
    pub hardware: &'static str,
    pub ports: &'static [Port],
    /// Storage traffic per node, Mbit/s.
    pub storage_mbps: u64,
    /// Share of the cluster's VMs that such a node runs, relative to the other models.
    pub weight: u64,
    /// Pairs of port positions that are swapped on nodes with deviating wiring.
    pub swaps: &'static [(usize, usize)],
}

impl Class {
    /// Capacity of the ports that an external switch is bound to, in Mbit/s; of several ports one may fail.
    pub(super) fn capacity(&self, switch: &str) -> u64 {
        let speeds = || {
            self.ports
                .iter()
                .filter(|p| p.duty.switch == switch)
                .map(|p| p.speed_mbps)
        };
        let spare = if speeds().count() > 1 {
            speeds().max().unwrap_or(0)
        } else {
            0
        };
        speeds().sum::<u64>() - spare
    }

    /// Speed of the fastest port.
    pub(super) fn fastest(&self) -> u64 {
        self.ports.iter().map(|p| p.speed_mbps).max().unwrap_or(0)
    }
}

/// A port with a role of its own.
pub(super) const fn bare(
    name: &'static str,
    card: &'static str,
    model: &'static str,
    speed_mbps: u64,
    side: usize,
    roles: &'static str,
) -> Port {
    Port {
        name,
        card,
        model,
        speed_mbps,
        rdma: "no",
        side,
        duty: Duty { roles, switch: "" },
    }
}

/// The same port with RoCE.
pub(super) const fn roce(port: Port) -> Port {
    Port { rdma: "roce", ..port }
}

/// A port under an external switch.
pub(super) const fn under(switch: &'static str, port: Port) -> Port {
    Port {
        duty: Duty { roles: "", switch },
        ..port
    }
}

/// External switch of the ordinary guests.
pub(super) const GUESTS: &str = "External-Guests";
/// External switch of the guests with heavy traffic.
pub(super) const BULK: &str = "External-Bulk";

const I350: &str = "Intel I350";
const X710: &str = "Intel X710";
const XXV: &str = "Intel XXV710";
const CX4: &str = "Mellanox ConnectX-4 Lx";
const CX5: &str = "Mellanox ConnectX-5";
const CX6: &str = "NVIDIA ConnectX-6 Dx";

/// Three generations of twelve-port servers.
pub(super) static TWELVE_PORTS: [Class; 3] = [
    Class {
        hardware: "2U rack server 2017, 10 GbE",
        storage_mbps: 6_500,
        weight: 2,
        swaps: &[(0, 1), (8, 3), (5, 4), (4, 7)],
        ports: &[
            under(GUESTS, bare("NDC Port 1", "NDC", X710, 10_000, 0, "")),
            under(BULK, bare("NDC Port 2", "NDC", X710, 10_000, 1, "")),
            bare("LOM Port 1", "LOM", I350, 1_000, 0, "management"),
            bare("LOM Port 2", "LOM", I350, 1_000, 1, "cluster"),
            roce(bare("Slot 1 Port 1", "Slot 1", CX4, 10_000, 0, "storage")),
            roce(bare("Slot 1 Port 2", "Slot 1", CX4, 10_000, 1, "live-migration")),
            roce(bare("Slot 2 Port 1", "Slot 2", CX4, 10_000, 1, "storage")),
            roce(bare("Slot 2 Port 2", "Slot 2", CX4, 10_000, 0, "live-migration")),
            bare("Slot 3 Port 1", "Slot 3", I350, 1_000, 1, "management"),
            bare("Slot 3 Port 2", "Slot 3", I350, 1_000, 0, "cluster"),
            under(GUESTS, bare("Slot 4 Port 1", "Slot 4", X710, 10_000, 1, "")),
            under(BULK, bare("Slot 4 Port 2", "Slot 4", X710, 10_000, 0, "")),
        ],
    },
    Class {
        hardware: "2U rack server 2020, 25 GbE",
        storage_mbps: 15_000,
        weight: 4,
        swaps: &[(0, 1), (8, 3), (5, 4), (2, 3)],
        ports: &[
            under(GUESTS, bare("OCP Port 1", "OCP", XXV, 25_000, 0, "")),
            under(BULK, bare("OCP Port 2", "OCP", XXV, 25_000, 1, "")),
            bare("LOM Port 1", "LOM", I350, 1_000, 0, "management"),
            bare("LOM Port 2", "LOM", I350, 1_000, 1, "cluster"),
            roce(bare("Slot 1 Port 1", "Slot 1", CX5, 25_000, 0, "storage")),
            roce(bare("Slot 1 Port 2", "Slot 1", CX5, 25_000, 1, "live-migration")),
            roce(bare("Slot 2 Port 1", "Slot 2", CX5, 25_000, 1, "storage")),
            roce(bare("Slot 2 Port 2", "Slot 2", CX5, 25_000, 0, "live-migration")),
            bare("Slot 3 Port 1", "Slot 3", I350, 1_000, 1, "management"),
            bare("Slot 3 Port 2", "Slot 3", I350, 1_000, 0, "cluster"),
            under(GUESTS, bare("Slot 4 Port 1", "Slot 4", XXV, 25_000, 1, "")),
            under(BULK, bare("Slot 4 Port 2", "Slot 4", XXV, 25_000, 0, "")),
        ],
    },
    Class {
        hardware: "2U rack server 2023, 25 and 100 GbE",
        storage_mbps: 60_000,
        weight: 5,
        swaps: &[(4, 7), (5, 6), (1, 2)],
        ports: &[
            under(GUESTS, bare("OCP Port 1", "OCP", XXV, 25_000, 0, "")),
            bare("OCP Port 2", "OCP", XXV, 25_000, 1, "management"),
            bare("LOM Port 1", "LOM", X710, 10_000, 0, "cluster"),
            bare("Slot 1 Port 1", "Slot 1", X710, 10_000, 1, "cluster"),
            roce(bare("Slot 2 Port 1", "Slot 2", CX6, 100_000, 0, "storage")),
            roce(bare("Slot 2 Port 2", "Slot 2", CX6, 100_000, 1, "live-migration")),
            roce(bare("Slot 3 Port 1", "Slot 3", CX6, 100_000, 1, "storage")),
            under(BULK, roce(bare("Slot 3 Port 2", "Slot 3", CX6, 100_000, 0, ""))),
            roce(bare("Slot 4 Port 1", "Slot 4", CX6, 100_000, 0, "live-migration")),
            under(BULK, roce(bare("Slot 4 Port 2", "Slot 4", CX6, 100_000, 1, ""))),
            under(GUESTS, bare("Slot 5 Port 1", "Slot 5", XXV, 25_000, 1, "")),
            bare("Slot 5 Port 2", "Slot 5", XXV, 25_000, 0, "management"),
        ],
    },
];

/// Two generations of eight-port servers.
pub(super) static EIGHT_PORTS: [Class; 2] = [
    Class {
        hardware: "1U rack server 2019, 10 and 25 GbE",
        storage_mbps: 14_000,
        weight: 2,
        swaps: &[(0, 1), (4, 5)],
        ports: &[
            bare("LOM Port 1", "LOM", X710, 10_000, 0, "management"),
            bare("LOM Port 2", "LOM", X710, 10_000, 1, "cluster;live-migration"),
            bare("Slot 1 Port 1", "Slot 1", X710, 10_000, 1, "management"),
            bare("Slot 1 Port 2", "Slot 1", X710, 10_000, 0, "cluster;live-migration"),
            roce(bare("Slot 2 Port 1", "Slot 2", CX5, 25_000, 0, "storage")),
            under(GUESTS, roce(bare("Slot 2 Port 2", "Slot 2", CX5, 25_000, 1, ""))),
            roce(bare("Slot 3 Port 1", "Slot 3", CX5, 25_000, 1, "storage")),
            under(GUESTS, roce(bare("Slot 3 Port 2", "Slot 3", CX5, 25_000, 0, ""))),
        ],
    },
    Class {
        hardware: "1U rack server 2022, 25 and 100 GbE",
        storage_mbps: 40_000,
        weight: 3,
        swaps: &[(0, 1)],
        ports: &[
            bare("OCP Port 1", "OCP", XXV, 25_000, 0, "management"),
            bare("OCP Port 2", "OCP", XXV, 25_000, 1, "cluster;live-migration"),
            bare("Slot 1 Port 1", "Slot 1", XXV, 25_000, 1, "management"),
            bare("Slot 1 Port 2", "Slot 1", XXV, 25_000, 0, "cluster;live-migration"),
            roce(bare("Slot 2 Port 1", "Slot 2", CX6, 100_000, 0, "storage")),
            under(GUESTS, roce(bare("Slot 2 Port 2", "Slot 2", CX6, 100_000, 1, ""))),
            roce(bare("Slot 3 Port 1", "Slot 3", CX6, 100_000, 1, "storage")),
            under(GUESTS, roce(bare("Slot 3 Port 2", "Slot 3", CX6, 100_000, 0, ""))),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swapped_ports_do_different_things() {
        for class in TWELVE_PORTS.iter().chain(&EIGHT_PORTS) {
            for (a, b) in class.swaps {
                assert_ne!(
                    class.ports[*a].duty, class.ports[*b].duty,
                    "{}: {a} and {b}",
                    class.hardware
                );
            }
        }
    }
}
