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
use crate::mac::{HYPER_V_PREFIX, is_usable, nlb, pools, sharing};
use crate::plan::StaticMacPlan;
use crate::units::{Mac, MacRange};

/// Addresses under the prefix `00-15-5D`.
const PREFIX_SIZE: u64 = 0x100_0000;

/// Everything a single vNIC's decision looks at.
struct Facts<'a> {
    inventory: &'a Inventory,
    holders: Vec<Holder>,
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
    let mut facts = Facts {
        inventory,
        holders: ledger(inventory),
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
        if kept.is_some_and(|mac| self.rivals(Holder { mac, cluster, place }).next().is_some()) {
            reasons.push(
                "another adapter holds this address, too: it stays here, and the other gets a new one".to_owned(),
            );
        }
        if let Some(fault) = fault {
            reasons.push(format!(
                "{fault}, so it gets a new one: whatever knows the old address must learn the new"
            ));
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
        (!self.is_own(mac, cluster, place)).then(|| format!("{mac} is held by another adapter, too"))
    }

    /// Whether the address may stay here: of all that hold it this vNIC has the best claim, and the others get new ones.
    fn is_own(&self, mac: Mac, cluster: usize, place: Place) -> bool {
        let this = Holder { mac, cluster, place };
        let own = claim::order(self.inventory, this);
        self.rivals(this).all(|rival| own < claim::order(self.inventory, rival))
    }

    /// Who else holds the address by mistake. Those that share it on purpose are no rivals: both sides of a replicated VM, members
    /// of one NLB cluster with its address.
    fn rivals(&self, this: Holder) -> impl Iterator<Item = Holder> {
        let others = holders_of(&self.holders, this.mac).iter().copied();
        others.filter(move |h| *h != this && !sharing::on_purpose(self.inventory, *h, this))
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
mod tests {
    use super::*;
    use crate::inventory::{Cluster, Nlb, NlbMode};
    use crate::mac::testing::{cluster, inventory, pool, vm};

    fn plan(facts: Cluster) -> Vec<StaticMacPlan> {
        let pools: Vec<MacRange> = facts.nodes.iter().filter_map(|n| n.mac_pool).collect();
        all_statics(&inventory(vec![facts]), &pools).remove(0)
    }

    /// Two nodes with pools 0x0100 and 0x0101 and one VM on the first.
    fn one_vm() -> Cluster {
        let mut facts = cluster("C", 2);
        facts.nodes[0].mac_pool = Some(pool(0x0100));
        facts.nodes[1].mac_pool = Some(pool(0x0101));
        let mut guest = vm("WEB1", Some(0), &[0, 1], 1);
        guest.vnics[0].mac = Some(Mac(pool(0x0100).min.0 + 5));
        facts.vms = vec![guest];
        facts
    }

    fn member(mode: NlbMode) -> Option<Nlb> {
        Some(Nlb {
            name: "web".into(),
            mode,
            vip: None,
        })
    }

    #[test]
    fn a_dynamic_vm_without_a_reason_is_left_alone() {
        assert_eq!(plan(one_vm()), []);
    }

    #[test]
    fn a_unicast_member_gets_a_static_address_outside_the_pools_and_spoofing() {
        let mut facts = one_vm();
        facts.vms[0].nlb = member(NlbMode::Unicast);

        let found = plan(facts);

        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].planned.map(|m| m.to_string()).as_deref(),
            Some("00-15-5D-FF-00-00")
        );
        assert!(found[0].spoofing);
        assert!(found[0].reason.contains("NLB unicast"), "{}", found[0].reason);
    }

    /// Two static unicast members that hold the address of their cluster, as before spoofing existed.
    fn sharing_members() -> Cluster {
        let mut facts = one_vm();
        facts.vms.push(vm("WEB2", Some(1), &[0, 1], 1));
        for guest in &mut facts.vms {
            guest.nlb = member(NlbMode::Unicast);
            guest.vnics[0].dynamic_mac = false;
            guest.vnics[0].mac = Some(Mac(0x02BF_0A00_0532));
        }
        facts
    }

    #[test]
    fn unicast_members_keep_the_address_of_their_cluster_together() {
        let facts = sharing_members();
        let shared = facts.vms[0].vnics[0].mac;

        let found = plan(facts);

        assert!(found.len() == 2 && found.iter().all(|entry| entry.planned == shared && entry.spoofing));
        assert!(found[1].reason.contains("it stays"), "{}", found[1].reason);
    }

    #[test]
    fn the_address_of_an_nlb_cluster_goes_from_others_and_stays_with_one_of_two_clusters() {
        let mut facts = sharing_members();
        let shared = facts.vms[0].vnics[0].mac;
        facts.vms[1].nlb.as_mut().expect("a member").name = "mail".into();
        let two_clusters = plan(facts.clone());
        facts.vms[1].nlb = None;

        let stranger = plan(facts);

        for found in [two_clusters, stranger] {
            assert_eq!(found[0].planned, shared);
            assert!(found[1].planned.is_some() && found[1].planned != shared);
        }
    }

    /// A bound and an unbound VM, both dynamic, with one address outside every pool.
    fn bound_and_unbound() -> Cluster {
        let mut facts = one_vm();
        facts.vms.push(vm("PLAIN", Some(1), &[0, 1], 1));
        let outside = Some(Mac(pool(0x7700).min.0 + 1));
        facts.vms.iter_mut().for_each(|guest| guest.vnics[0].mac = outside);
        facts.vms[0].mac_bound = "licence".into();
        facts
    }

    #[test]
    fn a_bound_vm_keeps_the_address_that_an_unbound_one_holds_too() {
        let facts = bound_and_unbound();
        let shared = facts.vms[0].vnics[0].mac;
        for dynamic in [true, false] {
            for bound_first in [true, false] {
                let mut facts = facts.clone();
                facts.vms[1].vnics[0].dynamic_mac = dynamic;
                if !bound_first {
                    facts.vms.reverse();
                }

                let found = plan(facts);

                let entry = |name: &str| found.iter().find(|entry| entry.vm == name);
                let bound = entry("WEB1").expect("the bound VM");
                assert_eq!(bound.planned, shared, "{found:?}");
                assert!(bound.reason.contains("it stays here"), "{}", bound.reason);
                let other = entry("PLAIN").map(|entry| entry.planned);
                assert_eq!(other, (!dynamic).then_some(Some(STATIC_BLOCK.min)));
            }
        }
    }

    #[test]
    fn of_two_bound_vms_with_one_address_the_first_keeps_it() {
        let mut facts = bound_and_unbound();
        let shared = facts.vms[0].vnics[0].mac;
        facts.vms[1].mac_bound = "activation".into();

        let found = plan(facts);

        let planned: Vec<Option<Mac>> = found.iter().map(|entry| entry.planned).collect();
        assert_eq!(planned, [shared, Some(STATIC_BLOCK.min)]);
    }

    #[test]
    fn a_static_stranger_that_comes_first_does_not_drive_the_address_out_of_its_nlb_cluster() {
        let mut facts = sharing_members();
        let shared = facts.vms[0].vnics[0].mac;
        facts.vms[0].nlb = None;

        let found = plan(facts);

        assert_ne!(found[0].planned, shared);
        assert_eq!(found[1].planned, shared);
    }

    #[test]
    fn a_multicast_member_gets_a_static_address_and_no_spoofing() {
        let mut facts = one_vm();
        facts.vms[0].nlb = member(NlbMode::Igmp);

        let found = plan(facts);

        assert!(found[0].planned.is_some() && !found[0].spoofing);
    }

    #[test]
    fn a_bound_address_outside_every_pool_is_made_static_as_it_is() {
        let mut facts = one_vm();
        let outside = Mac(pool(0x0200).min.0 + 1);
        facts.vms[0].vnics[0].mac = Some(outside);
        facts.vms[0].mac_bound = "licence".into();

        assert_eq!(plan(facts)[0].planned, Some(outside));
    }

    #[test]
    fn a_static_address_inside_a_pool_is_replaced_and_one_outside_is_not_listed() {
        let mut facts = one_vm();
        facts.vms[0].vnics[0].dynamic_mac = false;
        assert!(plan(facts.clone())[0].reason.contains("lies in a dynamic pool"));

        facts.vms[0].vnics[0].mac = Some(Mac(pool(0x0200).min.0 + 1));

        assert_eq!(plan(facts), []);
    }

    #[test]
    fn of_two_static_vnics_with_one_address_the_second_changes() {
        let mut facts = one_vm();
        let shared = Some(Mac(pool(0x0200).min.0 + 1));
        facts.vms.push(vm("WEB2", Some(1), &[0, 1], 1));
        for guest in &mut facts.vms {
            guest.vnics[0].dynamic_mac = false;
            guest.vnics[0].mac = shared;
        }

        let found = plan(facts);

        assert_eq!(found.len(), 1);
        assert_eq!(found[0].vm, "WEB2");
        assert_ne!(found[0].planned, shared);
    }

    #[test]
    fn a_static_address_that_a_physical_port_has_is_replaced() {
        let mut facts = one_vm();
        let port = Some(Mac(0x0CC4_7A00_0001));
        facts.nodes[0].nics[0].mac = port;
        facts.vms[0].vnics[0].dynamic_mac = false;
        facts.vms[0].vnics[0].mac = port;

        assert_ne!(plan(facts)[0].planned, port);
    }

    #[test]
    fn a_replicated_vm_keeps_its_address_on_both_sides() {
        let mut facts = one_vm();
        facts.vms[0].replica = true;
        facts.vms[0].vnics[0].dynamic_mac = false;
        facts.vms[0].vnics[0].mac = Some(Mac(pool(0x0200).min.0 + 1));
        let mut other = facts.clone();
        other.name = "D".into();

        assert_eq!(all_statics(&inventory(vec![facts, other]), &[]), [vec![], vec![]]);
    }

    #[test]
    fn spoofing_without_a_reason_is_planned_off_and_the_address_stays_dynamic() {
        let mut facts = one_vm();
        facts.vms[0].vnics[0].spoofing = true;

        let found = plan(facts);

        assert_eq!((found[0].planned, found[0].spoofing), (None, false));
        assert!(found[0].reason.contains("without a reason"));
    }

    #[test]
    fn spoofing_for_another_reason_stays_where_it_is_on() {
        let mut facts = one_vm();
        facts.vms[0] = vm("WEB1", Some(0), &[0, 1], 2);
        facts.vms[0].spoofing_reason = "nested".into();
        facts.vms[0].vnics[1].spoofing = true;

        let found = plan(facts);

        assert_eq!(found.len(), 1);
        assert!(found[0].spoofing && found[0].reason.contains("nested"));
    }

    #[test]
    fn a_static_vnic_without_an_address_gets_one_and_a_dynamic_one_that_never_started_waits() {
        let mut facts = one_vm();
        facts.vms[0].vnics[0].mac = Some(Mac(0));
        assert_eq!(plan(facts.clone()), []);

        facts.vms[0].vnics[0].dynamic_mac = false;

        assert_eq!(plan(facts)[0].planned, Some(STATIC_BLOCK.min));
    }

    #[test]
    fn vnics_of_internal_switches_count_for_addresses_too() {
        let mut facts = one_vm();
        facts.vms[0].mac_bound = "licence".into();
        facts.vms[0].vnics[0].isolated = true;

        assert_eq!(plan(facts).len(), 1);
    }

    #[test]
    fn a_bound_vm_gets_a_static_address_even_where_one_pool_fills_the_whole_prefix() {
        let mut facts = one_vm();
        facts.vms[0].mac_bound = "licence".into();
        let everything = MacRange {
            min: Mac(HYPER_V_PREFIX),
            max: Mac(HYPER_V_PREFIX | 0xFF_FFFF),
        };
        for pools in [[Some(everything), None], [Some(everything), Some(everything)]] {
            for (node, pool) in facts.nodes.iter_mut().zip(pools) {
                node.mac_pool = pool;
            }
            let plan = &crate::mac::plan_all(&inventory(vec![facts.clone()]))[0];

            let given = plan.statics[0].planned.expect("an address");
            assert!(plan.pools.iter().all(|p| !p.planned.contains(given)), "{plan:?}");
        }
    }

    #[test]
    fn new_addresses_differ_from_each_other_and_from_those_in_use() {
        let mut facts = one_vm();
        facts.vms[0].mac_bound = "licence".into();
        let mut second = vm("WEB2", Some(0), &[0, 1], 1);
        second.mac_bound = "licence".into();
        let mut holder = vm("HOLDER", Some(0), &[0, 1], 1);
        holder.vnics[0].dynamic_mac = false;
        holder.vnics[0].mac = Some(Mac(STATIC_BLOCK.min.0 + 1));
        facts.vms.extend([second, holder]);

        let given: Vec<Option<Mac>> = plan(facts).iter().map(|p| p.planned).collect();

        assert_eq!(given, [Some(STATIC_BLOCK.min), Some(Mac(STATIC_BLOCK.min.0 + 2))]);
    }
}
