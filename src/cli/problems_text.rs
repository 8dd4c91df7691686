//! What cannot be read, for people: one slip that runs through a whole column is told at its first places and then counted.
//!
//! In: problems. Out: lines. Must not know: streams, exit codes.

use nicplan::finding::Problem;
use nicplan::units::thousands;
use std::collections::BTreeMap;

/// Problems shown before the rest is only counted.
const SHOWN: usize = 200;
/// The same problem up to so many times is told each time.
const EACH: usize = 5;
/// Of more, so many are told.
const FIRST: usize = 3;

/// What problems of one kind have in common: file, column, advice, and the sentence without names and numbers.
type Kind<'p> = (&'p str, u32, &'p str, String);

/// A line for the console.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    /// A problem.
    Problem(String),
    /// How many more there are.
    Rest(String),
}

/// The problems in the order of files and lines.
pub fn lines(problems: &[Problem]) -> Vec<Line> {
    let mut sorted: Vec<&Problem> = problems.iter().collect();
    sorted.sort();
    let mut all: BTreeMap<Kind, usize> = BTreeMap::new();
    for problem in &sorted {
        *all.entry(kind(problem)).or_default() += 1;
    }
    let mut told: BTreeMap<Kind, usize> = BTreeMap::new();
    let (mut lines, mut covered) = (Vec::new(), 0);
    for problem in &sorted {
        let kind = kind(problem);
        let number = all.get(&kind).copied().unwrap_or(0);
        let seen = told.entry(kind).or_default();
        *seen += 1;
        let is_shown = number <= EACH || *seen <= FIRST;
        if !is_shown {
            continue;
        }
        if lines.len() >= SHOWN {
            break;
        }
        lines.push(Line::Problem(problem.to_string()));
        covered += 1;
        if number > EACH && *seen == FIRST {
            let rest = number - FIRST;
            covered += rest;
            lines.push(Line::Rest(format!(
                "    … and {} more rows of {} with the same problem",
                thousands(rest as u64),
                problem.at.file
            )));
        }
    }
    let rest = sorted.len().saturating_sub(covered);
    if rest > 0 {
        lines.push(Line::Rest(format!(
            "… and {} more problems. Correct these first; many of the rest may follow from them.",
            thousands(rest as u64)
        )));
    }
    lines
}

fn kind(problem: &Problem) -> Kind<'_> {
    (
        &problem.at.file,
        problem.at.column,
        &problem.advice,
        shape(&problem.what),
    )
}

/// The sentence without what stands in quotes, numbers and suggestions.
fn shape(what: &str) -> String {
    let plain = what.split(" (did you mean").next().unwrap_or(what);
    let mut outside = true;
    plain
        .chars()
        .filter(|c| {
            let quote = *c == '\'';
            outside ^= quote;
            outside && !quote && !c.is_ascii_digit()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use nicplan::finding::Location;

    fn problem(line: u32, column: u32, what: &str) -> Problem {
        Problem {
            at: Location {
                file: "vms.csv".to_owned(),
                line,
                column,
            },
            what: what.to_owned(),
            advice: "Correct the name, or add the node.".to_owned(),
        }
    }

    #[test]
    fn a_slip_in_every_row_is_told_three_times_and_counted() {
        let mut problems: Vec<Problem> = (2..8_002)
            .map(|line| problem(line, 2, &format!("there is no node 'HX{line}'")))
            .collect();
        problems.push(problem(9, 7, "priority: 'hihg' is none of high, medium, low"));

        let lines = lines(&problems);

        assert_eq!(lines.len(), 5, "{lines:#?}");
        assert!(matches!(&lines[2], Line::Problem(text) if text.starts_with("vms.csv:4:2: there is no node 'HX4'")));
        assert_eq!(
            lines[3],
            Line::Rest("    … and 7,997 more rows of vms.csv with the same problem".to_owned())
        );
        assert!(matches!(&lines[4], Line::Problem(text) if text.contains("hihg")));
    }

    #[test]
    fn few_alike_and_many_different_ones_are_told_each_up_to_a_limit() {
        let few: Vec<Problem> = (2..7).map(|line| problem(line, 2, "there is no node 'X'")).collect();
        assert_eq!(lines(&few).len(), 5);

        let many: Vec<Problem> = (1..=300)
            .map(|column| problem(2, column, "the cell is blank"))
            .collect();
        let lines = lines(&many);
        assert_eq!(lines.len(), SHOWN + 1);
        assert!(matches!(&lines[SHOWN], Line::Rest(text) if text.starts_with("… and 100 more problems")));
    }
}
