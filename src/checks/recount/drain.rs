//! Lower bounds of the nodes' drains over the planned live-migration uplink.

use super::view::{View, host};
use super::{DrainBound, mechanism};
use crate::migration::{self, BoundBy, Moved};
use crate::profiles::Transport;
use crate::roles::Role;
use crate::units::{Mbps, MiB};

/// The VMs that a drain moves live, by node.
pub(super) fn moved(view: &View) -> Vec<Vec<Moved>> {
    let mut moved = vec![Vec::new(); view.cluster.nodes.len()];
    for (index, vm) in view
        .cluster
        .vms
        .iter()
        .enumerate()
        .filter(|(_, vm)| migration::moves_live(vm))
    {
        if let Some(node) = host(view.cluster, index) {
            moved[node].push(Moved::of(vm));
        }
    }
    moved
}

/// One entry per node; without a live-migration role nothing moves and the bound is 0.
pub(super) fn drains(view: &View, moved: &[Vec<Moved>]) -> Vec<DrainBound> {
    let uplink = view.uplinks_of(Role::LiveMigration).next();
    let concurrency = migration::concurrency(view.cluster);
    moved
        .iter()
        .enumerate()
        .map(|(node, vms)| {
            let rate = uplink.map(|uplink| rate(view, node, uplink));
            let bound = rate.map(|r| migration::drain_bound(vms, r, concurrency));
            let transport = uplink.map(|uplink| transport(view, node, uplink));
            DrainBound {
                node,
                vms: vms.len() as u64,
                memory_mib: vms.iter().map(|vm| vm.memory).fold(0, MiB::saturating_add),
                rate_mbps: rate.map_or(0, |r| r.total),
                one_mbps: rate.map_or(0, |r| r.per_vm),
                compressed: transport == Some(Transport::Compression),
                bound_by: bound.map_or(BoundBy::Bandwidth, |(_, by)| by),
                bound_s: bound.map_or(0, |(seconds, _)| seconds),
            }
        })
        .collect()
}

/// Rate of live migration on a node: the ports of its uplink less what the other host roles on it need.
fn rate(view: &View, node: usize, uplink: usize) -> migration::Rate {
    let speeds: Vec<Mbps> = view.speeds(node, uplink).collect();
    let others = view.instances.iter().zip(&view.demand[node]);
    let reserved = others
        .filter(|(i, _)| i.uplink == uplink && i.role != Role::LiveMigration && i.role != Role::Vm)
        .map(|(_, demand)| *demand)
        .fold(0, Mbps::saturating_add);
    let summed = mechanism::adds_up(view.mechanism(node, uplink));
    migration::rate(transport(view, node, uplink), &speeds, summed, reserved)
}

/// The transport of live migration on a node's uplink.
fn transport(view: &View, node: usize, uplink: usize) -> Transport {
    mechanism::transport(view.cluster, &view.plan.uplinks[uplink], view.nics(node, uplink))
}
