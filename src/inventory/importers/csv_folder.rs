//! An inventory folder: one `.csv` file per table.

use super::{Importer, Input, csv_table};
use crate::inventory::catalogue::{self, Table};
use crate::inventory::decode::read_text;
use crate::inventory::raw::Gathered;
use crate::inventory::suggest::did_you_mean;
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
                format!("the folder cannot be read: {e}"),
                "Check its permissions.",
            );
        }
    };
    let mut passed_over = 0;
    for (name, path) in &files {
        let shown = format!("{}{name}", input.shown);
        let table = name
            .to_lowercase()
            .strip_suffix(".csv")
            .and_then(catalogue::table)
            .filter(|_| path.is_file());
        match table {
            Some(def) => read_file(path, def, &shown, input.index, gathered),
            None if name.eq_ignore_ascii_case("readme.md") => {}
            None => {
                passed_over += 1;
                if passed_over <= MOST_NOTES {
                    gathered.notes.push(note(name, &shown));
                }
            }
        }
    }
    if passed_over > MOST_NOTES {
        gathered
            .notes
            .push(format!("{} further files were passed over", passed_over - MOST_NOTES));
    }
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
    match read_text(path) {
        Ok(text) => csv_table::read(&text, def, shown, input, gathered),
        Err((what, advice)) => {
            gathered.unread_tables.push(def.name);
            gathered.complain(shown, 0, 0, what, advice);
        }
    }
}

/// Files of the folder by name.
fn list(input: &Input<'_>) -> std::io::Result<Vec<(String, PathBuf)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(input.path)? {
        let entry = entry?;
        files.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
    }
    files.sort();
    Ok(files)
}

fn note(name: &str, shown: &str) -> String {
    let lower = name.to_lowercase();
    if let Some(stem) = lower.strip_suffix(".csv") {
        let hint = did_you_mean(stem, catalogue::TABLES.iter().map(|t| t.name));
        return format!("{shown} was passed over: no table has this name{hint}");
    }
    if lower.ends_with(".xlsx") || lower.ends_with(".xls") {
        return format!("{shown} was passed over: save its sheets as .csv, one per table");
    }
    format!("{shown} was passed over: it is no table of an inventory")
}
