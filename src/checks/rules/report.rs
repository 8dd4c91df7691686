//! Where a rule puts what it found: adds cluster, rule, state, locations and the user's suppression.
//!
//! In: [`Fault`]s. Out: [`Finding`]s. Keeps what several rules need (address ledger, MAC plan, losses of nodes) so that it is
//! made once.

use super::judgement::{self, Question};
use super::{NOT_YET, Outcome, Rule, Verdict, Versions, concluded, fixes, hosts};
use crate::checks::recount::{NodeLoss, node_losses};
use crate::finding::{Finding, Location, Severity};
use crate::inventory::{Cluster, Given, Inventory, Origin, catalogue};
use crate::mac::ledger::{Holder, ledger};
use crate::mac::{self, MacPlan};
use crate::plan::StaticMacPlan;
use crate::units::MacRange;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// Locations that one finding lists at most; `places` counts them all.
const MOST_LOCATIONS: usize = 20;

/// Where it is not known, whether a rule is about this Windows version is not known either.
const PROFILE: &str = "clusters.profile";

/// Cluster index, VM and vNIC name.
type VnicKey = (usize, String, String);

/// What is computed once per review.
pub(super) struct Shared<'a> {
    /// What rules judge.
    inventory: &'a Inventory,
    /// The same with the switches that nobody names: what is planned with.
    whole: &'a Inventory,
    question: Question<'a>,
    ledger: OnceLock<Vec<Holder>>,
    plans: OnceLock<Vec<MacPlan>>,
    statics: OnceLock<BTreeMap<VnicKey, StaticMacPlan>>,
    /// By cluster.
    losses: Vec<OnceLock<Vec<NodeLoss>>>,
}

impl<'a> Shared<'a> {
    pub(super) fn new(whole: &'a Inventory, inventory: &'a Inventory, question: Question<'a>) -> Shared<'a> {
        Shared {
            inventory,
            whole,
            question,
            ledger: OnceLock::new(),
            plans: OnceLock::new(),
            statics: OnceLock::new(),
            losses: inventory.clusters.iter().map(|_| OnceLock::new()).collect(),
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
    subjects: usize,
    /// Columns that some rows leave blank where the rule would have to know.
    lacking: BTreeSet<&'static str>,
    out_of_scope: Option<&'static str>,
    /// What hangs on a port is enough, whatever its switch is called.
    judges_ports: bool,
}

impl<'a> Report<'a> {
    pub(super) fn new(shared: &'a Shared<'a>, cluster: usize, rule: &'static Rule) -> Report<'a> {
        Report {
            shared,
            cluster,
            rule,
            findings: Vec::new(),
            subjects: 0,
            lacking: BTreeSet::new(),
            out_of_scope: None,
            judges_ports: false,
        }
    }

    /// What came of the rule, and its findings.
    pub(super) fn finish(self) -> (Outcome, Vec<Finding>) {
        let outcome = Outcome {
            rule: self.rule,
            cluster: self.facts().name.clone(),
            subjects: self.subjects,
            verdict: self.verdict(),
        };
        (outcome, self.findings)
    }

    fn verdict(&self) -> Verdict {
        if !self.findings.is_empty() {
            return Verdict::Findings(self.findings.len());
        }
        if !self.rule.hosts.hold(self.facts()) {
            return Verdict::NotApplicable(NOT_YET.to_owned());
        }
        let empty = Given::default();
        let given = self.given_columns().unwrap_or(&empty);
        let unknown_version = self.rule.versions != Versions::ALL && !given.fills(PROFILE);
        match self.why_not_applicable() {
            Some(_) if unknown_version => return Verdict::NotChecked(vec![PROFILE]),
            Some(why) => return Verdict::NotApplicable(why),
            None => {}
        }
        let unasked: Vec<&str> = self.rule.asks.iter().copied().filter(|c| !given.asks(c)).collect();
        if !unasked.is_empty() {
            return Verdict::NotChecked(unasked);
        }
        let unnamed_switch = self.meets_unnamed_switch();
        if self.subjects == 0 && !self.rule.subject.is_empty() && !unnamed_switch {
            return Verdict::NotApplicable(format!("there are no {}", self.rule.subject));
        }
        let unfilled = self.needs().into_iter().filter(|c| !given.fills(c));
        let mut missing: BTreeSet<&str> = unfilled.chain(self.lacking.iter().copied()).collect();
        missing.extend(unknown_version.then_some(PROFILE));
        missing.extend(unnamed_switch.then_some(concluded::SWITCH));
        if missing.is_empty() {
            Verdict::Passed
        } else {
            Verdict::NotChecked(missing.into_iter().collect())
        }
    }

    /// Why the rule is not about this cluster, if it is not.
    fn why_not_applicable(&self) -> Option<String> {
        let versions = self.rule.versions;
        let of_version = versions.hold(self.facts().profile.generation);
        let why = self.out_of_scope.map(str::to_owned);
        if of_version { why } else { Some(versions.why_not()) }
    }

    /// Columns that at least one row must fill: those that the rule names, else those that nobody but rules reads.
    fn needs(&self) -> Vec<&'static str> {
        let said = !self.rule.needs.is_empty() || !self.rule.subject.is_empty();
        if said {
            return self.rule.needs.to_vec();
        }
        let columns = self.rule.columns.iter().copied();
        columns.filter(|column| catalogue::is_review(column)).collect()
    }

    fn given_columns(&self) -> Option<&'a Given> {
        self.shared.inventory.given.get(self.cluster)
    }

    /// Counts things that the rule is about, whether or not enough is known to judge them.
    pub fn look_at(&mut self, subjects: usize) {
        self.subjects += subjects;
    }

    /// Notes that some rows do not say what the rule would have to know, as `table.column`.
    pub fn lacks(&mut self, column: &'static str) {
        self.lacking.insert(column);
    }

    /// Notes that the rule is not about this cluster, and why, as the end of "does not apply: …".
    pub fn out_of_scope(&mut self, why: &'static str) {
        self.out_of_scope = Some(why);
    }

    /// Notes that it judges ports by what they carry: that one carries VMs is enough, also where nobody names its switch.
    pub fn judges_ports(&mut self) {
        self.judges_ports = true;
    }

    /// Whether it judges by virtual switches, and nobody names one that the cluster has.
    fn meets_unnamed_switch(&self) -> bool {
        let whole = &self.shared.whole.clusters[self.cluster];
        !self.judges_ports && concluded::reads_switches(self.rule) && concluded::has_unnamed_switch(whole)
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

    /// Whether any row of the cluster says something in a column `table.column`: what none says is a default and no fact, and
    /// nobody may be blamed for a default.
    pub fn knows(&self, column: &str) -> bool {
        self.given_columns().is_some_and(|given| given.fills(column))
    }

    /// Whether the column `table.column` stands in a file: for columns in which a blank cell says no.
    pub fn asks(&self, column: &str) -> bool {
        self.given_columns().is_some_and(|given| given.asks(column))
    }

    /// The day to judge by, `2026-11-22`; `None` = unknown.
    pub fn as_of(&self) -> Option<&'a str> {
        self.shared.question.as_of
    }

    /// Every holder of every address, sorted by address.
    pub fn ledger(&self) -> &'a [Holder] {
        let shared = self.shared;
        shared.ledger.get_or_init(|| ledger(shared.inventory))
    }

    /// What the loss of each node of this cluster does to its VMs.
    pub(super) fn losses(&self) -> &'a [NodeLoss] {
        let shared = self.shared;
        shared.losses[self.cluster].get_or_init(|| node_losses(&shared.whole.clusters[self.cluster]))
    }

    /// The planned pool of a node of this cluster.
    pub fn planned_pool(&self, node: usize) -> Option<MacRange> {
        self.planned_pool_in(self.cluster, node)
    }

    /// The planned pool of a node of any cluster.
    pub fn planned_pool_in(&self, cluster: usize, node: usize) -> Option<MacRange> {
        let plan = self.shared.plans().get(cluster)?;
        plan.pools.get(node).map(|p| p.planned)
    }

    /// What is planned for a vNIC, if anything is.
    pub fn planned_static(&self, vm: &str, vnic: &str) -> Option<&'a StaticMacPlan> {
        self.planned_static_in(self.cluster, vm, vnic)
    }

    /// What is planned for a vNIC of any cluster.
    pub fn planned_static_in(&self, cluster: usize, vm: &str, vnic: &str) -> Option<&'a StaticMacPlan> {
        let shared = self.shared;
        shared.statics().get(&(cluster, vm.to_owned(), vnic.to_owned()))
    }

    /// Adds a finding of the rule's own severity.
    pub fn add(&mut self, fault: Fault) {
        self.add_as(self.rule.severity, fault);
    }

    /// Adds a finding of another severity than the rule's, where the Windows version or the size of the fault decides.
    pub fn add_as(&mut self, severity: Severity, fault: Fault) {
        let question = self.shared.question;
        let levels = &self.facts().policy.rules;
        let judged = judgement::judge(self.rule.name, severity, levels, question.as_of);
        let mut at = fault.at;
        let mut told = BTreeSet::new();
        at.retain(|place| told.insert(place.clone()));
        let places = at.len();
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
            fix: hosts::in_time(self.facts(), fixes::with_restart(self.facts(), fault.fix)),
            source: self.rule.source.to_owned(),
            at,
            places,
            state: question.state,
            suppressed_by: judged.suppressed_by,
            judged_by: judged.judged_by,
            counts_as: judged.counts_as,
            stays: String::new(),
        });
    }
}
