//! Which parts of the MAC plan an error hangs on; the rest clears warnings or follows advice.
//!
//! In: facts and the MAC plan. Out: for each pool, static address and spoofing setting whether an error stands until it is done, and the
//! plan without the rest. Must not know: findings.

use super::claim::{Bond, bond};
use super::ledger::{Holder, Place, ledger};
use super::sharing::duplicates;
use super::spoofing::is_unicast_member;
use super::{MacPlan, is_usable, pools};
use crate::inventory::{Cluster, Inventory};
use crate::plan::{PoolPlan, StaticMacPlan};
use crate::units::{Mac, MacRange};
use std::collections::{BTreeMap, BTreeSet};

/// What an error hangs on in one cluster, in the order of its plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needed {
    /// Pools.
    pub pools: Vec<bool>,
    /// Static addresses and spoofing settings.
    pub statics: Vec<NeededOfVnic>,
}

/// The same of one vNIC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NeededOfVnic {
    /// Its static address.
    pub address: bool,
    /// Its spoofing setting.
    pub spoofing: bool,
}

/// What is needed of each cluster's plan, in the order of the inventory.
pub fn needed(inventory: &Inventory, plans: &[MacPlan]) -> Vec<Needed> {
    let doubled = must_leave(inventory, plans);
    let clusters = inventory.clusters.iter().zip(plans).enumerate();
    clusters
        .map(|(index, (cluster, plan))| Needed {
            pools: needed_pools(cluster, &plan.pools),
            statics: needed_statics(cluster, &plan.statics, |mac, place| {
                doubled.contains(&Holder {
                    mac,
                    cluster: index,
                    place,
                })
            }),
        })
        .collect()
}

/// The plan with what is needed alone: pools and settings without need stay as they are today.
pub fn without_advice(inventory: &Inventory, plans: &[MacPlan]) -> Vec<MacPlan> {
    let needed = needed(inventory, plans);
    let all = inventory.clusters.iter().zip(plans).zip(needed);
    all.map(|((cluster, plan), needed)| MacPlan {
        pools: only_needed_pools(cluster, &plan.pools, &needed.pools),
        statics: only_needed_statics(cluster, &plan.statics, &needed.statics),
    })
    .collect()
}

/// Adapters that share an address by mistake and get another one by the plan; where all that share it do, the first of them could keep it.
fn must_leave(inventory: &Inventory, plans: &[MacPlan]) -> BTreeSet<Holder> {
    let holders = ledger(inventory);
    let planned: BTreeMap<(usize, &str, &str), Mac> = plans
        .iter()
        .enumerate()
        .flat_map(|(cluster, plan)| plan.statics.iter().map(move |entry| (cluster, entry)))
        .filter_map(|(cluster, entry)| Some(((cluster, entry.vm.as_str(), entry.vnic.as_str()), entry.planned?)))
        .collect();
    let leaves = |holder: &Holder| {
        let key = holder
            .vnic(inventory)
            .map(|(vm, vnic)| (holder.cluster, vm.name.as_str(), vnic.name.as_str()));
        key.and_then(|key| planned.get(&key))
            .is_some_and(|mac| *mac != holder.mac)
    };
    let mut found = BTreeSet::new();
    for duplicate in duplicates(inventory, &holders) {
        let all_leave = duplicate.holders.iter().all(leaves);
        found.extend(duplicate.holders.into_iter().skip(usize::from(all_leave)));
    }
    found
}

/// A pool that cannot give addresses, has none left, overlaps another one of the cluster or gives way to an address that must not change. One that could
/// stay is needed all the same where another one, which cannot, is planned into its addresses.
fn needed_pools(cluster: &Cluster, plans: &[PoolPlan]) -> Vec<bool> {
    let today: Vec<Option<MacRange>> = cluster
        .nodes
        .iter()
        .map(|node| pools::effective(node).map(|pool| pool.range))
        .collect();
    let used = pools::usage(cluster);
    let mut needed: Vec<bool> = (0..plans.len())
        .map(|i| match today.get(i).copied().flatten() {
            Some(range) => {
                let full = used.get(i).is_some_and(|load| load.now >= range.size());
                range != plans[i].planned
                    && (full
                        || is_cut(range, plans[i].planned)
                        || clashes(i, range, &today)
                        || pools::fault(range).is_some())
            }
            None => false,
        })
        .collect();
    loop {
        let after: Vec<Option<MacRange>> = (0..plans.len())
            .map(|i| if needed[i] { Some(plans[i].planned) } else { today[i] })
            .collect();
        let late = (0..plans.len()).find(|i| {
            let moves = !needed[*i] && after[*i] != Some(plans[*i].planned);
            moves && after[*i].is_some_and(|range| clashes(*i, range, &after))
        });
        match late {
            Some(index) => needed[index] = true,
            None => return needed,
        }
    }
}

/// Whether the pool of one node shares addresses with that of another one of the cluster.
fn clashes(own: usize, range: MacRange, pools: &[Option<MacRange>]) -> bool {
    let others = pools.iter().enumerate().filter(|(i, _)| *i != own);
    others
        .filter_map(|(_, other)| *other)
        .any(|other| pools::fault(other).is_none() && range.intersection(other).is_some())
}

/// Whether the planned pool is what is left of today's.
fn is_cut(today: MacRange, planned: MacRange) -> bool {
    planned.intersection(today) == Some(planned)
}

fn needed_statics(
    cluster: &Cluster,
    plans: &[StaticMacPlan],
    doubled: impl Fn(Mac, Place) -> bool,
) -> Vec<NeededOfVnic> {
    let places = places(cluster);
    let of = |entry: &StaticMacPlan| {
        let (v, i) = *places.get(&(entry.vm.as_str(), entry.vnic.as_str()))?;
        let vm = &cluster.vms[v];
        let planned = entry.planned.filter(|mac| entry.dynamic || entry.current != Some(*mac));
        let leaves = entry.current.filter(|mac| planned.is_some_and(|new| new != *mac));
        let unusable = |mac: Mac| !entry.dynamic && !is_usable(mac);
        Some(NeededOfVnic {
            address: planned.is_some()
                && ((entry.dynamic && bond(vm, i) == Bond::Strict)
                    || leaves.is_some_and(|mac| unusable(mac) || doubled(mac, Place::Vnic(v, i)))),
            spoofing: entry.spoofing && !vm.vnics[i].spoofing && is_unicast_member(vm, i),
        })
    };
    plans.iter().map(|entry| of(entry).unwrap_or_default()).collect()
}

/// Positions of VM and vNIC by the names of both.
pub fn places(cluster: &Cluster) -> BTreeMap<(&str, &str), (usize, usize)> {
    let vms = cluster.vms.iter().enumerate();
    vms.flat_map(|(v, vm)| {
        let vnics = vm.vnics.iter().enumerate();
        vnics.map(move |(i, vnic)| ((vm.name.as_str(), vnic.name.as_str()), (v, i)))
    })
    .collect()
}

fn only_needed_pools(cluster: &Cluster, plans: &[PoolPlan], needed: &[bool]) -> Vec<PoolPlan> {
    let all = plans.iter().zip(needed).zip(&cluster.nodes);
    all.map(|((plan, needed), node)| {
        let stays = pools::effective(node).filter(|_| !needed);
        PoolPlan {
            planned: stays.map_or(plan.planned, |pool| pool.range),
            ..plan.clone()
        }
    })
    .collect()
}

fn only_needed_statics(cluster: &Cluster, plans: &[StaticMacPlan], needed: &[NeededOfVnic]) -> Vec<StaticMacPlan> {
    let places = places(cluster);
    let spoofs_today = |entry: &StaticMacPlan| {
        let place = places.get(&(entry.vm.as_str(), entry.vnic.as_str()));
        place.is_some_and(|(v, i)| cluster.vms[*v].vnics[*i].spoofing)
    };
    let all = plans.iter().zip(needed);
    all.map(|(entry, needed)| StaticMacPlan {
        planned: entry.planned.filter(|_| needed.address),
        spoofing: if needed.spoofing {
            entry.spoofing
        } else {
            spoofs_today(entry)
        },
        ..entry.clone()
    })
    .collect()
}
