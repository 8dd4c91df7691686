//! What importers hand over: tables of text cells with their places, before anything is understood.
//!
//! In: importers. Out: [`Gathered`], which `resolve` turns into facts. Must not know: entities.

use super::catalogue::Table;
use super::code_page::Guess;
use super::decode::{self, Complaint};
use super::entities::{Origin, Source};
use super::importers::{Collection, CounterFile, Neighbour};
use super::measured::Measured;
use crate::finding::{Location, Problem};
use csv::StringRecord;
use encoding_rs::Encoding;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// One row: cells in the order of the file.
#[derive(Debug)]
pub struct Row {
    /// Line from 1; 0 = unknown.
    pub line: u32,
    /// Cells as written.
    pub cells: StringRecord,
    /// Where record and cells stand, if not in this line of the table's source.
    pub from: Option<Box<RowFrom>>,
    /// Which of the rows that stand in the same place, from [`number_rows`].
    pub nth: u32,
}

/// Where a row that was put together from several records comes from.
#[derive(Debug, Default)]
pub struct RowFrom {
    /// The record that says that the thing exists.
    pub record: Origin,
    /// The place of each cell, in the order of the cells; the default where it is unknown.
    pub cells: Vec<Origin>,
}

/// One table of one file.
#[derive(Debug)]
pub struct RawTable {
    /// Which table of the catalogue.
    pub def: &'static Table,
    /// Index into [`Gathered::sources`].
    pub source: u32,
    /// Which input it belongs to, from [`Gathered::next_input`].
    pub input: usize,
    /// For each catalogue column the cell that holds it.
    pub position: Vec<Option<usize>>,
    /// Rows as they stand.
    pub rows: Vec<Row>,
}

impl RawTable {
    /// An empty table whose cells stand in catalogue order.
    pub fn in_catalogue_order(def: &'static Table, source: u32, input: usize) -> RawTable {
        RawTable {
            def,
            source,
            input,
            position: (0..def.columns.len()).map(Some).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row from column names and values; blank for the rest.
    pub fn push(&mut self, line: u32, values: &[(&str, &str)]) {
        let value = |name: &str| values.iter().find(|(n, _)| *n == name).map_or("", |(_, v)| *v);
        let cells: StringRecord = self.def.columns.iter().map(|c| one_line(value(c.name))).collect();
        self.rows.push(Row {
            line,
            cells,
            from: None,
            nth: 0,
        });
    }
}

/// Everything that the importers found in all inputs.
#[derive(Debug, Default)]
pub struct Gathered {
    /// Files in reading order.
    pub sources: Vec<Source>,
    /// Tables in reading order.
    pub tables: Vec<RawTable>,
    /// What was passed over.
    pub notes: Vec<String>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// What the importer itself had to assume: input, missing fact, what was taken.
    pub assumed: Vec<(usize, String, String)>,
    /// Files whose code page was guessed, and what was taken.
    pub(in crate::inventory) guesses: Vec<(String, Guess)>,
    /// The code page of the folder that is being read, where its files show one.
    pub(in crate::inventory) page: Option<&'static Encoding>,
    /// A whole input could not be read, so that what is missing may stand there.
    pub unread: bool,
    /// Tables of which a file could not be read to its end.
    pub unread_tables: Vec<&'static str>,
    /// Inputs numbered so far.
    pub inputs: usize,
    /// Inputs that lie in the folder of another one, with the number of that one: they speak of the same clusters.
    pub beside: BTreeMap<usize, usize>,
    /// Exports of several files that were read whole: folder, and what their names begin with.
    pub exports: BTreeSet<(PathBuf, String)>,
    /// Exports of cmdlets, until all inputs are read: those of one cluster are put together.
    pub(in crate::inventory) collections: Vec<Collection>,
    /// Performance counters, until they are joined with the vNICs of all inputs.
    pub(in crate::inventory) counters: Vec<CounterFile>,
    /// What ports see at the other end of their cable, until it is joined with the NICs of all inputs.
    pub(in crate::inventory) neighbours: Vec<Neighbour>,
    /// What the counters say of groups.
    pub measured: Option<Measured>,
    /// What records that an importer put together itself say differently.
    pub differences: Vec<Difference>,
    /// Record of each value that several records of one input state, whether or not they agree.
    pub compared: Vec<Origin>,
}

/// Two records of one input that disagree.
#[derive(Debug)]
pub struct Difference {
    /// Table of the catalogue.
    pub table: &'static str,
    /// Name of the thing.
    pub name: String,
    /// Column of the table.
    pub column: &'static str,
    /// The value that counts, and its place.
    pub taken: (String, Origin),
    /// The other value, and its place.
    pub other: (String, Origin),
    /// The record of the thing.
    pub record: Origin,
}

impl Gathered {
    /// Number for the next input, from 0 along the command line; a folder that holds a report beside its tables is two.
    pub fn next_input(&mut self) -> usize {
        self.inputs += 1;
        self.inputs - 1
    }

    /// The same for what lies in the folder of an input.
    pub fn next_input_beside(&mut self, folder: usize) -> usize {
        let number = self.next_input();
        self.beside.insert(number, folder);
        number
    }

    /// The text of a file, whose name in messages is `file`; a code page that had to be guessed is kept to be told.
    pub(crate) fn text_of(&mut self, path: &Path, file: &str) -> Result<String, Complaint> {
        let (text, guess) = decode::read_guessed(path, self.page)?;
        self.guesses.extend(guess.map(|guess| (file.to_owned(), guess)));
        Ok(text)
    }

    /// Registers a file and gives its index.
    pub fn add_source(&mut self, file: &str) -> u32 {
        self.sources.push(Source {
            file: file.to_owned(),
            ..Source::default()
        });
        u32::try_from(self.sources.len() - 1).unwrap_or(u32::MAX)
    }

    /// Reports that a whole input cannot be read.
    pub fn refuse(&mut self, file: &str, what: impl Into<String>, advice: impl Into<String>) {
        self.unread = true;
        self.complain(file, 0, 0, what, advice);
    }

    /// Reports a problem of a file.
    pub fn complain(&mut self, file: &str, line: u32, column: u32, what: impl Into<String>, advice: impl Into<String>) {
        let at = Location {
            file: file.to_owned(),
            line,
            column,
        };
        self.problems.push(Problem {
            at,
            what: what.into(),
            advice: advice.into(),
        });
    }
}

/// Tells rows apart that stand in the same place: several in one line of a JSON file or a page, or put together from one record.
pub fn number_rows(tables: &mut [RawTable]) {
    let mut places: Vec<(Place, usize, usize)> = Vec::new();
    for (t, table) in tables.iter().enumerate() {
        places.extend(table.rows.iter().enumerate().map(|(r, row)| (place(table, row), t, r)));
    }
    places.sort_unstable();
    let mut nth = 0;
    for pair in places.windows(2) {
        nth = if pair[0].0 == pair[1].0 { nth + 1 } else { 0 };
        if let Some(row) = tables
            .get_mut(pair[1].1)
            .and_then(|table| table.rows.get_mut(pair[1].2))
        {
            row.nth = nth;
        }
    }
}

/// Source, line and character of a record, and the table where one record may make rows of several.
type Place = (u32, u32, u32, &'static str);

fn place(table: &RawTable, row: &Row) -> Place {
    match &row.from {
        Some(from) => (from.record.source, from.record.line, from.record.column, table.def.name),
        None => (table.source, row.line, 0, ""),
    }
}

/// A row, together with the rows of later inputs about the same thing: a later non-blank cell counts.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    /// First mention.
    pub first: Line<'a>,
    /// Mentions in later inputs.
    pub later: Vec<Line<'a>>,
}

/// One row in its table.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// The table.
    pub table: &'a RawTable,
    /// The row.
    pub row: &'a Row,
}

/// One cell with its place.
#[derive(Clone, Copy, Debug)]
pub struct Cell<'a> {
    /// Text without blanks around it and without the guard of the formula-injection writer.
    pub text: &'a str,
    /// Its row.
    pub line: Line<'a>,
    /// Catalogue position of its column.
    pub column: usize,
}

impl<'a> Line<'a> {
    /// The cell of a column; blank if the file has no such column.
    pub fn cell(self, name: &str) -> Cell<'a> {
        let column = self.table.def.position(name).unwrap_or(0);
        debug_assert!(
            self.table.def.position(name).is_some(),
            "no column {name} in {}",
            self.table.def.name
        );
        self.cell_at(column)
    }

    /// The cell at a position of the catalogue.
    pub fn cell_at(self, column: usize) -> Cell<'a> {
        let position = self.table.position.get(column).copied().flatten();
        let text = position.and_then(|p| self.row.cells.get(p)).unwrap_or("");
        Cell {
            text: unguard(text.trim()),
            line: self,
            column,
        }
    }

    /// Where the row came from.
    pub fn origin(self) -> Origin {
        match &self.row.from {
            Some(from) => Origin {
                nth: self.row.nth,
                ..from.record
            },
            None => Origin {
                nth: self.row.nth,
                source: self.table.source,
                line: self.row.line,
                column: 0,
            },
        }
    }
}

impl<'a> Record<'a> {
    /// A record of one row.
    pub fn new(first: Line<'a>) -> Record<'a> {
        Record {
            first,
            later: Vec::new(),
        }
    }

    /// The cell that holds for a column.
    pub fn cell(&self, name: &str) -> Cell<'a> {
        let said = self
            .later
            .iter()
            .rev()
            .map(|l| l.cell(name))
            .find(|c| !c.text.is_empty());
        said.unwrap_or_else(|| self.first.cell(name))
    }

    /// Whether a file that speaks of it has the column at this position of the catalogue.
    pub fn has(&self, column: usize) -> bool {
        let has = |line: &Line<'_>| line.table.position.get(column).is_some_and(Option::is_some);
        has(&self.first) || self.later.iter().any(has)
    }

    /// Text of a column; empty when blank.
    pub fn text(&self, name: &str) -> &'a str {
        self.cell(name).text
    }

    /// Where the record came from.
    pub fn origin(&self) -> Origin {
        self.first.origin()
    }
}

impl Cell<'_> {
    /// Where the cell stands.
    pub fn at(&self, sources: &[Source]) -> Location {
        let place = self.place(sources);
        Location {
            file: sources
                .get(place.source as usize)
                .map(|s| s.file.clone())
                .unwrap_or_default(),
            line: place.line,
            column: place.column,
        }
    }

    /// The same as numbers.
    pub fn place(&self, sources: &[Source]) -> Origin {
        let table = self.line.table;
        if let Some(from) = &self.line.row.from {
            let own = table.position.get(self.column).copied().flatten();
            let cell = own.and_then(|p| from.cells.get(p)).copied().unwrap_or_default();
            return if cell == Origin::default() { from.record } else { cell };
        }
        let told = sources
            .get(table.source as usize)
            .is_some_and(|s| !s.columns.is_empty());
        let position = table.position.get(self.column).copied().flatten().filter(|_| told);
        Origin {
            nth: 0,
            source: table.source,
            line: self.line.row.line,
            column: position.map_or(0, |p| u32::try_from(p + 1).unwrap_or(0)),
        }
    }
}

/// The text with a blank for each line break or other control character: Windows lets names hold them, a table that people edit does not.
pub fn one_line(text: &str) -> Cow<'_, str> {
    if text.chars().any(char::is_control) {
        Cow::Owned(text.replace(char::is_control, " "))
    } else {
        Cow::Borrowed(text)
    }
}

/// Takes off the `'` that keeps a spreadsheet from running a cell as a formula.
pub fn unguard(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if needs_guard(rest) => rest,
        _ => text,
    }
}

/// Whether a spreadsheet may take the text for a formula; also text that begins with the guard itself.
pub fn needs_guard(text: &str) -> bool {
    matches!(text.as_bytes().first(), Some(b'=' | b'+' | b'-' | b'@' | b'\''))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_of_names_become_blanks() {
        assert_eq!(one_line("LAN\n2\u{82}"), "LAN 2 ");
        assert_eq!(one_line("LAN 2"), "LAN 2");
    }

    #[test]
    fn only_the_guard_itself_is_taken_off() {
        assert_eq!(unguard("'=1+1"), "=1+1");
        assert_eq!(unguard("''=1"), "'=1");
        assert_eq!(unguard("'vSwitch'"), "'vSwitch'");
        assert_eq!(unguard("-"), "-");
    }
}
