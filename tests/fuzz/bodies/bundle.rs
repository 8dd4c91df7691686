//! Several files in one input: a line `@@ NAME` begins a file, `@@ NAME utf-16le` one that is stored in another encoding.
//!
//! In: bytes. Out: names and contents. A mutation of plain text thereby reaches names, encodings and several files at once.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Most files of one input.
const MOST_FILES: usize = 24;

/// A file: its name and what it holds.
pub type File = (String, Vec<u8>);

/// The files of an input.
pub fn files(data: &[u8]) -> Vec<File> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_prefix(b"@@ ") {
            Some(name) if files.len() < MOST_FILES => {
                let name = String::from_utf8_lossy(name);
                files.push((name.trim_end_matches(['\r', '\n']).to_owned(), Vec::new()));
            }
            _ => {
                if let Some((_, text)) = files.last_mut() {
                    text.extend_from_slice(line);
                }
            }
        }
    }
    files.into_iter().map(encoded).collect()
}

/// A file in the encoding that its name line asks for.
fn encoded((name, bytes): File) -> File {
    let Some((name, encoding)) = name.rsplit_once(' ').map(|(n, e)| (n.to_owned(), e.to_owned())) else {
        return (name, bytes);
    };
    let text = || String::from_utf8_lossy(&bytes).into_owned();
    let little = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    let bytes = match encoding.as_str() {
        "utf-16le" => [vec![0xFF, 0xFE], little(&text())].concat(),
        "utf-16be" => [vec![0xFE, 0xFF], big(&text())].concat(),
        "utf-16" => little(&text()),
        "utf-8-bom" => [vec![0xEF, 0xBB, 0xBF], bytes].concat(),
        "latin" => text()
            .chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
            .collect(),
        _ => return (format!("{name} {encoding}"), bytes),
    };
    (name, bytes)
}

/// Writes the files into a folder. Names that a folder cannot have, or that lead out of it, are left out.
pub fn folder(dir: &Path, files: &[File]) -> Vec<File> {
    fs::create_dir_all(dir).expect("the place for tests can be written");
    let mut written: Vec<File> = Vec::new();
    for (name, bytes) in files {
        let parts: Vec<&str> = name.split('/').collect();
        let plain = |part: &&str| {
            let allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ' | '~' | '$' | '(' | ')');
            !part.is_empty()
                && part.len() < 60
                && !part.starts_with("..")
                && **part != *"."
                && part.chars().all(allowed)
        };
        if parts.len() > 10 || !parts.iter().all(plain) {
            continue;
        }
        let path = parts.iter().fold(dir.to_path_buf(), |path, part| path.join(part));
        // A file where another needs a folder: the first one counts.
        let above = path.parent().map(fs::create_dir_all);
        if above.is_some_and(|made| made.is_ok()) && fs::write(&path, bytes).is_ok() {
            written.retain(|(other, _)| other != name);
            written.push((name.clone(), bytes.clone()));
        }
    }
    written
}

/// The files as a ZIP. Two entries of one name are written as one: the writer refuses the second.
pub fn archive(path: PathBuf, files: &[File]) -> PathBuf {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        if writer.start_file(name.as_str(), SimpleFileOptions::default()).is_ok() {
            writer.write_all(bytes).expect("memory can be written");
        }
    }
    let bytes = writer.finish().expect("memory can be written").into_inner();
    fs::write(&path, bytes).expect("the place for tests can be written");
    path
}
