//! `ConvertTo-Json` of any objects, of Windows PowerShell 5.1 and PowerShell 7: an array, one object, or what 5.1 makes of an array
//! at times, `{"value": [...], "Count": 2}`.
//!
//! In: text. Out: [`Records`]; record and property with line and character, also where all stands in one line.

use super::places::Lines;
use super::records::{MOST_DEPTH, MOST_RECORDS, MOST_VALUES, Property, Record, Records, Value};
use super::{Fault, known_name};
use crate::inventory::decode::MAX_CELL;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

const ADVICE: &str = "Export it again: ... | ConvertTo-Json -Depth 4 | Set-Content -Encoding UTF8 FILE.json";

pub(super) fn read(text: &str) -> Result<Records, Fault> {
    let mut records = Records::default();
    if text.trim().is_empty() {
        return Ok(records);
    }
    let top: &RawValue = serde_json::from_str(text).map_err(|e| broken(text, &e))?;
    let mut reader = Reader {
        lines: Lines::new(text),
        values: 0,
    };
    reader.records(top, &mut records, 0)?;
    Ok(records)
}

fn broken(text: &str, error: &serde_json::Error) -> Fault {
    let line = u32::try_from(error.line()).unwrap_or(u32::MAX);
    if error.is_eof() && !text.trim().is_empty() {
        let what = "the file ends in the middle of a value: it was cut off";
        return Fault::new(
            line,
            what,
            "Copy or export it again; was the disk full, or the export still running?",
        );
    }
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or(&said);
    Fault::new(line, format!("this is not valid JSON: {said}"), ADVICE)
}

struct Reader<'t> {
    lines: Lines<'t>,
    values: usize,
}

impl<'t> Reader<'t> {
    fn records(&mut self, value: &'t RawValue, records: &mut Records, depth: usize) -> Result<(), Fault> {
        let text = value.get();
        match text.as_bytes().first() {
            Some(b'[') if depth < 3 => {
                let items: Vec<&RawValue> = serde_json::from_str(text).map_err(|e| broken(text, &e))?;
                for item in items {
                    self.records(item, records, depth + 1)?;
                }
                Ok(())
            }
            Some(b'{') => {
                let fields: Fields<'t> = serde_json::from_str(text).map_err(|e| broken(text, &e))?;
                match wrapped(&fields) {
                    Some(list) => self.records(list, records, depth + 1),
                    None => self.record(text, fields, records),
                }
            }
            _ => Ok(()),
        }
    }

    fn record(&mut self, text: &'t str, fields: Fields<'t>, records: &mut Records) -> Result<(), Fault> {
        let (line, column) = self.lines.of_piece(text);
        if records.list.len() == MOST_RECORDS {
            let what = format!("the file holds more than {MOST_RECORDS} objects");
            return Err(Fault::new(line, what, "Is it the right file?"));
        }
        let first = records.list.is_empty();
        self.values = 0;
        let mut record = Record {
            line,
            column,
            properties: Vec::new(),
        };
        for (name, value) in fields.0 {
            let known = known_name(&name);
            if first {
                records.names.push(name);
            }
            let Some(name) = known else { continue };
            if record.properties.iter().any(|p| p.name == name) {
                continue;
            }
            let (line, column) = self.lines.of_piece(value.get());
            let read: serde_json::Value = serde_json::from_str(value.get()).map_err(|e| broken(text, &e))?;
            let value = self.value(read, 0, line)?;
            record.properties.push(Property {
                name,
                value,
                line,
                column,
            });
        }
        if first {
            records.types = class_of(&record);
        }
        records.list.push(record);
        Ok(())
    }

    fn value(&mut self, value: serde_json::Value, depth: usize, line: u32) -> Result<Value, Fault> {
        use serde_json::Value as Json;
        self.values += 1;
        if self.values > MOST_VALUES {
            let what = format!("an object holds more than {MOST_VALUES} values");
            return Err(Fault::new(line, what, "Is it the right file?"));
        }
        Ok(match value {
            _ if depth > MOST_DEPTH => Value::Cut,
            Json::Null => Value::Null,
            Json::Bool(yes) => Value::Text(if yes { "True" } else { "False" }.to_owned()),
            Json::Number(number) => Value::Text(number.to_string()),
            Json::String(text) if text.len() > MAX_CELL => Value::Cut,
            Json::String(text) => from_string(&text),
            Json::Array(items) => Value::List(
                items
                    .into_iter()
                    .map(|item| self.value(item, depth + 1, line))
                    .collect::<Result<_, _>>()?,
            ),
            Json::Object(fields) => {
                let fields: Vec<(String, Value)> = fields
                    .into_iter()
                    .map(|(name, value)| Ok((name, self.value(value, depth + 1, line)?)))
                    .collect::<Result<_, Fault>>()?;
                object(fields)
            }
        })
    }
}

/// `{"value": [...], "Count": 2}` stands for the array.
fn wrapped<'t>(fields: &Fields<'t>) -> Option<&'t RawValue> {
    let only = |wanted: &str| {
        let mut found = fields.0.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.next().map(|(_, value)| *value)
    };
    let list = only("value").filter(|value| value.get().starts_with('['))?;
    (fields.0.len() == 2 && only("Count").is_some()).then_some(list)
}

/// An object; arrays and enumerations that 5.1 and 7 write as objects are what they stand for.
fn object(mut fields: Vec<(String, Value)>) -> Value {
    let has = |name: &str| fields.iter().position(|(n, _)| n.eq_ignore_ascii_case(name));
    if let (2, Some(value), Some(_)) = (fields.len(), has("value"), has("Count")) {
        return fields.swap_remove(value).1;
    }
    if let (2, Some(value), Some(number)) = (fields.len(), has("Value"), has("value__"))
        && let (Some(word), Some(number)) = (fields[value].1.text(), fields[number].1.number())
    {
        return Value::Enum(word.to_owned(), number);
    }
    // What an object is called, as `ToString()` gives it for nodes, groups and networks.
    let name = fields
        .iter()
        .find(|(n, _)| n.eq_ignore_ascii_case("Name"))
        .and_then(|(_, v)| v.text())
        .unwrap_or_default()
        .to_owned();
    Value::Object(name, fields)
}

/// Text; an object that was cut off at its depth stands there as `@{Name=HV1; Id=1}` or by its type.
fn from_string(text: &str) -> Value {
    let Some(inner) = text.strip_prefix("@{").and_then(|rest| rest.strip_suffix('}')) else {
        return Value::from_text(text);
    };
    let pairs = inner.split("; ").filter_map(|pair| pair.split_once('='));
    object(
        pairs
            .map(|(name, value)| (name.trim().to_owned(), Value::from_text(value)))
            .collect(),
    )
}

/// The class of a CIM instance, which stands in its system properties.
fn class_of(record: &Record) -> Vec<String> {
    let system = record.get(&["CimSystemProperties", "CimClass"], 0);
    let class = system.and_then(|found| {
        let class = found.value.get("ClassName").or_else(|| found.value.get("CimClassName"));
        class.and_then(Value::text).map(str::to_owned)
    });
    class.into_iter().collect()
}

/// An object, in order, doubled keys included.
struct Fields<'t>(Vec<(String, &'t RawValue)>);

struct FieldsVisitor;

impl<'de> serde::Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Fields(fields))
    }
}
