//! Weights or Data Center Bridging, never both on a port; protocols off ports under a switch; large packets where they are used today.
//!
//! Source: Microsoft, "Network QoS and bandwidth limits for Hyper-V" (weights and DCB exclude each other).

use super::settings::Planned;
use super::steps::{Change, FactsBefore, Phase, Port, Values};
use crate::applied::{bindings, dcb, policies, switches};
use crate::inventory::{Cluster, Nic, Node, SwitchKind};
use crate::plan::ClusterPlan;
use crate::roles::Role;
use crate::units::same_name;

/// Smallest MTU that counts as large packets, in bytes without the Ethernet header.
const LARGE: u64 = 8_900;

/// What one node needs; nothing of it is known from the inventory, so the script asks the node what is so already.
pub fn of_node(cluster: &Cluster, plan: &ClusterPlan, today: &Node, after: &Node) -> Vec<Planned> {
    let mut found: Vec<Planned> = Vec::new();
    let unbound = bindings::under_switches(cluster, after);
    if !unbound.is_empty() {
        let before = FactsBefore::of_bindings(today, after, &unbound);
        found.push((Phase::Adapters, Change::Unbind { nics: unbound, before }));
    }
    for port in jumbo(today, after) {
        found.push((Phase::Adapters, Change::Jumbo { port }));
    }
    for (switch, weight) in default_flows(cluster, plan, after) {
        found.push((Phase::Bandwidth, Change::DefaultFlow { switch, weight }));
    }
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

/// The guests' share of each switch with weights, as the weight of the default flow.
fn default_flows(cluster: &Cluster, plan: &ClusterPlan, after: &Node) -> Vec<(String, u32)> {
    let mut found = Vec::new();
    for (design, uplink) in policies::uplinks(plan, after) {
        let Some(network) = &design.network else { continue };
        let hosts = design.roles.iter().any(|role| *role != Role::Vm);
        let share = uplink
            .shares
            .iter()
            .find(|s| s.role == Role::Vm)
            .map_or(0, |s| s.permille);
        let weight = u32::try_from(share / 10).unwrap_or(0);
        if hosts && weight > 0 && switches::has_weights(cluster, after, network) {
            found.push((network.clone(), weight.min(100)));
        }
    }
    found
}

/// Adapters whose role uses large packets today on every port that carries it.
fn jumbo(today: &Node, after: &Node) -> Vec<Port> {
    let large = |nic: &Nic| nic.facts.number("mtu").is_some_and(|mtu| mtu >= LARGE);
    let uses = |role: Role| {
        let mut ports = today.nics.iter().filter(|n| n.roles.contains(&role)).peekable();
        ports.peek().is_some() && ports.all(large)
    };
    let roles: Vec<Role> = crate::roles::ROLES
        .iter()
        .map(|info| info.role)
        .filter(|role| uses(*role))
        .collect();
    let mut found: Vec<Port> = Vec::new();
    for nic in after
        .nics
        .iter()
        .filter(|n| !large(n) && n.roles.iter().any(|role| roles.contains(role)))
    {
        found.push(Port::Nic(nic.name.clone()));
    }
    let new = |name: &str| !today.host_vnics.iter().any(|v| same_name(&v.name, name));
    for vnic in after
        .host_vnics
        .iter()
        .filter(|v| new(&v.name) && v.role.is_some_and(|role| roles.contains(&role)))
    {
        found.push(Port::HostVnic(vnic.name.clone()));
    }
    found
}

/// Switches of a node that the plan makes or keeps.
pub fn external_switches(after: &Node) -> impl Iterator<Item = &crate::inventory::VirtualSwitch> {
    after.switches.iter().filter(|s| s.kind == SwitchKind::External)
}
