//! The committed reports are what the program writes today, byte for byte.
//!
//! `UPDATE=1 cargo test --test golden` rewrites `reports/`; look at the difference before you commit it. Then the reports of the other commands are made by the
//! test of the plans, after it has written those: `deploy` reads them.
#![cfg(feature = "solver")]

mod program;

use nicplan::checks::rules::{self, Outcome, Question, RULES, Verdict};
use nicplan::inventory::{self, LoadOptions};
use program::{entries, nicplan, place, project, samples, text};
use std::fs;
use std::path::Path;

/// Whether the reports are to be rewritten.
#[allow(clippy::disallowed_methods)] // a switch for people, not for the program
fn update() -> bool {
    std::env::var_os("UPDATE").is_some()
}

/// Commands beside `plan` of which a sample's reports hold the files, in a folder of the command's name, with the exit code.
const MORE: [(&str, &str, &[&str], i32); 11] = [
    (
        "azure-local-4-node",
        "deploy",
        &["--plan", "reports/azure-local-4-node/plan.json"],
        0,
    ),
    (
        "blades-2012r2",
        "deploy",
        &["--plan", "reports/blades-2012r2/plan.json"],
        0,
    ),
    ("broken", "mac", &["--as-of", "2026-12-01"], 1),
    ("broken", "review", &["--not-checked"], 1),
    (
        "converged-2016",
        "deploy",
        &["--plan", "reports/converged-2016/plan.json"],
        0,
    ),
    (
        "four-node-2008r2",
        "deploy",
        &["--plan", "reports/four-node-2008r2/plan.json"],
        0,
    ),
    ("four-node-2008r2", "mac", &[], 1),
    ("migration-path-trap", "path", &[], 1),
    ("patch-night", "drain", &[], 1),
    (
        "switchless-2-node",
        "deploy",
        &["--plan", "reports/switchless-2-node/plan.json"],
        0,
    ),
    ("test-cluster-report", "review", &["--not-checked"], 0),
];

#[test]
fn every_sample_gives_the_committed_reports_of_other_commands() {
    if !update() {
        other_commands_give_the_committed_reports();
    }
}

fn other_commands_give_the_committed_reports() {
    let mut differences = Vec::new();
    for (name, command, options, expected) in MORE {
        let input = format!("samples/{name}");
        let fresh = place(&format!("golden-{command}-{name}"));
        let mut arguments = vec![command, &input, "-o", text(&fresh)];
        arguments.extend(options);
        let run = nicplan(&arguments);
        assert_eq!(run.code, expected, "{name}: {}{}", run.out, run.err);
        fs::write(fresh.join("console.txt"), &run.out).expect("the build folder can be written");

        let folder = format!("{name}/{command}");
        let committed = project().join("reports").join(&folder);
        if update() {
            replace(&committed, &fresh);
        }
        differences.extend(compare(&folder, &committed, &fresh));
    }
    assert!(
        differences.is_empty(),
        "{}\nlook at them, then: UPDATE=1 cargo test --test golden",
        differences.join("\n")
    );
}

#[test]
fn every_sample_gives_the_committed_reports() {
    let mut differences = Vec::new();
    for (name, input) in samples() {
        let fresh = place(&format!("golden-{name}"));
        let run = nicplan(&["plan", text(&input), "-o", text(&fresh)]);
        let expected = i32::from(name == "cannot-be-met");
        assert_eq!(run.code, expected, "{name}: {}{}", run.out, run.err);
        fs::write(fresh.join("console.txt"), &run.out).expect("the build folder can be written");

        let committed = project().join("reports").join(&name);
        if update() {
            replace(&committed, &fresh);
        }
        differences.extend(compare(&name, &committed, &fresh));
    }
    assert!(
        differences.is_empty(),
        "{}\nlook at them, then: UPDATE=1 cargo test --test golden",
        differences.join("\n")
    );
    if update() {
        other_commands_give_the_committed_reports();
    }
}

/// What came of a rule in the clusters of a sample, in one cell.
fn cell(outcomes: &[Outcome], rule: &str) -> String {
    let of_rule = outcomes.iter().filter(|o| o.rule.name == rule);
    let words = of_rule.map(|outcome| match &outcome.verdict {
        Verdict::Findings(number) => format!("found {number}"),
        Verdict::Passed => "passed".to_owned(),
        Verdict::NotChecked(missing) => format!("not checked: {}", missing.join(" ")),
        Verdict::NotApplicable(why) => format!("does not apply: {}", why.replace(',', ";")),
    });
    words.collect::<Vec<_>>().join(" / ")
}

#[test]
fn every_rule_runs_on_every_sample_and_the_matrix_is_the_committed_one() {
    let samples = samples();
    let mut columns = Vec::new();
    for (name, input) in &samples {
        let inventory = inventory::load(std::slice::from_ref(input), &LoadOptions::default());
        let inventory = inventory.unwrap_or_else(|problems| panic!("{name}: {problems:#?}"));
        columns.push(rules::review_all(&inventory, Question::default()).outcomes);
    }
    let names: Vec<&str> = samples.iter().map(|(name, _)| name.as_str()).collect();
    let mut matrix = format!("rule,{}\n", names.join(","));
    for rule in RULES.iter() {
        let cells: Vec<String> = columns.iter().map(|outcomes| cell(outcomes, rule.name)).collect();
        assert!(cells.iter().all(|cell| !cell.is_empty()), "{}", rule.name);
        matrix.push_str(&format!("{},{}\n", rule.name, cells.join(",")));
    }

    let committed = project().join("src/checks/rules/matrix.csv");
    if update() {
        fs::write(&committed, &matrix).expect("the reports folder can be written");
    }
    let old = fs::read_to_string(&committed).unwrap_or_default();
    let changed: Vec<&str> = matrix.lines().filter(|line| !old.lines().any(|o| o == *line)).collect();
    assert!(
        old == matrix,
        "src/checks/rules/matrix.csv differs:\n{}\nlook at them, then: UPDATE=1 cargo test --test golden",
        changed.join("\n")
    );
}

fn replace(committed: &Path, fresh: &Path) {
    fs::create_dir_all(committed).expect("the reports folder can be written");
    for file in entries(committed).iter().filter(|path| path.is_file()) {
        fs::remove_file(file).expect("the reports folder can be written");
    }
    for file in entries(fresh) {
        let target = committed.join(file.file_name().expect("a file has a name"));
        fs::copy(&file, target).expect("the reports folder can be written");
    }
}

/// One line for each file that differs, with the first line where it does.
fn compare(name: &str, committed: &Path, fresh: &Path) -> Vec<String> {
    let names = |dir: &Path| {
        entries(dir)
            .iter()
            .filter(|path| path.is_file())
            .filter_map(|f| f.file_name().map(|n| n.to_string_lossy().into_owned()))
            .collect()
    };
    let (mut all, new): (Vec<String>, Vec<String>) = (names(committed), names(fresh));
    all.extend(new);
    all.sort();
    all.dedup();
    let mut differences = Vec::new();
    for file in all {
        let (old, new) = (fs::read(committed.join(&file)), fs::read(fresh.join(&file)));
        match (old, new) {
            (Ok(old), Ok(new)) if old == new => {}
            (Ok(old), Ok(new)) => {
                let line = old
                    .split(|b| *b == b'\n')
                    .zip(new.split(|b| *b == b'\n'))
                    .position(|(a, b)| a != b);
                differences.push(format!(
                    "reports/{name}/{file}: differs from line {}",
                    line.map_or(0, |l| l + 1)
                ));
            }
            (Err(_), _) => differences.push(format!("reports/{name}/{file}: is not committed")),
            (_, Err(_)) => differences.push(format!("reports/{name}/{file}: is written no more")),
        }
    }
    differences
}

#[test]
fn there_are_at_least_eight_stories_and_each_has_its_text() {
    let samples = samples();
    assert!(samples.len() >= 8, "{}", samples.len());
    for (name, _) in samples {
        assert!(
            project().join("samples").join(&name).join("README.md").exists(),
            "{name}"
        );
    }
}
