//! What is kept of the merging of several records into one fact: where each cell stands, and what two sources say differently.
//!
//! In: places and values from `resolve`. Out: lookups. Must not know: file formats.

use super::entities::Origin;
use crate::finding::Location;

/// Cells that stand elsewhere than the record they belong to: record and column, and the place of the cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places(Vec<((Origin, &'static str), Origin)>);

impl Places {
    /// Puts places in order; of several places of one cell the last counts.
    pub fn new(mut list: Vec<((Origin, &'static str), Origin)>) -> Places {
        list.sort_by(|a, b| a.0.cmp(&b.0));
        list.reverse();
        list.dedup_by(|a, b| a.0 == b.0);
        list.reverse();
        Places(list)
    }

    /// The place of a cell, if it is not that of its record.
    pub fn get(&self, record: Origin, column: &str) -> Option<Origin> {
        let found = self
            .0
            .binary_search_by(|(key, _)| key.0.cmp(&record).then(key.1.cmp(column)));
        found.ok().and_then(|at| self.0.get(at)).map(|(_, place)| *place)
    }
}

/// A cell about which two sources disagree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contradiction {
    /// Cluster name.
    pub cluster: String,
    /// Table of the catalogue.
    pub table: &'static str,
    /// The thing, for people: `HV1/NIC1`, `SQL01`.
    pub subject: String,
    /// Column of the table.
    pub column: &'static str,
    /// The value that counts, and where it stands.
    pub taken: (String, Location),
    /// The other value, and where it stands.
    pub other: (String, Location),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32) -> Origin {
        Origin {
            nth: 0,
            source: 1,
            line,
            column: 0,
        }
    }

    #[test]
    fn of_two_places_of_one_cell_the_later_counts() {
        let places = Places::new(vec![
            ((at(2), "vmq"), at(7)),
            ((at(1), "vmq"), at(3)),
            ((at(2), "vmq"), at(9)),
        ]);

        assert_eq!(places.get(at(2), "vmq"), Some(at(9)));
        assert_eq!(places.get(at(1), "vmq"), Some(at(3)));
        assert_eq!(places.get(at(1), "mac"), None);
    }
}
