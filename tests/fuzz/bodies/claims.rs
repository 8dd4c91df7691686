//! What must hold of every input, whatever it is.
//!
//! In: what was read, or why not. Out: nothing; a claim that does not hold panics.

use super::bundle::File;
use allocation_counter::measure;
use nicplan::checks;
use nicplan::checks::rules::{self, Question};
use nicplan::finding::{Finding, Problem};
use nicplan::inventory::{self, Inventory, LoadOptions};
use nicplan::redact::redact;
use nicplan::reports;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Bytes that reading may hold at once, beside what grows with the input.
const HELD: u64 = 8 << 20;
/// Bytes that it may ask for in all: a count of work that no clock disturbs.
const ASKED: u64 = 64 << 20;
/// The same for each byte of the input.
const HELD_PER_BYTE: u64 = 1_000;
const ASKED_PER_BYTE: u64 = 20_000;

/// Runs a reader and holds it to its share of memory and work.
pub fn bounded<T>(bytes: usize, read: impl FnOnce() -> T) -> T {
    let mut result = None;
    let used = measure(|| result = Some(read()));
    let bytes = bytes as u64;
    assert!(
        used.bytes_max <= HELD + HELD_PER_BYTE * bytes,
        "{} bytes were held at once for an input of {bytes}",
        used.bytes_max
    );
    assert!(
        used.bytes_total <= ASKED + ASKED_PER_BYTE * bytes,
        "{} bytes were asked for in all for an input of {bytes}",
        used.bytes_total
    );
    result.expect("the reader ran")
}

/// Every problem names a file that was given and a line that it has, and says what to do.
pub fn told(problems: &[Problem], files: &[File]) {
    assert!(!problems.is_empty(), "refused without a word");
    for problem in problems {
        assert!(!problem.what.is_empty() && !problem.advice.is_empty(), "{problem:?}");
        assert!(problem.to_string().len() < 4_096, "{problem:?}");
        let file = problem.at.file.as_str();
        assert!(!file.is_empty(), "no file is named: {problem:?}");
        let Some((_, bytes)) = files.iter().find(|(name, _)| name == file) else {
            continue;
        };
        // A file may be cut in the middle of its last line.
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
        assert!(
            problem.at.line as usize <= lines,
            "{problem:?} lies behind the {lines} lines of the file"
        );
    }
}

/// Loads inputs; what is refused is told, what is read survives being written.
pub fn load(inputs: &[PathBuf], importer: Option<&str>, files: &[File], dir: &Path) -> Option<Inventory> {
    let options = LoadOptions {
        cluster: Some("C".to_owned()),
        ..LoadOptions::default()
    };
    let size = files.iter().map(|(_, bytes)| bytes.len()).sum();
    match bounded(size, || inventory::load_as(inputs, importer, &options)) {
        Ok(inventory) => {
            written_and_read_again(&inventory, &options, dir);
            Some(inventory)
        }
        Err(problems) => {
            told(&problems, files);
            None
        }
    }
}

/// The folder that `import` writes says the same as its sources.
fn written_and_read_again(first: &Inventory, options: &LoadOptions, dir: &Path) {
    let folder = dir.join("again");
    write(&folder, &inventory::to_folder(first));
    let again = inventory::load(std::slice::from_ref(&folder), options)
        .unwrap_or_else(|problems| panic!("what was written cannot be read: {}", list(&problems)));
    let facts = |inventory: &Inventory| without_places(&format!("{:#?}", inventory.clusters));
    let (a, b) = (facts(first), facts(&again));
    let differs = a.lines().zip(b.lines()).find(|(a, b)| a != b);
    assert!(a == b, "written and read again, the facts differ: {differs:?}");
    assert_eq!(again.sha256, first.sha256);
}

/// Debug text without the lines that name a source, line or column.
fn without_places(text: &str) -> String {
    let place = |line: &&str| {
        !["source:", "line:", "column:", "nth:", "file:"]
            .iter()
            .any(|p| line.trim().starts_with(p))
    };
    text.lines().filter(place).collect::<Vec<_>>().join("\n")
}

fn list(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn write(dir: &Path, files: &[File]) {
    fs::create_dir_all(dir).expect("the place for tests can be written");
    for (name, bytes) in files {
        fs::write(dir.join(name), bytes).expect("the place for tests can be written");
    }
}

/// Whether an inventory is small enough to be judged thousands of times.
fn is_small(inventory: &Inventory) -> bool {
    let vnics = |c: &nicplan::inventory::Cluster| c.vms.iter().map(|vm| vm.vnics.len()).sum::<usize>();
    inventory.clusters.len() <= 2
        && inventory.clusters.iter().all(|c| {
            c.nodes.len() <= 4 && c.nodes.iter().all(|n| n.nics.len() <= 6) && c.vms.len() <= 12 && vnics(c) <= 12
        })
}

/// What was read can be reviewed, shown to others with the same findings, and planned.
pub fn judged(inventory: &Inventory, dir: &Path, is_planned: bool) {
    if !is_small(inventory) {
        return;
    }
    let findings = rules::review_all(inventory, Question::default()).findings;
    let folder = dir.join("redacted");
    write(&folder, &redact(inventory).tables);
    let redacted = inventory::load(std::slice::from_ref(&folder), &LoadOptions::default())
        .unwrap_or_else(|problems| panic!("what was redacted cannot be read: {}", list(&problems)));
    let after = rules::review_all(&redacted, Question::default()).findings;
    assert_eq!(counts(&after), counts(&findings), "with pseudonyms the findings differ");
    if is_planned {
        planned(inventory, &findings);
    }
}

/// How often each rule speaks; what is redacted is one source, which contradicts nobody.
fn counts(findings: &[Finding]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for finding in findings.iter().filter(|f| f.rule != "sources-contradict") {
        *counts
            .entry(format!("{} {:?}", finding.rule, finding.severity))
            .or_default() += 1;
    }
    counts
}

/// A plan that is made holds before the checks, and every report of it can be drawn.
fn planned(inventory: &Inventory, findings: &[Finding]) {
    #[cfg(feature = "solver")]
    {
        let plan = nicplan::assignment::plan(inventory, &Default::default()).expect("no time limit is set");
        let verified = checks::verify(inventory, plan).unwrap_or_else(|wrong| panic!("{wrong:#?}"));
        reports::render_all(&reports::ReportData::new(inventory, &verified, findings));
    }
    #[cfg(not(feature = "solver"))]
    let _ = (inventory, findings);
}

/// A plan that someone else wrote is judged, never believed.
pub fn plan_is_judged(inventory: &Inventory, plan: nicplan::plan::Plan) {
    let settled = checks::in_inventory_spelling(inventory, plan);
    if let Ok(verified) = checks::verify(inventory, settled) {
        let findings = rules::review(inventory);
        reports::render_all(&reports::ReportData::new(inventory, &verified, &findings));
    }
}
