//! Whether the VMs of a lost node find a place on the others: memory, networks, owners, anti-affinity.
//!
//! The same simple rule as the checks use (largest VM first, to the owner with the most free memory), written on its own.
//!
//! Anti-affinity is a preference of Windows: the cluster ignores it where every node that is left already runs a member
//! (Microsoft Learn, "AntiAffinityClassNames", point 4). A VM therefore goes where the fewest members of its group run; only a cluster
//! set to `ClusterEnforcedAntiAffinity` 1 takes none beside another. Members of an NLB cluster follow the group they are in, like
//! all others.

use super::design::Design;
use super::evaluate::Decisions;
use super::instance::Instance;
use crate::inventory::VmState;
use crate::plan::Mechanism;
use crate::policy::HOST_RESERVE_MIB;
use crate::units::{Mbps, MiB, number_names};
use std::collections::BTreeMap;

/// Nodes whose loss the others cannot absorb.
pub fn unplaceable(instance: &Instance, design: &Design, decisions: &Decisions, load: &[Vec<Mbps>]) -> Vec<usize> {
    let nodes = instance.cluster.nodes.len();
    let capacity: Vec<Vec<Mbps>> = (0..nodes)
        .map(|node| capacities(instance, design, decisions, node))
        .collect();
    let (group, number) = number_names(instance.cluster.vms.iter().map(|vm| vm.anti_affinity.as_str()));
    let state = State {
        groups: groups(instance, &group, number),
        group,
        hosted: hosted(instance),
        needs: needs(instance, design, decisions),
        capacity,
    };
    (0..nodes)
        .filter(|lost| !absorbed(instance, *lost, load, &state))
        .collect()
}

/// What is the same for every lost node.
struct State {
    hosted: Vec<Vec<usize>>,
    needs: Vec<Vec<(usize, Mbps)>>,
    capacity: Vec<Vec<Mbps>>,
    /// Anti-affinity group by VM.
    group: Vec<Option<usize>>,
    /// Running members by group and node.
    groups: Vec<Vec<usize>>,
}

/// How many members of each group run on each node.
fn groups(instance: &Instance, group: &[Option<usize>], number: usize) -> Vec<Vec<usize>> {
    let mut groups = vec![vec![0; instance.cluster.nodes.len()]; number];
    for (vm, number) in instance.cluster.vms.iter().zip(group) {
        let members = number.and_then(|number| groups.get_mut(number));
        if let (Some(members), Some(node), true) = (members, vm.host, vm.state != VmState::Off) {
            members[node] += 1;
        }
    }
    groups
}

fn hosted(instance: &Instance) -> Vec<Vec<usize>> {
    let mut hosted = vec![Vec::new(); instance.cluster.nodes.len()];
    for (index, vm) in instance.cluster.vms.iter().enumerate() {
        if let Some(node) = vm.host {
            hosted[node].push(index);
        }
    }
    hosted
}

/// Room for VM traffic by network: capacity of the uplink less its host demand.
fn capacities(instance: &Instance, design: &Design, decisions: &Decisions, node: usize) -> Vec<Mbps> {
    (0..design.networks)
        .map(|network| {
            let Some(uplink) = design.uplink_of_network(network) else {
                return 0;
            };
            let shape = &design.uplinks[uplink];
            let nics = &instance.cluster.nodes[node].nics;
            let speeds = decisions.nics[node][uplink].iter().map(|n| nics[*n].speed);
            let capacity: Mbps = if shape.mechanism == Mechanism::Networks {
                speeds.max().unwrap_or(0)
            } else {
                speeds.sum()
            };
            let host: Mbps = shape.roles.iter().map(|r| instance.demand[node][*r as usize]).sum();
            capacity.saturating_sub(host)
        })
        .collect()
}

fn absorbed(instance: &Instance, lost: usize, load: &[Vec<Mbps>], state: &State) -> bool {
    let cluster = instance.cluster;
    let (hosted, capacity, needs) = (&state.hosted, &state.capacity, &state.needs);
    let memory = |node: usize| -> Option<MiB> {
        let used: MiB = hosted[node].iter().map(|vm| cluster.vms[*vm].memory_mib).sum();
        let kept = used.saturating_add(HOST_RESERVE_MIB);
        cluster.nodes[node].memory_mib.map(|all| all.saturating_sub(kept))
    };
    let mut free: Vec<Option<MiB>> = (0..cluster.nodes.len()).map(memory).collect();
    let mut load = load.to_vec();
    let moving = moving(instance, &hosted[lost]);
    let enforced = cluster.anti_affinity_enforced == Some(true);
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for index in &moving {
        let (vm, needs) = (&cluster.vms[*index], &needs[*index]);
        let mut group = state.group[*index].map(|number| {
            let members = groups.entry(number);
            members.or_insert_with(|| state.groups[number].clone())
        });
        let partners = |node: usize| group.as_ref().map_or(0, |members| members[node]);
        let fits = |node: usize| {
            node != lost
                && free[node].is_none_or(|room| room >= vm.memory_mib)
                && !(enforced && partners(node) > 0)
                && needs
                    .iter()
                    .all(|(network, need)| load[node][*network] + need <= capacity[node][*network])
        };
        let rank = |n: usize| {
            let alone = std::cmp::Reverse(partners(n));
            (alone, free[n].unwrap_or(MiB::MAX), std::cmp::Reverse(n))
        };
        let mut best: Option<usize> = None;
        for node in vm.owners.iter().copied() {
            // Most owners rank below the best so far: only the others are looked at.
            if best.is_none_or(|best| rank(node) > rank(best)) && fits(node) {
                best = Some(node);
            }
        }
        let Some(node) = best else { return false };
        free[node] = free[node].map(|room| room - vm.memory_mib);
        if let Some(members) = &mut group {
            members[node] += 1;
        }
        needs.iter().for_each(|(network, need)| load[node][*network] += need);
    }
    true
}

/// VMs that run, largest memory first, of equal ones that which comes first in the inventory: the names of VMs are sorted there as people
/// count (VM9 before VM10).
fn moving(instance: &Instance, hosted: &[usize]) -> Vec<usize> {
    let vms = &instance.cluster.vms;
    let running = hosted.iter().copied().filter(|vm| vms[*vm].state != VmState::Off);
    let mut moving: Vec<usize> = running.collect();
    moving.sort_by_key(|vm| std::cmp::Reverse(vms[*vm].memory_mib));
    moving
}

/// Load of each VM by network.
fn needs(instance: &Instance, design: &Design, decisions: &Decisions) -> Vec<Vec<(usize, Mbps)>> {
    let mut needs: Vec<Vec<(usize, Mbps)>> = vec![Vec::new(); instance.cluster.vms.len()];
    debug_assert!(design.networks > 0 || instance.items.is_empty());
    for (item, network) in instance.items.iter().zip(&decisions.network) {
        if let Some(network) = network {
            let list = &mut needs[item.vm];
            match list.iter_mut().find(|(known, _)| known == network) {
                Some((_, sum)) => *sum += item.need,
                None => list.push((*network, item.need)),
            }
        }
    }
    needs
}
