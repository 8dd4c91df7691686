//! Collects problems, and reads cells so that each unreadable one is told with place and advice.

use super::merging::{self, Merging};
use crate::finding::{Location, Problem};
use crate::inventory::catalogue::{self, CONCLUDED};
use crate::inventory::entities::Source;
use crate::inventory::facts::{Fact, Facts};
use crate::inventory::raw::{Cell, Line, RawTable, Record};
use crate::inventory::suggest::did_you_mean;
use crate::units::count;
use std::collections::BTreeMap;

/// Suggestions cost a comparison with every name; after so many dangling names the pattern is clear.
const MOST_HINTS: usize = 50;

/// Doubts about one column that are told one by one; a column typed in the wrong unit gives one in each row.
const MOST_DOUBTS: usize = 5;

/// Problems of all files, and the cells that cause them.
pub(crate) struct Problems<'a> {
    sources: &'a [Source],
    list: Vec<Problem>,
    hints: usize,
    /// Tables that exist but could not be read; what is said to be in them is not told as missing.
    unread: Vec<&'static str>,
    /// A whole input could not be read.
    unread_input: bool,
    /// Values that can be read but can hardly be meant, by file and column.
    doubts: BTreeMap<(u32, &'static str), Vec<Doubt>>,
    /// What merging the rows of several sources leaves behind.
    pub(super) merging: Merging,
}

/// A value that can be read but can hardly be meant; ordered by line.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Doubt {
    line: u32,
    /// `nodes.csv:2:3`.
    place: String,
    /// How it was read, and what to write otherwise.
    what: String,
}

/// A doubt in words.
pub(in crate::inventory) struct Told {
    /// What is not sure, for the list of assumptions.
    pub missing: String,
    /// How it was read.
    pub taken: String,
    /// Both, for the console.
    pub note: String,
}

impl<'a> Problems<'a> {
    pub(crate) fn new(
        sources: &'a [Source],
        list: Vec<Problem>,
        unread: Vec<&'static str>,
        unread_input: bool,
    ) -> Problems<'a> {
        Problems {
            sources,
            list,
            hints: 0,
            unread,
            unread_input,
            doubts: BTreeMap::new(),
            merging: Merging::default(),
        }
    }

    /// The files, for places.
    pub(super) fn sources(&self) -> &'a [Source] {
        self.sources
    }

    /// Takes in the rows of all sources about one thing.
    pub(super) fn merged(&mut self, name: &str, record: &Record<'_>) {
        self.merging.hear(name, record, self.sources);
    }

    /// Notes what two rows about one thing state in a column; `line` is the one that counts.
    pub(super) fn differ(&mut self, name: &str, column: &str, line: Line<'_>, other: Line<'_>) {
        let (taken, other) = (line.cell(column), other.cell(column));
        let def = line.table.def;
        let column = def.position(column).and_then(|at| def.columns.get(at));
        let (Some(column), false) = (column, taken.text.is_empty() || other.text.is_empty()) else {
            return;
        };
        let stated = |cell: Cell<'_>| (cell.text.to_owned(), cell.at(self.sources));
        let (taken, other) = (stated(taken), stated(other));
        self.merging
            .compare(def.name, name, column, taken, other, line.origin());
    }

    /// All problems in the order of files, lines and columns.
    pub(crate) fn finish(mut self) -> Vec<Problem> {
        self.list.sort();
        self.list.dedup();
        self.list
    }

    /// Reports a problem at a cell.
    pub(crate) fn at(&mut self, cell: Cell<'_>, what: impl Into<String>, advice: impl Into<String>) {
        let at = cell.at(self.sources);
        self.list.push(Problem {
            at,
            what: what.into(),
            advice: advice.into(),
        });
    }

    /// Every inventory needs nodes and NICs, from whichever input. Silent while a file of that table could not be read.
    pub(super) fn require_tables(&mut self, tables: &[RawTable]) {
        for def in catalogue::TABLES.into_iter().filter(|t| t.required) {
            let mut of_kind = tables.iter().filter(|t| t.def.name == def.name).peekable();
            let file = of_kind
                .peek()
                .and_then(|t| self.sources.get(t.source as usize))
                .map(|s| s.file.clone());
            let named = file.clone().unwrap_or_else(|| def.file());
            if self.is_unread(def.name) || of_kind.any(|t| !t.rows.is_empty()) {
                continue;
            }
            let needed: Vec<&str> = def.columns.iter().filter(|c| c.required).map(|c| c.name).collect();
            let what = match &file {
                Some(_) => format!("the table {} has no rows", def.name),
                None => format!("the table {} is missing", def.name),
            };
            let advice = format!("{} Needed columns: {}.", def.about, needed.join(", "));
            self.list.push(Problem {
                at: Location {
                    file: named,
                    line: 0,
                    column: 0,
                },
                what,
                advice,
            });
            // Told once: what names a node or NIC elsewhere is no fault of its own.
            self.unread.push(def.name);
        }
    }

    /// Notes how a value was read that can hardly be meant so.
    pub(super) fn doubt(&mut self, cell: Cell<'_>, what: &str) {
        let table = cell.line.table;
        let column = table.def.columns.get(cell.column).map_or("", |c| c.name);
        let doubt = Doubt {
            line: cell.line.row.line,
            place: cell.at(self.sources).to_string(),
            what: shorten(what),
        };
        self.doubts.entry((table.source, column)).or_default().push(doubt);
    }

    /// The value of a cell as [`Problems::read`] gives it; `odd` says what is implausible about it.
    pub(super) fn read_plausible<T: Copy>(
        &mut self,
        record: &Record<'_>,
        column: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
        odd: impl FnOnce(&str, T) -> Option<String>,
    ) -> Option<T> {
        let value = self.read(record, column, parse)?;
        let cell = record.cell(column);
        if let Some(what) = odd(cell.text, value) {
            self.doubt(cell, &what);
        }
        Some(value)
    }

    /// All doubts in the order of files and lines, of each column the first few.
    pub(super) fn doubts(&self) -> Vec<Told> {
        let mut told = Vec::new();
        for ((source, column), doubts) in &self.doubts {
            let mut sorted: Vec<&Doubt> = doubts.iter().collect();
            sorted.sort();
            told.extend(sorted.iter().take(MOST_DOUBTS).map(|doubt| Told {
                missing: format!("whether the value of {column} is meant, {}", doubt.place),
                taken: doubt.what.clone(),
                note: format!("{}: {column}: {}", doubt.place, doubt.what),
            }));
            let rest = sorted.len().saturating_sub(MOST_DOUBTS);
            if rest > 0 {
                let file = self.sources.get(*source as usize).map_or("", |source| &source.file);
                told.push(Told {
                    missing: format!("whether more values of {column} are meant, {file}"),
                    taken: count(rest, "more such cell"),
                    note: format!("the column {column} holds {}", count(rest, "more such cell")),
                });
            }
        }
        told
    }

    /// The value of a cell; `None` when blank or unreadable (which is told).
    pub(crate) fn read<T>(
        &mut self,
        record: &Record<'_>,
        column: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let cell = record.cell(column);
        if cell.text.is_empty() {
            return None;
        }
        match parse(cell.text) {
            Ok(value) => Some(value),
            Err(what) => {
                self.unreadable(cell, &what);
                None
            }
        }
    }

    /// Values of the record's review columns; blank cells are left out, unreadable ones told.
    pub(super) fn facts(&mut self, record: &Record<'_>) -> Facts {
        let mut facts = Facts::default();
        for (position, column) in record.first.table.def.columns.iter().enumerate() {
            // Most files have none of these columns: then nothing is looked up.
            if !column.review || !record.has(position) {
                continue;
            }
            if let Some(fact) = self.read(record, column.name, |text| Fact::parse(column, text)) {
                facts.insert(column.name, fact);
            }
        }
        keep_concluded(record, &mut facts);
        facts
    }

    /// Reports an unreadable value with the column's own advice.
    pub(super) fn unreadable(&mut self, cell: Cell<'_>, what: &str) {
        let column = &cell.line.table.def.columns[cell.column];
        let advice = format!(
            "{} Write {}. Example: {}",
            column.about,
            column.kind.hint(),
            column.example
        );
        self.at(cell, format!("{}: {}", column.name, shorten(what)), advice);
    }

    /// The text of a required cell; `None` when blank (which is told, unless the whole column is missing and told already: once for
    /// each file).
    pub(crate) fn required<'b>(&mut self, cell: Cell<'b>) -> Option<&'b str> {
        if !cell.text.is_empty() {
            return Some(cell.text);
        }
        let table = cell.line.table;
        let column = &table.def.columns[cell.column];
        let advice = format!("{} Example: {}", column.about, column.example);
        if table.position.get(cell.column).copied().flatten().is_some() {
            self.at(cell, format!("the required cell {} is blank", column.name), advice);
        } else if merging::may_stand_elsewhere(table.def.name, column)
            && let Some(source) = self.sources.get(table.source as usize)
        {
            let at = Location {
                file: source.file.clone(),
                line: source.header,
                column: 0,
            };
            let what = format!("the required column {} is missing", column.name);
            // Once for each file: its other rows lack the same.
            if !self.list.iter().any(|told| told.at == at && told.what == what) {
                let of = named_by(cell.line);
                let advice = format!("{advice} No source says it of {of}.");
                self.list.push(Problem { at, what, advice });
            }
        }
        None
    }

    /// Whether rows of a table may be missing because its file is missing or could not be read, which is told already.
    pub(super) fn is_unread(&self, table: &str) -> bool {
        self.unread_input || self.unread.contains(&table)
    }

    /// Reports a name that nothing has, unless the table that should hold it could not be read, which is told already.
    pub(super) fn dangling<'b>(
        &mut self,
        cell: Cell<'_>,
        kind: &str,
        name: &str,
        known: impl IntoIterator<Item = &'b str>,
    ) {
        let tables: &[&str] = match kind {
            "node" => &["nodes"],
            "VM" => &["vms", "nodes"],
            "virtual switch" => &["switches", "nodes", "nics"],
            "cluster" => &["clusters", "nodes"],
            _ => &["nics", "nodes"],
        };
        if tables.iter().any(|table| self.is_unread(table)) {
            return;
        }
        self.hints += 1;
        let hint = if self.hints <= MOST_HINTS {
            did_you_mean(name, known)
        } else {
            String::new()
        };
        let what = format!("there is no {kind} '{}'{hint}", shorten(name));
        self.at(cell, what, format!("Correct the name, or add the {kind}."));
    }
}

/// `HV1/SMB 1`: the thing that a row is about.
fn named_by(line: Line<'_>) -> String {
    let table = line.table.def;
    let names = table
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.name != "cluster" && merging::is_name(table.name, column.name));
    let names: Vec<&str> = names.map(|(at, _)| line.cell_at(at).text).collect();
    shorten(&names.join("/"))
}

/// A mark of a concluded value holds while the value stands in the same row: what another source states is no conclusion.
fn keep_concluded(record: &Record<'_>, facts: &mut Facts) {
    let Some(marked) = facts.list(CONCLUDED) else { return };
    let mark = record.cell(CONCLUDED).line.row;
    let own = |column: &&String| std::ptr::eq(record.cell(column).line.row, mark);
    let kept: Vec<String> = marked.iter().filter(own).cloned().collect();
    facts.remove(CONCLUDED);
    if !kept.is_empty() {
        facts.insert(CONCLUDED, Fact::List(kept));
    }
}

/// Keeps a hostile cell from filling the screen.
pub(super) fn shorten(text: &str) -> String {
    const MOST: usize = 200;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    format!("{}…", text.chars().take(MOST).collect::<String>())
}
