//! Weights or Data Center Bridging, never both on a port; protocols off ports under a switch; large packets where they are used today.
//!
//! Source: Microsoft, "Network QoS and bandwidth limits for Hyper-V" (weights and DCB exclude each other).

use super::settings::Planned;
use super::steps::{Change, FactsBefore, Phase, Port, Values};
use crate::applied::{bindings, dcb, default_flow, packets, policies, switches};
use crate::inventory::{Cluster, Facts, Node, SwitchKind};
use crate::plan::ClusterPlan;
use crate::units::same_name;

/// What one node needs once it is wired; where the inventory is silent, the script asks the node what is so already.
pub fn of_node(cluster: &Cluster, plan: &ClusterPlan, (today, wired): (&Node, &Node), after: &Node) -> Vec<Planned> {
    let mut found: Vec<Planned> = Vec::new();
    let unbound = bindings::under_switches(cluster, after);
    if !unbound.is_empty() {
        let before = FactsBefore::of_bindings(today, after, &unbound);
        found.push((Phase::Adapters, Change::Unbind { nics: unbound, before }));
    }
    found.extend(jumbo(wired, after).into_iter().map(|change| (Phase::Adapters, change)));
    let flows = default_flows(wired, after).into_iter();
    found.extend(flows.map(|change| (Phase::Bandwidth, change)));
    if let Some(dcb) = dcb::of_node(cluster, plan, after) {
        let before = FactsBefore::of_dcb(today, &dcb);
        found.push((Phase::Bandwidth, Change::Dcb(dcb, before)));
    }
    found
}

/// Shares on ports that roles share without virtual switch.
pub fn policies(cluster: &Cluster, plan: &ClusterPlan, today: &Node, after: &Node) -> Option<Planned> {
    let known = |node: &Node| node.facts.classes(policies::COLUMN).map(<[_]>::to_vec);
    let value = Values::new(known(today), known(after));
    let nics = policies::ports(cluster, plan, after);
    let differs = value.differs();
    differs.then_some((Phase::Bandwidth, Change::Policies { nics, value }))
}

/// Switches whose default flow has another weight than the plan wants.
fn default_flows(wired: &Node, after: &Node) -> Vec<Change> {
    let weight =
        |node: &Node, name: &str| switches::external(node, name).and_then(|s| s.facts.number(default_flow::COLUMN));
    let all = external_switches(after).filter_map(|s| {
        let wanted = weight(after, &s.name)?;
        let before = weight(wired, &s.name);
        (before != Some(wanted)).then(|| Change::DefaultFlow {
            switch: s.name.clone(),
            weight: u32::try_from(wanted).unwrap_or(0),
            before,
        })
    });
    all.collect()
}

/// Adapters that send large packets from now on.
fn jumbo(wired: &Node, after: &Node) -> Vec<Change> {
    let of = |port: Port, before: Option<&Facts>, wanted: &Facts| {
        let large = packets::is_large(wanted) && !before.is_some_and(packets::is_large);
        let before = before.and_then(|facts| facts.number(packets::COLUMN));
        large.then_some(Change::Jumbo { port, before })
    };
    let nics = after.nics.iter().filter_map(|nic| {
        let own = wired.nics.iter().find(|n| same_name(&n.name, &nic.name));
        of(Port::Nic(nic.name.clone()), own.map(|n| &n.facts), &nic.facts)
    });
    let vnics = after.host_vnics.iter().filter_map(|vnic| {
        let own = wired.host_vnics.iter().find(|v| same_name(&v.name, &vnic.name));
        of(Port::HostVnic(vnic.name.clone()), own.map(|v| &v.facts), &vnic.facts)
    });
    nics.chain(vnics).collect()
}

/// Switches of a node that the plan makes or keeps.
pub fn external_switches(after: &Node) -> impl Iterator<Item = &crate::inventory::VirtualSwitch> {
    after.switches.iter().filter(|s| s.kind == SwitchKind::External)
}
