//! Where the VMs of a drained node go: as Windows chooses, and so that no port becomes the bottleneck.
//!
//! In: facts, room, the VMs that leave. Out: a target for each, or why it has none. Must not know: schedules.

use super::facts::Facts;
use super::guests::{Way, most_memory, priority_number, way};
use super::room::{Hosts, Obstacle, Room, Rules};
use crate::units::{MiB, name_runs};

/// A VM with its target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    pub vm: usize,
    pub way: Way,
    pub source: usize,
    pub target: usize,
    /// The node that is emptied or filled again: its storage carries the saved states.
    pub drained: usize,
    pub why: String,
}

/// A VM that fits nowhere; Windows reports event 1137 for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stranded {
    /// Index of the VM.
    pub vm: usize,
    /// Node it has to leave.
    pub source: usize,
    /// What keeps it off every other node, as a sentence without its full stop.
    pub why: String,
}

/// Targets of all VMs that leave, in the order in which they were chosen.
#[derive(Clone, Debug, Default)]
pub(super) struct Placement {
    pub placed: Vec<Placed>,
    pub stranded: Vec<Stranded>,
}

/// The VMs on the drained nodes in the order of the drain: by priority, then as the inventory sorts them.
pub(super) fn leaving(facts: &Facts, hosts: &Hosts, drained: &[usize]) -> Vec<usize> {
    let mut vms: Vec<usize> = (0..hosts.len())
        .filter(|vm| {
            hosts
                .get(*vm)
                .copied()
                .flatten()
                .is_some_and(|node| drained.contains(&node))
        })
        .collect();
    vms.sort_by_key(|vm| {
        let number = facts.vm(*vm).map_or(0, |vm| priority_number(vm.priority));
        (std::cmp::Reverse(number), *vm)
    });
    vms
}

/// A choice of targets in the making.
struct Chooser<'f, 'c> {
    facts: &'f Facts<'c>,
    room: Room,
    drained: &'f [usize],
    hosts: &'f Hosts,
    /// Wire seconds into each node so far.
    receiving_s: Vec<f64>,
}

/// One VM after the other in drain order, each on the node with the most free memory; partners of an anti-affinity group
/// together only where no other node can take them ("memory-aware intelligent placement": Microsoft, "Draining Nodes for
/// Planned Maintenance with Windows Server 2012", 2012).
pub(super) fn as_windows(facts: &Facts, room: &Room, hosts: &Hosts, drained: &[usize]) -> Placement {
    let mut chooser = Chooser::new(facts, room, hosts, drained);
    let mut placement = Placement::default();
    for vm in leaving(facts, hosts, drained) {
        let best = chooser.candidates(vm, Rules::WINDOWS).into_iter().max_by_key(|node| {
            let apart = std::cmp::Reverse(chooser.room.partners(facts, vm, *node));
            (apart, chooser.room.free_now(*node), std::cmp::Reverse(*node))
        });
        chooser.settle(&mut placement, vm, best, Rules::WINDOWS, "most free memory");
    }
    placement
}

/// Largest first, each where the node would receive longest last; then the VMs that found no place are given one by moving
/// another VM of the same drain aside; last of all, without room to grow.
pub(super) fn planned(facts: &Facts, room: &Room, hosts: &Hosts, drained: &[usize]) -> Placement {
    let mut order = leaving(facts, hosts, drained);
    order.sort_by_key(|vm| std::cmp::Reverse(facts.vm(*vm).map_or(0, most_memory)));
    let by_size = place_all(facts, room, hosts, drained, &order);
    if by_size.stranded.is_empty() {
        return by_size;
    }
    // those with the fewest choices first
    let chooser = Chooser::new(facts, room, hosts, drained);
    order.sort_by_key(|vm| chooser.candidates(*vm, Rules::PLAN).len());
    let by_choice = place_all(facts, room, hosts, drained, &order);
    if by_choice.stranded.len() < by_size.stranded.len() {
        by_choice
    } else {
        by_size
    }
}

fn place_all(facts: &Facts, room: &Room, hosts: &Hosts, drained: &[usize], order: &[usize]) -> Placement {
    let mut chooser = Chooser::new(facts, room, hosts, drained);
    let mut placement = Placement::default();
    let mut left = Vec::new();
    for vm in order.iter().copied() {
        match chooser.balanced(vm, Rules::PLAN) {
            Some(node) => chooser.settle(
                &mut placement,
                vm,
                Some(node),
                Rules::PLAN,
                "keeps the ports evenly busy",
            ),
            None => left.push(vm),
        }
    }
    for vm in left {
        let moved = chooser.make_way(&mut placement, vm);
        let (target, rules, why) = match moved {
            Some(node) => (
                Some(node),
                Rules::PLAN,
                "the only room, made by moving another VM elsewhere",
            ),
            None => (
                chooser.balanced(vm, Rules::TIGHT),
                Rules::TIGHT,
                "fits with the memory it has now, without room to grow",
            ),
        };
        chooser.settle(&mut placement, vm, target, rules, why);
    }
    placement
}

impl<'f, 'c> Chooser<'f, 'c> {
    fn new(facts: &'f Facts<'c>, room: &Room, hosts: &'f Hosts, drained: &'f [usize]) -> Chooser<'f, 'c> {
        let mut room = room.clone();
        for (vm, node) in hosts.iter().enumerate() {
            if let Some(node) = node.filter(|node| drained.contains(node)) {
                room.leave(facts, vm, node);
            }
        }
        Chooser {
            facts,
            room,
            drained,
            hosts,
            receiving_s: vec![0.0; facts.nodes()],
        }
    }

    fn source(&self, vm: usize) -> usize {
        self.hosts.get(vm).copied().flatten().unwrap_or(0)
    }

    /// Nodes that can take the VM, in order.
    fn candidates(&self, vm: usize, rules: Rules) -> Vec<usize> {
        let open = (0..self.facts.nodes()).filter(|node| !self.drained.contains(node));
        open.filter(|node| {
            let source = self.source(vm);
            self.room.obstacle(self.facts, vm, source, *node, rules).is_none()
        })
        .collect()
    }

    /// The candidate apart from its partners that would have received all it gets soonest.
    fn balanced(&self, vm: usize, rules: Rules) -> Option<usize> {
        let rank = |node: &usize| {
            let busy_s = self.receiving_s.get(*node).copied().unwrap_or(0.0) + self.wire_s(vm, *node);
            (self.room.partners(self.facts, vm, *node), busy_s)
        };
        let candidates = self.candidates(vm, rules).into_iter();
        candidates.min_by(|a, b| {
            let ((partners_a, busy_a), (partners_b, busy_b)) = (rank(a), rank(b));
            partners_a
                .cmp(&partners_b)
                .then(busy_a.total_cmp(&busy_b))
                .then(a.cmp(b))
        })
    }

    /// Seconds that the VM alone takes to come in at the node; by its memory where it does not move live.
    fn wire_s(&self, vm: usize, node: usize) -> f64 {
        let Some(guest) = self.facts.vm(vm) else { return 0.0 };
        let route = self.facts.routes.get(self.source(vm), node);
        match route.filter(|_| way(guest) == Way::Live) {
            Some(route) => {
                let rate = route.ingress as f64 * route.gain_permille as f64 / 1000.0;
                guest.memory_mib as f64 * 8.388_608 / rate
            }
            // spreads saved and stopped VMs, too, without weighing much
            None => guest.memory_mib as f64 * 1e-6,
        }
    }

    /// Finds a node that can take the VM once one VM placed there earlier goes elsewhere, and sends that one away.
    fn make_way(&mut self, placement: &mut Placement, vm: usize) -> Option<usize> {
        let facts = self.facts;
        for index in 0..placement.placed.len() {
            let Some(other) = placement.placed.get(index).filter(|p| p.way != Way::Owner).cloned() else {
                continue;
            };
            self.room.leave(facts, other.vm, other.target);
            let source = self.source(vm);
            if self
                .room
                .obstacle(facts, vm, source, other.target, Rules::PLAN)
                .is_none()
            {
                self.room.enter(facts, vm, other.target);
                let elsewhere = self.balanced(other.vm, Rules::PLAN);
                self.room.leave(facts, vm, other.target);
                if let (Some(node), Some(place)) = (elsewhere, placement.placed.get_mut(index)) {
                    self.room.enter(facts, other.vm, node);
                    place.target = node;
                    "makes way for a VM that fits nowhere else".clone_into(&mut place.why);
                    return Some(other.target);
                }
            }
            self.room.enter(facts, other.vm, other.target);
        }
        None
    }

    /// Books the VM on its target, or says why there is none.
    fn settle(&mut self, placement: &mut Placement, vm: usize, target: Option<usize>, rules: Rules, why: &str) {
        let Some(guest) = self.facts.vm(vm) else { return };
        let source = self.source(vm);
        let Some(target) = target else {
            let why = self.why_nowhere(vm, rules);
            return placement.stranded.push(Stranded { vm, source, why });
        };
        let beside = self.beside(placement, vm, target);
        let seconds = self.wire_s(vm, target);
        self.room.enter(self.facts, vm, target);
        if let Some(busy_s) = self.receiving_s.get_mut(target) {
            *busy_s += seconds;
        }
        let way = way(guest);
        placement.placed.push(Placed {
            vm,
            way,
            source,
            target,
            drained: source,
            why: reason(way, &beside, why),
        });
    }

    /// Members of the VM's anti-affinity group that run on its target.
    fn beside(&self, placement: &Placement, vm: usize, target: usize) -> String {
        let group = self.facts.group.get(vm).copied().flatten();
        if group.is_none() || self.room.partners(self.facts, vm, target) == 0 {
            return String::new();
        }
        let came = |other: usize| placement.placed.iter().any(|p| (p.vm, p.target) == (other, target));
        let is_there = |other: &usize| {
            let home = self.hosts.get(*other).copied().flatten();
            let stays = home == Some(target) && !self.drained.contains(&target);
            self.facts.vm(*other).is_some_and(|guest| way(guest) != Way::Owner) && (stays || came(*other))
        };
        let others = (0..self.hosts.len()).filter(|other| *other != vm && self.facts.group.get(*other) == Some(&group));
        let names: Vec<&str> = others
            .filter(is_there)
            .filter_map(|other| self.facts.vm(other))
            .map(|guest| guest.name.as_str())
            .collect();
        name_runs(&names, " to ")
    }

    /// Every other node with what keeps the VM off it, like reasons together.
    fn why_nowhere(&self, vm: usize, rules: Rules) -> String {
        let mut reasons: Vec<(Obstacle, Vec<usize>)> = Vec::new();
        for node in (0..self.facts.nodes()).filter(|node| !self.drained.contains(node)) {
            let source = self.source(vm);
            let Some(obstacle) = self.room.obstacle(self.facts, vm, source, node, rules) else {
                continue;
            };
            let alike = |other: &Obstacle| match (other, &obstacle) {
                (Obstacle::Memory(_), Obstacle::Memory(_)) => true,
                (a, b) => a == b,
            };
            match reasons.iter_mut().find(|(other, _)| alike(other)) {
                Some((most, nodes)) => {
                    nodes.push(node);
                    *most = obstacle.max(most.clone());
                }
                None => reasons.push((obstacle, vec![node])),
            }
        }
        if reasons.is_empty() {
            return "there is no other node".to_owned();
        }
        let needs = self.facts.vm(vm).map_or(0, |guest| match rules.most_memory {
            true => most_memory(guest),
            false => guest.memory_mib,
        });
        let parts: Vec<String> = reasons
            .iter()
            .map(|(obstacle, nodes)| format!("{} {}", self.names(nodes), sentence(obstacle, nodes.len(), needs)))
            .collect();
        parts.join("; ")
    }

    fn names(&self, nodes: &[usize]) -> String {
        match nodes {
            [one] => self.facts.node(*one).to_owned(),
            [one, two] => format!("{} and {}", self.facts.node(*one), self.facts.node(*two)),
            [one, ..] => format!("{} and {} more nodes", self.facts.node(*one), nodes.len() - 1),
            [] => String::new(),
        }
    }
}

/// What keeps a VM off `nodes` nodes, as the rest of a sentence.
fn sentence(obstacle: &Obstacle, nodes: usize, needs: MiB) -> String {
    let lack = if nodes == 1 { "lacks" } else { "lack" };
    match obstacle {
        Obstacle::NotOwner => "may not own it".to_owned(),
        Obstacle::NoPath => "cannot be reached by live migration".to_owned(),
        Obstacle::Lacks(what) => format!("{lack} {what}"),
        Obstacle::NlbMember if nodes == 1 => "runs a member of the same NLB cluster".to_owned(),
        Obstacle::NlbMember => "run members of the same NLB cluster".to_owned(),
        Obstacle::Partner => {
            let (runs, member) = if nodes == 1 {
                ("runs", "a member")
            } else {
                ("run", "members")
            };
            format!("{runs} {member} of its anti-affinity group, and the cluster enforces it")
        }
        Obstacle::Memory(free) if nodes == 1 => {
            format!("has {free} MiB free of the {needs} MiB it needs")
        }
        Obstacle::Memory(free) => format!("have at most {free} MiB free of the {needs} MiB it needs"),
    }
}

fn reason(way: Way, beside: &str, why: &str) -> String {
    let how = match way {
        Way::Live => why.to_owned(),
        Way::Quick => format!("below medium priority: saved and restored; {why}"),
        Way::Owner => return "not running: only its owner changes".to_owned(),
    };
    if beside.is_empty() {
        how
    } else {
        format!("{how}; beside {beside}, as no other node can take it (anti-affinity is then broken)")
    }
}
