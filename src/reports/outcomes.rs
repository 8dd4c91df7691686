//! What came of each rule in each cluster: `rules.csv`, and the lines below the findings on the console.
//!
//! In: outcomes. Out: bytes and text. Must not know: how a rule judges.

use super::csv_file::Sheet;
use super::show;
use crate::checks::rules::{NOT_YET, Outcome, Verdict};
use std::collections::{BTreeMap, BTreeSet};

const COLUMNS: &str = "rule,severity,cluster,outcome,findings,subjects,about,missing,why";

/// `rules.csv`: one row per rule and cluster; `missing` lists the columns to fill, separated by `;`.
pub fn rules_csv(outcomes: &[Outcome]) -> Vec<u8> {
    let mut sheet = Sheet::new(COLUMNS, outcomes.len());
    for outcome in outcomes {
        let row = outcome.row();
        sheet.value(row.rule);
        sheet.value(outcome.rule.severity);
        sheet.text(&row.cluster);
        sheet.value(row.outcome);
        sheet.value(row.findings);
        sheet.value(row.subjects);
        sheet.text(row.about);
        sheet.text(&row.missing.join(";"));
        sheet.text(&row.why);
        sheet.end_row();
    }
    sheet.finish()
}

/// One line per cluster: `38 rules checked, 7 not checked because columns are missing (list them with --not-checked), 5 do not
/// apply.` With several clusters each line begins with the name.
pub fn counts_text(outcomes: &[Outcome]) -> String {
    let mut text = String::new();
    let clusters = by_cluster(outcomes);
    for (cluster, outcomes) in &clusters {
        let count = |test: fn(&Verdict) -> bool| outcomes.iter().filter(|o| test(&o.verdict)).count();
        let missing = count(|v| matches!(v, Verdict::NotChecked(_)));
        let silent = count(|v| matches!(v, Verdict::NotApplicable(_)));
        if clusters.len() > 1 {
            text.push_str(&format!("{cluster}: "));
        }
        text.push_str(&format!(
            "{} checked",
            show::count(outcomes.len() - missing - silent, "rule", "rules")
        ));
        if missing > 0 {
            text.push_str(&format!(
                ", {missing} not checked because columns are missing (list them with --not-checked)"
            ));
        }
        let verb = if silent == 1 { "does" } else { "do" };
        text.push_str(&match silent {
            0 => ".\n".to_owned(),
            _ => format!(
                ", {silent} {verb} not apply{}.\n",
                not_yet(outcomes, "; --plan FILE shows what they say of a plan")
            ),
        });
    }
    text
}

/// One sentence per cluster: how many rules found something, passed, were not checked or do not apply.
pub fn sentences(outcomes: &[Outcome]) -> Vec<String> {
    let sentence = |(cluster, outcomes): (&str, &[Outcome])| {
        let count = |test: fn(&Verdict) -> bool| outcomes.iter().filter(|o| test(&o.verdict)).count();
        format!(
            "{cluster}: {}; {} found something, {} passed, {} could not be checked because columns are missing, {} do not apply{}",
            show::count(outcomes.len(), "rule", "rules"),
            count(|v| matches!(v, Verdict::Findings(_))),
            count(|v| matches!(v, Verdict::Passed)),
            count(|v| matches!(v, Verdict::NotChecked(_))),
            count(|v| matches!(v, Verdict::NotApplicable(_))),
            not_yet(outcomes, ""),
        )
    };
    by_cluster(outcomes).into_iter().map(sentence).collect()
}

/// ` (187 of them because the hosts do not run Hyper-V yet)`, with advice behind the reason; empty where they do.
fn not_yet(outcomes: &[Outcome], advice: &str) -> String {
    let waits = |verdict: &Verdict| matches!(verdict, Verdict::NotApplicable(why) if why == NOT_YET);
    match outcomes.iter().filter(|o| waits(&o.verdict)).count() {
        0 => String::new(),
        waiting => format!(" ({waiting} of them because {NOT_YET}{advice})"),
    }
}

/// The rules that were not checked, by the columns to fill.
pub fn not_checked_text(outcomes: &[Outcome]) -> String {
    let mut text = String::new();
    let clusters = by_cluster(outcomes);
    for (cluster, outcomes) in &clusters {
        let mut waiting: BTreeMap<Vec<&str>, Vec<&str>> = BTreeMap::new();
        for outcome in *outcomes {
            if let Verdict::NotChecked(missing) = &outcome.verdict {
                waiting.entry(missing.clone()).or_default().push(outcome.rule.name);
            }
        }
        if waiting.is_empty() {
            continue;
        }
        let heading = if clusters.len() > 1 {
            format!(" in {cluster}")
        } else {
            String::new()
        };
        text.push_str(&format!("Not checked{heading}; to have it checked, fill or give:\n"));
        for (missing, rules) in waiting {
            // What is missing may be an option, too: the day to judge by.
            let columns: BTreeSet<String> = missing.iter().map(|column| column.replace('|', " or ")).collect();
            let columns: Vec<String> = columns.into_iter().collect();
            text.push_str(&format!("  {}\n      {}\n", columns.join(", "), rules.join(", ")));
        }
    }
    text
}

/// Outcomes by cluster, in their order.
fn by_cluster(outcomes: &[Outcome]) -> Vec<(&str, &[Outcome])> {
    outcomes
        .chunk_by(|a, b| a.cluster == b.cluster)
        .map(|same| (same.first().map_or("", |o| o.cluster.as_str()), same))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::rules::RULES;

    fn outcome(rule: usize, cluster: &str, verdict: Verdict) -> Outcome {
        Outcome {
            rule: RULES[rule],
            cluster: cluster.to_owned(),
            subjects: 3,
            verdict,
        }
    }

    #[test]
    fn silence_is_counted_and_listed_by_what_to_fill() {
        let outcomes = [
            outcome(0, "C1", Verdict::Passed),
            outcome(1, "C1", Verdict::NotChecked(vec!["vnics.mac"])),
            outcome(2, "C1", Verdict::NotApplicable("there are no VMs".to_owned())),
            outcome(0, "C2", Verdict::Findings(2)),
            outcome(1, "C2", Verdict::Findings(1)),
            outcome(2, "C2", Verdict::Passed),
        ];

        assert_eq!(
            counts_text(&outcomes),
            "C1: 1 rule checked, 1 not checked because columns are missing (list them with --not-checked), 1 does not apply.\n\
             C2: 3 rules checked.\n"
        );
        assert_eq!(
            sentences(&outcomes),
            [
                "C1: 3 rules; 0 found something, 1 passed, 1 could not be checked because columns are missing, 1 do not apply",
                "C2: 3 rules; 2 found something, 1 passed, 0 could not be checked because columns are missing, 0 do not apply",
            ]
        );
        assert_eq!(
            not_checked_text(&outcomes),
            format!(
                "Not checked in C1; to have it checked, fill or give:\n  vnics.mac\n      {}\n",
                RULES[1].name
            )
        );
    }

    #[test]
    fn rules_that_wait_for_hyper_v_are_counted_by_themselves() {
        let outcomes = [
            outcome(0, "C1", Verdict::NotApplicable(NOT_YET.to_owned())),
            outcome(1, "C1", Verdict::NotApplicable("there are no VMs".to_owned())),
            outcome(2, "C1", Verdict::Passed),
        ];
        assert_eq!(
            counts_text(&outcomes),
            "1 rule checked, 2 do not apply (1 of them because the hosts do not run Hyper-V yet; --plan FILE shows what they say of a plan).\n"
        );
        assert_eq!(
            sentences(&outcomes),
            [
                "C1: 3 rules; 0 found something, 1 passed, 0 could not be checked because columns are missing, 2 do not apply \
              (1 of them because the hosts do not run Hyper-V yet)"
            ]
        );
    }

    #[test]
    fn the_table_holds_every_outcome_with_the_columns_to_fill() {
        let csv = rules_csv(&[outcome(
            0,
            "C1",
            Verdict::NotChecked(vec!["vms.vm", "nics.mac|vnics.mac"]),
        )]);
        let text = String::from_utf8_lossy(&csv).into_owned();
        let row = text.lines().nth(1).unwrap_or_default();

        assert!(text.starts_with("rule,severity,cluster,outcome,findings,subjects,about,missing,why"));
        assert!(
            row.contains(",C1,not-checked,0,3,") && row.contains("vms.vm;nics.mac|vnics.mac"),
            "{row}"
        );
    }
}
