//! What the program has to say about the user's data: a finding, its severity, and where the fact stands.
//!
//! Used by every stage. Must not know: what produced it or how it will be shown.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How bad it is. The rule decides; what the user does about it is policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Breaks the cluster or a requirement.
    Error,
    /// Works today, hurts later.
    Warning,
    /// Worth knowing.
    Info,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        })
    }
}

/// Where a fact stands in the input: file as given by the user, line and column from 1 (0 = the whole file).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Location {
    /// Path as the user would type it, relative to the input.
    pub file: String,
    /// Line from 1; for JSON the line of the record, 0 when unknown.
    pub line: u32,
    /// Column from 1, counted in cells for `.csv`; 0 when unknown.
    pub column: u32,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.column) {
            (0, _) => write!(f, "{}", self.file),
            (line, 0) => write!(f, "{}:{line}", self.file),
            (line, column) => write!(f, "{}:{line}:{column}", self.file),
        }
    }
}

/// Whether a finding is about the design as it stands or about the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// True of the inventory today.
    Present,
    /// Would be true once the plan is applied.
    Planned,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            State::Present => "present",
            State::Planned => "planned",
        })
    }
}

/// One thing that is wrong or worth knowing, with its evidence and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Rule or check name in kebab-case; `explain NAME` tells more.
    pub rule: &'static str,
    /// The rule's severity.
    pub severity: Severity,
    /// Cluster name.
    pub cluster: String,
    /// What it is about: a node, NIC, VM, network …
    pub subject: String,
    /// One sentence that makes sense alone.
    pub message: String,
    /// The value found.
    pub current: String,
    /// The value that would be right.
    pub expected: String,
    /// What happens if nothing is done.
    pub risk: String,
    /// What to do, with the exact cmdlet where there is one.
    pub fix: String,
    /// Where the rule comes from.
    pub source: String,
    /// Where the fact stands; the first is the primary one.
    pub at: Vec<Location>,
    /// How many places there are; `at` lists the first of them.
    pub places: usize,
    /// Present or planned.
    pub state: State,
    /// Name and reason of the policy entry that silences it; empty if none.
    pub suppressed_by: String,
    /// Name, reason and last day of the policy entry that makes it count as more or less; empty if none.
    pub judged_by: String,
    /// What it counts as for the answer: the rule's severity, unless the policy raises or lowers it.
    pub counts_as: Severity,
    /// Why it is still there once a plan is applied; empty unless it is an error of the planned state.
    pub stays: String,
}

impl Finding {
    /// How many places are not listed.
    pub fn unlisted(&self) -> usize {
        self.places.saturating_sub(self.at.len())
    }

    /// How the policy judges it, where that is not as the rule does: `error, not warning, by single-nic: one port is no lab (until
    /// 2027-06-30)`; empty where no entry says anything.
    pub fn level(&self) -> String {
        if self.judged_by.is_empty() {
            return String::new();
        }
        let not = if self.counts_as == self.severity {
            String::new()
        } else {
            format!(", not {},", self.severity)
        };
        format!("{}{not} by {}", self.counts_as, self.judged_by)
    }

    /// Order of every list: what it counts as, rule, cluster, subject, message. What the policy raises stands with what it is as bad as.
    pub fn sort(findings: &mut [Finding]) {
        findings.sort_by(|a, b| {
            (a.counts_as, a.state, a.rule, &a.cluster)
                .cmp(&(b.counts_as, b.state, b.rule, &b.cluster))
                .then_with(|| crate::units::natural_cmp(&a.subject, &b.subject))
                .then_with(|| (&a.message, &a.at).cmp(&(&b.message, &b.at)))
        });
    }
}

/// A problem that keeps a file from being read as facts. Any problem means exit code 2 and nothing written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where.
    pub at: Location,
    /// What is wrong, naming the value.
    pub what: String,
    /// What to do.
    pub advice: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.what)?;
        if self.advice.is_empty() {
            Ok(())
        } else {
            write!(f, "\n    {}", self.advice)
        }
    }
}
