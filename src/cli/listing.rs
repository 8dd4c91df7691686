//! Findings and tables as text for the console.

use super::console::Console;
use super::failure::Failure;
use nicplan::finding::{Finding, Severity};
use nicplan::inventory::Inventory;
use nicplan::units::count as counted;

/// Findings one after the other, then a count.
pub fn findings(findings: &[Finding], console: &Console) -> String {
    let mut text = String::new();
    for finding in findings {
        text.push_str(&one(finding, console));
    }
    text.push_str(&count(findings));
    text
}

fn one(finding: &Finding, console: &Console) -> String {
    let severity = console.severity(finding.counts_as);
    let (subject, message) = (printable(&finding.subject), printable(&finding.message));
    let mut text = format!("{severity}[{}] {subject}: {message}\n", finding.rule);
    for at in &finding.at {
        text.push_str(&format!("  at    {}\n", printable(&at.to_string())));
    }
    if finding.unlisted() > 0 {
        text.push_str(&format!("        and {}\n", counted(finding.unlisted(), "more place")));
    }
    let level = match finding.level() {
        text if text.is_empty() => text,
        text => format!("counts as {text}"),
    };
    let facts = [
        ("found", &finding.current),
        ("want", &finding.expected),
        ("risk", &finding.risk),
        ("fix", &finding.fix),
        ("stays", &finding.stays),
        ("quiet", &finding.suppressed_by),
        ("level", &level),
    ];
    for (label, value) in facts.into_iter().filter(|(_, value)| !value.is_empty()) {
        text.push_str(&format!(
            "  {label:<5} {}\n",
            printable(value).replace('\n', "\n        ")
        ));
    }
    text.push('\n');
    text
}

/// Longest line of running text.
const LINE: usize = 118;

/// A sentence or two as indented lines of a readable length.
pub fn paragraph(text: &str) -> String {
    let mut lines = vec![String::from(" ")];
    for word in text.split_whitespace() {
        let is_full = lines
            .last()
            .is_some_and(|line| line.chars().count() + 1 + word.chars().count() > LINE);
        if is_full {
            lines.push(String::from(" "));
        }
        if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines.join("\n") + "\n"
}

/// How many findings count as what, and how many the policy silences.
pub fn count(findings: &[Finding]) -> String {
    let open = |severity| {
        findings
            .iter()
            .filter(|f| f.counts_as == severity && f.suppressed_by.is_empty())
            .count()
    };
    let silenced = findings.iter().filter(|f| !f.suppressed_by.is_empty()).count();
    let mut text = format!(
        "{}, {}, {}",
        counted(open(Severity::Error), "error"),
        counted(open(Severity::Warning), "warning"),
        counted(open(Severity::Info), "remark")
    );
    if silenced > 0 {
        text.push_str(&format!("; {silenced} silenced by the policy"));
    }
    text.push('\n');
    text
}

/// Text from files without anything that steers a terminal or turns the reading direction.
pub fn printable(text: &str) -> String {
    let hidden = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .map(|c| if hidden(c) && c != '\n' { '\u{fffd}' } else { c })
        .collect()
}

/// An answer for people, below what no export tells.
pub fn with_unknown(inventory: &Inventory, answer: &str) -> String {
    printable(&nicplan::reports::not_exported_text(inventory)) + answer
}

/// Anything as indented JSON with a newline at the end.
pub fn json<T: serde::Serialize>(value: &T) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value);
    text.map(|text| text + "\n")
        .map_err(|error| Failure::Usage(format!("the result could not be written as JSON: {error}")))
}

/// Columns in line: the first row is the header.
pub fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_in_line_without_blanks_at_the_end() {
        let rows = [
            vec!["node".to_owned(), "pool".to_owned()],
            vec!["HV10".to_owned(), "x".to_owned()],
        ];

        assert_eq!(aligned(&rows), "node  pool\nHV10  x\n");
    }
}
