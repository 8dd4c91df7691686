//! Where a rule puts what it found: adds cluster, rule, state, locations and the user's suppression.
//!
//! In: [`Fault`]s. Out: [`Finding`]s. Keeps what several rules need (address ledger, MAC plan) so that it is made once.

use super::Rule;
use crate::finding::{Finding, Location, Severity, State};
use crate::inventory::{Cluster, Inventory, Origin};
use crate::mac::ledger::{Holder, ledger};
use crate::mac::{self, MacPlan};
use crate::plan::StaticMacPlan;
use crate::units::MacRange;
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// Locations that one finding lists at most; the message counts them all.
const MOST_LOCATIONS: usize = 20;

/// Cluster index, VM and vNIC name.
type VnicKey = (usize, String, String);

/// What is computed once per review.
pub(super) struct Shared<'a> {
    inventory: &'a Inventory,
    ledger: OnceCell<Vec<Holder>>,
    plans: OnceCell<Vec<MacPlan>>,
    statics: OnceCell<BTreeMap<VnicKey, StaticMacPlan>>,
}

impl<'a> Shared<'a> {
    pub(super) fn new(inventory: &'a Inventory) -> Shared<'a> {
        Shared {
            inventory,
            ledger: OnceCell::new(),
            plans: OnceCell::new(),
            statics: OnceCell::new(),
        }
    }

    fn plans(&self) -> &[MacPlan] {
        self.plans.get_or_init(|| mac::plan_all(self.inventory))
    }

    fn statics(&self) -> &BTreeMap<VnicKey, StaticMacPlan> {
        self.statics.get_or_init(|| {
            let entries = self
                .plans()
                .iter()
                .enumerate()
                .flat_map(|(c, p)| p.statics.iter().map(move |s| (c, s)));
            entries
                .map(|(c, s)| ((c, s.vm.clone(), s.vnic.clone()), s.clone()))
                .collect()
        })
    }
}

/// One fault as a rule sees it; the rest of the finding follows from rule and cluster.
pub struct Fault {
    /// Node, NIC, VM, network … that it is about.
    pub subject: String,
    /// One sentence that makes sense alone.
    pub message: String,
    /// The value found.
    pub current: String,
    /// The value that would be right.
    pub expected: String,
    /// What to do.
    pub fix: String,
    /// Where the facts stand, the primary one first.
    pub at: Vec<Location>,
}

/// The sink of one rule on one cluster.
pub struct Report<'a> {
    shared: &'a Shared<'a>,
    cluster: usize,
    rule: &'static Rule,
    findings: Vec<Finding>,
}

impl<'a> Report<'a> {
    pub(super) fn new(shared: &'a Shared<'a>, cluster: usize, rule: &'static Rule) -> Report<'a> {
        Report {
            shared,
            cluster,
            rule,
            findings: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> Vec<Finding> {
        self.findings
    }

    fn facts(&self) -> &'a Cluster {
        &self.shared.inventory.clusters[self.cluster]
    }

    /// Index of the cluster in the inventory.
    pub fn cluster_index(&self) -> usize {
        self.cluster
    }

    /// Location of a column of a record.
    pub fn at(&self, origin: Origin, column: &str) -> Location {
        self.shared.inventory.locate(origin, column)
    }

    /// Whether the record's source says anything about a column. A source without columns (JSON) may say anything.
    pub fn knows(&self, origin: Origin, column: &str) -> bool {
        let source = self.shared.inventory.sources.get(origin.source as usize);
        source.is_none_or(|s| s.columns.is_empty() || s.columns.contains_key(column))
    }

    /// Every holder of every address, sorted by address.
    pub fn ledger(&self) -> &'a [Holder] {
        let shared = self.shared;
        shared.ledger.get_or_init(|| ledger(shared.inventory))
    }

    /// The planned pool of a node of this cluster.
    pub fn planned_pool(&self, node: usize) -> Option<MacRange> {
        let plan = self.shared.plans().get(self.cluster)?;
        plan.pools.get(node).map(|p| p.planned)
    }

    /// What is planned for a vNIC, if anything is.
    pub fn planned_static(&self, vm: &str, vnic: &str) -> Option<&'a StaticMacPlan> {
        let shared = self.shared;
        shared.statics().get(&(self.cluster, vm.to_owned(), vnic.to_owned()))
    }

    /// Adds a finding of the rule's own severity.
    pub fn add(&mut self, fault: Fault) {
        self.add_as(self.rule.severity, fault);
    }

    /// Adds a finding of another severity than the rule's, where the Windows version or the size of the fault decides.
    pub fn add_as(&mut self, severity: Severity, fault: Fault) {
        let mut at = fault.at;
        at.truncate(MOST_LOCATIONS);
        self.findings.push(Finding {
            rule: self.rule.name,
            severity,
            cluster: self.facts().name.clone(),
            subject: fault.subject,
            message: fault.message,
            current: fault.current,
            expected: fault.expected,
            risk: self.rule.risk.to_owned(),
            fix: fault.fix,
            source: self.rule.source.to_owned(),
            at,
            state: State::Present,
            suppressed_by: self.suppressed_by(),
        });
    }

    /// The policy entry that allows this rule for ever, as `rule: reason`; entries with a last day need a date to judge.
    fn suppressed_by(&self) -> String {
        let levels = &self.facts().policy.rules;
        let last = levels.iter().rev().find(|level| level.rule == self.rule.name);
        let allowed = last.filter(|level| level.level == "allow" && level.until.is_empty());
        allowed
            .map(|level| format!("{}: {}", level.rule, level.reason))
            .unwrap_or_default()
    }
}
