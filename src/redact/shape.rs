//! The tables as they were filled: a default that no row stated is not stated by the redacted inventory either, since rules judge only
//! what is said.
//!
//! In: facts, and which columns the input filled. Out: files.

use crate::inventory::catalogue::{self, Column, Table};
use crate::inventory::{Cluster, Inventory, to_csv_tables};

/// Stands for every value: what is assumed follows from other columns, which stay.
const ANY: &str = "*";
/// Columns in which the writer states what was only assumed, with that value.
const DEFAULTS: [(&str, &str, &str); 12] = [
    ("clusters", "profile", "2022"),
    ("clusters", "storage", ANY),
    ("nics", "rdma", "no"),
    ("nics", "status", "up"),
    ("switches", "type", "external"),
    ("vms", "memory_mib", "4096"),
    ("vms", "state", "running"),
    ("vms", "generation", "1"),
    ("vms", "priority", "medium"),
    ("vnics", "type", "synthetic"),
    ("vnics", "mac_type", "dynamic"),
    ("host_vnics", "switch", ""),
];

/// Files of an inventory folder.
pub(super) fn tables(clusters: &[Cluster], inventory: &Inventory) -> Vec<(String, Vec<u8>)> {
    let fills = |table: &str, column: &str| inventory.given.iter().any(|g| g.fills(&format!("{table}.{column}")));
    let asks = |table: &str, column: &str| inventory.given.iter().any(|g| g.asks(&format!("{table}.{column}")));
    let asked = |table: &str| {
        inventory
            .given
            .iter()
            .any(|g| g.asked.iter().any(|(name, _)| *name == table))
    };
    let mut files = Vec::new();
    for (file, bytes) in to_csv_tables(clusters) {
        let Some(table) = catalogue::table(file.trim_end_matches(".csv")) else {
            continue;
        };
        // One adapter for each VM was assumed where none is written down.
        if table.name == "vnics" && !asked("vnics") {
            continue;
        }
        let assumed = |column: &Column, cell: &str| {
            let default = DEFAULTS.iter().find(|(t, c, _)| (*t, *c) == (table.name, column.name));
            default.is_some_and(|(_, _, value)| *value == cell || *value == ANY) && !fills(table.name, column.name)
        };
        let wanted = |column: &Column| column.required || asks(table.name, column.name);
        files.push((file, rewrite(table, &bytes, &assumed, &wanted)));
    }
    files
}

/// The file without assumed values, with the columns that are wanted or hold something.
fn rewrite(
    table: &Table,
    bytes: &[u8],
    assumed: &dyn Fn(&Column, &str) -> bool,
    wanted: &dyn Fn(&Column) -> bool,
) -> Vec<u8> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let head: Vec<String> = reader
        .headers()
        .map(|h| h.iter().map(str::to_owned).collect())
        .unwrap_or_default();
    let rows: Vec<csv::StringRecord> = reader.records().filter_map(Result::ok).collect();
    let cell = |row: &csv::StringRecord, column: &Column| {
        let place = head.iter().position(|name| name == column.name);
        let text = place.and_then(|p| row.get(p)).unwrap_or("");
        if assumed(column, text) {
            String::new()
        } else {
            text.to_owned()
        }
    };
    let holds = |column: &Column| rows.iter().any(|row| !cell(row, column).is_empty());
    let columns: Vec<&Column> = table.columns.iter().filter(|c| wanted(c) || holds(c)).collect();
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    // Writing to memory cannot fail.
    let _ = writer.write_record(columns.iter().map(|c| c.name));
    for row in &rows {
        let _ = writer.write_record(columns.iter().map(|c| cell(row, c)));
    }
    writer.into_inner().unwrap_or_default()
}
