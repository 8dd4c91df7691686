//! Rate, overhead and the lower bound of a drain in whole numbers, for the planner and its checks.
//!
//! In: facts about VMs, ports and transport. Out: Mbit/s and seconds, rounded against us.
//! Must not know: planner, checks, reports.

use super::assumptions::{
    COMPRESSION_FACTOR, COMPRESSION_STREAM_MBPS, SETUP_MS, SWITCH_OVER_MS, TCP_STREAM_MBPS, WIRE_PERMILLE,
};
use super::moved::{Moved, micros};
use crate::inventory::{Cluster, Vm, VmPriority, VmState};
use crate::profiles::{Transport, WS2022};
use crate::units::Mbps;

/// Set-up before the first byte moves, seconds.
pub const SETUP_S: u64 = SETUP_MS.div_ceil(1000);
/// Switch-over at the end, seconds.
pub const SWITCH_OVER_S: u64 = SWITCH_OVER_MS.div_ceil(1000);

/// Whether a drain moves the VM live: running, and of medium or high priority. Windows quick-migrates whatever lies below
/// `MoveTypeThreshold` (2000, medium, unless changed): low priority, and priority 0, not started automatically.
pub fn moves_live(vm: &Vm) -> bool {
    vm.state == VmState::Running && matches!(vm.priority, VmPriority::High | VmPriority::Medium)
}

/// Live migrations that one node takes part in at once, once a plan is applied: the number that the inventory asks for, which is then set in
/// both places (see `applied`); without one, from 2022, that of the cluster property `MaximumParallelMigrations`, which overrides the hosts' limit.
pub fn concurrency(cluster: &Cluster) -> u64 {
    let property = cluster.migration.maximum_parallel;
    let known = cluster.profile.generation >= WS2022;
    let limit = cluster.concurrency.or(property.filter(|_| known));
    u64::from(limit.unwrap_or(cluster.profile.default_concurrency).max(1))
}

/// Fixed seconds that `vms` migrations cost with `concurrency` slots.
pub fn overhead_s(vms: u64, concurrency: u64) -> u64 {
    vms.div_ceil(concurrency) * (SETUP_S + SWITCH_OVER_S)
}

/// What a live-migration uplink gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// One migration, raw Mbit/s.
    pub per_vm: Mbps,
    /// All migrations of the node together, raw Mbit/s.
    pub total: Mbps,
}

/// The transport a cluster uses: the one that is set, else SMB where every live-migration port has RDMA, else the default.
pub fn transport(cluster: &Cluster, all_rdma: bool) -> Transport {
    let offered = |t: &Transport| cluster.profile.transports.contains(t);
    cluster
        .transport
        .filter(offered)
        .or_else(|| (all_rdma && offered(&Transport::Smb)).then_some(Transport::Smb))
        .unwrap_or(cluster.profile.default_transport)
}

/// Rate of live migration over an uplink: `ports` are the port speeds, `summed` says whether they add up for many flows
/// (a team, Multichannel) or each is a network of its own, `reserved` is what other traffic on the uplink needs.
///
/// One TCP or compressed migration gets at most one port; only SMB Multichannel sums. At least a tenth of the uplink is
/// left to migration, since it is never shut out.
pub fn rate(transport: Transport, ports: &[Mbps], summed: bool, reserved: Mbps) -> Rate {
    let largest = ports.iter().copied().max().unwrap_or(0);
    let sum: Mbps = ports.iter().sum();
    let smb = transport == Transport::Smb;
    let capacity = if summed || smb { sum } else { largest };
    let free = capacity.saturating_sub(reserved).max(capacity / 10);
    let wire = free * WIRE_PERMILLE / 1000;
    let port_wire = wire.min(largest * WIRE_PERMILLE / 1000);
    match transport {
        Transport::Smb => Rate {
            per_vm: wire,
            total: wire,
        },
        Transport::Tcp => Rate {
            per_vm: port_wire.min(TCP_STREAM_MBPS),
            total: wire,
        },
        Transport::Compression => Rate {
            per_vm: (port_wire * COMPRESSION_FACTOR).min(COMPRESSION_STREAM_MBPS),
            total: wire * COMPRESSION_FACTOR,
        },
    }
}

/// What makes the lower bound of a drain as long as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoundBy {
    /// One VM by itself takes that long.
    LargestVm,
    /// All memory has to pass the ports.
    Bandwidth,
    /// Only so many migrations run at once.
    Slots,
}

/// Seconds that no schedule of the node's live migrations can beat, rounded up; `u64::MAX / 4` when nothing can move.
pub fn drain_bound_s(vms: &[Moved], rate: Rate, concurrency: u64) -> u64 {
    drain_bound(vms, rate, concurrency).0
}

/// The same with what binds it.
///
/// The largest of: the longest single migration, all bytes through the uplink, all slot time over the slots. Bytes are those that each
/// VM sends at its best rate, the pages dirtied on the way among them; sharing only adds to them.
pub fn drain_bound(vms: &[Moved], rate: Rate, concurrency: u64) -> (u64, BoundBy) {
    if vms.is_empty() {
        return (0, BoundBy::Bandwidth);
    }
    if rate.per_vm == 0 || rate.total == 0 {
        return (u64::MAX / 4, BoundBy::Bandwidth);
    }
    let fixed = u128::from(SETUP_S + SWITCH_OVER_S) * 1_000_000;
    let (mut longest, mut bytes, mut slot_time) = (0, 0, 0);
    for vm in vms {
        let sent = vm.sent(rate.per_vm);
        let alone = micros(sent, rate.per_vm) + fixed;
        longest = alone.max(longest);
        bytes += sent;
        slot_time += alone;
    }
    let wire = micros(bytes, rate.total) + fixed;
    let slots = slot_time.div_ceil(u128::from(concurrency));
    let (bound, by) = if slots > wire.max(longest) {
        (slots, BoundBy::Slots)
    } else if longest > wire {
        (longest, BoundBy::LargestVm)
    } else {
        (wire, BoundBy::Bandwidth)
    };
    (u64::try_from(bound.div_ceil(1_000_000)).unwrap_or(u64::MAX / 4), by)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_tcp_flow_gets_one_port_and_smb_all() {
        let ports = [10_000, 10_000];
        assert_eq!(
            rate(Transport::Tcp, &ports, true, 0),
            Rate {
                per_vm: 4_000,
                total: 19_000
            }
        );
        assert_eq!(
            rate(Transport::Smb, &ports, false, 0),
            Rate {
                per_vm: 19_000,
                total: 19_000
            }
        );
        assert_eq!(
            rate(Transport::Tcp, &[1_000, 1_000], false, 0),
            Rate {
                per_vm: 950,
                total: 950
            }
        );
    }

    #[test]
    fn the_bound_names_slots_wire_and_the_longest_vm() {
        let quick = Rate {
            per_vm: 1_000,
            total: 10_000,
        };
        // 1024 MiB at 1 Gbit/s: 8.59 s + 4 s fixed
        let still = Moved::still(1024);
        let narrow = Rate {
            per_vm: 1_000,
            total: 1_000,
        };
        assert_eq!(drain_bound_s(&[still], quick, 2), 13);
        assert_eq!(drain_bound_s(&[still; 4], quick, 2), 26);
        assert_eq!(drain_bound_s(&[still; 4], narrow, 4), 39);
        assert_eq!(drain_bound_s(&[], quick, 1), 0);
    }

    #[test]
    fn of_two_guests_of_one_size_the_one_that_writes_more_bounds_the_drain() {
        let gigabit = Rate {
            per_vm: 950,
            total: 950,
        };
        let quiet = Moved::still(65_536);
        let busy = Moved {
            dirty_mib_s: 60,
            working_set: 16_384,
            ..quiet
        };
        // 64 GiB at 950 Mbit/s: 578.7 s + 4 s; the busy one sends the 16 GiB that it rewrites again, and again in part
        assert_eq!(drain_bound_s(&[quiet], gigabit, 1), 583);
        assert!(drain_bound_s(&[busy], gigabit, 1) > 583 + 145);
    }

    #[test]
    fn the_bound_names_what_binds_it() {
        let rate = |per_vm, total| Rate { per_vm, total };
        let by = |vms: &[u64], rate, slots| {
            let vms: Vec<Moved> = vms.iter().map(|mib| Moved::still(*mib)).collect();
            drain_bound(&vms, rate, slots).1
        };

        assert_eq!(by(&[1024; 8], rate(1_000, 10_000), 1), BoundBy::Slots);
        assert_eq!(by(&[1024; 8], rate(1_000, 1_000), 8), BoundBy::Bandwidth);
        assert_eq!(by(&[65_536, 512], rate(1_000, 10_000), 8), BoundBy::LargestVm);
    }
}
