//! The tables as they were filled: a default that no row stated is not stated by the redacted inventory either, since rules judge only
//! what is said.
//!
//! In: facts, and which columns the input filled. Out: files.

use crate::inventory::catalogue::{self, Column, Table};
use crate::inventory::{Cluster, Inventory, is_defaulted, to_csv_tables};

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
        let assumed = |column: &Column| is_defaulted(table.name, column.name) && !fills(table.name, column.name);
        let wanted = |column: &Column| column.required || asks(table.name, column.name);
        files.push((file, rewrite(table, &bytes, &assumed, &wanted)));
    }
    files
}

/// The file without assumed values, with the columns that are wanted or hold something.
fn rewrite(
    table: &Table,
    bytes: &[u8],
    assumed: &dyn Fn(&Column) -> bool,
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
        if assumed(column) {
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
