//! The files of a source: those of a folder with its subfolders, or the entries of a ZIP. Nothing is unpacked to the disk.
//!
//! In: a path. Out: names and texts, in order of name, or why not. Limits keep a hostile archive from filling memory or time.
//! Must not know: what a file holds.

use crate::inventory::code_page::Guess;
use crate::inventory::decode::{Complaint, MAX_FILE, decode_guessed, read_guessed};
pub(super) use crate::inventory::importers::zipped::MOST_FOLDERS;
use crate::inventory::importers::zipped::{AT_THE_LIMIT, Archive, Fault, MOST_FILES, MOST_GROWTH};
use crate::inventory::io_words::io_reason;
use crate::units::natural_cmp;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Most bytes of all files of one source together, unpacked (2 GiB).
const MOST_BYTES: u64 = 2 * 1024 * 1024 * 1024;

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
    archive: Option<Archive>,
    bytes: u64,
    /// A folder that lies too deep to be looked into.
    pub(super) too_deep: Option<String>,
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
            too_deep: None,
        }
    }

    /// The files of a folder and its subfolders.
    pub(super) fn of_folder(dir: &Path) -> Result<Files, Complaint> {
        let mut found = Walk::default();
        found.enter(dir, &mut Vec::new())?;
        let mut files = Files::sorted(found.entries, None);
        files.too_deep = found.too_deep;
        Ok(files)
    }

    /// The entries of a ZIP.
    pub(super) fn of_archive(path: &Path) -> Result<Files, Complaint> {
        let mut archive = Archive::open(path).map_err(of_archive)?;
        let entries = archive
            .files()
            .map_err(of_archive)?
            .into_iter()
            .map(|(index, path)| Entry {
                path,
                place: Place::Archived(index),
            });
        Ok(Files::sorted(entries.collect(), Some(archive)))
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

    fn sorted(mut entries: Vec<Entry>, archive: Option<Archive>) -> Files {
        entries.sort_by(|a, b| {
            let pairs = a.path.iter().zip(&b.path);
            let unequal = pairs.map(|(a, b)| natural_cmp(a, b)).find(|o| o.is_ne());
            unequal.unwrap_or_else(|| a.path.len().cmp(&b.path.len()))
        });
        Files {
            entries,
            archive,
            bytes: 0,
            too_deep: None,
        }
    }

    /// The text of a file.
    pub(super) fn text(&mut self, index: usize) -> Result<String, Complaint> {
        self.text_guessed(index).map(|(text, _)| text)
    }

    /// The same, with the code page that had to be guessed.
    pub(super) fn text_guessed(&mut self, index: usize) -> Result<(String, Option<Guess>), Complaint> {
        let (text, guess) = match self.entries.get(index).map(|entry| &entry.place) {
            Some(Place::File(path)) => read_guessed(path, None)?,
            Some(Place::Archived(at)) => {
                let at = *at;
                decode_guessed(self.unpack(at)?, None)?
            }
            None => Default::default(),
        };
        self.bytes += text.len() as u64;
        if self.bytes > MOST_BYTES {
            let what = format!(
                "its files are larger than the limit of {} GiB together",
                MOST_BYTES >> 30
            );
            return Err((what, "Give only the exports; split them by cluster.".to_owned()));
        }
        Ok((text, guess))
    }

    /// Whether the source cannot be read on, whatever its other files are.
    pub(super) fn is_exhausted(&self) -> bool {
        self.bytes > MOST_BYTES
    }

    fn unpack(&mut self, index: usize) -> Result<Vec<u8>, Complaint> {
        let Some(archive) = &mut self.archive else {
            return Ok(Vec::new());
        };
        let entry = archive.entry(index).map_err(of_entry)?;
        let mut bytes = Vec::new();
        // What decodes as too large need not be held whole.
        let read = entry.take(MAX_FILE + 1).read_to_end(&mut bytes);
        read.map_err(|error| {
            of_entry(match error.kind() {
                AT_THE_LIMIT => Fault::Grows,
                _ => Fault::Unreadable(io_reason(&error)),
            })
        })?;
        Ok(bytes)
    }
}

/// What to tell of a ZIP.
fn of_archive(fault: Fault) -> Complaint {
    let advice = "It may be cut off or damaged: copy it again. Only plain ZIP files are read.";
    let why = match fault {
        Fault::TooMany => return too_many(),
        Fault::LeadsOut(name) => {
            let what = format!("the ZIP holds an entry whose path leads out of it, or too deep into it: '{name}'");
            return (what, "No export makes such a file; it is not read.".to_owned());
        }
        Fault::TooLarge => {
            let what = format!("the ZIP is larger than the limit of {} MiB", MAX_FILE >> 20);
            return (what, "Give only the exports; split them by cluster.".to_owned());
        }
        Fault::Unreadable(why) => why,
        Fault::Packed | Fault::Encrypted => "it is packed in a way that is not supported".to_owned(),
        Fault::NotWhole | Fault::Grows => "it is no whole ZIP".to_owned(),
    };
    (format!("the ZIP cannot be read: {why}"), advice.to_owned())
}

/// What to tell of an entry.
fn of_entry(fault: Fault) -> Complaint {
    let again = "The ZIP may be cut off or damaged: copy it again.".to_owned();
    match fault {
        Fault::Encrypted => {
            let advice = "Unpack it with its password and give the folder.".to_owned();
            ("it is encrypted in the ZIP".to_owned(), advice)
        }
        Fault::Grows => {
            let what =
                format!("it would grow to more than {MOST_GROWTH} times its packed size, or larger than any export");
            (what, "No export does that; it is not unpacked.".to_owned())
        }
        Fault::Packed => {
            let advice = "Make the ZIP again, as a plain one.".to_owned();
            ("it is packed in a way that is not supported".to_owned(), advice)
        }
        Fault::Unreadable(why) => (format!("it cannot be unpacked: {why}"), again),
        Fault::NotWhole | Fault::TooLarge | Fault::TooMany | Fault::LeadsOut(_) => {
            ("it cannot be unpacked: it is not whole".to_owned(), again)
        }
    }
}

fn too_many() -> Complaint {
    let what = format!("it holds more than {MOST_FILES} files");
    (what, "Give only the exports.".to_owned())
}

/// What a walk through folders finds.
#[derive(Default)]
struct Walk {
    entries: Vec<Entry>,
    too_deep: Option<String>,
    /// Folders by their own paths: a link to one that was seen already leads around in a circle.
    seen: BTreeSet<PathBuf>,
}

impl Walk {
    fn enter(&mut self, dir: &Path, above: &mut Vec<String>) -> Result<(), Complaint> {
        let unreadable = |e: std::io::Error| {
            let what = format!("the folder {} cannot be read: {}", dir.display(), io_reason(&e));
            (what, "Check its permissions.".to_owned())
        };
        if !self.seen.insert(dir.canonicalize().map_err(unreadable)?) {
            return Ok(());
        }
        if self.seen.len() > MOST_FILES {
            return Err(too_many());
        }
        for entry in std::fs::read_dir(dir).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
            above.push(name.unwrap_or_default());
            if !path.is_dir() {
                if self.entries.len() == MOST_FILES {
                    return Err(too_many());
                }
                self.entries.push(Entry {
                    path: above.clone(),
                    place: Place::File(path),
                });
            } else if above.len() <= MOST_FOLDERS {
                self.enter(&path, above)?;
            } else {
                self.too_deep.get_or_insert_with(|| above.join("/"));
            }
            above.pop();
        }
        Ok(())
    }
}
