//! Writing folders: all files or none.

use super::failure::Failure;
use nicplan::inventory::catalogue::TABLES;
use nicplan::reports;
use std::path::Path;

/// Puts the files into the folder.
pub fn write(dir: &Path, files: &[(String, Vec<u8>)]) -> Result<(), Failure> {
    reports::write_all(dir, files).map_err(|error| Failure::writing(dir, &error))
}

/// Puts an inventory into a folder that holds none yet: somebody's data must not be mixed with it or replaced.
pub fn write_inventory(dir: &Path, files: &[(String, Vec<u8>)]) -> Result<(), Failure> {
    if let Some(table) = TABLES.iter().find(|table| dir.join(table.file()).exists()) {
        return Err(Failure::Usage(format!(
            "{} already holds {}; nothing was written\n    Give an empty or new folder, so that no data is replaced.",
            dir.display(),
            table.file()
        )));
    }
    write(dir, files)
}

/// Formats of a result on the standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For a spreadsheet.
    Csv,
}
