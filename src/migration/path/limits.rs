//! Limits that count per node: migrations at once, and the rate of live migration over SMB.
//!
//! Sources: Microsoft Learn, `Get-Cluster` (MaximumParallelMigrations overrides the hosts' limit from the September 2022 update) and
//! "Manage SMB bandwidth limits for live migration" (the factor counts the speed of all the node's NICs and does not act on virtual nodes).

use crate::inventory::{Cluster, Node};
use crate::profiles::{WS2008R2, WS2022};
use crate::units::Mbps;

/// The factor that holds when nobody set one: a quarter.
pub(super) const DEFAULT_FACTOR: u32 = 2_500;

/// Migrations that a node takes part in at once: on 2008 R2 always one; from 2022 the cluster property where it is set; else
/// the host's limit, the cluster-wide one of the inventory, the default of the Windows version.
pub fn slots(cluster: &Cluster, node: usize) -> u64 {
    let generation = cluster.profile.generation;
    if generation == WS2008R2 {
        return 1;
    }
    let property = cluster.migration.maximum_parallel.filter(|_| generation >= WS2022);
    let limit = property.or_else(|| host_limit(cluster, node));
    u64::from(limit.unwrap_or(cluster.profile.default_concurrency).max(1))
}

/// What the host itself says about migrations at once.
pub(super) fn host_limit(cluster: &Cluster, node: usize) -> Option<u32> {
    cluster
        .nodes
        .get(node)
        .and_then(|n| n.migration.concurrency)
        .or(cluster.concurrency)
}

/// Who limits live migration over SMB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitedBy {
    /// `Set-SmbBandwidthLimit` on the host.
    Host,
    /// `SetSMBBandwidthLimitFactor` of the cluster, in ten-thousandths, over the summed speed of all NICs.
    Cluster {
        /// Ten-thousandths.
        factor: u32,
        /// Sum of all NICs, Mbit/s.
        sum: Mbps,
    },
}

/// Limit of live migration over SMB that holds for what a node sends; `None` = none known.
pub fn smb_limit(cluster: &Cluster, node: usize) -> Option<(Mbps, LimitedBy)> {
    let host = cluster
        .nodes
        .get(node)?
        .migration
        .smb_limit
        .map(|rate| (rate, LimitedBy::Host));
    let acts = cluster_limits(cluster) && !is_virtual(cluster, node);
    let (factor, sum) = (
        cluster.migration.smb_limit_factor.unwrap_or(DEFAULT_FACTOR),
        all_nics(cluster, node),
    );
    let by_cluster = acts.then(|| {
        (
            sum.saturating_mul(u64::from(factor)) / 10_000,
            LimitedBy::Cluster { factor, sum },
        )
    });
    [host, by_cluster].into_iter().flatten().min_by_key(|(rate, _)| *rate)
}

/// Whether the cluster sets a limit: from 2022 unless it is switched off.
pub(super) fn cluster_limits(cluster: &Cluster) -> bool {
    cluster.profile.generation >= WS2022 && cluster.migration.smb_limit_on.unwrap_or(true)
}

/// Summed speed of the node's NICs that have a link, also of those that live migration cannot use.
pub(super) fn all_nics(cluster: &Cluster, node: usize) -> Mbps {
    cluster.nodes.get(node).map_or(0, Node::linked_speed)
}

/// Whether the node is itself a virtual machine.
pub(super) fn is_virtual(cluster: &Cluster, node: usize) -> bool {
    cluster.nodes.get(node).is_some_and(Node::is_virtual)
}
