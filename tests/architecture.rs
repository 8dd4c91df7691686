//! The house stays in order: imports point one way, files stay small, tables and files agree.

mod program;

use nicplan::checks::rules::RULES;
use nicplan::reports::REPORTS;
use program::{entries, project};
use std::fs;
use std::path::{Path, PathBuf};

/// Knowledge that every stage may use.
const KNOWLEDGE: [&str; 6] = ["units", "powershell", "finding", "roles", "profiles", "policy"];

/// What each stage may use beside itself and the knowledge. The order is that of the flow.
const MAY_USE: [(&str, &[&str]); 21] = [
    ("units", &[]),
    ("powershell", &[]),
    ("finding", &[]),
    ("roles", &[]),
    ("profiles", &[]),
    ("policy", &[]),
    ("inventory", &[]),
    ("plan", &[]),
    ("applied", &["inventory", "plan"]),
    ("diff", &["inventory", "plan"]),
    ("demand", &["inventory", "migration", "plan"]),
    ("migration", &["inventory", "plan", "topology", "applied"]),
    ("mac", &["inventory", "plan"]),
    ("topology", &["inventory", "plan"]),
    (
        "assignment",
        &["inventory", "topology", "demand", "migration", "mac", "plan"],
    ),
    (
        "checks",
        &["inventory", "topology", "demand", "migration", "mac", "plan"],
    ),
    (
        "reports",
        &[
            "inventory",
            "topology",
            "demand",
            "migration",
            "mac",
            "plan",
            "checks",
            "diff",
            "applied",
        ],
    ),
    ("deploy", &["inventory", "plan", "applied", "checks", "mac"]),
    ("history", &["inventory"]),
    ("generate", &[]),
    ("redact", &["inventory"]),
];

/// All Rust files below a folder.
fn rust_files(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in entries(dir) {
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
    files
}

/// The code of a file without its tests and comments.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("a source file is text");
    let before_tests = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    before_tests
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Files that exist only for tests.
fn is_for_tests(path: &Path) -> bool {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    ["tests", "testing", "fixtures"].contains(&name.as_str()) || path.components().any(|c| c.as_os_str() == "tests")
}

/// First path segments behind `crate::`.
fn imports(code: &str) -> Vec<String> {
    let mut found: Vec<String> = code
        .split("crate::")
        .skip(1)
        .map(|rest| {
            rest.chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect::<String>()
        })
        .filter(|name| !name.is_empty())
        .collect();
    found.sort();
    found.dedup();
    found
}

#[test]
fn imports_point_one_way() {
    let src = project().join("src");
    let mut wrong = Vec::new();
    for (stage, allowed) in MAY_USE {
        let folder = src.join(stage);
        let files = if folder.is_dir() {
            rust_files(&folder)
        } else {
            vec![src.join(format!("{stage}.rs"))]
        };
        for file in files.into_iter().filter(|file| !is_for_tests(file)) {
            for name in imports(&code(&file)) {
                let fine = name == stage || KNOWLEDGE.contains(&name.as_str()) || allowed.contains(&name.as_str());
                if !fine {
                    wrong.push(format!("{} uses {name}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_stage_of_the_library_stands_in_the_table() {
    let library = fs::read_to_string(project().join("src/lib.rs")).expect("the library exists");
    for line in library.lines() {
        if let Some(name) = line.strip_prefix("pub mod ").and_then(|rest| rest.strip_suffix(';')) {
            assert!(
                MAY_USE.iter().any(|(stage, _)| *stage == name),
                "{name} is not in MAY_USE"
            );
        }
    }
}

#[test]
fn the_check_of_imports_sees_a_forbidden_one() {
    assert_eq!(
        imports("use crate::assignment::plan;\nlet x = crate::units::Mac(1);"),
        ["assignment", "units"]
    );
}

#[test]
fn no_file_is_longer_than_five_hundred_lines() {
    let mut long = Vec::new();
    for file in ["src", "tests", "benches"]
        .iter()
        .flat_map(|folder| rust_files(&project().join(folder)))
    {
        let lines = fs::read_to_string(&file)
            .expect("a source file is text")
            .lines()
            .count();
        if lines > 500 {
            long.push(format!("{} has {lines} lines", file.display()));
        }
    }
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn every_rule_has_its_file_its_page_and_its_place_in_the_table() {
    let rules = project().join("src/checks/rules");
    for rule in RULES.iter() {
        let stem = rules
            .join(rule.family.replace('-', "_"))
            .join(rule.name.replace('-', "_"));
        assert!(
            stem.with_extension("rs").exists(),
            "{}: no file {}",
            rule.name,
            stem.display()
        );
        assert!(stem.with_extension("md").exists(), "{}: no page", rule.name);
    }
    let pages = entries(&rules).into_iter().flat_map(|family| entries(&family));
    for page in pages.filter(|path| path.extension().is_some_and(|e| e == "md")) {
        let name = page
            .file_stem()
            .expect("a page has a name")
            .to_string_lossy()
            .replace('_', "-");
        assert!(
            RULES.iter().any(|rule| rule.name == name),
            "{name} has a page and is not in the table"
        );
    }
}

#[test]
fn every_file_of_a_plan_is_in_the_table_of_reports() {
    for file in [
        "assignment.csv",
        "assignment.svg",
        "external_networks.csv",
        "failures.csv",
        "failures.svg",
        "findings.csv",
        "mac_plan.csv",
        "mac_pools.svg",
        "plan.json",
        "report.html",
        "role_capacity.csv",
        "static_macs.csv",
        "utilisation.svg",
        "wiring.svg",
    ] {
        assert!(REPORTS.iter().any(|report| report.file == file), "{file}");
    }
}
