//! Which VMs must be turned off and started, and where, so that no wrong address is left once the plan is set.
//!
//! In: facts and the MAC plan. Out: cold starts in their order. Must not know: findings, files.
//!
//! # Why
//! A cold start is one of a VM: it draws every dynamic address anew that is outside the pool of the node where the VM starts. So a
//! VM with two wrong addresses starts once, where one node redraws both, and whoever shared one of them keeps it. Who shares with a
//! port or a static vNIC must give way; of the rest the VM that shares most addresses goes first (the greedy choice of a vertex
//! cover: few VMs, not provably the fewest).

use super::claim::{self, Order};
use super::cold_start::{Outcome, VnicAt, nodes_of, outcome};
use super::ledger::{Holder, Place, ledger};
use super::sharing::{duplicates, on_purpose};
use super::{is_usable, pools};
use crate::inventory::{Inventory, Vm, VmState, Vnic};
use crate::units::Mac;
use std::collections::{BTreeMap, BinaryHeap};

/// Adapters with one address that are compared in pairs; an import error can give thousands the same.
const MOST_PAIRED: usize = 64;

/// A VM: cluster and VM by position.
pub type VmAt = (usize, usize);

/// One cold start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restart {
    /// The VM.
    pub vm: VmAt,
    /// Where to start it. `None` = on every possible owner it would keep the wrong address.
    pub node: Option<usize>,
    /// Its vNICs with a wrong address, and that address; empty where the VM is off only because a static address is set.
    pub wrong: Vec<(usize, Mac)>,
    /// Its other vNICs that get a new address there.
    pub also: Vec<usize>,
}

/// Facts in which VMs start.
pub(super) struct Running {
    pub facts: Inventory,
    /// Who holds an address; those of ports and host vNICs are in it with an empty list.
    held: BTreeMap<Mac, Vec<VnicAt>>,
    /// Next address that a node hands out.
    next: BTreeMap<(usize, usize), u64>,
}

impl Running {
    pub fn new(facts: Inventory) -> Running {
        let mut held: BTreeMap<Mac, Vec<VnicAt>> = BTreeMap::new();
        for holder in ledger(&facts) {
            held.entry(holder.mac).or_default().extend(vnic_at(holder));
        }
        Running {
            facts,
            held,
            next: BTreeMap::new(),
        }
    }

    fn vm(&self, (cluster, vm): VmAt) -> Option<&Vm> {
        self.facts.clusters.get(cluster)?.vms.get(vm)
    }

    fn vnic(&self, (cluster, vm, vnic): VnicAt) -> Option<&Vnic> {
        self.vm((cluster, vm))?.vnics.get(vnic)
    }

    /// vNICs of the VM that draw a new address when it starts on this node.
    fn redrawn(&self, at: VmAt, node: usize) -> Vec<usize> {
        let cluster = &self.facts.clusters[at.0];
        let pool = cluster.nodes.get(node).and_then(pools::effective);
        let collides = |mac: Mac| {
            let others = self.held.get(&mac).into_iter().flatten();
            let mut places = others.filter(|other| other.0 == at.0 && other.1 != at.1);
            places.any(|other| cluster.vms[other.1].host == Some(node))
        };
        let draws = |vnic: &Vnic| {
            let found = outcome(vnic, pool, collides);
            found.is_lost() || found == Outcome::FirstStart
        };
        let vnics = self.vm(at).into_iter().flat_map(|vm| vm.vnics.iter().enumerate());
        vnics.filter(|(_, vnic)| draws(vnic)).map(|(i, _)| i).collect()
    }

    /// Starts the VM on the node: each address that it loses there is replaced by the next of the node's pool that nobody holds
    /// (Hyper-V hands them out in ascending order), or by none where the pool has no more.
    pub fn start(&mut self, at: VmAt, node: usize) {
        for vnic in self.redrawn(at, node) {
            let free = self.draw(at.0, node);
            let Some(vm) = self.facts.clusters[at.0].vms.get_mut(at.1) else {
                return;
            };
            let old = vm.vnics[vnic].mac.replace(free.unwrap_or(Mac(0)));
            let place = (at.0, at.1, vnic);
            if let Some(holders) = old.and_then(|mac| self.held.get_mut(&mac)) {
                holders.retain(|holder| *holder != place);
            }
            if let Some(mac) = free {
                self.held.entry(mac).or_default().push(place);
            }
        }
        if let Some(vm) = self.facts.clusters[at.0].vms.get_mut(at.1) {
            vm.host = vm.host.map(|_| node);
        }
    }

    fn draw(&mut self, cluster: usize, node: usize) -> Option<Mac> {
        let range = pools::effective(self.facts.clusters[cluster].nodes.get(node)?)?.range;
        let next = self.next.entry((cluster, node)).or_insert(range.min.0);
        let free = (*next..=range.max.0)
            .map(Mac)
            .find(|mac| !self.held.contains_key(mac))?;
        *next = free.0 + 1;
        Some(free)
    }
}

fn vnic_at(holder: Holder) -> Option<VnicAt> {
    match holder.place {
        Place::Vnic(vm, vnic) => Some((holder.cluster, vm, vnic)),
        Place::Nic(..) | Place::HostVnic(..) => None,
    }
}

/// A dynamic vNIC with a wrong address, and the dynamic one that shares it; `None` = only the first can give way.
struct Clash {
    mac: Mac,
    first: VnicAt,
    second: Option<VnicAt>,
}

/// Looks for the cold starts.
struct Search {
    running: Running,
    clashes: Vec<Clash>,
    of_vm: BTreeMap<VmAt, Vec<usize>>,
    found: Vec<Restart>,
}

/// The cold starts in their order. `before`: facts of today; `after`: with planned pools, static addresses and spoofing.
pub(super) fn restarts(before: &Inventory, after: Inventory) -> Vec<Restart> {
    let clashes = clashes(&after);
    let mut of_vm: BTreeMap<VmAt, Vec<usize>> = BTreeMap::new();
    for (index, clash) in clashes.iter().enumerate() {
        for (cluster, vm, _) in [Some(clash.first), clash.second].into_iter().flatten() {
            of_vm.entry((cluster, vm)).or_default().push(index);
        }
    }
    let ranks = ranks(&after, &clashes);
    let off = turned_off(before, &after);
    let mut search = Search {
        running: Running::new(after),
        clashes,
        of_vm,
        found: Vec::new(),
    };
    for vm in off {
        search.start_again(vm);
    }
    let alone: Vec<VmAt> = search
        .clashes
        .iter()
        .filter(|c| c.second.is_none())
        .map(|c| (c.first.0, c.first.1))
        .collect();
    for vm in alone {
        search.settle(vm);
    }
    search.share_out(&ranks);
    search.give_up(&ranks);
    search.found
}

/// VMs that are not off and get a static address, for which they are turned off.
fn turned_off(before: &Inventory, after: &Inventory) -> Vec<VmAt> {
    let mut found = Vec::new();
    for (c, (old, new)) in before.clusters.iter().zip(&after.clusters).enumerate() {
        for (v, (old, new)) in old.vms.iter().zip(&new.vms).enumerate() {
            let mut pairs = old.vnics.iter().zip(&new.vnics);
            let is_set = pairs.any(|(x, y)| (x.mac, x.dynamic_mac) != (y.mac, y.dynamic_mac));
            if is_set && new.state != VmState::Off {
                found.push((c, v));
            }
        }
    }
    found
}

/// Everything wrong that a cold start can put right.
fn clashes(facts: &Inventory) -> Vec<Clash> {
    let holders = ledger(facts);
    let dynamic = |holder: &Holder| {
        let is_dynamic = holder.vnic(facts).is_some_and(|(_, vnic)| vnic.dynamic_mac);
        vnic_at(*holder).filter(|_| is_dynamic)
    };
    let alone = |holder: &Holder| {
        dynamic(holder).map(|first| Clash {
            mac: holder.mac,
            first,
            second: None,
        })
    };
    let unusable = holders.iter().filter(|h| !is_usable(h.mac));
    let mut found: Vec<Clash> = unusable.filter_map(alone).collect();
    for group in duplicates(facts, &holders) {
        let (paired, rest) = group.holders.split_at(group.holders.len().min(MOST_PAIRED));
        for (at, a) in paired.iter().enumerate() {
            for b in paired[at + 1..].iter().filter(|b| !on_purpose(facts, *a, **b)) {
                let (first, second) = match (dynamic(a), dynamic(b)) {
                    (Some(a), b) => (a, b),
                    (None, Some(b)) => (b, None),
                    (None, None) => continue,
                };
                found.push(Clash {
                    mac: group.mac,
                    first,
                    second,
                });
            }
        }
        found.extend(rest.iter().filter_map(alone));
    }
    found
}

/// How weak the claim of each VM is to the worst of its addresses.
fn ranks(facts: &Inventory, clashes: &[Clash]) -> BTreeMap<VmAt, Order> {
    let mut ranks = BTreeMap::new();
    for clash in clashes {
        for (cluster, vm, vnic) in [Some(clash.first), clash.second].into_iter().flatten() {
            let holder = Holder {
                mac: clash.mac,
                cluster,
                place: Place::Vnic(vm, vnic),
            };
            let order = claim::order(facts, holder);
            let rank = ranks.entry((cluster, vm)).or_insert(order);
            *rank = order.max(*rank);
        }
    }
    ranks
}

impl Search {
    fn is_open(&self, clash: &Clash) -> bool {
        let has = |at: VnicAt| self.running.vnic(at).is_some_and(|vnic| vnic.mac == Some(clash.mac));
        has(clash.first) && clash.second.is_none_or(has)
    }

    fn open<'s>(&'s self, vm: VmAt) -> impl Iterator<Item = &'s Clash> + 's {
        let own = self.of_vm.get(&vm).into_iter().flatten();
        own.map(|index| &self.clashes[*index])
            .filter(|clash| self.is_open(clash))
    }

    /// vNICs of the VM whose address is still wrong.
    fn wrong(&self, vm: VmAt) -> Vec<(usize, Mac)> {
        let sides = self
            .open(vm)
            .flat_map(|c| [Some((c.first, c.mac)), c.second.map(|s| (s, c.mac))]);
        let own = sides.flatten().filter(|(at, _)| (at.0, at.1) == vm);
        let mut wrong: Vec<(usize, Mac)> = own.map(|(at, mac)| (at.2, mac)).collect();
        wrong.sort_unstable();
        wrong.dedup();
        wrong
    }

    /// Where a start draws most of the wrong addresses anew: where the VM is, unless another possible owner does better.
    fn best_node(&self, at: VmAt, wrong: &[(usize, Mac)]) -> Option<(usize, Vec<usize>)> {
        let vm = self.running.vm(at)?;
        let others = nodes_of(vm, self.running.facts.clusters[at.0].nodes.len());
        let nodes = vm
            .host
            .into_iter()
            .chain(others.into_iter().filter(|n| Some(*n) != vm.host));
        let mut best: Option<(usize, usize, Vec<usize>)> = None;
        for node in nodes {
            let redrawn = self.running.redrawn(at, node);
            let hits = wrong.iter().filter(|(vnic, _)| redrawn.contains(vnic)).count();
            if best.as_ref().is_none_or(|(most, ..)| hits > *most) {
                best = Some((hits, node, redrawn));
            }
        }
        best.filter(|(hits, ..)| *hits > 0 || wrong.is_empty())
            .map(|(_, node, redrawn)| (node, redrawn))
    }

    /// One start; false where it would put nothing right.
    fn start_once(&mut self, vm: VmAt, wrong: &[(usize, Mac)]) -> bool {
        let Some((node, redrawn)) = self.best_node(vm, wrong) else {
            return false;
        };
        let is_wrong = |vnic: usize| wrong.iter().any(|(w, _)| *w == vnic);
        self.found.push(Restart {
            vm,
            node: Some(node),
            wrong: wrong.iter().filter(|(w, _)| redrawn.contains(w)).copied().collect(),
            also: redrawn.iter().copied().filter(|vnic| !is_wrong(*vnic)).collect(),
        });
        self.running.start(vm, node);
        true
    }

    /// A VM that is off for its static address starts again.
    fn start_again(&mut self, vm: VmAt) {
        let wrong = self.wrong(vm);
        if !self.start_once(vm, &wrong) {
            self.start_once(vm, &[]);
        }
    }

    /// Starts the VM until none of its addresses is wrong; two nodes can be needed.
    fn settle(&mut self, vm: VmAt) {
        loop {
            let wrong = self.wrong(vm);
            if wrong.is_empty() || !self.start_once(vm, &wrong) {
                return;
            }
        }
    }

    /// Of VMs that share an address all but one give way, those that share most first, and of these the weakest claim.
    fn share_out(&mut self, ranks: &BTreeMap<VmAt, Order>) {
        let mut queue: BinaryHeap<(usize, Order, VmAt)> = ranks
            .iter()
            .map(|(vm, rank)| (self.open(*vm).count(), *rank, *vm))
            .collect();
        while let Some((shared, rank, vm)) = queue.pop() {
            let still = self.open(vm).count();
            if still == shared && still > 0 {
                self.settle(vm);
            } else if still > 0 {
                queue.push((still, rank, vm));
            }
        }
    }

    /// What is still wrong no cold start puts right.
    fn give_up(&mut self, ranks: &BTreeMap<VmAt, Order>) {
        let mut left: BTreeMap<VmAt, Vec<(usize, Mac)>> = BTreeMap::new();
        for clash in self.clashes.iter().filter(|c| self.is_open(c)) {
            let sides = [Some(clash.first), clash.second].into_iter().flatten();
            let weakest = sides.max_by_key(|at| ranks.get(&(at.0, at.1)).copied());
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
