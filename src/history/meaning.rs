//! What one record says: which VM, from where to where, and how long.
//!
//! In: a record. Out: an [`Event`], or nothing when its values are missing and its text is not English. Values of the event
//! come first; its English text is the fallback. Must not know: other events.

use super::known::{InText, Meaning, Part, Writer};
use super::record::Record;

/// What a record says.
#[derive(Clone, Debug)]
pub(super) struct Event<'a> {
    /// Where it comes from.
    pub(super) record: &'a Record,
    /// Name of the VM; for events of the cluster the name of its role or resource.
    pub(super) vm: String,
    /// The VM's id in lower case, if the event holds it.
    pub(super) id: Option<String>,
    /// Node it leaves.
    pub(super) source: Option<String>,
    /// Node it goes to.
    pub(super) target: Option<String>,
    /// Milliseconds that it stood still.
    pub(super) blackout_ms: Option<i64>,
    /// Milliseconds that the move took.
    pub(super) duration_ms: Option<i64>,
}

impl Event<'_> {
    /// What it means.
    pub(super) fn meaning(&self) -> Meaning {
        self.record.info.meaning
    }

    /// When it was written, in milliseconds.
    pub(super) fn ms(&self) -> i64 {
        self.record.time.ms
    }
}

/// Understands a record.
pub(super) fn read(record: &Record) -> Option<Event<'_>> {
    let parts = from_values(record).or_else(|| from_text(record))?;
    let text = |part| parts.iter().find(|(p, _)| *p == part).map(|(_, value)| value.clone());
    let vm = text(Part::Vm).filter(|name| !name.is_empty())?;
    let id = record
        .values
        .iter()
        .rev()
        .find_map(|(_, value)| guid(value))
        .or_else(|| last_guid(&record.message));
    Some(Event {
        record,
        vm: if names_a_role(record) { plain_role(&vm) } else { vm },
        id,
        source: text(Part::Source),
        target: text(Part::Target),
        blackout_ms: text(Part::Blackout).and_then(|t| milliseconds(&t)),
        duration_ms: text(Part::Duration).and_then(|t| milliseconds(&t)),
    })
}

/// The parts in the values of the event; nothing if it has none or too few.
fn from_values(record: &Record) -> Option<Vec<(Part, String)>> {
    let id = record.values.iter().rposition(|(_, value)| guid(value).is_some());
    let values: Vec<&(String, String)> = record
        .values
        .iter()
        .enumerate()
        .filter(|(index, _)| Some(*index) != id)
        .map(|(_, value)| value)
        .collect();
    let layout = record
        .info
        .values
        .iter()
        .filter(|parts| parts.len() <= values.len())
        .max_by_key(|parts| parts.len())?;
    let mut parts: Vec<(Part, String)> = layout
        .iter()
        .zip(&values)
        .map(|(part, (_, value))| (*part, value.trim().to_owned()))
        .collect();
    // a field that is named says it better than its place
    if let Some((_, name)) = values
        .iter()
        .find(|(field, _)| field == "VmName" || field == "ResourceGroup")
    {
        parts.retain(|(part, _)| *part != Part::Vm);
        parts.push((Part::Vm, name.trim().to_owned()));
    }
    let readable = parts
        .iter()
        .all(|(part, value)| !matches!(part, Part::Blackout | Part::Duration) || milliseconds(value).is_some());
    readable.then_some(parts)
}

/// The parts in an English text.
fn from_text(record: &Record) -> Option<Vec<(Part, String)>> {
    let whole = |text: &&[InText]| -> Option<Vec<(Part, String)>> {
        text.iter()
            .map(|(part, behind, before)| {
                let value = match part {
                    Part::Blackout | Part::Duration => number_before(&record.message, behind, before),
                    _ => between(&record.message, behind, before),
                };
                value.map(|value| (*part, value))
            })
            .collect()
    };
    record.info.texts.iter().find_map(whole)
}

/// The quoted or bare text behind one phrase and before another, regardless of case.
fn between(message: &str, behind: &str, before: &str) -> Option<String> {
    let lower = message.to_ascii_lowercase();
    let start = lower.find(behind)? + behind.len();
    let rest = message.get(start..)?;
    if before.is_empty() {
        return quoted(rest, behind.is_empty());
    }
    let end = lower.get(start..)?.find(before)?;
    let value = rest.get(..end)?.trim();
    Some(unquote(value).to_owned()).filter(|value| !value.is_empty())
}

const QUOTES: [(char, char); 3] = [('\'', '\''), ('"', '"'), ('\u{2018}', '\u{2019}')];

fn unquote(text: &str) -> &str {
    QUOTES
        .iter()
        .find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close))
        .unwrap_or(text)
}

/// The text in quotes at the beginning, or anywhere. What follows a name in these messages holds no quotes, so the last one
/// ends it, unless a second name follows: then the next one does.
fn quoted(text: &str, anywhere: bool) -> Option<String> {
    let (at, close) = text.char_indices().find_map(|(at, c)| {
        QUOTES
            .iter()
            .find(|(open, _)| *open == c)
            .map(|(open, close)| (at + open.len_utf8(), *close))
    })?;
    if !anywhere
        && !text
            .get(..at)?
            .trim_start()
            .starts_with(|c| QUOTES.iter().any(|(open, _)| *open == c))
    {
        return None;
    }
    let rest = text.get(at..)?;
    let end = if rest.matches(close).count() > 2 {
        rest.find(close)
    } else {
        rest.rfind(close)
    }?;
    rest.get(..end)
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
}

/// The number that stands before a phrase and behind another one: `0.6` before `seconds`.
fn number_before(message: &str, behind: &str, before: &str) -> Option<String> {
    let lower = message.to_ascii_lowercase();
    let start = lower.find(behind)? + behind.len();
    let rest = lower.get(start..)?;
    let number = rest.get(..rest.find(before)?)?.trim().rsplit(' ').next()?.to_owned();
    milliseconds(&number).map(|_| number)
}

/// Seconds with a decimal point or comma as milliseconds.
fn milliseconds(text: &str) -> Option<i64> {
    let text = text.trim().replace(',', ".");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 7 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let thousandths: i64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    Some(whole.parse::<i64>().ok()? * 1000 + thousandths)
}

/// A VM's id, in lower case without braces.
fn guid(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('{').trim_end_matches('}');
    let dashes = [8, 13, 18, 23];
    let fits = text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| {
            if dashes.contains(&at) {
                b == b'-'
            } else {
                b.is_ascii_hexdigit()
            }
        });
    fits.then(|| text.to_ascii_lowercase())
}

fn last_guid(message: &str) -> Option<String> {
    message
        .split(|c: char| !c.is_ascii_hexdigit() && c != '-')
        .rev()
        .find_map(guid)
}

/// Whether the event names the cluster's role or resource instead of the VM: events of the cluster itself, and those of the
/// provider Hyper-V-High-Availability, whose numbers begin at 21100.
fn names_a_role(record: &Record) -> bool {
    record.info.writer == Writer::Cluster || (21_100..22_000).contains(&record.info.id)
}

/// The VM's name in the name of its role or resource: failover cluster manager and VMM put words around it.
fn plain_role(name: &str) -> String {
    let name = name.strip_prefix("Virtual Machine ").unwrap_or(name);
    let name = name.strip_prefix("SCVMM ").unwrap_or(name);
    let name = name.strip_suffix(" Resources").unwrap_or(name).trim();
    unquote(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Location;
    use crate::history::known::EVENTS;
    use crate::history::times::Stamp;

    fn record(id: u32, values: &[(&str, &str)], message: &str) -> Record {
        Record {
            at: Location::default(),
            info: EVENTS.iter().find(|info| info.id == id).expect("a known event"),
            time: Stamp { ms: 0, utc: true },
            computer: "HV1".to_owned(),
            number: String::new(),
            values: values.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
            message: message.to_owned(),
        }
    }

    /// VM, id's first character, source, target, blackout and duration.
    fn said(id: u32, values: &[(&str, &str)], message: &str) -> Option<String> {
        let record = record(id, values, message);
        let event = read(&record)?;
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let number = |value: Option<i64>| value.map(|v| v.to_string()).unwrap_or_default();
        Some(format!(
            "{}|{}|{}|{}|{}|{}",
            event.vm,
            text(&event.id).chars().take(1).collect::<String>(),
            text(&event.source),
            text(&event.target),
            number(event.blackout_ms),
            number(event.duration_ms)
        ))
    }

    const ID: &str = "3B5C7D10-0A41-4F6E-9C22-000000000A01";

    #[test]
    fn values_are_read_by_place_and_by_name() {
        let parameters = [("Parameter0", "SQL01"), ("Parameter1", ID), ("Parameter2", "0.5")];
        assert_eq!(said(20415, &parameters, "").as_deref(), Some("SQL01|3|||500|"));
        let reordered = [("", "SQL01"), ("", "HV2"), ("", ID)];
        assert_eq!(said(20413, &reordered, "").as_deref(), Some("SQL01|3||HV2||"));
        let named = [("VmId", ID), ("VmName", "SQL01")];
        assert_eq!(said(20418, &named, "").as_deref(), Some("SQL01|3||||"));
        let resource = [("", ID), ("", "12.25"), ("", "Virtual Machine SQL01")];
        assert_eq!(said(21301, &resource, "").as_deref(), Some("SQL01|3||||12250"));
        let role = [("ResourceGroup", "SCVMM SQL01 Resources"), ("NodeName", "HV2")];
        assert_eq!(said(1641, &role, "").as_deref(), Some("SQL01|||HV2||"));
    }

    #[test]
    fn english_texts_are_read_whatever_the_name_holds() {
        let text = format!(
            "The Virtual Machine Management service successfully completed the live migration of virtual machine  \
             'Bob's VM' with a blackout time of 0,6 seconds (VMID {ID})."
        );
        assert_eq!(said(20415, &[], &text).as_deref(), Some("Bob's VM|3|||600|"));
        let text = "The Virtual Machine Management service successfully completed the live migration of virtual machine \
                    \"VM\" with an unexpectedly long blackout time of 41.7 seconds.";
        assert_eq!(said(20417, &[], text).as_deref(), Some("VM||||41700|"));
        let text = "The Virtual Machine Management Service initiated the live migration of virtual machine 'A to destination B' \
                    to destination host 'hv2.corp.local' (VMID 3B5C7D10-0A41-4F6E-9C22-000000000A01).";
        assert_eq!(
            said(20413, &[], text).as_deref(),
            Some("A to destination B|3||hv2.corp.local||")
        );
        let text = "The Virtual Machine Management service successfully completed the live migration of virtual machine 'Bob's'.";
        assert_eq!(said(20418, &[], text).as_deref(), Some("Bob's|||||"));
        let text = "Clustered role 'SQL01' is moving from cluster node 'HV1' to cluster node 'HV2'.";
        assert_eq!(said(1641, &[], text).as_deref(), Some("SQL01||HV1|HV2||"));
        let text = "Virtual machine migration operation for 'SQL01' failed at migration source 'HV1'. (Virtual machine ID 3B5C7D10-0A41-4F6E-9C22-000000000A01)";
        assert_eq!(said(21024, &[], text).as_deref(), Some("SQL01|3||||"));
        assert_eq!(
            said(21502, &[], "Live migration of 'Virtual Machine SQL01' failed.").as_deref(),
            Some("SQL01|||||")
        );
        let text =
            format!("Completed live migration on the source node, time 12.5 s (VM resource 'SQL01', VMID {ID}).");
        assert_eq!(said(21301, &[], &text).as_deref(), Some("SQL01|3||||12500"));
    }

    #[test]
    fn another_language_without_values_is_not_guessed() {
        let german = "Der Dienst hat die Livemigration des virtuellen Computers 'SQL01' mit einer Ausfallzeit von 0,6 Sekunden abgeschlossen.";
        assert_eq!(said(20415, &[], german), None);
        assert_eq!(said(20418, &[], german), None);
        assert_eq!(said(20413, &[("", "SQL01")], german), None);
        assert_eq!(said(20415, &[("", "SQL01"), ("", "much")], ""), None);
    }
}
