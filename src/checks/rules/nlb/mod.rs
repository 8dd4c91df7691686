//! Rules about Network Load Balancing inside VMs.

mod nlb_deprecated;
mod nlb_mac_differs_from_formula;
mod nlb_members_without_anti_affinity;
mod nlb_modes_differ;
mod nlb_multicast_needs_switch_config;
mod nlb_unicast_dynamic_mac;
mod nlb_unicast_single_vnic;
mod nlb_unicast_vlan_shared;
mod nlb_unicast_without_spoofing;

use crate::inventory::{Cluster, Nlb, NlbMode, Vm};
use crate::units::name_key;
use std::collections::BTreeMap;

/// Members of each NLB cluster, by its name without regard to upper and lower case.
fn members(cluster: &Cluster) -> BTreeMap<String, Vec<(&Vm, &Nlb)>> {
    let mut groups: BTreeMap<String, Vec<(&Vm, &Nlb)>> = BTreeMap::new();
    for (vm, nlb) in cluster.vms.iter().filter_map(|vm| vm.nlb.as_ref().map(|nlb| (vm, nlb))) {
        groups.entry(name_key(&nlb.name)).or_default().push((vm, nlb));
    }
    groups
}

/// Names of the member VMs.
fn names<'a>(members: &[(&'a Vm, &Nlb)]) -> Vec<&'a str> {
    members.iter().map(|(vm, _)| vm.name.as_str()).collect()
}

/// Members in unicast mode.
fn unicast(cluster: &Cluster) -> impl Iterator<Item = (&Vm, &Nlb)> {
    let members = cluster.vms.iter().filter_map(|vm| vm.nlb.as_ref().map(|nlb| (vm, nlb)));
    members.filter(|(_, nlb)| nlb.mode == NlbMode::Unicast)
}

use super::Rule;

/// The family.
pub static RULES: &[&Rule] = &[
    &nlb_deprecated::RULE,
    &nlb_mac_differs_from_formula::RULE,
    &nlb_members_without_anti_affinity::RULE,
    &nlb_modes_differ::RULE,
    &nlb_multicast_needs_switch_config::RULE,
    &nlb_unicast_dynamic_mac::RULE,
    &nlb_unicast_single_vnic::RULE,
    &nlb_unicast_vlan_shared::RULE,
    &nlb_unicast_without_spoofing::RULE,
];
