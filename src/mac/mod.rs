//! MAC addresses: pools of the hosts, who holds which address, NLB, and the MAC plan. Pure functions over facts.
//!
//! In: the inventory. Out: pools with their use, the ledger of addresses, planned pools and static addresses.
//! Must not know: planner, checks, reports.
//!
//! # Why
//! Hyper-V gives a dynamic address at first power-on and gives a new one at the next power-on on a host whose pool does not
//! hold it (B. Armstrong, 2010). Overlapping pools therefore make duplicates and disjoint pools make addresses change. So the
//! pools are planned disjoint, and the few VMs whose address must not change get a static one outside every pool.

pub mod ledger;
pub mod nlb;
pub mod pools;
mod propose;
mod statics;

#[cfg(test)]
mod testing;

pub use pools::{Pool, PoolUse};
pub use statics::is_replica_pair;

use crate::inventory::{Cluster, Inventory};
use crate::plan::{PoolPlan, StaticMacPlan};
use crate::units::{Mac, MacRange};

/// Microsoft's prefix of dynamic Hyper-V addresses, `00-15-5D`, as the upper 24 bits of an address.
pub const HYPER_V_PREFIX: u64 = 0x0015_5D00_0000;

/// The addresses that System Center VMM hands out unless told otherwise (documentation of its MAC pools).
pub const SCVMM_RANGE: MacRange = MacRange {
    min: Mac(0x001D_D8B7_1C00),
    max: Mac(0x001D_D8F4_1FFF),
};

/// The MAC plan of one cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MacPlan {
    /// One pool per node, in node order.
    pub pools: Vec<PoolPlan>,
    /// vNICs that need a static address or spoofing, or lose one of them; in VM order.
    pub statics: Vec<StaticMacPlan>,
}

/// The MAC plans of all clusters, in the order of the inventory: no pool and no static address occurs twice in them.
pub fn plan_all(inventory: &Inventory) -> Vec<MacPlan> {
    let pools = propose::all_pools(inventory);
    let ranges: Vec<MacRange> = pools.iter().flatten().map(|p| p.planned).collect();
    let statics = statics::all_statics(inventory, &ranges);
    pools
        .into_iter()
        .zip(statics)
        .map(|(pools, statics)| MacPlan { pools, statics })
        .collect()
}

/// The MAC plan of one cluster of the inventory, apart from the pools and addresses of every other cluster there.
pub fn plan(inventory: &Inventory, cluster: &Cluster) -> (Vec<PoolPlan>, Vec<StaticMacPlan>) {
    let position = inventory.clusters.iter().position(|c| c.name == cluster.name);
    let own = position
        .and_then(|index| plan_all(inventory).into_iter().nth(index))
        .unwrap_or_default();
    (own.pools, own.statics)
}

/// Whether a vNIC may have this address: neither unset nor all ones, and the multicast bit (lowest of the first byte) clear.
pub fn is_usable(mac: Mac) -> bool {
    !mac.is_unset() && mac.bytes()[0] & 1 == 0
}
