//! Static addresses and spoofing: which vNICs need them, why, and which address they get.
//!
//! In: VMs, the planned pools. Out: one [`StaticMacPlan`] per vNIC where something is needed or changes.
//! Must not know: findings, reports.
//!
//! Today's address stays where it lies outside every planned pool and no other holder has a better claim to it ([`claim`]), or it
//! is its NLB cluster's, which members may share; else a new one is taken from the block that no pool reaches. Dynamic vNICs without a reason stay dynamic: an
//! address that changes harms them little.

use crate::inventory::{Inventory, Vm, Vnic};
use crate::mac::claim::{self, reasons_for_static};
use crate::mac::ledger::{Holder, Place, holders_of, ledger};
use crate::mac::propose::STATIC_BLOCK;
use crate::mac::spoofing::{spoofing_reason, spoofing_vnics};
use crate::mac::{HYPER_V_PREFIX, cut, is_usable, nlb, pools};
use crate::plan::StaticMacPlan;
use crate::units::{Mac, MacRange};

/// Addresses under the prefix `00-15-5D`.
const PREFIX_SIZE: u64 = 0x100_0000;

/// Everything a single vNIC's decision looks at.
struct Facts<'a> {
    inventory: &'a Inventory,
    holders: Vec<Holder>,
    /// Addresses that must not change and for which a pool gives way if it can, ascending.
    must_stay: Vec<Mac>,
    /// Planned pools, sorted and disjoint.
    pools: Vec<MacRange>,
    /// Planned pools and today's, sorted: new static addresses keep clear of both.
    barred: Vec<MacRange>,
    /// Next candidate for a new address.
    next: u64,
}

/// Static plans of all clusters, in inventory order. `pools`: planned pools of all clusters.
pub fn all_statics(inventory: &Inventory, pools: &[MacRange]) -> Vec<Vec<StaticMacPlan>> {
    let mut planned = pools.to_vec();
    planned.sort_unstable();
    let today = pools::all(inventory)
        .into_iter()
        .map(|p| p.pool.range)
        .filter(|r| pools::fault(*r).is_none());
    let mut barred: Vec<MacRange> = today.chain(planned.iter().copied()).collect();
    barred.sort_unstable();
    let next = STATIC_BLOCK.min.0;
    let holders = ledger(inventory);
    let mut facts = Facts {
        inventory,
        must_stay: cut::must_stay(inventory, &holders),
        holders,
        pools: planned,
        barred,
        next,
    };
    let mut plans = Vec::new();
    for (index, cluster) in inventory.clusters.iter().enumerate() {
        let mut own = Vec::new();
        for (v, vm) in cluster.vms.iter().enumerate() {
            let adapters = if vm.nlb.is_some() {
                nlb::adapters(vm)
            } else {
                Vec::new()
            };
            let spoofers = spoofing_vnics(vm, &adapters);
            for (i, vnic) in vm.vnics.iter().enumerate() {
                let place = (index, Place::Vnic(v, i));
                own.extend(facts.plan_vnic(place, vm, vnic, adapters.contains(&i), spoofers.contains(&i)));
            }
        }
        plans.push(own);
    }
    plans
}

impl Facts<'_> {
    /// The plan of one vNIC; `None` when nothing is needed and nothing changes.
    fn plan_vnic(
        &mut self,
        (cluster, place): (usize, Place),
        vm: &Vm,
        vnic: &Vnic,
        nlb_adapter: bool,
        spoofing: bool,
    ) -> Option<StaticMacPlan> {
        let mut reasons = reasons_for_static(vm, nlb_adapter);
        let wanted = !reasons.is_empty() || !vnic.dynamic_mac;
        let never_started = |m: &Mac| vnic.dynamic_mac && m.is_unset();
        let current = vnic.mac.filter(|m| !never_started(m));
        let fault = match current {
            Some(mac) if wanted => self.fault_of(vm, mac, cluster, place),
            _ => None,
        };
        let listed = !reasons.is_empty() || spoofing || spoofing != vnic.spoofing || (wanted && fault.is_some());
        if !listed {
            return None;
        }
        let planned = match (wanted, current) {
            (false, _) => None,
            (true, Some(mac)) if fault.is_none() => Some(mac),
            (true, _) => self.new_address(),
        };
        let kept = current.filter(|mac| planned == Some(*mac));
        if kept.is_some_and(|mac| self.has_rivals(Holder { mac, cluster, place })) {
            reasons.push(
                "another adapter holds this address, too: it stays here, and the other gets a new one".to_owned(),
            );
        }
        if let Some(fault) = fault {
            reasons.push(format!(
                "{fault}, so it gets a new one: whatever knows the old address must learn the new"
            ));
            let mac = current.filter(|mac| self.must_stay.binary_search(mac).is_ok());
            reasons.extend(mac.and_then(|mac| self.why_no_cut(mac)));
        }
        if wanted && planned.is_none() {
            reasons.push("no address is free under 00-15-5D".to_owned());
        }
        if planned.is_some_and(|mac| nlb::is_own_cluster_mac(vm, mac)) {
            reasons
                .push("it is the address of the NLB cluster itself, which the members may share: it stays".to_owned());
        }
        reasons.extend(spoofing_reason(vm, vnic, nlb_adapter, spoofing));
        Some(StaticMacPlan {
            vm: vm.name.clone(),
            vnic: vnic.name.clone(),
            current: vnic.mac,
            dynamic: vnic.dynamic_mac,
            planned,
            spoofing,
            reason: reasons.join("; "),
        })
    }

    /// Why an address cannot be this vNIC's static one; `None` = it can.
    fn fault_of(&self, vm: &Vm, mac: Mac, cluster: usize, place: Place) -> Option<String> {
        if !is_usable(mac) {
            return Some(format!("{mac} is no address a vNIC may have"));
        }
        if nlb::is_reserved(mac) && !nlb::is_own_cluster_mac(vm, mac) {
            return Some(format!("{mac} is an address of NLB, which sets it inside the guest"));
        }
        if covering(&self.pools, mac).is_some() {
            return Some(format!("{mac} lies in a dynamic pool"));
        }
        let this = Holder { mac, cluster, place };
        (!claim::keeps(self.inventory, &self.holders, this)).then(|| format!("{mac} is held by another adapter, too"))
    }

    fn has_rivals(&self, this: Holder) -> bool {
        claim::rivals(self.inventory, &self.holders, this).next().is_some()
    }

    /// Why the pool around the address does not give way, as it does where the rest of it is large enough for its host.
    fn why_no_cut(&self, mac: Mac) -> Option<String> {
        let pool = covering(&self.pools, mac)?;
        let size = cut::longest_part(pool, &self.must_stay).map_or(0, MacRange::size);
        Some(format!(
            "the longest part of the pool ({} to {}) without addresses that must not change has {size} addresses, too few for the host: \
             give the host a pool elsewhere in mac_pool_min and mac_pool_max and plan again, and the address stays; other VMs draw a new \
             one at their next cold start there",
            pool.min, pool.max
        ))
    }

    /// The next address that nobody holds, outside today's and the planned pools; where today's pools leave none (one of them
    /// may fill the whole prefix), outside the planned ones.
    fn new_address(&mut self) -> Option<Mac> {
        let next = &mut self.next;
        free_address(next, &self.barred, &self.holders).or_else(|| free_address(next, &self.pools, &self.holders))
    }
}

/// The next address under the prefix that nobody holds and that lies in none of the ranges: from `next` on, then from the start
/// of the prefix. `next` moves behind it.
fn free_address(next: &mut u64, ranges: &[MacRange], holders: &[Holder]) -> Option<Mac> {
    let mut left = PREFIX_SIZE;
    while left > 0 {
        let candidate = Mac(*next);
        let range = covering(ranges, candidate);
        let last = range.map_or(candidate.0, |r| r.max.0.min(HYPER_V_PREFIX | (PREFIX_SIZE - 1)));
        left = left.saturating_sub(last - candidate.0 + 1);
        *next = HYPER_V_PREFIX | ((last + 1) % PREFIX_SIZE);
        if range.is_none() && !candidate.0.is_multiple_of(PREFIX_SIZE) && holders_of(holders, candidate).is_empty() {
            return Some(candidate);
        }
    }
    None
}

/// The range that an address lies in; the ranges are sorted by their first address. Today's pools may overlap, so the search
/// goes back from the last range that starts at or before the address; there are few ranges.
fn covering(ranges: &[MacRange], mac: Mac) -> Option<MacRange> {
    let end = ranges.partition_point(|r| r.min <= mac);
    ranges[..end].iter().rev().find(|r| r.contains(mac)).copied()
}

#[cfg(test)]
mod tests;
