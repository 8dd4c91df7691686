//! Cells of an `.xlsx` workbook as text, sheet by sheet and row by row, left as soon as only empty rows follow.
//!
//! In: a file and the names of the sheets that are wanted. Out: rows of cells with their numbers. Formulas give the value that was
//! saved with them, nothing is computed. A document type is refused: with it an XML file may name other files or grow without end.
//! Must not know: what the sheets mean.

use super::archive::{Archive, damaged, too_large};
use crate::inventory::decode::{Complaint, MAX_CELL};
use crate::inventory::importers::zipped::AT_THE_LIMIT;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// After so many rows without a value nothing more is expected: a sheet may declare a million rows and fill nine.
const EMPTY_ROWS: usize = 1_000;
/// Most columns that are looked at; RVTools has about 100, and one for each custom attribute.
const MAX_COLUMNS: usize = 2_000;
/// Most bytes of all texts that the sheets share (256 MiB).
const MAX_TEXTS: usize = 256 << 20;

/// A row with at least one value: its number in the sheet, and its cells.
pub(super) type SheetRow = (u32, Vec<String>);

/// An opened workbook.
pub(super) struct Workbook {
    archive: Archive,
    /// Names of the sheets in their order, with the parts that hold them.
    sheets: Vec<(String, String)>,
    texts: Option<Vec<String>>,
}

impl Workbook {
    /// Opens a workbook and reads the names of its sheets.
    pub(super) fn open(path: &Path) -> Result<Workbook, Complaint> {
        let mut archive = Archive::open(path)?;
        let targets = relations(&mut archive)?;
        let mut sheets = Vec::new();
        each_start(&mut archive, "xl/workbook.xml", |tag| {
            if tag.local_name().as_ref() == "sheet"
                && let (Some(name), Some(id)) = (attribute(tag, "name"), attribute(tag, "id"))
                && let Some(part) = targets.get(&id)
            {
                sheets.push((name, part.clone()));
            }
        })?;
        Ok(Workbook {
            archive,
            sheets,
            texts: None,
        })
    }

    /// Names of the sheets.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.sheets.iter().map(|(name, _)| name.as_str())
    }

    /// Gives each row of a sheet that holds a value to `take`, until it says that it has enough.
    pub(super) fn rows(&mut self, sheet: &str, take: &mut dyn FnMut(SheetRow) -> bool) -> Result<(), Complaint> {
        let Some(part) = self
            .sheets
            .iter()
            .find(|(name, _)| name == sheet)
            .map(|(_, p)| p.clone())
        else {
            return Ok(());
        };
        if self.texts.is_none() {
            self.texts = Some(shared_texts(&mut self.archive)?);
        }
        let texts = self.texts.as_deref().unwrap_or_default();
        let Some(stream) = self.archive.part(&part)? else {
            return Err(damaged(&part));
        };
        read_rows(stream, &part, sheet, texts, take)
    }
}

/// Value of an attribute by its name without prefix.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag
        .attributes()
        .filter_map(Result::ok)
        .find(|a| a.key.local_name().as_ref() == name)?;
    let value = found.normalized_value(quick_xml::XmlVersion::Implicit1_0);
    value.ok().map(|value| value.into_owned())
}

/// Parts of the workbook by the ids under which it names them.
fn relations(archive: &mut Archive) -> Result<BTreeMap<String, String>, Complaint> {
    let mut targets = BTreeMap::new();
    each_start(archive, "xl/_rels/workbook.xml.rels", |tag| {
        if tag.local_name().as_ref() == "Relationship"
            && let (Some(id), Some(target)) = (attribute(tag, "Id"), attribute(tag, "Target"))
            && attribute(tag, "TargetMode").is_none_or(|mode| mode != "External")
        {
            let part = match target.strip_prefix('/') {
                Some(absolute) => absolute.to_owned(),
                None => format!("xl/{target}"),
            };
            targets.insert(id, part);
        }
    })?;
    Ok(targets)
}

/// Calls `seen` for every opening tag of a part that must be there.
fn each_start(archive: &mut Archive, part: &str, mut seen: impl FnMut(&BytesStart<'_>)) -> Result<(), Complaint> {
    let Some(stream) = archive.part(part)? else {
        let what = format!("the file is a ZIP archive and no Excel workbook: it has no part {part}");
        return Err((what, "Give the .xlsx file that RVTools exported.".to_owned()));
    };
    events(stream, part, &mut |event| {
        if let Event::Start(tag) | Event::Empty(tag) = event {
            seen(tag);
        }
        Ok(true)
    })
}

/// Calls `seen` for every piece of a part until it says that it has enough.
fn events(
    stream: impl Read,
    part: &str,
    seen: &mut dyn FnMut(&Event<'_>) -> Result<bool, Complaint>,
) -> Result<(), Complaint> {
    let mut reader = Reader::from_reader(BufReader::new(stream));
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let event = next(&mut reader, &mut buffer, part)?;
        match event {
            Event::Eof => return Ok(()),
            Event::DocType(_) => {
                let what = format!("the part {part} of the workbook has a document type, which is not read");
                return Err((what, "Export again with RVTools.".to_owned()));
            }
            event => {
                if !seen(&event)? {
                    return Ok(());
                }
            }
        }
    }
}

fn next<'b, R: BufRead>(reader: &mut Reader<R>, buffer: &'b mut Vec<u8>, part: &str) -> Result<Event<'b>, Complaint> {
    reader.read_event_into(buffer).map_err(|error| match error {
        quick_xml::Error::Io(e) if e.kind() == AT_THE_LIMIT => too_large(part),
        _ => damaged(part),
    })
}

/// The character that `&amp;` or `&#65;` stands for; other names are unknown here and give nothing.
fn character(reference: &BytesRef<'_>) -> Option<char> {
    match reference.resolve_char_ref() {
        Ok(Some(character)) => Some(character),
        _ => match reference.xml10_content().as_ref() {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => None,
        },
    }
}

/// Adds the text of an event, up to the limit of a cell.
fn add_text(text: &mut String, event: &Event<'_>) {
    if text.len() > MAX_CELL {
        return;
    }
    match event {
        Event::Text(t) => text.push_str(&t.xml10_content()),
        Event::CData(t) => text.push_str(&t.xml10_content()),
        Event::GeneralRef(r) => text.extend(character(r)),
        _ => {}
    }
}

/// The texts that cells name by number; pieces in different fonts are one text, readings of Japanese words are none.
fn shared_texts(archive: &mut Archive) -> Result<Vec<String>, Complaint> {
    const PART: &str = "xl/sharedStrings.xml";
    let Some(stream) = archive.part(PART)? else {
        return Ok(Vec::new());
    };
    let (mut texts, mut text, mut total) = (Vec::new(), String::new(), 0);
    let (mut inside, mut reading) = (false, false);
    events(stream, PART, &mut |event| {
        match event {
            Event::Empty(tag) if tag.local_name().as_ref() == "si" => texts.push(String::new()),
            Event::Start(tag) => match tag.local_name().as_ref() {
                "t" => inside = !reading,
                "rPh" => reading = true,
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "t" => inside = false,
                "rPh" => reading = false,
                "si" => {
                    total += text.len();
                    texts.push(std::mem::take(&mut text));
                }
                _ => {}
            },
            event if inside => add_text(&mut text, event),
            _ => {}
        }
        if total > MAX_TEXTS {
            Err(too_large(PART))
        } else {
            Ok(true)
        }
    })?;
    Ok(texts)
}

/// The cell that is being read.
#[derive(Default)]
struct CellReader {
    /// Kind of the value: `s` shared text, `b` yes or no, `inlineStr`, …
    kind: String,
    column: usize,
    text: String,
    inside: bool,
    /// Its name as the sheet gives it: `B7`.
    name: String,
    formula: bool,
    valued: bool,
}

/// The row that is being read, and how many before it were empty.
#[derive(Default)]
struct RowReader {
    number: u32,
    cells: Vec<String>,
    /// Column of a cell that does not say where it stands.
    next: usize,
    filled: bool,
    empty_before: usize,
}

fn read_rows(
    stream: impl Read,
    part: &str,
    sheet: &str,
    texts: &[String],
    take: &mut dyn FnMut(SheetRow) -> bool,
) -> Result<(), Complaint> {
    let (mut row, mut cell) = (RowReader::default(), CellReader::default());
    events(stream, part, &mut |event| {
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "row" => row.start(tag),
                "c" => cell.start(tag, &mut row),
                "v" | "t" => (cell.inside, cell.valued) = (true, true),
                "f" => cell.formula = true,
                _ => {}
            },
            Event::Empty(tag) if tag.local_name().as_ref() == "row" => {
                row.start(tag);
                return Ok(row.end(take));
            }
            Event::Empty(tag) => match tag.local_name().as_ref() {
                "c" => cell.start(tag, &mut row),
                "v" => cell.valued = true,
                "f" => cell.formula = true,
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "v" | "t" => cell.inside = false,
                "c" if cell.is_not_computed() => return Err(not_computed(sheet, &cell.name, row.number)),
                "c" => row.put(cell.column, cell.value(texts)),
                "row" => return Ok(row.end(take)),
                "sheetData" => return Ok(false),
                _ => {}
            },
            event if cell.inside => add_text(&mut cell.text, event),
            _ => {}
        }
        Ok(true)
    })
}

/// A program that is not Excel may save formulas without their values: read as blank, a VM or its memory would vanish.
fn not_computed(sheet: &str, cell: &str, row: u32) -> Complaint {
    let place = if cell.is_empty() {
        format!("a cell of row {row}")
    } else {
        format!("cell {cell}")
    };
    (
        format!("{place} of the sheet {sheet} holds a formula without a value: the workbook was never computed"),
        "Open it in Excel and save it; Excel stores the value of each formula.".to_owned(),
    )
}

impl RowReader {
    fn start(&mut self, tag: &BytesStart<'_>) {
        let said = attribute(tag, "r").and_then(|r| r.parse().ok());
        self.number = said.unwrap_or(self.number.saturating_add(1));
        self.cells.clear();
        self.next = 0;
        self.filled = false;
    }

    fn put(&mut self, column: usize, value: String) {
        if column >= MAX_COLUMNS || value.is_empty() {
            return;
        }
        if self.cells.len() <= column {
            self.cells.resize(column + 1, String::new());
        }
        self.filled |= !value.trim().is_empty();
        self.cells[column] = value;
    }

    /// Hands the row over; `false` when nothing more is expected.
    fn end(&mut self, take: &mut dyn FnMut(SheetRow) -> bool) -> bool {
        if !self.filled {
            self.empty_before += 1;
            return self.empty_before < EMPTY_ROWS;
        }
        self.empty_before = 0;
        take((self.number, std::mem::take(&mut self.cells)))
    }
}

impl CellReader {
    fn start(&mut self, tag: &BytesStart<'_>, row: &mut RowReader) {
        self.kind = attribute(tag, "t").unwrap_or_default();
        self.name = attribute(tag, "r").unwrap_or_default();
        self.column = column(&self.name).unwrap_or(row.next);
        row.next = self.column + 1;
        self.text.clear();
        (self.inside, self.formula, self.valued) = (false, false, false);
    }

    /// A formula without a value; one that gives an empty text is saved as text with an empty value.
    fn is_not_computed(&self) -> bool {
        self.formula && self.text.is_empty() && !(self.kind == "str" && self.valued)
    }

    fn value(&mut self, texts: &[String]) -> String {
        let text = std::mem::take(&mut self.text);
        match self.kind.as_str() {
            "s" => {
                let number = text.trim().parse::<usize>().ok();
                number.and_then(|n| texts.get(n)).cloned().unwrap_or_default()
            }
            "b" if text == "1" => "True".to_owned(),
            "b" if text == "0" => "False".to_owned(),
            "e" => String::new(),
            _ => text,
        }
    }
}

/// `B7` is in column 1.
fn column(reference: &str) -> Option<usize> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters.take(4).fold(0, |number, letter| {
        number * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    number.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(xml: &str, texts: &[&str]) -> Result<Vec<SheetRow>, Complaint> {
        let texts: Vec<String> = texts.iter().map(|t| (*t).to_owned()).collect();
        let mut rows = Vec::new();
        read_rows(xml.as_bytes(), "sheet1.xml", "vInfo", &texts, &mut |row| {
            rows.push(row);
            true
        })?;
        Ok(rows)
    }

    #[test]
    fn cells_of_every_kind_give_their_saved_text() {
        let xml = "<worksheet><sheetData><row r=\"3\"><c r=\"A3\" t=\"s\"><v>1</v></c><c r=\"C3\"><f>1+1</f><v>2</v></c>\
                   <c r=\"D3\" t=\"b\"><v>1</v></c><c t=\"inlineStr\"><is><t>a&amp;b &#1078;</t></is></c><c r=\"F3\" t=\"e\"><v>#REF!</v></c>\
                   </row></sheetData></worksheet>";
        let cells = ["two", "", "2", "True", "a&b ж"].map(str::to_owned).to_vec();
        assert_eq!(rows(xml, &["one", "two"]), Ok(vec![(3, cells)]));
    }

    #[test]
    fn a_formula_without_a_saved_value_is_refused_with_its_cell() {
        let sheet = |cell: &str| format!("<worksheet><sheetData><row r=\"3\">{cell}</row></sheetData></worksheet>");
        for cell in [
            "<c r=\"B3\"><f>2+2</f></c>",
            "<c r=\"B3\"><f t=\"shared\" si=\"0\"/></c>",
            "<c r=\"B3\"><f>2+2</f><v /></c>",
        ] {
            let (what, advice) = rows(&sheet(cell), &[]).expect_err("refused");
            assert!(what.contains("cell B3 of the sheet vInfo"), "{what}");
            assert!(advice.contains("Open it in Excel and save it"), "{advice}");
        }
        // A formula whose value is an empty text.
        for value in ["<v></v>", "<v/>"] {
            let cell = format!("<c r=\"B3\" t=\"str\"><f>A1&amp;\"\"</f>{value}</c>");
            assert_eq!(rows(&sheet(&cell), &[]), Ok(Vec::new()));
        }
    }

    #[test]
    fn a_sheet_is_left_when_only_empty_rows_follow() {
        let empty = "<row r=\"9\"><c r=\"A9\" s=\"1\"/></row>".repeat(EMPTY_ROWS);
        let late = "<row r=\"2000\"><c r=\"A2000\"><v>late</v></c></row>";
        let one = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>";
        let xml = format!("<worksheet><sheetData>{one}{empty}{late}");
        assert_eq!(rows(&xml, &[]).map(|r| r.len()), Ok(1));
        let few = "<row r=\"9\"/>".repeat(EMPTY_ROWS - 1);
        let xml = format!("<worksheet><sheetData>{one}{few}{late}</sheetData></worksheet>");
        assert_eq!(rows(&xml, &[]).map(|r| r.len()), Ok(2));
    }

    #[test]
    fn document_types_and_damage_are_refused() {
        let said = |xml: &str| rows(xml, &[]).expect_err("refused").0;
        assert!(said("<!DOCTYPE x [<!ENTITY a \"b\">]><worksheet/>").contains("document type"));
        assert!(said("<worksheet><sheetData><row r=\"1\"></c>").contains("not whole"));
    }

    #[test]
    fn columns_are_counted_from_letters() {
        for (reference, number) in [("A1", 0), ("z9", 25), ("AA10", 26), ("CL1048576", 89)] {
            assert_eq!(column(reference), Some(number));
        }
        assert_eq!(column("17"), None);
    }
}
