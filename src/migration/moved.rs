//! A VM that a drain moves live, in whole numbers: what it sends at best.
//!
//! ```text
//! V(1) = memory;   pass i takes V(i)/R and leaves U(i) = min(working set, dirty rate * V(i)/R)
//! the last pass is the first with U(i) <= residue * R, or the tenth;   else V(i+1) = U(i)
//! sent = sum of V + U(last)
//! ```
//!
//! The recursion of [`super::precopy`] without floats. A faster migration never sends more, so what is sent at the best rate bounds
//! every schedule from below. In: a VM, a rate. Out: bytes. Must not know: nodes, links, plans.

use super::assumptions::{PASSES, RESIDUE_MS};
use super::drain::defaults::{DIRTY_MIB_S, WORKING_SET_PERMILLE};
use crate::inventory::Vm;
use crate::units::{Mbps, MiB};

const BYTES_PER_MIB: u128 = 1_048_576;
/// Bytes that one Mbit/s carries in a millisecond.
const BYTES_PER_MBPS_MS: u128 = 125;
/// Microseconds in a second.
const MICROS: u128 = 1_000_000;

/// Memory of a VM and how its guest writes to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Assigned memory.
    pub memory: MiB,
    /// Distinct memory dirtied per second, MiB/s.
    pub dirty_mib_s: u64,
    /// Most that one pass leaves dirty.
    pub working_set: MiB,
}

impl Moved {
    /// What the inventory says of the VM, with the defaults of a drain where it is silent.
    pub fn of(vm: &Vm) -> Moved {
        let usual = vm.memory_mib * WORKING_SET_PERMILLE / 1000;
        Moved {
            memory: vm.memory_mib,
            dirty_mib_s: u64::from(vm.dirty_mib_s.unwrap_or(DIRTY_MIB_S)),
            working_set: vm.working_set_mib.unwrap_or(usual).min(vm.memory_mib),
        }
    }

    /// A guest that writes nothing.
    pub fn still(memory: MiB) -> Moved {
        Moved {
            memory,
            dirty_mib_s: 0,
            working_set: 0,
        }
    }

    /// Bytes that it sends at a rate in Mbit/s of memory, rounded down; at rate 0 its memory and ten times its working set.
    pub fn sent(&self, rate: Mbps) -> u128 {
        let working_set = u128::from(self.working_set) * BYTES_PER_MIB;
        let dirty = u128::from(self.dirty_mib_s) * BYTES_PER_MIB;
        let enough = u128::from(RESIDUE_MS) * BYTES_PER_MBPS_MS * u128::from(rate);
        let mut to_send = u128::from(self.memory) * BYTES_PER_MIB;
        let mut sent = 0;
        for pass in 1..=PASSES {
            sent += to_send;
            let dirtied = micros(to_send, rate).saturating_mul(dirty) / MICROS;
            to_send = dirtied.min(working_set);
            if to_send <= enough || pass == PASSES {
                break;
            }
        }
        sent + to_send
    }
}

/// Microseconds for bytes at a rate, rounded down; at rate 0 the largest number.
pub(super) fn micros(bytes: u128, rate: Mbps) -> u128 {
    // a Mbit/s is a bit in a microsecond
    bytes
        .saturating_mul(8)
        .checked_div(u128::from(rate))
        .unwrap_or(u128::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::precopy::{Memory, Stopping, copy};
    use crate::migration::whole::{bytes, bytes_s};

    /// Every mix of a small and a large guest, quiet and busy, on slow and fast ports.
    fn mixes() -> impl Iterator<Item = (Moved, Mbps)> {
        [512, 8_192, 65_536, 1_048_576].into_iter().flat_map(|memory| {
            [0, 5, 120, 3_000].into_iter().flat_map(move |dirty_mib_s| {
                [1, 10, 4].into_iter().flat_map(move |part| {
                    let guest = Moved {
                        memory,
                        dirty_mib_s,
                        working_set: memory / part,
                    };
                    [950, 4_000, 9_500, 95_000].into_iter().map(move |rate| (guest, rate))
                })
            })
        })
    }

    #[test]
    fn it_sends_what_the_pre_copy_recursion_sends() {
        for (guest, rate) in mixes() {
            let memory = Memory {
                bytes: bytes(guest.memory),
                dirty_rate: bytes(guest.dirty_mib_s),
                working_set: bytes(guest.working_set),
            };
            let float = copy(&memory, bytes_s(rate), &Stopping::default(), 0.0, 0.0).bytes;
            let whole = guest.sent(rate) as f64;
            assert!(
                whole <= float + 1.0 && whole > float * 0.999_999 - 20_000.0,
                "{guest:?} at {rate}: {whole} {float}"
            );
        }
    }

    #[test]
    fn a_faster_migration_never_sends_more() {
        for (guest, rate) in mixes() {
            assert!(guest.sent(rate * 2) <= guest.sent(rate), "{guest:?} at {rate}");
            assert!(guest.sent(rate) >= Moved::still(guest.memory).sent(rate));
        }
    }
}
