//! How long a node takes to empty at the least, over the NICs of the live-migration uplink.

use super::Count;
use crate::assignment::design::Design;
use crate::assignment::instance::Instance;
use crate::migration;
use crate::plan::Mechanism;
use crate::roles::Role;
use crate::units::Mbps;

impl Count<'_> {
    pub fn slowest_drain(&self) -> u64 {
        let nodes = 0..self.instance.cluster.nodes.len();
        let Some(uplink) = self.design.uplink_of(Role::LiveMigration) else {
            return 0;
        };
        nodes
            .map(|node| drain_bound(self.instance, self.design, node, uplink, self.nics(node, uplink)))
            .max()
            .unwrap_or(0)
    }
}

/// Lower bound of a node's drain over the NICs of the live-migration uplink.
fn drain_bound(instance: &Instance, design: &Design, node: usize, uplink: usize, nics: &[usize]) -> u64 {
    let cluster = instance.cluster;
    let shape = &design.uplinks[uplink];
    let ports = &cluster.nodes[node].nics;
    let speeds: Vec<Mbps> = nics.iter().map(|n| ports[*n].speed).collect();
    let kept = shape.network.is_none() || cluster.profile.rdma_on_switch;
    let rdma = kept && !nics.is_empty() && nics.iter().all(|n| ports[*n].rdma.on());
    drain_bound_of(instance, design, node, uplink, &speeds, rdma)
}

/// The same from port speeds.
pub fn drain_bound_of(
    instance: &Instance,
    design: &Design,
    node: usize,
    uplink: usize,
    speeds: &[Mbps],
    rdma: bool,
) -> u64 {
    let cluster = instance.cluster;
    let shape = &design.uplinks[uplink];
    let demand = &instance.demand[node];
    let others = shape
        .roles
        .iter()
        .filter(|r| **r != Role::LiveMigration)
        .map(|r| demand[*r as usize])
        .sum();
    let summed = speeds.len() < 2 || matches!(shape.mechanism, Mechanism::Team | Mechanism::Multichannel);
    let rate = migration::rate(migration::transport(cluster, rdma), speeds, summed, others);
    migration::drain_bound_s(&instance.moved[node], rate, migration::concurrency(cluster))
}
