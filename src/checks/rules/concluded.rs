//! Virtual switches that no row names: a port is only said to carry VM traffic, and the planner takes one switch over all such
//! ports. What it is called, what it is bound to and how it teams is then unknown, so no rule may judge it.
//!
//! In: facts. Out: the same without those switches, and which clusters had some. Must not know: single rules.

use super::Rule;
use crate::inventory::{Cluster, Inventory, Node};
use std::borrow::Cow;

/// Column that is missing where a rule would have to know a switch that nobody names.
pub(super) const SWITCH: &str = "switches.switch";

/// Whether a node of the cluster has a switch that nobody names.
pub(super) fn has_unnamed_switch(cluster: &Cluster) -> bool {
    let mut switches = cluster.nodes.iter().flat_map(|node| &node.switches);
    switches.any(|switch| switch.facts.concludes("switch"))
}

/// The facts without switches that nobody names; their ports keep the role.
pub(super) fn without_unnamed_switches(inventory: &Inventory) -> Cow<'_, Inventory> {
    if !inventory.clusters.iter().any(has_unnamed_switch) {
        return Cow::Borrowed(inventory);
    }
    let mut known = inventory.clone();
    let nodes = known.clusters.iter_mut().flat_map(|cluster| &mut cluster.nodes);
    nodes.for_each(forget);
    Cow::Owned(known)
}

fn forget(node: &mut Node) {
    let unnamed: Vec<String> = node
        .switches
        .iter()
        .filter(|switch| switch.facts.concludes("switch"))
        .map(|switch| switch.name.clone())
        .collect();
    node.switches.retain(|switch| !unnamed.contains(&switch.name));
    for nic in &mut node.nics {
        nic.switch.take_if(|name| unnamed.contains(name));
    }
}

/// Whether the rule judges by virtual switches, or by what is connected to them.
pub(super) fn reads_switches(rule: &Rule) -> bool {
    let reads = |column: &&str| column.starts_with("switches.") || column.ends_with(".switch");
    rule.columns.iter().any(reads)
}
