//! What each role needs on each node and what each vNIC needs, in Mbit/s. Growth is applied here and nowhere else.
//!
//! In: a cluster's facts. Out: integers. Used by planner and checks alike: a demand is a fact, not a decision.

use crate::inventory::{Cluster, VmState, Vnic};
use crate::migration::Moved;
use crate::migration::load::Needs;
use crate::plan::ClusterPlan;
use crate::roles::{ROLES, Role};
use crate::units::{Mbps, MiB};
use std::collections::BTreeMap;

/// Adds the policy's growth, rounded up.
fn grown(rate: Mbps, cluster: &Cluster) -> Mbps {
    rate.saturating_mul(100 + cluster.policy.growth_percent).div_ceil(100)
}

/// Need of one vNIC: p95, else peak, else twice the average, else the policy's default; with growth.
/// A vNIC on an internal or private switch needs nothing of the wire.
pub fn vnic_need(cluster: &Cluster, vnic: &Vnic) -> Mbps {
    if vnic.isolated {
        return 0;
    }
    let said = vnic.p95.or(vnic.peak).or(vnic.average.map(|a| a.saturating_mul(2)));
    grown(said.unwrap_or(cluster.policy.default_vnic_mbps), cluster)
}

/// Whether guests put any load on the external networks. Where the inventory holds no VM that does, all that is known are the
/// default needs of the host roles, and these must not decide who gets the fast ports: the levels that compare how full
/// uplinks are (7 and 8) are then not counted. Requirements and the target hold as ever.
pub fn guests_have_load(cluster: &Cluster) -> bool {
    let mut vnics = cluster.vms.iter().flat_map(|vm| &vm.vnics);
    vnics.any(|vnic| vnic_need(cluster, vnic) > 0)
}

/// Whether nothing is known of any load: no vNIC has a rate and no role a demand, so that all needs are defaults.
pub fn loads_are_defaults(cluster: &Cluster) -> bool {
    let mut vnics = cluster
        .vms
        .iter()
        .flat_map(|vm| &vm.vnics)
        .filter(|vnic| !vnic.isolated);
    let silent = |vnic: &Vnic| vnic.p95.is_none() && vnic.peak.is_none() && vnic.average.is_none();
    cluster.demands.is_empty() && vnics.all(silent)
}

/// Whether the vNIC is heavy: it needs more than the policy's share of a VM port.
pub fn is_heavy(cluster: &Cluster, need: Mbps) -> bool {
    need.saturating_mul(1000) > cluster.vm_port().saturating_mul(cluster.policy.heavy_permille)
}

/// Demand of a host role on a node: the node's own line, else the line for every node, else the profile's documented default;
/// with growth. Bulk roles have a demand only if the policy gives drain minutes. VM traffic has none here.
pub fn role_demand(cluster: &Cluster, node: usize, role: Role) -> Mbps {
    if !cluster.roles().contains(&role) || role == Role::Vm {
        return 0;
    }
    if role.info().bulk {
        return drain_demand(cluster, node);
    }
    let said = |wanted: Option<usize>| {
        cluster
            .demands
            .iter()
            .find(|d| d.role == role && d.node == wanted)
            .map(|d| d.rate)
    };
    let profile = cluster.profile;
    let default = match role {
        Role::Management => profile.default_management,
        Role::Cluster => profile.default_cluster,
        Role::Storage => profile.default_storage,
        Role::Replica => profile.default_replica,
        Role::LiveMigration | Role::Vm => 0,
    };
    grown(said(Some(node)).or_else(|| said(None)).unwrap_or(default), cluster)
}

/// What a node's traffic needs beside live migration: each role of the host, and the running guests of each virtual switch (with a plan
/// of each external network).
pub fn needs(cluster: &Cluster, plan: Option<&ClusterPlan>) -> Needs {
    let of_roles = |node: usize| {
        let roles = ROLES.iter().map(|info| info.role);
        let others = roles.filter(|role| !role.info().bulk);
        others.map(|role| (role, role_demand(cluster, node, role))).collect()
    };
    let planned: Option<BTreeMap<(&str, &str), &str>> = plan.map(|plan| {
        let vnics = plan.vnics.iter();
        vnics
            .map(|v| ((v.vm.as_str(), v.vnic.as_str()), v.network.as_str()))
            .collect()
    });
    let mut guests: Vec<BTreeMap<String, Mbps>> = vec![BTreeMap::new(); cluster.nodes.len()];
    for vm in cluster.vms.iter().filter(|vm| vm.state == VmState::Running) {
        let Some(on) = vm.host.and_then(|host| guests.get_mut(host)) else {
            continue;
        };
        for vnic in &vm.vnics {
            let network = match &planned {
                Some(planned) => planned.get(&(vm.name.as_str(), vnic.name.as_str())).copied(),
                None => Some(vnic.switch.as_str()),
            };
            if let Some(network) = network.filter(|name| !name.is_empty()) {
                let sum = on.entry(network.to_owned()).or_default();
                *sum = sum.saturating_add(vnic_need(cluster, vnic));
            }
        }
    }
    Needs {
        roles: (0..cluster.nodes.len()).map(of_roles).collect(),
        guests,
    }
}

/// The VMs that a drain moves live: all but low priority ones and those that are off.
pub fn live_moved(cluster: &Cluster, node: usize) -> impl Iterator<Item = Moved> + '_ {
    cluster
        .vms
        .iter()
        .filter(move |vm| vm.host == Some(node) && crate::migration::moves_live(vm))
        .map(Moved::of)
}

/// Rate that empties the node within the policy's drain minutes T: bytes / (T - ceil(n/c)(a+b)).
/// 0 without drain minutes, and when T lies below the overhead (reported as an unmet requirement elsewhere).
fn drain_demand(cluster: &Cluster, node: usize) -> Mbps {
    let Some(minutes) = cluster.policy.drain_minutes else {
        return 0;
    };
    let memories: Vec<MiB> = live_moved(cluster, node).map(|vm| vm.memory).collect();
    let overhead = crate::migration::overhead_s(memories.len() as u64, crate::migration::concurrency(cluster));
    let Some(seconds) = (minutes * 60).checked_sub(overhead).filter(|s| *s > 0) else {
        return 0;
    };
    let mib: MiB = memories.iter().sum();
    // MiB -> Mbit: 8 * 2^20 / 10^6 = 8.388608
    let mbit = (u128::from(mib) * 8_388_608).div_ceil(1_000_000);
    let rate = mbit.div_ceil(u128::from(seconds));
    grown(u64::try_from(rate).unwrap_or(u64::MAX), cluster)
}
