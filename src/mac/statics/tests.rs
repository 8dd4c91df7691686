//! Static addresses and spoofing, case by case.

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

#[test]
fn spoofing_of_a_guest_with_vms_of_its_own_stays_where_it_is_on_unless_they_are_behind_nat() {
    use crate::inventory::Fact;
    let mut facts = one_vm();
    facts.vms[0] = vm("LAB1", Some(0), &[0, 1], 2);
    facts.vms[0].vnics[1].spoofing = true;
    facts.vms[0].facts.insert("nested_virtualization", Fact::Yes(true));

    let found = plan(facts.clone());
    assert_eq!(found.len(), 1);
    assert!(
        found[0].spoofing && found[0].reason.contains("without NAT"),
        "{found:?}"
    );

    facts.vms[0].facts.insert("nested_nat", Fact::Yes(true));
    assert!(!plan(facts)[0].spoofing);
}
