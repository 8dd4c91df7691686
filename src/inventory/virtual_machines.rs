//! The facts about virtual machines and their network adapters, resolved like the rest of the entities.

use super::entities::Origin;
use super::facts::Facts;
use crate::units::{Mac, Mbps, MiB};
use std::collections::BTreeSet;

/// State of a VM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VmState {
    /// Running (or paused).
    Running,
    /// Saved to disk.
    Saved,
    /// Off. Its bandwidth and memory stay reserved: it may be started.
    Off,
}

/// Priority of a clustered VM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VmPriority {
    /// 3000.
    High,
    /// 2000.
    Medium,
    /// 1000; quick-migrated in a drain.
    Low,
    /// 0: not started after a failover.
    NoAutoStart,
}

/// NLB operation mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NlbMode {
    /// Adapter MAC replaced by 02-BF-…
    Unicast,
    /// 03-BF-…
    Multicast,
    /// 01-00-5E-7F-…
    Igmp,
}

/// Membership in an NLB cluster of guests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nlb {
    /// Name of the NLB cluster.
    pub name: String,
    /// Mode.
    pub mode: NlbMode,
    /// Cluster IP (VIP); `None` = unknown.
    pub vip: Option<std::net::Ipv4Addr>,
}

/// A virtual machine.
#[derive(Clone, Debug)]
pub struct Vm {
    /// Name.
    pub name: String,
    /// Record.
    pub origin: Origin,
    /// What only rules read.
    pub facts: Facts,
    /// Index of the node that runs it; `None` = not placed (planned VM, counted on no node, free to go anywhere).
    pub host: Option<usize>,
    /// Assigned memory.
    pub memory_mib: MiB,
    /// Most memory it may get (dynamic memory); `None` = the assigned memory. Decides where it fits.
    pub maximum_memory_mib: Option<MiB>,
    /// Rate at which the guest dirties distinct pages, MiB/s; `None` = unknown.
    pub dirty_mib_s: Option<u32>,
    /// Memory that the guest writes to again and again; `None` = unknown.
    pub working_set_mib: Option<MiB>,
    /// State.
    pub state: VmState,
    /// Generation 1 or 2.
    pub generation: u8,
    /// Priority.
    pub priority: VmPriority,
    /// Indices of nodes that may own it, ascending, never empty (all nodes when nothing is said).
    pub owners: Vec<usize>,
    /// Anti-affinity group: members should not share a node while there are enough; empty = none.
    pub anti_affinity: String,
    /// Guest OS.
    pub os: String,
    /// NLB membership.
    pub nlb: Option<Nlb>,
    /// Needs PXE boot.
    pub pxe: bool,
    /// Replicated by Hyper-V Replica.
    pub replica: bool,
    /// Why its MAC must not change (`activation`, `dhcp reservation`, `licence` …); empty = no reason known.
    pub mac_bound: String,
    /// Needs spoofing for a reason other than NLB (`nested`, `appliance`, `carp` …); empty = none.
    pub spoofing_reason: String,
    /// vNICs by name.
    pub vnics: Vec<Vnic>,
}

/// A VM's network adapter.
#[derive(Clone, Debug)]
pub struct Vnic {
    /// Name; `Network Adapter` when nothing is said.
    pub name: String,
    /// Record.
    pub origin: Origin,
    /// What only rules read.
    pub facts: Facts,
    /// Emulated adapter.
    pub legacy: bool,
    /// Virtual switch it is connected to today; empty = none.
    pub switch: String,
    /// It belongs to an internal or private switch and needs no external network.
    pub isolated: bool,
    /// VLANs; empty = untagged.
    pub vlans: BTreeSet<u16>,
    /// Present MAC; `None` = unknown or never started.
    pub mac: Option<Mac>,
    /// Address drawn from the host's pool (against static).
    pub dynamic_mac: bool,
    /// `MacAddressSpoofing` is on.
    pub spoofing: bool,
    /// Average rate, if known.
    pub average: Option<Mbps>,
    /// 95th percentile, if known.
    pub p95: Option<Mbps>,
    /// Peak, if known.
    pub peak: Option<Mbps>,
    /// Minimum-bandwidth weight.
    pub weight: Option<u32>,
    /// Security zone; empty = none.
    pub zone: String,
    /// Wants an external network of its own.
    pub dedicated: bool,
}
