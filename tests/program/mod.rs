//! What the integration tests share: running the program, folders of their own, small inventories.
#![allow(dead_code)] // each test file uses its part

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a run of the program gave.
pub struct Run {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// Runs the program in the project's folder, without a terminal.
pub fn nicplan(arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_nicplan"))
        .args(arguments)
        .current_dir(project())
        .stdin(Stdio::null())
        .output()
        .expect("the program was built for this test");
    Run {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The project's folder.
pub fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where this name stands for the running test alone: tests run side by side, and two of them may choose the same name.
pub fn place_of(name: &str) -> PathBuf {
    let test = std::thread::current().name().unwrap_or("unnamed").replace("::", "-");
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(test).join(name)
}

/// An empty place for a test, below the build folder.
pub fn place(name: &str) -> PathBuf {
    let path = place_of(name);
    if path.exists() {
        fs::remove_dir_all(&path).expect("the build folder can be cleared");
    }
    path
}

/// Writes an inventory folder.
pub fn folder(name: &str, files: &[(&str, &[u8])]) -> PathBuf {
    let dir = place(name);
    fs::create_dir_all(&dir).expect("the build folder can be written");
    for (file, bytes) in files {
        fs::write(dir.join(file), bytes).expect("the build folder can be written");
    }
    dir
}

/// Copies a folder with all that is in it, over what is there.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the build folder can be written");
    for entry in fs::read_dir(from).expect("a folder").filter_map(Result::ok) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("the build folder can be written");
        }
    }
}

/// A copy of a sample for a test to change.
pub fn copy_of_sample(sample: &str, name: &str) -> PathBuf {
    let to = place(name);
    copy(&project().join("samples").join(sample), &to);
    to
}

/// A path as an argument.
pub fn text(path: &Path) -> &str {
    path.to_str().expect("the build folder has a plain name")
}

/// Two nodes with two ports each: the smallest useful inventory.
pub const NODES: &[u8] = b"node\nHV1\nHV2\n";
/// Its ports.
pub const NICS: &[u8] = b"node,nic,speed_mbps\nHV1,A,10000\nHV1,B,10000\nHV2,A,10000\nHV2,B,10000\n";

/// Samples that can be planned, in order of name, with what to give to the program for each.
pub fn samples() -> Vec<(String, PathBuf)> {
    let mut samples: Vec<(String, PathBuf)> = entries(&project().join("samples"))
        .into_iter()
        .filter(|path| path.is_dir() && is_inventory(path))
        .map(|path| {
            let name = path
                .file_name()
                .expect("an entry has a name")
                .to_string_lossy()
                .into_owned();
            let input = PathBuf::from("samples").join(&name);
            (name, input)
        })
        .collect();
    samples.sort();
    samples
}

/// Whether a sample is an inventory: other samples hold what other commands read.
fn is_inventory(sample: &Path) -> bool {
    let exports = ["cluster/Get-ClusterNode.xml", "GetClusterNode.XML"]
        .iter()
        .any(|file| sample.join(file).exists());
    exports
        || sample.join("nodes.csv").exists()
        || entries(sample)
            .iter()
            .any(|file| file.extension().is_some_and(|e| e == "htm") || is_export(file))
}

/// Whether a file is a sheet of an RVTools export.
fn is_export(file: &Path) -> bool {
    file.file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with("RVTools_tab"))
}

/// What a folder holds, sorted; nothing if there is no folder.
pub fn entries(dir: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(dir)
        .map(|all| all.filter_map(Result::ok).map(|e| e.path()).collect())
        .unwrap_or_default();
    found.sort();
    found
}

/// Rows of a file as cells, without the header; the header gives the positions.
pub fn rows(dir: &Path, file: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(dir.join(file)).expect("the file was written");
    let header = reader.headers().expect("a header").clone();
    let positions: Vec<usize> = columns
        .iter()
        .map(|c| {
            header
                .iter()
                .position(|h| h == *c)
                .unwrap_or_else(|| panic!("{file} has no column {c}"))
        })
        .collect();
    let cells = |record: csv::StringRecord| positions.iter().map(|p| record[*p].to_owned()).collect();
    reader.records().map(|r| cells(r.expect("a row"))).collect()
}
