//! MAC pools that the inventory does not hold: what the plan took in their place, and what of it may be set.
//!
//! In: the cluster as it is and after the plan. Out: the cluster after the plan without pools that nobody knows. A default pool is made of the
//! address that a host had when Hyper-V was installed, so one that is worked out from today's address is a guess: it is planned with, but never
//! written over the real one.

use super::steps::{Change, HostSetting, Values};
use super::work::{ClusterWork, NodeWork};
use crate::inventory::{Cluster, Node};
use crate::mac::pools;
use crate::units::MacRange;

/// The pool that the plan took for a node whose own is not in the inventory; `None` = it is there, or there is nothing to guess from.
pub fn assumed(node: &Node) -> Option<MacRange> {
    let pool = pools::effective(node).filter(|pool| pool.assumed)?;
    Some(pool.range)
}

/// The cluster after the plan, with the pools of which only a guess is known left as they are.
pub fn left_unknown(today: &Cluster, mut after: Cluster) -> Cluster {
    for (old, new) in today.nodes.iter().zip(&mut after.nodes) {
        let guess = assumed(old);
        if old.mac_pool.is_none() && (guess.is_none() || guess == new.mac_pool) {
            new.mac_pool = None;
        }
    }
    after
}

/// Whether a step sets the pool of the node.
pub fn is_set(node: &NodeWork) -> bool {
    let mut changes = node.steps.iter().flat_map(|s| &s.changes);
    changes.any(|c| matches!(c, Change::Host(HostSetting::Pool(Values { after: Some(_), .. }))))
}

/// Nodes whose pool the inventory does not hold.
pub fn unknown(work: &ClusterWork) -> Vec<&NodeWork> {
    work.nodes.iter().filter(|n| n.today.mac_pool.is_none()).collect()
}
