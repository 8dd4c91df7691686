//! What every rule says about the inventories of its page that trip it, on every Windows version on which it says something else,
//! and on hosts with VMware.
//!
//! `UPDATE=1 cargo test --lib every_rule_says` rewrites `texts.csv`; read the difference before you commit it.

use super::*;

/// What one rule alone says about an inventory.
fn findings_of(rule: &'static Rule, facts: &Inventory, question: Question<'_>) -> Vec<Finding> {
    let mut all: Vec<Finding> = asked(rule, facts, question).into_iter().flat_map(|(_, f)| f).collect();
    Finding::sort(&mut all);
    all
}

/// What comes of one rule alone in each cluster.
pub(super) fn outcomes_of(rule: &'static Rule, facts: &Inventory, question: Question<'_>) -> Vec<OutcomeRow> {
    asked(rule, facts, question)
        .iter()
        .map(|(outcome, _)| outcome.row())
        .collect()
}

fn asked(rule: &'static Rule, facts: &Inventory, question: Question<'_>) -> Vec<(Outcome, Vec<Finding>)> {
    let known = concluded::without_unnamed_switches(facts);
    let shared = report::Shared::new(facts, &known, question);
    let ask = |(index, cluster)| {
        let mut report = Report::new(&shared, index, rule);
        if rule.is_about(cluster) {
            (rule.check)(&known, cluster, &mut report);
        }
        report.finish()
    };
    known.clusters.iter().enumerate().map(ask).collect()
}

fn words(finding: &Finding) -> [String; 7] {
    let f = finding.clone();
    let places = f.at.iter().map(|at| format!("{}:{}:{}", at.file, at.line, at.column));
    let places = places.collect::<Vec<_>>().join(" ");
    [
        f.severity.to_string(),
        f.subject,
        f.message,
        f.current,
        f.expected,
        f.fix,
        places,
    ]
}

/// Rows of a rule: each inventory that trips it on its own Windows version, then what others say differently; for the
/// first inventory also what is said of hosts with VMware.
fn rows(rule: &'static Rule) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let trips = all_blocks(rule).into_iter().filter(|(_, kind, _)| *kind == "trips");
    for (place, _, block) in trips {
        let mut facts = inventory(block);
        let own = facts.clusters[0].profile;
        let others = profiles::PROFILES.iter().filter(|profile| profile.name != own.name);
        let mut told = BTreeSet::new();
        let mut tell = |on: &str, facts: &Inventory| {
            for words in findings_of(rule, facts, question(block)).iter().map(words) {
                if told.insert(words.clone()) {
                    let start = [rule.name.to_owned(), place.clone(), on.to_owned()];
                    rows.push(start.into_iter().chain(words).collect());
                }
            }
        };
        for profile in std::iter::once(own).chain(others) {
            facts.clusters.iter_mut().for_each(|c| c.profile = profile);
            tell(profile.name, &facts);
        }
        if place == "1" {
            facts.clusters.iter_mut().for_each(|c| c.profile = own);
            tell("vmware", &hosts::with_vmware(facts));
        }
    }
    rows
}

/// Whether the table is to be rewritten.
#[allow(clippy::disallowed_methods)] // a switch for people, not for the program
fn update() -> bool {
    std::env::var_os("UPDATE").is_some()
}

/// Holds rows against the committed table of this name; `test` rewrites it.
pub(super) fn assert_committed(name: &str, test: &str, rows: impl Iterator<Item = Vec<String>>) {
    let mut table = csv::Writer::from_writer(Vec::new());
    for row in rows {
        table.write_record(row).expect("memory can be written");
    }
    let table = String::from_utf8(table.into_inner().expect("memory can be written")).expect("texts are UTF-8");

    let committed = folder().join(name);
    if update() {
        fs::write(&committed, &table).expect("the table can be written");
    }
    let old = fs::read_to_string(&committed).unwrap_or_default();
    let known: BTreeSet<&str> = old.lines().collect();
    let changed: Vec<&str> = table.lines().filter(|line| !known.contains(line)).collect();
    assert!(
        old == table,
        "src/checks/rules/{name} differs:\n{}\nread them, then: UPDATE=1 cargo test --lib {test}",
        changed.join("\n")
    );
}

#[test]
fn every_rule_says_what_the_committed_table_says() {
    let header = [
        "rule",
        "inventory",
        "windows",
        "severity",
        "subject",
        "message",
        "current",
        "expected",
        "fix",
        "places",
    ];
    let header = header.map(str::to_owned).to_vec();
    let rows = std::iter::once(header).chain(RULES.iter().flat_map(|rule| rows(rule)));
    assert_committed("texts.csv", "every_rule_says", rows);
}
