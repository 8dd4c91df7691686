//! What every form of export gives: records of named values, each with its place. Nothing here knows a form or a cmdlet.
//!
//! PowerShell writes one thing in many ways: an enumeration as a word (`.csv`), a number (JSON) or both (CLIXML), a list as an
//! array or, cut off, as `System.String[]`. The accessors of [`Value`] hide that.

use super::super::super::decode::MAX_ROWS;
use crate::inventory::entities::Origin;

/// Most values that are kept of one object; a list of all VLANs holds 4,094.
pub(super) const MOST_VALUES: usize = 50_000;
/// How deep objects may lie in objects; exports are two to four deep.
pub(super) const MOST_DEPTH: usize = 8;
/// Most records of one file.
pub(super) const MOST_RECORDS: usize = MAX_ROWS;

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// `$null`, or blank.
    Null,
    /// Text, a number or a boolean as text.
    Text(String),
    /// An enumeration as CLIXML writes it: word and number.
    Enum(String, i64),
    /// An array.
    List(Vec<Value>),
    /// An object: what its `ToString()` gives, and its properties.
    Object(String, Vec<(String, Value)>),
    /// An object of which the export kept only the name of its type.
    Cut,
}

/// One property of a record.
#[derive(Clone, Debug)]
pub(super) struct Property {
    /// Name as the cmdlets table spells it.
    pub(super) name: &'static str,
    pub(super) value: Value,
    /// Where it stands; the source is filled in by [`Export`].
    pub(super) line: u32,
    pub(super) column: u32,
}

/// One exported object.
#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    pub(super) line: u32,
    pub(super) column: u32,
    /// Those that some cmdlet of the table reads.
    pub(super) properties: Vec<Property>,
}

/// What the reader of a form gives.
#[derive(Debug, Default)]
pub(super) struct Records {
    /// Names of the types of the first object, where the form tells them.
    pub(super) types: Vec<String>,
    /// Names of all properties of the first object.
    pub(super) names: Vec<String>,
    pub(super) list: Vec<Record>,
}

/// A value with its place.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) value: &'a Value,
    pub(super) place: Origin,
}

impl Record {
    /// The value of a property that is neither blank nor cut off; of several names the first that is there.
    pub(super) fn get(&self, names: &[&str], source: u32) -> Option<Found<'_>> {
        let said = |p: &&Property| !matches!(p.value, Value::Null | Value::Cut);
        let of = |name: &&str| {
            self.properties
                .iter()
                .find(|p| p.name.eq_ignore_ascii_case(name) && said(p))
        };
        let property = names.iter().find_map(of)?;
        Some(Found {
            value: &property.value,
            place: Origin {
                nth: 0,
                source,
                line: property.line,
                column: property.column,
            },
        })
    }
}

impl Value {
    /// Text from a file: names of types stand for objects that were cut off, `{A, B, C...}` for a list of which the rest is missing.
    pub(super) fn from_text(text: &str) -> Value {
        let text = text.trim();
        match text {
            "" => Value::Null,
            _ if is_type_name(text) || is_cut_list(text) => Value::Cut,
            _ => Value::Text(text.to_owned()),
        }
    }

    /// As text; the first of a list that has one value.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) | Value::Enum(text, _) => Some(text.as_str()).filter(|t| !t.is_empty()),
            Value::Object(text, _) => Some(text.as_str()).filter(|t| !t.is_empty() && !is_type_name(t)),
            Value::List(list) => match &list[..] {
                [only] => only.text(),
                _ => None,
            },
            Value::Null | Value::Cut => None,
        }
    }

    /// As a whole number.
    pub(super) fn number(&self) -> Option<i64> {
        match self {
            Value::Enum(_, number) => Some(*number),
            Value::Object(_, properties) => properties
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case("Value"))
                .and_then(|(_, value)| value.number()),
            _ => {
                let text = self.text()?;
                let whole = text.strip_suffix(".0").unwrap_or(text);
                whole.parse().ok()
            }
        }
    }

    /// As yes or no: booleans and 0/1.
    pub(super) fn yes(&self) -> Option<bool> {
        match self.text()?.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" | "enabled" => Some(true),
            "false" | "no" | "0" | "disabled" => Some(false),
            _ => None,
        }
    }

    /// As the word of an enumeration; `words` gives the words of the numbers that JSON writes instead.
    pub(super) fn word<'a>(&'a self, words: &[(i64, &'a str)]) -> Option<&'a str> {
        let by_number = |number: i64| words.iter().find(|(n, _)| *n == number).map(|(_, word)| *word);
        match self {
            Value::Enum(word, number) if word.bytes().all(|b| b.is_ascii_digit() || b == b'-') => by_number(*number),
            Value::Enum(word, _) => Some(word),
            _ => match self.number() {
                Some(number) => by_number(number),
                None => self.text(),
            },
        }
    }

    /// As several texts: an array, or names that someone joined with `;` or `,`.
    pub(super) fn texts(&self) -> Vec<&str> {
        match self {
            Value::List(list) => list.iter().filter_map(Value::text).collect(),
            _ => {
                let text = self.text().unwrap_or_default();
                let text = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')).unwrap_or(text);
                let mark = if text.contains(';') { ';' } else { ',' };
                text.split(mark).map(str::trim).filter(|t| !t.is_empty()).collect()
            }
        }
    }

    /// A property of an object.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Value::Object(_, properties) => properties
                .iter()
                .find(|(n, v)| n.eq_ignore_ascii_case(name) && !matches!(v, Value::Null | Value::Cut))
                .map(|(_, value)| value),
            Value::List(list) => match &list[..] {
                [only] => only.get(name),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Whether a text is a list as tables on the screen show it, the rest of which is dots.
fn is_cut_list(text: &str) -> bool {
    text.starts_with('{') && ["...}", "\u{2026}}", "..."].iter().any(|end| text.ends_with(end))
}

/// Whether a text is the name of a type of .NET, as stands for an object that was cut off: `System.String[]`.
fn is_type_name(text: &str) -> bool {
    let begins = ["System.", "Microsoft.", "Deserialized.", "Selected."]
        .iter()
        .any(|start| text.starts_with(start));
    let kinds = [
        "Microsoft.HyperV.",
        "Microsoft.FailoverClusters.",
        "Microsoft.Management.",
    ];
    begins
        && !text.contains(' ')
        && (text.starts_with("System.") || kinds.iter().any(|k| text.contains(k)) || text.starts_with("Deserialized."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enumeration_is_the_same_as_word_number_or_both() {
        let words = [(0, "On"), (1, "Off")];
        for value in [
            Value::Text("Off".to_owned()),
            Value::Text("1".to_owned()),
            Value::Enum("Off".to_owned(), 1),
            Value::Enum("1".to_owned(), 1),
        ] {
            assert_eq!(value.word(&words), Some("Off"), "{value:?}");
        }
        assert_eq!(Value::Text("7".to_owned()).word(&words), None);
    }

    #[test]
    fn names_of_types_are_objects_that_were_cut_off_and_names_of_things_are_not() {
        for text in [
            "System.String[]",
            "Microsoft.HyperV.PowerShell.VMNetworkAdapterBandwidthSetting",
            "System.Collections.Generic.List`1[System.Int32]",
            "{SLOT 2 Port 1, SLOT 2 Port 2, SMB1, SMB2...}",
        ] {
            assert_eq!(Value::from_text(text), Value::Cut, "{text}");
        }
        for text in [
            "Microsoft Hyper-V Network Adapter",
            "System Reserved",
            "Microsoft.Exchange-01",
        ] {
            assert_eq!(Value::from_text(text).text(), Some(text));
        }
    }

    #[test]
    fn lists_are_arrays_or_joined_names() {
        let list = Value::List(vec![Value::Text("A".to_owned()), Value::Text("B, C".to_owned())]);
        assert_eq!(list.texts(), ["A", "B, C"]);
        assert_eq!(Value::Text("A; B, C".to_owned()).texts(), ["A", "B, C"]);
        assert_eq!(Value::Text("{A, B}".to_owned()).texts(), ["A", "B"]);
        assert_eq!(Value::Cut.texts(), Vec::<&str>::new());
    }
}
