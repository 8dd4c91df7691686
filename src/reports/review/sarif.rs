//! SARIF 2.1.0 (OASIS standard): one run, one rule entry per rule, one result per finding with a region in the input file.

use super::regions;
use crate::checks::rules::{RULES, Rule};
use crate::finding::{Finding, Location, Severity};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

/// Characters that a path keeps in a URI.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The input files as the user gave them.
pub trait Files {
    /// Path from the current folder, with `/`, of a file as findings name it.
    fn path(&self, file: &str) -> String;
    /// Text of that file; `None` when it cannot be read (again).
    fn text(&self, file: &str) -> Option<&str>;
    /// For a file within a ZIP, or a sheet of a workbook: the path of that archive, and what it is called in there.
    fn inside(&self, file: &str) -> Option<(String, String)>;
}

/// The findings as a SARIF log. Silenced findings are there, with their suppression.
pub fn sarif(findings: &[Finding], version: &str, files: &dyn Files) -> Value {
    let rules: Vec<&Rule> = RULES.iter().copied().collect();
    let results: Vec<Value> = findings.iter().map(|finding| result(finding, files)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "nicplan",
                "version": version,
                "rules": rules.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            } },
            "columnKind": "utf16CodeUnits",
            "results": results,
        }],
    })
}

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.name,
        "shortDescription": { "text": rule.summary },
        "fullDescription": { "text": rule.risk },
        "help": { "text": rule.page, "markdown": rule.page },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": { "tags": [rule.family] },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn result(finding: &Finding, files: &dyn Files) -> Value {
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level(finding.counts_as),
        "message": { "text": message(finding) + &inside(finding, files) },
        "locations": finding.at.iter().take(1).map(|at| location(at, files)).collect::<Vec<_>>(),
        "relatedLocations": finding.at.iter().skip(1).map(|at| location(at, files)).collect::<Vec<_>>(),
        "partialFingerprints": { "subject/v1": format!("{}/{}/{}/{}", finding.rule, finding.cluster, finding.subject, finding.state) },
        "properties": {
            "cluster": finding.cluster,
            "subject": finding.subject,
            "current": finding.current,
            "expected": finding.expected,
            "fix": finding.fix,
            "source": finding.source,
            "state": finding.state.to_string(),
            "places": finding.places,
            "stays": finding.stays,
            "judgedBy": finding.judged_by,
        },
    });
    if let Some(index) = RULES.iter().position(|rule| rule.name == finding.rule) {
        result["ruleIndex"] = json!(index);
    }
    if !finding.suppressed_by.is_empty() {
        result["suppressions"] = json!([{ "kind": "external", "justification": finding.suppressed_by }]);
    }
    result
}

/// What is wrong, why it matters, what to do.
fn message(finding: &Finding) -> String {
    let risk = format!("Risk: {}.", finding.risk.trim_end_matches('.'));
    format!("{} {risk} To do: {}", sentence(&finding.message), finding.fix)
}

/// Whether columns in the file are characters; in tables they are cells.
fn counts_characters(file: &str) -> bool {
    let lower = file.to_lowercase();
    [".xml", ".json", ".clixml"].iter().any(|end| lower.ends_with(end))
}

fn sentence(text: &str) -> String {
    if text.ends_with(['.', '!', '?']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

/// Where the fact stands, for a place that no viewer can open: within an archive.
fn inside(finding: &Finding, files: &dyn Files) -> String {
    let at = finding.at.first();
    let found = at.and_then(|at| Some((at, files.inside(&at.file)?)));
    found.map_or_else(String::new, |(at, (archive, member))| {
        format!(" Place: {}, in {archive}.", within(at, &member))
    })
}

/// `HV1/Get-VM.xml:12:5`.
fn within(at: &Location, member: &str) -> String {
    let named = Location {
        file: member.to_owned(),
        ..at.clone()
    };
    named.to_string()
}

/// Lines of a member are none of its archive: the place names the archive as the file, the member as a logical location.
fn location(at: &Location, files: &dyn Files) -> Value {
    if let Some((archive, member)) = files.inside(&at.file) {
        let uri = utf8_percent_encode(&archive, PATH).to_string();
        let place = within(at, &member);
        return json!({
            "physicalLocation": { "artifactLocation": { "uri": uri } },
            "logicalLocations": [{ "name": member, "fullyQualifiedName": place, "kind": "resource" }],
            "message": { "text": format!("{place}, in the archive") },
        });
    }
    let uri = utf8_percent_encode(&files.path(&at.file), PATH).to_string();
    let mut physical = json!({ "artifactLocation": { "uri": uri } });
    if at.line > 0 {
        let mut region = json!({ "startLine": at.line });
        let find = if counts_characters(&at.file) {
            regions::value
        } else {
            regions::cell
        };
        let columns = files.text(&at.file).and_then(|text| find(text, at.line, at.column));
        if let Some((start, end)) = columns {
            region["startColumn"] = json!(start);
            region["endColumn"] = json!(end);
        } else if at.column > 0 && counts_characters(&at.file) {
            region["startColumn"] = json!(at.column);
        }
        physical["region"] = region;
    }
    json!({ "physicalLocation": physical })
}
