//! The change: what is left to do beside pools and static addresses, and the facts once all of it is done.
//!
//! In: facts and the MAC plan. Out: vNICs that must draw a new address, and the facts afterwards. Must not know: findings.

use super::MacPlan;
use super::cold_start::{VnicAt, cold_starts};
use super::ledger::{Holder, Place, ledger};
use super::sharing::duplicates;
use super::{claim, is_usable};
use crate::inventory::Inventory;
use crate::plan::StaticMacPlan;
use crate::units::Mac;
use std::collections::{BTreeMap, BTreeSet};

/// A dynamic vNIC whose address is wrong and goes away only with a cold start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Renewal {
    /// The vNIC.
    pub vnic: VnicAt,
    /// Its address today.
    pub mac: Mac,
    /// Where to start it: there it draws a new one. `None` = on every possible owner it would keep it.
    pub node: Option<usize>,
}

/// The vNICs that still hold a wrong address after pools and static addresses are set, in inventory order.
pub fn renewals(inventory: &Inventory, plans: &[MacPlan]) -> Vec<Renewal> {
    let after = with_plan(inventory, plans);
    let holders = ledger(&after);
    let mut wanted: Vec<Holder> = holders
        .iter()
        .filter(|h| !is_usable(h.mac) && is_dynamic(&after, h))
        .copied()
        .collect();
    for group in duplicates(&after, &holders) {
        let stays = group.holders.iter().min_by_key(|h| claim::order(&after, **h)).copied();
        let others = group.holders.iter().filter(|h| Some(**h) != stays);
        wanted.extend(others.filter(|h| is_dynamic(&after, h)));
    }
    let at = |h: &Holder| match h.place {
        Place::Vnic(vm, vnic) => Some(((h.cluster, vm, vnic), h.mac)),
        Place::Nic(..) | Place::HostVnic(..) => None,
    };
    let wrong: BTreeMap<VnicAt, Mac> = wanted.iter().filter_map(at).collect();
    let starts = cold_starts(&after, &holders);
    let places = starts.iter().filter_map(|s| wrong.get(&s.vnic).map(|mac| (s, *mac)));
    places
        .map(|(start, mac)| {
            let (cluster, vm, _) = start.vnic;
            let host = after
                .clusters
                .get(cluster)
                .and_then(|c| c.vms.get(vm))
                .and_then(|v| v.host);
            let lost = start.lost_on();
            let at_home = host.filter(|h| lost.contains(h));
            Renewal {
                vnic: start.vnic,
                mac,
                node: at_home.or(lost.first().copied()),
            }
        })
        .collect()
}

/// The facts once pools and static addresses are set and the renewed vNICs have started: each on its node, with the first address
/// of that node's pool that nobody holds (Hyper-V hands them out in ascending order).
pub fn carried_out(inventory: &Inventory, plans: &[MacPlan], renewals: &[Renewal]) -> Inventory {
    let mut after = with_plan(inventory, plans);
    let mut held: BTreeSet<Mac> = ledger(&after).iter().map(|h| h.mac).collect();
    for renewal in renewals {
        let (cluster, vm, vnic) = renewal.vnic;
        let Some(node) = renewal.node else { continue };
        let pool = plans.get(cluster).and_then(|p| p.pools.get(node)).map(|p| p.planned);
        let free = pool.and_then(|range| (range.min.0..=range.max.0).map(Mac).find(|mac| !held.contains(mac)));
        let vm = after.clusters.get_mut(cluster).and_then(|c| c.vms.get_mut(vm));
        let Some(vm) = vm else { continue };
        vm.host = vm.host.map(|_| node);
        if let Some(vnic) = vm.vnics.get_mut(vnic) {
            vnic.mac = free.or(Some(Mac(0)));
            held.extend(free);
        }
    }
    after
}

/// The facts with the planned pools, static addresses and spoofing, which only hosts with Hyper-V can have.
fn with_plan(inventory: &Inventory, plans: &[MacPlan]) -> Inventory {
    let mut after = inventory.clone();
    for (cluster, plan) in after.clusters.iter_mut().zip(plans) {
        cluster.move_to_hyper_v();
        for (node, pool) in cluster.nodes.iter_mut().zip(&plan.pools) {
            node.mac_pool = Some(pool.planned);
        }
        let entries: BTreeMap<(&str, &str), &StaticMacPlan> = plan
            .statics
            .iter()
            .map(|s| ((s.vm.as_str(), s.vnic.as_str()), s))
            .collect();
        for vm in &mut cluster.vms {
            let name = vm.name.clone();
            for vnic in &mut vm.vnics {
                let Some(entry) = entries.get(&(name.as_str(), vnic.name.as_str())) else {
                    continue;
                };
                vnic.spoofing = entry.spoofing;
                if entry.planned.is_some() {
                    vnic.mac = entry.planned;
                    vnic.dynamic_mac = false;
                }
            }
        }
    }
    after
}

fn is_dynamic(inventory: &Inventory, holder: &Holder) -> bool {
    holder.vnic(inventory).is_some_and(|(_, vnic)| vnic.dynamic_mac)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mac::plan_all;
    use crate::mac::testing::{cluster, inventory, pool, vm};

    /// Two nodes with the same pool and the same address on a VM of each.
    fn clones() -> Inventory {
        let mut facts = cluster("C", 2);
        facts.nodes.iter_mut().for_each(|n| n.mac_pool = Some(pool(1)));
        facts.vms = vec![vm("A", Some(0), &[0, 1], 1), vm("B", Some(1), &[0, 1], 1)];
        facts.vms.iter_mut().for_each(|v| v.vnics[0].mac = Some(pool(1).min));
        inventory(vec![facts])
    }

    #[test]
    fn of_two_dynamic_vnics_with_one_address_the_one_outside_its_new_pool_restarts_where_it_is() {
        let facts = clones();

        let found = renewals(&facts, &plan_all(&facts));

        assert_eq!(found.len(), 1);
        assert_eq!((found[0].vnic, found[0].node), ((0, 1, 0), Some(1)));
    }

    #[test]
    fn nothing_is_shared_any_more_once_all_is_done() {
        let facts = clones();
        let plans = plan_all(&facts);
        let todo = renewals(&facts, &plans);

        let after = carried_out(&facts, &plans, &todo);

        assert!(!duplicates(&facts, &ledger(&facts)).is_empty());
        assert_eq!(duplicates(&after, &ledger(&after)), []);
        let drawn = after.clusters[0].vms[1].vnics[0].mac;
        assert!(drawn.is_some_and(|mac| plans[0].pools[1].planned.contains(mac)));
    }

    #[test]
    fn a_design_without_duplicates_needs_no_restart() {
        let mut facts = clones();
        facts.clusters[0].vms.truncate(1);

        assert_eq!(renewals(&facts, &plan_all(&facts)), []);
    }

    #[test]
    fn a_dynamic_address_that_no_adapter_may_have_is_drawn_anew() {
        let mut facts = clones();
        facts.clusters[0].vms.truncate(1);
        facts.clusters[0].vms[0].vnics[0].mac = Some(Mac(0x0115_5D00_0001));

        assert_eq!(renewals(&facts, &plan_all(&facts))[0].node, Some(0));
    }
}
