//! Sources of an inventory, one file each, listed in [`IMPORTERS`].
//!
//! In: a path of the command line. Out: raw tables, notes and problems in [`Gathered`]. An importer knows its format and the
//! catalogue, never the entities. To add one: a file with a `static` [`Importer`] and one line in the table.

mod counters;
mod csv_folder;
pub(crate) mod csv_table;
pub(crate) mod exports;
mod json;
mod lldp;
mod model_speed;
mod rvtools;
mod strays;
mod test_cluster;
mod zipped;

pub use exports::cmdlet_names;
pub use exports::collector::{NAME as COLLECTOR, script as collector_script};
pub(crate) use exports::{tells, unescape};

use super::catalogue::Table;
use super::decode::{Complaint, open_file};
use super::io_words::io_reason;
use super::raw::Gathered;
use super::suggest::did_you_mean;
use std::io::Read;
use std::path::Path;

/// What is known of an input before it is read.
pub struct Sniff {
    /// It is a folder.
    pub folder: bool,
    /// Name of the file or folder.
    pub name: String,
    /// File name extension in lower case.
    pub extension: String,
    /// First characters of a file, without byte order mark and zero bytes.
    pub head: String,
}

/// One input of the command line.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// Where it is.
    pub path: &'a Path,
    /// What to call it in messages: a file's name, or what to put before the names of a folder's files.
    pub shown: &'a str,
    /// Its number, from [`Gathered::next_input`]; where two inputs speak of the same thing, the higher number counts.
    pub index: usize,
    /// Name for a cluster that the input does not name, or names as something else.
    pub cluster: Option<&'a str>,
}

/// One kind of source.
pub struct Importer {
    /// Name in kebab-case.
    pub name: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// Whether the input looks like it.
    pub recognises: fn(&Sniff) -> bool,
    /// Reads it.
    pub read: fn(&Input<'_>, &mut Gathered),
}

/// All importers, sorted by name; the first that recognises an input reads it.
pub static IMPORTERS: [&Importer; 7] = [
    &counters::IMPORTER,
    &csv_folder::IMPORTER,
    &exports::IMPORTER,
    &json::IMPORTER,
    &lldp::IMPORTER,
    &rvtools::IMPORTER,
    &test_cluster::IMPORTER,
];

/// Puts the exports of each cluster together, and joins what was read of measurements and neighbours with the adapters and ports
/// of all inputs. Rows of a later input then stand behind those of an earlier one.
pub fn join(gathered: &mut Gathered) {
    exports::join(gathered);
    lldp::join(gathered);
    counters::join::run(gathered);
    gathered.tables.sort_by_key(|table| table.input);
}

/// The importer of a file that adds to an inventory and is none itself, if a file beside the tables of a folder is one.
fn addition(path: &Path) -> Option<&'static Importer> {
    let sniff = sniff(path).ok()?;
    [&counters::IMPORTER, &lldp::IMPORTER]
        .into_iter()
        .find(|importer| (importer.recognises)(&sniff))
}

/// Whether an input looks like something that an importer reads, and by which.
pub fn recognises(path: &Path) -> Option<&'static Importer> {
    let sniff = sniff(path).ok()?;
    IMPORTERS.into_iter().find(|importer| (importer.recognises)(&sniff))
}

/// Whether an input holds exports of cmdlets that describe a cluster.
pub fn holds_exports(path: &Path) -> bool {
    if path.is_dir() {
        exports::in_folder(path)
    } else {
        recognises(path).is_some_and(|i| i.name == exports::IMPORTER.name)
    }
}

/// What to tell of an export of objects that nothing here reads; `None` for everything else.
pub fn foreign_objects(path: &Path) -> Option<Complaint> {
    exports::foreign(&sniff(path).ok()?)
}

/// Reads all inputs in order. Single files of exports are put together: one tells what the name in another means.
pub fn read_all(inputs: &[Input<'_>], importer: Option<&str>, gathered: &mut Gathered) {
    if let Some(importer) = importer.and_then(|name| IMPORTERS.iter().find(|i| i.name == name)) {
        return inputs.iter().for_each(|input| (importer.read)(input, gathered));
    }
    let single = |input: &&Input<'_>| sniff(input.path).is_ok_and(|s| !s.folder && exports::is_export(&s));
    let exported: Vec<&Input<'_>> = inputs.iter().filter(single).collect();
    for input in inputs {
        match exported.first() {
            Some(first) if std::ptr::eq(*first, input) => exports::read_files(&exported, gathered),
            _ if exported.iter().any(|e| std::ptr::eq(*e, input)) => {}
            _ => read(input, gathered),
        }
    }
}

pub(in crate::inventory) use counters::CounterFile;
pub(in crate::inventory) use exports::Collection;
pub(in crate::inventory) use lldp::Neighbour;

/// Reads one input with the importer that recognises it.
fn read(input: &Input<'_>, gathered: &mut Gathered) {
    let shown = if input.shown.is_empty() {
        input.path.display().to_string()
    } else {
        input.shown.to_owned()
    };
    let sniff = match sniff(input.path) {
        Ok(sniff) => sniff,
        Err(e) => {
            let what = format!("the input cannot be opened: {}{}", io_reason(&e), neighbour(input.path));
            return gathered.refuse(
                &shown,
                what,
                "Check the path. Give an inventory folder, exports of PowerShell cmdlets, a .json file, a Test-Cluster report or an RVTools export.",
            );
        }
    };
    match IMPORTERS.iter().find(|i| (i.recognises)(&sniff)) {
        Some(importer) => (importer.read)(input, gathered),
        None if sniff.extension == "csv" => {
            let folder = input
                .path
                .parent()
                .filter(|p| !p.as_os_str().is_empty())
                .unwrap_or(Path::new("."));
            gathered.refuse(
                &shown,
                "this is one table, and an inventory is a folder of tables",
                format!("Give the folder that holds it: {}", folder.display()),
            );
        }
        None if exports::foreign(&sniff).is_some() => {
            let (what, advice) = exports::foreign(&sniff).unwrap_or_default();
            gathered.refuse(&shown, what, advice);
        }
        None => {
            let known: Vec<&str> = IMPORTERS.iter().map(|i| i.summary).collect();
            gathered.refuse(
                &shown,
                "this is no source that can be read",
                format!("Give one of: {}.", known.join("; ")),
            );
        }
    }
}

/// Reads one `.csv` file as rows of one table of the catalogue, also of one that belongs to no inventory.
pub(crate) fn read_table(path: &Path, def: &'static Table, shown: &str) -> Gathered {
    let mut gathered = Gathered::default();
    match gathered.text_of(path, shown) {
        Ok(text) => csv_table::read(&text, def, shown, 0, &mut gathered),
        Err((what, advice)) => gathered.refuse(shown, what, advice),
    }
    gathered
}

/// ` (did you mean 'X'?)` for an entry of the same folder whose name is near.
fn neighbour(path: &Path) -> String {
    let folder = path
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let (Some(name), Ok(entries)) = (path.file_name(), std::fs::read_dir(folder)) else {
        return String::new();
    };
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    // What is there, and cannot be opened, is no slip of the pen.
    if names.iter().any(|known| **known == *name) {
        return String::new();
    }
    did_you_mean(&name.to_string_lossy(), names.iter().map(String::as_str))
}

/// Bytes at the beginning of a file that tell what it is.
const HEAD: u64 = 32 * 1024;

fn sniff(path: &Path) -> std::io::Result<Sniff> {
    let folder = std::fs::metadata(path)?.is_dir();
    let extension = path
        .extension()
        .map(|e| e.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
    let mut head = Vec::new();
    if !folder {
        open_file(path)?.take(HEAD).read_to_end(&mut head)?;
    }
    let head = String::from_utf8_lossy(&head).replace(['\0', '\u{feff}', '\u{fffd}'], "");
    Ok(Sniff {
        folder,
        name: name.unwrap_or_default(),
        extension,
        head,
    })
}

#[cfg(test)]
pub(super) use self::{
    csv_table::read as read_csv, json::read_str as read_json, test_cluster::read_str as read_report,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn importers_are_sorted_and_described() {
        assert!(IMPORTERS.windows(2).all(|pair| pair[0].name < pair[1].name));
        assert!(IMPORTERS.iter().all(|i| !i.summary.is_empty()));
    }

    #[test]
    fn each_source_is_recognised_by_exactly_one_importer() {
        let sniff = |folder, name: &str, head: &str| Sniff {
            folder,
            name: name.into(),
            extension: name.rsplit_once('.').map_or("", |(_, end)| end).into(),
            head: head.into(),
        };
        for (sniff, name) in [
            (sniff(true, "my-cluster", ""), "csv-folder"),
            (sniff(false, "a.json", "  {\"nodes\":[]}"), "json"),
            (sniff(false, "vc.xlsx", "PK"), "rvtools"),
            (sniff(false, "c.csv", "\"(PDH-CSV 4.0) (UTC)(0)\","), "counters"),
            (
                sniff(
                    false,
                    "l.json",
                    "[{\"Computer\":\"a\",\"Interface\":\"b\",\"Device\":\"c\",\"TimeToLive\":120",
                ),
                "lldp",
            ),
            (
                sniff(
                    false,
                    "a.xml",
                    "<Objs Version=\"1.1.0.1\"><Obj><TN><T>Microsoft.HyperV.PowerShell.VMHost</T>",
                ),
                "exports",
            ),
            (
                sniff(
                    false,
                    "h.json",
                    "{\"MacAddressMinimum\":\"0\",\"MacAddressMaximum\":\"1\"}",
                ),
                "exports",
            ),
            (sniff(false, "a.zip", "PK\u{3}\u{4}"), "exports"),
            (sniff(false, "RVTools_tabvHost.csv", "Host,Datacenter"), "rvtools"),
            (sniff(false, "a.htm", "<html lang=\"en-US\">"), "test-cluster"),
        ] {
            let names: Vec<&str> = IMPORTERS
                .iter()
                .filter(|i| (i.recognises)(&sniff))
                .map(|i| i.name)
                .collect();
            assert_eq!(names, [name]);
        }
    }
}
