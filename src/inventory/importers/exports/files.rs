//! The files of a source: those of a folder with its subfolders, or the entries of a ZIP. Nothing is unpacked to the disk.
//!
//! In: a path. Out: names and texts, in order of name, or why not. Limits keep a hostile archive from filling memory or time.
//! Must not know: what a file holds.

use crate::inventory::decode::{Complaint, MAX_FILE, decode, read_text};
use crate::inventory::io_words::io_reason;
use crate::units::natural_cmp;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use zip::ZipArchive;

/// Most files of one source.
pub(super) const MOST_FILES: usize = 20_000;
/// How deep folders may lie in folders.
pub(super) const MOST_FOLDERS: usize = 8;
/// Most bytes of all files of one source together, unpacked (2 GiB).
pub(super) const MOST_BYTES: u64 = 2 * 1024 * 1024 * 1024;
/// How many times larger than packed an entry may be; exports of PowerShell in UTF-16 reach about a hundred times.
pub(super) const MOST_RATIO: u64 = 400;
/// Below this size the ratio does not matter (1 MiB).
const SMALL: u64 = 1024 * 1024;

/// One file.
pub(super) struct Entry {
    /// Folders within the source, then the name.
    pub(super) path: Vec<String>,
    place: Place,
}

enum Place {
    File(PathBuf),
    Archived(usize),
}

impl Entry {
    /// Name without its folders.
    pub(super) fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// Path within the source.
    pub(super) fn shown(&self) -> String {
        self.path.join("/")
    }

    /// Whether the name is that of a file which may be an export.
    pub(super) fn is_candidate(&self) -> bool {
        let name = self.name().to_lowercase();
        let kinds = [".xml", ".clixml", ".json", ".csv", ".txt"];
        kinds.iter().any(|kind| name.ends_with(kind)) && !name.starts_with('.')
    }
}

/// The files of one source.
pub(super) struct Files {
    pub(super) entries: Vec<Entry>,
    archive: Option<ZipArchive<File>>,
    bytes: u64,
}

impl Files {
    /// A single file.
    pub(super) fn single(path: &Path) -> Files {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
        Files {
            entries: vec![Entry {
                path: vec![name.unwrap_or_default()],
                place: Place::File(path.to_owned()),
            }],
            archive: None,
            bytes: 0,
        }
    }

    /// The files of a folder and its subfolders.
    pub(super) fn of_folder(dir: &Path) -> Result<Files, Complaint> {
        let mut entries = Vec::new();
        walk(dir, &mut Vec::new(), &mut entries)?;
        Ok(Files::sorted(entries, None))
    }

    /// The entries of a ZIP.
    pub(super) fn of_archive(path: &Path) -> Result<Files, Complaint> {
        let unreadable = |why: String| {
            let advice = "It may be cut off or damaged: copy it again. Only plain ZIP files are read.".to_owned();
            (format!("the ZIP cannot be read: {why}"), advice)
        };
        let file = File::open(path).map_err(|e| unreadable(io_reason(&e)))?;
        let mut archive = ZipArchive::new(file).map_err(|e| unreadable(zip_reason(&e)))?;
        if archive.len() > MOST_FILES {
            return Err(too_many());
        }
        let mut entries = Vec::new();
        for index in 0..archive.len() {
            let entry = archive.by_index_raw(index).map_err(|e| unreadable(zip_reason(&e)))?;
            if entry.is_dir() {
                continue;
            }
            let name = entry.name().map_err(|e| unreadable(zip_reason(&e)))?;
            let parts = safe_parts(&name).ok_or_else(|| {
                let what = format!("the ZIP holds an entry whose path leads out of it: '{}'", short(&name));
                (what, "No export makes such a file; it is not read.".to_owned())
            })?;
            entries.push(Entry {
                path: parts,
                place: Place::Archived(index),
            });
        }
        Ok(Files::sorted(entries, Some(archive)))
    }

    /// Whether a `.txt` stands beside an `.xml` of the same name: what `Get-SDDCDiagnosticInfo` writes for people.
    pub(super) fn has_twin(&self, index: usize) -> bool {
        let Some(entry) = self.entries.get(index) else {
            return false;
        };
        let lower = entry.shown().to_lowercase();
        let Some(stem) = lower.strip_suffix(".txt") else {
            return false;
        };
        let twin = format!("{stem}.xml");
        let near = self.entries.iter().filter(|other| other.path.len() == entry.path.len());
        near.map(Entry::shown).any(|shown| shown.to_lowercase() == twin)
    }

    fn sorted(mut entries: Vec<Entry>, archive: Option<ZipArchive<File>>) -> Files {
        entries.sort_by(|a, b| {
            let pairs = a.path.iter().zip(&b.path);
            let unequal = pairs.map(|(a, b)| natural_cmp(a, b)).find(|o| o.is_ne());
            unequal.unwrap_or_else(|| a.path.len().cmp(&b.path.len()))
        });
        Files {
            entries,
            archive,
            bytes: 0,
        }
    }

    /// The text of a file.
    pub(super) fn text(&mut self, index: usize) -> Result<String, Complaint> {
        let text = match self.entries.get(index).map(|entry| &entry.place) {
            Some(Place::File(path)) => read_text(path)?,
            Some(Place::Archived(at)) => {
                let at = *at;
                decode(self.unpack(at)?)?
            }
            None => String::new(),
        };
        self.bytes += text.len() as u64;
        if self.bytes > MOST_BYTES {
            let what = format!(
                "its files are larger than the limit of {} GiB together",
                MOST_BYTES >> 30
            );
            return Err((what, "Give only the exports; split them by cluster.".to_owned()));
        }
        Ok(text)
    }

    /// Whether the source cannot be read on, whatever its other files are.
    pub(super) fn is_exhausted(&self) -> bool {
        self.bytes > MOST_BYTES
    }

    fn unpack(&mut self, index: usize) -> Result<Vec<u8>, Complaint> {
        let again = "Make the ZIP again.".to_owned();
        let Some(archive) = &mut self.archive else {
            return Ok(Vec::new());
        };
        let raw = archive
            .by_index_raw(index)
            .map_err(|e| (zip_reason(&e), again.clone()))?;
        let (encrypted, packed, size) = (raw.encrypted(), raw.compressed_size(), raw.size());
        drop(raw);
        if encrypted {
            let what = "it is encrypted in the ZIP".to_owned();
            return Err((what, "Unpack it with its password and give the folder.".to_owned()));
        }
        if size > SMALL && size / packed.max(1) > MOST_RATIO {
            return Err(bomb());
        }
        let entry = archive.by_index(index).map_err(|e| (zip_reason(&e), again.clone()))?;
        // What the entry says about its size need not be true.
        let most = MAX_FILE.min(packed.saturating_mul(MOST_RATIO).max(SMALL)) + 1;
        let mut bytes = Vec::new();
        entry.take(most).read_to_end(&mut bytes).map_err(|e| {
            let what = format!("it cannot be unpacked: {}", io_reason(&e));
            (what, "The ZIP may be cut off or damaged: copy it again.".to_owned())
        })?;
        if bytes.len() as u64 == most && most <= MAX_FILE {
            return Err(bomb());
        }
        Ok(bytes)
    }
}

fn bomb() -> Complaint {
    let what = format!("it would grow to more than {MOST_RATIO} times its packed size");
    (what, "No export does that; it is not unpacked.".to_owned())
}

fn too_many() -> Complaint {
    let what = format!("it holds more than {MOST_FILES} files");
    (what, "Give only the exports.".to_owned())
}

fn zip_reason(error: &zip::result::ZipError) -> String {
    match error {
        zip::result::ZipError::Io(e) => io_reason(e),
        zip::result::ZipError::UnsupportedArchive(_) => "it is packed in a way that is not supported".to_owned(),
        _ => "it is no whole ZIP".to_owned(),
    }
}

/// Folders and name of an entry; `None` if they lead out of the archive.
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

fn walk(dir: &Path, above: &mut Vec<String>, entries: &mut Vec<Entry>) -> Result<(), Complaint> {
    let unreadable = |e: std::io::Error| {
        let what = format!("the folder {} cannot be read: {}", dir.display(), io_reason(&e));
        (what, "Check its permissions.".to_owned())
    };
    for entry in std::fs::read_dir(dir).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        above.push(name);
        if path.is_dir() {
            if above.len() <= MOST_FOLDERS {
                walk(&path, above, entries)?;
            }
        } else {
            if entries.len() == MOST_FILES {
                return Err(too_many());
            }
            entries.push(Entry {
                path: above.clone(),
                place: Place::File(path),
            });
        }
        above.pop();
    }
    Ok(())
}

fn short(text: &str) -> String {
    text.chars().take(80).collect()
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
            "C:\\a.xml",
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
}
