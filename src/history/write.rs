//! The history and what was passed over, as `.csv`.
//!
//! In: rows. Out: bytes: UTF-8, comma, LF, cells that a spreadsheet would run as a formula guarded by `'`.
//! Must not know: events.

use super::{PassedOver, Row};
use crate::inventory::raw::{needs_guard, one_line};

/// Columns of the history of past migrations. An empty cell means unknown.
pub const HISTORY_COLUMNS: [&str; 13] = [
    "batch",
    "vm",
    "source",
    "target",
    "memory_mib",
    "source_mbps",
    "target_mbps",
    "transport",
    "dirty_mib_s",
    "working_set_mib",
    "start_s",
    "end_s",
    "blackout_ms",
];

/// Columns of what was passed over.
pub const PASSED_OVER_COLUMNS: [&str; 7] = ["reason", "time", "vm", "node", "event", "file", "line"];

/// `history.csv`.
pub fn history_csv(rows: &[Row]) -> Vec<u8> {
    let cells = |row: &Row| {
        [
            guarded(&row.batch),
            guarded(&row.vm),
            guarded(row.source.as_deref().unwrap_or_default()),
            guarded(row.target.as_deref().unwrap_or_default()),
            number(row.memory_mib),
            number(row.source_mbps),
            number(row.target_mbps),
            row.transport.unwrap_or_default().to_owned(),
            String::new(),
            String::new(),
            seconds(row.start_ms),
            seconds(row.end_ms),
            number(row.blackout_ms),
        ]
    };
    sheet(&HISTORY_COLUMNS, rows.iter().map(cells))
}

/// `passed_over.csv`.
pub fn passed_over_csv(passed: &[PassedOver]) -> Vec<u8> {
    let cells = |one: &PassedOver| {
        [
            one.reason.to_owned(),
            one.time.show(),
            guarded(&one.vm),
            guarded(&one.node),
            one.event.to_string(),
            guarded(&one.at.file),
            one.at.line.to_string(),
        ]
    };
    sheet(&PASSED_OVER_COLUMNS, passed.iter().map(cells))
}

fn sheet<const N: usize>(columns: &[&str; N], rows: impl Iterator<Item = [String; N]>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    // writing to memory cannot fail
    let _ = writer.write_record(columns);
    for row in rows {
        let _ = writer.write_record(row);
    }
    writer.into_inner().unwrap_or_default()
}

fn number(value: Option<impl ToString>) -> String {
    value.map(|v| v.to_string()).unwrap_or_default()
}

/// Milliseconds as seconds: `12`, `12.5`.
fn seconds(ms: i64) -> String {
    let (whole, rest) = (ms / 1000, ms % 1000);
    if rest == 0 {
        return whole.to_string();
    }
    format!("{whole}.{rest:03}").trim_end_matches('0').to_owned()
}

/// A name on one line, as a table that people edit wants it, and no formula.
fn guarded(cell: &str) -> String {
    let line = one_line(cell);
    let cell = line.trim();
    if needs_guard(cell) && cell.parse::<f64>().is_err() {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_have_no_more_digits_than_they_need() {
        assert_eq!([0, 1500, 12_000, 61_005].map(seconds), ["0", "1.5", "12", "61.005"]);
    }

    #[test]
    fn formulas_are_guarded_and_numbers_are_not() {
        assert_eq!(guarded("=cmd|'/c calc'!A0"), "'=cmd|'/c calc'!A0");
        assert_eq!(guarded("-5"), "-5");
        assert_eq!(guarded("\t=1"), "'=1");
        assert_eq!(guarded("HV1\n2"), "HV1 2");
    }
}
