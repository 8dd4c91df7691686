//! What came of each rule in each cluster, so that silence is never read as health.
//!
//! In: what a rule looked at, what it found, what the inventory holds. Out: one [`Outcome`] per rule and cluster.

use super::Rule;
use serde::Serialize;

/// What came of one rule in one cluster.
pub struct Outcome {
    /// The rule.
    pub rule: &'static Rule,
    /// Cluster name.
    pub cluster: String,
    /// How many things the rule is about (see [`Rule::subject`]), judged or not.
    pub subjects: usize,
    /// The answer.
    pub verdict: Verdict,
}

/// The answer of one rule about one cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// So many findings.
    Findings(usize),
    /// Everything it is about was judged, and nothing is wrong.
    Passed,
    /// Not everything could be judged: no row, or not every row, says what stands in these columns (`table.column`, or several
    /// of which one is enough, `a.x|b.y`).
    NotChecked(Vec<&'static str>),
    /// It is not about this cluster, and why.
    NotApplicable(String),
}

impl Verdict {
    /// Name in files.
    pub fn name(&self) -> &'static str {
        match self {
            Verdict::Findings(_) => "findings",
            Verdict::Passed => "passed",
            Verdict::NotChecked(_) => "not-checked",
            Verdict::NotApplicable(_) => "not-applicable",
        }
    }
}

/// An outcome as it stands in `rules.csv` and JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutcomeRow {
    /// Rule name.
    pub rule: &'static str,
    /// Cluster name.
    pub cluster: String,
    /// `findings`, `passed`, `not-checked` or `not-applicable`.
    pub outcome: &'static str,
    /// Number of findings.
    pub findings: usize,
    /// How many things the rule is about.
    pub subjects: usize,
    /// What those things are.
    pub about: &'static str,
    /// Columns to fill so that the rule can judge; empty unless `not-checked`.
    pub missing: Vec<&'static str>,
    /// Why it does not apply; empty unless `not-applicable`.
    pub why: String,
}

impl Outcome {
    /// The outcome in one line.
    pub fn row(&self) -> OutcomeRow {
        let (findings, missing, why) = match &self.verdict {
            Verdict::Findings(number) => (*number, Vec::new(), String::new()),
            Verdict::Passed => (0, Vec::new(), String::new()),
            Verdict::NotChecked(missing) => (0, missing.clone(), String::new()),
            Verdict::NotApplicable(why) => (0, Vec::new(), why.clone()),
        };
        OutcomeRow {
            rule: self.rule.name,
            cluster: self.cluster.clone(),
            outcome: self.verdict.name(),
            findings,
            subjects: self.subjects,
            about: self.rule.subject,
            missing,
            why,
        }
    }
}
