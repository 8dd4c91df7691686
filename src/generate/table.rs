//! One inventory file in the making: a header and rows of text, as a person would type them.
//!
//! In: cells. Out: `.csv` text. Must not know: what the cells mean.

use std::collections::BTreeMap;

/// A file of an inventory folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// File name, `nics.csv`.
    pub file: &'static str,
    columns: &'static [&'static str],
    rows: Vec<BTreeMap<&'static str, String>>,
}

impl Table {
    /// An empty file with its header.
    pub(super) fn new(file: &'static str, columns: &'static [&'static str]) -> Table {
        Table {
            file,
            columns,
            rows: Vec::new(),
        }
    }

    /// Adds a row; columns that are not named stay blank.
    pub(super) fn row<const N: usize>(&mut self, cells: [(&'static str, String); N]) {
        self.rows
            .push(cells.into_iter().filter(|(_, cell)| !cell.is_empty()).collect());
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The file's text: header, rows, LF. Columns that no row fills are left out, as a person would.
    pub fn to_csv(&self) -> String {
        let used = |column: &&&str| self.rows.iter().any(|row| row.contains_key(**column));
        let columns: Vec<&str> = self.columns.iter().filter(used).copied().collect();
        let mut text = columns.join(",");
        text.push('\n');
        for row in &self.rows {
            let cells: Vec<String> = columns
                .iter()
                .map(|c| row.get(c).map_or(String::new(), |cell| quoted(cell)))
                .collect();
            text.push_str(&cells.join(","));
            text.push('\n');
        }
        text
    }
}

/// Quotes a cell that holds a comma, a quote or a line break.
fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unused_columns_are_left_out_and_cells_are_quoted() {
        let mut table = Table::new("nodes.csv", &["node", "hardware", "memory"]);
        table.row([
            ("node", "HV1".to_owned()),
            ("memory", "a,\"b\"".to_owned()),
            ("hardware", String::new()),
        ]);

        assert_eq!(table.to_csv(), "node,memory\nHV1,\"a,\"\"b\"\"\"\n");
    }
}
