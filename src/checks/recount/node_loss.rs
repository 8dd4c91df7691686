//! What the loss of a whole node does: its VMs are placed anew on the nodes that may own them.
//!
//! Largest memory first, each on the permitted node with the fewest members of its anti-affinity group, among these on the one with
//! the most free memory that its networks fit on. Every lost node starts from today's placement; only its own VMs move.
//!
//! `AntiAffinityClassNames` is a preference: a failover cluster passes over nodes that run a member of the group, but where no other
//! is left it takes one of them all the same
//! (<https://learn.microsoft.com/previous-versions/windows/desktop/mscs/groups-antiaffinityclassnames>). The VM runs; that it runs
//! beside another member is told unless the group has more members than nodes are left. Only `ClusterEnforcedAntiAffinity` forbids
//! it: there the VM stays off. NLB members in a group are under the same rule.
//!
//! Without a plan only memory, owners and anti-affinity are looked at.

use super::stranded::{Obstacle, Stranded, Together, Unheard};
use super::view::{View, host};
use crate::inventory::{Cluster, VmState};
use crate::policy::HOST_RESERVE_MIB;
use crate::topology::carries;
use crate::units::{Mbps, MiB, number_names};

/// The outcome for one lost node.
pub(super) struct Loss {
    /// VMs that no remaining node can take, with what keeps them off.
    pub stranded: Vec<Stranded>,
    /// VMs that found a place where a VLAN of theirs is not.
    pub unheard: Vec<Unheard>,
    /// VMs that found a place only beside a member of their anti-affinity group.
    pub together: Vec<Together>,
    /// Load of each uplink over all remaining nodes with the VMs that found a place, and of those that did not.
    pub demand: Vec<Mbps>,
    /// Capacity of each uplink over all remaining nodes.
    pub capacity: Vec<Mbps>,
}

/// Today's placement, from which every loss starts.
struct Placement<'a> {
    cluster: &'a Cluster,
    /// The plan, where there is one.
    view: Option<&'a View<'a>>,
    /// Needs of each VM by uplink.
    needs: Vec<Vec<(usize, Mbps)>>,
    /// VLANs of each VM with the uplinks that must carry them.
    vlans: Vec<Vec<(usize, u16)>>,
    /// Load and capacity by node and uplink; no uplinks without a plan.
    load: Vec<Vec<Mbps>>,
    capacity: Vec<Vec<Mbps>>,
    /// VMs by node, largest memory first.
    hosted: Vec<Vec<usize>>,
    /// Anti-affinity group of each VM.
    group: Vec<Option<usize>>,
    /// VMs by group, those that are off left out.
    members: Vec<Vec<usize>>,
    /// How many of them are on a node, by group and node.
    present: Vec<Vec<usize>>,
    free: Vec<Option<MiB>>,
}

/// Outcomes for every node, in order.
pub(super) fn losses(view: &View) -> Vec<Loss> {
    let placement = Placement::new(view.cluster, Some(view));
    (0..view.cluster.nodes.len()).map(|node| placement.lose(node)).collect()
}

/// Outcomes for every node where nothing is planned: what keeps VMs off is memory, owners and anti-affinity.
pub(super) fn losses_without_plan(cluster: &Cluster) -> Vec<Loss> {
    let placement = Placement::new(cluster, None);
    (0..cluster.nodes.len()).map(|node| placement.lose(node)).collect()
}

impl<'a> Placement<'a> {
    fn new(cluster: &'a Cluster, view: Option<&'a View<'a>>) -> Self {
        let (group, groups) = number_names(cluster.vms.iter().map(|vm| vm.anti_affinity.as_str()));
        let nodes = cluster.nodes.len();
        let mut placement = Placement {
            cluster,
            view,
            needs: view.map_or_else(|| vec![Vec::new(); cluster.vms.len()], needs),
            vlans: view.map_or_else(|| vec![Vec::new(); cluster.vms.len()], vlans),
            load: view.map_or_else(|| vec![Vec::new(); nodes], |view| view.load.clone()),
            capacity: view.map_or_else(|| vec![Vec::new(); nodes], |view| view.capacity.clone()),
            hosted: vec![Vec::new(); nodes],
            group,
            members: vec![Vec::new(); groups],
            present: vec![vec![0; nodes]; groups],
            free: cluster
                .nodes
                .iter()
                .map(|n| Some(n.memory_mib?.saturating_sub(HOST_RESERVE_MIB)))
                .collect(),
        };
        placement.settle();
        placement
    }

    /// Puts every VM on its node of today.
    fn settle(&mut self) {
        let cluster = self.cluster;
        for (vm, guest) in cluster.vms.iter().enumerate() {
            let Some(node) = host(cluster, vm) else { continue };
            self.hosted[node].push(vm);
            self.free[node] = self.free[node].map(|free| free.saturating_sub(guest.memory_mib));
            if let Some(group) = self.group[vm].filter(|_| guest.state != VmState::Off) {
                self.members[group].push(vm);
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
        let runs = |vm: &usize| self.cluster.vms[*vm].state != VmState::Off;
        self.hosted[lost].iter().copied().filter(runs)
    }

    fn lose(&self, lost: usize) -> Loss {
        let mut refit = Refit {
            placement: self,
            lost,
            free: self.free.clone(),
            load: self.load.clone(),
            joined: Vec::new(),
        };
        let mut outcome = Loss {
            stranded: Vec::new(),
            unheard: Vec::new(),
            together: Vec::new(),
            demand: Vec::new(),
            capacity: Vec::new(),
        };
        for vm in self.moving(lost) {
            match refit.target(vm) {
                Some(node) => {
                    outcome.together.extend(refit.together(vm, node));
                    refit.enter(vm, node);
                    outcome.unheard.extend(self.unheard(lost, vm, node));
                }
                None => outcome.stranded.push(refit.stranded(vm)),
            }
        }
        refit.sums(&mut outcome);
        outcome
    }

    /// The first VLAN of a VM that its own node has and this one has not on all ports of the network.
    fn unheard(&self, lost: usize, vm: usize, node: usize) -> Option<Unheard> {
        let view = self.view?;
        let carried = |node: usize, uplink: usize, vlan: u16| {
            let mut nics = view.nics(node, uplink);
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
    /// Newcomers of groups with their group and node.
    joined: Vec<(usize, usize, usize)>,
}

impl Refit<'_> {
    /// Nodes that may own a VM and are left.
    fn owners(&self, vm: usize) -> impl Iterator<Item = usize> {
        let owners = self.placement.cluster.vms[vm].owners.iter().copied();
        owners.filter(|node| *node != self.lost && *node < self.free.len())
    }

    /// Whether its memory is free; unknown memory is without limit.
    fn has_memory(&self, vm: usize, node: usize) -> bool {
        let needed = self.placement.cluster.vms[vm].memory_mib;
        self.free[node].is_none_or(|free| free >= needed)
    }

    /// How many members of the VM's anti-affinity group are on a node.
    fn partners(&self, vm: usize, node: usize) -> usize {
        let Some(group) = self.placement.group[vm] else {
            return 0;
        };
        let newcomers = self.joined.iter().filter(|(_, of, at)| (*of, *at) == (group, node));
        self.placement.present[group][node] + newcomers.count()
    }

    /// The same by name: those that were there first.
    fn partners_of(&self, group: usize, node: usize) -> Vec<usize> {
        let members = self.placement.members[group].iter().copied();
        let there = members.filter(|member| host(self.placement.cluster, *member) == Some(node));
        let newcomers = self.joined.iter().filter(|(_, of, at)| (*of, *at) == (group, node));
        there.chain(newcomers.map(|(member, ..)| *member)).collect()
    }

    /// Whether anti-affinity lets the VM in: a preference unless the cluster enforces it.
    fn is_let_in(&self, vm: usize, node: usize) -> bool {
        self.placement.cluster.anti_affinity_enforced != Some(true) || self.partners(vm, node) == 0
    }

    /// The first uplink that cannot carry what the VM needs of it.
    fn full(&self, vm: usize, node: usize) -> Option<usize> {
        let over = |(uplink, need): &&(usize, Mbps)| {
            self.load[node][*uplink].saturating_add(*need) > self.placement.capacity[node][*uplink]
        };
        let needs = &self.placement.needs[vm];
        needs.iter().find(over).map(|(uplink, _)| *uplink)
    }

    fn fits(&self, vm: usize, node: usize) -> bool {
        self.has_memory(vm, node) && self.full(vm, node).is_none() && self.is_let_in(vm, node)
    }

    /// Of the nodes that can take the VM the one with the fewest members of its group, then with the most free memory; the first
    /// of equals.
    fn target(&self, vm: usize) -> Option<usize> {
        let rank = |node: usize| {
            let free = self.free[node].unwrap_or(MiB::MAX);
            (self.partners(vm, node), std::cmp::Reverse(free))
        };
        let fitting = self.owners(vm).filter(|node| self.fits(vm, *node));
        fitting.min_by_key(|node| (rank(*node), *node))
    }

    /// Beside whom the VM comes to run, if an even spread of the group over all nodes that are left would not ask for it.
    fn together(&self, vm: usize, node: usize) -> Option<Together> {
        let placement = self.placement;
        let group = placement.group[vm]?;
        let even = placement.members[group].len().div_ceil((self.free.len() - 1).max(1));
        if self.partners(vm, node) < even {
            return None;
        }
        Some(Together {
            vm,
            node,
            with: self.partners_of(group, node),
            only: self.owners(vm).filter(|owner| self.fits(vm, *owner)).count() == 1,
            uplinks: placement.needs[vm].iter().map(|(uplink, _)| *uplink).collect(),
        })
    }

    fn enter(&mut self, vm: usize, node: usize) {
        let placement = self.placement;
        let memory = placement.cluster.vms[vm].memory_mib;
        self.free[node] = self.free[node].map(|free| free.saturating_sub(memory));
        for (uplink, need) in &placement.needs[vm] {
            self.load[node][*uplink] = need.saturating_add(self.load[node][*uplink]);
        }
        self.joined.extend(placement.group[vm].map(|group| (vm, group, node)));
    }

    /// What keeps a VM off each node that may own it.
    fn stranded(&self, vm: usize) -> Stranded {
        let no_port = |node: usize, uplink: usize| {
            let view = self.placement.view;
            view.is_some_and(|view| view.nics[node][uplink].is_empty())
        };
        let nodes = self.owners(vm).map(|node| {
            let mut obstacles = Vec::new();
            obstacles.extend((!self.has_memory(vm, node)).then_some(Obstacle::Memory));
            obstacles.extend((!self.is_let_in(vm, node)).then_some(Obstacle::AntiAffinity));
            obstacles.extend(self.full(vm, node).map(|uplink| match no_port(node, uplink) {
                true => Obstacle::NoPort(uplink),
                false => Obstacle::Bandwidth(uplink),
            }));
            (node, obstacles)
        });
        Stranded {
            vm,
            nodes: nodes.collect(),
            uplinks: self.placement.needs[vm].clone(),
        }
    }

    /// What all remaining nodes carry and can carry.
    fn sums(&self, outcome: &mut Loss) {
        let uplinks = self.load.first().map_or(0, Vec::len);
        let remaining = || (0..self.load.len()).filter(|node| *node != self.lost);
        let sum =
            |of: &[Vec<Mbps>], uplink: usize| remaining().map(|node| of[node][uplink]).fold(0, Mbps::saturating_add);
        let mut demand: Vec<Mbps> = (0..uplinks).map(|uplink| sum(&self.load, uplink)).collect();
        for (uplink, need) in outcome.stranded.iter().flat_map(|vm| &vm.uplinks) {
            demand[*uplink] = need.saturating_add(demand[*uplink]);
        }
        outcome.demand = demand;
        outcome.capacity = (0..uplinks)
            .map(|uplink| sum(&self.placement.capacity, uplink))
            .collect();
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
