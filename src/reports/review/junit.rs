//! JUnit XML: a suite per cluster, a test case per rule. A rule that found something that counts fails; one that could not be
//! checked, does not apply or is silenced is skipped, with the reason; lesser findings stand in the output of a case that passes.

use crate::checks::rules::{Outcome, Verdict};
use crate::finding::{Finding, Severity};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

/// The review as JUnit XML. `fails` is the lowest severity that fails a case; `None` = nothing does.
pub fn junit(findings: &[Finding], outcomes: &[Outcome], fails: Option<Severity>) -> String {
    let mut report = Report::new("nicplan review");
    for of_cluster in outcomes.chunk_by(|a, b| a.cluster == b.cluster) {
        let cluster = of_cluster.first().map_or("", |o| o.cluster.as_str());
        let mut suite = TestSuite::new(clean(cluster));
        for outcome in of_cluster {
            let own = |f: &&Finding| f.rule == outcome.rule.name && f.cluster == outcome.cluster;
            let own: Vec<&Finding> = findings.iter().filter(own).collect();
            suite.add_test_case(case(outcome, &own, fails));
        }
        report.add_test_suite(suite);
    }
    // Writing to memory cannot fail.
    report.to_string().unwrap_or_default()
}

fn case(outcome: &Outcome, findings: &[&Finding], fails: Option<Severity>) -> TestCase {
    let open: Vec<&Finding> = findings
        .iter()
        .copied()
        .filter(|f| f.suppressed_by.is_empty())
        .collect();
    let counts = |f: &&&Finding| fails.is_some_and(|limit| f.counts_as <= limit);
    let failing: Vec<&Finding> = open.iter().filter(counts).copied().collect();
    let status = if !failing.is_empty() {
        let worst = failing.iter().map(|f| f.counts_as).min().unwrap_or(Severity::Error);
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type(worst.to_string());
        status.set_message(clean(outcome.rule.summary));
        status.set_description(told(&failing));
        status
    } else if let Some(why) = skipped(outcome, findings, &open) {
        let mut status = TestCaseStatus::skipped();
        status.set_message(clean(&why));
        status
    } else {
        TestCaseStatus::success()
    };
    let mut case = TestCase::new(outcome.rule.name, status);
    case.set_classname(format!("nicplan.{}", outcome.rule.family));
    if failing.is_empty() && !open.is_empty() {
        case.set_system_out(told(&open));
    }
    case
}

/// Why a case is skipped; `None` when it was judged.
fn skipped(outcome: &Outcome, findings: &[&Finding], open: &[&Finding]) -> Option<String> {
    if let (Some(first), true) = (findings.first(), open.is_empty()) {
        return Some(format!("allowed by the policy: {}", first.suppressed_by));
    }
    match &outcome.verdict {
        Verdict::NotChecked(missing) => Some(format!(
            "not checked, because these are missing: {}",
            missing.join(", ").replace('|', " or ")
        )),
        Verdict::NotApplicable(why) => Some(format!("does not apply: {why}")),
        Verdict::Findings(_) | Verdict::Passed => None,
    }
}

/// One paragraph per finding.
fn told(findings: &[&Finding]) -> String {
    let one = |f: &&Finding| {
        let at = f.at.first().map(|at| format!("{at}: ")).unwrap_or_default();
        let counts = match f.judged_by.as_str() {
            "" => String::new(),
            by => format!(", counts as {} by {by}", f.counts_as),
        };
        format!(
            "{at}{}{counts}: {}\n  found: {}\n  want: {}\n  risk: {}\n  fix: {}\n",
            f.severity, f.message, f.current, f.expected, f.risk, f.fix
        )
    };
    clean(&findings.iter().map(one).collect::<Vec<_>>().join("\n"))
}

/// XML holds no control characters but tab and line ends.
fn clean(text: &str) -> String {
    let shown = |c: char| {
        if c.is_control() && !matches!(c, '\n' | '\t') {
            '\u{fffd}'
        } else {
            c
        }
    };
    text.chars().map(shown).collect()
}
