//! The parts of a workbook: an `.xlsx` file is a ZIP archive.
//!
//! In: a file. Out: its parts as streams that stop with an error at a limit, or what to tell people. Must not know: sheets, cells.

use crate::inventory::decode::{Complaint, MAX_FILE, open_file};
use crate::inventory::importers::zipped::{self, Fault, MOST_GROWTH, MOST_UNPACKED};
use crate::inventory::io_words::io_reason;
use std::io::Read;
use std::path::Path;

/// An opened workbook.
pub(super) struct Archive {
    parts: zipped::Archive,
}

/// What to do about a file that is not whole.
const AGAIN: &str = "It may be cut off or damaged: copy it again, or export again with RVTools.";

impl Archive {
    /// Opens a workbook; what is none gives a sentence and advice.
    pub(super) fn open(path: &Path) -> Result<Archive, Complaint> {
        let mut head = Vec::new();
        let read = open_file(path).and_then(|file| file.take(4).read_to_end(&mut head));
        read.map_err(|e| broken(Fault::Unreadable(io_reason(&e)), ""))?;
        not_a_workbook(&head)?;
        let parts = zipped::Archive::open(path).map_err(|fault| broken(fault, ""))?;
        Ok(Archive { parts })
    }

    /// One part as a stream; `None` where the workbook has no such part.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<impl Read>, Complaint> {
        match self.parts.find(name) {
            Some(index) => self.parts.entry(index).map(Some).map_err(|fault| broken(fault, name)),
            None => Ok(None),
        }
    }
}

fn not_a_workbook(head: &[u8]) -> Result<(), Complaint> {
    if head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        let what = "the workbook is protected by a password, or is of the old format .xls";
        return Err((
            what.to_owned(),
            "Open it in Excel and save it as .xlsx without a password.".to_owned(),
        ));
    }
    if head.starts_with(b"PK") {
        return Ok(());
    }
    let what = "the file is no Excel workbook, whatever its name says";
    Err((what.to_owned(), AGAIN.to_owned()))
}

fn broken(fault: Fault, part: &str) -> Complaint {
    let what = match fault {
        Fault::Grows => return too_large(part),
        Fault::Unreadable(why) => {
            let advice = "Check the path, that you may read the file, and that it is not open in Excel.";
            return (format!("the file cannot be read: {why}"), advice.to_owned());
        }
        Fault::TooLarge => {
            let what = format!("the file is larger than the limit of {} MiB", MAX_FILE >> 20);
            let advice = "Is it the right file? Export the sheets as .csv instead.";
            return (what, advice.to_owned());
        }
        Fault::TooMany => {
            let what = format!("the workbook has more parts than the limit of {}", zipped::MOST_FILES);
            return (what, "Is it an export of RVTools?".to_owned());
        }
        Fault::Encrypted | Fault::Packed => "the workbook is encrypted or packed in a way that is not read",
        Fault::NotWhole | Fault::LeadsOut(_) => "the workbook is not whole: its table of contents cannot be read",
    };
    (what.to_owned(), AGAIN.to_owned())
}

/// The complaint about a part that grows beyond every limit.
pub(super) fn too_large(name: &str) -> Complaint {
    let what = format!(
        "the part {name} of the workbook unpacks to more than is read ({} MiB, or {MOST_GROWTH} times its packed size)",
        MOST_UNPACKED >> 20
    );
    (
        what,
        "Is it the right file? Export the sheets as .csv instead.".to_owned(),
    )
}

/// The complaint about a part that ends early or does not unpack.
pub(super) fn damaged(name: &str) -> Complaint {
    let what = format!("the part {name} of the workbook is not whole");
    (what, AGAIN.to_owned())
}
