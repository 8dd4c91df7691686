//! Names: of the node that an object is from, and of the types and properties at the beginning of a file.

use super::cmdlets::{self, CMDLETS, short_name};
use super::estate::{Estate, key};
use super::records::{Record, Value};
use crate::inventory::catalogue::plain;
use crate::inventory::decode::Complaint;
use crate::inventory::importers::Sniff;
use crate::inventory::importers::csv_table::preamble;
use crate::units::host_name;

/// The node that an object is from: what it says itself, else what folder and file are called, else the only node there is.
pub(super) fn node_of(record: &Record, source: u32, hints: &[String], estate: &Estate) -> Option<String> {
    let said = [
        "PSComputerName",
        "SystemName",
        "ComputerName",
        "CSName",
        "__SERVER",
        "MachineName",
    ];
    let own = said
        .iter()
        .filter_map(|name| record.get(&[name], source)?.value.text())
        .find_map(named);
    let server = || {
        let system = record.get(&["CimSystemProperties", "__ClassMetadata"], source)?.value;
        // The description of the classes is a list, the class itself last.
        let part = match system {
            Value::List(list) => list.last()?.get("ServerName")?,
            other => other.get("ServerName")?,
        };
        part.text().and_then(named)
    };
    let name = own.or_else(server).map(|name| canonical(name, estate));
    name.or_else(|| by_hint(hints, estate))
}

/// The node by the names of folder and file.
pub(super) fn by_hint(hints: &[String], estate: &Estate) -> Option<String> {
    let known = hints
        .iter()
        .find(|hint| estate.nodes.contains_key(&key(&[host_name(hint)])));
    if let Some(hint) = known.or_else(|| hints.first()) {
        return Some(canonical(host_name(hint), estate));
    }
    match estate.nodes.len() {
        1 => estate.nodes.values().next().cloned(),
        _ => None,
    }
}

fn canonical(name: &str, estate: &Estate) -> String {
    estate
        .nodes
        .get(&key(&[name]))
        .cloned()
        .unwrap_or_else(|| name.to_owned())
}

/// A name of a host, shortened; not an address and not the machine on which someone typed.
fn named(text: &str) -> Option<&str> {
    let name = host_name(text.trim());
    let address = name.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b':');
    let nobody = ["localhost", "."].iter().any(|n| name.eq_ignore_ascii_case(n));
    (!name.is_empty() && !address && !nobody).then_some(name)
}

/// Names that file and folder give to the node: `HV1_Get-VM.xml`, `Get-VM.HV1.json`, `HV1/Get-VM.xml`, `Node_HV1/GetVM.xml`.
pub(super) fn hints(file: &str, folders: &[String], cmdlet: &str) -> Vec<String> {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let short = cmdlet.strip_prefix("Get-").unwrap_or(cmdlet);
    let lower = stem.to_lowercase();
    let spellings = [format!("get-{short}"), format!("get{short}"), short.to_owned()];
    let around = spellings.iter().find_map(|spelling| {
        let at = lower
            .find(&spelling.to_lowercase())
            .filter(|_| lower.len() == stem.len())?;
        Some((stem.get(..at)?, stem.get(at + spelling.len()..)?))
    });
    let trim = |text: &str| text.trim_matches(['-', '_', ' ', '.', '(', ')', '@']).to_owned();
    let mut hints: Vec<String> = Vec::new();
    if let Some((before, after)) = around {
        hints.extend([trim(before), trim(after)]);
    }
    if let Some(folder) = folders.last() {
        hints.push(folder.strip_prefix("Node_").unwrap_or(folder).to_owned());
    }
    hints.retain(|hint| is_host_name(hint));
    hints
}

/// Words that name a kind of export, not a host.
const NO_HOSTS: [&str; 12] = [
    "cluster",
    "exports",
    "export",
    "inventory",
    "host",
    "hosts",
    "all",
    "managementos",
    "vm",
    "vms",
    "json",
    "csv",
];

fn is_host_name(text: &str) -> bool {
    let letters = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
    let digits = text
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'_'));
    letters && !digits && text.len() <= 255 && !NO_HOSTS.contains(&plain(text).as_str())
}

/// Names of types and of properties at the beginning of a file, whatever its form.
pub(super) fn of_head(head: &str) -> (Vec<String>, Vec<String>) {
    if head.starts_with('<') {
        return (between(head, "<T>", "</T>"), between(head, " N=\"", "\""));
    }
    if head.starts_with(['[', '{']) {
        let class = between(head, "\"ClassName\":", ",");
        let types = class.iter().map(|c| c.trim().trim_matches('"').to_owned()).collect();
        let parts: Vec<&str> = head.split('"').collect();
        let names = parts
            .windows(2)
            .filter(|pair| pair[1].trim_start().starts_with(':'))
            .map(|pair| pair[0].to_owned());
        return (types, names.collect());
    }
    let (separator, start) = preamble(head);
    let (before, body) = head.split_at(start);
    let types = before.lines().find_map(|line| line.trim().strip_prefix("#TYPE "));
    let header = body.lines().next().unwrap_or_default();
    let names = header
        .split(char::from(separator))
        .map(|n| n.trim().trim_matches('"').to_owned());
    (types.map(str::to_owned).into_iter().collect(), names.collect())
}

fn between(text: &str, open: &str, close: &str) -> Vec<String> {
    let pieces = text.split(open).skip(1);
    pieces
        .filter_map(|piece| piece.split_once(close).map(|(name, _)| name.to_owned()))
        .collect()
}

/// Whether the beginning of a file is that of an export, whatever comes then.
pub(super) fn heads_export(head: &str, name: &str) -> bool {
    let (types, names) = of_head(head.get(..16_384).unwrap_or(head));
    cmdlets::recognise(&types, &names, name).is_some_and(|(_, by_content)| by_content)
}

/// Whether the text of a `.csv` file with the name of one of our tables is an export all the same.
pub(super) fn is_export_table(text: &str, name: &str) -> bool {
    let head = text.trim_start();
    let (types, names) = of_head(head.get(..16_384).unwrap_or(head));
    let known = CMDLETS.iter().any(|c| short_name(c.name) == plain(name));
    let (found, own) = (
        cmdlets::recognise(&types, &names, ""),
        names.iter().any(|n| n.contains('_')),
    );
    !own && (found.is_some() || known)
}

/// What to tell of CLIXML that holds other objects than those of the cmdlets that are read, or of event logs.
pub(in crate::inventory::importers) fn foreign(sniff: &Sniff) -> Option<Complaint> {
    let head = sniff.head.trim_start();
    if sniff.folder || !head.contains("<Objs") || super::is_export(sniff) {
        return None;
    }
    let (types, _) = of_head(head.get(head.find('<')?..)?);
    let first = types.first()?;
    let name = first.strip_prefix("Deserialized.").unwrap_or(first);
    if name.contains("EventLogRecord") {
        return None;
    }
    let what = format!("it holds objects of type {name}, which none of the cmdlets that are read gives");
    Some((
        what,
        "`nicplan explain exports` lists the cmdlets that are read.".to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_node_is_found_in_the_names_of_files_and_folders() {
        let of = |file: &str, folders: &[&str]| {
            let folders: Vec<String> = folders.iter().map(|f| (*f).to_owned()).collect();
            hints(file, &folders, "Get-NetAdapter").first().cloned()
        };
        assert_eq!(of("HV1_Get-NetAdapter.xml", &[]).as_deref(), Some("HV1"));
        assert_eq!(of("Get-NetAdapter-hv-2.json", &["exports"]).as_deref(), Some("hv-2"));
        assert_eq!(
            of("netadapter.hv3.corp.example.csv", &[]).as_deref(),
            Some("hv3.corp.example")
        );
        assert_eq!(of("GetNetAdapter.XML", &["zip", "Node_HV4"]).as_deref(), Some("HV4"));
        assert_eq!(of("Get-NetAdapter.xml", &["cluster"]), None);
        assert_eq!(of("Get-NetAdapter_2026-01-02.xml", &[]), None);
    }
}
