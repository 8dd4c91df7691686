//! `Export-Csv` of event records: comma or semicolon, with or without the `#TYPE` line of Windows PowerShell.

use super::super::record::{FileEvents, Found, Gathered};
use super::Form;
use crate::inventory::importers::csv_table::{Rows, preamble};
use csv::StringRecord;

pub(super) static FORM: Form = Form {
    name: "CSV of Get-WinEvent",
    recognises: |head| {
        let (separator, start) = preamble(head);
        let header = head
            .get(start..)
            .and_then(|rest| rest.lines().next())
            .unwrap_or_default();
        let names: Vec<String> = header.split(char::from(separator)).map(name).collect();
        TIME.iter().any(|n| names.iter().any(|m| m == n)) && ID.iter().any(|n| names.iter().any(|m| m == n))
    },
    read,
};

/// Spellings of the columns, in lower case without blanks.
const ID: [&str; 2] = ["id", "eventid"];
const TIME: [&str; 3] = ["timecreated", "dateandtime", "timegenerated"];
const COMPUTER: [&str; 3] = ["machinename", "computer", "pscomputername"];
const PROVIDER: [&str; 2] = ["providername", "source"];
const NUMBER: [&str; 1] = ["recordid"];
const MESSAGE: [&str; 1] = ["message"];

/// Where the columns stand.
struct Columns {
    id: usize,
    time: usize,
    computer: usize,
    message: usize,
    provider: Option<usize>,
    number: Option<usize>,
}

fn name(cell: &str) -> String {
    cell.trim().trim_matches('"').replace(' ', "").to_lowercase()
}

fn read(text: &str, file: &str, gathered: &mut Gathered) {
    let mut events = FileEvents::new(file);
    let mut columns = None;
    let mut rows = Rows::of(text);
    loop {
        let line = match rows.next() {
            Ok(Some(line)) => line,
            Ok(None) => break,
            Err(what) => return gathered.complain(file, 0, what, "Export it again."),
        };
        let cells = &rows.cells;
        let Some(columns) = &columns else {
            match find_columns(cells) {
                Ok(found) => columns = Some(found),
                Err(missing) => return complain_of_header(file, line, missing, gathered),
            }
            continue;
        };
        if !events.add(event(cells, columns, line), gathered) {
            return;
        }
    }
    events.finish(gathered);
}

fn complain_of_header(file: &str, line: u32, missing: &str, gathered: &mut Gathered) {
    let advice = "Keep these properties: TimeCreated, Id, ProviderName, MachineName, RecordId, Message. \
                  `nicplan import --help` shows the whole line.";
    gathered.complain(file, line, format!("the column {missing} is missing"), advice);
}

fn find_columns(header: &StringRecord) -> Result<Columns, &'static str> {
    let position = |names: &[&str]| header.iter().position(|cell| names.contains(&name(cell).as_str()));
    Ok(Columns {
        id: position(&ID).ok_or("Id")?,
        time: position(&TIME).ok_or("TimeCreated")?,
        computer: position(&COMPUTER).ok_or("MachineName")?,
        message: position(&MESSAGE).ok_or("Message")?,
        provider: position(&PROVIDER),
        number: position(&NUMBER),
    })
}

fn event(cells: &StringRecord, columns: &Columns, line: u32) -> Found {
    let cell = |at: usize| cells.get(at).unwrap_or_default().to_owned();
    Found {
        line,
        id: cell(columns.id),
        provider: columns.provider.map(cell).unwrap_or_default(),
        time: cell(columns.time),
        computer: cell(columns.computer),
        number: columns.number.map(cell).unwrap_or_default(),
        values: Vec::new(),
        message: cell(columns.message),
    }
}
