//! Rules about virtual switches: the same on every node, and one for the VMs alone.

mod clustered_vm_on_internal_switch;
mod no_switch_reserved_for_vms;
mod switch_names_differ;
mod vm_switch_missing_on_node;

use crate::inventory::{Cluster, Node, SwitchKind};
use std::collections::BTreeSet;

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

use super::Rule;

/// The family.
pub static RULES: &[&Rule] = &[
    &clustered_vm_on_internal_switch::RULE,
    &no_switch_reserved_for_vms::RULE,
    &switch_names_differ::RULE,
    &vm_switch_missing_on_node::RULE,
];
