//! Rules about virtual switches: the same on every node, and one for the VMs alone.

mod absolute_bandwidth_mode;
mod address_on_bound_nic;
mod clustered_vm_on_internal_switch;
mod external_switch_for_local_traffic;
mod no_switch_reserved_for_vms;
mod packet_direct_with_rdma;
mod sriov_vnic_on_switch_without_sriov;
mod switch_extensions_differ;
mod switch_names_differ;
mod switch_protocol_on_free_nic;
mod switch_reaches_too_little;
mod switch_types_differ;
mod unused_external_switch;
mod vlan_set_on_bound_nic;
mod vm_switch_missing_on_node;
mod weights_on_sriov_switch;

use super::{fixes, lookup};
use crate::inventory::{Cluster, Nic, Node, SwitchKind, VirtualSwitch, Vm, Vnic};
use std::collections::{BTreeMap, BTreeSet};

/// Names of the external switches of a node, from the switches and from what its NICs are bound to.
fn external_names(node: &Node) -> BTreeSet<&str> {
    let listed = node
        .switches
        .iter()
        .filter(|s| s.kind == SwitchKind::External)
        .map(|s| s.name.as_str());
    listed
        .chain(node.nics.iter().filter_map(|n| n.switch.as_deref()))
        .collect()
}

/// Names of the external switches of every node.
fn external_by_node(cluster: &Cluster) -> Vec<BTreeSet<&str>> {
    cluster.nodes.iter().map(external_names).collect()
}

/// Ports under a virtual switch of a node.
pub(super) fn bound<'a>(node: &'a Node, switch: &'a str) -> impl Iterator<Item = &'a Nic> {
    let is_under = move |nic: &&Nic| nic.switch.as_deref().is_some_and(|s| same_name(s, switch));
    node.nics.iter().filter(is_under)
}

/// The virtual switch of this name on a node.
pub(super) fn switch_on<'a>(node: &'a Node, name: &str) -> Option<&'a VirtualSwitch> {
    node.switches.iter().find(|s| same_name(&s.name, name))
}

/// Adapters of VMs on the switch of this name that may be on this node.
pub(super) fn adapters_on<'a>(
    cluster: &'a Cluster,
    node: usize,
    switch: &'a str,
) -> impl Iterator<Item = (&'a Vm, &'a Vnic)> {
    lookup::vnics(cluster)
        .filter(move |(vm, vnic)| vm.owners.binary_search(&node).is_ok() && same_name(&vnic.switch, switch))
}

/// Switches that fit, with their nodes, by name: one fault is told once, not for every node.
fn by_name<'a>(
    cluster: &'a Cluster,
    fits: impl Fn(usize, &'a Node, &'a VirtualSwitch) -> bool,
) -> BTreeMap<String, Vec<(&'a Node, &'a VirtualSwitch)>> {
    let mut found: BTreeMap<String, Vec<(&Node, &VirtualSwitch)>> = BTreeMap::new();
    for (index, node) in cluster.nodes.iter().enumerate() {
        for switch in node.switches.iter().filter(|s| fits(index, node, s)) {
            found
                .entry(switch.name.to_lowercase())
                .or_default()
                .push((node, switch));
        }
    }
    found
}

/// Names of nodes.
fn node_names<'a>(found: &[(&'a Node, &VirtualSwitch)]) -> Vec<&'a str> {
    found.iter().map(|(node, _)| node.name.as_str()).collect()
}

/// How a switch gets a setting that is fixed when it is created (from 2012 on; 2008 R2 has none of them).
fn recreate(nodes: &[(&Node, &VirtualSwitch)], option: &str) -> String {
    let Some((node, switch)) = nodes.first() else {
        return String::new();
    };
    let (host, name) = (fixes::quoted(&node.name), fixes::quoted(&switch.name));
    let nics: Vec<String> = bound(node, &switch.name).map(|nic| fixes::quoted(&nic.name)).collect();
    let nics = if nics.is_empty() {
        "<NIC>".to_owned()
    } else {
        nics.join(",")
    };
    let shared = if switch.allow_management_os == Some(false) {
        "$false"
    } else {
        "$true"
    };
    format!(
        "the setting is fixed when the switch is created: drain the node, then Remove-VMSwitch -ComputerName \
         {host} -Name {name} -Force; New-VMSwitch -ComputerName {host} -Name {name} -NetAdapterName {nics} \
         -AllowManagementOS {shared} {option}"
    )
}

/// What rebuilding virtual networks means on 2008 R2, and what `nvspscrub` deletes there.
const REBUILD_2008R2: &str = "where that fails because the port is \"already bound to another virtual network\", \
    nvspbind /u takes the switch protocol off that one port; nvspscrub /p is the last resort: it deletes every \
    host vNIC and every virtual network of the node and unbinds all ports, so write down the networks, their \
    ports and VLANs and the VMs on them first";

use super::Rule;
use crate::units::same_name;

/// The family.
pub static RULES: &[&Rule] = &[
    &absolute_bandwidth_mode::RULE,
    &address_on_bound_nic::RULE,
    &clustered_vm_on_internal_switch::RULE,
    &external_switch_for_local_traffic::RULE,
    &no_switch_reserved_for_vms::RULE,
    &packet_direct_with_rdma::RULE,
    &sriov_vnic_on_switch_without_sriov::RULE,
    &switch_extensions_differ::RULE,
    &switch_names_differ::RULE,
    &switch_protocol_on_free_nic::RULE,
    &switch_reaches_too_little::RULE,
    &switch_types_differ::RULE,
    &unused_external_switch::RULE,
    &vlan_set_on_bound_nic::RULE,
    &vm_switch_missing_on_node::RULE,
    &weights_on_sriov_switch::RULE,
];
