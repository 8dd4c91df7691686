//! ZIP archives within limits, of exports and of workbooks alike. Nothing is unpacked to the disk, so no path in an archive matters there.
//!
//! In: a file. Out: names of entries, and entries as streams that fail at a limit. A hostile archive fills neither memory nor time: what
//! an entry says about its own size is not believed. Must not know: what an entry holds, what to tell people.

use crate::inventory::decode::{MAX_FILE, open_file};
use crate::inventory::io_words::io_reason;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use zip::ZipArchive;
use zip::result::ZipError;

/// Most entries of an archive, and most files of a folder that stands for one.
pub(super) const MOST_FILES: usize = 20_000;
/// How deep folders may lie in folders.
pub(super) const MOST_FOLDERS: usize = 8;
/// Most bytes of one entry once unpacked (1 GiB): a sheet of 100,000 VMs with 100 columns is a third of it.
pub(super) const MOST_UNPACKED: u64 = 1 << 30;
/// Most times that an entry may grow: exports in UTF-16 and rows of nothing but styles grow a hundredfold.
pub(super) const MOST_GROWTH: u64 = 500;
/// Up to so many bytes growth does not matter (16 MiB).
const ALWAYS_FINE: u64 = 16 << 20;
/// Kind of the error of a stream at its limit, by which it is told from damage.
pub(super) const AT_THE_LIMIT: std::io::ErrorKind = std::io::ErrorKind::FileTooLarge;

/// Why an archive or an entry cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The system does not give it; with its reason.
    Unreadable(String),
    /// The file is larger than any input may be.
    TooLarge,
    /// It is cut off or damaged, or no ZIP.
    NotWhole,
    /// A way of packing that is not read.
    Packed,
    /// An entry needs a password.
    Encrypted,
    /// An entry unpacks to more than is read.
    Grows,
    /// More entries than [`MOST_FILES`].
    TooMany,
    /// An entry whose path leads out of the archive.
    LeadsOut(String),
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Fault {
        Fault::Unreadable(io_reason(&error))
    }
}

impl From<ZipError> for Fault {
    fn from(error: ZipError) -> Fault {
        match error {
            ZipError::Io(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => Fault::NotWhole,
            ZipError::Io(e) => Fault::from(e),
            ZipError::UnsupportedArchive(_) => Fault::Packed,
            _ => Fault::NotWhole,
        }
    }
}

/// An opened archive.
pub(super) struct Archive {
    zip: ZipArchive<BufReader<File>>,
}

impl Archive {
    /// Opens an archive whose table of contents is within the limits.
    pub(super) fn open(path: &Path) -> Result<Archive, Fault> {
        let file = open_file(path)?;
        if file.metadata()?.len() > MAX_FILE {
            return Err(Fault::TooLarge);
        }
        let zip = ZipArchive::new(BufReader::new(file))?;
        match zip.len() {
            0..=MOST_FILES => Ok(Archive { zip }),
            _ => Err(Fault::TooMany),
        }
    }

    /// Number of each file with its folders and name.
    pub(super) fn files(&mut self) -> Result<Vec<(usize, Vec<String>)>, Fault> {
        let mut files = Vec::new();
        for index in 0..self.zip.len() {
            let entry = self.zip.by_index_raw(index)?;
            if entry.is_dir() {
                continue;
            }
            let name = entry.name()?;
            let parts = safe_parts(&name).ok_or_else(|| Fault::LeadsOut(name.chars().take(80).collect()))?;
            files.push((index, parts));
        }
        Ok(files)
    }

    /// Number of the entry with exactly this name.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.zip.index_for_name(name)
    }

    /// An entry as a stream that fails with [`AT_THE_LIMIT`] instead of growing without end.
    pub(super) fn entry(&mut self, index: usize) -> Result<impl Read, Fault> {
        let raw = self.zip.by_index_raw(index)?;
        let (encrypted, packed, size) = (raw.encrypted(), raw.compressed_size(), raw.size());
        drop(raw);
        let most = MOST_UNPACKED.min(packed.saturating_mul(MOST_GROWTH).max(ALWAYS_FINE));
        if encrypted {
            return Err(Fault::Encrypted);
        }
        if size > most {
            return Err(Fault::Grows);
        }
        Ok(Limited {
            inner: self.zip.by_index(index)?,
            read: 0,
            most,
        })
    }
}

/// A stream that fails instead of giving more than `most` bytes.
struct Limited<R> {
    inner: R,
    read: u64,
    most: u64,
}

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

/// Folders and name of an entry; `None` if they lead out of the archive, or deeper than any export lies.
fn safe_parts(name: &str) -> Option<Vec<String>> {
    let plain = name.replace('\\', "/");
    let drive = plain.as_bytes().get(1) == Some(&b':');
    if plain.starts_with('/') || drive || plain.contains('\0') {
        return None;
    }
    let parts: Vec<String> = plain
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .map(str::to_owned)
        .collect();
    let fine = !parts.is_empty() && parts.len() <= MOST_FOLDERS + 1 && parts.iter().all(|part| part != "..");
    fine.then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_of_an_archive_leads_out_of_it() {
        for name in [
            "../a.xml",
            "a/../../b.xml",
            "/etc/a.xml",
            "\\\\server\\share\\a.xml",
            "C:\\a.xml",
            "c:a.xml",
            "..\\a.xml",
            "",
            "a/b/c/d/e/f/g/h/i/j.xml",
        ] {
            assert_eq!(safe_parts(name), None, "{name}");
        }
        assert_eq!(
            safe_parts("Node_HV1\\./GetNetAdapter.XML"),
            Some(vec!["Node_HV1".to_owned(), "GetNetAdapter.XML".to_owned()])
        );
    }

    #[test]
    fn a_stream_fails_behind_its_limit_whatever_was_said_of_its_size() {
        let stream = |most| Limited {
            inner: std::io::repeat(0).take(100),
            read: 0,
            most,
        };
        let mut all = Vec::new();
        let error = stream(99).read_to_end(&mut all).expect_err("it is longer");
        assert_eq!(error.kind(), AT_THE_LIMIT);
        assert_eq!(stream(100).read_to_end(&mut all).ok(), Some(100));
    }
}
