//! `Export-Clixml` of any objects. The older and the newer PowerShell write the same form.
//!
//! In: text. Out: [`Records`]. References back to earlier objects (`Ref`, `TNRef`) are followed, up to a depth and a number of
//! values. Entities and external references are refused by the parser: a document type is an error.

use super::places::Lines;
use super::records::{MOST_DEPTH, MOST_RECORDS, MOST_VALUES, Property, Record, Records, Value};
use super::{Fault, known_name};
use crate::inventory::decode::MAX_CELL;
use roxmltree::{Document, Node, ParsingOptions};
use std::collections::BTreeMap;

/// Most XML nodes of one file.
const MOST_NODES: u32 = 30_000_000;

pub(super) fn read(text: &str) -> Result<Records, Fault> {
    let options = ParsingOptions {
        nodes_limit: MOST_NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).map_err(|e| not_well_formed(text, &e))?;
    let root = document.root_element();
    if root.tag_name().name() != "Objs" {
        return Err(Fault::new(
            1,
            "the file is XML, but no export of PowerShell: it does not begin with <Objs",
            ADVICE,
        ));
    }
    let mut reader = Reader {
        lines: Lines::new(text),
        objects: BTreeMap::new(),
        types: BTreeMap::new(),
        values: 0,
    };
    reader.learn(root);
    let mut records = Records::default();
    for object in root.children().filter(Node::is_element) {
        reader.records(object, &mut records, 0)?;
    }
    Ok(records)
}

const ADVICE: &str = "Export it again: ... | Export-Clixml FILE.xml";

fn not_well_formed(text: &str, error: &roxmltree::Error) -> Fault {
    let line = error.pos().row;
    if matches!(error, roxmltree::Error::DtdDetected) {
        let what =
            "the file has a document type with entities or external references, which no export of PowerShell has";
        return Fault::new(
            line,
            what,
            "It was changed by somebody, or is another file; it is not read.",
        );
    }
    let end = text.trim_end();
    if end.ends_with("</Objs>") {
        return Fault::new(line, format!("the file is not well-formed CLIXML: {error}"), ADVICE);
    }
    let last = u32::try_from(end.lines().count()).unwrap_or(line);
    Fault::new(
        last,
        "the file ends in the middle of an object: it was cut off",
        "Copy or export it again; was the disk full, or the export still running?",
    )
}

struct Reader<'a, 'i> {
    lines: Lines<'i>,
    objects: BTreeMap<&'a str, Node<'a, 'i>>,
    types: BTreeMap<&'a str, Node<'a, 'i>>,
    values: usize,
}

impl<'a, 'i> Reader<'a, 'i> {
    /// Notes the objects and types that later ones refer to.
    fn learn(&mut self, root: Node<'a, 'i>) {
        for node in root.descendants().filter(Node::is_element) {
            let Some(id) = node.attribute("RefId") else { continue };
            match node.tag_name().name() {
                "Obj" => drop(self.objects.insert(id, node)),
                "TN" => drop(self.types.insert(id, node)),
                _ => {}
            }
        }
    }

    /// An object of the pipeline is a record; an array of objects is as many.
    fn records(&mut self, node: Node<'a, 'i>, records: &mut Records, depth: usize) -> Result<(), Fault> {
        let node = self.followed(node);
        if let Some(list) = list_of(node).filter(|_| depth < 3) {
            for item in list.children().filter(Node::is_element) {
                self.records(item, records, depth + 1)?;
            }
            return Ok(());
        }
        if node.tag_name().name() != "Obj" {
            return Ok(());
        }
        if records.list.len() == MOST_RECORDS {
            let what = format!("the file holds more than {MOST_RECORDS} objects");
            return Err(Fault::new(self.line(node), what, "Is it the right file?"));
        }
        let first = records.list.is_empty();
        if first {
            records.types = self.types_of(node);
        }
        self.values = 0;
        let (line, column) = self.lines.of(node.range().start);
        let mut record = Record {
            line,
            column,
            properties: Vec::new(),
        };
        for property in bag(node) {
            let name = unescape(property.attribute("N").unwrap_or_default());
            let known = known_name(&name);
            if first {
                records.names.push(name);
            }
            let Some(name) = known else { continue };
            if record.properties.iter().any(|p| p.name == name) {
                continue;
            }
            let (line, column) = self.lines.of(property.range().start);
            let value = self.value(property, 0)?;
            record.properties.push(Property {
                name,
                value,
                line,
                column,
            });
        }
        records.list.push(record);
        Ok(())
    }

    fn line(&self, node: Node<'a, 'i>) -> u32 {
        self.lines.of(node.range().start).0
    }

    /// The object that a reference means, else the node itself.
    fn followed(&self, node: Node<'a, 'i>) -> Node<'a, 'i> {
        let target = (node.tag_name().name() == "Ref")
            .then(|| node.attribute("RefId"))
            .flatten();
        target.and_then(|id| self.objects.get(id)).copied().unwrap_or(node)
    }

    fn types_of(&self, object: Node<'a, 'i>) -> Vec<String> {
        let own = object.children().find_map(|n| match n.tag_name().name() {
            "TN" => Some(n),
            "TNRef" => n.attribute("RefId").and_then(|id| self.types.get(id)).copied(),
            _ => None,
        });
        let names = own.map(|tn| tn.children().filter(Node::is_element).map(text_of).collect());
        names.unwrap_or_default()
    }

    fn value(&mut self, node: Node<'a, 'i>, depth: usize) -> Result<Value, Fault> {
        self.values += 1;
        if self.values > MOST_VALUES {
            let what = format!("an object holds more than {MOST_VALUES} values, or refers back to itself without end");
            return Err(Fault::new(self.line(node), what, "Is it the right file?"));
        }
        if depth > MOST_DEPTH {
            return Ok(Value::Cut);
        }
        let node = self.followed(node);
        match node.tag_name().name() {
            "Obj" => self.object(node, depth),
            "Ref" | "Nil" => Ok(Value::Null),
            _ => Ok(match text_of(node) {
                // The description of a class, for one: no fact.
                text if text.len() > MAX_CELL => Value::Cut,
                text => Value::from_text(&text),
            }),
        }
    }

    fn object(&mut self, node: Node<'a, 'i>, depth: usize) -> Result<Value, Fault> {
        if let Some(list) = list_of(node) {
            let items = list.children().filter(Node::is_element);
            return items
                .map(|item| self.value(item, depth + 1))
                .collect::<Result<_, _>>()
                .map(Value::List);
        }
        let child = |name: &str| node.children().find(|n| n.tag_name().name() == name);
        let shown = child("ToString").map(text_of).unwrap_or_default();
        let number = node
            .children()
            .filter(|n| n.is_element() && n.attribute("N").is_none())
            .filter(|n| ["I32", "U32", "By", "SB", "I16", "U16", "I64", "U64"].contains(&n.tag_name().name()))
            .find_map(|n| text_of(n).parse().ok());
        if let Some(number) = number {
            return Ok(Value::Enum(shown, number));
        }
        let mut properties = Vec::new();
        for property in bag(node).chain(entries(node)) {
            let value = self.value(property, depth + 1)?;
            let name = match property.parent().filter(|p| p.tag_name().name() == "En") {
                Some(entry) => key_of(entry),
                None => unescape(property.attribute("N").unwrap_or_default()),
            };
            properties.push((name, value));
        }
        Ok(match properties.is_empty() {
            true => Value::from_text(&shown),
            false => Value::Object(shown, properties),
        })
    }
}

/// Properties stand in `Props`, or in `MS` when they were added or chosen.
fn bag<'a, 'i>(object: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    object
        .children()
        .filter(|n| matches!(n.tag_name().name(), "Props" | "MS"))
        .flat_map(|bag| bag.children())
        .filter(|n| n.is_element() && n.has_attribute("N"))
}

/// Values of a hash table.
fn entries<'a, 'i>(object: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    object
        .children()
        .filter(|n| n.tag_name().name() == "DCT")
        .flat_map(|table| table.children())
        .filter_map(|entry| entry.children().find(|n| n.attribute("N") == Some("Value")))
}

fn key_of(entry: Node<'_, '_>) -> String {
    let key = entry.children().find(|n| n.attribute("N") == Some("Key"));
    key.map(text_of).unwrap_or_default()
}

/// The items of an array, a list, a queue or a stack.
fn list_of<'a, 'i>(object: Node<'a, 'i>) -> Option<Node<'a, 'i>> {
    object
        .children()
        .find(|n| matches!(n.tag_name().name(), "LST" | "IE" | "QUE" | "STK"))
}

fn text_of(node: Node<'_, '_>) -> String {
    let mut texts = node.children().filter(Node::is_text).filter_map(|n| n.text());
    let first = texts.next().unwrap_or_default();
    match texts.next() {
        None => unescape(first),
        Some(second) => unescape(&[first, second].into_iter().chain(texts).collect::<String>()),
    }
}

/// CLIXML's `_x000A_` turned back into characters.
pub(crate) fn unescape(text: &str) -> String {
    if !text.contains("_x") {
        return text.to_owned();
    }
    let mut units: Vec<u16> = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, from) = rest.split_at(at);
        units.extend(before.encode_utf16());
        match code(from) {
            Some(unit) => {
                units.push(unit);
                rest = from.get(7..).unwrap_or_default();
            }
            None => {
                units.extend("_x".encode_utf16());
                rest = from.get(2..).unwrap_or_default();
            }
        }
    }
    units.extend(rest.encode_utf16());
    String::from_utf16_lossy(&units)
}

/// The code unit of `_xHHHH_`.
fn code(text: &str) -> Option<u16> {
    let digits = text.get(2..6)?;
    (text.as_bytes().get(6) == Some(&b'_') && digits.bytes().all(|b| b.is_ascii_hexdigit()))
        .then(|| u16::from_str_radix(digits, 16).ok())
        .flatten()
}
