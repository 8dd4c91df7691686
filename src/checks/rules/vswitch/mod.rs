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

use super::lookup;
use crate::inventory::{Cluster, Nic, Node, SwitchKind, VirtualSwitch, Vm, Vnic};
use std::collections::{BTreeMap, BTreeSet};

/// Names of the external switches of a node; one that only its ports name is among its switches, too.
fn external_names(node: &Node) -> BTreeSet<&str> {
    let external = node.switches.iter().filter(|s| s.kind == SwitchKind::External);
    external.map(|s| s.name.as_str()).collect()
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

/// End of a fix that is written for the first of some nodes.
fn so_elsewhere(nodes: &[(&Node, &VirtualSwitch)]) -> &'static str {
    if nodes.len() > 1 { "; so on the other nodes" } else { "" }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::rules::tests::inventory;

    #[test]
    fn names_of_switches_are_the_same_in_upper_and_lower_case_and_others_are_not() {
        let block = "file: nodes\nnode,cluster\nHV1,C1\nHV2,C1\nfile: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV1,B,10000\nHV2,A,10000\n\
             file: switches\nnode,switch,type,nics\nHV1,LAN,external,A\nHV1,DMZ,external,B\nHV2,lan,internal,\nHV2,Lab,private,\n\
             file: vms\nvm,node,possible_owners\nW1,HV1,HV1\nfile: vnics\nvm,switch\nW1,lan\n";
        let cluster = inventory(block).clusters.remove(0);
        let [first, second] = &cluster.nodes[..] else {
            panic!("two nodes")
        };
        let ports = |switch: &str| bound(first, switch).map(|nic| nic.name.clone()).collect::<Vec<_>>();
        assert_eq!(
            (ports("lan"), ports("dmz"), ports("x")),
            (vec!["A".to_owned()], vec!["B".to_owned()], vec![])
        );
        assert_eq!(
            bound(second, "lan").count(),
            0,
            "an internal switch is bound to no port"
        );
        assert_eq!(switch_on(first, "dmz").map(|s| s.name.as_str()), Some("DMZ"));
        assert!(switch_on(second, "dmz").is_none());
        assert_eq!(adapters_on(&cluster, 0, "LAN").count(), 1);
        assert_eq!(adapters_on(&cluster, 1, "LAN").count(), 0, "W1 may run on HV1 alone");
        assert_eq!(adapters_on(&cluster, 0, "DMZ").count(), 0);
        let externals: Vec<Vec<&str>> = external_by_node(&cluster)
            .into_iter()
            .map(|n| n.into_iter().collect())
            .collect();
        assert_eq!(
            externals,
            [vec!["DMZ", "LAN"], vec![]],
            "internal and private switches are none"
        );
        let all = by_name(&cluster, |_, _, _| true);
        assert_eq!(all.keys().collect::<Vec<_>>(), ["dmz", "lab", "lan"]);
        assert_eq!(node_names(&all["lan"]), ["HV1", "HV2"]);
        let of_second = by_name(&cluster, |index, node, switch| {
            index == 1 && node.name == "HV2" && switch.name == "Lab"
        });
        assert_eq!(of_second.keys().collect::<Vec<_>>(), ["lab"]);
    }
}
