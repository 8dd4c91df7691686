//! MAC addresses: pools of the hosts, who holds which address, NLB, and the MAC plan. Pure functions over facts.
//!
//! In: the inventory. Out: pools with their use, the ledger of addresses, planned pools and static addresses.
//! Must not know: planner, checks, reports.
//!
//! # Why
//! Hyper-V gives a dynamic address at first power-on and gives a new one at the next power-on on a host whose pool does not
//! hold it (B. Armstrong, 2010). Overlapping pools therefore make duplicates and disjoint pools make addresses change. So the
//! pools are planned disjoint, and the few VMs whose address must not change get a static one outside every pool.

pub mod account;
pub mod change;
pub mod claim;
mod clashes;
pub mod cold_start;
mod cut;
pub mod exhaustion;
mod fewest;
mod keep;
pub mod ledger;
pub mod needed;
pub mod nlb;
pub mod nlb_groups;
pub mod overlap;
pub mod pools;
mod propose;
pub mod restarts;
mod running;
pub mod sharing;
pub mod spoofing;
mod statics;

#[cfg(test)]
mod testing;

pub use pools::{Pool, PoolUse};
pub use propose::{NEW_POOLS, STATIC_BLOCK};

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

#[cfg(test)]
mod tests {
    use super::testing::{cluster, host_vnic, inventory, pool, vm};
    use super::*;
    use crate::inventory::{Nlb, NlbMode};

    /// Three clusters in which much is wrong, the same every time for the same seed.
    fn messy(seed: u64) -> Inventory {
        let mut state = seed;
        let mut roll = |sides: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % sides
        };
        let mut clusters = Vec::new();
        for c in 0..3 {
            let mut facts = cluster(&format!("C{c}"), 4);
            for node in &mut facts.nodes {
                let block = roll(6);
                node.mac_pool = match roll(5) {
                    0 => None,
                    1 => Some(MacRange {
                        min: pool(block).max,
                        max: pool(block).min,
                    }),
                    _ => Some(pool(block)),
                };
                node.management_ip = format!("10.0.0.{}", roll(6));
                node.host_vnics = (0..roll(3)).map(|i| host_vnic(&format!("V{i}"), "S")).collect();
            }
            for v in 0..40 {
                let mut guest = vm(
                    &format!("C{c}VM{v}"),
                    Some(roll(4) as usize),
                    &[0, 1, 2, 3],
                    1 + roll(12) as usize,
                );
                guest.mac_bound = if roll(6) == 0 { "licence".into() } else { String::new() };
                guest.spoofing_reason = if roll(9) == 0 { "nested".into() } else { String::new() };
                let mode = [NlbMode::Unicast, NlbMode::Multicast, NlbMode::Igmp][roll(3) as usize];
                guest.nlb = (roll(5) == 0).then(|| Nlb {
                    name: "web".into(),
                    mode,
                    vip: None,
                });
                for vnic in &mut guest.vnics {
                    let prefix = [HYPER_V_PREFIX, HYPER_V_PREFIX, 0x0100_0000_0000, 0x02BF_0000_0000][roll(4) as usize];
                    vnic.mac = (roll(8) > 0).then(|| Mac(prefix | roll(8) << 8 | roll(64)));
                    vnic.dynamic_mac = roll(3) > 0;
                    vnic.spoofing = roll(7) == 0;
                }
                facts.vms.push(guest);
            }
            clusters.push(facts);
        }
        inventory(clusters)
    }

    #[test]
    fn whatever_is_wrong_today_the_planned_pools_are_disjoint_and_large_enough() {
        for seed in 0..60 {
            let facts = messy(seed);

            let mut pools: Vec<PoolPlan> = plan_all(&facts).into_iter().flat_map(|p| p.pools).collect();

            assert!(
                pools.iter().all(|p| p.planned.size() >= p.worst_in_use.max(1)),
                "seed {seed}"
            );
            pools.sort_by_key(|p| p.planned);
            assert!(
                pools.windows(2).all(|w| w[0].planned.max < w[1].planned.min),
                "seed {seed}"
            );
        }
    }

    #[test]
    fn whatever_is_wrong_today_the_planned_static_addresses_are_usable_unique_and_outside_the_pools() {
        for seed in 0..60 {
            let facts = messy(seed);
            let plans = plan_all(&facts);
            let pools: Vec<MacRange> = plans.iter().flat_map(|p| &p.pools).map(|p| p.planned).collect();

            // Members of NLB clusters may share their cluster's address.
            let of_cluster = |plan: &StaticMacPlan, mac: Mac| {
                let mut vms = facts.clusters.iter().flat_map(|c| &c.vms);
                vms.any(|vm| vm.name == plan.vm && nlb::is_own_cluster_mac(vm, mac))
            };
            let statics = plans.iter().flat_map(|p| &p.statics);
            let mut given: Vec<Mac> = statics
                .filter_map(|s| s.planned.filter(|mac| !of_cluster(s, *mac)))
                .collect();

            assert!(
                given.iter().all(|m| is_usable(*m) && !nlb::is_reserved(*m)),
                "seed {seed}"
            );
            assert!(
                given.iter().all(|m| pools.iter().all(|p| !p.contains(*m))),
                "seed {seed}"
            );
            let all = given.len();
            given.sort_unstable();
            given.dedup();
            assert_eq!(given.len(), all, "seed {seed}");
        }
    }

    #[test]
    fn a_plan_that_was_carried_out_stays_as_it_is() {
        for seed in 0..60 {
            let facts = messy(seed);
            let plans = plan_all(&facts);
            let after = change::carried_out(&facts, &plans, &[]);

            for plan in plan_all(&after) {
                assert!(plan.pools.iter().all(|p| p.today == Some(p.planned)), "seed {seed}");
                assert!(
                    plan.statics
                        .iter()
                        .all(|s| s.planned.is_none_or(|m| s.current == Some(m))),
                    "seed {seed}"
                );
            }
        }
    }

    #[test]
    fn whatever_is_wrong_today_no_address_is_shared_by_mistake_once_everything_is_done() {
        for seed in 0..60 {
            let facts = messy(seed);
            let plans = plan_all(&facts);
            let todo = change::restarts(&facts, &plans).steps;

            let after = account::account(&change::carried_out(&facts, &plans, &todo));

            assert!(todo.iter().all(|r| r.node.is_some()), "seed {seed}");
            assert_eq!((after.overlaps, after.duplicates), (vec![], vec![]), "seed {seed}");
            assert_eq!(after.dangers.lost_that_must_stay, 0, "seed {seed}");
        }
    }

    #[test]
    fn one_cluster_gets_its_part_of_the_plan_of_all() {
        let facts = messy(1);

        let (pools, statics) = plan(&facts, &facts.clusters[2]);

        assert_eq!(MacPlan { pools, statics }, plan_all(&facts)[2]);
    }
}
