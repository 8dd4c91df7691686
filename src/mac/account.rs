//! The account of all addresses: pools, overlaps, duplicates, cold starts, and the two opposite dangers counted.
//!
//! In: facts, today's or those after a plan. Out: [`Account`]. Must not know: findings, files.

use super::claim::must_keep;
use super::cold_start::{ColdStart, Outcome, cold_starts};
use super::exhaustion::{RunsOut, runs_out};
use super::ledger::{Holder, ledger};
use super::overlap::{Overlap, overlaps};
use super::pools::{self, NodePool, Pool, PoolUse};
use super::sharing::{Duplicate, duplicates};
use crate::inventory::Inventory;
use std::collections::BTreeSet;

/// Everything about the addresses of all clusters.
#[derive(Clone, Debug)]
pub struct Account {
    /// Who holds which address.
    pub holders: Vec<Holder>,
    /// The pools of all nodes that have one, known or assumed.
    pub pools: Vec<NodePool>,
    /// Addresses that several nodes hand out.
    pub overlaps: Vec<Overlap>,
    /// Addresses that several adapters hold by mistake.
    pub duplicates: Vec<Duplicate>,
    /// How full the pool of each node is.
    pub fill: Vec<Fill>,
    /// What a cold start does to each vNIC.
    pub cold_starts: Vec<ColdStart>,
    /// The two dangers.
    pub dangers: Dangers,
}

/// How full the pool of one node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// Index of the cluster.
    pub cluster: usize,
    /// Index of the node.
    pub node: usize,
    /// The pool; `None` = unknown and not to be assumed.
    pub pool: Option<Pool>,
    /// Adapters that draw from it.
    pub load: PoolUse,
    /// Growth of the policy, in percent of a year.
    pub growth_percent: u64,
    /// When the adapters placed here outgrow it.
    pub now: Option<RunsOut>,
    /// When they do together with those that the worst loss of a node brings.
    pub after_loss: Option<RunsOut>,
}

/// Overlapping pools give duplicates, disjoint pools change addresses: both counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dangers {
    /// Nodes that hand out addresses which another one hands out, too.
    pub overlapping_nodes: usize,
    /// Those addresses.
    pub overlapping_addresses: u64,
    /// Addresses that several adapters hold by mistake.
    pub duplicates: usize,
    /// Of them those held in several clusters.
    pub duplicates_across: usize,
    /// vNICs with a dynamic address that is known.
    pub dynamic: usize,
    /// Of them those that lose it at a cold start on the node that holds them.
    pub lost_at_home: usize,
    /// Of them those that lose it at a cold start on some possible owner.
    pub lost_somewhere: usize,
    /// Of those the ones whose address must not change (NLB, `mac_bound`).
    pub lost_that_must_stay: usize,
    /// vNICs of which that cannot be said: address or pool is unknown.
    pub unknown: usize,
}

/// The account of these facts.
pub fn account(inventory: &Inventory) -> Account {
    let holders = ledger(inventory);
    let pools = pools::all(inventory);
    let overlaps = overlaps(&pools, &holders);
    let duplicates = duplicates(inventory, &holders);
    let cold_starts = cold_starts(inventory, &holders);
    let shared: BTreeSet<usize> = overlaps.iter().flat_map(|o| o.pools.iter().copied()).collect();
    let mut dangers = Dangers {
        overlapping_nodes: shared.len(),
        overlapping_addresses: overlaps.iter().map(|o| o.range.size()).sum(),
        duplicates: duplicates.len(),
        duplicates_across: duplicates.iter().filter(|d| d.across_clusters()).count(),
        ..Dangers::default()
    };
    for start in &cold_starts {
        count(inventory, start, &mut dangers);
    }
    Account {
        fill: fill(inventory),
        holders,
        pools,
        overlaps,
        duplicates,
        cold_starts,
        dangers,
    }
}

fn count(inventory: &Inventory, start: &ColdStart, dangers: &mut Dangers) {
    let (cluster, v, i) = start.vnic;
    let Some(vm) = inventory.clusters.get(cluster).and_then(|c| c.vms.get(v)) else {
        return;
    };
    let unknown = |o: &Outcome| matches!(o, Outcome::AddressUnknown | Outcome::PoolUnknown);
    let lost = start.lost_on();
    let is_dynamic = vm
        .vnics
        .get(i)
        .is_some_and(|n| n.dynamic_mac && n.mac.is_some_and(|m| !m.is_unset()));
    dangers.dynamic += usize::from(is_dynamic);
    dangers.unknown += usize::from(start.outcomes.iter().any(|(_, o)| unknown(o)));
    dangers.lost_at_home += usize::from(vm.host.is_some_and(|host| lost.contains(&host)));
    dangers.lost_somewhere += usize::from(!lost.is_empty());
    dangers.lost_that_must_stay += usize::from(!lost.is_empty() && must_keep(vm, i));
}

fn fill(inventory: &Inventory) -> Vec<Fill> {
    let mut found = Vec::new();
    for (index, cluster) in inventory.clusters.iter().enumerate() {
        let growth_percent = cluster.policy.growth_percent;
        for ((number, node), load) in cluster.nodes.iter().enumerate().zip(pools::usage(cluster)) {
            let pool = pools::effective(node);
            let until = |adapters: u64| pool.map(|p| runs_out(adapters, p.range.size(), growth_percent));
            found.push(Fill {
                cluster: index,
                node: number,
                pool,
                load,
                growth_percent,
                now: until(load.now),
                after_loss: until(load.worst),
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mac::testing::{cluster, inventory, pool, vm};

    #[test]
    fn the_same_vms_are_in_one_danger_or_in_the_other() {
        let mut facts = cluster("C", 2);
        facts.vms = vec![vm("A", Some(0), &[0, 1], 1)];
        facts.vms[0].vnics[0].mac = Some(pool(1).min);
        facts.vms[0].mac_bound = "licence".into();
        let mut with = |second: u64| {
            facts.nodes[0].mac_pool = Some(pool(1));
            facts.nodes[1].mac_pool = Some(pool(second));
            account(&inventory(vec![facts.clone()])).dangers
        };

        let (same, apart) = (with(1), with(2));

        assert_eq!((same.overlapping_nodes, same.overlapping_addresses), (2, 256));
        assert_eq!((same.lost_somewhere, same.lost_that_must_stay), (0, 0));
        assert_eq!((apart.overlapping_nodes, apart.overlapping_addresses), (0, 0));
        assert_eq!(
            (apart.lost_somewhere, apart.lost_that_must_stay, apart.lost_at_home),
            (1, 1, 0)
        );
    }

    #[test]
    fn a_pool_runs_out_after_a_loss_before_it_does_by_itself() {
        let mut facts = cluster("C", 2);
        facts
            .nodes
            .iter_mut()
            .zip([1, 2])
            .for_each(|(n, block)| n.mac_pool = Some(pool(block)));
        facts.policy.growth_percent = 100;
        facts.vms = vec![vm("A", Some(0), &[0, 1], 128), vm("B", Some(1), &[0, 1], 100)];

        let found = account(&inventory(vec![facts])).fill;

        assert_eq!(found[0].now, Some(RunsOut::Months(13)));
        assert_eq!(found[0].after_loss, Some(RunsOut::Months(2)));
    }
}
