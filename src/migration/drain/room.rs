//! Where VMs fit: memory, possible owners, networks, a path, and who must stay apart.
//!
//! In: facts and where the VMs are. Out: what keeps a VM off a node. Must not know: schedules, links.

use super::facts::Facts;
use super::guests::{Way, most_memory, way};
use crate::policy::HOST_RESERVE_MIB;
use crate::units::MiB;

/// The node of each VM; `None` = on no node.
pub(super) type Hosts = Vec<Option<usize>>;

/// How strictly a VM is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rules {
    /// Reserve the most memory the VM may get, not only what it has now.
    pub most_memory: bool,
    /// Members of one NLB cluster never share a node. Windows does not know of them.
    pub nlb_apart: bool,
}

impl Rules {
    /// What Windows looks at: the memory that is assigned now.
    pub const WINDOWS: Rules = Rules {
        most_memory: false,
        nlb_apart: false,
    };
    /// What a plan keeps.
    pub const PLAN: Rules = Rules {
        most_memory: true,
        nlb_apart: true,
    };
    /// As a plan, without memory to grow into: better than not moving at all.
    pub const TIGHT: Rules = Rules {
        most_memory: false,
        nlb_apart: true,
    };
}

/// What keeps a VM off a node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Obstacle {
    /// Not among its possible owners.
    NotOwner,
    /// No network carries a migration there.
    NoPath,
    /// The node lacks this switch or VLAN.
    Lacks(String),
    /// Another member of its NLB cluster is there.
    NlbMember,
    /// Another member of its anti-affinity group is there, and the cluster enforces that they stay apart.
    Partner,
    /// Free memory, MiB.
    Memory(MiB),
}

/// Free memory and who is where.
#[derive(Clone, Debug)]
pub(super) struct Room {
    /// Free when every VM has what it is assigned now; `None` = unknown.
    free_now: Vec<Option<i64>>,
    /// Free when every VM takes the most it may get.
    free_most: Vec<Option<i64>>,
    /// Members by group and node.
    group_at: Vec<u16>,
    /// Members by NLB cluster and node.
    nlb_at: Vec<u16>,
}

/// MiB as a signed number.
fn signed(mib: MiB) -> i64 {
    i64::try_from(mib).unwrap_or(i64::MAX)
}

impl Room {
    /// With all VMs at home.
    pub fn new(facts: &Facts, hosts: &[Option<usize>]) -> Room {
        let whole = |mib: MiB| signed(mib).saturating_sub(signed(HOST_RESERVE_MIB));
        let memory: Vec<Option<i64>> = facts
            .cluster
            .nodes
            .iter()
            .map(|node| node.memory_mib.map(whole))
            .collect();
        let mut room = Room {
            free_now: memory.clone(),
            free_most: memory,
            group_at: vec![0; facts.groups * facts.nodes()],
            nlb_at: vec![0; facts.nlbs * facts.nodes()],
        };
        for (vm, node) in hosts.iter().enumerate() {
            if let Some(node) = node {
                room.enter(facts, vm, *node);
            }
        }
        room
    }

    /// A VM comes to a node. One that is off or saved needs nothing there.
    pub fn enter(&mut self, facts: &Facts, vm: usize, node: usize) {
        self.change(facts, vm, node, 1);
    }

    /// A VM leaves a node.
    pub fn leave(&mut self, facts: &Facts, vm: usize, node: usize) {
        self.change(facts, vm, node, -1);
    }

    fn change(&mut self, facts: &Facts, vm: usize, node: usize, by: i64) {
        let Some(guest) = facts.vm(vm).filter(|guest| way(guest) != Way::Owner) else {
            return;
        };
        let take = |free: Option<&mut Option<i64>>, mib: MiB| {
            if let Some(Some(free)) = free {
                *free = free.saturating_sub(signed(mib).saturating_mul(by));
            }
        };
        take(self.free_now.get_mut(node), guest.memory_mib);
        take(self.free_most.get_mut(node), most_memory(guest));
        let count = |list: &mut Vec<u16>, number: Option<usize>| {
            let place = number.map(|number| number * facts.nodes() + node);
            if let Some(members) = place.and_then(|place| list.get_mut(place)) {
                *members = if by > 0 {
                    members.saturating_add(1)
                } else {
                    members.saturating_sub(1)
                };
            }
        };
        count(&mut self.group_at, facts.group.get(vm).copied().flatten());
        count(&mut self.nlb_at, facts.nlb.get(vm).copied().flatten());
    }

    /// Memory that is free now; unknown memory is without limit.
    pub fn free_now(&self, node: usize) -> i64 {
        self.free_now.get(node).copied().flatten().unwrap_or(i64::MAX)
    }

    /// Members of the VM's anti-affinity group on a node.
    pub fn partners(&self, facts: &Facts, vm: usize, node: usize) -> u16 {
        members(&self.group_at, facts, facts.group.get(vm), node)
    }

    /// What keeps the VM off `target` when it comes from `source`; the most lasting reason first.
    pub fn obstacle(&self, facts: &Facts, vm: usize, source: usize, target: usize, rules: Rules) -> Option<Obstacle> {
        let guest = facts.vm(vm)?;
        let moved = way(guest);
        if !guest.owners.contains(&target) {
            return Some(Obstacle::NotOwner);
        }
        if moved == Way::Owner {
            return None;
        }
        if moved == Way::Live && facts.routes.get(source, target).is_none() {
            return Some(Obstacle::NoPath);
        }
        if let Some(lacking) = facts.lacks(vm, target) {
            return Some(Obstacle::Lacks(lacking.to_owned()));
        }
        if rules.nlb_apart && members(&self.nlb_at, facts, facts.nlb.get(vm), target) > 0 {
            return Some(Obstacle::NlbMember);
        }
        if facts.cluster.anti_affinity_enforced == Some(true) && self.partners(facts, vm, target) > 0 {
            return Some(Obstacle::Partner);
        }
        let (free, needs) = if rules.most_memory {
            (self.free_most.get(target), most_memory(guest))
        } else {
            (self.free_now.get(target), guest.memory_mib)
        };
        let free = free.copied().flatten().filter(|free| *free < signed(needs))?;
        Some(Obstacle::Memory(MiB::try_from(free).unwrap_or(0)))
    }
}

/// Members of a group on a node; 0 without a group.
fn members(list: &[u16], facts: &Facts, number: Option<&Option<usize>>, node: usize) -> u16 {
    let place = number.copied().flatten().map(|number| number * facts.nodes() + node);
    place.and_then(|place| list.get(place)).copied().unwrap_or(0)
}
