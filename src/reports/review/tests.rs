//! Both formats are read by readers that are not ours, also with hostile names.

use super::{Files, junit, sarif};
use crate::checks::rules::{Outcome, RULES, Verdict, find};
use crate::finding::{Finding, Location, Severity, State};

const HOSTILE: &str = "a<b>&\"'\u{1}]]> \u{202e}Ж";

struct Folder;

impl Files for Folder {
    fn path(&self, file: &str) -> String {
        format!("my designs/{file}")
    }

    fn text(&self, _: &str) -> Option<&str> {
        Some("node,nic\nHV1,NIC1\n")
    }

    fn inside(&self, file: &str) -> Option<(String, String)> {
        let member = file.strip_prefix("x.zip/")?;
        Some(("my designs/x.zip".to_owned(), member.to_owned()))
    }
}

fn finding(rule: &'static str, severity: Severity, suppressed_by: &str) -> Finding {
    Finding {
        rule,
        severity,
        cluster: HOSTILE.to_owned(),
        subject: HOSTILE.to_owned(),
        message: format!("{HOSTILE} is wrong"),
        current: "x".to_owned(),
        expected: "y".to_owned(),
        risk: "z".to_owned(),
        fix: "Set-X".to_owned(),
        source: "s".to_owned(),
        at: vec![Location {
            file: "nics.csv".to_owned(),
            line: 2,
            column: 2,
        }],
        places: 1,
        state: State::Present,
        judged_by: String::new(),
        suppressed_by: suppressed_by.to_owned(),
        counts_as: severity,
        stays: String::new(),
    }
}

fn outcome(rule: &str, verdict: Verdict) -> Outcome {
    Outcome {
        rule: find(rule).expect("the rule"),
        cluster: HOSTILE.to_owned(),
        subjects: 1,
        verdict,
    }
}

#[test]
fn a_sarif_reader_finds_rule_level_place_and_suppression() {
    let findings = [
        finding("single-nic", Severity::Error, ""),
        finding("half-duplex", Severity::Info, "half-duplex: lab"),
    ];
    let log = sarif(&findings, "1.0", &Folder);
    let read: serde_sarif::sarif::Sarif = serde_json::from_value(log.clone()).expect("a SARIF reader takes it");

    let run = &read.runs[0];
    assert_eq!(run.tool.driver.rules.as_ref().map(Vec::len), Some(RULES.len()));
    let results = run.results.as_ref().expect("results");
    assert_eq!(results[0].rule_id.as_deref(), Some("single-nic"));
    assert_eq!(log["runs"][0]["results"][0]["level"], "error");
    assert_eq!(log["runs"][0]["results"][1]["level"], "note");
    assert!(results[0].suppressions.is_none() && results[1].suppressions.is_some());
    let index = results[0]
        .rule_index
        .and_then(|i| usize::try_from(i).ok())
        .expect("an index");
    assert_eq!(RULES[index].name, "single-nic");

    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "my%20designs/nics.csv");
    assert_eq!(
        place["region"],
        serde_json::json!({ "startLine": 2, "startColumn": 5, "endColumn": 9 })
    );
}

#[test]
fn a_place_within_an_archive_names_the_archive_and_the_member() {
    let mut found = finding("single-nic", Severity::Error, "");
    found.at = vec![Location {
        file: "x.zip/HV 1/Get-VM.xml".to_owned(),
        line: 12,
        column: 5,
    }];
    let log = sarif(&[found], "1.0", &Folder);
    serde_json::from_value::<serde_sarif::sarif::Sarif>(log.clone()).expect("a SARIF reader takes it");
    let result = &log["runs"][0]["results"][0];
    let location = &result["locations"][0];
    assert_eq!(
        location["physicalLocation"],
        serde_json::json!({ "artifactLocation": { "uri": "my%20designs/x.zip" } }),
        "lines of a member are none of the archive"
    );
    let logical = &location["logicalLocations"][0];
    assert_eq!(logical["name"], "HV 1/Get-VM.xml");
    assert_eq!(logical["fullyQualifiedName"], "HV 1/Get-VM.xml:12:5");
    let message = result["message"]["text"].as_str().unwrap_or_default();
    assert!(
        message.ends_with("Place: HV 1/Get-VM.xml:12:5, in my designs/x.zip."),
        "{message}"
    );
}

#[test]
fn a_junit_reader_counts_failed_skipped_and_passed_rules() {
    let findings = [
        finding("single-nic", Severity::Error, ""),
        finding("half-duplex", Severity::Warning, ""),
        finding("mac-pool-overlap", Severity::Error, "mac-pool-overlap: lab"),
    ];
    let outcomes = [
        outcome("single-nic", Verdict::Findings(1)),
        outcome("half-duplex", Verdict::Findings(1)),
        outcome("mac-pool-overlap", Verdict::Findings(1)),
        outcome("duplicate-mac", Verdict::NotChecked(vec!["vnics.mac|nics.mac"])),
        outcome("too-many-vms", Verdict::Passed),
        outcome(
            "nlb-modes-differ",
            Verdict::NotApplicable("there are no NLB clusters".to_owned()),
        ),
    ];
    let read = |fails| {
        let xml = junit(&findings, &outcomes, fails);
        junit_parser::from_reader(xml.as_bytes()).unwrap_or_else(|e| panic!("{e}\n{xml}"))
    };

    let strict = &read(Some(Severity::Warning)).suites[0];
    assert_eq!((strict.tests, strict.failures, strict.skipped), (6, 2, 3));
    let lenient = &read(Some(Severity::Error)).suites[0];
    assert_eq!((lenient.failures, lenient.skipped), (1, 3));
    assert_eq!(read(None).suites[0].failures, 0);
    let duplicates = lenient
        .cases
        .iter()
        .find(|c| c.name.ends_with("duplicate-mac"))
        .expect("the case");
    assert!(
        format!("{:?}", duplicates.status).contains("vnics.mac or nics.mac"),
        "{duplicates:?}"
    );
    assert_eq!(lenient.name, HOSTILE.replace('\u{1}', "\u{fffd}"));
}
