//! What a statement about today means where the hosts do not run Hyper-V yet.
//!
//! In: a cluster. Out: a sentence. Must not know: what is stated.

use crate::inventory::Cluster;

/// What live migration is judged by; `None` where the hosts run Hyper-V, or will once the plan is applied.
pub(in crate::reports) fn for_migration(cluster: &Cluster) -> Option<&'static str> {
    const TEXT: &str = "The hosts run VMware, not Hyper-V yet. What follows is what Windows would do with the networks, addresses and \
        ports of today, with its own defaults for all else; nothing of it can be set before Hyper-V runs. With --plan it is judged as \
        it is planned.";
    (!cluster.runs_hyper_v()).then_some(TEXT)
}

/// What addresses are judged by.
pub(in crate::reports) fn for_addresses(cluster: &Cluster) -> Option<&'static str> {
    const TEXT: &str = "The hosts run VMware, not Hyper-V yet. \"today\" means: as if Windows had the pools that it makes of the \
        management addresses, and VMs had come over with the addresses that they have. VMware's own addresses do not move along: a VM \
        draws a new one from the pool of the node on which it first starts. Static ones can be kept.";
    (!cluster.runs_hyper_v()).then_some(TEXT)
}
