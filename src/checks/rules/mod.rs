//! The rules: what is wrong, or worth knowing, about the design as it stands.
//!
//! In: facts. Out: findings, sorted. A rule is one static [`Rule`] and one function, in `<family>/<name>.rs` with its page
//! `<name>.md` beside it; it is listed in the `mod.rs` of its family. The page explains the rule and holds a small inventory that
//! trips it and, for each of its conditions, one that differs in a single cell and does not; tests run them all. Rules are silent
//! where a fact is missing. Must not know: the planner, reports.

mod adapters;
mod capacity;
mod cluster_network;
mod concluded;
mod differ;
mod exchange;
mod fixes;
mod host;
mod hosts;
mod intents;
mod judgement;
mod live_migration;
mod lookup;
mod mac;
mod network_atc;
mod nic;
mod nlb;
mod offload;
mod outcome;
mod places;
mod planned;
mod qos;
mod rebuild;
mod replica;
mod report;
mod sources;
mod split;
mod storage;
mod table;
mod team;
mod teams;
mod versions;
mod vlan;
mod vnic;
mod vswitch;

#[cfg(test)]
mod tests;

pub use hosts::{Hosts, NOT_YET};
pub use judgement::{Question, holds};
pub use outcome::{Outcome, OutcomeRow, Verdict};
pub use planned::{has_reason, say_which_state, say_why_they_stay};
pub use report::{Fault, Report};
pub use table::RULES;
pub use versions::Versions;

use crate::finding::{Finding, Severity};
use crate::inventory::{Cluster, Inventory};
use rayon::prelude::*;

/// One rule.
pub struct Rule {
    /// Name in kebab-case; it says the fault and equals the file name.
    pub name: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Subject area; the folder.
    pub family: &'static str,
    /// Whether it speaks of hosts that do not run Hyper-V yet.
    pub hosts: Hosts,
    /// One sentence: what it finds.
    pub summary: &'static str,
    /// What happens if nothing is done.
    pub risk: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
    /// The page that `explain` prints.
    pub page: &'static str,
    /// Inventory columns it reads, as `table.column`.
    pub columns: &'static [&'static str],
    /// What it is about, several of them, to stand behind "there are no" and a number: `adapters of VMs`.
    pub subject: &'static str,
    /// Columns in which a blank cell says no, so that they must at least stand in a file (`a.x|b.y`: one of them). Without
    /// them nobody knows whether there is anything that the rule is about.
    pub asks: &'static [&'static str],
    /// Columns that at least one row must fill (`a.x|b.y`: one of them). What no row says would be judged by a default.
    pub needs: &'static [&'static str],
    /// Windows versions that it is about; on the others it does not apply.
    pub versions: Versions,
    /// What it judges and no plan decides, to stand behind "a plan does not change"; `""` = a plan decides all of it. Without
    /// it the columns that only rules read are named; a plan decides none of those.
    pub leaves: Option<&'static str>,
    /// Looks at one cluster (with the others in sight) and adds what it finds.
    pub check: fn(&Inventory, &Cluster, &mut Report<'_>),
}

impl Rule {
    /// What most rules leave as it is: they are about single facts, say nothing of how many things they looked at, and are
    /// checked as far as the inventory fills the columns that only rules read.
    pub(super) const BASE: Rule = Rule {
        name: "",
        severity: Severity::Info,
        family: "",
        hosts: Hosts::HyperV,
        summary: "",
        risk: "",
        source: "",
        page: "",
        columns: &[],
        subject: "",
        asks: &[],
        needs: &[],
        versions: Versions::ALL,
        leaves: None,
        check: |_, _, _| {},
    };

    /// Whether it is about the Windows version of a cluster, and about what its hosts run.
    fn is_about(&self, cluster: &Cluster) -> bool {
        self.hosts.hold(cluster) && self.versions.hold(cluster.profile.generation)
    }
}

/// What all rules say about all clusters.
pub struct Review {
    /// Findings, sorted.
    pub findings: Vec<Finding>,
    /// What came of each rule in each cluster, by cluster and rule.
    pub outcomes: Vec<Outcome>,
}

/// Asks every rule about every cluster.
pub fn review_all(inventory: &Inventory, question: Question<'_>) -> Review {
    let known = concluded::without_unnamed_switches(inventory);
    let shared = report::Shared::new(inventory, &known, question);
    let ask = |index: usize, rule: &'static Rule| {
        let cluster = &known.clusters[index];
        let mut report = Report::new(&shared, index, rule);
        if rule.is_about(cluster) {
            (rule.check)(&known, cluster, &mut report);
        }
        report.finish()
    };
    let clusters = (0..inventory.clusters.len()).into_par_iter();
    let (outcomes, found): (Vec<Outcome>, Vec<Vec<Finding>>) = clusters
        .flat_map(|index| RULES.par_iter().map(move |rule| (index, rule)))
        .map(|(index, rule)| ask(index, rule))
        .unzip();
    let mut findings: Vec<Finding> = found.into_iter().flatten().collect();
    Finding::sort(&mut findings);
    Review { findings, outcomes }
}

/// Findings of all rules about all clusters, sorted.
pub fn review(inventory: &Inventory) -> Vec<Finding> {
    review_all(inventory, Question::default()).findings
}

/// The rule of this name.
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES
        .binary_search_by(|rule| rule.name.cmp(name))
        .ok()
        .map(|position| RULES[position])
}
