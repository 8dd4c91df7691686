//! Whether a VM keeps its address when it is turned off and started on each node that may own it.
//!
//! In: facts, today's or those after a plan. Out: one answer per vNIC and possible owner. Must not know: the plan.
//!
//! A dynamic address is kept while it lies in the pool of the node where the VM starts, and is drawn anew there otherwise, or
//! where another VM on that node has it (B. Armstrong, 2010). A live migration changes no address.

use crate::inventory::{Inventory, Vm, Vnic};
use crate::mac::ledger::{Holder, Place, holders_of};
use crate::mac::pools::{self, Pool};
use crate::units::Mac;

/// What a cold start does to the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Static: it stays everywhere.
    Static,
    /// Dynamic, and in the pool of that node.
    Keeps,
    /// Dynamic, and not in the pool of that node: a new one is drawn.
    Changes,
    /// Another VM on that node has it: a new one is drawn.
    Collides,
    /// It has never started: there is no address to lose.
    FirstStart,
    /// The address is not in the inventory.
    AddressUnknown,
    /// The pool of that node is neither known nor to be assumed.
    PoolUnknown,
}

impl Outcome {
    /// Word in files.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Static | Outcome::Keeps => "keeps",
            Outcome::Changes | Outcome::Collides => "changes",
            Outcome::FirstStart => "first-start",
            Outcome::AddressUnknown | Outcome::PoolUnknown => "unknown",
        }
    }

    /// Whether the address is lost.
    pub fn is_lost(self) -> bool {
        matches!(self, Outcome::Changes | Outcome::Collides)
    }

    /// Why.
    pub fn why(self) -> &'static str {
        match self {
            Outcome::Static => "static",
            Outcome::Keeps => "in the pool of this node",
            Outcome::Changes => "outside the pool of this node",
            Outcome::Collides => "another VM on this node has the address",
            Outcome::FirstStart => "never started: draws its address then",
            Outcome::AddressUnknown => "the inventory does not tell the address",
            Outcome::PoolUnknown => "the inventory tells neither pool nor address of this node",
        }
    }
}

/// A vNIC: cluster, VM and vNIC by position.
pub type VnicAt = (usize, usize, usize);

/// What happens to one vNIC on each node that may own its VM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColdStart {
    /// The vNIC.
    pub vnic: VnicAt,
    /// Node and outcome, in node order; the node that holds the VM is always among them.
    pub outcomes: Vec<(usize, Outcome)>,
}

impl ColdStart {
    /// Nodes where the address is lost.
    pub fn lost_on(&self) -> Vec<usize> {
        let lost = self.outcomes.iter().filter(|(_, outcome)| outcome.is_lost());
        lost.map(|(node, _)| *node).collect()
    }
}

/// The answers for all vNICs of all clusters, in inventory order; `holders` as [`super::ledger::ledger`] sorts them.
pub fn cold_starts(inventory: &Inventory, holders: &[Holder]) -> Vec<ColdStart> {
    let mut found = Vec::new();
    for (c, cluster) in inventory.clusters.iter().enumerate() {
        let pools: Vec<Option<Pool>> = cluster.nodes.iter().map(pools::effective).collect();
        for (v, vm) in cluster.vms.iter().enumerate() {
            let nodes = nodes_of(vm, cluster.nodes.len());
            for (i, vnic) in vm.vnics.iter().enumerate() {
                let collides = |mac: Mac, node: usize| {
                    let others = holders_of(holders, mac).iter().filter(|h| h.cluster == c);
                    let mut places = others.filter_map(|h| match h.place {
                        Place::Vnic(other, _) if other != v => cluster.vms.get(other),
                        _ => None,
                    });
                    places.any(|other| other.host == Some(node))
                };
                let outcome = |node: usize| {
                    let pool = pools.get(node).copied().flatten();
                    (node, outcome(vnic, pool, |mac| collides(mac, node)))
                };
                found.push(ColdStart {
                    vnic: (c, v, i),
                    outcomes: nodes.iter().map(|node| outcome(*node)).collect(),
                });
            }
        }
    }
    found
}

/// Nodes on which the VM may start: its possible owners and the node that holds it.
pub(super) fn nodes_of(vm: &Vm, nodes: usize) -> Vec<usize> {
    let mut all: Vec<usize> = vm
        .owners
        .iter()
        .copied()
        .chain(vm.host)
        .filter(|n| *n < nodes)
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// What a start on the node with this pool does to the address.
pub(super) fn outcome(vnic: &Vnic, pool: Option<Pool>, collides: impl Fn(Mac) -> bool) -> Outcome {
    if !vnic.dynamic_mac {
        return Outcome::Static;
    }
    let Some(mac) = vnic.mac else {
        return Outcome::AddressUnknown;
    };
    if mac.is_unset() {
        return Outcome::FirstStart;
    }
    match pool.map(|p| p.range) {
        None => Outcome::PoolUnknown,
        Some(range) if pools::fault(range).is_some() || !range.contains(mac) => Outcome::Changes,
        Some(_) if collides(mac) => Outcome::Collides,
        Some(_) => Outcome::Keeps,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mac::ledger::ledger;
    use crate::mac::testing::{cluster, inventory, pool, vm};

    /// Three nodes, the third without a pool; a VM on the first with an address from its pool.
    fn facts() -> Inventory {
        let mut facts = cluster("C", 3);
        facts.nodes[0].mac_pool = Some(pool(1));
        facts.nodes[1].mac_pool = Some(pool(2));
        let mut guest = vm("A", Some(0), &[0, 1, 2], 1);
        guest.vnics[0].mac = Some(pool(1).min);
        facts.vms = vec![guest];
        inventory(vec![facts])
    }

    fn outcomes(facts: &Inventory) -> Vec<Outcome> {
        let found = cold_starts(facts, &ledger(facts));
        found[0].outcomes.iter().map(|(_, o)| *o).collect()
    }

    #[test]
    fn a_dynamic_address_stays_only_where_the_pool_holds_it() {
        assert_eq!(
            outcomes(&facts()),
            [Outcome::Keeps, Outcome::Changes, Outcome::PoolUnknown]
        );
    }

    #[test]
    fn overlapping_pools_keep_the_address_on_both_nodes() {
        let mut facts = facts();
        facts.clusters[0].nodes[1].mac_pool = Some(pool(1));

        assert_eq!(outcomes(&facts)[..2], [Outcome::Keeps, Outcome::Keeps]);
    }

    #[test]
    fn a_static_address_stays_everywhere() {
        let mut facts = facts();
        facts.clusters[0].vms[0].vnics[0].dynamic_mac = false;

        assert_eq!(outcomes(&facts), [Outcome::Static; 3]);
    }

    #[test]
    fn an_address_that_another_vm_on_the_node_has_is_drawn_anew_there() {
        let mut facts = facts();
        facts.clusters[0].nodes[1].mac_pool = Some(pool(1));
        let mut twin = facts.clusters[0].vms[0].clone();
        twin.host = Some(1);
        facts.clusters[0].vms.push(twin);

        assert_eq!(outcomes(&facts)[..2], [Outcome::Keeps, Outcome::Collides]);
    }

    #[test]
    fn what_never_started_or_is_not_known_is_not_called_kept() {
        let mut facts = facts();
        facts.clusters[0].vms[0].vnics[0].mac = Some(Mac(0));
        assert_eq!(outcomes(&facts), [Outcome::FirstStart; 3]);

        facts.clusters[0].vms[0].vnics[0].mac = None;
        assert_eq!(outcomes(&facts), [Outcome::AddressUnknown; 3]);
    }

    #[test]
    fn the_node_that_holds_the_vm_counts_also_when_it_is_no_possible_owner() {
        let mut facts = facts();
        facts.clusters[0].vms[0].owners = vec![1];

        assert_eq!(outcomes(&facts), [Outcome::Keeps, Outcome::Changes]);
    }
}
