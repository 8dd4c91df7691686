//! Puts files into a folder so that none is ever half written.
//!
//! In: names and bytes. Out: all files, or an error and a folder as it was. Must not know: what the files are.

use crate::inventory::io_reason;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes all files into `dir`, which is made if it is missing. Everything is first written in full to a temporary folder
/// inside `dir` (so that the renames stay on one volume) and then moved into place; files with the same names are
/// replaced, others stay.
///
/// # Errors
/// Whatever the file system says, with the path. Nothing in `dir` has changed then, unless the last step, the renaming, fails.
pub fn write_all(dir: &Path, files: &[(String, Vec<u8>)]) -> io::Result<()> {
    if dir.exists() && !dir.is_dir() {
        return Err(io::Error::new(
            io::ErrorKind::NotADirectory,
            "it is a file, and -o names a folder",
        ));
    }
    let made = missing_folders(dir);
    let temporary = dir.join(".nicplan-unfinished");
    let result = fs::create_dir_all(dir)
        .and_then(|()| clean(&temporary))
        .and_then(|()| fs::create_dir(&temporary))
        .map_err(|e| named(e, &temporary))
        .and_then(|()| write_into(&temporary, files))
        .and_then(|()| no_folder_in_the_way(dir, files))
        .and_then(|()| move_into_place(&temporary, dir, files));
    let _ = fs::remove_dir_all(&temporary);
    if result.is_err() {
        for folder in made {
            let _ = fs::remove_dir(folder);
        }
    }
    result
}

/// Folders that must be made for `dir`, innermost first; they go again when writing fails.
fn missing_folders(dir: &Path) -> Vec<PathBuf> {
    dir.ancestors()
        .take_while(|p| !p.as_os_str().is_empty() && !p.exists())
        .map(Path::to_path_buf)
        .collect()
}

fn clean(temporary: &Path) -> io::Result<()> {
    if temporary.exists() {
        fs::remove_dir_all(temporary)
    } else {
        Ok(())
    }
}

fn write_into(folder: &Path, files: &[(String, Vec<u8>)]) -> io::Result<()> {
    for (name, bytes) in files {
        let path = folder.join(name);
        let written = fs::File::create(&path).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_data()
        });
        written.map_err(|e| named(e, &path))?;
    }
    Ok(())
}

/// A folder where a file should go would stop the renaming half-way; it is found before the first rename.
fn no_folder_in_the_way(dir: &Path, files: &[(String, Vec<u8>)]) -> io::Result<()> {
    match files.iter().map(|(name, _)| dir.join(name)).find(|path| path.is_dir()) {
        Some(path) => Err(named(io::Error::from(io::ErrorKind::IsADirectory), &path)),
        None => Ok(()),
    }
}

fn move_into_place(from: &Path, to: &Path, files: &[(String, Vec<u8>)]) -> io::Result<()> {
    for (name, _) in files {
        let path = to.join(name);
        fs::rename(from.join(name), &path).map_err(|e| named(e, &path))?;
    }
    Ok(())
}

fn named(error: io::Error, path: &Path) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {}", path.display(), io_reason(&error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of the test's own under the build folder.
    fn folder(name: &str) -> PathBuf {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("target/test-write")
            .join(name);
        let _ = fs::remove_dir_all(&path);
        path
    }

    fn files(list: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
        list.iter()
            .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()))
            .collect()
    }

    fn listing(dir: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(dir)
            .map(|entries| {
                entries
                    .filter_map(Result::ok)
                    .map(|e| e.file_name().to_string_lossy().into_owned())
                    .collect()
            })
            .unwrap_or_default();
        names.sort();
        names
    }

    #[test]
    fn own_files_are_replaced_and_others_stay() {
        let dir = folder("replace/deep");
        write_all(&dir, &files(&[("a.csv", "old"), ("b.csv", "old")])).expect("first");
        fs::write(dir.join("notes.txt"), "mine").expect("a file of the user");
        write_all(&dir, &files(&[("a.csv", "new")])).expect("second");
        assert_eq!(listing(&dir), ["a.csv", "b.csv", "notes.txt"]);
        assert_eq!(fs::read_to_string(dir.join("a.csv")).ok().as_deref(), Some("new"));
        assert_eq!(fs::read_to_string(dir.join("notes.txt")).ok().as_deref(), Some("mine"));
    }

    #[test]
    fn a_failure_leaves_the_folder_as_it_was() {
        let dir = folder("failure");
        write_all(&dir, &files(&[("a.csv", "old")])).expect("first");
        fs::create_dir(dir.join("z.csv")).expect("a folder where a file should go");
        let error = write_all(&dir, &files(&[("a.csv", "new"), ("z.csv", "new")])).expect_err("z.csv is a folder");
        assert!(error.to_string().contains("z.csv"), "{error}");
        assert_eq!(fs::read_to_string(dir.join("a.csv")).ok().as_deref(), Some("old"));
        assert_eq!(listing(&dir), ["a.csv", "z.csv"]);
    }

    #[test]
    fn a_failure_leaves_no_new_folder_behind() {
        let dir = folder("never/made");
        assert!(write_all(&dir, &files(&[("no/such/folder.csv", "x")])).is_err());
        assert!(!dir.exists());
    }
}
