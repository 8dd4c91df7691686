//! Findings for people, short: one block per rule, a line per finding, risk and fix once.

use super::console::Console;
use super::listing::{self, printable};
use nicplan::checks::rules;
use nicplan::finding::Finding;

/// Findings of one rule that are listed; the others are counted.
const MOST: usize = 8;

/// The findings by rule, worst first, then how many there are.
pub fn short(findings: &[Finding], console: &Console) -> String {
    let mut text = String::new();
    let alike = |a: &Finding, b: &Finding| (a.rule, a.severity, a.state) == (b.rule, b.severity, b.state);
    for of_rule in findings.chunk_by(alike) {
        text.push_str(&block(of_rule, console));
    }
    text + &listing::count(findings)
}

fn block(findings: &[Finding], console: &Console) -> String {
    let Some(first) = findings.first() else {
        return String::new();
    };
    let severity = console.severity(first.severity);
    let summary = rules::find(first.rule).map_or(first.message.as_str(), |rule| rule.summary);
    let mut text = format!("{severity}[{}] {}\n", first.rule, printable(summary));
    for finding in findings.iter().take(MOST) {
        text.push_str(&line(finding));
    }
    if let Some(more) = findings.len().checked_sub(MOST).filter(|more| *more > 0) {
        text.push_str(&format!("  … and {more} more (--full lists all)\n"));
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
    let quiet = match (finding.suppressed_by.as_str(), finding.judged_by.as_str()) {
        ("", "") => String::new(),
        ("", by) => format!("  [counts as {} by {by}]", finding.counts_as),
        (by, _) => format!("  [silenced by {by}]"),
    };
    format!(
        "  - {}\n",
        printable(&format!("{}{at}{quiet}", finding.message)).replace('\n', " ")
    )
}

fn indented(text: &str) -> String {
    printable(text).replace('\n', "\n        ")
}
