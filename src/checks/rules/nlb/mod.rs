//! Rules about Network Load Balancing inside VMs.

pub mod nlb_deprecated;
pub mod nlb_members_without_anti_affinity;
pub mod nlb_modes_differ;
pub mod nlb_multicast_needs_switch_config;
pub mod nlb_unicast_dynamic_mac;
pub mod nlb_unicast_single_vnic;
pub mod nlb_unicast_without_spoofing;

use crate::inventory::{Cluster, Nlb, NlbMode, Vm};
use std::collections::BTreeMap;

/// Members of each NLB cluster, by its name without regard to upper and lower case.
fn members(cluster: &Cluster) -> BTreeMap<String, Vec<(&Vm, &Nlb)>> {
    let mut groups: BTreeMap<String, Vec<(&Vm, &Nlb)>> = BTreeMap::new();
    for (vm, nlb) in cluster.vms.iter().filter_map(|vm| vm.nlb.as_ref().map(|nlb| (vm, nlb))) {
        groups.entry(nlb.name.to_lowercase()).or_default().push((vm, nlb));
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
