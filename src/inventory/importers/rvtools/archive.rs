//! The parts of a workbook (`.xlsx` is a ZIP archive), within limits. Nothing is unpacked to the disk, so no path in the archive matters.
//!
//! In: a file. Out: its parts as streams that stop with an error at a limit. Must not know: sheets, cells.

use crate::inventory::decode::{Complaint, MAX_FILE};
use crate::inventory::io_words::io_reason;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use zip::ZipArchive;
use zip::result::ZipError;

/// Most parts of a workbook; RVTools writes about 40.
const MAX_PARTS: usize = 10_000;
/// Most bytes of one part once unpacked (1 GiB): 100,000 VMs with 100 columns are a third of it.
const MAX_PART: u64 = 1 << 30;
/// Most times that a part may grow; plain sheets grow tenfold, rows of nothing but styles a hundredfold.
const MAX_GROWTH: u64 = 500;
/// Up to so many bytes growth does not matter (16 MiB).
const ALWAYS_FINE: u64 = 16 << 20;

/// An opened workbook.
pub(super) struct Archive {
    zip: ZipArchive<BufReader<File>>,
}

/// What to do about a file that is not whole.
const AGAIN: &str = "It may be cut off or damaged: copy it again, or export again with RVTools.";

impl Archive {
    /// Opens a workbook; what is none gives a sentence and advice.
    pub(super) fn open(path: &Path) -> Result<Archive, Complaint> {
        let unreadable = |e: std::io::Error| {
            let advice = "Check the path, that you may read the file, and that it is not open in Excel.";
            (format!("the file cannot be read: {}", io_reason(&e)), advice.to_owned())
        };
        let mut file = File::open(path).map_err(unreadable)?;
        let size = file.metadata().map_err(unreadable)?.len();
        if size > MAX_FILE {
            let what = format!("the file is larger than the limit of {} MiB", MAX_FILE / 1024 / 1024);
            return Err((
                what,
                "Is it the right file? Export the sheets as .csv instead.".to_owned(),
            ));
        }
        let mut head = [0; 4];
        let known = file.read(&mut head).map_err(unreadable)?;
        not_a_workbook(&head[..known])?;
        let zip = ZipArchive::new(BufReader::new(file)).map_err(|e| broken(&e))?;
        if zip.len() > MAX_PARTS {
            let what = format!("the workbook has more parts than the limit of {MAX_PARTS}");
            return Err((what, "Is it an export of RVTools?".to_owned()));
        }
        Ok(Archive { zip })
    }

    /// One part as a stream; `None` where the workbook has no such part.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<impl Read>, Complaint> {
        match self.zip.by_name(name) {
            Ok(entry) if entry.size() > MAX_PART => Err(too_large(name)),
            Ok(entry) => {
                let packed = entry.compressed_size().max(1);
                Ok(Some(Limited {
                    inner: entry,
                    read: 0,
                    most: MAX_PART.min((packed * MAX_GROWTH).max(ALWAYS_FINE)),
                }))
            }
            Err(ZipError::FileNotFound) => Ok(None),
            Err(e) => Err(broken(&e)),
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

fn broken(error: &ZipError) -> Complaint {
    let what = match error {
        ZipError::UnsupportedArchive(_) => "the workbook is encrypted or packed in a way that is not read",
        _ => "the workbook is not whole: its table of contents cannot be read",
    };
    (what.to_owned(), AGAIN.to_owned())
}

/// The complaint about a part that grows beyond every limit.
pub(super) fn too_large(name: &str) -> Complaint {
    let what = format!(
        "the part {name} of the workbook unpacks to more than is read ({} MiB, or {MAX_GROWTH} times its packed size)",
        MAX_PART >> 20
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

/// A stream that fails instead of giving more than `most` bytes.
struct Limited<R> {
    inner: R,
    read: u64,
    most: u64,
}

/// Kind of the error at the limit, by which it is told from damage.
pub(super) const AT_THE_LIMIT: std::io::ErrorKind = std::io::ErrorKind::FileTooLarge;

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read += read as u64;
        if self.read > self.most {
            return Err(AT_THE_LIMIT.into());
        }
        Ok(read)
    }
}
