//! The changes that the MAC plan asks for, in the order in which to do them.
//!
//! In: the plan. Out: one [`Change`] per pool, static address, spoofing setting and restart. Must not know: files, text.
//!
//! Pools come first, since a VM that starts draws from them; static addresses next, so that what must not change is safe; the
//! restarts that replace a wrong address last.

use super::LedgerData;
use super::names::range;
use crate::mac::pools::effective;
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
    pub why: String,
}

impl LedgerData<'_> {
    /// All changes of all clusters, step by step.
    pub(super) fn changes(&self) -> Vec<Change> {
        let mut pools = Vec::new();
        let mut statics = Vec::new();
        for (cluster, plan) in self.plans.iter().enumerate() {
            let nodes = plan.pools.iter().enumerate();
            pools.extend(nodes.filter_map(|(node, pool)| self.pool_change(cluster, node, pool)));
            let spoofing = self.spoofing_today(cluster);
            let on = |entry: &StaticMacPlan| spoofing.contains(&(entry.vm.as_str(), entry.vnic.as_str()));
            statics.extend(
                plan.statics
                    .iter()
                    .flat_map(|entry| static_changes(cluster, entry, on(entry))),
            );
        }
        pools.into_iter().chain(statics).chain(self.restarts()).collect()
    }

    /// Pools of the inventory that change, and that are in it at all.
    pub(super) fn changed_pools(&self) -> (usize, usize) {
        let known = || self.plans.iter().flat_map(|p| &p.pools).filter(|p| p.today.is_some());
        (known().filter(|p| p.today != Some(p.planned)).count(), known().count())
    }

    /// VM and vNIC of each adapter with spoofing on.
    fn spoofing_today(&self, cluster: usize) -> BTreeSet<(&str, &str)> {
        let vms = self.cluster(cluster).map_or(&[][..], |c| &c.vms);
        let vnics = vms.iter().flat_map(|vm| vm.vnics.iter().map(move |vnic| (vm, vnic)));
        let on = vnics.filter(|(_, vnic)| vnic.spoofing);
        on.map(|(vm, vnic)| (vm.name.as_str(), vnic.name.as_str())).collect()
    }

    fn pool_change(&self, cluster: usize, node: usize, pool: &PoolPlan) -> Option<Change> {
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
            why,
        })
    }

    fn restarts(&self) -> Vec<Change> {
        let restart = |renewal: &crate::mac::change::Renewal| {
            let (vm, vnic) = self.vnic(renewal.vnic)?;
            let cluster = renewal.vnic.0;
            let planned = match renewal.node {
                Some(node) => format!("turn off and start on {}", self.node_name(cluster, node)),
                None => "give it a static address by hand".to_owned(),
            };
            Some(Change {
                cluster,
                kind: "restart",
                subject: vm.name.clone(),
                adapter: vnic.name.clone(),
                today: renewal.mac.to_string(),
                planned,
                why: "another adapter has this address, or none may have it; a cold start draws a new one".to_owned(),
            })
        };
        self.renewals.iter().filter_map(restart).collect()
    }
}

/// What is wrong with a known pool that changes.
fn why_pool(pool: &PoolPlan) -> &'static str {
    match pool.today {
        Some(today) if today.size() == 0 => "its first address lies above its last",
        Some(today) if pool.planned.contains(today.min) && pool.planned.contains(today.max) => "too small: widened",
        _ => "overlaps a pool that stays, or cannot serve where it is",
    }
}

fn static_changes(cluster: usize, entry: &StaticMacPlan, spoofing_today: bool) -> Vec<Change> {
    let change = |kind, today: String, planned: String| Change {
        cluster,
        kind,
        subject: entry.vm.clone(),
        adapter: entry.vnic.clone(),
        today,
        planned,
        why: entry.reason.clone(),
    };
    let mut found = Vec::new();
    if let Some(mac) = entry.planned.filter(|mac| entry.dynamic || entry.current != Some(*mac)) {
        let today = entry.current.map_or_else(String::new, |mac| mac.to_string());
        found.push(change("static", today, mac.to_string()));
    }
    if entry.spoofing != spoofing_today {
        let word = |on: bool| if on { "on" } else { "off" }.to_owned();
        found.push(change("spoofing", word(spoofing_today), word(entry.spoofing)));
    }
    found
}
