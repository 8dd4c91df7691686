//! Planned pools: today's pool where it serves and the overlaps let it stay, cut where an address in it must not change, else the
//! same one widened, else a new one; never two that overlap.
//!
//! In: pools and their use. Out: one [`PoolPlan`] per node of every cluster. Must not know: findings, reports.
//!
//! # Why
//! A new range makes every dynamic address of the node change at the next cold start, so a pool that is only too small is
//! widened in place where the neighbouring addresses are free. New ranges start at `00-15-5D-F0-00`: default pools are made of
//! the last two octets of an address, and third octets from 240 are rare, so that a host outside the inventory is seldom hit.

use crate::inventory::{Cluster, Inventory};
use crate::mac::keep::{Worth, most_valuable};
use crate::mac::ledger::ledger;
use crate::mac::pools::{self, NEARLY_FULL_PERMILLE, PoolUse};
use crate::mac::{HYPER_V_PREFIX, SCVMM_RANGE, cut};
use crate::plan::PoolPlan;
use crate::units::{Mac, MacRange};

/// Addresses are given out in blocks as large as Windows' default pool.
const BLOCK: u64 = 256;
/// Where the search for new ranges starts.
const FIRST_NEW: u64 = HYPER_V_PREFIX | 0xF0_0000;
/// First address of new pools, as long as there is room behind it.
pub const NEW_POOLS: Mac = Mac(FIRST_NEW);
/// Last address under the prefix.
const LAST: u64 = HYPER_V_PREFIX | 0xFF_FFFF;
/// Planned static addresses come from here; no new or widened pool reaches in.
pub const STATIC_BLOCK: MacRange = MacRange {
    min: Mac(HYPER_V_PREFIX | 0xFF_0000),
    max: Mac(LAST),
};
/// A pool of more addresses than this gives way when the others find no room beside it (1,024 blocks).
const WIDE: u64 = 1024 * BLOCK;
/// A pool of more addresses than this gives way in any case: it leaves none for static ones under the prefix.
const WIDEST: u64 = STATIC_BLOCK.min.0 - HYPER_V_PREFIX;
/// Growth above ten-fold is taken as ten-fold: it must not eat the address space.
const MOST_GROWTH_PERCENT: u64 = 900;

/// The range of a node that keeps none.
const NOTHING: MacRange = MacRange {
    min: Mac(LAST),
    max: Mac(0),
};

/// Addresses of today, ascending.
struct Addresses {
    used: Vec<Mac>,
    /// Those that must not change, so that no pool may hold them where it can give way.
    must_stay: Vec<Mac>,
}

/// What stands where while ranges are given out.
struct Space {
    /// Every address in use, sorted.
    used: Vec<Mac>,
    /// Ranges that must stay free of new pools: today's pools and those planned so far.
    taken: Vec<MacRange>,
    /// Search for new ranges goes on here.
    next: u64,
}

/// Pools of all nodes of all clusters, in inventory order.
pub fn all_pools(inventory: &Inventory) -> Vec<Vec<PoolPlan>> {
    let holders = ledger(inventory);
    let mut used: Vec<Mac> = holders.iter().map(|h| h.mac).collect();
    used.dedup();
    let addresses = Addresses {
        used,
        must_stay: cut::must_stay(inventory, &holders),
    };
    let (plans, complete) = attempt(inventory, &addresses, WIDEST);
    if complete {
        plans
    } else {
        attempt(inventory, &addresses, WIDE).0
    }
}

/// Plans all pools while keeping none of more than `widest` addresses. The flag says whether each node got a range of its own.
fn attempt(inventory: &Inventory, addresses: &Addresses, widest: u64) -> (Vec<Vec<PoolPlan>>, bool) {
    let today: Vec<MacRange> = pools::all(inventory)
        .iter()
        .map(|p| p.pool.range)
        .filter(|r| pools::fault(*r).is_none() && r.size() <= widest)
        .collect();
    let loads: Vec<Vec<PoolUse>> = inventory.clusters.iter().map(pools::usage).collect();
    let mut kept = kept_pools(inventory, &loads, &today, &addresses.must_stay).into_iter();
    let mut plans: Vec<Vec<(PoolPlan, bool)>> = Vec::new();
    for (cluster, loads) in inventory.clusters.iter().zip(&loads) {
        let mut nodes = Vec::new();
        for (node, load) in cluster.nodes.iter().zip(loads) {
            let planned = kept.next().flatten().unwrap_or(NOTHING);
            let settled = planned.size() >= needed(*load, growth(cluster));
            nodes.push((pool_plan(node, *load, planned), settled));
        }
        plans.push(nodes);
    }
    let taken = today.into_iter().chain([STATIC_BLOCK, SCVMM_RANGE]).collect();
    give_ranges(
        inventory,
        plans,
        Space {
            used: addresses.used.clone(),
            taken,
            next: FIRST_NEW,
        },
    )
}

/// Today's pools that stay where they are, for each node of all clusters in inventory order: as many unchanged as the overlaps
/// and the addresses that must not change allow. One that is too small stays, to be widened, where it is in no other's way.
fn kept_pools(
    inventory: &Inventory,
    loads: &[Vec<PoolUse>],
    today: &[MacRange],
    must_stay: &[Mac],
) -> Vec<Option<MacRange>> {
    let mut ranges = Vec::new();
    for (cluster, loads) in inventory.clusters.iter().zip(loads) {
        for (node, load) in cluster.nodes.iter().zip(loads) {
            let pool = pools::effective(node).filter(|p| today.contains(&p.range));
            let whole = pool.map_or(NOTHING, |p| p.range);
            let wanted = needed(*load, growth(cluster));
            let range = without_bound(whole, wanted, must_stay);
            let stays = range == whole && range.size() >= wanted;
            let assumed = pool.is_some_and(|p| p.assumed);
            let worth = Worth {
                unchanged: u64::from(stays && !assumed),
                assumed: u64::from(stays && assumed),
                adapters: load.now + 1,
            };
            ranges.push((range, worth));
        }
    }
    let kept = most_valuable(&ranges);
    let chosen = ranges.iter().zip(kept);
    chosen.map(|((range, _), kept)| kept.then_some(*range)).collect()
}

/// The part of a pool that leaves the addresses that must not change outside; the whole pool where only that is large enough.
fn without_bound(pool: MacRange, wanted: u64, must_stay: &[Mac]) -> MacRange {
    let part = cut::longest_part(pool, must_stay);
    let fits = |part: &MacRange| part.size() >= wanted || pool.size() < wanted;
    part.filter(fits).unwrap_or(pool)
}

/// Growth of the cluster's policy in percent, within reason.
fn growth(cluster: &Cluster) -> u64 {
    cluster.policy.growth_percent.min(MOST_GROWTH_PERCENT)
}

fn pool_plan(node: &crate::inventory::Node, load: PoolUse, planned: MacRange) -> PoolPlan {
    PoolPlan {
        node: node.name.clone(),
        today: node.mac_pool,
        planned,
        in_use: load.now,
        worst_in_use: load.worst,
    }
}

/// Widens or replaces the pools that are not settled.
fn give_ranges(
    inventory: &Inventory,
    plans: Vec<Vec<(PoolPlan, bool)>>,
    mut space: Space,
) -> (Vec<Vec<PoolPlan>>, bool) {
    let mut complete = true;
    let mut done = Vec::new();
    for (cluster, nodes) in inventory.clusters.iter().zip(plans) {
        let growth = growth(cluster);
        let mut ready = Vec::new();
        for (mut plan, settled) in nodes {
            if !settled {
                let load = PoolUse {
                    now: plan.in_use,
                    worst: plan.worst_in_use,
                    worst_loss: None,
                };
                let wanted = needed(load, growth);
                let found = space.widened(plan.planned, wanted).or_else(|| space.fresh(wanted));
                complete &= found.is_some();
                plan.planned = found.unwrap_or(last_resort(plan.planned));
                space.taken.push(plan.planned);
            }
            ready.push(plan);
        }
        done.push(ready);
    }
    (done, complete)
}

/// No room anywhere: the range the node had, or the first block; the checks of the plan report what is wrong with it.
fn last_resort(range: MacRange) -> MacRange {
    if range.size() > 0 {
        range
    } else {
        MacRange {
            min: Mac(FIRST_NEW),
            max: Mac(FIRST_NEW + BLOCK - 1),
        }
    }
}

/// Addresses a pool must hold: the grown worst use, and so many that it is not nearly full today.
fn needed(load: PoolUse, growth_percent: u64) -> u64 {
    let grown = load.worst.saturating_mul(100 + growth_percent).div_ceil(100);
    grown.max(load.now.saturating_mul(1000) / NEARLY_FULL_PERMILLE + 1)
}

impl Space {
    /// Last address of something that stands in the range.
    fn obstacle(&self, range: MacRange) -> Option<u64> {
        let last_used = self
            .used
            .partition_point(|m| *m <= range.max)
            .checked_sub(1)
            .map(|i| self.used[i]);
        let used = last_used.filter(|m| *m >= range.min).map(|m| m.0);
        used.or_else(|| {
            self.taken
                .iter()
                .find(|t| t.intersection(range).is_some())
                .map(|t| t.max.0)
        })
    }

    fn is_free(&self, min: u64, max: u64) -> bool {
        self.obstacle(MacRange {
            min: Mac(min),
            max: Mac(max),
        })
        .is_none()
    }

    /// The same range with more addresses behind it, else before it; whole blocks, same first three bytes.
    fn widened(&self, range: MacRange, wanted: u64) -> Option<MacRange> {
        let (min, max) = (range.min.0, range.max.0);
        if range.size() == 0 {
            return None;
        }
        let end = (min + wanted - 1) | (BLOCK - 1);
        if end >> 24 == max >> 24 && self.is_free(max + 1, end) {
            return Some(MacRange {
                min: range.min,
                max: Mac(end),
            });
        }
        let start = (max + 1).checked_sub(wanted)? & !(BLOCK - 1);
        let room = start >> 24 == min >> 24 && self.is_free(start, min - 1);
        room.then_some(MacRange {
            min: Mac(start),
            max: range.max,
        })
    }

    /// The next free run of whole blocks, from [`FIRST_NEW`] to the end of the prefix and then from its start.
    fn fresh(&mut self, wanted: u64) -> Option<MacRange> {
        let size = wanted.checked_next_multiple_of(BLOCK)?;
        let found = self
            .gap(self.next, LAST, size)
            .or_else(|| self.gap(HYPER_V_PREFIX, LAST, size))?;
        self.next = found.max.0 + 1;
        Some(found)
    }

    fn gap(&self, from: u64, last: u64, size: u64) -> Option<MacRange> {
        let mut start = from;
        while start.checked_add(size - 1)? <= last {
            let range = MacRange {
                min: Mac(start),
                max: Mac(start + size - 1),
            };
            let Some(obstacle) = self.obstacle(range) else {
                return Some(range);
            };
            start = (obstacle + 1).next_multiple_of(BLOCK);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mac::testing::{cluster, inventory, pool, vm};

    fn planned(clusters: Vec<Cluster>) -> Vec<MacRange> {
        all_pools(&inventory(clusters))
            .into_iter()
            .flatten()
            .map(|p| p.planned)
            .collect()
    }

    fn disjoint(ranges: &[MacRange]) -> bool {
        ranges
            .iter()
            .enumerate()
            .all(|(i, a)| ranges[..i].iter().all(|b| a.intersection(*b).is_none()))
    }

    #[test]
    fn good_pools_stay_as_they_are() {
        let mut facts = cluster("C", 2);
        facts.nodes[0].mac_pool = Some(pool(0x010B));
        facts.nodes[1].mac_pool = Some(pool(0x010C));
        facts.vms = vec![vm("A", Some(0), &[0, 1], 1)];

        assert_eq!(planned(vec![facts]), [pool(0x010B), pool(0x010C)]);
    }

    #[test]
    fn the_first_of_two_clones_keeps_its_pool_and_the_other_gets_a_new_one() {
        let mut facts = cluster("C", 3);
        facts.nodes.iter_mut().for_each(|n| n.mac_pool = Some(pool(0x010B)));

        assert_eq!(planned(vec![facts]), [pool(0x010B), pool(0xF000), pool(0xF001)]);
    }

    #[test]
    fn of_two_clones_the_node_with_more_adapters_keeps_its_pool() {
        let mut facts = cluster("C", 2);
        facts.nodes.iter_mut().for_each(|n| n.mac_pool = Some(pool(0x010B)));
        facts.vms = vec![vm("A", Some(1), &[1], 1)];

        assert_eq!(planned(vec![facts]), [pool(0xF000), pool(0x010B)]);
    }

    #[test]
    fn one_wide_pool_is_changed_rather_than_the_two_that_lie_in_it() {
        let mut facts = cluster("C", 3);
        let wide = MacRange {
            min: pool(0x0100).min,
            max: pool(0x01FF).max,
        };
        for (node, range) in facts.nodes.iter_mut().zip([wide, pool(0x0110), pool(0x0120)]) {
            node.mac_pool = Some(range);
        }

        assert_eq!(planned(vec![facts]), [pool(0xF000), pool(0x0110), pool(0x0120)]);
    }

    #[test]
    fn pools_of_two_clusters_never_overlap() {
        let (mut a, mut b) = (cluster("A", 1), cluster("B", 1));
        a.nodes[0].mac_pool = Some(pool(0x010B));
        b.nodes[0].mac_pool = Some(pool(0x010B));

        assert_eq!(planned(vec![a, b]), [pool(0x010B), pool(0xF000)]);
    }

    #[test]
    fn a_default_pool_is_assumed_where_none_is_known() {
        let mut facts = cluster("C", 2);
        facts.nodes[0].management_ip = "10.0.1.11".into();

        assert_eq!(planned(vec![facts]), [pool(0x010B), pool(0xF000)]);
    }

    #[test]
    fn an_inverted_pool_is_replaced() {
        let mut facts = cluster("C", 1);
        facts.nodes[0].mac_pool = Some(MacRange {
            min: pool(1).max,
            max: pool(1).min,
        });

        assert_eq!(planned(vec![facts]), [pool(0xF000)]);
    }

    #[test]
    fn a_pool_too_small_for_the_loss_of_a_node_is_widened_in_place() {
        let mut facts = cluster("C", 2);
        facts.nodes[0].mac_pool = Some(pool(0x0100));
        facts.nodes[1].mac_pool = Some(pool(0x0110));
        facts.vms = vec![vm("A", Some(0), &[0, 1], 150), vm("B", Some(1), &[0, 1], 150)];

        let found = planned(vec![facts]);

        assert_eq!(
            found[0],
            MacRange {
                min: pool(0x0100).min,
                max: pool(0x0101).max
            }
        );
        assert_eq!(
            found[1],
            MacRange {
                min: pool(0x0110).min,
                max: pool(0x0111).max
            }
        );
    }

    #[test]
    fn a_pool_with_neighbours_on_both_sides_is_moved() {
        let mut facts = cluster("C", 3);
        for (node, block) in facts.nodes.iter_mut().zip([0x00FF, 0x0100, 0x0101]) {
            node.mac_pool = Some(pool(block));
        }
        facts.vms = vec![vm("A", Some(1), &[1], 300)];

        let found = planned(vec![facts]);

        assert_eq!(
            found[1],
            MacRange {
                min: pool(0xF000).min,
                max: pool(0xF001).max
            }
        );
        assert!(disjoint(&found));
    }

    #[test]
    fn growth_of_the_policy_counts() {
        let mut facts = cluster("C", 1);
        facts.nodes[0].mac_pool = Some(pool(0x0100));
        facts.vms = vec![vm("A", Some(0), &[0], 200)];
        assert_eq!(planned(vec![facts.clone()]), [pool(0x0100)]);

        facts.policy.growth_percent = 50;

        assert_eq!(planned(vec![facts])[0].size(), 512);
    }

    #[test]
    fn new_ranges_avoid_addresses_in_use_and_the_static_block() {
        let mut facts = cluster("C", 1);
        let mut guest = vm("A", Some(0), &[0], 1);
        guest.vnics[0].mac = Some(Mac(FIRST_NEW + 3));
        facts.vms = vec![guest];

        assert_eq!(planned(vec![facts]), [pool(0xF001)]);
    }

    #[test]
    fn a_pool_over_the_whole_prefix_gives_way_to_the_others() {
        let mut facts = cluster("C", 2);
        let whole = MacRange {
            min: Mac(HYPER_V_PREFIX),
            max: Mac(LAST),
        };
        facts.nodes.iter_mut().for_each(|n| n.mac_pool = Some(whole));

        let found = planned(vec![facts]);

        assert!(disjoint(&found), "{found:?}");
        assert!(found.iter().all(|r| r.intersection(STATIC_BLOCK).is_none()));
    }

    #[test]
    fn many_nodes_without_any_pool_get_ranges_of_their_own() {
        let found = planned((0..80).map(|c| cluster(&format!("C{c}"), 64)).collect());

        assert_eq!(found.len(), 80 * 64);
        let mut sorted = found;
        sorted.sort_unstable();
        assert!(sorted.windows(2).all(|w| w[0].max < w[1].min));
    }
}
