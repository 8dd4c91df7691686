//! Which vNICs must be allowed to send with another address than their own (MAC spoofing), and why.
//!
//! In: VMs. Out: positions of vNICs, and the reason in words. Must not know: addresses, the plan.

use super::nlb;
use crate::inventory::{Vm, Vnic};

/// vNICs that must have spoofing: the NLB adapters of unicast members and, where the VM names another reason, those that
/// have it today, else all that reach an external network.
pub fn spoofing_vnics(vm: &Vm, nlb_adapters: &[usize]) -> Vec<usize> {
    let mut wanted = if is_unicast(vm) {
        nlb_adapters.to_vec()
    } else {
        Vec::new()
    };
    if other_reason(vm).is_some() {
        let on = |only_on: bool| {
            let fits = move |v: &Vnic| if only_on { v.spoofing } else { !v.isolated };
            vm.vnics
                .iter()
                .enumerate()
                .filter(move |(_, v)| fits(v))
                .map(|(i, _)| i)
                .collect::<Vec<_>>()
        };
        let today = on(true);
        // A host of VMs of its own may need it on one adapter alone, and nobody says on which.
        let named = !vm.spoofing_reason.is_empty();
        wanted.extend(if today.is_empty() && named { on(false) } else { today });
    }
    wanted
}

/// Why a VM needs spoofing beside NLB: the reason that the inventory names, or VMs inside it that use its adapters without NAT.
pub fn other_reason(vm: &Vm) -> Option<&str> {
    let named = Some(vm.spoofing_reason.as_str()).filter(|reason| !reason.is_empty());
    let nested = vm.facts.yes("nested_virtualization") == Some(true) && vm.facts.yes("nested_nat") != Some(true);
    named.or_else(|| nested.then_some("VMs inside it, without NAT"))
}

/// The same for a vNIC of the VM, whether NLB runs on it or not.
pub fn why_spoofing(vm: &Vm, vnic: &Vnic, spoofing: bool) -> Option<String> {
    let position = vm.vnics.iter().position(|v| std::ptr::eq(v, vnic));
    let nlb_adapter = vm.nlb.is_some() && position.is_some_and(|i| nlb::adapters(vm).contains(&i));
    spoofing_reason(vm, vnic, nlb_adapter, spoofing)
}

/// Whether the VM is a member of an NLB cluster in a mode that needs spoofing.
fn is_unicast(vm: &Vm) -> bool {
    vm.nlb.as_ref().is_some_and(|n| nlb::needs(n.mode).spoofing)
}

/// Whether the vNIC is one of an NLB unicast member on which NLB runs: without spoofing the member is cut off.
pub fn is_unicast_member(vm: &Vm, vnic: usize) -> bool {
    is_unicast(vm) && nlb::adapters(vm).contains(&vnic)
}

/// Why spoofing is planned on, or off where it is on today.
pub fn spoofing_reason(vm: &Vm, vnic: &Vnic, nlb_adapter: bool, spoofing: bool) -> Option<String> {
    if spoofing && !(nlb_adapter && is_unicast(vm)) {
        return Some(format!("spoofing for: {}", other_reason(vm).unwrap_or_default()));
    }
    if spoofing {
        return Some("spoofing lets the guest send with the cluster's address".to_owned());
    }
    vnic.spoofing
        .then(|| "spoofing is on without a reason: it lets the guest pass for any other machine".to_owned())
}
