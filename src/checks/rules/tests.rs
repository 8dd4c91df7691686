//! The rule table as a whole: files, pages, both inventories of every page, words for every Windows version, and the cases in
//! which a rule must be silent.

mod careful;
mod choices;
mod conditions;
mod fixes;
mod followed;
mod hosts;
mod limits;
mod named;
mod outcomes;
mod quiet;
mod switches;
mod texts;
mod verdicts;

use super::*;
use crate::finding::Problem;
use crate::inventory::{LoadOptions, catalogue, load};
use crate::policy::RuleLevel;
use crate::profiles;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

const HEADINGS: [&str; 6] = [
    "## What it finds",
    "## Why it matters",
    "## Example",
    "## What to do",
    "## Source",
    "```trips",
];

/// The first inventory of a page of this kind, `trips` or `passes`.
fn fenced<'a>(page: &'a str, kind: &str) -> &'a str {
    blocks(page)
        .into_iter()
        .find(|(k, _)| *k == kind)
        .map_or("", |(_, block)| block)
}

/// All inventories of a page in order, each with its kind.
pub(super) fn blocks(page: &str) -> Vec<(&str, &str)> {
    let fences = page.split("```").skip(1).step_by(2);
    fences
        .filter_map(|block| block.split_once('\n'))
        .filter(|(kind, _)| ["trips", "passes"].contains(kind))
        .collect()
}

/// More inventories for rules, written as in the pages: what would make a page too long to read.
const CASES: &str = include_str!("tests/cases.txt");

/// The inventories of a rule's page in order, then those of its further cases: each with its place among those of its kind, its kind
/// and itself.
fn all_blocks(rule: &'static Rule) -> Vec<(String, &'static str, &'static str)> {
    let heading = format!("\n## {}\n", rule.name);
    let further = CASES.split_once(heading.as_str()).map_or("", |(_, rest)| rest);
    let further = further.split("\n## ").next().unwrap_or_default();
    let mut all = Vec::new();
    for (word, text) in [("", rule.page), ("case ", further)] {
        let mut seen: Vec<&str> = Vec::new();
        for (kind, block) in blocks(text) {
            seen.push(kind);
            let place = seen.iter().filter(|k| **k == kind).count();
            all.push((format!("{word}{place}"), kind, block));
        }
    }
    all
}

/// Every `passes` of a page with the `trips` that stands before it.
fn pairs(page: &str) -> Vec<(&str, &str)> {
    let mut trips = "";
    let mut pairs = Vec::new();
    for (kind, block) in blocks(page) {
        match kind {
            "trips" => trips = block,
            _ => pairs.push((trips, block)),
        }
    }
    pairs
}

/// Tables of a block: name and `.csv` text. `{1..9}` in a row stands for nine rows.
fn tables(block: &str) -> Vec<(String, String)> {
    let mut tables: Vec<(String, String)> = Vec::new();
    for line in block.lines() {
        if let Some(name) = line.strip_prefix("file: ") {
            tables.push((name.to_owned(), String::new()));
        } else if let Some((_, text)) = tables.last_mut() {
            for row in repeated(line) {
                text.push_str(&row);
                text.push('\n');
            }
        }
    }
    tables
}

fn repeated(row: &str) -> Vec<String> {
    let range = row
        .split_once('{')
        .and_then(|(before, rest)| rest.split_once('}').map(|(range, after)| (before, range, after)));
    let Some((before, range, after)) = range else {
        return vec![row.to_owned()];
    };
    let (first, last) = range.split_once("..").expect("a range such as 1..9");
    let number = |text: &str| text.parse::<u32>().expect("a number");
    (number(first)..=number(last))
        .map(|n| format!("{before}{n}{after}"))
        .collect()
}

/// A folder that is removed at the end of the test.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Reads an inventory written as in the pages.
pub(super) fn inventory(block: &str) -> Inventory {
    readable(block).unwrap_or_else(|problems| panic!("{block}\n{problems:#?}"))
}

/// The same where it may be that it cannot be read.
fn readable(block: &str) -> Result<Inventory, Vec<Problem>> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let folder = Folder(std::env::temp_dir().join(format!("nicplan-rules-{}-{number}", std::process::id())));
    fs::create_dir_all(&folder.0).expect("a temporary folder");
    for (name, text) in tables(block) {
        fs::write(folder.0.join(format!("{name}.csv")), text).expect("a table");
    }
    load(std::slice::from_ref(&folder.0), &LoadOptions::default())
}

/// The day of the review in a block, `as-of: 2026-05-02`.
fn question(block: &str) -> Question<'_> {
    Question {
        as_of: block.lines().find_map(|line| line.strip_prefix("as-of: ")),
        ..Question::default()
    }
}

/// Findings of all rules about a block.
fn reviewed(block: &str) -> Vec<Finding> {
    review_all(&inventory(block), question(block)).findings
}

fn names(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|f| f.rule).collect()
}

/// Subjects of the findings of a rule.
fn subjects(rule: &str, block: &str) -> Vec<String> {
    let findings = review(&inventory(block));
    let own = findings.into_iter().filter(|f| f.rule == rule);
    own.map(|f| f.subject).collect()
}

fn assert_silent(rule: &str, block: &str) {
    let findings = review(&inventory(block));
    assert!(!names(&findings).contains(&rule), "{rule} speaks up: {findings:#?}");
}

/// The first inventory that trips the rule, under other Windows versions: how bad the finding is.
pub(super) fn assert_severities(rule: &str, expected: &[(&str, Severity)]) {
    let mut facts = inventory(fenced(find(rule).expect("the rule").page, "trips"));
    for (profile, severity) in expected {
        facts.clusters[0].profile = profiles::find(profile).expect("the profile");
        let findings = review(&facts);
        let found = findings.iter().find(|f| f.rule == rule).map(|f| f.severity);
        assert_eq!(found, Some(*severity), "{rule} in {profile}");
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/checks/rules")
}

#[test]
fn the_table_is_sorted_and_every_rule_is_found_by_its_name() {
    assert!(RULES.windows(2).all(|pair| pair[0].name < pair[1].name));
    assert!(
        RULES
            .iter()
            .all(|rule| find(rule.name).is_some_and(|found| found.name == rule.name))
    );
    assert!(find("no-such-rule").is_none());
}

#[test]
fn every_file_is_a_listed_rule_with_its_page_and_every_rule_has_its_file() {
    let mut files = BTreeSet::new();
    for family in fs::read_dir(folder())
        .expect("the folder")
        .map(|e| e.expect("an entry").path())
        .filter(|p| p.is_dir() && !p.ends_with("tests"))
    {
        for file in fs::read_dir(&family)
            .expect("a family")
            .map(|e| e.expect("an entry").path())
        {
            let stem = file.file_stem().expect("a name").to_string_lossy().replace('_', "-");
            if stem != "mod" {
                let family = family.file_name().expect("a name").to_string_lossy().replace('_', "-");
                files.insert((
                    family,
                    stem,
                    file.extension().expect("an extension").to_string_lossy().into_owned(),
                ));
            }
        }
    }
    let pair = |rule: &&Rule, extension: &str| (rule.family.to_owned(), rule.name.to_owned(), extension.to_owned());
    let listed: BTreeSet<_> = RULES.iter().flat_map(|r| [pair(r, "rs"), pair(r, "md")]).collect();
    assert_eq!(files, listed);
}

#[test]
fn every_page_has_its_headings_and_every_rule_its_words() {
    for rule in RULES.iter() {
        assert!(rule.page.starts_with(&format!("# {}\n", rule.name)), "{}", rule.name);
        assert!(
            HEADINGS.iter().all(|h| rule.page.contains(&format!("\n{h}\n"))),
            "{}",
            rule.name
        );
        let words = [rule.summary, rule.risk, rule.source];
        assert!(
            words.iter().all(|w| !w.is_empty() && !w.ends_with('.')),
            "{}",
            rule.name
        );
    }
}

#[test]
fn every_column_a_rule_reads_is_in_the_catalogue() {
    for rule in RULES.iter() {
        assert!(!rule.columns.is_empty(), "{}", rule.name);
        for column in rule.columns {
            let (table, column) = column.split_once('.').expect("table.column");
            let known = catalogue::table(table).is_some_and(|t| t.position(column).is_some());
            assert!(known, "{}: {table}.{column}", rule.name);
        }
    }
}

#[test]
fn every_inventory_that_passes_differs_in_one_cell_from_the_one_that_trips_before_it() {
    let mut wrong = Vec::new();
    for rule in RULES.iter() {
        let pairs = pairs(rule.page);
        assert!(!pairs.is_empty(), "{} shows no inventory that passes", rule.name);
        for (trips, passes) in pairs {
            let cells = |block: &str| block.split(['\n', ',']).map(str::to_owned).collect::<Vec<_>>();
            let (trips, passes) = (cells(trips), cells(passes));
            let different = trips.iter().zip(&passes).filter(|(a, b)| a != b).count();
            if trips.len() != passes.len() || different != 1 {
                wrong.push(format!("{}: {passes:?}", rule.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_further_case_belongs_to_a_rule() {
    let names = CASES.lines().filter_map(|line| line.strip_prefix("## "));
    let names: Vec<&str> = names.collect();
    assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "{names:?}");
    assert!(names.iter().all(|name| find(name).is_some()), "{names:?}");
}

#[test]
fn every_page_trips_its_rule_exactly_where_it_says_so() {
    let mut wrong = Vec::new();
    for rule in RULES.iter() {
        for (_, kind, block) in all_blocks(rule) {
            let tripped = names(&reviewed(block)).contains(&rule.name);
            if tripped != (kind == "trips") {
                wrong.push(format!("{} in {kind}\n{block}", rule.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_finding_points_at_a_cell_and_says_all_it_must() {
    for rule in RULES.iter() {
        let trips = blocks(rule.page).into_iter().filter(|(kind, _)| *kind == "trips");
        let findings: Vec<Finding> = trips.flat_map(|(_, block)| reviewed(block)).collect();
        for finding in findings.iter().filter(|f| f.rule == rule.name) {
            let words = [
                &finding.subject,
                &finding.message,
                &finding.current,
                &finding.expected,
                &finding.fix,
            ];
            assert!(words.iter().all(|w| !w.is_empty()), "{finding:#?}");
            let primary = finding
                .at
                .first()
                .unwrap_or_else(|| panic!("{} points nowhere", rule.name));
            assert!(primary.line > 1 && primary.column > 0, "{finding:#?}");
        }
    }
}

#[test]
fn fixes_for_2008_r2_name_no_cmdlet_that_does_not_exist_there() {
    let absent = [
        "Set-VM",
        "Get-VM",
        "New-VM",
        "Add-VM",
        "Remove-VM",
        "Rename-VM",
        "Connect-VM",
        "-NetAdapter",
        "-NetLbfo",
    ];
    for rule in RULES.iter() {
        let mut facts = inventory(fenced(rule.page, "trips"));
        let old = profiles::find("2008r2").expect("the profile");
        facts.clusters.iter_mut().for_each(|c| c.profile = old);
        for finding in review(&facts) {
            assert!(
                absent.iter().all(|cmdlet| !finding.fix.contains(cmdlet)),
                "{finding:#?}"
            );
        }
    }
}

#[test]
fn findings_come_sorted_and_the_same_every_time() {
    let broken = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/broken");
    let facts = load(&[broken], &LoadOptions::default()).expect("the sample");
    let findings = review(&facts);
    let rules: BTreeSet<&str> = findings.iter().map(|f| f.rule).collect();
    assert!(rules.len() > 5, "{rules:?}");
    let mut sorted = findings.clone();
    Finding::sort(&mut sorted);

    assert_eq!(findings, sorted);
    assert_eq!(findings, review(&facts));
}

#[test]
fn a_rule_that_the_policy_allows_for_ever_is_marked_and_one_with_a_last_day_is_not() {
    let level = |until: &str| RuleLevel {
        rule: "single-nic".into(),
        level: "allow".into(),
        reason: "lab".into(),
        until: until.into(),
        at: Default::default(),
    };
    let mut facts = inventory(fenced(find("single-nic").expect("the rule").page, "trips"));
    let marked = |facts: &Inventory| {
        review(facts)
            .into_iter()
            .find(|f| f.rule == "single-nic")
            .map(|f| f.suppressed_by)
            .expect("the finding")
    };
    assert_eq!(marked(&facts), "");

    facts.clusters[0].policy.rules = vec![level("")];
    assert_eq!(marked(&facts), "single-nic: lab");

    facts.clusters[0].policy.rules = vec![level("2027-06-30")];
    assert_eq!(marked(&facts), "");
}

#[test]
fn an_inventory_of_nodes_and_ports_alone_has_no_finding() {
    let findings = review(&inventory(
        "file: nodes\nnode,cluster\nHV1,C1\nHV2,C1\nfile: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV1,B,10000\nHV2,A,10000\nHV2,B,10000\n",
    ));

    assert_eq!(findings, []);
}

/// Severities of a rule's findings in the inventory of its page that trips it at this place, on this Windows version.
fn severities(rule: &str, place: usize, profile: &str) -> Vec<Severity> {
    let page = find(rule).expect("the rule").page;
    let trips: Vec<&str> = blocks(page)
        .into_iter()
        .filter(|(k, _)| *k == "trips")
        .map(|(_, b)| b)
        .collect();
    let mut facts = inventory(trips[place]);
    let profile = profiles::find(profile).expect("the profile");
    facts.clusters.iter_mut().for_each(|c| c.profile = profile);
    let findings = review(&facts).into_iter().filter(|f| f.rule == rule);
    findings.map(|f| f.severity).collect()
}

#[test]
fn severity_follows_the_windows_version_and_the_size_of_the_fault() {
    for (rule, place, profile, severity) in [
        ("vlan-set-on-bound-nic", 0, "2008r2", Severity::Info),
        ("vlan-set-on-bound-nic", 0, "2012", Severity::Error),
        ("integration-services-missing", 0, "2012r2", Severity::Warning),
        ("integration-services-missing", 1, "2012r2", Severity::Info),
        ("uplink-overcommitted", 0, "2022", Severity::Error),
        ("uplink-overcommitted", 1, "2022", Severity::Warning),
        ("uplink-overcommitted", 2, "2022", Severity::Error),
    ] {
        assert_eq!(severities(rule, place, profile), [severity], "{rule} on {profile}");
    }
}

#[test]
fn a_fault_on_many_nodes_is_told_once_for_each_switch() {
    let rows = |rest: &str| (1..=64).map(|n| format!("HV{n},{rest}\n")).collect::<String>();
    let block = format!(
        "file: nodes\nnode,cluster\n{}file: nics\nnode,nic,speed_mbps\n{}file: switches\nnode,switch,nics,bandwidth_mode\n{}",
        rows("C1"),
        rows("A,10000"),
        rows("LAN,A,absolute")
    );

    let findings = review(&inventory(&block));

    let told = findings.iter().filter(|f| f.rule == "absolute-bandwidth-mode");
    assert_eq!(told.map(|f| f.subject.as_str()).collect::<Vec<_>>(), ["LAN"]);
}

#[test]
fn a_port_with_the_switch_protocol_is_no_fault_while_no_virtual_switch_is_known() {
    assert_silent(
        "switch-protocol-on-free-nic",
        "file: nodes\nnode,cluster\nHV1,C1\nfile: nics\nnode,nic,speed_mbps,switch_protocol_bound\nHV1,A,10000,yes\n",
    );
}
