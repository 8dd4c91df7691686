//! A typing error in a cluster's name makes a second cluster, silently: names that nobody else writes are looked at twice.
//!
//! In: the tables that make clusters. Out: problems and doubts. One input is looked at a time; inputs of one command line may well
//! be of different clusters. Whoever has two clusters of nearly equal names lists both in `clusters`.

use super::book::key;
use super::lines;
use super::problems::Problems;
use crate::inventory::raw::{Cell, RawTable};
use crate::inventory::suggest::nearest;
use std::collections::{BTreeMap, BTreeSet};

/// The rows of nodes that name one cluster.
struct Named<'a> {
    /// The first of them.
    first: Cell<'a>,
    rows: usize,
}

/// Looks at the names of all inputs.
pub(super) fn check(tables: &[RawTable], problems: &mut Problems<'_>) {
    let inputs: BTreeSet<usize> = tables.iter().map(|t| t.input).collect();
    let listed_anywhere: BTreeSet<String> = names(tables, "clusters", None).map(|cell| key(cell.text)).collect();
    for input in inputs {
        let listed: Vec<&str> = names(tables, "clusters", Some(input)).map(|cell| cell.text).collect();
        let mut named: BTreeMap<String, Named<'_>> = BTreeMap::new();
        for cell in names(tables, "nodes", Some(input)) {
            let rows = named.entry(key(cell.text)).or_insert(Named { first: cell, rows: 0 });
            rows.rows += 1;
        }
        for (name, found) in &named {
            if listed_anywhere.contains(name) {
                continue;
            }
            if listed.is_empty() {
                rare(found, &named, problems);
            } else {
                unlisted(found.first, &listed, problems);
            }
        }
    }
}

/// Cells that name a cluster in one table, of one input or of all.
fn names<'a>(tables: &'a [RawTable], table: &str, input: Option<usize>) -> impl Iterator<Item = Cell<'a>> {
    lines(tables, table)
        .filter(move |line| input.is_none_or(|wanted| wanted == line.table.input))
        .map(|line| line.cell("cluster"))
        .filter(|cell| !cell.text.is_empty())
}

/// A name that `clusters` does not list although it lists others.
fn unlisted(cell: Cell<'_>, listed: &[&str], problems: &mut Problems<'_>) {
    let name = cell.text;
    match nearest(name, listed.iter().copied()) {
        Some(other) => problems.at(
            cell,
            format!("the cluster '{name}' does not stand in clusters (did you mean '{other}'?)"),
            "Correct the name; if it is a cluster of its own, give it a row in clusters.",
        ),
        None => problems.doubt(
            cell,
            &format!("'{name}' does not stand in clusters and is taken for a further cluster; give it a row there, or correct the name"),
        ),
    }
}

/// A name of few nodes that is nearly that of many.
fn rare(found: &Named<'_>, named: &BTreeMap<String, Named<'_>>, problems: &mut Problems<'_>) {
    let name = found.first.text;
    let common = named.values().filter(|other| other.rows >= 2 * found.rows);
    let Some(other) = nearest(
        name,
        common
            .map(|other| other.first.text)
            .filter(|other| key(other) != key(name)),
    ) else {
        return;
    };
    if counts_up(name, other) {
        let what = format!("'{name}' is taken for another cluster than '{other}'; correct it if it is the same");
        return problems.doubt(found.first, &what);
    }
    problems.at(
        found.first,
        format!("'{name}' would be a cluster of its own (did you mean '{other}'?)"),
        "Correct the name; if there are two clusters, list both in clusters.csv.",
    );
}

/// Whether two names differ as numbered or lettered clusters do: in digits, or in their last letter.
fn counts_up(a: &str, b: &str) -> bool {
    let stem = |name: &str| -> String { key(name).chars().filter(|c| !c.is_ascii_digit()).collect() };
    let without_last = |name: &str| -> String {
        let name = key(name);
        let all = name.chars().count();
        name.chars().take(all.saturating_sub(1)).collect()
    };
    let same_length = a.chars().count() == b.chars().count();
    stem(a) == stem(b) || (same_length && without_last(a) == without_last(b))
}
