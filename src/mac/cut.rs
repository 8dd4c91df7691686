//! Addresses that must not change inside a pool: which part of the pool leaves them outside.
//!
//! In: who holds which address, a pool. Out: the addresses, the part. Must not know: which pool a node gets.
//!
//! # Why
//! A static address inside a pool is handed out a second time one day, so it has to leave the pool, or the pool has to leave it. Where
//! a licence or an NLB unicast cluster hangs on the address the pool gives way: a dynamic address that changes at a cold start
//! harms less.

use super::claim::{Bond, bond, keeps};
use super::ledger::{Holder, Place};
use super::{is_usable, nlb};
use crate::inventory::Inventory;
use crate::units::{Mac, MacRange};
use std::cmp::Reverse;

/// Addresses of vNICs that must keep them and can, ascending; `holders` as [`super::ledger::ledger`] sorts them.
pub(super) fn must_stay(inventory: &Inventory, holders: &[Holder]) -> Vec<Mac> {
    let strict = |holder: &Holder| match (holder.place, holder.vnic(inventory)) {
        (Place::Vnic(_, position), Some((vm, _))) => bond(vm, position) == Bond::Strict,
        _ => false,
    };
    let able =
        |holder: &Holder| is_usable(holder.mac) && !nlb::is_reserved(holder.mac) && keeps(inventory, holders, *holder);
    let found = holders.iter().filter(|h| strict(h) && able(h));
    let mut found: Vec<Mac> = found.map(|h| h.mac).collect();
    found.dedup();
    found
}

/// The longest part of the pool without any of these addresses (ascending), of several the first; the whole pool where it holds none.
pub(super) fn longest_part(pool: MacRange, addresses: &[Mac]) -> Option<MacRange> {
    let mut from = pool.min.0;
    let mut parts = Vec::new();
    let inside = addresses.iter().filter(|mac| pool.contains(**mac)).map(|mac| mac.0);
    for end in inside.chain([pool.max.0 + 1]) {
        parts.push((end.saturating_sub(from), from));
        from = end + 1;
    }
    let (size, from) = parts.into_iter().max_by_key(|(size, from)| (*size, Reverse(*from)))?;
    (size > 0).then(|| MacRange {
        min: Mac(from),
        max: Mac(from + size - 1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Cluster, Nlb, NlbMode};
    use crate::mac::testing::{cluster, inventory, pool, vm};
    use crate::mac::{MacPlan, plan_all};

    fn at(number: u64) -> Mac {
        Mac(pool(1).min.0 + number)
    }

    fn part(first: u64, last: u64) -> MacRange {
        MacRange {
            min: at(first),
            max: at(last),
        }
    }

    /// A node whose pool holds the addresses of a bound VM and of one that is not.
    fn facts() -> Cluster {
        let mut facts = cluster("C", 1);
        facts.nodes[0].mac_pool = Some(pool(1));
        facts.vms = vec![vm("BOUND", Some(0), &[0], 1), vm("PLAIN", Some(0), &[0], 1)];
        facts.vms[0].mac_bound = "licence".into();
        facts.vms[0].vnics[0].mac = Some(at(9));
        facts.vms[1].vnics[0].mac = Some(at(3));
        facts
    }

    fn planned(facts: Cluster) -> MacPlan {
        plan_all(&inventory(vec![facts])).remove(0)
    }

    #[test]
    fn the_longest_part_lies_between_two_addresses_or_an_end() {
        assert_eq!(longest_part(part(0, 9), &[]), Some(part(0, 9)));
        assert_eq!(longest_part(part(0, 9), &[at(2), at(7)]), Some(part(3, 6)));
        assert_eq!(longest_part(part(0, 9), &[at(4)]), Some(part(5, 9)));
        assert_eq!(longest_part(part(0, 8), &[at(4), at(20)]), Some(part(0, 3)));
        assert_eq!(longest_part(part(0, 1), &[at(0), at(1)]), None);
    }

    #[test]
    fn a_bound_address_stays_and_the_pool_gives_way_whether_it_is_dynamic_or_static() {
        for dynamic in [true, false] {
            let mut facts = facts();
            facts.vms[0].vnics[0].dynamic_mac = dynamic;

            let found = planned(facts);

            assert_eq!(found.pools[0].planned, part(10, 255));
            assert_eq!(found.statics[0].planned, Some(at(9)));
        }
    }

    #[test]
    fn the_part_must_hold_the_adapters_with_the_growth_of_the_policy() {
        let mut facts = facts();
        facts.vms.push(vm("MORE", Some(0), &[0], 150));
        assert_eq!(planned(facts.clone()).pools[0].planned, part(10, 255));

        // 152 adapters, 152 * 162 % = 247: one more than the part holds, while the pool still serves.
        facts.policy.growth_percent = 62;

        let found = planned(facts);
        assert_eq!(found.pools[0].planned, pool(1));
        assert_ne!(found.statics[0].planned, Some(at(9)));
        let reason = &found.statics[0].reason;
        assert!(reason.contains("has 246 addresses, too few"), "{reason}");
    }

    #[test]
    fn no_pool_gives_way_to_a_multicast_member_and_none_is_advised_to() {
        let mut facts = facts();
        facts.vms[0].mac_bound.clear();
        facts.vms[0].nlb = Some(Nlb {
            name: "web".into(),
            mode: NlbMode::Multicast,
            vip: None,
        });
        facts.vms.push(vm("MORE", Some(0), &[0], 200));
        for more in [200, 0] {
            facts.vms[2].vnics.truncate(more);

            let found = planned(facts.clone());

            assert_eq!(found.pools[0].planned, pool(1));
            let reason = &found.statics[0].reason;
            assert!(
                reason.contains("lies in a dynamic pool") && !reason.contains("too few"),
                "{reason}"
            );
        }
    }

    #[test]
    fn a_bound_address_that_another_adapter_has_a_better_claim_to_cuts_nothing() {
        let mut facts = facts();
        facts.nodes[0].nics[0].mac = Some(at(9));

        assert_eq!(planned(facts).pools[0].planned, pool(1));
    }

    #[test]
    fn of_two_clones_one_keeps_the_part_without_the_bound_address() {
        let mut facts = facts();
        let mut second = facts.nodes[0].clone();
        second.name = "HV2".into();
        facts.nodes.push(second);

        let found = planned(facts);

        let pools: Vec<MacRange> = found.pools.iter().map(|p| p.planned).collect();
        assert_eq!(pools, [part(10, 255), pool(0xF000)]);
    }

    #[test]
    fn a_pool_that_is_too_small_is_widened_away_from_the_bound_address() {
        let mut facts = facts();
        facts.vms.push(vm("MORE", Some(0), &[0], 300));

        let found = planned(facts);

        assert_eq!(found.pools[0].planned, part(10, 511));
        assert_eq!(found.statics[0].planned, Some(at(9)));
    }
}
