//! `Export-Csv` of any objects: comma, semicolon or tab, with or without the `#TYPE` line of Windows PowerShell 5.1.
//!
//! In: text. Out: [`Records`]; the place of a value is its line and the number of its cell. Arrays and objects are cut off in this
//! form: their cells hold the name of a type.

use super::records::{MOST_RECORDS, Property, Record, Records, Value};
use super::{Fault, known_name};
use crate::inventory::decode::MAX_CELL;
use crate::inventory::importers::csv_table::{Rows, preamble};
use csv::StringRecord;

pub(super) fn read(text: &str) -> Result<Records, Fault> {
    let mut records = Records {
        types: type_line(text),
        ..Records::default()
    };
    let mut columns: Vec<Option<&'static str>> = Vec::new();
    let mut rows = Rows::of(text);
    loop {
        let line = match rows.next() {
            Ok(Some(line)) => line,
            Ok(None) => break,
            Err(what) => return Err(Fault::new(0, what, "Export it again.")),
        };
        let cells = &rows.cells;
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if records.names.is_empty() {
            records.names = cells.iter().map(|cell| cell.trim().to_owned()).collect();
            columns = records.names.iter().map(|name| known_name(name)).collect();
            continue;
        }
        if records.list.len() == MOST_RECORDS {
            let what = format!("the file holds more than {MOST_RECORDS} rows");
            return Err(Fault::new(line, what, "Is it the right file?"));
        }
        if cells.len() != columns.len() {
            return Err(wrong_width(cells, columns.len(), line));
        }
        records.list.push(record(cells, &columns, line)?);
    }
    Ok(records)
}

fn wrong_width(cells: &StringRecord, width: usize, line: u32) -> Fault {
    let what = format!("the row has {} cells, the header has {width}", cells.len());
    let advice = "The file was cut off, or changed by hand: export it again.";
    Fault::new(line, what, advice)
}

fn record(cells: &StringRecord, columns: &[Option<&'static str>], line: u32) -> Result<Record, Fault> {
    let mut record = Record {
        line,
        column: 0,
        properties: Vec::new(),
    };
    for (position, (cell, name)) in cells.iter().zip(columns).enumerate() {
        let Some(name) = name else { continue };
        if cell.len() > MAX_CELL {
            let what = format!("a cell is longer than the limit of {} KiB", MAX_CELL / 1024);
            return Err(Fault::new(line, what, "Is it the right file?"));
        }
        record.properties.push(Property {
            name,
            value: Value::from_text(cell),
            line,
            column: u32::try_from(position + 1).unwrap_or(0),
        });
    }
    Ok(record)
}

/// `#TYPE Selected.Microsoft.HyperV.PowerShell.VMSwitch`.
fn type_line(text: &str) -> Vec<String> {
    let before = &text[..preamble(text).1];
    let line = before.lines().find_map(|line| line.trim().strip_prefix("#TYPE "));
    line.map(|name| name.trim().to_owned()).into_iter().collect()
}
