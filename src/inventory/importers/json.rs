//! One JSON file: `{"nodes": [{"node": "HV1"}, …], "nics": […], …}`, tables and columns as in the folder.
//!
//! Keys are read in any spelling that a `.csv` header may have. Lists may be JSON arrays.

use super::csv_table::{known_columns, unknown_column};
use super::{Importer, Input, lldp};
use crate::inventory::catalogue::{self, Table};
use crate::inventory::decode::{MAX_CELL, MAX_ROWS};
use crate::inventory::raw::{Gathered, RawTable, Row};
use crate::inventory::suggest::did_you_mean;
use csv::StringRecord;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

pub(super) static IMPORTER: Importer = Importer {
    name: "json",
    summary: "one .json file with the same tables (`nicplan schema inventory`)",
    recognises: |sniff| {
        let json = || sniff.extension == "json" || sniff.head.trim_start().starts_with('{');
        !sniff.folder && json() && !lldp::is_table(sniff) && !super::exports::is_export(sniff)
    },
    read,
};

fn read(input: &Input<'_>, gathered: &mut Gathered) {
    match gathered.text_of(input.path, input.shown) {
        Ok(text) => read_str(&text, input.shown, input.index, gathered),
        Err((what, advice)) => gathered.refuse(input.shown, what, advice),
    }
}

pub(in crate::inventory) fn read_str(text: &str, file: &str, input: usize, gathered: &mut Gathered) {
    let source = gathered.add_source(file);
    let tables: Pairs<'_> = match serde_json::from_str(text) {
        Ok(tables) => tables,
        Err(e) => {
            gathered.unread = true;
            let (line, column) = (number(e.line()), number(e.column()));
            let advice =
                "The file must be one JSON object of tables: {\"nodes\": [{\"node\": \"HV1\"}], \"nics\": [ … ]}.";
            return gathered.complain(
                file,
                line,
                column,
                format!("this is not valid JSON: {}", reason(&e)),
                advice,
            );
        }
    };
    let mut lines = Lines {
        text,
        offset: 0,
        line: 1,
    };
    for (key, value) in tables.0 {
        let line = lines.of(value);
        if key.starts_with('$') || key == "schema_version" || catalogue::is_remark(&key) {
            continue;
        }
        match catalogue::table(&key) {
            Some(def) => read_table(value, def, source, input, &mut lines, gathered, file),
            None => {
                let names: Vec<&str> = catalogue::TABLES.iter().map(|t| t.name).collect();
                let what = format!("unknown table '{key}'{}", did_you_mean(&key, names.iter().copied()));
                gathered.complain(file, line, 0, what, format!("Tables are: {}.", names.join(", ")));
            }
        }
    }
}

/// The parser's message without its own "at line …".
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn read_table(
    value: &RawValue,
    def: &'static Table,
    source: u32,
    input: usize,
    lines: &mut Lines<'_>,
    gathered: &mut Gathered,
    file: &str,
) {
    let line = lines.of(value);
    let Ok(records) = serde_json::from_str::<Vec<&RawValue>>(value.get()) else {
        let advice = format!("Write \"{}\": [ {{ … }}, {{ … }} ].", def.name);
        return gathered.complain(
            file,
            line,
            0,
            format!("the table {} is not an array of objects", def.name),
            advice,
        );
    };
    if records.len() > MAX_ROWS {
        let what = format!("the table {} has more rows than the limit of {MAX_ROWS}", def.name);
        return gathered.complain(file, line, 0, what, "Leave out what is not an inventory.");
    }
    let mut table = RawTable::in_catalogue_order(def, source, input);
    for record in records {
        let line = lines.of(record);
        match serde_json::from_str::<Fields>(record.get()) {
            Ok(fields) => {
                let cells = cells(fields, def, line, gathered, file);
                if cells.iter().any(|c| !c.is_empty()) {
                    table.rows.push(Row {
                        line,
                        cells,
                        from: None,
                        nth: 0,
                    });
                }
            }
            Err(_) => {
                let advice = format!("Write {{\"{}\": \"{}\"}}.", def.columns[0].name, def.columns[0].example);
                gathered.complain(
                    file,
                    line,
                    0,
                    format!("an entry of {} is not an object", def.name),
                    advice,
                );
            }
        }
    }
    gathered.tables.push(table);
}

/// One object as cells in catalogue order.
fn cells(fields: Fields, def: &'static Table, line: u32, gathered: &mut Gathered, file: &str) -> StringRecord {
    let mut values = vec![String::new(); def.columns.len()];
    let mut said = vec![false; def.columns.len()];
    for (key, value) in fields.0 {
        let Some(column) = def.find(&key) else {
            if !catalogue::is_remark(&key) {
                gathered.complain(file, line, 0, unknown_column(&key, def), known_columns(def));
            }
            continue;
        };
        let name = def.columns[column].name;
        if std::mem::replace(&mut said[column], true) {
            gathered.complain(
                file,
                line,
                0,
                format!("{name} is there twice in one entry of {}", def.name),
                "Keep one of them.",
            );
        }
        match cell(&value) {
            Some(text) if text.len() > MAX_CELL => {
                let what = format!("{name} is longer than the limit of {} KiB", MAX_CELL / 1024);
                gathered.complain(file, line, 0, what, "Shorten it.");
            }
            Some(text) if text.trim().chars().any(char::is_control) => {
                let what = format!("{name} holds a line break or another control character");
                gathered.complain(file, line, 0, what, "Write the value on one line.");
            }
            Some(text) => values[column] = text,
            None => {
                let what = format!("{name} is an object or a nested array, not a value");
                gathered.complain(file, line, 0, what, format!("Example: {}", def.columns[column].example));
            }
        }
    }
    StringRecord::from(values)
}

/// A JSON value as the text that the `.csv` reader would have seen.
fn cell(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Bool(yes) => Some(if *yes { "yes" } else { "no" }.to_owned()),
        Value::Number(n) => Some(n.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => {
            let parts: Option<Vec<String>> = items
                .iter()
                .map(|i| if i.is_array() { None } else { cell(i) })
                .collect();
            parts.map(|p| p.join(";"))
        }
        Value::Object(_) => None,
    }
}

/// Counts lines up to pieces of the text, which come in order.
struct Lines<'a> {
    text: &'a str,
    offset: usize,
    line: u32,
}

impl Lines<'_> {
    /// Line of a piece that was borrowed from the text.
    fn of(&mut self, piece: &RawValue) -> u32 {
        let place = piece.get().as_ptr() as usize;
        let target = place.saturating_sub(self.text.as_ptr() as usize).min(self.text.len());
        if target < self.offset {
            (self.offset, self.line) = (0, 1);
        }
        let between = &self.text.as_bytes()[self.offset..target];
        self.line += number(between.iter().filter(|b| **b == b'\n').count());
        self.offset = target;
        self.line
    }
}

/// The top object, in order, doubled keys included.
struct Pairs<'a>(Vec<(String, &'a RawValue)>);
/// A record, in order, doubled keys included.
struct Fields(Vec<(String, Value)>);

struct PairsVisitor;
struct FieldsVisitor;

impl<'de> serde::Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor)
    }
}

impl<'de> serde::Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

fn entries<'de, A: MapAccess<'de>, V: serde::Deserialize<'de>>(mut map: A) -> Result<Vec<(String, V)>, A::Error> {
    let mut entries = Vec::new();
    while let Some(entry) = map.next_entry()? {
        entries.push(entry);
    }
    Ok(entries)
}

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = Pairs<'de>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object of tables")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        entries(map).map(Pairs)
    }
}

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        entries(map).map(Fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gathered(text: &str) -> Gathered {
        let mut gathered = Gathered::default();
        read_str(text, "inventory.json", 0, &mut gathered);
        gathered
    }

    fn first_problem(text: &str) -> String {
        gathered(text)
            .problems
            .first()
            .map(ToString::to_string)
            .unwrap_or_default()
    }

    #[test]
    fn numbers_booleans_arrays_and_aliases_become_cells() {
        let found = gathered(
            "{\"nics\": [\n {\"Node\":\"HV1\",\"nic\":\"a\",\"LinkSpeed\":10000,\"vmq\":true,\"vlans\":[10,\"20-22\"],\"mac\":null}]}",
        );
        assert_eq!(found.problems, []);
        let row = &found.tables[0].rows[0];
        assert_eq!(row.line, 2);
        assert!(
            row.cells
                .iter()
                .collect::<Vec<_>>()
                .join(",")
                .starts_with("HV1,a,10000,,,,,,,yes,10;20-22")
        );
    }

    #[test]
    fn every_fault_is_told_with_its_line() {
        assert!(first_problem("{\"nodes\": [").starts_with("inventory.json:1:"));
        assert!(
            first_problem("{\n\"node\": []}")
                .starts_with("inventory.json:2: unknown table 'node' (did you mean 'nodes'?)")
        );
        assert!(first_problem("{\"nodes\": {}}").contains("not an array"));
        assert!(first_problem("{\"nodes\": [\n1]}").starts_with("inventory.json:2: an entry"));
        assert!(first_problem("{\"nodes\": [{\"nodee\":1}]}").contains("did you mean 'node'"));
        assert!(first_problem("{\"nodes\": [{\"node\":{}}]}").contains("not a value"));
        assert!(first_problem("{\"nodes\": [{\"node\":\"a\",\"Host\":\"b\"}]}").contains("twice"));
        assert!(first_problem("{\"nodes\": [{\"node\":\"a\\nb\"}]}").contains("control character"));
        assert!(first_problem("[]").contains("not valid JSON"));
    }

    #[test]
    fn deep_nesting_is_refused_not_a_crash() {
        let deep = format!(
            "{{\"nodes\": [{{\"node\": {}1{} }}]}}",
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        assert!(!gathered(&deep).problems.is_empty());
        assert!(!gathered(&"{\"a\":".repeat(100_000)).problems.is_empty());
    }
}
