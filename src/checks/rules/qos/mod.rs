//! Rules about QoS and DCB: minimum bandwidth, traffic classes, flow control.

mod cluster_traffic_class_too_large;
mod dcb_and_weights;
mod dcbx_willing;
mod default_flow_without_weight;
mod flow_control_beyond_storage;
mod host_vnic_without_weight;
mod minimum_bandwidth_above_link;
mod minimum_bandwidth_not_in_steps;
mod minimum_bandwidth_on_2008_r2;
mod no_cluster_traffic_class;
mod no_smb_direct_policy;
mod qos_differs_between_nodes;
mod rdma_host_vnic_drops_priority;
mod storage_class_not_half;
mod too_many_traffic_classes;
mod traffic_class_shares_not_100;
mod weight_below_5;
mod weights_above_100;
mod weights_on_set;
mod weights_without_bandwidth_mode;

use super::{Report, Rule, lookup};
use crate::inventory::catalogue::plain;
use crate::inventory::{Cluster, Facts, Nic, Node, Origin, SwitchKind, TrafficClass, VirtualSwitch, Vm, VmState};
use crate::powershell::quoted;
use crate::profiles::{WS2012, WS2016};
use crate::roles::Role;
use crate::units::same_name;
use std::collections::BTreeSet;

/// The family.
pub static RULES: &[&Rule] = &[
    &cluster_traffic_class_too_large::RULE,
    &dcb_and_weights::RULE,
    &dcbx_willing::RULE,
    &default_flow_without_weight::RULE,
    &flow_control_beyond_storage::RULE,
    &host_vnic_without_weight::RULE,
    &minimum_bandwidth_above_link::RULE,
    &minimum_bandwidth_not_in_steps::RULE,
    &minimum_bandwidth_on_2008_r2::RULE,
    &no_cluster_traffic_class::RULE,
    &no_smb_direct_policy::RULE,
    &qos_differs_between_nodes::RULE,
    &rdma_host_vnic_drops_priority::RULE,
    &storage_class_not_half::RULE,
    &too_many_traffic_classes::RULE,
    &traffic_class_shares_not_100::RULE,
    &weight_below_5::RULE,
    &weights_above_100::RULE,
    &weights_on_set::RULE,
    &weights_without_bandwidth_mode::RULE,
];

/// What is connected to a virtual switch and may reserve bandwidth there: a host vNIC, or the vNIC of a running VM.
struct Port<'a> {
    /// `SMB01`, or `VM/vNIC`.
    name: String,
    /// It is the host's.
    host: bool,
    /// Role of a host vNIC, if known.
    role: Option<Role>,
    /// Minimum-bandwidth weight; 0 = none.
    weight: Option<u32>,
    facts: &'a Facts,
    origin: Origin,
}

impl Port<'_> {
    /// The adapter as parameters of `Set-VMNetworkAdapter`.
    fn adapter(&self) -> String {
        match self.name.split_once('/').filter(|_| !self.host) {
            Some((vm, vnic)) => format!("-VMName {} -Name {}", quoted(vm), quoted(vnic)),
            None => format!("-ManagementOS -Name {}", quoted(&self.name)),
        }
    }

    fn weighted(&self) -> bool {
        self.weight.is_some_and(|weight| weight > 0)
    }
}

/// Every external switch with its node and what is connected to it.
fn switches(cluster: &Cluster) -> impl Iterator<Item = (&Node, &VirtualSwitch, Vec<Port<'_>>)> {
    // Sorted by node once: a large cluster has thousands of VMs and a hundred switches.
    let mut running: Vec<Vec<&Vm>> = vec![Vec::new(); cluster.nodes.len()];
    for vm in cluster.vms.iter().filter(|vm| vm.state == VmState::Running) {
        if let Some(guests) = vm.host.and_then(|node| running.get_mut(node)) {
            guests.push(vm);
        }
    }
    let nodes = cluster.nodes.iter().zip(running);
    nodes.flat_map(|(node, guests)| {
        let external = node.switches.iter().filter(|s| s.kind == SwitchKind::External);
        external.map(move |switch| (node, switch, ports(node, &guests, switch)))
    })
}

/// How the weights on a switch go, those of the host first: a switch that counts them on SET would promise what no page promises.
fn weights_off(node: &Node, ports: &[Port<'_>]) -> String {
    let mut weighted: Vec<&Port<'_>> = ports.iter().filter(|port| port.weighted()).collect();
    weighted.sort_by_key(|port| !port.host);
    let Some(first) = weighted.first() else {
        return String::new();
    };
    let more = if weighted.len() > 1 {
        ", so for every other adapter with a weight"
    } else {
        ""
    };
    format!(
        "Set-VMNetworkAdapter -ComputerName {} {} -MinimumBandwidthWeight 0{more}",
        quoted(&node.name),
        first.adapter()
    )
}

/// What is connected to a switch of a node; `guests` are the VMs that run there.
fn ports<'a>(node: &'a Node, guests: &[&'a Vm], switch: &VirtualSwitch) -> Vec<Port<'a>> {
    let host = node
        .host_vnics
        .iter()
        .filter(|v| same_name(&v.switch, &switch.name))
        .map(|vnic| Port {
            name: vnic.name.clone(),
            host: true,
            role: vnic.role,
            weight: vnic.weight,
            facts: &vnic.facts,
            origin: vnic.origin,
        });
    let vnics = guests
        .iter()
        .flat_map(|vm| vm.vnics.iter().map(move |vnic| (*vm, vnic)));
    let guests = vnics
        .filter(|(_, vnic)| same_name(&vnic.switch, &switch.name))
        .map(|(vm, vnic)| Port {
            name: lookup::vnic_name(vm, vnic),
            host: false,
            role: None,
            weight: vnic.weight,
            facts: &vnic.facts,
            origin: vnic.origin,
        });
    host.chain(guests).collect()
}

/// Notes the adapters of which nobody says whether they have a weight.
fn note_unknown_weights(ports: &[Port<'_>], report: &mut Report<'_>) {
    for port in ports.iter().filter(|port| port.weight.is_none()) {
        report.lacks(if port.host { "host_vnics.weight" } else { "vnics.weight" });
    }
}

/// Whether the switch shares its link by weights, as far as is known. Minimum bandwidth came with 2012.
fn takes_weights(cluster: &Cluster, switch: &VirtualSwitch) -> bool {
    let other = matches!(switch.facts.text("bandwidth_mode"), Some("absolute" | "none"));
    cluster.profile.generation >= WS2012 && !other
}

/// Whether the switch is on SET, where Microsoft promises nothing of weights: they should be 0, unless the policy says that they
/// may be used.
fn unwanted_on_set(cluster: &Cluster, switch: &VirtualSwitch) -> bool {
    let set = switch.facts.yes("embedded_teaming") == Some(true);
    set && cluster.profile.generation >= WS2016 && !cluster.policy.weights_on_set
}

/// Whether it matters which weights the adapters of the switch have.
fn judges_weights(cluster: &Cluster, switch: &VirtualSwitch) -> bool {
    takes_weights(cluster, switch) && !unwanted_on_set(cluster, switch)
}

/// The nodes with traffic classes of their own beside the default one. DCB came with 2012.
fn nodes_with_classes(cluster: &Cluster) -> impl Iterator<Item = (&Node, &[TrafficClass])> {
    let nodes = cluster.nodes.iter().filter(|_| cluster.profile.generation >= WS2012);
    nodes.filter_map(|node| {
        let classes = node.facts.classes("traffic_classes")?;
        classes
            .iter()
            .any(|class| !class.is_default())
            .then_some((node, classes))
    })
}

/// Priorities that the node's policies with one of these names give; empty where the policies are unknown.
fn policy_priorities(node: &Node, names: &[&str]) -> BTreeSet<u8> {
    TrafficClass::priorities(node.facts.classes("qos_policies").unwrap_or_default(), names)
}

/// The priority of cluster traffic: that of its policy, else 7, Microsoft's recommendation.
fn cluster_priority(node: &Node) -> u8 {
    policy_priorities(node, &["cluster"]).first().copied().unwrap_or(7)
}

/// The share that cluster traffic needs, in percent: 2 where a port of storage or cluster traffic has no more than 10 GbE, else 1
/// (Microsoft, Host network requirements for Azure Local).
fn cluster_share(node: &Node) -> u8 {
    let carries = |nic: &Nic| nic.rdma.on() || nic.roles.iter().any(|r| matches!(r, Role::Storage | Role::Cluster));
    let slow = node.nics.iter().any(|nic| carries(nic) && nic.speed <= 10_000);
    if slow { 2 } else { 1 }
}

/// Classes as a cell has them: `SMB=3:50; Cluster=7:2`.
fn shown(classes: &[TrafficClass]) -> String {
    let texts: Vec<String> = classes.iter().map(ToString::to_string).collect();
    if texts.is_empty() {
        "none".to_owned()
    } else {
        texts.join("; ")
    }
}
