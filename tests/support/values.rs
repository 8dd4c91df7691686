//! Tables that an import wrote, value by value beside those that are expected.
#![allow(dead_code)] // each test file uses its part

use super::program;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A row: cells by column.
pub type Row = BTreeMap<String, String>;

/// A `.csv` file, row by row.
pub fn table(path: &Path) -> Vec<Row> {
    let bytes = fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut reader = csv::Reader::from_reader(&bytes[..]);
    let header = reader.headers().expect("a header").clone();
    let row = |cells: csv::StringRecord| {
        let pairs = header.iter().zip(cells.iter());
        pairs.map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect()
    };
    reader.records().map(|cells| row(cells.expect("a row"))).collect()
}

/// The cell of a column; blank where the file has no such column.
pub fn cell<'a>(row: &'a Row, column: &str) -> &'a str {
    row.get(column).map_or("", String::as_str)
}

/// The rows of a table that an import wrote.
pub fn rows(out: &Path, name: &str) -> Vec<Row> {
    table(&out.join(format!("{name}.csv")))
}

/// Columns that tell which thing a row of a table is about.
fn names(table: &str) -> [&'static str; 2] {
    match table {
        "nics" => ["node", "nic"],
        "switches" => ["node", "switch"],
        "host_vnics" => ["node", "host_vnic"],
        "vnics" => ["vm", "vnic"],
        "vms" => ["vm", "vm"],
        "cluster_networks" => ["network", "network"],
        "clusters" => ["cluster", "cluster"],
        _ => ["node", "node"],
    }
}

/// Compares every cell of every expected table with what was written; gives their number. Columns that are not expected may hold anything.
pub fn compare(expected: &Path, out: &Path) -> usize {
    let mut compared = 0;
    for path in program::entries(expected) {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let (wanted, found) = (table(&path), rows(out, &name));
        let key = |row: &Row| names(&name).map(|column| cell(row, column).to_owned());
        assert_eq!(wanted.len(), found.len(), "rows of {name}");
        for row in &wanted {
            let other = found.iter().find(|other| key(other) == key(row));
            let other = other.unwrap_or_else(|| panic!("{name}: no row {:?}", key(row)));
            for (column, value) in row {
                // Ports under a switch get the roles of the host vNICs above them.
                if column == "current_role" && value.is_empty() {
                    continue;
                }
                assert_eq!(cell(other, column), value, "{name}: {:?}, {column}", key(row));
                compared += 1;
            }
        }
    }
    compared
}

/// The row of a table with these names.
pub fn row(out: &Path, table: &str, wanted: &[(&str, &str)]) -> Row {
    let all = rows(out, table);
    let found = all
        .iter()
        .find(|row| wanted.iter().all(|(column, value)| cell(row, column) == *value));
    found.unwrap_or_else(|| panic!("{wanted:?} in {all:#?}")).clone()
}

/// Checks cells, `column=value` each.
pub fn assert_cells(row: &Row, expected: &[&str]) {
    for pair in expected {
        let (column, value) = pair.split_once('=').expect("column=value");
        assert_eq!(cell(row, column), value, "{column} of {row:?}");
    }
}

/// Writes exports and imports them; gives where the result is and what was said.
pub fn import(name: &str, files: &[(&str, &[u8])]) -> (PathBuf, String) {
    let source = program::folder(&format!("cmdlets-{name}"), &[]);
    for (file, bytes) in files {
        let path = source.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the build folder can be written");
        fs::write(path, bytes).expect("the build folder can be written");
    }
    let out = program::place(&format!("cmdlets-{name}-out"));
    let run = program::nicplan(&["import", program::text(&source), "-o", program::text(&out)]);
    assert_eq!(run.code, 0, "{}", run.err);
    (out, run.out + &run.err)
}
