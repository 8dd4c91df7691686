//! ToR switches, their links, and the ToR port that each NIC of each node is cabled to.
//!
//! In: number of nodes and the server models. Out: rows of `tors` and `inter_switch_links`, and names for `nics`.

use super::estates::Estate;
use super::table::Table;

/// Nodes per rack.
const RACK: usize = 16;

/// The physical network of one cluster.
pub(super) struct Fabric {
    racks: usize,
    gigabit: bool,
}

impl Fabric {
    /// The fabric for a number of nodes.
    pub(super) fn new(nodes: usize, estate: &Estate) -> Fabric {
        Fabric {
            racks: nodes.div_ceil(RACK),
            gigabit: estate.vm_port() < 10_000 || estate.storage == "fc",
        }
    }

    /// Name of the switch on a side (0 = A, 1 = B, 2 and 3 = SAN) of the node's rack.
    pub(super) fn tor(&self, node: usize, side: usize) -> String {
        match side {
            2 => "SAN-A".to_owned(),
            3 => "SAN-B".to_owned(),
            _ => self.rack_switch(node / RACK, side),
        }
    }

    fn rack_switch(&self, rack: usize, side: usize) -> String {
        let letter = ["A", "B"][side % 2];
        if self.racks == 1 {
            format!("TOR-{letter}")
        } else {
            format!("TOR-R{}{letter}", rack + 1)
        }
    }

    /// The `tors` file.
    pub(super) fn tors(&self, estate: &Estate) -> Table {
        let mut table = Table::new("tors.csv", &["tor"]);
        for rack in 0..self.racks {
            for side in 0..2 {
                table.row([("tor", self.rack_switch(rack, side))]);
            }
        }
        if self.racks > 1 {
            table.row([("tor", "SPINE-1".to_owned())]);
            table.row([("tor", "SPINE-2".to_owned())]);
        }
        if estate.classes.iter().flat_map(|c| c.ports).any(|p| p.side >= 2) {
            table.row([("tor", "SAN-A".to_owned())]);
            table.row([("tor", "SAN-B".to_owned())]);
        }
        table
    }

    /// The `inter_switch_links` file: A to B in each rack, and each rack to both spines.
    pub(super) fn links(&self) -> Table {
        let mut table = Table::new("inter_switch_links.csv", &["tor_a", "tor_b", "speed_mbps"]);
        let (pair, spine) = if self.gigabit {
            (20_000, 40_000)
        } else {
            (200_000, 400_000)
        };
        let mut link = |a: String, b: String, speed_mbps: u64| {
            table.row([("tor_a", a), ("tor_b", b), ("speed_mbps", speed_mbps.to_string())]);
        };
        for rack in 0..self.racks {
            link(self.rack_switch(rack, 0), self.rack_switch(rack, 1), pair);
            if self.racks > 1 {
                for side in 0..2 {
                    link(self.rack_switch(rack, side), "SPINE-1".to_owned(), spine);
                    link(self.rack_switch(rack, side), "SPINE-2".to_owned(), spine);
                }
            }
        }
        table
    }
}
