//! Findings for people, short: one block per rule, a line per finding, risk and fix once. What the policy silences has a line each at the end.

use super::console::Console;
use super::listing::{self, printable};
use nicplan::checks::rules;
use nicplan::finding::Finding;

/// Findings of one rule that are listed; the others are counted.
const MOST: usize = 8;

/// The findings by rule, worst first as the policy has it, then a line for each that it silences, then how many there are.
pub fn short(findings: &[Finding], console: &Console) -> String {
    let (open, silenced): (Vec<&Finding>, Vec<&Finding>) = findings.iter().partition(|f| f.suppressed_by.is_empty());
    let mut text = String::new();
    let kind = |f: &&Finding| (f.counts_as, f.state, f.rule);
    let alike = |a: &&Finding, b: &&Finding| kind(a) == kind(b) && a.judged_by == b.judged_by;
    for of_rule in open.chunk_by(alike) {
        text.push_str(&block(of_rule, console));
    }
    text.push_str(&silent(&silenced));
    text + &listing::count(findings)
}

/// What the policy allows, one line each with who says so and until when; it needs no fix.
fn silent(findings: &[&Finding]) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let mut text = "silenced by the policy: these do not count (--full shows them with risk and fix)\n".to_owned();
    for of_rule in findings.chunk_by(|a, b| a.rule == b.rule) {
        text.push_str(&lines(of_rule));
    }
    text + "\n"
}

/// A line each for the first ones, then how many more there are.
fn lines(findings: &[&Finding]) -> String {
    let mut text: String = findings.iter().take(MOST).map(|finding| line(finding)).collect();
    if let Some(more) = findings.len().checked_sub(MOST).filter(|more| *more > 0) {
        text.push_str(&format!("  … and {more} more (--full lists all)\n"));
    }
    text
}

fn block(findings: &[&Finding], console: &Console) -> String {
    let Some(first) = findings.first() else {
        return String::new();
    };
    let severity = console.severity(first.counts_as);
    let summary = rules::find(first.rule).map_or(first.message.as_str(), |rule| rule.summary);
    let mut text = format!("{severity}[{}] {}\n", first.rule, printable(summary));
    text.push_str(&lines(findings));
    if !first.judged_by.is_empty() {
        text.push_str(&format!("  level counts as {}\n", indented(&first.level())));
    }
    text.push_str(&format!("  risk  {}\n", indented(&first.risk)));
    let same_fix = findings.iter().all(|f| f.fix == first.fix);
    let which = if same_fix { "" } else { "for the first: " };
    text.push_str(&format!("  fix   {which}{}\n", indented(&first.fix)));
    if !first.stays.is_empty() {
        text.push_str(&format!("  stays {}\n", indented(&first.stays)));
    }
    text.push('\n');
    text
}

fn line(finding: &Finding) -> String {
    let at = finding.at.first().map(|at| format!("  ({at})")).unwrap_or_default();
    let quiet = match finding.suppressed_by.as_str() {
        "" => String::new(),
        by => format!("  [silenced by {by}]"),
    };
    format!(
        "  - {}\n",
        printable(&format!("{}{at}{quiet}", finding.message)).replace('\n', " ")
    )
}

fn indented(text: &str) -> String {
    printable(text).replace('\n', "\n        ")
}
