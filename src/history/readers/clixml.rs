//! `Export-Clixml` of event records, whole ones (`Get-WinEvent | Export-Clixml`) or with chosen properties.

use super::super::record::{FileEvents, Found, Gathered};
use super::{Form, Lines};
use crate::inventory::importers::unescape;
use roxmltree::{Document, Node, ParsingOptions};

pub(super) static FORM: Form = Form {
    name: "CLIXML of Get-WinEvent",
    recognises: |head| head.contains("<Objs"),
    read,
};

/// Most XML nodes of one file, about 100,000 events.
const MOST_NODES: u32 = 20_000_000;

fn read(text: &str, file: &str, gathered: &mut Gathered) {
    let options = ParsingOptions {
        nodes_limit: MOST_NODES,
        ..ParsingOptions::default()
    };
    let document = match Document::parse_with_options(text, options) {
        Ok(document) => document,
        Err(e) => {
            let line = e.pos().row;
            let what = format!("the file is not well-formed CLIXML: {e}");
            let advice = "The export was cut off, changed, or is larger than about 100,000 events: make it again.";
            return gathered.complain(file, line, what, advice);
        }
    };
    let mut events = FileEvents::new(file);
    let mut lines = Lines::new(text);
    for object in document.descendants().filter(|n| n.has_tag_name_local("Obj")) {
        let Some(mut found) = event(object) else { continue };
        found.line = lines.of(object.range().start);
        if !events.add(found, gathered) {
            return;
        }
    }
    events.finish(gathered);
}

/// Names without regard to the namespace.
trait Local {
    fn has_tag_name_local(&self, name: &str) -> bool;
}

impl Local for Node<'_, '_> {
    fn has_tag_name_local(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}

/// An object with the properties of an event record.
fn event(object: Node<'_, '_>) -> Option<Found> {
    let property = |name: &str| property(object, name);
    let text = |name: &str| property(name).map(plain).unwrap_or_default();
    property("Id")?;
    property("TimeCreated")?;
    Some(Found {
        line: 0,
        id: text("Id"),
        provider: text("ProviderName"),
        time: text("TimeCreated"),
        computer: text("MachineName"),
        number: text("RecordId"),
        values: property("Properties").map(values).unwrap_or_default(),
        message: text("Message"),
    })
}

/// A property stands in `Props`, or in `MS` when it was added or chosen.
fn property<'a, 'input>(object: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    object
        .children()
        .filter(|n| n.has_tag_name_local("Props") || n.has_tag_name_local("MS"))
        .flat_map(|bag| bag.children())
        .find(|n| n.is_element() && n.attribute("N") == Some(name))
}

/// The values of an event, in order. An export that was cut at its depth holds type names instead of them: then none.
fn values(list: Node<'_, '_>) -> Vec<(String, String)> {
    let holder = list
        .descendants()
        .find(|n| n.has_tag_name_local("LST") || n.has_tag_name_local("IE"));
    let items = holder.map(|h| h.children().filter(Node::is_element).collect::<Vec<_>>());
    items
        .unwrap_or_default()
        .into_iter()
        .map(|item| property(item, "Value").map(|value| (String::new(), plain(value))))
        .collect::<Option<Vec<_>>>()
        .unwrap_or_default()
}

/// The text of a value, with CLIXML's `_x000A_` turned back into characters.
fn plain(node: Node<'_, '_>) -> String {
    let text: String = node.children().filter(Node::is_text).filter_map(|n| n.text()).collect();
    unescape(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_turned_back_and_what_only_looks_like_one_stays() {
        assert_eq!(unescape("a_x000D__x000A_b"), "a\r\nb");
        assert_eq!(unescape("_xD83D__xDE00_"), "\u{1f600}");
        assert_eq!(unescape("web_x_1 _x00"), "web_x_1 _x00");
        assert_eq!(unescape("_x005F_x000A_"), "_x000A_");
        assert_eq!(unescape("_xé000_"), "_xé000_");
    }
}
