//! Which network adapters of the host carry which role once the plan is applied.
//!
//! A role that has an uplink to itself uses its NICs, or the team over them; a role that shares a team or a virtual switch gets a host
//! vNIC, and SMB traffic one per port, so that Multichannel uses every port. Roles that share single NICs without a team share the
//! adapter.

use crate::inventory::{Cluster, HostVnic, Nic, Node};
use crate::plan::{ClusterPlan, Mechanism, NodeUplink, Uplink};
use crate::profiles::{TeamKind, Transport};
use crate::roles::Role;
use crate::units::same_name;

/// What an adapter of the host is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// A NIC, by position.
    Nic(usize),
    /// The adapter of a team over these NICs.
    Team(String, Vec<usize>),
    /// A host vNIC on the switch of this name.
    HostVnic {
        /// Name of the host vNIC.
        name: String,
        /// Virtual switch.
        switch: String,
        /// NIC that it is mapped to; `None` = any of the switch.
        nic: Option<usize>,
    },
}

/// One adapter of the host and what it carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adapter {
    /// What it is.
    pub carrier: Carrier,
    /// Roles, in table order.
    pub roles: Vec<Role>,
    /// Position of its uplink in the plan.
    pub uplink: usize,
}

/// Adapters of one node once the plan is applied, in the order of the plan's uplinks.
pub fn adapters(cluster: &Cluster, plan: &ClusterPlan, node: &Node) -> Vec<Adapter> {
    let Some(planned) = plan.nodes.iter().find(|n| same_name(&n.node, &node.name)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (position, design) in plan.uplinks.iter().enumerate() {
        if let Some(uplink) = planned.uplinks.iter().find(|u| same_name(&u.uplink, &design.name)) {
            found.extend(of_uplink(cluster, node, (position, design), uplink));
        }
    }
    found
}

/// Whether a role goes over the storage adapters of its uplink: with Network ATC cluster and live migration do, unless the cluster has a network
/// or a host vNIC for them (Microsoft, Network ATC, storage intent).
pub fn rides_on_storage(cluster: &Cluster, design: &Uplink, role: Role) -> bool {
    let beside = matches!(role, Role::Cluster | Role::LiveMigration) && design.roles.contains(&Role::Storage);
    let mut host_vnics = cluster.nodes.iter().flat_map(|n| &n.host_vnics);
    cluster.profile.intents_only
        && beside
        && !cluster.networks.iter().any(|n| n.purpose == Some(role))
        && !host_vnics.any(|v| v.role == Some(role))
}

/// Name of the virtual switch of an uplink: that of its external network; without one, the uplink's own where several host roles
/// share its team, and where its team is SET, which Windows has only under a virtual switch; `None` = it has none.
pub(super) fn switch_of(design: &Uplink, uplink: &NodeUplink) -> Option<String> {
    let set = uplink.team == Some(TeamKind::Set);
    let shared = uplink.mechanism == Mechanism::Team && (design.roles.len() > 1 || set);
    design.network.clone().or_else(|| shared.then(|| design.name.clone()))
}

fn of_uplink(
    cluster: &Cluster,
    node: &Node,
    (position, design): (usize, &Uplink),
    uplink: &NodeUplink,
) -> Vec<Adapter> {
    let ports: Vec<usize> = uplink.nics.iter().filter_map(|name| nic(node, name)).collect();
    let hosts: Vec<Role> = design.roles.iter().copied().filter(|r| *r != Role::Vm).collect();
    if ports.is_empty() || hosts.is_empty() {
        return Vec::new();
    }
    let adapter = |carrier: Carrier, roles: Vec<Role>| Adapter {
        carrier,
        roles,
        uplink: position,
    };
    match switch_of(design, uplink) {
        Some(switch) => hosts
            .iter()
            .filter(|role| !rides_on_storage(cluster, design, **role))
            .flat_map(|role| {
                let vnics = host_vnics(cluster, node, &switch, (uplink, &ports), *role);
                vnics.into_iter().map(|carrier| adapter(carrier, vec![*role]))
            })
            .collect(),
        None if uplink.mechanism == Mechanism::Team => {
            vec![adapter(Carrier::Team(team_name(node, design, &ports), ports), hosts)]
        }
        None => ports
            .iter()
            .map(|port| adapter(Carrier::Nic(*port), hosts.clone()))
            .collect(),
    }
}

/// A team keeps its name where its ports form one today, or where one of them is in the team under the same virtual switch; else it is called after the network or the uplink. Windows makes
/// an adapter of that name, in which it allows none of `\\ / : * ? " < > |`.
pub(super) fn team_name(node: &Node, design: &Uplink, ports: &[usize]) -> String {
    let under_its_switch = |nic: &&Nic| {
        let switch = nic.switch.as_deref().zip(design.network.as_deref());
        !nic.team.is_empty() && switch.is_some_and(|(today, planned)| same_name(today, planned))
    };
    let nics = || ports.iter().filter_map(|port| node.nics.get(*port));
    let of_its_switch = nics().find(under_its_switch).map(|nic| nic.team.clone());
    if let Some(name) = team_of_today(node, ports).or(of_its_switch) {
        return name;
    }
    let stem = design.network.as_deref().unwrap_or(&design.name);
    let allowed = |c: char| !c.is_control() && !"\\/:*?\"<>|".contains(c);
    let stem: String = stem.chars().map(|c| if allowed(c) { c } else { '-' }).collect();
    format!("{stem}-Team")
}

/// Name of the team that exactly these ports form today.
pub(super) fn team_of_today(node: &Node, ports: &[usize]) -> Option<String> {
    let name = |port: &usize| node.nics.get(*port).map_or("", |nic| nic.team.as_str());
    let today = ports.first().map(name).filter(|name| !name.is_empty())?;
    let members = node.nics.iter().filter(|nic| nic.team == today).count();
    let same = members == ports.len() && ports.iter().all(|port| name(port) == today);
    same.then(|| today.to_owned())
}

/// The host vNICs of a role on a switch: today's ones where there are as many, else new ones with the role's title.
fn host_vnics(
    cluster: &Cluster,
    node: &Node,
    switch: &str,
    (uplink, ports): (&NodeUplink, &[usize]),
    role: Role,
) -> Vec<Carrier> {
    let smb = match role {
        Role::LiveMigration => uplink.transport == Some(Transport::Smb),
        Role::Storage => cluster.storage.is_smb(),
        _ => false,
    };
    let count = if smb && ports.len() > 1 { ports.len() } else { 1 };
    let today: Vec<&HostVnic> = node.host_vnics.iter().filter(|v| v.role == Some(role)).collect();
    let title = role.info().adapter;
    (0..count)
        .map(|index| {
            let name = match (today.get(index), count) {
                (Some(vnic), _) if today.len() == count => vnic.name.clone(),
                (_, 1) => title.to_owned(),
                _ => format!("{title} {}", index + 1),
            };
            Carrier::HostVnic {
                name,
                switch: switch.to_owned(),
                nic: if count > 1 { ports.get(index).copied() } else { None },
            }
        })
        .collect()
}

/// Position of a NIC by name, upper and lower case alike.
pub(super) fn nic(node: &Node, name: &str) -> Option<usize> {
    node.nics.iter().position(|nic| same_name(&nic.name, name))
}
