//! Why a command stopped, and the exit code that says so to scripts.

use super::console::Console;
use super::listing;
use super::problems_text::{self, Line};
use nicplan::finding::{Finding, Problem};
use nicplan::inventory;
use nicplan::units::count;
use std::path::{Path, PathBuf};

/// What a command that ran to its end has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Exit 0.
    Yes,
    /// Exit 1: requirements not met, findings at or above the limit.
    No,
}

/// Why a command did not run to its end.
#[derive(Debug)]
pub enum Failure {
    /// Exit 2: the request makes no sense, or a file cannot be written.
    Usage(String),
    /// Exit 2: the input cannot be read as facts.
    Problems(Vec<Problem>),
    /// Exit 3: the time limit came before any plan.
    #[cfg(feature = "solver")]
    NoPlan(String),
    /// Exit 70: our own plan was rejected by our own checks.
    Bug {
        /// What the checks say.
        findings: Vec<Finding>,
        /// Folder with the instance, or why it could not be saved.
        saved: Result<PathBuf, String>,
    },
}

/// Findings shown of a plan of ours that was rejected.
const SHOWN: usize = 200;

impl Failure {
    /// A file or folder that could not be written.
    pub fn writing(dir: &Path, error: &std::io::Error) -> Failure {
        Failure::Usage(format!(
            "the files could not be written to {}: {}\n    Nothing there was changed. Give a folder you may write to with -o.",
            dir.display(),
            inventory::io_reason(error)
        ))
    }

    /// The process exit code.
    pub fn code(&self) -> u8 {
        match self {
            Failure::Usage(_) | Failure::Problems(_) => 2,
            #[cfg(feature = "solver")]
            Failure::NoPlan(_) => 3,
            Failure::Bug { .. } => 70,
        }
    }

    /// Tells the user.
    pub fn report(&self, console: &Console) {
        match self {
            // It may quote a name of a plan, or a path.
            Failure::Usage(text) => console.error(&listing::printable(text)),
            Failure::Problems(problems) => report_problems(problems, console),
            #[cfg(feature = "solver")]
            Failure::NoPlan(text) => console.error(&listing::printable(text)),
            Failure::Bug { findings, saved } => report_bug(findings, saved, console),
        }
    }
}

fn report_problems(problems: &[Problem], console: &Console) {
    for line in problems_text::lines(problems) {
        match line {
            Line::Problem(text) => console.error(&listing::printable(&text)),
            Line::Rest(text) => console.note(&text),
        }
    }
    console.note(&format!("{}; nothing was written.", count(problems.len(), "problem")));
}

fn report_bug(findings: &[Finding], saved: &Result<PathBuf, String>, console: &Console) {
    console.error("nicplan made a plan that its own checks reject. This is a bug in nicplan, not in your data; no plan was written.");
    for finding in findings.iter().take(SHOWN) {
        let line = format!("    {}: {} ({})", finding.rule, finding.message, finding.subject);
        console.note(&listing::printable(&line));
    }
    match saved {
        Ok(dir) => console.note(&format!(
            "The inventory and the rejected plan were saved to {}. Please send this folder with your report.",
            dir.display()
        )),
        Err(reason) => console.note(&format!("The instance could not be saved: {reason}")),
    }
}
