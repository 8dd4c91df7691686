//! Writes `.csv`: UTF-8, comma, LF, a header row, cells that a spreadsheet would run as a formula made harmless.
//!
//! In: cells. Out: bytes. Must not know: what the columns mean.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::Write;

/// A `.csv` file in the making.
pub(super) struct Sheet {
    out: Vec<u8>,
    columns: usize,
    column: usize,
}

impl Sheet {
    /// Starts a file with its header; `rows` is how many are expected.
    pub(super) fn new(header: &str, rows: usize) -> Sheet {
        let mut out = Vec::with_capacity(header.len() + 1 + rows * 96);
        out.extend_from_slice(header.as_bytes());
        out.push(b'\n');
        Sheet {
            out,
            columns: header.split(',').count(),
            column: 0,
        }
    }

    /// Adds a cell of text. Cells that begin with `=`, `+`, `-`, `@`, tab or return (also after spaces) get a leading
    /// apostrophe, unless they are plain numbers: spreadsheets would run them. The same right behind a separator inside the
    /// cell: a spreadsheet with other regional settings parts the line there.
    pub(super) fn text(&mut self, text: &str) {
        self.comma();
        let defused = behind_separators(text);
        let text = defused.as_ref();
        let first = text.trim_start_matches([' ', '\u{a0}']).chars().next();
        let formula = matches!(first, Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n')) && !is_number(text);
        let quote = formula || text.contains([',', '"', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ');
        if !quote {
            return self.out.extend_from_slice(text.as_bytes());
        }
        self.out.push(b'"');
        if formula {
            self.out.push(b'\'');
        }
        for byte in text.bytes() {
            if byte == b'"' {
                self.out.push(b'"');
            }
            self.out.push(byte);
        }
        self.out.push(b'"');
    }

    /// Adds a cell that we know to be harmless: a number, a MAC address, a word of ours.
    pub(super) fn value(&mut self, value: impl Display) {
        self.comma();
        let _ = write!(self.out, "{value}");
    }

    /// Adds a number, or an empty cell.
    pub(super) fn optional(&mut self, value: Option<impl Display>) {
        match value {
            Some(value) => self.value(value),
            None => self.comma(),
        }
    }

    /// Adds `yes` or `no`.
    pub(super) fn yes_no(&mut self, yes: bool) {
        self.value(if yes { "yes" } else { "no" });
    }

    /// Ends the row.
    pub(super) fn end_row(&mut self) {
        debug_assert_eq!(self.column, self.columns, "cells of a row");
        self.out.push(b'\n');
        self.column = 0;
    }

    /// The file.
    pub(super) fn finish(self) -> Vec<u8> {
        self.out
    }

    fn comma(&mut self) {
        if self.column > 0 {
            self.out.push(b',');
        }
        self.column += 1;
    }
}

/// An apostrophe where a separator inside the text is followed by what begins a formula; the first letter has a guard of its own.
fn behind_separators(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let hit = |at: usize| {
        at > 0
            && matches!(bytes[at], b';' | b',' | b'\t')
            && matches!(bytes.get(at + 1), Some(b'=' | b'+' | b'-' | b'@'))
            && {
                let rest = &text[at + 1..];
                !is_number(rest.split([';', ',', '\t']).next().unwrap_or(rest))
            }
    };
    if !(0..bytes.len()).any(hit) {
        return Cow::Borrowed(text);
    }
    let mut defused = String::with_capacity(text.len() + 1);
    for (at, letter) in text.char_indices() {
        defused.push(letter);
        if hit(at) {
            defused.push('\'');
        }
    }
    Cow::Owned(defused)
}

/// Whether text is a plain decimal number with an optional sign.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    all_digits(whole) && all_digits(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_back(cell: &str) -> String {
        let mut sheet = Sheet::new("a,b", 1);
        sheet.text(cell);
        sheet.text("end");
        sheet.end_row();
        let bytes = sheet.finish();
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("a row")).collect();
        assert_eq!((rows.len(), &rows[0][1]), (1, "end"), "{cell}");
        rows[0][0].to_owned()
    }

    #[test]
    fn cells_come_back_as_they_were() {
        for cell in [
            "",
            "plain",
            "a,b",
            "say \"hi\"",
            "two\nlines",
            " spaces ",
            "ünïcode ☃",
            "-5",
            "+1.25",
            "00-15-5D",
        ] {
            assert_eq!(read_back(cell), cell);
        }
    }

    #[test]
    fn formulas_behind_another_separator_are_made_harmless() {
        for (cell, harmless) in [
            ("LAN;=1+1", "LAN;'=1+1"),
            ("LAN;@SUM(A1);-x", "LAN;'@SUM(A1);'-x"),
            ("LAN,=1", "LAN,'=1"),
            ("LAN\t+cmd", "LAN\t'+cmd"),
            ("10;-5;+1.5", "10;-5;+1.5"),
            ("one; - two, -x", "one; - two, -x"),
        ] {
            assert_eq!(read_back(cell), harmless);
        }
    }

    #[test]
    fn formulas_are_made_harmless() {
        for cell in [
            "=1+1",
            "+cmd|' /C calc'!A0",
            "-2+3",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "=\"a,b\"",
            " =1",
            "-",
            "--1",
            "-1.2.3",
        ] {
            assert_eq!(read_back(cell), format!("'{cell}"), "{cell}");
        }
    }
}
