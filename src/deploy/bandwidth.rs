//! Weights or Data Center Bridging, never both on a port; protocols off ports under a switch; large packets where they are used today.
//!
//! Sources: Microsoft, "Network QoS and bandwidth limits for Hyper-V" (weights and DCB exclude each other), "Host network requirements for
//! Azure Local" (priorities 3 and 7, heartbeat 2 % up to 10 Gbit/s, else 1 %).

use super::settings::Planned;
use super::steps::{Change, Dcb, Phase, Port, Values};
use crate::applied::{policies, switches};
use crate::inventory::{Cluster, Nic, Node, SwitchKind};
use crate::plan::{ClusterPlan, NodeUplink, Uplink};
use crate::profiles::{TeamKind, Transport};
use crate::roles::Role;
use crate::units::same_name;

/// Smallest MTU that counts as large packets, in bytes without the Ethernet header.
const LARGE: u64 = 8_900;

/// What one node needs; nothing of it is known from the inventory, so the script asks the node what is so already.
pub fn of_node(cluster: &Cluster, plan: &ClusterPlan, today: &Node, after: &Node) -> Vec<Planned> {
    let mut found: Vec<Planned> = Vec::new();
    let lbfo = cluster.profile.team == TeamKind::Lbfo;
    let mut under_switches: Vec<String> = Vec::new();
    for nic in after.nics.iter().filter(|n| n.switch.is_some()) {
        // Windows itself takes everything off the members of an LBFO team; the switch is bound to the team's adapter.
        let bound = if lbfo && !nic.team.is_empty() {
            &nic.team
        } else {
            &nic.name
        };
        if !under_switches.contains(bound) {
            under_switches.push(bound.clone());
        }
    }
    if !under_switches.is_empty() && !cluster.profile.intents_only {
        found.push((Phase::Adapters, Change::Unbind { nics: under_switches }));
    }
    for port in jumbo(today, after) {
        found.push((Phase::Adapters, Change::Jumbo { port }));
    }
    for (switch, weight) in default_flows(cluster, plan, after) {
        found.push((Phase::Bandwidth, Change::DefaultFlow { switch, weight }));
    }
    if let Some(dcb) = dcb(cluster, plan, after) {
        found.push((Phase::Bandwidth, Change::Dcb(dcb)));
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

/// Uplinks of a node with their design.
fn uplinks<'p>(plan: &'p ClusterPlan, node: &Node) -> Vec<(&'p Uplink, &'p NodeUplink)> {
    let planned = plan.nodes.iter().find(|n| same_name(&n.node, &node.name));
    let design = |u: &NodeUplink| plan.uplinks.iter().find(|d| same_name(&d.name, &u.uplink));
    let all = planned.into_iter().flat_map(|n| &n.uplinks);
    all.filter_map(|u| Some((design(u)?, u))).collect()
}

/// The guests' share of each switch with weights, as the weight of the default flow.
fn default_flows(cluster: &Cluster, plan: &ClusterPlan, after: &Node) -> Vec<(String, u32)> {
    let mut found = Vec::new();
    for (design, uplink) in uplinks(plan, after) {
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

/// Ports that carry SMB over RDMA beside other traffic and have no weights.
fn dcb(cluster: &Cluster, plan: &ClusterPlan, after: &Node) -> Option<Dcb> {
    if cluster.profile.intents_only {
        return None;
    }
    let mut found: Option<Dcb> = None;
    for (design, uplink) in uplinks(plan, after) {
        let nics: Vec<&Nic> = uplink
            .nics
            .iter()
            .filter_map(|name| after.nics.iter().find(|n| same_name(&n.name, name)))
            .collect();
        let under = nics.iter().find_map(|n| n.switch.as_deref());
        let weighted = under.is_some_and(|s| switches::has_weights(cluster, after, s));
        let rdma =
            !nics.is_empty() && nics.iter().all(|n| n.rdma.on()) && (under.is_none() || cluster.profile.rdma_on_switch);
        let smb = smb_percent(cluster, uplink);
        if !rdma || weighted || smb == 0 || design.roles.len() < 2 {
            continue;
        }
        let slowest = nics.iter().map(|n| n.speed).min().unwrap_or(0);
        let dcb = found.get_or_insert_with(|| Dcb {
            nics: Vec::new(),
            smb_percent: smb,
            cluster_percent: if slowest > 10_000 { 1 } else { 2 },
        });
        dcb.nics.extend(nics.iter().map(|n| n.name.clone()));
    }
    found
}

/// What the plan gives to SMB: storage, and live migration over SMB, which share a class. The rest of the port must keep something.
pub fn smb_percent(cluster: &Cluster, uplink: &NodeUplink) -> u8 {
    let is_smb = |role: Role| match role {
        Role::Storage => cluster.storage.is_smb(),
        Role::LiveMigration => uplink.transport == Some(Transport::Smb),
        _ => false,
    };
    let permille: u64 = uplink
        .shares
        .iter()
        .filter(|s| is_smb(s.role))
        .map(|s| s.permille)
        .sum();
    u8::try_from((permille / 10).min(95)).unwrap_or(0)
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
