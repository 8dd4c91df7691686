//! What the cluster and its hosts say about networks once a plan is applied: cluster use, and live migration in all its layers.
//!
//! A setting of today that serves the plan stays as it is. Sources: Microsoft, "Network Recommendations for a Hyper-V Cluster" (cluster use,
//! MigrationExcludeNetworks), `Add-VMMigrationNetwork`, `Set-VMHost`, `Set-SmbBandwidthLimit`, "Manage SMB bandwidth limits for live migration".

use super::adapters::{rides_on_storage, switch_of};
use super::shared::{shared_uplink, staying};
use crate::inventory::{Cluster, ClusterNetwork, Node, SmbShare, StorageKind};
use crate::plan::{ClusterPlan, NodeUplink};
use crate::profiles::{Transport, WS2008R2, WS2022};
use crate::roles::Role;
use crate::units::{Mbps, same_name};

/// `SetSMBBandwidthLimitFactor` when nobody set one: a quarter of the summed speed.
const DEFAULT_FACTOR: u32 = 2_500;

/// Applies what the plan means for networks and live migration.
pub(super) fn apply(today: &Cluster, plan: &ClusterPlan, after: &mut Cluster) {
    after.networks = staying(today, plan).into_iter().cloned().collect();
    for network in &mut after.networks {
        network.cluster_use = cluster_use(today.storage, plan, network);
    }
    if today.nodes.len() < 2 || !plan.uplinks.iter().any(|u| u.roles.contains(&Role::LiveMigration)) {
        return;
    }
    lists(today, plan, after);
    if today.profile.generation > WS2008R2 {
        hosts(today, plan, after);
        concurrency(today, after);
        smb_limits(today, plan, after);
    }
}

/// Cluster use that a network has once it is set: a fitting one of today stays. One that carries the cluster's own traffic for want of another
/// must let the nodes talk.
fn cluster_use(storage: StorageKind, plan: &ClusterPlan, network: &ClusterNetwork) -> Option<u8> {
    let Some(role) = network.purpose else {
        return network.cluster_use;
    };
    let fitting: &[u8] = match role {
        Role::Management => &[3],
        Role::Cluster => &[1, 3],
        Role::LiveMigration => &[1],
        Role::Storage if storage == StorageKind::S2d => &[1],
        Role::Storage if storage == StorageKind::Smb => &[0, 1],
        Role::Storage => &[0],
        Role::Replica => &[3, 1, 0],
        Role::Vm => return network.cluster_use,
    };
    let talk = |r: &Role| matches!(r, Role::Cluster | Role::LiveMigration);
    let beside = shared_uplink(plan, role).is_some_and(|u| u.roles.iter().any(talk));
    let fitting: Vec<u8> = fitting.iter().copied().filter(|one| !beside || *one > 0).collect();
    match network.cluster_use {
        Some(today) if fitting.contains(&today) => Some(today),
        _ => fitting.first().copied().or(beside.then_some(1)),
    }
}

/// Networks between the nodes that live migration uses in a plan, in order of preference: its own, where it has none those of the
/// roles whose adapters it shares; then the cluster's as a fallback. None where the plan gives it ports or host vNICs of its own and the inventory does
/// not name their network: a list without it would lead live migration off it.
pub fn migration_networks<'c>(cluster: &'c Cluster, plan: &ClusterPlan) -> Vec<&'c ClusterNetwork> {
    let networks = staying(cluster, plan);
    let named = |role: Role| networks.iter().copied().filter(move |n| n.purpose == Some(role));
    let own: Vec<_> = named(Role::LiveMigration).collect();
    let mut found: Vec<_> = if own.is_empty() {
        beside(cluster, plan).into_iter().flat_map(named).collect()
    } else {
        own
    };
    found.retain(|n| private_use(cluster.storage, plan, n));
    if found.is_empty() {
        return found;
    }
    let fallback: Vec<_> = named(Role::Cluster)
        .filter(|n| private_use(cluster.storage, plan, n) && !found.iter().any(|f: &&ClusterNetwork| f.name == n.name))
        .collect();
    found.extend(fallback);
    found
}

/// Whether nodes may talk over the network and clients do not.
fn private_use(storage: StorageKind, plan: &ClusterPlan, network: &ClusterNetwork) -> bool {
    matches!(cluster_use(storage, plan, network), Some(1 | 3)) && network.purpose != Some(Role::Management)
}

/// Roles with networks between the nodes that share the adapters of live migration on every node.
fn beside(cluster: &Cluster, plan: &ClusterPlan) -> Vec<Role> {
    let Some(design) = plan.uplinks.iter().find(|u| u.roles.contains(&Role::LiveMigration)) else {
        return Vec::new();
    };
    // Under a virtual switch it has host vNICs of its own.
    let apart = |uplink: &NodeUplink| switch_of(design, uplink).is_some();
    let mut built = plan.nodes.iter().flat_map(|n| &n.uplinks);
    let own = built.any(|u| same_name(&u.uplink, &design.name) && apart(u));
    if own && !rides_on_storage(cluster, design, Role::LiveMigration) {
        return Vec::new();
    }
    let private = [Role::Cluster, Role::Storage];
    let roles = design.roles.iter().copied();
    roles.filter(|role| private.contains(role)).collect()
}

/// The two lists of the cluster. They stay where they lead live migration onto its networks and keep it off the others that matter.
fn lists(today: &Cluster, plan: &ClusterPlan, after: &mut Cluster) {
    let wanted = migration_networks(today, plan);
    let Some(first) = wanted.first() else {
        return keep_off(today, plan, after);
    };
    let names = |list: &[String], network: &ClusterNetwork| list.iter().any(|n| same_name(n, &network.name));
    let (order, excluded) = (&today.migration.network_order, &today.migration.exclude_networks);
    let own: Vec<_> = wanted.iter().filter(|n| n.purpose == first.purpose).collect();
    let led = order.len() >= own.len()
        && order[..own.len()]
            .iter()
            .all(|name| own.iter().any(|n| same_name(name, &n.name)));
    let mut kept_off = after.networks.iter().filter(|n| n.purpose == Some(Role::Management));
    if led && !own.iter().any(|n| names(excluded, n)) && kept_off.all(|n| names(excluded, n)) {
        return;
    }
    after.migration.network_order = wanted.iter().map(|n| n.name.clone()).collect();
    let others = after
        .networks
        .iter()
        .filter(|n| !wanted.iter().any(|w| w.name == n.name));
    after.migration.exclude_networks = others.map(|n| n.name.clone()).collect();
}

/// Live migration has ports of its own whose network the inventory does not name: it cannot be put first, but it is kept off the networks that the plan
/// gives to others. That of the cluster stays as a fallback; without one nothing is excluded, since the unnamed network may have no address yet. A list
/// of today that does as much stays.
fn keep_off(today: &Cluster, plan: &ClusterPlan, after: &mut Cluster) {
    let private = |n: &&ClusterNetwork| n.purpose == Some(Role::Cluster) && private_use(today.storage, plan, n);
    let (fallback, others): (Vec<&ClusterNetwork>, Vec<&ClusterNetwork>) = after.networks.iter().partition(private);
    let excluded = &today.migration.exclude_networks;
    let is_off = |n: &ClusterNetwork| excluded.iter().any(|name| same_name(name, &n.name));
    let done = others.iter().all(|n| is_off(n)) && !fallback.iter().all(|n| is_off(n));
    if fallback.is_empty() || done || today.profile.intents_only {
        return;
    }
    after.migration.exclude_networks = others.iter().map(|n| n.name.clone()).collect();
}

/// Subnets, performance option and the switches of every host.
fn hosts(today: &Cluster, plan: &ClusterPlan, after: &mut Cluster) {
    let wanted = migration_networks(today, plan);
    let subnets: Vec<String> = wanted
        .iter()
        .map(|n| n.subnet.clone())
        .filter(|s| !s.is_empty())
        .collect();
    let own = wanted.first().and_then(|n| n.purpose);
    let needed: Vec<&str> = wanted
        .iter()
        .filter(|n| n.purpose == own)
        .map(|n| n.subnet.as_str())
        .collect();
    let transport = after.transport;
    for node in &mut after.nodes {
        node.migration.enabled = Some(true);
        if node.migration.transport.is_some() {
            node.migration.transport = transport.or(node.migration.transport);
        }
        if !subnets.is_empty() && !keeps_subnets(today, node, &needed) {
            node.migration.subnets = Some(subnets.clone());
        }
        if !subnets.is_empty() {
            node.migration.any_network = Some(false);
        }
    }
}

/// Whether the host's own list leads onto the networks and not onto management.
fn keeps_subnets(today: &Cluster, node: &Node, needed: &[&str]) -> bool {
    let Some(listed) = &node.migration.subnets else {
        return false;
    };
    let has = |subnet: &str| listed.iter().any(|l| l.trim() == subnet.trim());
    let mut management = today.networks.iter().filter(|n| n.purpose == Some(Role::Management));
    needed.iter().all(|subnet| has(subnet)) && !management.any(|n| has(&n.subnet))
}

/// Migrations at once, the same in both places.
fn concurrency(today: &Cluster, after: &mut Cluster) {
    let Some(wanted) = today.concurrency else { return };
    for node in &mut after.nodes {
        if node.migration.concurrency.is_some() {
            node.migration.concurrency = Some(wanted);
        }
    }
    if today.profile.generation >= WS2022 {
        after.migration.maximum_parallel = Some(wanted);
    }
}

/// Where SMB live migration shares ports with SMB storage, its limit keeps it to the share that the plan gives it, and below what storage must have of
/// the SMB class (Microsoft, Validate-DCB). A lower limit of today stays. From 2022 it is one factor for all nodes where that fits them all, else and before the limit of each host.
fn smb_limits(today: &Cluster, plan: &ClusterPlan, after: &mut Cluster) {
    if today.profile.intents_only {
        return;
    }
    let wanted: Vec<Option<Mbps>> = after.nodes.iter().map(|node| smb_share(today, plan, node)).collect();
    let by_cluster = today.profile.generation >= WS2022 && !today.nodes.iter().any(Node::is_virtual);
    let factors: Vec<Option<u32>> = today
        .nodes
        .iter()
        .zip(&wanted)
        .map(|(node, rate)| factor(node, (*rate)?))
        .collect();
    let one = factors
        .first()
        .copied()
        .flatten()
        .filter(|one| factors.iter().all(|f| *f == Some(*one)));
    if let Some(factor) = one.filter(|_| by_cluster) {
        let set = today.migration.smb_limit_on.unwrap_or(true);
        let present = today.migration.smb_limit_factor.unwrap_or(DEFAULT_FACTOR);
        if !set || present > factor {
            after.migration.smb_limit_on = Some(true);
            after.migration.smb_limit_factor = Some(factor);
        }
        return;
    }
    // The cluster writes its factor over the limits of its hosts: where these count it must not.
    if by_cluster && wanted.iter().any(Option::is_some) {
        after.migration.smb_limit_on = Some(false);
    }
    for (node, rate) in after.nodes.iter_mut().zip(wanted) {
        if let Some(rate) = rate.filter(|rate| node.migration.smb_limit.is_none_or(|present| present > *rate)) {
            node.migration.smb_limit = Some(rate);
        }
    }
}

fn factor(node: &Node, rate: Mbps) -> Option<u32> {
    u32::try_from((rate * 10_000).checked_div(node.linked_speed())?).ok()
}

/// Rate that the plan gives to SMB live migration beside SMB storage on a node that has the plan's traffic classes.
fn smb_share(cluster: &Cluster, plan: &ClusterPlan, node: &Node) -> Option<Mbps> {
    let design = plan
        .uplinks
        .iter()
        .find(|u| u.roles.contains(&Role::LiveMigration) && u.roles.contains(&Role::Storage))?;
    let planned = plan.nodes.iter().find(|n| same_name(&n.node, &node.name))?;
    let uplink = planned.uplinks.iter().find(|u| same_name(&u.uplink, &design.name))?;
    if uplink.transport != Some(Transport::Smb) || !cluster.storage.is_smb() {
        return None;
    }
    let share = uplink.shares.iter().find(|s| s.role == Role::LiveMigration)?.permille;
    let ports = uplink
        .nics
        .iter()
        .filter_map(|name| node.nics.iter().find(|n| same_name(&n.name, name)));
    let capacity: Mbps = ports.map(|n| n.speed).sum();
    let most = SmbShare::new(node, capacity).most();
    Some((capacity * share / 1_000).min(most)).filter(|rate| *rate > 0)
}
