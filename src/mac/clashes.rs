//! Addresses that a cold start can put right: held twice by mistake, or such that no vNIC may have them.
//!
//! In: facts after a plan. Out: the clashes, the groups of VMs that they tie together, and how weak each VM's claim is.
//! Must not know: where a VM starts.

use super::claim::{self, Order};
use super::cold_start::VnicAt;
use super::is_usable;
use super::ledger::{Holder, Place, ledger};
use super::running::{VmAt, vnic_at};
use super::sharing::{duplicates, on_purpose};
use crate::inventory::Inventory;
use crate::units::Mac;
use std::collections::BTreeMap;

/// Adapters with one address that are compared in pairs; an import error can give thousands the same.
const MOST_PAIRED: usize = 64;

/// A dynamic vNIC with a wrong address, and the dynamic one that shares it; `None` = only the first can give way.
pub(super) struct Clash {
    pub mac: Mac,
    pub first: VnicAt,
    pub second: Option<VnicAt>,
}

impl Clash {
    /// The vNICs that can give way.
    pub fn sides(&self) -> impl Iterator<Item = VnicAt> + use<> {
        [Some(self.first), self.second].into_iter().flatten()
    }
}

/// Everything wrong that a cold start can put right.
pub(super) fn clashes(facts: &Inventory) -> Vec<Clash> {
    let holders = ledger(facts);
    let dynamic = |holder: &Holder| {
        let is_dynamic = holder.vnic(facts).is_some_and(|(_, vnic)| vnic.dynamic_mac);
        vnic_at(*holder).filter(|_| is_dynamic)
    };
    let alone = |holder: &Holder| {
        dynamic(holder).map(|first| Clash {
            mac: holder.mac,
            first,
            second: None,
        })
    };
    let unusable = holders.iter().filter(|h| !is_usable(h.mac));
    let mut found: Vec<Clash> = unusable.filter_map(alone).collect();
    for group in duplicates(facts, &holders) {
        let (paired, rest) = group.holders.split_at(group.holders.len().min(MOST_PAIRED));
        for (at, a) in paired.iter().enumerate() {
            for b in paired[at + 1..].iter().filter(|b| !on_purpose(facts, *a, **b)) {
                let (first, second) = match (dynamic(a), dynamic(b)) {
                    (Some(a), b) => (a, b),
                    (None, Some(b)) => (b, None),
                    (None, None) => continue,
                };
                found.push(Clash {
                    mac: group.mac,
                    first,
                    second,
                });
            }
        }
        found.extend(rest.iter().filter_map(alone));
    }
    found
}

/// How weak the claim of each VM is to the worst of its addresses.
pub(super) fn ranks(facts: &Inventory, clashes: &[Clash]) -> BTreeMap<VmAt, Order> {
    let mut ranks = BTreeMap::new();
    for clash in clashes {
        for (cluster, vm, vnic) in clash.sides() {
            let holder = Holder {
                mac: clash.mac,
                cluster,
                place: Place::Vnic(vm, vnic),
            };
            let order = claim::order(facts, holder);
            let rank = ranks.entry((cluster, vm)).or_insert(order);
            *rank = order.max(*rank);
        }
    }
    ranks
}

/// VMs that clashes tie together, and the clashes among them by position: what is decided in one group is of no matter in another.
#[derive(Default)]
pub(super) struct Tied {
    pub vms: Vec<VmAt>,
    pub clashes: Vec<usize>,
}

/// The groups, in the order of their first VM.
pub(super) fn tied(clashes: &[Clash]) -> Vec<Tied> {
    let mut leader: BTreeMap<VmAt, VmAt> = BTreeMap::new();
    for clash in clashes {
        let roots: Vec<VmAt> = clash.sides().map(|(c, v, _)| root(&mut leader, (c, v))).collect();
        if let [a, b] = roots[..] {
            leader.insert(a.max(b), a.min(b));
        }
    }
    let mut groups: BTreeMap<VmAt, Tied> = BTreeMap::new();
    for (index, clash) in clashes.iter().enumerate() {
        let first = root(&mut leader, (clash.first.0, clash.first.1));
        let group = groups.entry(first).or_default();
        group.vms.extend(clash.sides().map(|(cluster, vm, _)| (cluster, vm)));
        group.clashes.push(index);
    }
    for group in groups.values_mut() {
        group.vms.sort_unstable();
        group.vms.dedup();
    }
    groups.into_values().collect()
}

/// The first VM of a VM's group so far.
fn root(leader: &mut BTreeMap<VmAt, VmAt>, vm: VmAt) -> VmAt {
    let mut at = vm;
    while let Some(next) = leader.get(&at).copied().filter(|next| *next != at) {
        at = next;
    }
    leader.insert(vm, at);
    at
}
