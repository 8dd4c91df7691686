//! From the texts of files to records, several files at a time: most of the time of an import goes into taking texts apart.
//!
//! In: files in order. Out: what each holds, in the same order, whatever the number of cores. Must not know: what records mean.

use super::cmdlets::{self, Cmdlet};
use super::files::Files;
use super::records::Records;
use super::{Fault, clixml, csv_export, json_export, names};
use crate::inventory::code_page::Guess;
use crate::inventory::decode::Complaint;
use rayon::prelude::*;

/// Text that is held at once before it is taken apart, bytes (8 MiB): the tree of a CLIXML file is several times its text.
const MOST_TEXT: usize = 8 * 1024 * 1024;

/// A form in which PowerShell writes objects.
struct Form {
    /// Whether the beginning of a file looks like it.
    recognises: fn(&str) -> bool,
    read: fn(&str) -> Result<Records, Fault>,
}

/// All forms.
static FORMS: [Form; 3] = [
    Form {
        recognises: |head| head.contains("<Objs") || head.starts_with("<?xml") || head.starts_with("<!DOCTYPE"),
        read: clixml::read,
    },
    Form {
        recognises: |head| head.starts_with(['[', '{']),
        read: json_export::read,
    },
    Form {
        recognises: |head| !head.starts_with('<'),
        read: csv_export::read,
    },
];

/// Text for which other threads are not worth their start, bytes.
const LITTLE_TEXT: usize = 1024 * 1024;

/// One file of a source.
pub(super) struct Piece {
    pub(super) shown: String,
    pub(super) name: String,
    pub(super) folders: Vec<String>,
    /// `None` = by its name it is no export, and was not opened.
    text: Option<Result<String, Complaint>>,
    /// The code page in which the text was read, where it had to be guessed.
    pub(super) guess: Option<Guess>,
}

/// What a file holds.
pub(super) enum Holds {
    /// It cannot be read, or is damaged: line, what, advice.
    Fault(u32, String, String),
    /// The collector's list of what it could not read.
    Errors(String),
    Records(&'static Cmdlet, Records),
    /// Something else.
    Other,
}

impl Piece {
    /// A file that is not opened.
    pub(super) fn closed(shown: String) -> Piece {
        let name = shown.rsplit('/').next().unwrap_or(&shown).to_owned();
        Piece {
            shown,
            name,
            folders: Vec::new(),
            text: None,
            guess: None,
        }
    }

    /// The file at a position, with its text.
    pub(super) fn open(files: &mut Files, at: usize, shown: String) -> Option<Piece> {
        let (name, folders) = files.entries.get(at)?.path.split_last()?;
        let (name, folders) = (name.clone(), folders.to_vec());
        let (text, guess) = match files.text_guessed(at) {
            Ok((text, guess)) => (Ok(text), guess),
            Err(complaint) => (Err(complaint), None),
        };
        Some(Piece {
            shown,
            name,
            folders,
            text: Some(text),
            guess,
        })
    }

    fn holds(&self) -> Holds {
        let text = match &self.text {
            None => return Holds::Other,
            Some(Err((what, advice))) => return Holds::Fault(0, what.clone(), advice.clone()),
            Some(Ok(text)) => text,
        };
        if self.name.eq_ignore_ascii_case("errors.csv") {
            return Holds::Errors(text.clone());
        }
        let head = text.trim_start();
        let form = FORMS
            .iter()
            .find(|form| (form.recognises)(head.get(..4096).unwrap_or(head)));
        let Some(form) = form else { return Holds::Other };
        match (form.read)(text) {
            Ok(records) => match cmdlets::recognise(&records.types, &records.names, &self.name) {
                Some((cmdlet, _)) => Holds::Records(cmdlet, records),
                None => Holds::Other,
            },
            Err(fault) if cmdlets::by_file(&self.name).is_some() || names::heads_export(head, &self.name) => {
                Holds::Fault(fault.line, fault.what, fault.advice)
            }
            Err(_) => Holds::Other,
        }
    }
}

/// Files that wait to be taken apart together.
#[derive(Default)]
pub(super) struct Waiting {
    pieces: Vec<Piece>,
    text: usize,
}

impl Waiting {
    /// Adds a file; `true` when it is time to take those that wait.
    pub(super) fn add(&mut self, piece: Piece) -> bool {
        self.text += piece.text.iter().flatten().map(String::len).sum::<usize>();
        self.pieces.push(piece);
        self.text >= MOST_TEXT
    }

    /// All files that wait with what they hold, in order.
    pub(super) fn take(&mut self) -> Vec<(Piece, Holds)> {
        let pieces = std::mem::take(&mut self.pieces);
        let apart = |mut piece: Piece| {
            let holds = piece.holds();
            piece.text = None;
            (piece, holds)
        };
        if std::mem::take(&mut self.text) < LITTLE_TEXT {
            return pieces.into_iter().map(apart).collect();
        }
        pieces.into_par_iter().map(apart).collect()
    }
}
