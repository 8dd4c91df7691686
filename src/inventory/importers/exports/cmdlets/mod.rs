//! The cmdlets whose exports are read: one struct and one function each, a file per group, listed in [`CMDLETS`] in the order in
//! which they are read. Where two say something about the same cell, the earlier one counts and the other is a difference.
//!
//! In: records. Out: cells of the estate. Must not know: the form of the file. To add a cmdlet: an entry in the file of its group.

mod adapters;
mod addresses;
mod cluster;
mod guests;
mod host;
mod old_hosts;
mod qos;
mod switches;
mod teams;
mod vlans;

pub(super) use guests::vm_row;

use super::estate::Estate;
use super::records::{Found, Record, Records, Value};
use crate::inventory::catalogue::plain;
use crate::inventory::entities::Origin;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// One cmdlet.
#[derive(Debug)]
pub(super) struct Cmdlet {
    /// Name as typed.
    pub(super) name: &'static str,
    /// Last parts of the names of the types that it gives, as CLIXML and `#TYPE` lines tell them.
    pub(super) types: &'static [&'static str],
    /// Properties that together only its objects have; `A|B`: one of them.
    pub(super) signature: &'static [&'static str],
    /// Properties that are read.
    pub(super) reads: &'static [&'static str],
    /// Its objects belong to one node.
    pub(super) per_node: bool,
    /// How the collector calls it: `$Node` is the node, `$Cluster` the cluster; blank = it does not.
    pub(super) collect: &'static str,
    /// Properties that the collector makes itself, so that nothing is cut off: name and expression over `$_`.
    pub(super) flatten: &'static [(&'static str, &'static str)],
    /// Reads one object.
    pub(super) read: fn(&Item<'_>, &mut Estate),
}

/// All cmdlets, in reading order.
pub(super) static CMDLETS: LazyLock<Vec<&'static Cmdlet>> = LazyLock::new(|| {
    [
        cluster::FIRST,
        host::CMDLETS,
        adapters::CMDLETS,
        teams::CMDLETS,
        old_hosts::CMDLETS,
        switches::CMDLETS,
        guests::CMDLETS,
        cluster::LATER,
        addresses::CMDLETS,
        qos::CMDLETS,
    ]
    .concat()
});

/// Properties that tell the node, the cluster, or the type, whatever the cmdlet.
const OF_ALL: [&str; 9] = [
    "Cluster",
    "PSComputerName",
    "SystemName",
    "ComputerName",
    "CSName",
    "MachineName",
    "__SERVER",
    "CimSystemProperties",
    "__ClassMetadata",
];

/// Spelling of every property that some cmdlet reads, by name in lower case.
static KNOWN: LazyLock<BTreeMap<String, &'static str>> = LazyLock::new(|| {
    let read = CMDLETS.iter().flat_map(|cmdlet| cmdlet.reads.iter());
    read.chain(OF_ALL.iter())
        .map(|name| (name.to_ascii_lowercase(), *name))
        .collect()
});

/// The property as the table spells it; `None` = nobody reads it.
pub(super) fn known_name(name: &str) -> Option<&'static str> {
    match KNOWN.get(name) {
        Some(found) => Some(found),
        None => KNOWN.get(&name.to_ascii_lowercase()).copied(),
    }
}

/// The cmdlet whose objects these are: by the type that the file tells, by the properties, by the name of the file. Also whether the
/// content tells it, not only the name.
pub(super) fn recognise(types: &[String], names: &[String], file: &str) -> Option<(&'static Cmdlet, bool)> {
    let by_content = by_type(types).or_else(|| by_properties(names));
    match by_content {
        Some(cmdlet) => Some((cmdlet, true)),
        // `GetNetAdapterLso.xml` holds adapters by its name alone.
        None if tell_other(types) => None,
        None => by_file(file).map(|cmdlet| (cmdlet, false)),
    }
}

/// Whether the types are those of objects that no cmdlet of the table gives.
fn tell_other(types: &[String]) -> bool {
    let own = |name: &str| {
        let last = name.rsplit(['/', '.', '#', '\\']).next().unwrap_or(name);
        let class = ["MSFT_", "Win32_", "Msvm_"].iter().any(|start| last.starts_with(start));
        class || name.contains("Microsoft.HyperV.") || name.contains("Microsoft.FailoverClusters.")
    };
    types.first().is_some_and(|name| own(name))
}

fn by_type(types: &[String]) -> Option<&'static Cmdlet> {
    let last = |name: &str| {
        let end = name.rsplit(['/', '.', '#', '\\']).next().unwrap_or(name);
        end.to_ascii_lowercase()
    };
    types.iter().find_map(|name| {
        let name = last(name);
        let fits = |cmdlet: &&&Cmdlet| cmdlet.types.iter().any(|t| t.to_ascii_lowercase() == name);
        CMDLETS.iter().find(fits).copied()
    })
}

/// The cmdlet with the longest signature that the names hold.
fn by_properties(names: &[String]) -> Option<&'static Cmdlet> {
    let names: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
    let has = |wanted: &str| names.contains(&wanted.to_ascii_lowercase());
    let holds = |cmdlet: &&&Cmdlet| {
        !cmdlet.signature.is_empty() && cmdlet.signature.iter().all(|part| part.split('|').any(has))
    };
    let mut found = CMDLETS.iter().filter(holds);
    let first = found.next()?;
    Some(found.fold(first, |best, next| {
        if next.signature.len() > best.signature.len() {
            next
        } else {
            best
        }
    }))
}

/// `Get-NetAdapter.xml`, `HV1_GetNetAdapter.json`, `netadapter-hv1.csv`: the longest name of a cmdlet in the name of the file.
pub(super) fn by_file(file: &str) -> Option<&'static Cmdlet> {
    let stem = plain(file);
    let fits = |cmdlet: &&&Cmdlet| stem.contains(short_name(cmdlet.name).as_str());
    CMDLETS
        .iter()
        .filter(fits)
        .max_by_key(|cmdlet| short_name(cmdlet.name).len())
        .copied()
}

/// Whether a file is called after a cmdlet with its verb: `HV1_Get-VMHost.json`.
pub(super) fn is_named(file: &str, cmdlet: &Cmdlet) -> bool {
    plain(file).contains(&format!("get{}", short_name(cmdlet.name)))
}

/// `netadapter` for `Get-NetAdapter`.
pub(super) fn short_name(cmdlet: &str) -> String {
    plain(cmdlet.strip_prefix("Get-").unwrap_or(cmdlet))
}

/// One object of one file.
pub(super) struct Item<'a> {
    pub(super) record: &'a Record,
    pub(super) source: u32,
    /// The node it belongs to; blank for objects of the cluster.
    pub(super) node: &'a str,
}

impl<'a> Item<'a> {
    /// The first of these properties that is there.
    pub(super) fn get(&self, names: &[&str]) -> Option<Found<'a>> {
        self.record.get(names, self.source)
    }

    /// Its text.
    pub(super) fn text(&self, name: &str) -> &'a str {
        self.get(&[name]).and_then(|f| f.value.text()).unwrap_or_default()
    }

    /// Where the object stands.
    pub(super) fn place(&self) -> Origin {
        Origin {
            nth: 0,
            source: self.source,
            line: self.record.line,
            column: self.record.column,
        }
    }

    /// Writes the text of a property into a cell.
    pub(super) fn copy(&self, estate: &mut Estate, row: usize, column: &'static str, names: &[&str]) {
        if let Some(found) = self.get(names)
            && let Some(text) = found.value.text()
        {
            estate.put(row, column, text, found.place);
        }
    }

    /// Writes yes or no.
    pub(super) fn flag(&self, estate: &mut Estate, row: usize, column: &'static str, names: &[&str]) {
        if let Some(found) = self.get(names)
            && let Some(yes) = found.value.yes()
        {
            estate.put(row, column, yes_no(yes), found.place);
        }
    }

    /// Writes the meaning of `On`/`Off`, which JSON gives as 0 and 1.
    pub(super) fn on_off(&self, estate: &mut Estate, row: usize, column: &'static str, name: &str) {
        // Microsoft.HyperV.PowerShell.OnOffState: On = 0, Off = 1.
        let word = self
            .get(&[name])
            .and_then(|f| Some((f.value.word(&[(0, "On"), (1, "Off")])?, f.place)));
        match word {
            Some((word, place)) if word.eq_ignore_ascii_case("on") => estate.put(row, column, "yes", place),
            Some((word, place)) if word.eq_ignore_ascii_case("off") => estate.put(row, column, "no", place),
            _ => {}
        }
    }

    /// Writes a whole number that is not negative.
    pub(super) fn whole(&self, estate: &mut Estate, row: usize, column: &'static str, names: &[&str]) {
        if let Some(found) = self.get(names)
            && let Some(number) = found.value.number().filter(|n| *n >= 0)
        {
            estate.put(row, column, &number.to_string(), found.place);
        }
    }

    /// Writes the word that stands for the word or number of an enumeration.
    pub(super) fn word(&self, estate: &mut Estate, row: usize, column: &'static str, name: &str, words: Words<'_>) {
        let Some(found) = self.get(&[name]) else { return };
        let numbers: Vec<(i64, &str)> = words.iter().map(|(n, word, _)| (*n, *word)).collect();
        let said = found.value.word(&numbers).unwrap_or_default();
        if let Some((_, _, ours)) = words.iter().find(|(_, word, _)| word.eq_ignore_ascii_case(said)) {
            estate.put(row, column, ours, found.place);
        }
    }
}

/// Numbers and words of an enumeration with our word for each.
pub(super) type Words<'a> = &'a [(i64, &'a str, &'a str)];

pub(super) fn yes_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

/// Bytes as MiB.
pub(super) fn mib(bytes: i64) -> i64 {
    bytes / (1024 * 1024)
}

/// Bit/s as Mbit/s; what is less than one counts as one.
pub(super) fn mbps(bits: i64) -> i64 {
    if bits > 0 { (bits / 1_000_000).max(1) } else { 0 }
}

/// A MAC address unless it is that of an adapter that never had one.
pub(super) fn mac(text: &str) -> Option<&str> {
    let known = crate::units::Mac::parse(text).ok()?;
    (!known.is_unset()).then_some(text)
}

/// Name of a thing that stands in a property as text or as an object with a name.
pub(super) fn name_of(value: &Value) -> Option<&str> {
    value.text().or_else(|| value.get("Name").and_then(Value::text))
}

/// Whether the records hold nothing: an export of a cmdlet that found nothing.
pub(super) fn is_empty(records: &Records) -> bool {
    records.list.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_of_another_class_are_not_taken_for_those_that_the_file_is_called_after() {
        let of = |class: &str| {
            let types = [format!(
                "Microsoft.Management.Infrastructure.CimInstance#ROOT/StandardCimv2/{class}"
            )];
            let names = ["Name", "InterfaceDescription"].map(str::to_owned);
            recognise(&types, &names, "GetNetAdapterLso.xml").map(|(cmdlet, _)| cmdlet.name)
        };
        assert_eq!(of("MSFT_NetAdapterLsoSettingData"), None);
        assert_eq!(of("MSFT_NetAdapter"), Some("Get-NetAdapter"));
    }

    #[test]
    fn every_cmdlet_is_found_by_its_file_and_by_its_own_types_and_signature() {
        for cmdlet in CMDLETS.iter() {
            let file = format!("HV1_{}.xml", cmdlet.name);
            assert_eq!(by_file(&file).map(|c| c.name), Some(cmdlet.name), "{file}");
            for name in cmdlet.types {
                let full = format!("Deserialized.Microsoft.X.{name}");
                assert_eq!(by_type(&[full]).map(|c| c.name), Some(cmdlet.name), "{name}");
            }
            let names: Vec<String> = cmdlet
                .signature
                .iter()
                .filter_map(|part| part.split('|').next().map(str::to_owned))
                .collect();
            if !names.is_empty() {
                assert_eq!(by_properties(&names).map(|c| c.name), Some(cmdlet.name), "{names:?}");
            }
            assert!(cmdlet.name.starts_with("Get-") && !cmdlet.reads.is_empty());
            let known = |name: &&str| known_name(name).is_some_and(|found| found.eq_ignore_ascii_case(name));
            assert!(cmdlet.reads.iter().all(known), "{}", cmdlet.name);
        }
    }
}
