//! The adapters of a node that may carry cluster networks: bare ports, teams and host vNICs, before any network is known.
//!
//! In: one node's facts. Out: [`Adapter`]s. Must not know: networks.

use super::{Kind, Subnet};
use crate::inventory::{Cluster, HostVnic, Nic, Node, VirtualSwitch};
use crate::profiles::Transport;
use crate::roles::Role;
use crate::units::{Permille, host_vnic_connection};
use std::collections::{BTreeMap, BTreeSet};

/// An adapter that may carry cluster networks.
#[derive(Clone, Debug, Default)]
pub(super) struct Adapter {
    pub name: String,
    pub kind: Option<Kind>,
    pub ports: Vec<usize>,
    /// Roles it carries for the host.
    pub roles: BTreeSet<Role>,
    /// Roles that the ports carry and no adapter is listed for: they run over this one, too. They do not tell its network.
    pub also: BTreeSet<Role>,
    /// Roles of others on the same ports.
    pub sharers: BTreeSet<Role>,
    pub vlan: Option<u16>,
    /// The VLANs of its switch ports, where one of them lists any.
    pub trunk: Option<BTreeSet<u16>>,
    pub addresses: Vec<Subnet>,
    /// Addresses that tell only which network of a role it is on.
    pub hints: Vec<Subnet>,
    pub rdma: bool,
    pub ports_rdma: bool,
    pub weight: Option<u32>,
    pub others_weighted: bool,
    pub share: Option<Permille>,
    pub transport: Option<Transport>,
}

/// Adapters of a node as they are today, by name of port, team and host vNIC. `assumed` takes what was not said.
pub(super) fn adapters(cluster: &Cluster, node: &Node, assumed: &mut BTreeSet<String>) -> Vec<Adapter> {
    let mut found = bare(node);
    for switch in &node.switches {
        let vnics: Vec<&HostVnic> = node.host_vnics.iter().filter(|v| v.switch == switch.name).collect();
        let mut extra = unlisted_roles(node, switch, &vnics);
        let weights = guest_weights(cluster, node, switch, &vnics);
        for vnic in &vnics {
            let mut adapter = on_switch(cluster, node, switch, vnic, (&vnics, weights), assumed);
            if may_carry_more(vnic) {
                adapter.also.clone_from(&extra);
            }
            found.push(adapter);
        }
        if vnics.iter().any(|v| may_carry_more(v)) {
            extra.clear();
        }
        found.extend(unlisted(node, switch, extra, &vnics));
    }
    found
}

/// Whether roles without a host vNIC of their own may run over this one: any but that for management.
fn may_carry_more(vnic: &HostVnic) -> bool {
    vnic.role != Some(Role::Management)
}

/// Ports without a virtual switch; those of one team together.
fn bare(node: &Node) -> Vec<Adapter> {
    let mut teams: BTreeMap<&str, usize> = BTreeMap::new();
    let mut found: Vec<Adapter> = Vec::new();
    for (index, nic) in node.nics.iter().enumerate().filter(|(_, n)| n.switch.is_none()) {
        let known = (!nic.team.is_empty())
            .then(|| teams.get(nic.team.as_str()).copied())
            .flatten();
        if let Some(team) = known.and_then(|at| found.get_mut(at)) {
            add_port(team, index, nic);
            continue;
        }
        if !nic.team.is_empty() {
            teams.insert(&nic.team, found.len());
        }
        let team = !nic.team.is_empty();
        let mut adapter = Adapter {
            name: if team { nic.team.clone() } else { nic.name.clone() },
            kind: Some(if team { Kind::Team } else { Kind::Port }),
            // a team without a switch hides RDMA
            rdma: !team && nic.rdma.on(),
            ports_rdma: nic.rdma.on(),
            ..Adapter::default()
        };
        add_port(&mut adapter, index, nic);
        found.push(adapter);
    }
    found
}

fn add_port(adapter: &mut Adapter, index: usize, nic: &Nic) {
    adapter.ports.push(index);
    adapter.roles.extend(nic.roles.iter().copied());
    adapter.addresses.extend(addresses(&nic.addresses));
    adapter.rdma &= nic.rdma.on();
    adapter.ports_rdma &= nic.rdma.on();
    adapter.trunk = common(&adapter.trunk, &nic.vlans);
}

/// VLANs that both lists carry.
fn common(a: &Option<BTreeSet<u16>>, b: &Option<BTreeSet<u16>>) -> Option<BTreeSet<u16>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.intersection(b).copied().collect()),
        (one, other) => one.clone().or_else(|| other.clone()),
    }
}

fn on_switch(
    cluster: &Cluster,
    node: &Node,
    switch: &VirtualSwitch,
    vnic: &HostVnic,
    (all, guest_weights): (&[&HostVnic], u64),
    assumed: &mut BTreeSet<String>,
) -> Adapter {
    let mut adapter = under_switch(node, switch);
    adapter.name = host_vnic_connection(&vnic.name);
    adapter.roles = vnic.role.into_iter().collect();
    adapter.sharers = all
        .iter()
        .filter(|other| other.name != vnic.name)
        .filter_map(|v| v.role)
        .chain(carries_guests(node, switch).then_some(Role::Vm))
        .collect();
    adapter.vlan = vnic.vlan;
    adapter.addresses = addresses(&vnic.addresses).collect();
    adapter.weight = vnic.weight;
    adapter.others_weighted = all
        .iter()
        .any(|other| other.name != vnic.name && other.weight.is_some());
    let hosts: u64 = all.iter().filter_map(|v| v.weight).map(u64::from).sum();
    // the default flow is that of guests without a weight of their own; where its weight is not known it has what is left to 100
    let sum = match switch.facts.number("default_flow_weight") {
        Some(default) => (hosts + guest_weights + default).max(1),
        None => (hosts + guest_weights).max(100),
    };
    adapter.share = vnic.weight.map(|w| u64::from(w) * 1000 / sum);
    let possible = adapter.ports_rdma && cluster.profile.rdma_on_switch;
    if vnic.rdma.is_none() && possible {
        assumed.insert(
            "RDMA of host vNICs: on where every port under them has it; write rdma in host_vnics.csv".to_owned(),
        );
    }
    adapter.rdma = possible && vnic.rdma.unwrap_or(true);
    adapter
}

/// Host roles that ports of a switch are said to carry without a host vNIC for them.
fn unlisted_roles(node: &Node, switch: &VirtualSwitch, vnics: &[&HostVnic]) -> BTreeSet<Role> {
    let on_it = node.nics.iter().filter(|n| n.switch.as_ref() == Some(&switch.name));
    let listed = |role: &Role| vnics.iter().any(|v| v.role == Some(*role));
    on_it
        .flat_map(|n| n.roles.iter().copied())
        .filter(|r| *r != Role::Vm && !listed(r))
        .collect()
}

/// The host vNIC that must exist where ports of a switch carry host roles or have addresses, and none is listed for them.
fn unlisted(node: &Node, switch: &VirtualSwitch, roles: BTreeSet<Role>, vnics: &[&HostVnic]) -> Option<Adapter> {
    let mut adapter = under_switch(node, switch);
    let ports = adapter.ports.iter().filter_map(|p| node.nics.get(*p));
    adapter.addresses = ports.flat_map(|n| addresses(&n.addresses)).collect();
    adapter.roles = roles;
    adapter.name = host_vnic_connection(&switch.name);
    adapter.sharers = vnics.iter().filter_map(|v| v.role).collect();
    adapter.sharers.insert(Role::Vm);
    (!adapter.roles.is_empty() || !adapter.addresses.is_empty()).then_some(adapter)
}

/// An adapter on the ports of a switch.
fn under_switch(node: &Node, switch: &VirtualSwitch) -> Adapter {
    let mut adapter = Adapter {
        kind: Some(Kind::HostVnic),
        ports_rdma: true,
        ..Adapter::default()
    };
    for (index, nic) in node
        .nics
        .iter()
        .enumerate()
        .filter(|(_, n)| n.switch.as_ref() == Some(&switch.name))
    {
        adapter.ports.push(index);
        adapter.ports_rdma &= nic.rdma.on();
        adapter.trunk = common(&adapter.trunk, &nic.vlans);
    }
    adapter.ports_rdma &= !adapter.ports.is_empty();
    adapter
}

/// Minimum-bandwidth weights of the guests that the node runs on a switch; where no host vNIC has one they do not matter.
fn guest_weights(cluster: &Cluster, node: &Node, switch: &VirtualSwitch, vnics: &[&HostVnic]) -> u64 {
    if vnics.iter().all(|v| v.weight.is_none()) {
        return 0;
    }
    let at = cluster.nodes.iter().position(|other| other.name == node.name);
    let here = cluster.vms.iter().filter(|vm| vm.host.is_some() && vm.host == at);
    here.flat_map(|vm| &vm.vnics)
        .filter(|vnic| vnic.switch == switch.name)
        .filter_map(|vnic| vnic.weight)
        .map(u64::from)
        .sum()
}

fn carries_guests(node: &Node, switch: &VirtualSwitch) -> bool {
    node.nics
        .iter()
        .any(|n| n.switch.as_ref() == Some(&switch.name) && n.roles.contains(&Role::Vm))
}

/// Addresses that say on which network an adapter is.
pub(super) fn addresses(written: &[String]) -> impl Iterator<Item = Subnet> + '_ {
    written
        .iter()
        .filter_map(|text| Subnet::address(text))
        .filter(|a| !a.is_link_local())
}
