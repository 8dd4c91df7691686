//! What the loss of each node does to its VMs where nothing is planned: memory, possible owners and anti-affinity.
//!
//! In: a cluster as it stands. Out: sentences, and the VMs they are about. Must not know: plans, rules.

use super::node_loss::losses_without_plan;
use super::stranded::{Stranded, Together, Words};
use crate::inventory::Cluster;

/// What the loss of one node does to its VMs.
pub(crate) struct NodeLoss {
    /// VMs that no other node takes, largest first.
    pub homeless: Vec<usize>,
    /// Which they are and why, as a sentence without its full stop; empty for none.
    pub why_homeless: String,
    /// VMs that come to run beside a member of their anti-affinity group.
    pub crowded: Vec<usize>,
    /// Which they are, and beside whom.
    pub why_crowded: String,
}

/// One entry for each node, in order.
pub(crate) fn node_losses(cluster: &Cluster) -> Vec<NodeLoss> {
    let words = Words::new(cluster, None);
    let entry = |loss: super::node_loss::Loss| {
        let stranded: Vec<&Stranded> = loss.stranded.iter().collect();
        let together: Vec<&Together> = loss.together.iter().collect();
        NodeLoss {
            homeless: stranded.iter().map(|one| one.vm).collect(),
            why_homeless: words.homeless(&stranded).unwrap_or_default(),
            crowded: together.iter().map(|one| one.vm).collect(),
            why_crowded: words.together(&together).unwrap_or_default(),
        }
    };
    losses_without_plan(cluster).into_iter().map(entry).collect()
}
