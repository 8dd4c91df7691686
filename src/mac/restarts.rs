//! Which VMs must be turned off and started, and where, so that no wrong address is left once the plan is set.
//!
//! In: facts and the MAC plan. Out: cold starts in their order. Must not know: findings, files.
//!
//! # Why
//! A cold start is one of a VM: it draws every dynamic address anew that is outside the pool of the node where the VM starts. So a
//! VM with two wrong addresses starts once, where one node redraws both, and whoever shared one of them keeps it. Who shares with a
//! port or a static vNIC must give way; of the rest the fewest VMs start that end every clash ([`fewest`]), and of several such choices
//! those that interrupt fewest running VMs, move fewest to another node, and take addresses from those with the weaker claim.

use super::claim::Claim;
use super::claim::Order;
use super::clashes::{Clash, Tied, clashes, ranks, tied};
use super::cold_start::nodes_of;
use super::fewest::{self, Group, Way};
use super::running::{Running, Started, VmAt};
use crate::inventory::{Inventory, VmState};
use crate::units::Mac;
use std::collections::{BTreeMap, BTreeSet};

/// One cold start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restart {
    /// The VM: cluster and VM by position.
    pub vm: (usize, usize),
    /// Where to start it. `None` = on every possible owner it would keep the wrong address.
    pub node: Option<usize>,
    /// Its vNICs with a wrong address, and that address; empty where the VM is off only because a static address is set.
    pub wrong: Vec<(usize, Mac)>,
    /// Its other vNICs that get a new address there.
    pub also: Vec<usize>,
}

/// All cold starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColdStarts {
    /// In their order.
    pub steps: Vec<Restart>,
    /// With these pools and static addresses it is proven that fewer do not end every clash that can be ended.
    pub fewest: bool,
}

/// How a VM starts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    On(usize),
    /// Wherever most is put right, and again until nothing is wrong.
    UntilRight,
}

/// A start that is to come, and the clashes that it is meant to end.
struct Todo {
    vm: VmAt,
    start: Start,
    ends: Vec<usize>,
}

/// A group of VMs as a search problem: its VMs, how each can start, its clashes.
struct Problem {
    vms: Vec<VmAt>,
    starts: Vec<Vec<Start>>,
    clashes: Vec<usize>,
    group: Group,
}

/// Looks for the cold starts.
struct Search {
    running: Running,
    clashes: Vec<Clash>,
    of_vm: BTreeMap<VmAt, Vec<usize>>,
    ranks: BTreeMap<VmAt, Order>,
    /// VMs that are off for a static address and start again in any case.
    off: BTreeSet<VmAt>,
    found: Vec<Restart>,
}

/// The cold starts in their order. `before`: facts of today; `after`: with planned pools, static addresses and spoofing.
pub(super) fn restarts(before: &Inventory, after: Inventory) -> ColdStarts {
    let clashes = clashes(&after);
    let mut of_vm: BTreeMap<VmAt, Vec<usize>> = BTreeMap::new();
    for (index, clash) in clashes.iter().enumerate() {
        for (cluster, vm, _) in clash.sides() {
            of_vm.entry((cluster, vm)).or_default().push(index);
        }
    }
    let mut search = Search {
        ranks: ranks(&after, &clashes),
        off: turned_off(before, &after),
        running: Running::new(after),
        clashes,
        of_vm,
        found: Vec::new(),
    };
    let mut fewest = true;
    for group in tied(&search.clashes) {
        fewest &= search.solve(&group);
    }
    let alone = search.off.iter().filter(|vm| !search.of_vm.contains_key(vm));
    for vm in alone.copied().collect::<Vec<_>>() {
        search.start_again(vm);
    }
    search.give_up();
    ColdStarts {
        steps: search.found,
        fewest,
    }
}

/// VMs that are not off and get a static address, for which they are turned off.
fn turned_off(before: &Inventory, after: &Inventory) -> BTreeSet<VmAt> {
    let mut found = BTreeSet::new();
    for (c, (old, new)) in before.clusters.iter().zip(&after.clusters).enumerate() {
        for (v, (old, new)) in old.vms.iter().zip(&new.vms).enumerate() {
            let mut pairs = old.vnics.iter().zip(&new.vnics);
            let is_set = pairs.any(|(x, y)| (x.mac, x.dynamic_mac) != (y.mac, y.dynamic_mac));
            if is_set && new.state != VmState::Off {
                found.insert((c, v));
            }
        }
    }
    found
}

/// The ways of which no other ends at least as much and costs no more; each with its start.
fn worth_trying(mut ways: Vec<(Way, Start)>) -> Vec<(Way, Start)> {
    ways.retain(|(way, _)| !way.ends.is_empty());
    ways.sort_by_key(|(way, _)| way.cost);
    let mut kept: Vec<(Way, Start)> = Vec::new();
    for (way, start) in ways {
        let holds = |known: &Way| way.ends.iter().all(|clash| known.ends.binary_search(clash).is_ok());
        if !kept.iter().any(|(known, _)| holds(known)) {
            kept.push((way, start));
        }
    }
    kept
}

impl Search {
    fn is_open(&self, clash: &Clash) -> bool {
        clash
            .sides()
            .all(|at| self.running.vnic(at).is_some_and(|vnic| vnic.mac == Some(clash.mac)))
    }

    fn open<'s>(&'s self, vm: VmAt) -> impl Iterator<Item = &'s Clash> + 's {
        let own = self.of_vm.get(&vm).into_iter().flatten();
        own.map(|index| &self.clashes[*index])
            .filter(|clash| self.is_open(clash))
    }

    /// vNICs of the VM whose address is still wrong.
    fn wrong(&self, vm: VmAt) -> Vec<(usize, Mac)> {
        let sides = self.open(vm).flat_map(|c| c.sides().map(|side| (side, c.mac)));
        let own = sides.filter(|(at, _)| (at.0, at.1) == vm);
        let mut wrong: Vec<(usize, Mac)> = own.map(|(at, mac)| (at.2, mac)).collect();
        wrong.sort_unstable();
        wrong.dedup();
        wrong
    }

    /// Where the VM may start: where it is, then its other possible owners.
    fn nodes(&self, at: VmAt) -> Vec<usize> {
        let Some(vm) = self.running.vm(at) else {
            return Vec::new();
        };
        let all = nodes_of(vm, self.running.facts.clusters[at.0].nodes.len());
        let others = all.into_iter().filter(|n| Some(*n) != vm.host);
        vm.host.into_iter().chain(others).collect()
    }

    /// Clashes of the VM that its start on the node ends, or may end if others come there before it does.
    fn ends_on(&self, at: VmAt, node: usize) -> Vec<usize> {
        let redrawn = self.running.redrawn(at, node);
        let comes = self.running.vm(at).is_some_and(|vm| vm.host != Some(node));
        let nodes = self.running.facts.clusters[at.0].nodes.len();
        let meets = |mac: Mac| {
            let mut others = self.running.others(at, mac);
            comes && others.any(|other| nodes_of(other, nodes).contains(&node))
        };
        let own = self.of_vm.get(&at).into_iter().flatten().copied();
        own.filter(|index| {
            let clash = &self.clashes[*index];
            let mut own = clash.sides().filter(|side| (side.0, side.1) == at);
            own.any(|side| redrawn.contains(&side.2) || meets(clash.mac))
        })
        .collect()
    }

    /// Every way to start the VM that can be of use, the cheaper ones first.
    fn ways(&self, at: VmAt) -> Vec<(Way, Start)> {
        let vm = self.running.vm(at);
        let host = vm.and_then(|vm| vm.host);
        let is_off = self.off.contains(&at);
        let runs = vm.is_some_and(|vm| vm.state != VmState::Off);
        let starts = u64::from(!is_off);
        let claim = match self.ranks.get(&at) {
            Some((Claim::None, ..)) => 0,
            Some((Claim::Dynamic, ..)) => 1,
            _ => 2,
        };
        let mut ways = Vec::new();
        for node in self.nodes(at) {
            let wrong = self.wrong(at);
            let redrawn = self.running.redrawn(at, node);
            let also = redrawn.iter().filter(|vnic| !wrong.iter().any(|(w, _)| w == *vnic));
            let moves = u64::from(host.is_some_and(|host| host != node));
            let cost = match (is_off, moves) {
                (true, 0) => [0; 5],
                _ => [starts, starts * u64::from(runs), moves, claim, also.count() as u64],
            };
            ways.push((self.way(at, node, cost), Start::On(node)));
        }
        let mut all: Vec<usize> = ways.iter().flat_map(|(way, _)| way.ends.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        let cost = [starts + 1, (starts + 1) * u64::from(runs), 1, claim, 0];
        ways.push((Way { ends: all, cost }, Start::UntilRight));
        worth_trying(ways)
    }

    fn way(&self, at: VmAt, node: usize, cost: fewest::Cost) -> Way {
        Way {
            ends: self.ends_on(at, node),
            cost,
        }
    }

    /// The group as a search problem, the VMs with the weakest claims first; without the clashes that no start ends.
    fn problem(&self, tied: &Tied) -> Problem {
        let mut vms = tied.vms.clone();
        vms.sort_by_key(|vm| std::cmp::Reverse(self.ranks.get(vm).copied()));
        let all: Vec<Vec<(Way, Start)>> = vms.iter().map(|vm| self.ways(*vm)).collect();
        let ended: BTreeSet<usize> = all
            .iter()
            .flatten()
            .flat_map(|(way, _)| way.ends.iter().copied())
            .collect();
        let clashes: Vec<usize> = tied.clashes.iter().copied().filter(|c| ended.contains(c)).collect();
        let place = |vm: VmAt| vms.iter().position(|v| *v == vm).unwrap_or_default();
        let sides = |clash: &usize| {
            let clash = &self.clashes[*clash];
            let second = clash.second.map(|side| place((side.0, side.1)));
            (place((clash.first.0, clash.first.1)), second)
        };
        let group = Group {
            clashes: clashes.iter().map(sides).collect(),
            ways: all.iter().map(|ways| renumbered(ways, &clashes)).collect(),
        };
        let starts = all
            .iter()
            .map(|ways| ways.iter().map(|(_, start)| *start).collect())
            .collect();
        Problem {
            vms,
            starts,
            clashes,
            group,
        }
    }

    /// Starts what the group needs; whether fewer starts are proven impossible.
    fn solve(&mut self, tied: &Tied) -> bool {
        let problem = self.problem(tied);
        let choice = fewest::fewest(&problem.group, |ways| self.works(&problem, ways));
        let proven = choice.as_ref().is_some_and(|choice| choice.proven);
        let ways = choice.map_or_else(|| vec![None; problem.vms.len()], |choice| choice.ways);
        for (restart, _) in self.run(self.todo(&problem, &ways)) {
            self.found.push(restart);
        }
        for vm in problem.vms {
            self.settle(vm);
        }
        proven
    }

    /// Whether these starts end all clashes of the group; nothing is changed.
    fn works(&mut self, problem: &Problem, ways: &[Option<usize>]) -> bool {
        let done = self.run(self.todo(problem, ways));
        let works = problem.clashes.iter().all(|c| !self.is_open(&self.clashes[*c]));
        done.into_iter()
            .rev()
            .for_each(|(_, started)| self.running.undo(started));
        works
    }

    fn todo(&self, problem: &Problem, ways: &[Option<usize>]) -> Vec<Todo> {
        let mut todo = Vec::new();
        for (place, (vm, way)) in problem.vms.iter().zip(ways).enumerate() {
            let (start, ends) = match way {
                Some(way) => {
                    let ends = &problem.group.ways[place][*way].ends;
                    (
                        problem.starts[place][*way],
                        ends.iter().map(|c| problem.clashes[*c]).collect(),
                    )
                }
                None if self.off.contains(vm) => match self.nodes(*vm).first() {
                    Some(node) => (Start::On(*node), Vec::new()),
                    None => continue,
                },
                None => continue,
            };
            todo.push(Todo { vm: *vm, start, ends });
        }
        todo
    }

    /// Carries the starts out, VMs first that are off in any case, then always one that ends all it is meant to: an address inside the
    /// pool is drawn anew only while another VM on the node has it. Starts that no longer put anything right are left out.
    fn run(&mut self, mut todo: Vec<Todo>) -> Vec<(Restart, Started)> {
        let mut done = Vec::new();
        while !todo.is_empty() {
            let off = todo.iter().position(|t| self.off.contains(&t.vm));
            let ready = || todo.iter().position(|t| self.is_ready(t));
            let next = todo.remove(off.or_else(ready).unwrap_or(0));
            let must = self.off.contains(&next.vm);
            match next.start {
                _ if !must && self.wrong(next.vm).is_empty() => {}
                Start::On(node) => done.push(self.start_on(next.vm, node)),
                Start::UntilRight => done.extend(self.until_right(next.vm)),
            }
        }
        done
    }

    fn is_ready(&self, todo: &Todo) -> bool {
        let Start::On(node) = todo.start else { return true };
        let redrawn = self.running.redrawn(todo.vm, node);
        let own = |clash: &Clash| clash.sides().any(|s| (s.0, s.1) == todo.vm && redrawn.contains(&s.2));
        todo.ends
            .iter()
            .map(|clash| &self.clashes[*clash])
            .all(|clash| !self.is_open(clash) || own(clash))
    }

    fn start_on(&mut self, vm: VmAt, node: usize) -> (Restart, Started) {
        let wrong = self.wrong(vm);
        let redrawn = self.running.redrawn(vm, node);
        let is_wrong = |vnic: usize| wrong.iter().any(|(w, _)| *w == vnic);
        let restart = Restart {
            vm,
            node: Some(node),
            wrong: wrong.iter().filter(|(w, _)| redrawn.contains(w)).copied().collect(),
            also: redrawn.iter().copied().filter(|vnic| !is_wrong(*vnic)).collect(),
        };
        (restart, self.running.start(vm, node))
    }

    /// Where a start draws most of the wrong addresses anew: where the VM is, unless another possible owner does better; `None` where
    /// none draws any.
    fn best_node(&self, at: VmAt, wrong: &[(usize, Mac)]) -> Option<usize> {
        let mut best = (0, None);
        for node in self.nodes(at) {
            let redrawn = self.running.redrawn(at, node);
            let hits = wrong.iter().filter(|(vnic, _)| redrawn.contains(vnic)).count();
            if hits > best.0 {
                best = (hits, Some(node));
            }
        }
        best.1
    }

    /// Starts the VM until none of its addresses is wrong, or no start helps; two nodes can be needed.
    fn until_right(&mut self, vm: VmAt) -> Vec<(Restart, Started)> {
        let mut done = Vec::new();
        loop {
            let wrong = self.wrong(vm);
            let Some(node) = self.best_node(vm, &wrong) else {
                return done;
            };
            done.push(self.start_on(vm, node));
        }
    }

    /// The same for good: what no choice of the whole group put right.
    fn settle(&mut self, vm: VmAt) {
        for (restart, _) in self.until_right(vm) {
            self.found.push(restart);
        }
    }

    /// A VM that is off for its static address starts again where it was.
    fn start_again(&mut self, vm: VmAt) {
        if let Some(node) = self.nodes(vm).first().copied() {
            let (restart, _) = self.start_on(vm, node);
            self.found.push(restart);
        }
    }

    /// What is still wrong no cold start puts right.
    fn give_up(&mut self) {
        let mut left: BTreeMap<VmAt, Vec<(usize, Mac)>> = BTreeMap::new();
        for clash in self.clashes.iter().filter(|c| self.is_open(c)) {
            let weakest = clash.sides().max_by_key(|at| self.ranks.get(&(at.0, at.1)).copied());
            if let Some((cluster, vm, vnic)) = weakest {
                left.entry((cluster, vm)).or_default().push((vnic, clash.mac));
            }
        }
        for (vm, mut wrong) in left {
            wrong.sort_unstable();
            wrong.dedup();
            self.found.push(Restart {
                vm,
                node: None,
                wrong,
                also: Vec::new(),
            });
        }
    }
}

/// The ways with the clashes of the group by their place in it.
fn renumbered(ways: &[(Way, Start)], clashes: &[usize]) -> Vec<Way> {
    let place = |clash: &usize| clashes.binary_search(clash).ok();
    let renumber = |(way, _): &(Way, Start)| Way {
        ends: way.ends.iter().filter_map(place).collect(),
        cost: way.cost,
    };
    ways.iter().map(renumber).collect()
}

#[cfg(test)]
mod tests;
