//! `mac-pools-disjoint`: no two hosts draw the same MAC address.

use super::{Broken, Judge, PlanCheck};
use crate::checks::Recount;
use crate::inventory::Cluster;
use crate::plan::{ClusterPlan, PoolPlan};

pub(super) static CHECK: PlanCheck = PlanCheck {
    name: "mac-pools-disjoint",
    summary: "planned dynamic MAC pools of a cluster do not overlap and are not inverted, and each belongs to a node once",
    docs: "Two hosts that draw from one range give two VMs the same address sooner or later; both then lose traffic at random.",
    judge: Judge::Claims(check),
};

fn check(cluster: &Cluster, plan: &ClusterPlan, _: &Recount, broken: &mut Broken) {
    for (at, pool) in plan.mac_pools.iter().enumerate() {
        if !cluster.nodes.iter().any(|n| n.name == pool.node) {
            let message = format!(
                "a MAC pool is planned for node {}, which cluster {} does not have",
                pool.node, cluster.name
            );
            broken.add(&pool.node, message, &pool.node, "a node of the cluster");
        }
        if plan.mac_pools[..at].iter().any(|other| other.node == pool.node) {
            broken.add(
                &pool.node,
                format!("node {} has two planned MAC pools", pool.node),
                2,
                1,
            );
        }
        if pool.planned.size() == 0 {
            let message = format!(
                "the planned MAC pool of {} ends before it begins: {}",
                pool.node,
                show(pool)
            );
            broken.add(&pool.node, message, show(pool), "first address not above the last");
        }
    }
    let mut pools: Vec<&PoolPlan> = plan.mac_pools.iter().filter(|p| p.planned.size() > 0).collect();
    pools.sort_by_key(|p| p.planned);
    // Sorted by first address, a pool overlaps an earlier one exactly if it begins within the one that reaches furthest.
    let mut furthest: Option<&PoolPlan> = None;
    for pool in pools {
        if let Some(earlier) = furthest.filter(|earlier| earlier.planned.intersection(pool.planned).is_some()) {
            let message = format!(
                "the planned MAC pools of {} ({}) and {} ({}) overlap",
                earlier.node,
                show(earlier),
                pool.node,
                show(pool)
            );
            broken.add(&pool.node, message, show(pool), "a range of its own");
        }
        if furthest.is_none_or(|earlier| earlier.planned.max < pool.planned.max) {
            furthest = Some(pool);
        }
    }
}

fn show(pool: &PoolPlan) -> String {
    format!("{} to {}", pool.planned.min, pool.planned.max)
}
