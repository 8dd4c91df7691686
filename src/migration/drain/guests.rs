//! How each VM leaves a node, and what it weighs.
//!
//! In: a VM. Out: live, by way of storage, or as a change of owner; memory and dirty rate. Must not know: nodes, links.

use super::defaults::{DIRTY_MIB_S, WORKING_SET_PERMILLE};
use crate::inventory::{Vm, VmPriority, VmState};
use crate::migration::moves_live;
use crate::migration::precopy::Memory;
use crate::migration::whole::bytes;
use crate::units::{MiB, Permille};

/// How a VM leaves its node in a drain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// Live migration: it goes on running.
    Live,
    /// Quick migration: saved to storage, restored on the target; it is down meanwhile.
    Quick,
    /// Nothing to copy: only the owner changes.
    Owner,
}

impl Way {
    /// Name in files.
    pub fn name(self) -> &'static str {
        match self {
            Way::Live => "live",
            Way::Quick => "quick",
            Way::Owner => "owner",
        }
    }
}

/// How Windows moves this VM: live from the priority on that `MoveTypeThreshold` names (2000, medium, unless changed), by
/// quick migration below, which takes in VMs that are not started automatically (priority 0).
///
/// Microsoft, "Configuring How VMs Are Moved when a Node is Drained" (2013).
pub fn way(vm: &Vm) -> Way {
    match vm.state {
        VmState::Running if moves_live(vm) => Way::Live,
        VmState::Running => Way::Quick,
        VmState::Saved | VmState::Off => Way::Owner,
    }
}

/// Number by which Windows orders roles.
pub fn priority_number(priority: VmPriority) -> u32 {
    match priority {
        VmPriority::High => 3000,
        VmPriority::Medium => 2000,
        VmPriority::Low => 1000,
        VmPriority::NoAutoStart => 0,
    }
}

/// Most memory it may come to need on the target.
pub(super) fn most_memory(vm: &Vm) -> MiB {
    vm.maximum_memory_mib.unwrap_or(vm.memory_mib).max(vm.memory_mib)
}

/// What is copied, in bytes on the wire: compression shrinks memory, dirty rate and working set alike, which leaves all
/// times as they are at the higher rate.
pub(super) fn memory(vm: &Vm, gain_permille: Permille, dirty_permille: Permille) -> Memory {
    let gain = gain_permille.max(1) as f64 / 1000.0;
    let dirty_rate = bytes(u64::from(vm.dirty_mib_s.unwrap_or(DIRTY_MIB_S))) * dirty_permille as f64 / 1000.0;
    let default_set = bytes(vm.memory_mib) * WORKING_SET_PERMILLE as f64 / 1000.0;
    let working_set = vm.working_set_mib.map_or(default_set, bytes).min(bytes(vm.memory_mib));
    Memory {
        bytes: bytes(vm.memory_mib) / gain,
        dirty_rate: dirty_rate / gain,
        working_set: working_set / gain,
    }
}

/// What quick migration copies: the memory is written once and read once, nothing changes on the way.
pub(super) fn saved_state(vm: &Vm) -> Memory {
    Memory {
        bytes: 2.0 * bytes(vm.memory_mib),
        dirty_rate: 0.0,
        working_set: 0.0,
    }
}
