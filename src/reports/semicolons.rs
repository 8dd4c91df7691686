//! A `.csv` of ours as Excel opens it by a double click where the decimal mark is a comma: German, French, Russian and other Windows.
//!
//! In: `.csv` with commas. Out: the same cells with semicolons. Must not know: what the columns mean, beyond the unit at the end of
//! their name.

use csv::{ByteRecord, ReaderBuilder, WriterBuilder};

/// What a column with decimals can end in: the unit that its header names.
const UNITS: [&[u8]; 6] = [b"s", b"ms", b"mbps", b"mib", b"permille", b"percent"];

/// The mark by which Excel knows UTF-8 when a file is opened by a double click.
pub const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// The same table with semicolons between the cells, and a comma as decimal mark in the columns that have a unit: with a point Excel
/// makes days of them there (`12.5` the 12th of May). Names and versions keep their points.
pub fn with_semicolons(table: &[u8]) -> Vec<u8> {
    let mut rows = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(table);
    let mut out = WriterBuilder::new()
        .delimiter(b';')
        .flexible(true)
        .from_writer(Vec::new());
    let mut measured: Option<Vec<bool>> = None;
    for row in rows.byte_records().filter_map(Result::ok) {
        let written = match &measured {
            None => {
                measured = Some(row.iter().map(has_unit).collect());
                row
            }
            Some(measured) => {
                let cells = row.iter().enumerate();
                cells
                    .map(|(at, cell)| match measured.get(at) {
                        Some(true) => decimal_comma(cell),
                        _ => cell.to_vec(),
                    })
                    .collect::<ByteRecord>()
            }
        };
        // Writing to memory cannot fail.
        let _ = out.write_byte_record(&written);
    }
    out.into_inner().unwrap_or_default()
}

fn has_unit(header: &[u8]) -> bool {
    let end = header.rsplit(|byte| *byte == b'_').next().unwrap_or_default();
    end.len() < header.len() && UNITS.contains(&end)
}

fn decimal_comma(cell: &[u8]) -> Vec<u8> {
    let digits = cell.strip_prefix(b"-").unwrap_or(cell);
    let points = digits.iter().filter(|byte| **byte == b'.').count();
    let number = points == 1 && digits.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    let turned = |byte: &u8| if number && *byte == b'.' { b',' } else { *byte };
    cell.iter().map(turned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_stays_one_cell_and_only_measured_numbers_get_a_comma() {
        let table = "vm,start_s,os,why\n\"a;=1+1\",12.5,10.5,\"x, y\"\n'=2,-0.25,,\"say \"\"hi\"\"\"\n\"two\nlines\",7,,\"1;2\"\n";
        let turned = with_semicolons(table.as_bytes());
        let mut reader = ReaderBuilder::new().delimiter(b';').from_reader(turned.as_slice());
        let rows: Vec<Vec<String>> = reader
            .records()
            .map(|row| row.expect("a row").iter().map(str::to_owned).collect())
            .collect();
        assert_eq!(
            rows,
            [
                ["a;=1+1", "12,5", "10.5", "x, y"],
                ["'=2", "-0,25", "", "say \"hi\""],
                ["two\nlines", "7", "", "1;2"],
            ]
        );
        assert!(turned.starts_with(b"vm;start_s;os;why\n"));
    }

    #[test]
    fn what_is_no_plain_number_keeps_its_points() {
        for cell in ["10.0.0.1", "1.2.3", "v1.5", "", "1e.5"] {
            assert_eq!(decimal_comma(cell.as_bytes()), cell.as_bytes(), "{cell}");
        }
    }
}
