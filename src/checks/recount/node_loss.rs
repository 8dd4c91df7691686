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

use super::stranded::{Obstacle, Stranded, Unheard};
use super::view::{View, host};
use crate::inventory::VmState;
use crate::topology::carries;
use crate::units::{Mbps, MiB, number_names};

/// The outcome for one lost node.
pub(super) struct Loss {
    /// VMs that no remaining node can take, with what keeps them off.
    pub stranded: Vec<Stranded>,
    /// VMs that found a place where a VLAN of theirs is not.
    pub unheard: Vec<Unheard>,
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
    /// VLANs of each VM with the uplinks that must carry them.
    vlans: Vec<Vec<(usize, u16)>>,
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
        let (group, groups) = number_names(cluster.vms.iter().map(|vm| vm.anti_affinity.as_str()));
        let free = cluster.nodes.iter().map(|n| n.memory_mib).collect();
        let present = vec![vec![0; cluster.nodes.len()]; groups];
        let permitted = vec![vec![false; cluster.nodes.len()]; groups];
        let mut placement = Placement {
            view,
            needs,
            vlans: vlans(view),
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
        let mut refit = Refit {
            placement: self,
            lost,
            free: self.free.clone(),
            load: self.view.load.clone(),
            joined: Vec::new(),
        };
        let (mut stranded, mut unheard) = (Vec::new(), Vec::new());
        for vm in self.moving(lost) {
            match refit.target(vm) {
                Some(node) => {
                    refit.enter(vm, node);
                    unheard.extend(self.unheard(lost, vm, node));
                }
                None => stranded.push(refit.stranded(vm)),
            }
        }
        refit.outcome(stranded, unheard)
    }

    /// The first VLAN of a VM that its own node has and this one has not on all ports of the network.
    fn unheard(&self, lost: usize, vm: usize, node: usize) -> Option<Unheard> {
        let carried = |node: usize, uplink: usize, vlan: u16| {
            let mut nics = self.view.nics(node, uplink);
            nics.all(|nic| carries(&nic.vlans, Some(vlan)))
        };
        let missing = |(uplink, vlan): &&(usize, u16)| carried(lost, *uplink, *vlan) && !carried(node, *uplink, *vlan);
        let (uplink, vlan) = *self.vlans[vm].iter().find(missing)?;
        Some(Unheard { vm, node, uplink, vlan })
    }
}

/// The cluster while the VMs of a lost node are placed, one after the other.
struct Refit<'p> {
    placement: &'p Placement<'p>,
    lost: usize,
    free: Vec<Option<MiB>>,
    load: Vec<Vec<Mbps>>,
    /// Group and node of each newcomer.
    joined: Vec<(usize, usize)>,
}

impl Refit<'_> {
    /// Nodes that may own a VM and are left.
    fn owners(&self, vm: usize) -> impl Iterator<Item = usize> {
        let owners = self.placement.view.cluster.vms[vm].owners.iter().copied();
        owners.filter(|node| *node != self.lost && *node < self.free.len())
    }

    /// Whether its memory is free; unknown memory is without limit.
    fn has_memory(&self, vm: usize, node: usize) -> bool {
        let needed = self.placement.view.cluster.vms[vm].memory_mib;
        self.free[node].is_none_or(|free| free >= needed)
    }

    /// Most members of the VM's group on a node, with the group.
    fn spread(&self, vm: usize) -> Option<(usize, usize)> {
        let group = self.placement.group[vm]?;
        Some((group, self.placement.even_share(self.lost, group)))
    }

    fn is_apart(&self, node: usize, spread: Option<(usize, usize)>) -> bool {
        spread.is_none_or(|(group, most)| {
            let newcomers = self.joined.iter().filter(|member| **member == (group, node)).count();
            self.placement.present[group][node] + newcomers < most
        })
    }

    /// The first uplink that cannot carry what the VM needs of it.
    fn full(&self, vm: usize, node: usize) -> Option<usize> {
        let over = |(uplink, need): &&(usize, Mbps)| {
            self.load[node][*uplink].saturating_add(*need) > self.placement.view.capacity[node][*uplink]
        };
        let needs = &self.placement.needs[vm];
        needs.iter().find(over).map(|(uplink, _)| *uplink)
    }

    /// The permitted node with the most free memory; the first of equals.
    fn target(&self, vm: usize) -> Option<usize> {
        let spread = self.spread(vm);
        let fits =
            |node: &usize| self.is_apart(*node, spread) && self.has_memory(vm, *node) && self.full(vm, *node).is_none();
        let rank = |node: usize| std::cmp::Reverse(self.free[node].unwrap_or(MiB::MAX));
        self.owners(vm).filter(fits).min_by_key(|node| (rank(*node), *node))
    }

    fn enter(&mut self, vm: usize, node: usize) {
        let placement = self.placement;
        let memory = placement.view.cluster.vms[vm].memory_mib;
        self.free[node] = self.free[node].map(|free| free.saturating_sub(memory));
        for (uplink, need) in &placement.needs[vm] {
            self.load[node][*uplink] = need.saturating_add(self.load[node][*uplink]);
        }
        self.joined.extend(placement.group[vm].map(|group| (group, node)));
    }

    /// What keeps a VM off each node that may own it.
    fn stranded(&self, vm: usize) -> Stranded {
        let spread = self.spread(vm);
        let nodes = self.owners(vm).map(|node| {
            let mut obstacles = Vec::new();
            obstacles.extend((!self.has_memory(vm, node)).then_some(Obstacle::Memory));
            obstacles.extend((!self.is_apart(node, spread)).then_some(Obstacle::AntiAffinity));
            obstacles.extend(self.full(vm, node).map(
                |uplink| match self.placement.view.nics[node][uplink].is_empty() {
                    true => Obstacle::NoPort(uplink),
                    false => Obstacle::Bandwidth(uplink),
                },
            ));
            (node, obstacles)
        });
        Stranded {
            vm,
            nodes: nodes.collect(),
            uplinks: self.placement.needs[vm].clone(),
        }
    }

    fn outcome(self, stranded: Vec<Stranded>, unheard: Vec<Unheard>) -> Loss {
        let view = self.placement.view;
        let uplinks = view.plan.uplinks.len();
        let remaining = || (0..self.load.len()).filter(|node| *node != self.lost);
        let sum =
            |of: &[Vec<Mbps>], uplink: usize| remaining().map(|node| of[node][uplink]).fold(0, Mbps::saturating_add);
        let mut demand: Vec<Mbps> = (0..uplinks).map(|uplink| sum(&self.load, uplink)).collect();
        for (uplink, need) in stranded.iter().flat_map(|vm| &vm.uplinks) {
            demand[*uplink] = need.saturating_add(demand[*uplink]);
        }
        let capacity = (0..uplinks).map(|uplink| sum(&view.capacity, uplink)).collect();
        Loss {
            stranded,
            unheard,
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

/// VLANs of each VM with the uplinks that must carry them.
fn vlans(view: &View) -> Vec<Vec<(usize, u16)>> {
    let mut vlans = vec![Vec::new(); view.cluster.vms.len()];
    for placed in &view.placed {
        let Some(uplink) = placed.uplink else { continue };
        let own = &view.cluster.vms[placed.vm].vnics[placed.vnic].vlans;
        vlans[placed.vm].extend(own.iter().map(|vlan| (uplink, *vlan)));
    }
    vlans
}
