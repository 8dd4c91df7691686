//! What the loss of a whole node does: its VMs are placed anew on the nodes that may own them.
//!
//! Largest memory first, each on the permitted node with the most free memory that its networks fit on. Every lost node starts
//! from today's placement; only its own VMs move.
//!
//! `AntiAffinityClassNames` is a preference: a failover cluster passes over nodes that run a member of the group, but where no other
//! is left it takes one of them all the same
//! (<https://learn.microsoft.com/previous-versions/windows/desktop/mscs/groups-antiaffinityclassnames>). To demand a node for each
//! member would refuse every plan of a group that is larger than the nodes that remain. So a group must be spread as evenly as
//! these allow: at most ceil(members / remaining nodes that may own one) on a node, which is one where the nodes suffice.
//! NLB members in a group are under the same rule. `ClusterEnforcedAntiAffinity`, which forbids what is only avoided by default, is
//! not in the inventory.

use super::view::{View, host};
use crate::inventory::VmState;
use crate::units::{Mbps, MiB};
use std::collections::BTreeMap;

/// The outcome for one lost node.
pub(super) struct Loss {
    /// VMs that no remaining node can take, by index.
    pub stranded: Vec<usize>,
    /// Load of each uplink over all remaining nodes with the VMs that found a place, and of those that did not.
    pub demand: Vec<Mbps>,
    /// Capacity of each uplink over all remaining nodes.
    pub capacity: Vec<Mbps>,
}

/// Today's placement, from which every loss starts.
struct Placement<'a> {
    view: &'a View<'a>,
    /// Needs of each VM by uplink.
    needs: Vec<Vec<(usize, Mbps)>>,
    /// VMs by node, largest memory first.
    hosted: Vec<Vec<usize>>,
    /// Anti-affinity group of each VM.
    group: Vec<Option<usize>>,
    free: Vec<Option<MiB>>,
    /// Members by group and node, also those that are off.
    present: Vec<Vec<usize>>,
    /// Whether a node may own a member, by group and node.
    permitted: Vec<Vec<bool>>,
}

/// Outcomes for every node, in order.
pub(super) fn losses(view: &View) -> Vec<Loss> {
    let placement = Placement::new(view);
    (0..view.cluster.nodes.len()).map(|node| placement.lose(node)).collect()
}

impl<'a> Placement<'a> {
    fn new(view: &'a View<'a>) -> Self {
        let cluster = view.cluster;
        let needs = needs(view);
        let mut names: BTreeMap<&str, usize> = BTreeMap::new();
        let group = cluster
            .vms
            .iter()
            .map(|vm| {
                let next = names.len();
                (!vm.anti_affinity.is_empty()).then(|| *names.entry(&vm.anti_affinity).or_insert(next))
            })
            .collect();
        let free = cluster.nodes.iter().map(|n| n.memory_mib).collect();
        let present = vec![vec![0; cluster.nodes.len()]; names.len()];
        let permitted = vec![vec![false; cluster.nodes.len()]; names.len()];
        let mut placement = Placement {
            view,
            needs,
            hosted: vec![Vec::new(); cluster.nodes.len()],
            group,
            free,
            present,
            permitted,
        };
        placement.settle();
        placement
    }

    /// Puts every VM on its node of today.
    fn settle(&mut self) {
        let cluster = self.view.cluster;
        for (vm, guest) in cluster.vms.iter().enumerate() {
            if let Some(group) = self.group[vm] {
                let owners = guest.owners.iter().filter(|node| **node < cluster.nodes.len());
                owners.for_each(|node| self.permitted[group][*node] = true);
            }
            let Some(node) = host(cluster, vm) else { continue };
            self.hosted[node].push(vm);
            self.free[node] = self.free[node].map(|free| free.saturating_sub(guest.memory_mib));
            if let Some(group) = self.group[vm] {
                self.present[group][node] += 1;
            }
        }
        for list in &mut self.hosted {
            // Stable: VMs of equal memory stay in the order of their names.
            list.sort_by_key(|vm| std::cmp::Reverse(cluster.vms[*vm].memory_mib));
        }
    }

    /// VMs that must leave a lost node, largest memory first; one that is off stays.
    fn moving(&self, lost: usize) -> impl Iterator<Item = usize> {
        let runs = |vm: &usize| self.view.cluster.vms[*vm].state != VmState::Off;
        self.hosted[lost].iter().copied().filter(runs)
    }

    /// How many members of a group a remaining node may have: an even spread, rounded up.
    fn even_share(&self, lost: usize, group: usize) -> usize {
        let elsewhere = |count: &(usize, &usize)| count.0 != lost;
        let staying: usize = self.present[group]
            .iter()
            .enumerate()
            .filter(elsewhere)
            .map(|(_, n)| n)
            .sum();
        let moving = self.moving(lost).filter(|vm| self.group[*vm] == Some(group)).count();
        let nodes = (0..self.free.len()).filter(|node| *node != lost && self.permitted[group][*node]);
        (staying + moving).div_ceil(nodes.count().max(1))
    }

    fn lose(&self, lost: usize) -> Loss {
        let vms = &self.view.cluster.vms;
        let mut free = self.free.clone();
        let mut load = self.view.load.clone();
        let mut joined: Vec<(usize, usize)> = Vec::new();
        let mut stranded = Vec::new();
        for vm in self.moving(lost) {
            let Some(node) = self.target(lost, vm, &free, &load, &joined) else {
                stranded.push(vm);
                continue;
            };
            free[node] = free[node].map(|free| free.saturating_sub(vms[vm].memory_mib));
            for (uplink, need) in &self.needs[vm] {
                load[node][*uplink] = need.saturating_add(load[node][*uplink]);
            }
            joined.extend(self.group[vm].map(|group| (group, node)));
        }
        self.outcome(lost, &load, stranded)
    }

    /// The permitted node with the most free memory; the first of equals. Unknown memory is without limit.
    fn target(
        &self,
        lost: usize,
        vm: usize,
        free: &[Option<MiB>],
        load: &[Vec<Mbps>],
        joined: &[(usize, usize)],
    ) -> Option<usize> {
        let guest = &self.view.cluster.vms[vm];
        let group = self.group[vm].map(|group| (group, self.even_share(lost, group)));
        let apart = |node: usize| {
            group.is_none_or(|(group, most)| {
                let newcomers = joined.iter().filter(|member| **member == (group, node)).count();
                self.present[group][node] + newcomers < most
            })
        };
        let fits = |node: usize| {
            let room = |(uplink, need): &(usize, Mbps)| {
                load[node][*uplink].saturating_add(*need) <= self.view.capacity[node][*uplink]
            };
            free[node].is_none_or(|free| free >= guest.memory_mib) && self.needs[vm].iter().all(room)
        };
        let candidates = guest
            .owners
            .iter()
            .copied()
            .filter(|node| *node != lost && *node < free.len());
        let rank = |node: usize| std::cmp::Reverse(free[node].unwrap_or(MiB::MAX));
        candidates
            .filter(|node| apart(*node) && fits(*node))
            .min_by_key(|node| (rank(*node), *node))
    }

    fn outcome(&self, lost: usize, load: &[Vec<Mbps>], stranded: Vec<usize>) -> Loss {
        let uplinks = self.view.plan.uplinks.len();
        let remaining = || (0..load.len()).filter(|node| *node != lost);
        let sum =
            |of: &[Vec<Mbps>], uplink: usize| remaining().map(|node| of[node][uplink]).fold(0, Mbps::saturating_add);
        let mut demand: Vec<Mbps> = (0..uplinks).map(|uplink| sum(load, uplink)).collect();
        for (uplink, need) in stranded.iter().flat_map(|vm| &self.needs[*vm]) {
            demand[*uplink] = need.saturating_add(demand[*uplink]);
        }
        let capacity = (0..uplinks).map(|uplink| sum(&self.view.capacity, uplink)).collect();
        Loss {
            stranded,
            demand,
            capacity,
        }
    }
}

/// What each VM needs of each uplink that it has vNICs on.
fn needs(view: &View) -> Vec<Vec<(usize, Mbps)>> {
    let mut needs: Vec<Vec<(usize, Mbps)>> = vec![Vec::new(); view.cluster.vms.len()];
    for placed in &view.placed {
        let Some(uplink) = placed.uplink else { continue };
        match needs[placed.vm].iter_mut().find(|(at, _)| *at == uplink) {
            Some((_, need)) => *need = need.saturating_add(placed.need),
            None => needs[placed.vm].push((uplink, placed.need)),
        }
    }
    needs
}
