//! The wiring that a plan gives.
//!
//! A role with an uplink of its own uses the uplink's NICs; a role that shares one uses a host vNIC on it. The networks are those of the
//! inventory with that purpose, else one is assumed. That the plan's live-migration networks come first in the cluster's order
//! goes with the plan, unless the inventory names another order.

use super::gather::{Adapter, addresses};
use super::matching::{self, Matcher};
use super::{Evidence, Kind, Wiring, metrics, today};
use crate::applied::{self, Carrier};
use crate::inventory::{Cluster, Node};
use crate::plan::{ClusterPlan, Mechanism, NodeUplink, Uplink};
use crate::profiles::Transport;
use crate::roles::Role;
use crate::units::{Permille, host_vnic_connection, same_name};
use std::collections::BTreeSet;

/// The wiring of a plan.
pub(super) fn wiring(cluster: &Cluster, plan: &ClusterPlan) -> Wiring {
    let mut assumed = BTreeSet::new();
    let after = applied::cluster(cluster, plan);
    let pairs = cluster.nodes.iter().zip(&after.nodes);
    let nodes: Vec<Vec<Adapter>> = pairs
        .map(|(node, after)| {
            let mut found = adapters(cluster, node, plan);
            hint(&applied::adapters(cluster, plan, node), after, &mut found);
            found
        })
        .collect();
    let mut wiring = Wiring {
        networks: cluster
            .networks
            .iter()
            .map(|n| today::network(cluster, n, &mut assumed))
            .collect(),
        planned: true,
        ..Wiring::default()
    };
    let mut matcher = Matcher::new(cluster, &mut wiring.networks);
    matcher.derive_missing(&nodes, &mut assumed);
    wiring.interfaces = nodes
        .iter()
        .map(|all| matcher.interfaces(all, &mut BTreeSet::new()))
        .collect();
    for interface in wiring.interfaces.iter_mut().flatten() {
        interface.evidence = Evidence::Plan;
    }
    matching::settle(&mut wiring);
    metrics::assume(&mut wiring, &mut assumed);
    if cluster.migration.network_order.is_empty() {
        assumed.insert(
            "order of live-migration networks: those of the plan first, set when the plan is applied".to_owned(),
        );
    }
    wiring.assumptions = assumed.into_iter().collect();
    wiring
}

/// Adapters that a node has once the plan is applied.
fn adapters(cluster: &Cluster, node: &Node, plan: &ClusterPlan) -> Vec<Adapter> {
    let Some(planned) = plan.nodes.iter().find(|n| n.node == node.name) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for uplink in &planned.uplinks {
        let Some(design) = plan.uplinks.iter().find(|u| u.name == uplink.uplink) else {
            continue;
        };
        found.extend(of_uplink(cluster, node, design, uplink));
    }
    found
}

/// Addresses that the adapters have once the plan is applied: of several networks of one role they tell which one an adapter is on, as where every pair of nodes
/// has cables and subnets of its own.
fn hint(carriers: &[applied::Adapter], after: &Node, found: &mut [Adapter]) {
    let mut taken = BTreeSet::new();
    for adapter in found {
        let fits = |carrier: &Carrier| match carrier {
            Carrier::Nic(port) => adapter.kind == Some(Kind::Port) && adapter.ports == [*port],
            Carrier::Team(_, ports) => adapter.kind == Some(Kind::Team) && adapter.ports == *ports,
            Carrier::HostVnic { nic, .. } => {
                adapter.kind == Some(Kind::HostVnic) && nic.is_none_or(|port| adapter.ports == [port])
            }
        };
        let same = |carrier: &applied::Adapter| {
            fits(&carrier.carrier) && carrier.roles.iter().any(|role| adapter.roles.contains(role))
        };
        let mut all = carriers.iter().enumerate();
        let Some((place, carrier)) = all.find(|(place, carrier)| !taken.contains(place) && same(carrier)) else {
            continue;
        };
        taken.insert(place);
        let written: Vec<String> = match &carrier.carrier {
            Carrier::Nic(port) => after
                .nics
                .get(*port)
                .map(|nic| nic.addresses.clone())
                .unwrap_or_default(),
            Carrier::Team(_, ports) => {
                let nics = ports.iter().filter_map(|port| after.nics.get(*port));
                nics.flat_map(|nic| nic.addresses.iter().cloned()).collect()
            }
            Carrier::HostVnic { name, .. } => {
                let vnic = after.host_vnics.iter().find(|vnic| same_name(&vnic.name, name));
                vnic.map(|vnic| vnic.addresses.clone()).unwrap_or_default()
            }
        };
        adapter.hints = addresses(&written).collect();
    }
}

fn of_uplink(cluster: &Cluster, node: &Node, design: &Uplink, uplink: &NodeUplink) -> Vec<Adapter> {
    let ports: Vec<usize> = uplink.nics.iter().filter_map(|name| node.nic(name)).collect();
    let hosts: Vec<Role> = design.roles.iter().copied().filter(|r| *r != Role::Vm).collect();
    if ports.is_empty() || hosts.is_empty() {
        return Vec::new();
    }
    let alone = design.network.is_none() && (hosts.len() == 1 || uplink.mechanism != Mechanism::Team);
    if !alone {
        let rides = |role: &Role| applied::rides_on_storage(cluster, design, *role);
        return hosts
            .iter()
            .filter(|role| !rides(role))
            .flat_map(|role| host_vnics(cluster, node, design, uplink, &ports, *role))
            .collect();
    }
    if uplink.mechanism == Mechanism::Team {
        return vec![bare(node, design, uplink, &ports, Kind::Team)];
    }
    ports
        .iter()
        .map(|port| bare(node, design, uplink, &[*port], Kind::Port))
        .collect()
}

fn all_rdma(node: &Node, ports: &[usize]) -> bool {
    ports.iter().all(|p| node.nics.get(*p).is_some_and(|n| n.rdma.on()))
}

fn bare(node: &Node, design: &Uplink, uplink: &NodeUplink, ports: &[usize], kind: Kind) -> Adapter {
    let first = ports.first().and_then(|p| node.nics.get(*p));
    Adapter {
        name: if kind == Kind::Team {
            uplink.uplink.clone()
        } else {
            first.map(|n| n.name.clone()).unwrap_or_default()
        },
        kind: Some(kind),
        ports: ports.to_vec(),
        roles: design.roles.iter().copied().collect(),
        rdma: kind == Kind::Port && all_rdma(node, ports),
        ports_rdma: all_rdma(node, ports),
        share: share(uplink, Role::LiveMigration),
        transport: uplink.transport,
        ..Adapter::default()
    }
}

/// What the plan promises a role of each port of the uplink.
fn share(uplink: &NodeUplink, role: Role) -> Option<Permille> {
    uplink.shares.iter().find(|s| s.role == role).map(|s| s.permille)
}

/// The host vNICs of a role: one, or for SMB one per port, each mapped to its port, so that Multichannel uses them all.
fn host_vnics(
    cluster: &Cluster,
    node: &Node,
    design: &Uplink,
    uplink: &NodeUplink,
    ports: &[usize],
    role: Role,
) -> Vec<Adapter> {
    let smb = match role {
        Role::LiveMigration => uplink.transport == Some(Transport::Smb),
        Role::Storage => cluster.storage.is_smb(),
        _ => false,
    };
    let title = role.info().adapter;
    if !smb || ports.len() < 2 {
        return vec![host_vnic(cluster, node, design, uplink, ports, (role, title))];
    }
    let numbered = ports.iter().zip(1..);
    numbered
        .map(|(port, number)| {
            host_vnic(
                cluster,
                node,
                design,
                uplink,
                &[*port],
                (role, &format!("{title} {number}")),
            )
        })
        .collect()
}

fn host_vnic(
    cluster: &Cluster,
    node: &Node,
    design: &Uplink,
    uplink: &NodeUplink,
    ports: &[usize],
    (role, name): (Role, &str),
) -> Adapter {
    let ports_rdma = all_rdma(node, ports);
    let rides = |r: &Role| role == Role::Storage && applied::rides_on_storage(cluster, design, *r);
    let mut roles: BTreeSet<Role> = design.roles.iter().copied().filter(rides).collect();
    // What migrates over the adapter has the share that the plan gives to migration.
    let counted = if roles.contains(&Role::LiveMigration) {
        Role::LiveMigration
    } else {
        role
    };
    roles.insert(role);
    Adapter {
        name: host_vnic_connection(name),
        kind: Some(Kind::HostVnic),
        ports: ports.to_vec(),
        sharers: design.roles.iter().copied().filter(|r| !roles.contains(r)).collect(),
        roles,
        rdma: ports_rdma && cluster.profile.rdma_on_switch,
        ports_rdma,
        share: share(uplink, counted),
        transport: uplink.transport,
        vlan: cluster.vlan_of(role),
        ..Adapter::default()
    }
}
