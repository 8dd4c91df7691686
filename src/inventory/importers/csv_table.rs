//! One `.csv` file: separator from the header, any header spelling, quotes, blank lines, places for every message.

use crate::inventory::catalogue::{self, Column, Table};
use crate::inventory::decode::{MAX_CELL, MAX_ROWS};
use crate::inventory::raw::{Gathered, RawTable, Row};
use crate::inventory::resolve::merging;
use crate::inventory::suggest::did_you_mean;
use csv::StringRecord;

/// Reads the text of one file as rows of `def`.
pub(in crate::inventory) fn read(text: &str, def: &'static Table, file: &str, input: usize, gathered: &mut Gathered) {
    let source = gathered.add_source(file);
    let mut table = RawTable {
        def,
        source,
        input,
        position: vec![None; def.columns.len()],
        rows: Vec::new(),
    };
    let whole = rows(text, &mut table, file, gathered);
    if !whole || missing(&table).any(|column| !merging::may_stand_elsewhere(def.name, column)) {
        gathered.unread_tables.push(def.name);
    }
    gathered.tables.push(table);
}

/// Reads header and rows; `false` when the file could not be read to its end, which is told.
fn rows(text: &str, table: &mut RawTable, file: &str, gathered: &mut Gathered) -> bool {
    let mut rows = Rows::of(text);
    let (mut width, mut remarks) = (None, Vec::new());
    let closed = text.bytes().filter(|byte| *byte == b'"').count() % 2 == 0;
    loop {
        let line = match rows.next() {
            Ok(Some(line)) => line,
            Ok(None) => break,
            Err(what) => {
                gathered.complain(file, 0, 0, what, "Export it again.");
                return false;
            }
        };
        let cells = &mut rows.cells;
        if cells.iter().all(|c| c.trim().is_empty()) {
            continue;
        }
        let Some(width) = width else {
            width = Some(cells.len());
            remarks = remark_columns(cells);
            header(cells, line, table, gathered, file);
            continue;
        };
        if table.rows.len() == MAX_ROWS {
            let what = format!("the file has more rows than the limit of {MAX_ROWS}");
            let advice = "Is it the right file? Leave out what is not an inventory.";
            gathered.complain(file, line, 0, what, advice);
            return false;
        }
        let shape = Shape {
            width,
            remarks: &remarks,
            closed,
        };
        if !sound(cells, &shape, line, gathered, file) {
            return false;
        }
        table.rows.push(Row {
            line,
            cells: std::mem::take(cells),
            from: None,
            nth: 0,
        });
    }
    if width.is_none() {
        let names: Vec<&str> = table.def.columns.iter().map(|c| c.name).collect();
        let advice = format!("First row: {}", names.join(","));
        gathered.complain(file, 1, 0, "the file is empty: the header row is missing", advice);
    }
    width.is_some()
}

/// The rows of a text, the header among them, and where they begin.
pub(super) fn open(text: &str) -> (csv::Reader<&[u8]>, usize) {
    let (delimiter, start) = preamble(text);
    let reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(&text.as_bytes()[start..]);
    (reader, start)
}

/// The rows of a text one after the other, the header among them, each with its line.
pub(crate) struct Rows<'t> {
    reader: csv::Reader<&'t [u8]>,
    body: &'t str,
    lines_before: u32,
    /// Cells of the last row.
    pub(crate) cells: StringRecord,
}

impl<'t> Rows<'t> {
    /// Before the first row.
    pub(crate) fn of(text: &'t str) -> Rows<'t> {
        let (reader, start) = open(text);
        let (before, body) = text.split_at(start);
        Rows {
            reader,
            body,
            lines_before: lines_in(before),
            cells: StringRecord::new(),
        }
    }

    /// Reads a row into [`Rows::cells`] and gives its line; nothing at the end, a sentence where the text is no `.csv`.
    pub(crate) fn next(&mut self) -> Result<Option<u32>, String> {
        let read = self.reader.read_record(&mut self.cells);
        let there = read.map_err(|e| format!("the file cannot be read as .csv: {e}"))?;
        Ok(there.then(|| self.lines_before + line_of(&self.cells, self.body)))
    }
}

/// Separator, and where the header begins: `sep=;` of Excel and `#TYPE …` of PowerShell are skipped.
pub(crate) fn preamble(text: &str) -> (u8, usize) {
    let mut start = 0;
    let mut said = None;
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        if let Some(separator) = content.strip_prefix("sep=").filter(|s| s.len() == 1) {
            said = separator.bytes().next();
        } else if !content.is_empty() && !content.starts_with("#TYPE") {
            return (said.unwrap_or_else(|| separator(content)), start);
        }
        start += line.len();
    }
    (said.unwrap_or(b','), start)
}

/// The separator that occurs most in the header outside quotes.
fn separator(header: &str) -> u8 {
    let mut counts = [(0, b'\t'), (0, b';'), (0, b',')];
    let mut quoted = false;
    for byte in header.bytes() {
        quoted ^= byte == b'"';
        if let Some(count) = counts.iter_mut().find(|(_, mark)| !quoted && *mark == byte) {
            count.0 += 1;
        }
    }
    counts
        .iter()
        .max_by_key(|(count, _)| *count)
        .map_or(b',', |(_, mark)| *mark)
}

/// How many line ends a text has.
fn lines_in(text: &str) -> u32 {
    u32::try_from(text.bytes().filter(|b| *b == b'\n').count()).unwrap_or(u32::MAX)
}

/// Line of a record within `body`, from 1; the reader counts blank lines before a record to it.
fn line_of(cells: &StringRecord, body: &str) -> u32 {
    let Some(position) = cells.position() else { return 0 };
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let blank = body
        .as_bytes()
        .get(start..)
        .unwrap_or(&[])
        .iter()
        .take_while(|b| matches!(b, b'\r' | b'\n'));
    let skipped = blank.filter(|b| **b == b'\n').count();
    u32::try_from(position.line())
        .unwrap_or(u32::MAX)
        .saturating_add(u32::try_from(skipped).unwrap_or(0))
}

/// Maps headers to columns of the catalogue and reports unknown, doubled and missing ones.
fn header(cells: &StringRecord, line: u32, table: &mut RawTable, gathered: &mut Gathered, file: &str) {
    let def = table.def;
    for (index, cell) in cells.iter().enumerate() {
        let name = cell.trim();
        let place = u32::try_from(index + 1).unwrap_or(0);
        if name.is_empty() || catalogue::is_remark(name) {
            continue;
        }
        match def.find(name) {
            Some(column) if table.position[column].is_some() => {
                let what = format!("the column {} is there twice", def.columns[column].name);
                gathered.complain(file, line, place, what, "Keep one of them.");
            }
            Some(column) => table.position[column] = Some(index),
            None => {
                let what = unknown_column(name, def);
                gathered.complain(file, line, place, what, known_columns(def));
            }
        }
    }
    for column in missing(table).filter(|column| !merging::may_stand_elsewhere(def.name, column)) {
        let what = format!("the required column {} is missing", column.name);
        gathered.complain(
            file,
            line,
            0,
            what,
            format!("{} Example: {}", column.about, column.example),
        );
    }
    let columns = table.position.iter().zip(def.columns);
    let told = columns.filter_map(|(p, c)| p.map(|p| (c.name.to_owned(), u32::try_from(p + 1).unwrap_or(0))));
    if let Some(source) = gathered.sources.get_mut(table.source as usize) {
        source.columns = told.collect();
        source.header = line;
    }
}

/// `unknown column 'spead' in nics (did you mean 'speed_mbps'?)`.
pub(super) fn unknown_column(name: &str, def: &Table) -> String {
    let short: String = name.chars().take(80).collect();
    let known = def
        .columns
        .iter()
        .flat_map(|c| c.aliases.iter().copied().chain([c.name]));
    format!("unknown column '{short}' in {}{}", def.name, did_you_mean(name, known))
}

/// Advice that lists the columns of a table.
pub(super) fn known_columns(def: &Table) -> String {
    let names: Vec<&str> = def.planning().map(|c| c.name).collect();
    let review = match def.review().count() {
        0 => String::new(),
        more => format!(" For the review there are {more} more, listed in the README.md that nicplan init writes."),
    };
    format!(
        "Columns are: {}.{review} A column of your own may be called notes.",
        names.join(", ")
    )
}

fn missing(table: &RawTable) -> impl Iterator<Item = &'static Column> {
    let absent = table.position.clone();
    table
        .def
        .columns
        .iter()
        .zip(absent)
        .filter(|(c, p)| c.required && p.is_none())
        .map(|(c, _)| c)
}

/// What the header says of every row.
struct Shape<'h> {
    /// How many cells it has.
    width: usize,
    /// Which of them are the user's own remarks, which nobody reads.
    remarks: &'h [bool],
    /// Quotation marks of the file pair up: none is opened and never closed.
    closed: bool,
}

impl Shape<'_> {
    /// Whether a cell may hold line breaks: a remark that has not swallowed the rows behind a forgotten quotation mark.
    fn may_break(&self, index: usize, cell: &str) -> bool {
        let is_row = |line: &str| {
            [',', ';', '\t']
                .iter()
                .any(|mark| line.matches(*mark).count() + 1 >= self.width.max(3))
        };
        self.remarks.get(index).copied().unwrap_or(false) && self.closed && !cell.lines().skip(1).any(is_row)
    }
}

fn remark_columns(header: &StringRecord) -> Vec<bool> {
    header.iter().map(|name| catalogue::is_remark(name.trim())).collect()
}

/// Checks a row's shape; `false` when the rest of the file cannot be trusted.
fn sound(cells: &StringRecord, shape: &Shape<'_>, line: u32, gathered: &mut Gathered, file: &str) -> bool {
    for (index, cell) in cells.iter().enumerate() {
        let place = u32::try_from(index + 1).unwrap_or(0);
        if cell.len() > MAX_CELL {
            let what = format!("the cell is longer than the limit of {} KiB", MAX_CELL / 1024);
            gathered.complain(
                file,
                line,
                place,
                what,
                "Is a quotation mark opened here and never closed?",
            );
            return false;
        }
        if !shape.may_break(index, cell) && cell.trim().chars().any(char::is_control) {
            let what = "the cell holds a line break or another control character";
            gathered.complain(
                file,
                line,
                place,
                what,
                "Is a quotation mark opened here and never closed? Write the value on one line.",
            );
        }
    }
    let width = shape.width;
    if cells.iter().skip(width).any(|c| !c.trim().is_empty()) {
        let what = format!("the row has {} cells, the header has {width}", cells.len());
        let advice = "A value that holds the separator needs quotation marks around it.";
        gathered.complain(file, line, u32::try_from(width + 1).unwrap_or(0), what, advice);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes(text: &str) -> Gathered {
        let mut gathered = Gathered::default();
        let def = catalogue::table("nodes").expect("the table exists");
        read(text, def, "nodes.csv", 0, &mut gathered);
        gathered
    }

    fn cell<'a>(gathered: &'a Gathered, row: usize, column: &str) -> (&'a str, u32) {
        let table = &gathered.tables[0];
        let line = crate::inventory::raw::Line {
            table,
            row: &table.rows[row],
        };
        (line.cell(column).text, line.row.line)
    }

    #[test]
    fn separators_line_ends_quotes_and_header_spellings_do_not_matter() {
        for text in [
            "node,management_ip,memory_mib\nHV1,10.0.0.1,\"8,192\"\n",
            "Node;Management IP;Memory MiB\r\nHV1;10.0.0.1;8,192\r\n",
            "NODE\tmanagement-ip\tRAM\nHV1\t10.0.0.1\t8,192",
            "sep=;\r\n\"HostName\";\"IPAddress\";\"Memory\"\r\n\r\n\"HV1\";\"10.0.0.1\";\"8,192\"\r\n;;\r\n",
            "#TYPE Selected.Microsoft.HyperV\n\"ComputerName\",\"IP\",\"MemoryMB\"\n\"HV1\",\"10.0.0.1\",\"8,192\"\n",
        ] {
            let gathered = nodes(text);
            assert_eq!(gathered.problems, [], "{text}");
            assert_eq!(gathered.tables[0].rows.len(), 1, "{text}");
            assert_eq!(cell(&gathered, 0, "node").0, "HV1");
            assert_eq!(cell(&gathered, 0, "memory_mib").0, "8,192");
        }
    }

    #[test]
    fn lines_are_counted_across_blank_lines_and_preambles() {
        let gathered = nodes("sep=,\nnode\n\n\nHV1\n\nHV2\n");
        assert_eq!(cell(&gathered, 0, "node"), ("HV1", 5));
        assert_eq!(cell(&gathered, 1, "node"), ("HV2", 7));
    }

    #[test]
    fn unknown_columns_are_named_with_place_and_suggestion() {
        let gathered = nodes("node,memmory_mib,notes\nHV1,1,x\n");
        assert_eq!(gathered.problems.len(), 1);
        assert_eq!(gathered.problems[0].at.to_string(), "nodes.csv:1:2");
        assert!(
            gathered.problems[0].what.contains("did you mean 'memory_mib'"),
            "{}",
            gathered.problems[0].what
        );
    }

    #[test]
    fn missing_and_doubled_columns_and_empty_files_are_problems() {
        assert!(nodes("cluster\nA\n").problems[0].what.contains("required column node"));
        assert!(nodes("node,Host\nA,B\n").problems[0].what.contains("twice"));
        assert!(nodes("").problems[0].what.contains("empty"));
        assert_eq!(nodes("node\n").problems, []);
    }

    #[test]
    fn a_line_break_in_a_remark_of_ones_own_stops_nothing() {
        let gathered = nodes("node,notes,memory_mib\nHV1,\"first\nsecond\",8192\nHV2,,4096\n");
        assert_eq!(gathered.problems, []);
        assert_eq!(cell(&gathered, 1, "memory_mib"), ("4096", 4));
        for unclosed in [
            "node,notes,memory_mib\nHV1,\"first,8192\nHV2,,4096\n",
            "node,notes,memory_mib\nHV1,\"first,8192\nHV2,,4096\nHV3,last\",4096\n",
        ] {
            let found = nodes(unclosed).problems;
            assert!(
                found.iter().any(|p| p.what.contains("line break")),
                "{unclosed}: {found:?}"
            );
        }
    }

    #[test]
    fn broken_quotes_long_cells_and_too_many_cells_are_problems() {
        assert!(
            nodes("node,cluster\n\"HV1,A\nHV2,B\n").problems[0]
                .what
                .contains("line break")
        );
        assert!(
            nodes(&format!("node\n{}\n", "a".repeat(MAX_CELL + 1))).problems[0]
                .what
                .contains("64 KiB")
        );
        let many = nodes("node,management_ip\nHV1,10.0.0.1,spare\n");
        assert_eq!(many.problems[0].at.to_string(), "nodes.csv:2:3");
    }

    #[test]
    fn more_rows_than_the_limit_are_refused_naming_it() {
        let mut text = String::from("node\n");
        for _ in 0..=MAX_ROWS {
            text.push_str("a\n");
        }
        let gathered = nodes(&text);
        assert!(
            gathered.problems[0].what.contains("1000000"),
            "{:?}",
            gathered.problems[0]
        );
    }
}
