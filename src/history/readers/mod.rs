//! The forms in which Windows writes events to a file, one reader each, listed in [`FORMS`].
//!
//! In: the text of a file. Out: events and problems in [`Gathered`]. Must not know: what an event means.
//! To add a form: a file with a `static` [`Form`] and one line in the table.

mod clixml;
mod csv_export;
mod event_xml;

use super::record::{Gathered, short};
use crate::inventory::{decode, io_reason};
use std::io::Read;
use std::path::{Path, PathBuf};

/// One form of export.
pub(super) struct Form {
    /// What it is, for people.
    pub(super) name: &'static str,
    /// Whether the beginning of a file looks like it.
    pub(super) recognises: fn(&str) -> bool,
    /// Reads the text of a file.
    pub(super) read: fn(&str, &str, &mut Gathered),
}

/// All forms; the first that recognises a file reads it.
pub(super) static FORMS: [&Form; 3] = [&clixml::FORM, &event_xml::FORM, &csv_export::FORM];

/// Most files of one folder.
const MOST_FILES: usize = 1_000;

/// Characters at the beginning of a file that tell its form.
const HEAD: usize = 4_096;

/// Whether a file looks like an export of events or is a log itself, or a folder holds one.
pub(super) fn recognises(path: &Path) -> bool {
    if path.is_dir() {
        let files = std::fs::read_dir(path).into_iter().flatten().filter_map(Result::ok);
        return files
            .map(|file| file.path())
            .any(|file| !file.is_dir() && recognises(&file));
    }
    is_log(path) || decode::read_text(path).is_ok_and(|text| form(&text).is_some())
}

/// Reads one source: a file, or every export in a folder.
pub(super) fn read(path: &Path, shown: &str, gathered: &mut Gathered) {
    if path.is_dir() {
        return read_folder(path, shown, gathered);
    }
    if is_log(path) {
        let advice = format!(
            "Turn it into XML on a Windows machine: wevtutil qe \"{shown}\" /lf:true /f:xml /uni:true > events.xml"
        );
        return gathered.complain(shown, 0, "this is the log itself in its binary form (.evtx)", advice);
    }
    let text = match decode::read_text(path) {
        Ok(text) => text,
        Err((what, advice)) => return gathered.complain(shown, 0, what, advice),
    };
    match form(&text) {
        Some(form) => (form.read)(&text, shown, gathered),
        None => {
            let known: Vec<&str> = FORMS.iter().map(|form| form.name).collect();
            let what = format!(
                "this is no export of events; it begins with '{}'",
                short(text.trim_start())
            );
            let advice = format!(
                "Give {}. `nicplan import --help` shows how to make them.",
                known.join(", or ")
            );
            gathered.complain(shown, 0, what.replace(['\r', '\n'], " "), advice);
        }
    }
}

fn read_folder(dir: &Path, shown: &str, gathered: &mut Gathered) {
    let mut files: Vec<PathBuf> = match std::fs::read_dir(dir) {
        Ok(entries) => entries.filter_map(Result::ok).map(|entry| entry.path()).collect(),
        Err(e) => {
            return gathered.complain(
                shown,
                0,
                format!("the folder cannot be read: {}", io_reason(&e)),
                "Check the path.",
            );
        }
    };
    files.sort();
    if files.len() > MOST_FILES {
        let what = format!("the folder holds more than {MOST_FILES} files");
        return gathered.complain(shown, 0, what, "Give a folder that holds only the exports.");
    }
    let before = (gathered.files, gathered.problems.len());
    for file in files {
        let name = file
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        let shown = format!("{}/{name}", shown.trim_end_matches('/'));
        if !file.is_dir() && recognises(&file) {
            read(&file, &shown, gathered);
        } else {
            gathered.notes.push(if is_empty(&file) {
                format!("{shown} is empty: no event was exported, or the node was not reached; its part of the history is missing")
            } else {
                format!("{shown} is no export of events and was passed over")
            });
        }
    }
    if before == (gathered.files, gathered.problems.len()) {
        let advice = "`nicplan import --help` shows how to export events.";
        gathered.complain(shown, 0, "the folder holds no export of events", advice);
    }
}

fn form(text: &str) -> Option<&'static Form> {
    let head: String = text.chars().take(HEAD).collect();
    FORMS.into_iter().find(|form| (form.recognises)(&head))
}

/// A log of Windows (.evtx) begins with this word.
fn is_log(path: &Path) -> bool {
    let mut head = [0; 8];
    decode::open_file(path)
        .and_then(|mut file| file.read_exact(&mut head))
        .is_ok()
        && &head == b"ElfFile\0"
}

/// A file of no more than a byte-order mark and a line end.
fn is_empty(path: &Path) -> bool {
    path.metadata().is_ok_and(|about| about.is_file() && about.len() <= 5)
}

/// Counts lines while a text is read from front to back.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Lines<'a> {
        Lines { text, at: 0, line: 1 }
    }

    /// The line, from 1, of a byte that is not before the last one asked for.
    fn of(&mut self, byte: usize) -> u32 {
        let passed = self.text.as_bytes().get(self.at..byte).unwrap_or_default();
        let lines = passed.iter().filter(|b| **b == b'\n').count();
        self.line = self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        self.at = byte.max(self.at);
        self.line
    }
}
