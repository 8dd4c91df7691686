//! The changes that the MAC plan asks for, in the order in which to do them.
//!
//! In: the plan. Out: one [`Change`] per pool, static address, spoofing setting and restart. Must not know: files, text.
//!
//! Pools come first, since a VM that starts draws from them; static addresses next, so that what must not change is safe; the
//! restarts that replace a wrong address last.

use super::LedgerData;
use super::names::range;
use crate::inventory::{Vm, VmState, Vnic};
use crate::mac::needed::{NeededOfVnic, needed, places};
use crate::mac::pools::effective;
use crate::mac::restarts::Restart;
use crate::mac::spoofing::why_spoofing;
use crate::plan::{PoolPlan, StaticMacPlan};
use std::collections::BTreeSet;

/// One change.
pub(super) struct Change {
    pub cluster: usize,
    /// `pool`, `static`, `spoofing` or `restart`.
    pub kind: &'static str,
    /// Node or VM.
    pub subject: String,
    /// vNIC; empty for pools.
    pub adapter: String,
    pub today: String,
    pub planned: String,
    /// An error stands until it is done; otherwise it clears a warning or follows advice.
    pub needed: bool,
    pub why: String,
}

impl LedgerData<'_> {
    /// All changes of all clusters, step by step.
    pub(super) fn changes(&self) -> Vec<Change> {
        let mut pools = Vec::new();
        let mut statics = Vec::new();
        let all = self.plans.iter().zip(needed(self.inventory, &self.plans));
        for (cluster, (plan, needed)) in all.enumerate() {
            let nodes = plan.pools.iter().zip(needed.pools).enumerate();
            pools.extend(nodes.filter_map(|(node, (pool, needed))| self.pool_change(cluster, node, pool, needed)));
            let Some(facts) = self.cluster(cluster) else {
                continue;
            };
            let places = places(facts);
            for (entry, needed) in plan.statics.iter().zip(needed.statics) {
                let found = places.get(&(entry.vm.as_str(), entry.vnic.as_str()));
                let changes = found.map(|(vm, vnic)| {
                    let vm = &facts.vms[*vm];
                    static_changes(cluster, entry, needed, vm, &vm.vnics[*vnic])
                });
                statics.extend(changes.into_iter().flatten());
            }
        }
        pools.into_iter().chain(statics).chain(self.restart_changes()).collect()
    }

    /// Pools of the inventory that change, and that are in it at all.
    pub(super) fn changed_pools(&self) -> (usize, usize) {
        let known = || self.plans.iter().flat_map(|p| &p.pools).filter(|p| p.today.is_some());
        (known().filter(|p| p.today != Some(p.planned)).count(), known().count())
    }

    fn pool_change(&self, cluster: usize, node: usize, pool: &PoolPlan, needed: bool) -> Option<Change> {
        if pool.today == Some(pool.planned) {
            return None;
        }
        let host = self.node(cluster, node);
        let assumed = host.and_then(effective).filter(|p| p.assumed);
        let (today, why) = match (pool.today, assumed) {
            (Some(today), _) => (range(today), why_pool(pool).to_owned()),
            (None, Some(default)) => {
                let from = host.map_or("", |n| n.management_ip.trim());
                let why = format!("not in the inventory, assumed from {from}: read it, and set it if it differs");
                (range(default.range), why)
            }
            (None, None) => (
                String::new(),
                "nothing is known of it: read it, and set it if it differs".to_owned(),
            ),
        };
        Some(Change {
            cluster,
            kind: "pool",
            subject: pool.node.clone(),
            adapter: String::new(),
            today,
            planned: range(pool.planned),
            needed,
            why,
        })
    }

    /// One step per cold start; those of VMs that are off only for their static address are no steps of their own.
    fn restart_changes(&self) -> Vec<Change> {
        let steps = self.starts.steps.iter().filter(|r| !r.wrong.is_empty());
        steps.filter_map(|restart| self.restart_change(restart)).collect()
    }

    fn restart_change(&self, restart: &Restart) -> Option<Change> {
        let (cluster, vm) = restart.vm;
        let vm = self.vm(cluster, vm)?;
        let name = |vnic: &usize| vm.vnics.get(*vnic).map_or("", |vnic| vnic.name.as_str());
        let wrong: Vec<&str> = restart.wrong.iter().map(|(vnic, _)| name(vnic)).collect();
        let macs: Vec<String> = restart.wrong.iter().map(|(_, mac)| mac.to_string()).collect();
        let also: Vec<&str> = restart.also.iter().map(name).collect();
        let mut why = "another adapter has this address, or none may have it; a cold start draws a new one".to_owned();
        if !also.is_empty() {
            why.push_str(&format!(", also for {}", also.join(", ")));
        }
        let planned = match restart.node {
            Some(node) => format!("turn off and start on {}", self.node_name(cluster, node)),
            None => "give it a static address by hand".to_owned(),
        };
        Some(Change {
            cluster,
            kind: "restart",
            subject: vm.name.clone(),
            adapter: wrong.join("; "),
            today: macs.join("; "),
            planned,
            needed: true,
            why,
        })
    }

    /// VMs that are turned off for a static address or a new one; a VM that is off already is not counted.
    pub(super) fn turned_off(&self) -> usize {
        let vms: BTreeSet<_> = self.starts.steps.iter().map(|r| r.vm).collect();
        let runs = |(cluster, vm): &(usize, usize)| self.vm(*cluster, *vm).is_some_and(|vm| vm.state != VmState::Off);
        vms.iter().filter(|at| runs(at)).count()
    }
}

/// What is wrong with a known pool that changes.
fn why_pool(pool: &PoolPlan) -> &'static str {
    match pool.today {
        Some(today) if today.size() == 0 => "its first address lies above its last",
        Some(today) if pool.planned.contains(today.min) && pool.planned.contains(today.max) => "too small: widened",
        Some(today) if pool.planned.intersection(today).is_some() => {
            "cut, so that addresses that must not change (NLB unicast, mac_bound) lie outside and stay"
        }
        _ => "overlaps a pool that stays, or cannot serve where it is",
    }
}

/// Address and spoofing of one vNIC, each with the reason of its own.
fn static_changes(cluster: usize, entry: &StaticMacPlan, needed: NeededOfVnic, vm: &Vm, vnic: &Vnic) -> Vec<Change> {
    let for_spoofing = why_spoofing(vm, vnic, entry.spoofing).unwrap_or_default();
    let change = |kind, today: String, planned: String, needed, why: &str| Change {
        cluster,
        kind,
        subject: entry.vm.clone(),
        adapter: entry.vnic.clone(),
        today,
        planned,
        needed,
        why: why.to_owned(),
    };
    let mut found = Vec::new();
    if let Some(mac) = entry.planned.filter(|mac| entry.dynamic || entry.current != Some(*mac)) {
        let today = entry.current.map_or_else(String::new, |mac| mac.to_string());
        let why = entry.reason.strip_suffix(&for_spoofing).unwrap_or(&entry.reason);
        let why = why.trim_end_matches("; ");
        found.push(change("static", today, mac.to_string(), needed.address, why));
    }
    if entry.spoofing != vnic.spoofing {
        let word = |on: bool| if on { "on" } else { "off" }.to_owned();
        found.push(change(
            "spoofing",
            word(vnic.spoofing),
            word(entry.spoofing),
            needed.spoofing,
            &for_spoofing,
        ));
    }
    found
}
