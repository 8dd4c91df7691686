//! MAC addresses: a pool for each node, an address for each vNIC.
//!
//! In: guests. Out: disjoint pools large enough for the guests of the node and of a lost one, and addresses from them.
//! A few guests have moved by live migration and still carry the address of their former node.

use super::guests::Guest;
use super::names;
use super::random::Random;

/// First dynamic address: Microsoft's prefix, second block.
const FIRST: u64 = 0x0015_5D01_0000;
/// First static address: the same prefix, above all pools.
const FIRST_STATIC: u64 = 0x0015_5DF0_0000;

/// The pools of all nodes.
pub(super) struct Pools {
    size: u64,
}

impl Pools {
    /// Pools of whole blocks of 256, with room for twice the fullest node.
    pub(super) fn new(guests: &[Guest], nodes: usize) -> Pools {
        let fullest = (0..nodes).map(|node| adapters_on(guests, node)).max().unwrap_or(0);
        Pools {
            size: (2 * fullest + 16).next_multiple_of(256),
        }
    }

    fn first(&self, node: usize) -> u64 {
        FIRST + node as u64 * self.size
    }

    /// First and last address of a node's pool.
    pub(super) fn range(&self, node: usize) -> (String, String) {
        let first = self.first(node);
        (names::mac(first), names::mac(first + self.size - 1))
    }

    /// Gives every vNIC its address.
    pub(super) fn assign(&self, guests: &mut [Guest], nodes: usize, random: &mut Random) {
        let mut drawn = vec![0u64; nodes];
        let mut fixed = 0;
        for guest in guests {
            let moved = nodes > 1 && random.chance(3);
            let home = if moved { (guest.host + 1) % nodes } else { guest.host };
            for adapter in &mut guest.adapters {
                let counter = if adapter.fixed { &mut fixed } else { &mut drawn[home] };
                adapter.mac = if adapter.fixed { FIRST_STATIC } else { self.first(home) } + *counter;
                *counter += 1;
            }
        }
    }
}

fn adapters_on(guests: &[Guest], node: usize) -> u64 {
    guests
        .iter()
        .filter(|guest| guest.host == node)
        .map(|guest| guest.adapters.len() as u64)
        .sum()
}
