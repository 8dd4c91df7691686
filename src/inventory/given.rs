//! Which columns an input fills. A fact that no row gives is assumed, and whoever judges by it must know that.
//!
//! In: raw tables. Out: for each cluster the columns that stand in its files and those that hold a value.
//! Must not know: what the columns mean.

use std::collections::BTreeSet;

/// A column of the catalogue: table and column.
pub type ColumnName = (&'static str, &'static str);

/// What the inputs say about one cluster, column by column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Columns that stand in the header of a file about the cluster, or hold a value.
    pub asked: BTreeSet<ColumnName>,
    /// Columns in which at least one row of the cluster holds a value.
    pub filled: BTreeSet<ColumnName>,
}

impl Given {
    /// Whether at least one row holds a value in a column `table.column`, or in one of several, `a.x|b.y`.
    pub fn fills(&self, column: &str) -> bool {
        holds(&self.filled, column)
    }

    /// Whether the column `table.column` (or one of several, `a.x|b.y`) stands in a file, be it blank in every row. Sources
    /// without headers have the columns that they fill.
    pub fn asks(&self, column: &str) -> bool {
        holds(&self.asked, column)
    }
}

fn holds(columns: &BTreeSet<ColumnName>, wanted: &str) -> bool {
    wanted
        .split('|')
        .filter_map(|name| name.split_once('.'))
        .any(|name| columns.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_several_columns_is_enough() {
        let given = Given {
            asked: BTreeSet::from([("vms", "nlb_cluster"), ("nics", "mac")]),
            filled: BTreeSet::from([("nics", "mac")]),
        };

        assert!(given.fills("vnics.mac|nics.mac") && !given.fills("vnics.mac"));
        assert!(given.asks("vms.nlb_cluster") && !given.fills("vms.nlb_cluster"));
    }
}
