//! Stretches of addresses that several nodes hand out, over all clusters.
//!
//! In: pools and the ledger. Out: each stretch with the nodes whose pools hold it. Must not know: what should be changed.

use crate::mac::ledger::Holder;
use crate::mac::pools::{self, NodePool};
use crate::units::{Mac, MacRange};
use std::collections::BTreeSet;

/// Addresses that the same nodes, two at least, hand out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// The addresses.
    pub range: MacRange,
    /// Positions of the pools in the list that was given.
    pub pools: Vec<usize>,
    /// Different addresses of the stretch that some adapter holds today.
    pub in_use: usize,
}

/// All stretches in order of their addresses. Pools that can give no addresses (inverted, not unicast) are passed over.
pub fn overlaps(pools: &[NodePool], holders: &[Holder]) -> Vec<Overlap> {
    let mut bounds: Vec<(u64, bool, usize)> = Vec::new();
    for (index, pool) in pools.iter().enumerate() {
        let range = pool.pool.range;
        if pools::fault(range).is_none() {
            bounds.push((range.min.0, true, index));
            bounds.push((range.max.0 + 1, false, index));
        }
    }
    bounds.sort_unstable();
    let mut open: BTreeSet<usize> = BTreeSet::new();
    let mut found: Vec<Overlap> = Vec::new();
    let mut from = 0;
    for (at, starts, index) in bounds {
        if at > from && open.len() > 1 {
            let range = MacRange {
                min: Mac(from),
                max: Mac(at - 1),
            };
            found.push(Overlap {
                range,
                pools: open.iter().copied().collect(),
                in_use: addresses_in(holders, range),
            });
        }
        from = at;
        if starts {
            open.insert(index);
        } else {
            open.remove(&index);
        }
    }
    found
}

/// Different addresses of a range that are held; `holders` as [`super::ledger::ledger`] sorts them.
pub fn addresses_in(holders: &[Holder], range: MacRange) -> usize {
    let start = holders.partition_point(|h| h.mac < range.min);
    let held = holders.get(start..).unwrap_or_default();
    let inside = held.iter().take_while(|h| h.mac <= range.max);
    let mut macs: Vec<Mac> = inside.map(|h| h.mac).collect();
    macs.dedup();
    macs.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mac::ledger::Place;
    use crate::mac::pools::Pool;

    const BASE: u64 = 0x0015_5D00_0000;

    fn list(ranges: &[(u64, u64)]) -> Vec<NodePool> {
        let pool = |(node, (min, max)): (usize, &(u64, u64))| NodePool {
            cluster: 0,
            node,
            pool: Pool {
                range: MacRange {
                    min: Mac(BASE + min),
                    max: Mac(BASE + max),
                },
                assumed: false,
            },
        };
        ranges.iter().enumerate().map(pool).collect()
    }

    fn stretches(ranges: &[(u64, u64)]) -> Vec<(u64, u64, Vec<usize>)> {
        let shown = |o: Overlap| (o.range.min.0 - BASE, o.range.max.0 - BASE, o.pools);
        overlaps(&list(ranges), &[]).into_iter().map(shown).collect()
    }

    #[test]
    fn each_stretch_names_the_pools_that_hold_it() {
        assert_eq!(
            stretches(&[(0, 9), (5, 14), (8, 8)]),
            [(5, 7, vec![0, 1]), (8, 8, vec![0, 1, 2]), (9, 9, vec![0, 1])]
        );
    }

    #[test]
    fn neighbours_do_not_overlap_and_inverted_pools_are_passed_over() {
        assert_eq!(stretches(&[(0, 9), (10, 19), (9, 0)]), []);
    }

    #[test]
    fn an_address_that_two_adapters_hold_is_in_use_once() {
        let holder = |mac, vm| Holder {
            mac: Mac(BASE + mac),
            cluster: 0,
            place: Place::Vnic(vm, 0),
        };
        let held = [holder(3, 0), holder(5, 1), holder(5, 2), holder(9, 3), holder(12, 4)];

        assert_eq!(overlaps(&list(&[(0, 9), (4, 9)]), &held)[0].in_use, 2);
    }
}
