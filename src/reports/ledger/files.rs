//! The `.csv` files of the account of MAC addresses.
//!
//! In: [`LedgerData`]. Out: bytes; new columns only at the end. Must not know: text for people.

use super::LedgerData;
use super::names::assumed_from;
use crate::mac::account::Fill;
use crate::mac::cold_start::{ColdStart, Outcome};
use crate::mac::exhaustion::RunsOut;
use crate::mac::ledger::{Holder, Place};
use crate::mac::pools::Pool;
use crate::plan::{PoolPlan, StaticMacPlan};
use crate::reports::csv_file::Sheet;
use crate::reports::show;
use crate::reports::{mac_plan_csv, static_macs_csv};
use std::collections::BTreeSet;

const LEDGER: &str = "mac,cluster,kind,owner,adapter,mac_type,node,pools,duplicate";
const OVERLAPS: &str = "pool_min,pool_max,addresses,in_use,clusters,nodes,assumed_nodes";
const EXHAUSTION: &str = "cluster,node,pool_min,pool_max,pool_source,assumed_from,addresses,in_use,worst_in_use,worst_loss,\
                          growth_percent,months_now,months_after_loss,date_now,date_after_loss";
const COLD_START: &str = "cluster,vm,vnic,mac,mac_type,nodes,holds_vm,result,why,planned_result,planned_why,node_count";
const CHANGES: &str = "step,cluster,kind,subject,adapter,today,planned,why,needed";

impl LedgerData<'_> {
    /// The tables, by file name: the plan first, then what led to it.
    pub fn sheets(&self) -> Vec<(String, Vec<u8>)> {
        let clusters = || self.inventory.clusters.iter().zip(&self.plans);
        let pools: Vec<(&str, &[PoolPlan])> = clusters().map(|(c, plan)| (c.name.as_str(), &plan.pools[..])).collect();
        let statics: Vec<(&str, &[StaticMacPlan])> = clusters()
            .map(|(c, plan)| (c.name.as_str(), &plan.statics[..]))
            .collect();
        let sheets = [
            ("mac_plan.csv", mac_plan_csv(&pools)),
            ("static_macs.csv", static_macs_csv(&statics)),
            ("mac_changes.csv", self.changes_csv()),
            ("mac_overlaps.csv", self.overlaps_csv()),
            ("mac_exhaustion.csv", self.exhaustion_csv()),
            ("nlb.csv", self.nlb_csv()),
            ("mac_ledger.csv", self.ledger_csv()),
            ("cold_start.csv", self.cold_start_csv()),
        ];
        sheets
            .into_iter()
            .map(|(name, bytes)| (name.to_owned(), bytes))
            .collect()
    }

    fn changes_csv(&self) -> Vec<u8> {
        let changes = self.changes();
        let mut sheet = Sheet::new(CHANGES, changes.len());
        for (index, change) in changes.iter().enumerate() {
            sheet.value(index + 1);
            sheet.text(self.cluster_name(change.cluster));
            sheet.value(change.kind);
            sheet.text(&change.subject);
            sheet.text(&change.adapter);
            sheet.text(&change.today);
            sheet.text(&change.planned);
            sheet.text(&change.why);
            sheet.yes_no(change.needed);
            sheet.end_row();
        }
        sheet.finish()
    }

    /// Every address that is held, by whom, and which pools hold it.
    fn ledger_csv(&self) -> Vec<u8> {
        let mut sheet = Sheet::new(LEDGER, self.today.holders.len());
        let duplicates: BTreeSet<Holder> = self
            .today
            .duplicates
            .iter()
            .flat_map(|d| d.holders.iter().copied())
            .collect();
        for holder in &self.today.holders {
            let (kind, owner, adapter) = self.parts(holder);
            let (mac_type, node) = self.source(holder);
            sheet.value(holder.mac);
            sheet.text(self.cluster_name(holder.cluster));
            sheet.value(kind);
            sheet.text(owner);
            sheet.text(adapter);
            sheet.value(mac_type);
            sheet.text(node);
            sheet.text(&self.pools_with(holder));
            sheet.yes_no(duplicates.contains(holder));
            sheet.end_row();
        }
        sheet.finish()
    }

    /// Where the address comes from, as far as the inventory says it, and the node that holds the adapter.
    fn source(&self, holder: &Holder) -> (&'static str, &str) {
        match holder.place {
            Place::Nic(node, _) => ("own", self.node_name(holder.cluster, node)),
            Place::HostVnic(node, _) => ("", self.node_name(holder.cluster, node)),
            Place::Vnic(vm, vnic) => {
                let found = self.vnic((holder.cluster, vm, vnic));
                let kind = if found.is_some_and(|(_, v)| v.dynamic_mac) {
                    "dynamic"
                } else {
                    "static"
                };
                let host = found.and_then(|(vm, _)| vm.host);
                (kind, host.map_or("", |host| self.node_name(holder.cluster, host)))
            }
        }
    }

    fn pools_with(&self, holder: &Holder) -> String {
        let pools = self.today.pools.iter().filter(|p| p.pool.range.contains(holder.mac));
        let names = pools.map(|p| format!("{}/{}", self.cluster_name(p.cluster), self.node_name(p.cluster, p.node)));
        names.collect::<Vec<_>>().join("; ")
    }

    fn overlaps_csv(&self) -> Vec<u8> {
        let mut sheet = Sheet::new(OVERLAPS, self.today.overlaps.len());
        for overlap in &self.today.overlaps {
            let pools: Vec<_> = overlap.pools.iter().filter_map(|i| self.today.pools.get(*i)).collect();
            let name = |p: &&crate::mac::pools::NodePool| self.node_name(p.cluster, p.node).to_owned();
            let mut clusters: Vec<&str> = pools.iter().map(|p| self.cluster_name(p.cluster)).collect();
            clusters.dedup();
            let nodes = |only_assumed: bool| {
                let shown = pools.iter().copied().filter(|p| !only_assumed || p.pool.assumed);
                shown.map(|p| name(&p)).collect::<Vec<_>>().join("; ")
            };
            sheet.value(overlap.range.min);
            sheet.value(overlap.range.max);
            sheet.value(overlap.range.size());
            sheet.value(overlap.in_use);
            sheet.text(&clusters.join("; "));
            sheet.text(&nodes(false));
            sheet.text(&nodes(true));
            sheet.end_row();
        }
        sheet.finish()
    }

    fn exhaustion_csv(&self) -> Vec<u8> {
        let mut sheet = Sheet::new(EXHAUSTION, self.today.fill.len());
        for fill in &self.today.fill {
            self.exhaustion_row(&mut sheet, fill);
        }
        sheet.finish()
    }

    fn exhaustion_row(&self, sheet: &mut Sheet, fill: &Fill) {
        let source = |pool: Pool| if pool.assumed { "assumed" } else { "known" };
        let months = |until: Option<RunsOut>| match until {
            Some(RunsOut::Now) => Some(0),
            Some(RunsOut::Months(months)) => Some(months),
            Some(RunsOut::Later | RunsOut::Never) | None => None,
        };
        let date = |until| {
            self.as_of
                .zip(months(until))
                .map(|(day, months)| day.plus_months(months))
        };
        let lost = fill
            .load
            .worst_loss
            .map_or("", |node| self.node_name(fill.cluster, node));
        sheet.text(self.cluster_name(fill.cluster));
        sheet.text(self.node_name(fill.cluster, fill.node));
        sheet.optional(fill.pool.map(|p| p.range.min));
        sheet.optional(fill.pool.map(|p| p.range.max));
        sheet.value(fill.pool.map_or("unknown", source));
        sheet.text(
            self.node(fill.cluster, fill.node)
                .map_or("", |n| assumed_from(n, fill.pool)),
        );
        sheet.optional(fill.pool.map(|p| p.range.size()));
        sheet.value(fill.load.now);
        sheet.value(fill.load.worst);
        sheet.text(lost);
        sheet.value(fill.growth_percent);
        sheet.optional(months(fill.now));
        sheet.optional(months(fill.after_loss));
        sheet.optional(date(fill.now));
        sheet.optional(date(fill.after_loss));
        sheet.end_row();
    }

    /// One row per vNIC and group of nodes that may own its VM with the same answer, today and once every change is done; the
    /// node that holds the VM stands alone.
    fn cold_start_csv(&self) -> Vec<u8> {
        let mut sheet = Sheet::new(COLD_START, self.today.cold_starts.len() * 2);
        for (start, after) in self.today.cold_starts.iter().zip(&self.after.cold_starts) {
            let Some((vm, vnic)) = self.vnic(start.vnic) else {
                continue;
            };
            for ((holds, outcome, planned), nodes) in alike(vm.host, start, after) {
                let names: Vec<&str> = nodes.iter().map(|node| self.node_name(start.vnic.0, *node)).collect();
                sheet.text(self.cluster_name(start.vnic.0));
                sheet.text(&vm.name);
                sheet.text(&vnic.name);
                sheet.optional(vnic.mac.filter(|m| !m.is_unset()));
                sheet.value(if vnic.dynamic_mac { "dynamic" } else { "static" });
                sheet.text(&show::name_runs(&names, " to "));
                sheet.yes_no(holds);
                sheet.value(outcome.name());
                sheet.value(outcome.why());
                sheet.value(planned.name());
                sheet.value(planned.why());
                sheet.value(nodes.len());
                sheet.end_row();
            }
        }
        sheet.finish()
    }
}

/// Whether the node holds the VM, and what a cold start there does today and after the changes.
type Answer = (bool, Outcome, Outcome);

/// Nodes by answer, in the order of the first of each.
fn alike(host: Option<usize>, today: &ColdStart, after: &ColdStart) -> Vec<(Answer, Vec<usize>)> {
    let mut groups: Vec<(Answer, Vec<usize>)> = Vec::new();
    for ((node, outcome), (_, planned)) in today.outcomes.iter().zip(&after.outcomes) {
        let answer = (host == Some(*node), *outcome, *planned);
        match groups.iter_mut().find(|(known, _)| *known == answer) {
            Some((_, nodes)) => nodes.push(*node),
            None => groups.push((answer, vec![*node])),
        }
    }
    groups
}
