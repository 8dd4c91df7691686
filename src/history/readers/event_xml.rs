//! Events as XML: `wevtutil qe /f:xml` (one `<Event>` after the other without a root), `ToXml()` of PowerShell, and "Save as
//! XML" of the Event Viewer (`<Events>` around them). Every event is parsed by itself, so a damaged one is told with its line.

use super::super::record::{FileEvents, Found, Gathered};
use super::{Form, Lines};
use roxmltree::{Document, Node, ParsingOptions};

pub(super) static FORM: Form = Form {
    name: "event XML",
    recognises: |head| next_event(head).is_some() || (head.contains("<Events") && !head.contains("<Objs")),
    read,
};

/// Longest event, in bytes; Windows itself writes none over 64 KiB.
const LONGEST: usize = 1024 * 1024;
/// Most XML nodes of one event.
const MOST_NODES: u32 = 100_000;
const END: &str = "</Event>";
const DAMAGED: &str = "The export was cut off or changed: make it again.";

fn read(text: &str, file: &str, gathered: &mut Gathered) {
    let mut events = FileEvents::new(file);
    let mut lines = Lines::new(text);
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        let start = next_event(rest);
        let between = rest.get(..start.unwrap_or(rest.len())).unwrap_or_default();
        if between.contains("<!") && !between.contains("<!--") {
            let advice = "No export of Windows has one. It is not read, since it could pull in other files.";
            gathered.complain(file, lines.of(at), "the file has a document type declaration", advice);
            return;
        }
        let Some(start) = start else { break };
        let line = lines.of(at + start);
        let body = rest.get(start..).unwrap_or_default();
        let Some(length) = body.find(END).map(|end| end + END.len()) else {
            return gathered.complain(file, line, "the last event has no end", DAMAGED);
        };
        at += start + length;
        match event(body.get(..length).unwrap_or_default(), line) {
            Ok(found) => {
                if !events.add(found, gathered) {
                    return;
                }
            }
            Err(what) => gathered.complain(file, line, what, DAMAGED),
        }
    }
    events.finish(gathered);
}

/// Where the next `<Event …>` begins.
fn next_event(text: &str) -> Option<usize> {
    text.match_indices("<Event")
        .map(|(at, _)| at)
        .find(|at| matches!(text.as_bytes().get(at + 6), Some(b' ' | b'>' | b'\t' | b'\r' | b'\n')))
}

fn event(text: &str, line: u32) -> Result<Found, String> {
    if text.len() > LONGEST {
        return Err(format!("an event is longer than {} KiB", LONGEST / 1024));
    }
    let options = ParsingOptions {
        nodes_limit: MOST_NODES,
        ..ParsingOptions::default()
    };
    let document =
        Document::parse_with_options(text, options).map_err(|e| format!("an event is not well-formed XML: {e}"))?;
    let root = document.root_element();
    let system = child(root, "System").ok_or("an event has no System part")?;
    let attribute = |name, key| child(system, name).and_then(|n| n.attribute(key)).unwrap_or_default();
    let content = |name| child(system, name).map(|n| all_text(n)).unwrap_or_default();
    Ok(Found {
        line,
        id: content("EventID"),
        provider: attribute("Provider", "Name").to_owned(),
        time: attribute("TimeCreated", "SystemTime").to_owned(),
        computer: content("Computer"),
        number: content("EventRecordID"),
        values: values(root),
        message: child(root, "RenderingInfo")
            .and_then(|info| child(info, "Message"))
            .map(all_text)
            .unwrap_or_default(),
    })
}

/// `EventData/Data`, or the elements of the only element of `UserData`.
fn values(root: Node<'_, '_>) -> Vec<(String, String)> {
    let elements = |node: Node<'_, '_>| -> Vec<(String, String)> {
        node.children()
            .filter(Node::is_element)
            .map(|n| {
                let name = n.attribute("Name").unwrap_or_else(|| n.tag_name().name());
                (name.to_owned(), all_text(n))
            })
            .collect()
    };
    let user = child(root, "UserData").and_then(|data| data.children().find(Node::is_element));
    child(root, "EventData").or(user).map(elements).unwrap_or_default()
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|n| n.is_element() && n.tag_name().name() == name)
}

fn all_text(node: Node<'_, '_>) -> String {
    node.descendants()
        .filter(Node::is_text)
        .filter_map(|n| n.text())
        .collect()
}
