//! VMs that start, one after the other: which addresses each start draws anew, and what stands afterwards.
//!
//! In: facts. Out: the same facts after cold starts, each of which can be taken back. Must not know: which VM should start.

use super::cold_start::{Outcome, VnicAt, outcome};
use super::ledger::{Holder, Place, ledger};
use super::pools;
use crate::inventory::{Inventory, Vm, Vnic};
use crate::units::Mac;
use std::collections::BTreeMap;

/// A VM: cluster and VM by position.
pub type VmAt = (usize, usize);

/// Facts in which VMs start.
pub(super) struct Running {
    pub facts: Inventory,
    /// Who holds an address; those of ports and host vNICs are in it with an empty list.
    held: BTreeMap<Mac, Vec<VnicAt>>,
    /// Next address that a node hands out.
    next: BTreeMap<(usize, usize), u64>,
}

/// What one cold start changed.
pub(super) struct Started {
    vm: VmAt,
    node: usize,
    host: Option<usize>,
    /// Each vNIC that drew an address, with the one it had.
    drawn: Vec<(usize, Option<Mac>)>,
    /// Next address of the node before.
    next: Option<u64>,
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

    pub fn vm(&self, (cluster, vm): VmAt) -> Option<&Vm> {
        self.facts.clusters.get(cluster)?.vms.get(vm)
    }

    pub fn vnic(&self, (cluster, vm, vnic): VnicAt) -> Option<&Vnic> {
        self.vm((cluster, vm))?.vnics.get(vnic)
    }

    /// Other VMs of the cluster that hold the address.
    pub fn others(&self, (cluster, vm): VmAt, mac: Mac) -> impl Iterator<Item = &Vm> {
        let held = self.held.get(&mac).into_iter().flatten();
        let others = held.filter(move |other| other.0 == cluster && other.1 != vm);
        others.filter_map(|(cluster, vm, _)| self.vm((*cluster, *vm)))
    }

    /// vNICs of the VM that draw a new address when it starts on this node.
    pub fn redrawn(&self, at: VmAt, node: usize) -> Vec<usize> {
        let cluster = self.facts.clusters.get(at.0);
        let pool = cluster.and_then(|c| c.nodes.get(node)).and_then(pools::effective);
        let collides = |mac: Mac| self.others(at, mac).any(|other| other.host == Some(node));
        let draws = |vnic: &Vnic| {
            let found = outcome(vnic, pool, collides);
            found.is_lost() || found == Outcome::FirstStart
        };
        let vnics = self.vm(at).into_iter().flat_map(|vm| vm.vnics.iter().enumerate());
        vnics.filter(|(_, vnic)| draws(vnic)).map(|(i, _)| i).collect()
    }

    /// Starts the VM on the node: each address that it loses there is replaced by the next of the node's pool that nobody holds
    /// (Hyper-V hands them out in ascending order), or by none where the pool has no more.
    pub fn start(&mut self, at: VmAt, node: usize) -> Started {
        let mut started = Started {
            vm: at,
            node,
            host: self.vm(at).and_then(|vm| vm.host),
            drawn: Vec::new(),
            next: self.next.get(&(at.0, node)).copied(),
        };
        for vnic in self.redrawn(at, node) {
            let free = self.draw(at.0, node);
            let old = self.give((at.0, at.1, vnic), Some(free.unwrap_or(Mac(0))));
            started.drawn.push((vnic, old));
        }
        self.put(at, started.host.map(|_| node));
        started
    }

    /// Takes the last start back; several are taken back in the opposite order.
    pub fn undo(&mut self, started: Started) {
        let (cluster, vm) = started.vm;
        for (vnic, old) in started.drawn.into_iter().rev() {
            let drawn = self.give((cluster, vm, vnic), old);
            drawn.map(|mac| self.held.remove(&mac));
        }
        self.put(started.vm, started.host);
        match started.next {
            Some(next) => self.next.insert((cluster, started.node), next),
            None => self.next.remove(&(cluster, started.node)),
        };
    }

    /// Gives a vNIC another address; the one it had.
    fn give(&mut self, place: VnicAt, mac: Option<Mac>) -> Option<Mac> {
        let vm = self
            .facts
            .clusters
            .get_mut(place.0)
            .and_then(|c| c.vms.get_mut(place.1));
        let vnic = vm.and_then(|vm| vm.vnics.get_mut(place.2))?;
        let old = std::mem::replace(&mut vnic.mac, mac);
        if let Some(mac) = old.filter(|mac| !mac.is_unset()) {
            let holders = self.held.entry(mac).or_default();
            holders.retain(|holder| *holder != place);
        }
        if let Some(mac) = mac.filter(|mac| !mac.is_unset()) {
            self.held.entry(mac).or_default().push(place);
        }
        old
    }

    fn put(&mut self, (cluster, vm): VmAt, host: Option<usize>) {
        if let Some(vm) = self.facts.clusters.get_mut(cluster).and_then(|c| c.vms.get_mut(vm)) {
            vm.host = host;
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

/// The vNIC that holds an address; `None` = a port or a host vNIC does.
pub(super) fn vnic_at(holder: Holder) -> Option<VnicAt> {
    match holder.place {
        Place::Vnic(vm, vnic) => Some((holder.cluster, vm, vnic)),
        Place::Nic(..) | Place::HostVnic(..) => None,
    }
}
