//! Rules about the network adapters of VMs.

mod bandwidth_cap_below_need;
mod heavy_vm_on_shared_switch;
mod integration_services_missing;
mod legacy_adapter_without_pxe;
mod legacy_on_generation_2;
mod port_mirroring_unpaired;
mod pxe_without_legacy_adapter;
mod sriov_guest_too_old;
mod too_few_virtual_functions;
mod too_few_vmq_queues;
mod too_many_vnics;
mod uplink_overcommitted;
mod vmq_off_on_fast_nic;
mod vmq_on_broadcom_1g;
mod vnic_not_connected;
mod vnic_not_protected;

use super::vswitch;
use crate::inventory::{Cluster, Node, VmState, Vnic};
use std::collections::BTreeMap;

/// Whether the need of a vNIC is measured, not the policy's default.
fn is_measured(vnic: &Vnic) -> bool {
    vnic.p95.or(vnic.peak).or(vnic.average).is_some()
}

/// What the ports under a switch offer together; `None` if it is not known of every port, or there is none.
fn offered(node: &Node, switch: &str, column: &str) -> Option<u64> {
    let mut ports = vswitch::bound(node, switch).peekable();
    ports.peek()?;
    ports.map(|nic| nic.facts.number(column)).sum()
}

/// Adapters of running VMs of a node that ask for something, in number by the name of their switch.
fn asking<'a>(cluster: &'a Cluster, node: usize, column: &str) -> BTreeMap<&'a str, u64> {
    let mut asking = BTreeMap::new();
    let here = |vm: &&crate::inventory::Vm| vm.host == Some(node) && vm.state == VmState::Running;
    for vnic in cluster.vms.iter().filter(here).flat_map(|vm| &vm.vnics) {
        let asks = vnic.facts.number(column).is_some_and(|weight| weight > 0);
        if asks {
            *asking.entry(vnic.switch.as_str()).or_default() += 1;
        }
    }
    asking
}

/// A node on which more is asked of a switch than its ports offer.
struct Short<'a> {
    node: &'a Node,
    asked: u64,
    offered: u64,
}

/// Such nodes by the name of the switch.
fn short_of<'a>(cluster: &'a Cluster, weight: &str, resource: &str) -> BTreeMap<&'a str, Vec<Short<'a>>> {
    let mut short: BTreeMap<&str, Vec<Short<'_>>> = BTreeMap::new();
    for (index, node) in cluster.nodes.iter().enumerate() {
        for (switch, asked) in asking(cluster, index, weight) {
            if let Some(offered) = offered(node, switch, resource).filter(|offered| *offered < asked) {
                short.entry(switch).or_default().push(Short { node, asked, offered });
            }
        }
    }
    short
}

use super::Rule;

/// The family.
pub static RULES: &[&Rule] = &[
    &bandwidth_cap_below_need::RULE,
    &heavy_vm_on_shared_switch::RULE,
    &integration_services_missing::RULE,
    &legacy_adapter_without_pxe::RULE,
    &legacy_on_generation_2::RULE,
    &port_mirroring_unpaired::RULE,
    &pxe_without_legacy_adapter::RULE,
    &sriov_guest_too_old::RULE,
    &too_few_virtual_functions::RULE,
    &too_few_vmq_queues::RULE,
    &too_many_vnics::RULE,
    &uplink_overcommitted::RULE,
    &vmq_off_on_fast_nic::RULE,
    &vmq_on_broadcom_1g::RULE,
    &vnic_not_connected::RULE,
    &vnic_not_protected::RULE,
];
