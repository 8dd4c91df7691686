//! `static-mac-sane`: static addresses are usable, and spoofing is on only where it is needed.

use super::{Broken, Judge, PlanCheck};
use crate::checks::Recount;
use crate::inventory::{Cluster, NlbMode, Vm};
use crate::mac::nlb;
use crate::plan::{ClusterPlan, StaticMacPlan};
use crate::units::Mac;
use std::collections::BTreeMap;

pub(super) static CHECK: PlanCheck = PlanCheck {
    name: "static-mac-sane",
    summary: "planned static MACs are unicast, unique (members of one NLB unicast cluster may share its address), none of another NLB cluster, and outside every planned pool; spoofing is on only for NLB unicast members or a stated reason",
    docs: "A static address inside a pool will be drawn a second time by the host; a group address is no adapter's address; NLB makes the addresses under 02-BF, 03-BF and 01-00-5E-7F itself; spoofing lets a guest speak for others.",
    judge: Judge::Claims(check),
};

/// The bit of the first byte that marks a group address.
const GROUP_BIT: u8 = 1;

fn check(cluster: &Cluster, plan: &ClusterPlan, _: &Recount, broken: &mut Broken) {
    let vms: BTreeMap<&str, &Vm> = cluster.vms.iter().map(|vm| (vm.name.as_str(), vm)).collect();
    let mut taken: BTreeMap<Mac, Vec<(String, Option<&Vm>)>> = BTreeMap::new();
    for entry in &plan.static_macs {
        let subject = format!("{}/{}", entry.vm, entry.vnic);
        let vm = vms.get(entry.vm.as_str()).copied();
        if !vm.is_some_and(|vm| vm.vnics.iter().any(|v| v.name == entry.vnic)) {
            let message = format!(
                "a MAC is planned for vNIC {} of VM {}, which the inventory does not have",
                entry.vnic, entry.vm
            );
            broken.add(&subject, message, &subject, "a vNIC of the cluster");
        }
        if entry.spoofing && !vm.is_some_and(needs_spoofing) {
            let message = format!(
                "MAC spoofing is planned for {subject}, which is no NLB unicast member and has no other reason for it"
            );
            broken.add(&subject, message, "on", "off");
        }
        if let Some(mac) = entry.planned {
            address(plan, entry, mac, vm, broken);
            let holders = taken.entry(mac).or_default();
            if let Some((other, _)) = holders.iter().find(|(_, other)| !shared(mac, *other, vm)) {
                let message = format!("the static MAC {mac} is planned for {other} and for {subject}");
                broken.add(&subject, message, mac, "an address of its own");
            }
            holders.push((subject, vm));
        }
    }
}

fn shared(mac: Mac, first: Option<&Vm>, second: Option<&Vm>) -> bool {
    first
        .zip(second)
        .is_some_and(|(first, second)| nlb::may_share(first, second, mac))
}

fn needs_spoofing(vm: &Vm) -> bool {
    let unicast = vm.nlb.as_ref().is_some_and(|nlb| nlb.mode == NlbMode::Unicast);
    unicast || !vm.spoofing_reason.is_empty()
}

fn address(plan: &ClusterPlan, entry: &StaticMacPlan, mac: Mac, vm: Option<&Vm>, broken: &mut Broken) {
    let subject = format!("{}/{}", entry.vm, entry.vnic);
    if mac.is_unset() || mac.bytes()[0] & GROUP_BIT != 0 {
        let message = format!(
            "the static MAC {mac} planned for {subject} is not an adapter's address (group bit set, or all zeros)"
        );
        broken.add(&subject, message, mac, "an even first byte, not all zeros");
    } else if nlb::is_reserved(mac) && !vm.is_some_and(|vm| nlb::is_own_cluster_mac(vm, mac)) {
        let message = format!(
            "the static MAC {mac} planned for {subject} is one that NLB makes for a cluster, and not that of this VM's own"
        );
        broken.add(&subject, message, mac, "an address outside 02-BF and 03-BF");
    }
    if let Some(pool) = plan.mac_pools.iter().find(|pool| pool.planned.contains(mac)) {
        let message = format!(
            "the static MAC {mac} planned for vNIC {} of VM {} lies in the dynamic pool of {}",
            entry.vnic, entry.vm, pool.node
        );
        broken.add(&subject, message, mac, "an address outside every pool");
    }
}
