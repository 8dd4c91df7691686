//! An inventory folder: one `.csv` file per table. A Test-Cluster report or an RVTools export in it stands for `nodes.csv`.
//!
//! Where the folder has no `nodes.csv`, its one report is read first and the tables add to it, as if report and tables were two
//! inputs. A folder that names its nodes is an inventory of its own and is not mixed with a report that may be older.

use super::{Importer, Input, csv_table, exports, rvtools, strays, test_cluster};
use crate::inventory::catalogue::{self, Table};
use crate::inventory::code_page;
use crate::inventory::io_words::io_reason;
use crate::inventory::raw::Gathered;
use crate::units::count;
use std::path::{Path, PathBuf};

pub(super) static IMPORTER: Importer = Importer {
    name: "csv-folder",
    summary: "a folder of .csv files (nodes.csv, nics.csv …) as written by `nicplan init`",
    recognises: |sniff| sniff.folder,
    read,
};

/// Notes about single files beyond this number are counted only.
const MOST_NOTES: usize = 20;

fn read(input: &Input<'_>, gathered: &mut Gathered) {
    let files = match list(input) {
        Ok(files) => files,
        Err(e) => {
            let shown = input.path.display().to_string();
            return gathered.refuse(
                &shown,
                format!("the folder cannot be read: {}", io_reason(&e)),
                "Check its permissions.",
            );
        }
    };
    let own = files
        .iter()
        .any(|(name, path)| table(name, path).is_some_and(|def| def.name == "nodes"));
    let export = if own { Vec::new() } else { rvtools::of_folder(&files) };
    let exported = export.is_empty() && read_exports(input, &files, gathered);
    let stands_for_tables = if export.is_empty() {
        exported || read_report(input, &files, gathered)
    } else {
        rvtools::read_folder(&export, input, gathered);
        true
    };
    let index = if stands_for_tables {
        gathered.next_input_beside(input.index)
    } else {
        input.index
    };
    let tables = files.iter().filter(|(name, path)| table(name, path).is_some());
    gathered.page = code_page::of_files(tables.map(|(_, path)| path.as_path()));
    let mut passed_over = 0;
    for (name, path) in &files {
        let shown = format!("{}{name}", input.shown);
        match table(name, path) {
            Some(_) if exported && exports::is_export_table(path) => {}
            Some(def) => read_file(path, def, &shown, index, gathered),
            None if name.eq_ignore_ascii_case("readme.md") => {}
            None if export.iter().any(|(read, _)| read == name) => {}
            None if stands_for_tables && export.is_empty() && !exported && is_report(name, path) => {}
            None if read_addition(path, &shown, input, gathered) => {}
            None if exported => {}
            None if refuse_unreadable(name, path, &shown, gathered) => {}
            None => match misnamed(name, path, &files) {
                Some(def) => refuse_name(def, &shown, gathered),
                None => {
                    passed_over += 1;
                    if passed_over <= MOST_NOTES {
                        gathered.notes.push(strays::note(name, &shown));
                    }
                }
            },
        }
    }
    gathered.page = None;
    if passed_over > MOST_NOTES {
        gathered.notes.push(format!(
            "passed over as well: {}",
            count(passed_over - MOST_NOTES, "further file")
        ));
    }
}

/// Reads counters or neighbours that lie beside the tables; tells whether the file holds such.
fn read_addition(path: &Path, shown: &str, input: &Input<'_>, gathered: &mut Gathered) -> bool {
    let Some(importer) = super::addition(path) else {
        return false;
    };
    let index = gathered.next_input_beside(input.index);
    let file = Input {
        path,
        shown,
        index,
        ..*input
    };
    (importer.read)(&file, gathered);
    true
}

/// Refuses a file that cannot be looked into: it may be counters, neighbours or a table under another name.
fn refuse_unreadable(name: &str, path: &Path, shown: &str, gathered: &mut Gathered) -> bool {
    let lower = name.to_lowercase();
    let holds_data = [".csv", ".json", ".xml", ".htm", ".xlsx", ".zip"]
        .iter()
        .any(|end| lower.ends_with(end));
    let Some(error) = super::sniff(path).err().filter(|_| holds_data && path.is_file()) else {
        return false;
    };
    let what = format!("the file cannot be read: {}", io_reason(&error));
    let advice = "Check that you may read it and that no other program has it open; if it is no part of the inventory, take it out of the folder.";
    gathered.refuse(shown, what, advice);
    true
}

/// The table that a file is meant to be, where the folder has no file of its right name.
fn misnamed(name: &str, path: &Path, files: &[(String, PathBuf)]) -> Option<&'static Table> {
    let meant = strays::meant(name).filter(|_| path.is_file())?;
    let there = files
        .iter()
        .any(|(name, path)| table(name, path).is_some_and(|def| def.name == meant.name));
    (!there).then_some(meant)
}

/// A table under a wrong name is no remark: without it the plan would be about another cluster than the user's.
fn refuse_name(def: &'static Table, shown: &str, gathered: &mut Gathered) {
    gathered.unread_tables.push(def.name);
    let file = def.file();
    let what = format!("no table has this name (did you mean {file}?)");
    let advice = format!("Rename it to {file}; if it is something else, take it out of the folder.");
    gathered.complain(shown, 0, 0, what, advice);
}

/// The table that a file of the folder holds.
fn table(name: &str, path: &Path) -> Option<&'static Table> {
    let lower = name.to_lowercase();
    let def = lower.strip_suffix(".csv").and_then(catalogue::table);
    def.filter(|_| path.is_file())
}

/// Whether a file may be a validation report; `.html` is left out, our own `report.html` may lie there.
fn is_report(name: &str, path: &Path) -> bool {
    let lower = name.to_lowercase();
    [".htm", ".mht", ".mhtml"].iter().any(|end| lower.ends_with(end)) && path.is_file()
}

/// Whether a file of this name is one of our tables.
pub(super) fn is_table(name: &str) -> bool {
    let lower = name.to_lowercase();
    lower.strip_suffix(".csv").and_then(catalogue::table).is_some()
}

/// Reads the folder's exports of cmdlets where no table names the nodes; tells whether there were any.
fn read_exports(input: &Input<'_>, files: &[(String, PathBuf)], gathered: &mut Gathered) -> bool {
    let own = files
        .iter()
        .any(|(name, path)| table(name, path).is_some_and(|def| def.name == "nodes"));
    if own || !exports::in_folder(input.path) {
        return false;
    }
    exports::read_folder(input, gathered);
    true
}

/// Reads the folder's report where no table names the nodes; tells whether there was one.
fn read_report(input: &Input<'_>, files: &[(String, PathBuf)], gathered: &mut Gathered) -> bool {
    let own = |(name, path): &(String, PathBuf)| table(name, path).is_some_and(|def| def.name == "nodes");
    let reports: Vec<&(String, PathBuf)> = files.iter().filter(|(name, path)| is_report(name, path)).collect();
    if files.iter().any(own) {
        return false;
    }
    let Some((name, path)) = reports.first() else {
        return false;
    };
    let shown = format!("{}{name}", input.shown);
    if reports.len() > 1 {
        let names: Vec<&str> = reports.iter().map(|(name, _)| name.as_str()).collect();
        let what = format!(
            "the folder holds {} validation reports, and nothing says which one counts: {}",
            names.len(),
            names.join(", ")
        );
        let advice =
            "Name the newest report itself instead of the folder; reports of several clusters are several INPUTs.";
        gathered.refuse(&input.path.display().to_string(), what, advice);
        return true;
    }
    let report = Input {
        path,
        shown: &shown,
        ..*input
    };
    test_cluster::read(&report, gathered);
    true
}

fn read_file(path: &Path, def: &'static Table, shown: &str, input: usize, gathered: &mut Gathered) {
    if gathered
        .tables
        .iter()
        .any(|t| t.input == input && t.def.name == def.name)
    {
        let what = format!("a second file for the table {}", def.name);
        return gathered.complain(shown, 0, 0, what, "Keep one of them.");
    }
    match gathered.text_of(path, shown) {
        Ok(text) => csv_table::read(&text, def, shown, input, gathered),
        Err((what, advice)) => {
            gathered.unread_tables.push(def.name);
            gathered.complain(shown, 0, 0, what, advice);
        }
    }
}

/// Files of the folder by name, without those that nobody put there.
fn list(input: &Input<'_>) -> std::io::Result<Vec<(String, PathBuf)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(input.path)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !strays::is_noise(&name) {
            files.push((name, entry.path()));
        }
    }
    files.sort();
    Ok(files)
}
