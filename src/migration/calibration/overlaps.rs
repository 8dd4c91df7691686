//! Batches that overlap although each is told to have run by itself.
//!
//! In: past migrations. Out: pairs of rows that used one node at the same time and stand in different batches. Must not know: files.
//!
//! Times count from the start of each batch, so batches cannot be compared in time, and all begin at 0. Where at most one of them
//! does, the times go on through the file: they are those of one clock, and what overlaps on it ran together and shared ports.

use super::history::{Past, key};
use std::collections::{BTreeMap, BTreeSet};

/// Two migrations at once on one node.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Overlap {
    /// Position of the one that began later.
    pub later: usize,
    /// Position of the other.
    pub earlier: usize,
    /// The node, as the later one spells it.
    pub node: String,
}

/// A migration on a node.
#[derive(Clone, Copy)]
struct Busy<'p> {
    row: usize,
    batch: &'p str,
    node: &'p str,
    start_s: f64,
    end_s: f64,
}

/// Overlaps of different batches on one clock, each pair of batches once, in the order of the file.
pub(super) fn overlaps(rows: &[Past]) -> Vec<Overlap> {
    let names: Vec<String> = rows.iter().map(name).collect();
    if !has_one_clock(rows, &names) {
        return Vec::new();
    }
    let mut by_node: BTreeMap<String, Vec<Busy>> = BTreeMap::new();
    for (row, (past, batch)) in rows.iter().zip(&names).enumerate() {
        let (Some(start_s), Some(end_s)) = (past.start_s, past.end_s) else {
            continue;
        };
        for node in [past.source.as_str(), past.target.as_str()]
            .into_iter()
            .filter(|node| !node.is_empty())
        {
            by_node.entry(key(node)).or_default().push(Busy {
                row,
                batch,
                node,
                start_s,
                end_s,
            });
        }
    }
    let mut told: BTreeSet<(&str, &str)> = BTreeSet::new();
    let mut found = Vec::new();
    for busy in by_node.values_mut() {
        busy.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
        for (later, earlier) in meetings(busy) {
            let pair = (later.batch.min(earlier.batch), later.batch.max(earlier.batch));
            if told.insert(pair) {
                found.push(Overlap {
                    later: later.row,
                    earlier: earlier.row,
                    node: later.node.to_owned(),
                });
            }
        }
    }
    found.sort_by_key(|overlap| (overlap.later, overlap.earlier));
    found
}

/// Migrations of different batches that overlap, of a list by begin: the later one and one that still runs.
fn meetings<'p>(busy: &[Busy<'p>]) -> Vec<(Busy<'p>, Busy<'p>)> {
    let mut running: Vec<Busy> = Vec::new();
    let mut found = Vec::new();
    for later in busy {
        running.retain(|earlier| earlier.end_s > later.start_s);
        let others = running.iter().filter(|earlier| earlier.batch != later.batch);
        found.extend(others.map(|earlier| (*later, *earlier)));
        running.push(*later);
    }
    found
}

/// A name for the batch of a row; a row without one is a batch of its own.
fn name(past: &Past) -> String {
    match past.batch.as_str() {
        "" => format!("\nline {}", past.line),
        name => name.to_owned(),
    }
}

/// Several batches, of which at most one begins at 0.
fn has_one_clock(rows: &[Past], names: &[String]) -> bool {
    let mut begins: BTreeMap<&str, f64> = BTreeMap::new();
    for (past, name) in rows.iter().zip(names) {
        if let Some(start_s) = past.start_s {
            let begin = begins.entry(name).or_insert(start_s);
            *begin = begin.min(start_s);
        }
    }
    begins.len() > 1 && begins.values().filter(|begin| **begin == 0.0).count() <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(line: u32, batch: &str, (source, target): (&str, &str), (start, end): (f64, f64)) -> Past {
        Past {
            line,
            batch: batch.to_owned(),
            source: source.to_owned(),
            target: target.to_owned(),
            start_s: Some(start),
            end_s: Some(end),
            ..Past::default()
        }
    }

    fn found(rows: &[Past]) -> Vec<(usize, usize)> {
        overlaps(rows).iter().map(|one| (one.later, one.earlier)).collect()
    }

    #[test]
    fn batches_that_all_begin_at_zero_have_clocks_of_their_own() {
        let rows = [
            row(2, "a", ("HV1", "HV2"), (0.0, 60.0)),
            row(3, "b", ("HV1", "HV3"), (0.0, 60.0)),
        ];

        assert_eq!(found(&rows), []);
    }

    #[test]
    fn on_one_clock_different_batches_must_not_use_a_node_at_once() {
        let rows = [
            row(2, "a", ("HV1", "HV2"), (0.0, 60.0)),
            row(3, "a", ("HV1", "HV2"), (10.0, 80.0)),
            row(4, "b", ("hv2", "HV3"), (50.0, 90.0)),
            row(5, "c", ("HV4", "HV5"), (50.0, 90.0)),
            row(6, "d", ("HV1", "HV2"), (90.0, 120.0)),
        ];

        assert_eq!(found(&rows), [(2, 0)]);
        assert_eq!(overlaps(&rows)[0].node, "hv2");
    }

    #[test]
    fn rows_without_a_batch_are_batches_of_their_own() {
        let rows = [
            row(2, "", ("HV1", "HV2"), (100.0, 160.0)),
            row(3, "", ("HV3", "HV1"), (150.0, 200.0)),
        ];

        assert_eq!(found(&rows), [(1, 0)]);
    }
}
