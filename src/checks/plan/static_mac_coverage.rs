//! `static-mac-coverage`: every vNIC that must keep its address gets a static one, and NLB unicast may send with its own.

use super::{Broken, Judge, PlanCheck};
use crate::checks::Recount;
use crate::inventory::{Cluster, Vm, Vnic};
use crate::mac::{is_usable, nlb};
use crate::plan::{ClusterPlan, StaticMacPlan};
use std::collections::BTreeMap;

pub(super) static CHECK: PlanCheck = PlanCheck {
    name: "static-mac-coverage",
    summary: "with the plan, every vNIC of NLB and of a VM bound to its address (mac_bound) has a static MAC outside every pool, and spoofing is on where NLB unicast or spoofing_reason needs it",
    docs: "A dynamic address changes at the first cold start on another node: the NLB member drops out, the licence or the reservation no longer fits. A plan that leaves such a vNIC out leaves it as it is.",
    judge: Judge::Claims(check),
};

fn check(cluster: &Cluster, plan: &ClusterPlan, _: &Recount, broken: &mut Broken) {
    let entries: BTreeMap<(&str, &str), &StaticMacPlan> = plan
        .static_macs
        .iter()
        .map(|entry| ((entry.vm.as_str(), entry.vnic.as_str()), entry))
        .collect();
    for vm in &cluster.vms {
        let entry_of = |vnic: &Vnic| entries.get(&(vm.name.as_str(), vnic.name.as_str())).copied();
        for (vnic, why) in must_stay(vm) {
            if !stays(plan, vnic, entry_of(vnic)) {
                let message = format!(
                    "vNIC {} of VM {} must keep its address ({why}), and the plan gives it no static one",
                    vnic.name, vm.name
                );
                let subject = format!("{}/{}", vm.name, vnic.name);
                broken.add(subject, message, "no static MAC", "a static MAC outside every pool");
            }
        }
        spoofing(vm, &entry_of, broken);
    }
}

/// vNICs whose address must not change, with the reason.
fn must_stay(vm: &Vm) -> Vec<(&Vnic, String)> {
    if !vm.mac_bound.is_empty() {
        let why = format!("bound to: {}", vm.mac_bound);
        return vm.vnics.iter().map(|vnic| (vnic, why.clone())).collect();
    }
    let Some(member) = &vm.nlb else { return Vec::new() };
    let why = format!("member of NLB cluster {}", member.name);
    let adapters = nlb::adapters(vm).into_iter().filter_map(|at| vm.vnics.get(at));
    adapters.map(|vnic| (vnic, why.clone())).collect()
}

/// Whether the address is static once the plan is carried out: by the plan, or today's where the plan leaves it alone.
fn stays(plan: &ClusterPlan, vnic: &Vnic, entry: Option<&StaticMacPlan>) -> bool {
    if entry.is_some_and(|entry| entry.planned.is_some()) {
        return true;
    }
    let outside = |mac| plan.mac_pools.iter().all(|pool| !pool.planned.contains(mac));
    !vnic.dynamic_mac && vnic.mac.is_some_and(|mac| is_usable(mac) && outside(mac))
}

/// The adapters of a unicast member need spoofing each; any other reason needs it on one vNIC at least.
fn spoofing<'a>(vm: &'a Vm, entry_of: &dyn Fn(&'a Vnic) -> Option<&'a StaticMacPlan>, broken: &mut Broken) {
    let on = |vnic: &'a Vnic| entry_of(vnic).map_or(vnic.spoofing, |entry| entry.spoofing);
    let unicast = vm.nlb.as_ref().filter(|member| nlb::needs(member.mode).spoofing);
    let adapters = if unicast.is_some() {
        nlb::adapters(vm)
    } else {
        Vec::new()
    };
    for vnic in adapters.into_iter().filter_map(|at| vm.vnics.get(at)) {
        if !on(vnic) {
            let message = format!(
                "vNIC {} of VM {} is in an NLB cluster in unicast mode, and the plan leaves MAC spoofing off there",
                vnic.name, vm.name
            );
            broken.add(
                format!("{}/{}", vm.name, vnic.name),
                message,
                "spoofing off",
                "spoofing on",
            );
        }
    }
    let can = vm.vnics.iter().any(|vnic| vnic.spoofing || !vnic.isolated);
    if !vm.spoofing_reason.is_empty() && can && !vm.vnics.iter().any(on) {
        let message = format!(
            "VM {} needs MAC spoofing ({}), and the plan leaves it off on every vNIC",
            vm.name, vm.spoofing_reason
        );
        broken.add(&vm.name, message, "spoofing off everywhere", "spoofing on");
    }
}
