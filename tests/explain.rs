//! `explain` answers for every name that any output prints.

mod program;

use program::{entries, nicplan, project};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Columns of the tables whose cells are words of the program, not of the user.
const WORDS: [&str; 20] = [
    "binding_bound",
    "change",
    "counts_as",
    "kind",
    "layer",
    "mac_type",
    "mode",
    "outcome",
    "planned_result",
    "pool_source",
    "rdma",
    "result",
    "role",
    "rule",
    "schedule",
    "severity",
    "state",
    "style",
    "table",
    "transport",
];

/// Keys of JSON output whose values are words of the program.
const WORD_KEYS: [&str; 6] = ["status", "mechanism", "style", "role", "transport", "unproven_level"];

/// Keys below which the keys are names of the user's.
const NAMES_BELOW: [&str; 1] = ["quantiles"];

/// All `.csv` files below a folder.
fn tables(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in entries(dir) {
        if path.is_dir() {
            found.extend(tables(&path));
        } else if path.extension().is_some_and(|e| e == "csv") {
            found.push(path);
        }
    }
    found
}

/// Requirements that a committed plan does not meet, such as `reach:management`.
fn of_requirements(names: &mut BTreeSet<String>) {
    let before = names.len();
    for plan in entries(&project().join("reports")) {
        let Ok(text) = std::fs::read_to_string(plan.join("plan.json")) else {
            continue;
        };
        let plan: Value = serde_json::from_str(&text).expect("a plan");
        for cluster in plan["clusters"].as_array().expect("clusters") {
            let missed = cluster["solver"]["shortfall"].as_array().expect("a list");
            names.extend(
                missed
                    .iter()
                    .map(|m| m["requirement"].as_str().expect("a name").to_owned()),
            );
        }
    }
    assert!(names.len() > before);
}

/// Names of all committed files, except scripts and what the console showed.
fn files(dir: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for path in entries(dir) {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() && name != "deploy" {
            found.extend(files(&path));
        } else if path.is_file() && name != "console.txt" {
            found.insert(name);
        }
    }
    found
}

/// Columns, and the words in those columns that hold words, of all committed tables.
fn of_tables(names: &mut BTreeSet<String>) {
    for path in tables(&project().join("reports")) {
        let mut reader = csv::Reader::from_path(&path).expect("a table");
        let header = reader.headers().expect("a header").clone();
        names.extend(header.iter().map(str::to_owned));
        let words: Vec<usize> = (0..header.len()).filter(|c| WORDS.contains(&&header[*c])).collect();
        for row in reader.records().map(|row| row.expect("a row")) {
            names.extend(words.iter().map(|c| row[*c].to_owned()));
        }
    }
}

/// Keys, and words under some of them.
fn of_json(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                names.insert(key.clone());
                if let (true, Some(word)) = (WORD_KEYS.contains(&key.as_str()), value.as_str()) {
                    names.insert(word.to_owned());
                }
                if !NAMES_BELOW.contains(&key.as_str()) || value.is_array() {
                    of_json(value, names);
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| of_json(value, names)),
        _ => {}
    }
}

fn of_outputs(names: &mut BTreeSet<String>) {
    for plan in entries(&project().join("reports")) {
        if let Ok(text) = std::fs::read_to_string(plan.join("plan.json")) {
            of_json(&serde_json::from_str(&text).expect("a plan"), names);
        }
    }
    for command in [
        "review samples/broken",
        "mac samples/broken --as-of 2026-12-01",
        "mac samples/four-node-2008r2",
        "path samples/migration-path-trap",
        "drain samples/patch-night --all",
        "diff samples/broken reports/broken/plan.json",
        "calibrate samples/migration-history/history.csv",
        "deploy samples/converged-2016 --plan reports/converged-2016/plan.json -o target/explain-deploy",
    ] {
        let arguments: Vec<&str> = command.split(' ').chain(["--format", "json"]).collect();
        let run = nicplan(&arguments);
        let value = serde_json::from_str(&run.out).unwrap_or_else(|e| panic!("{command}: {e}: {}", run.err));
        of_json(&value, names);
    }
}

#[test]
fn every_name_that_an_output_prints_has_a_page() {
    let mut names = BTreeSet::new();
    of_tables(&mut names);
    of_outputs(&mut names);
    of_requirements(&mut names);
    names.extend(files(&project().join("reports")));
    names.remove("");
    assert!(names.len() > 450, "{}", names.len());

    let list = nicplan(&["explain"]).out;
    let listed: BTreeSet<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let unlisted = names.iter().filter(|name| !listed.contains(name.as_str()));
    let unknown: Vec<&String> = unlisted.filter(|name| nicplan(&["explain", name]).code != 0).collect();
    assert_eq!(unknown, Vec::<&String>::new());
}

#[test]
fn a_rule_about_some_versions_says_so() {
    let page = nicplan(&["explain", "integration-services-missing"]).out;
    assert!(page.contains("Windows Server 2012 R2 and earlier."), "{page}");
    let page = nicplan(&["explain", "duplicate-mac"]).out;
    assert!(!page.contains("## Windows versions"), "{page}");
}
