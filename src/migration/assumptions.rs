//! What is assumed about live migration where nothing was measured: every default with its source and what changes it.
//!
//! In: nothing. Out: one sorted table of whole numbers, and the memory model of a VM by its activity.
//! Must not know: which cluster it is used for.

use super::precopy::Memory;
use super::whole::bytes;
use crate::units::{Mbps, MiB, Permille};

/// One default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// Stable name, kebab-case.
    pub name: &'static str,
    /// Whole number in `unit`.
    pub value: u64,
    /// Unit, empty for a plain count.
    pub unit: &'static str,
    /// Where it comes from; "assumption" where nobody published it.
    pub source: &'static str,
    /// What an administrator can do to replace it.
    pub change: &'static str,
}

/// Set-up before the first byte, ms.
pub const SETUP_MS: u64 = 3_000;
/// Fixed part of the blackout, ms.
pub const SWITCH_OVER_MS: u64 = 1_000;
/// Residue that ends the copying passes, ms of transfer.
pub const RESIDUE_MS: u64 = 300;
/// Copying passes at most.
pub const PASSES: u32 = 10;
/// Share of the wire that payload gets.
pub const WIRE_PERMILLE: Permille = 950;
/// One plain TCP migration at most.
pub const TCP_STREAM_MBPS: Mbps = 4_000;
/// All migrations together through one host vNIC whose traffic lands on one core.
pub const HOST_VNIC_MBPS: Mbps = 4_500;
/// Memory per byte on the wire when compression has idle cores.
pub const COMPRESSION_FACTOR: u64 = 2;
/// One compressing migration at most, memory per second.
pub const COMPRESSION_STREAM_MBPS: Mbps = 8_000;
/// SMB limit of a cluster: share of the summed speed of all NICs of a node.
pub const SMB_LIMIT_PERMILLE: Permille = 250;
/// SMB limit of older guides, 750 MB/s.
pub const SMB_OLD_LIMIT_MBPS: Mbps = 6_291;
/// Blackout that guests and their peers should never see, ms.
pub const BLACKOUT_LIMIT_MS: u64 = 10_000;

const FINN: &str = "A. Finn, aidanfinn.com/?p=15421, TCP, compressed and SMB live migration on 2012 R2";
const SAVILL: &str = "J. Savill, Windows IT Pro, bandwidth usage of 10 Gbps network adapters";
const SMB_PAGE: &str = "Microsoft Learn, Control live migration SMB bandwidth in a cluster";
const MVM: &str = "Kherbache, Hermenier, Madelaine, Scheduling Live Migration of Virtual Machines, IEEE TCC";
const HISTORY: &str = "measured migrations: nicplan calibrate";
const COUNTERS: &str = "dirty rate and working set in the history of past migrations";

/// All defaults, sorted by name.
pub const ASSUMPTIONS: [Assumption; 18] = [
    Assumption {
        name: "blackout-limit",
        value: BLACKOUT_LIMIT_MS,
        unit: "ms",
        source: "assumption: half of the 20 s after which connections of guests break \
                 (Microsoft, Using Guest Clustering for High Availability)",
        change: "what the applications tolerate",
    },
    Assumption {
        name: "compression-factor",
        value: COMPRESSION_FACTOR,
        unit: "bytes of memory per byte on the wire",
        source: "vendor statement of 2013: compression can halve the time; nothing without idle cores (B. Armstrong)",
        change: HISTORY,
    },
    Assumption {
        name: "compression-stream",
        value: COMPRESSION_STREAM_MBPS,
        unit: "Mbit/s of memory",
        source: "assumption: what one compressing engine gets through",
        change: HISTORY,
    },
    Assumption {
        name: "dirty-rate-busy",
        value: Activity::Busy.dirty_kib_s(),
        unit: "KiB/s",
        source: MVM,
        change: COUNTERS,
    },
    Assumption {
        name: "dirty-rate-idle",
        value: Activity::Idle.dirty_kib_s(),
        unit: "KiB/s",
        source: MVM,
        change: COUNTERS,
    },
    Assumption {
        name: "dirty-rate-ordinary",
        value: Activity::Ordinary.dirty_kib_s(),
        unit: "KiB/s",
        source: "assumption: between the idle and the busy guest",
        change: COUNTERS,
    },
    Assumption {
        name: "host-vnic",
        value: HOST_VNIC_MBPS,
        unit: "Mbit/s",
        source: SAVILL,
        change: "a physical NIC, or virtual RSS on the host vNIC (2016 and later)",
    },
    Assumption {
        name: "passes",
        value: PASSES as u64,
        unit: "",
        source: "Directions on Microsoft, Live Migration Switch Over",
        change: "nothing: it is fixed in Hyper-V",
    },
    Assumption {
        name: "residue",
        value: RESIDUE_MS,
        unit: "ms",
        source: "assumption: Hyper-V's threshold is not published",
        change: HISTORY,
    },
    Assumption {
        name: "setup",
        value: SETUP_MS,
        unit: "ms",
        source: "fits A. Finn's timings of 2012: a lone VM of 512 MB takes 7 s on 1 GbE and 5 s on 10 GbE",
        change: HISTORY,
    },
    Assumption {
        name: "smb-limit",
        value: SMB_LIMIT_PERMILLE,
        unit: "thousandths of the summed speed of all NICs of the node",
        source: SMB_PAGE,
        change: "the cluster property SetSMBBandwidthLimitFactor",
    },
    Assumption {
        name: "smb-limit-old",
        value: SMB_OLD_LIMIT_MBPS,
        unit: "Mbit/s",
        source: "Microsoft, Optimizing Hyper-V Live Migrations on an HCI cluster: 750 MB/s",
        change: "Set-SmbBandwidthLimit -Category LiveMigration",
    },
    Assumption {
        name: "switch-over",
        value: SWITCH_OVER_MS,
        unit: "ms",
        source: "field reports of blackouts of 1 to 2 s",
        change: HISTORY,
    },
    Assumption {
        name: "tcp-stream",
        value: TCP_STREAM_MBPS,
        unit: "Mbit/s",
        source: SAVILL,
        change: "faster cores carry more, 10 to 15 Gbit/s are seen elsewhere; measured migrations tell",
    },
    Assumption {
        name: "wire",
        value: WIRE_PERMILLE,
        unit: "thousandths of the port's speed",
        source: FINN,
        change: HISTORY,
    },
    Assumption {
        name: "working-set-busy",
        value: BUSY_SET_PERMILLE,
        unit: "thousandths of the memory",
        source: "assumption",
        change: COUNTERS,
    },
    Assumption {
        name: "working-set-idle",
        value: IDLE_SET_MIB,
        unit: "MiB",
        source: MVM,
        change: COUNTERS,
    },
    Assumption {
        name: "working-set-ordinary",
        value: ORDINARY_SET_PERMILLE,
        unit: "thousandths of the memory",
        source: "assumption",
        change: COUNTERS,
    },
];

/// What an idle guest rewrites, MiB.
const IDLE_SET_MIB: u64 = 5;
/// Share of its memory that an ordinary and a busy guest rewrite.
const ORDINARY_SET_PERMILLE: Permille = 100;
const BUSY_SET_PERMILLE: Permille = 250;
const BYTES_PER_KIB: f64 = 1024.0;

/// How busily a guest writes to its memory, where nothing was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Activity {
    /// Nothing but the operating system.
    Idle,
    /// A server at ordinary load.
    #[default]
    Ordinary,
    /// A database or a build under load.
    Busy,
}

impl Activity {
    /// Distinct memory written per second, KiB/s: idle 5 MiB in 2 s, busy 56 MiB in 2 s and 22.6 MiB/s.
    pub const fn dirty_kib_s(self) -> u64 {
        match self {
            Activity::Idle => 2_560,
            Activity::Ordinary => 10_240,
            Activity::Busy => 51_814,
        }
    }

    /// Most distinct memory that a pass can leave dirty, MiB.
    fn working_set_mib(self, memory: MiB) -> MiB {
        match self {
            Activity::Idle => memory.min(IDLE_SET_MIB),
            Activity::Ordinary => memory * ORDINARY_SET_PERMILLE / 1000,
            Activity::Busy => memory * BUSY_SET_PERMILLE / 1000,
        }
    }

    /// A VM with this much assigned memory.
    pub fn memory(self, assigned: MiB) -> Memory {
        Memory {
            bytes: bytes(assigned),
            dirty_rate: self.dirty_kib_s() as f64 * BYTES_PER_KIB,
            working_set: bytes(self.working_set_mib(assigned)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_every_row_says_where_it_comes_from_and_what_changes_it() {
        assert!(ASSUMPTIONS.is_sorted_by(|a, b| a.name < b.name));
        for row in ASSUMPTIONS {
            assert!(
                row.value > 0 && !row.source.is_empty() && !row.change.is_empty(),
                "{}",
                row.name
            );
        }
    }

    #[test]
    fn a_busier_guest_writes_more_and_no_guest_more_than_it_has() {
        let kinds = [Activity::Idle, Activity::Ordinary, Activity::Busy].map(|kind| kind.memory(8192));

        assert!(kinds.is_sorted_by(|a, b| a.dirty_rate < b.dirty_rate && a.working_set < b.working_set));
        assert_eq!(Activity::Idle.memory(2).working_set, Activity::Idle.memory(2).bytes);
    }
}
