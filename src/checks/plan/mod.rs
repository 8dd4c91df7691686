//! The plan checks: one file per invariant, listed in one sorted table.
//!
//! In: facts, a plan, and its recount. Out: a finding for each place where an invariant does not hold. Checks of the first
//! stage ask whether the plan can be read as decisions at all; only then is it recounted and its claims compared.
//! Must not know: the planner, reports. Adding a check: its file, its `mod` line, its line in [`PLAN_CHECKS`].

mod cluster_known;
mod design_roles;
mod input_changed;
mod mac_pools_disjoint;
mod mechanism_matches;
mod network_known;
mod network_names;
mod nic_exists;
mod nic_once;
mod node_coverage;
mod objective_matches;
mod proof_honest;
mod shares_sum;
mod shortfall_declared;
mod static_mac_coverage;
mod static_mac_sane;
mod style_matches;
mod style_row_chosen;
mod switch_host_vnics;
mod team_rules;
mod team_switches_linked;
mod transport_matches;
mod vnic_coverage;

#[cfg(test)]
mod cases;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub(super) use style_matches::style_of;

use super::Recount;
use crate::finding::{Finding, Severity, State};
use crate::inventory::{Cluster, Inventory, Nic, Node};
use crate::plan::{ClusterPlan, NodeUplink, Plan, Uplink};

/// One invariant of a plan.
pub struct PlanCheck {
    /// Name in kebab-case.
    pub name: &'static str,
    /// What must hold, one sentence.
    pub summary: &'static str,
    /// Why it must hold, for `explain`.
    pub docs: &'static str,
    /// How it is judged.
    pub judge: Judge,
}

/// What a check looks at, which also says when it can be asked.
pub enum Judge {
    /// The whole plan against all inputs; what it says is a remark, not a rejection.
    Remark(fn(&Inventory, &Plan, &mut Broken)),
    /// The whole plan against all inputs.
    Whole(fn(&Inventory, &Plan, &mut Broken)),
    /// One cluster's decisions, before they can be recounted.
    Structure(fn(&Cluster, &ClusterPlan, &mut Broken)),
    /// One cluster's claims against what was recounted.
    Claims(fn(&Cluster, &ClusterPlan, &Recount, &mut Broken)),
}

/// All checks, sorted by name.
pub static PLAN_CHECKS: [&PlanCheck; 23] = [
    &cluster_known::CHECK,
    &design_roles::CHECK,
    &input_changed::CHECK,
    &mac_pools_disjoint::CHECK,
    &mechanism_matches::CHECK,
    &network_known::CHECK,
    &network_names::CHECK,
    &nic_exists::CHECK,
    &nic_once::CHECK,
    &node_coverage::CHECK,
    &objective_matches::CHECK,
    &proof_honest::CHECK,
    &shares_sum::CHECK,
    &shortfall_declared::CHECK,
    &static_mac_coverage::CHECK,
    &static_mac_sane::CHECK,
    &style_matches::CHECK,
    &style_row_chosen::CHECK,
    &switch_host_vnics::CHECK,
    &team_rules::CHECK,
    &team_switches_linked::CHECK,
    &transport_matches::CHECK,
    &vnic_coverage::CHECK,
];

/// The check of this name.
pub fn find(name: &str) -> Option<&'static PlanCheck> {
    PLAN_CHECKS.into_iter().find(|check| check.name == name)
}

/// What to do about a wrong decision.
const CORRECT: &str = "correct the entry in plan.json, or make the plan anew with 'nicplan plan'";

/// What to do about a number that no longer fits the decisions.
const RECOMPUTE: &str = "if you edited the assignment by hand, run 'nicplan check' again with --recompute: it passes over what the plan \
                         states about itself and judges the assignment alone; if not, make the plan anew with 'nicplan plan'";

/// Collects what one check finds in one cluster.
pub struct Broken {
    check: &'static PlanCheck,
    cluster: String,
    findings: Vec<Finding>,
}

impl Broken {
    /// Says which cluster the next findings are about, for checks that look at the whole plan.
    fn about(&mut self, cluster: &str) {
        cluster.clone_into(&mut self.cluster);
    }

    /// Adds a finding about a subject: a sentence that makes sense alone, the value in the plan and the right one.
    fn add(&mut self, subject: impl Into<String>, message: String, current: impl ToString, expected: impl ToString) {
        self.push(
            subject.into(),
            message,
            [current.to_string(), expected.to_string()],
            CORRECT,
        );
    }

    /// The same where something else than the plan may be wrong: what to do about it.
    fn advise(&mut self, subject: impl Into<String>, message: String, [current, expected]: [String; 2], fix: &str) {
        self.push(subject.into(), message, [current, expected], fix);
    }

    /// The same for something that the plan states about itself and that follows from its decisions.
    fn misstated(
        &mut self,
        subject: impl Into<String>,
        message: String,
        current: impl ToString,
        expected: impl ToString,
    ) {
        self.push(
            subject.into(),
            message,
            [current.to_string(), expected.to_string()],
            RECOMPUTE,
        );
    }

    fn push(&mut self, subject: String, message: String, [current, expected]: [String; 2], fix: &str) {
        let remark = matches!(self.check.judge, Judge::Remark(_));
        let severity = if remark { Severity::Warning } else { Severity::Error };
        self.findings.push(Finding {
            rule: self.check.name,
            severity,
            cluster: self.cluster.clone(),
            subject,
            message,
            current,
            expected,
            risk: self.check.docs.to_owned(),
            fix: fix.to_owned(),
            source: "plan check".to_owned(),
            at: Vec::new(),
            places: 0,
            state: State::Planned,
            suppressed_by: String::new(),
            judged_by: String::new(),
            counts_as: severity,
            stays: String::new(),
        });
    }

    /// The findings; one slip that shows at many places is told once, with the list of places.
    fn merged(self) -> Vec<Finding> {
        let mut merged: Vec<(Finding, Vec<String>)> = Vec::new();
        for finding in self.findings {
            let alike = |f: &Finding| {
                (&f.cluster, &f.current, &f.expected) == (&finding.cluster, &finding.current, &finding.expected)
            };
            match merged.iter_mut().find(|(first, _)| alike(first)) {
                Some((_, others)) => others.push(finding.subject),
                None => merged.push((finding, Vec::new())),
            }
        }
        merged
            .into_iter()
            .map(|(first, others)| with_others(first, &others))
            .collect()
    }
}

/// The finding, with the other subjects of which it is true as well.
fn with_others(mut finding: Finding, others: &[String]) -> Finding {
    if !others.is_empty() {
        finding.message = format!("{}; the same at {}", finding.message, some(others));
    }
    finding
}

/// Asks every check about one cluster, or about the whole plan (no name).
fn ask(cluster: &str, judge: impl Fn(&PlanCheck, &mut Broken)) -> Vec<Finding> {
    let mut findings = Vec::new();
    for check in PLAN_CHECKS {
        let mut broken = Broken {
            check,
            cluster: cluster.to_owned(),
            findings: Vec::new(),
        };
        judge(check, &mut broken);
        findings.extend(broken.merged());
    }
    findings
}

/// Remarks on the whole plan.
pub(super) fn remarks(inventory: &Inventory, plan: &Plan) -> Vec<Finding> {
    ask("", |check, broken| {
        if let Judge::Remark(judge) = check.judge {
            judge(inventory, plan, broken);
        }
    })
}

/// What is wrong with the plan as a whole.
pub(super) fn whole(inventory: &Inventory, plan: &Plan) -> Vec<Finding> {
    ask("", |check, broken| {
        if let Judge::Whole(judge) = check.judge {
            judge(inventory, plan, broken);
        }
    })
}

/// What keeps the decisions for a cluster from being a design at all. Empty = it can be recounted.
pub fn structure(cluster: &Cluster, plan: &ClusterPlan) -> Vec<Finding> {
    ask(&cluster.name, |check, broken| {
        if let Judge::Structure(judge) = check.judge {
            judge(cluster, plan, broken);
        }
    })
}

/// What the plan claims and the recount does not bear out.
pub fn claims(cluster: &Cluster, plan: &ClusterPlan, recount: &Recount) -> Vec<Finding> {
    ask(&cluster.name, |check, broken| {
        if let Judge::Claims(judge) = check.judge {
            judge(cluster, plan, recount, broken);
        }
    })
}

/// One uplink on one node, as far as plan and inventory agree that both exist.
struct Row<'a> {
    node: &'a Node,
    uplink: &'a Uplink,
    entry: &'a NodeUplink,
}

impl<'a> Row<'a> {
    /// `HV1/management`.
    fn subject(&self) -> String {
        format!("{}/{}", self.node.name, self.uplink.name)
    }

    /// NICs that the inventory knows.
    fn nics(&self) -> Vec<&'a Nic> {
        self.entry
            .nics
            .iter()
            .filter_map(|name| self.node.nic(name))
            .map(|at| &self.node.nics[at])
            .collect()
    }
}

/// Every uplink on every node, in plan order.
fn rows<'a>(cluster: &'a Cluster, plan: &'a ClusterPlan) -> impl Iterator<Item = Row<'a>> {
    plan.nodes.iter().flat_map(move |planned| {
        let node = cluster.nodes.iter().find(|n| n.name == planned.node);
        // By name and not by position: entries in another order are one fault, told by node-coverage.
        plan.uplinks.iter().filter_map(move |uplink| {
            let entry = planned.uplinks.iter().find(|entry| entry.uplink == uplink.name)?;
            Some(Row {
                node: node?,
                uplink,
                entry,
            })
        })
    })
}

/// `a`, `b` and `c` for a sentence; `nothing` when empty.
fn list<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    let words: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    if words.is_empty() {
        "nothing".to_owned()
    } else {
        words.join(", ")
    }
}

/// The first twenty of many names, and how many there are beside them.
fn some<T: ToString>(names: &[T]) -> String {
    const MOST: usize = 20;
    let shown = list(names.iter().take(MOST).map(ToString::to_string));
    match names.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
