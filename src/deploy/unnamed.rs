//! Virtual switches that the inventory does not name: a port is only said to carry VM traffic. A script that asked for a switch under a name that nobody wrote
//! down would not find it, and would bind its ports a second time.
//!
//! In: the cluster as it is. Out: why no script is written, with the rows to add. Must not know: plans, steps.

use super::words;
use super::work::by_powershell;
use crate::applied::switches::members;
use crate::inventory::{Cluster, Node, SwitchKind};
use std::collections::BTreeMap;

/// One reason for all nodes with such a switch.
pub fn switches(today: &Cluster) -> Vec<String> {
    let ports: Vec<(&str, Vec<&str>)> = today.nodes.iter().filter_map(ports).collect();
    if ports.is_empty() {
        return Vec::new();
    }
    let mut alike: BTreeMap<&[&str], Vec<&str>> = BTreeMap::new();
    for (node, nics) in &ports {
        alike.entry(nics).or_default().push(node);
    }
    let of: Vec<String> = alike
        .iter()
        .map(|(nics, nodes)| format!("{} of {}", words::listed(nics), words::listed(nodes)))
        .collect();
    let look = if by_powershell(today) {
        "on each node, Get-VMSwitch -SwitchType External | Format-List Name, NetAdapterInterfaceDescriptions, AllowManagementOS shows it"
    } else {
        "Virtual Network Manager shows it on each node"
    };
    let (node, nics) = &ports[0];
    vec![format!(
        "nics.csv says that {} carry VM traffic, and nothing says what the virtual switch on them is called: no script can find it, keep it or take it down. \
         Write its name into switches.csv ({look}), a row for each of {}: with the columns node,switch,nics that of {node} is {node},NAME,{}. Then plan anew. \
         Ports on which there is no virtual switch yet carry no VM traffic today: take vm out of their current_role instead.",
        of.join("; "),
        crate::units::count(ports.len(), "node"),
        nics.join(";"),
    )]
}

/// The ports under a switch that no row names.
fn ports(node: &Node) -> Option<(&str, Vec<&str>)> {
    let external = node.switches.iter().filter(|s| s.kind == SwitchKind::External);
    let unnamed = external.filter(|s| s.facts.concludes("switch"));
    let nics: Vec<&str> = unnamed
        .flat_map(|s| members(node, &s.name))
        .map(|nic| nic.name.as_str())
        .collect();
    (!nics.is_empty()).then_some((node.name.as_str(), nics))
}
