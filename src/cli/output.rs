//! Writing folders: all files or none; and what stands between the columns of `.csv` files.

use super::failure::Failure;
use nicplan::inventory::catalogue::TABLES;
use nicplan::reports;
use std::borrow::Cow;
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

/// How `.csv` files are written: for programs, or for a double click in Excel.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct CsvArgs {
    /// What stands between the columns of .csv files. Excel parts them at the list separator of Windows, which is a semicolon where
    /// the decimal mark is a comma (German, French, Russian and others)
    #[arg(long, value_enum, default_value = "comma", value_name = "MARK")]
    separator: CsvSeparator,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum CsvSeparator {
    /// `,` with decimal points: for programs, and for Excel where the decimal mark is a point.
    Comma,
    /// `;` with decimal commas and the mark of UTF-8: a double click opens the file in columns.
    Semicolon,
}

impl CsvArgs {
    /// Puts the files into the folder.
    pub fn write(self, dir: &Path, files: &[(String, Vec<u8>)]) -> Result<(), Failure> {
        write(dir, &self.shaped(files))
    }

    /// Puts an inventory into a folder that holds none yet.
    pub fn write_inventory(self, dir: &Path, files: &[(String, Vec<u8>)]) -> Result<(), Failure> {
        write_inventory(dir, &self.shaped(files))
    }

    /// A `.csv` as a file.
    pub fn file(self, csv: &[u8]) -> Cow<'_, [u8]> {
        match self.separator {
            CsvSeparator::Comma => Cow::Borrowed(csv),
            CsvSeparator::Semicolon => [reports::UTF8_MARK, &reports::with_semicolons(csv)].concat().into(),
        }
    }

    /// A `.csv` on the standard output: the next program takes the mark of UTF-8 for a part of the first header.
    pub fn text(self, csv: &[u8]) -> String {
        match self.separator {
            CsvSeparator::Comma => String::from_utf8_lossy(csv).into_owned(),
            CsvSeparator::Semicolon => String::from_utf8_lossy(&reports::with_semicolons(csv)).into_owned(),
        }
    }

    fn shaped<'f>(self, files: &'f [(String, Vec<u8>)]) -> Cow<'f, [(String, Vec<u8>)]> {
        if self.separator == CsvSeparator::Comma {
            return Cow::Borrowed(files);
        }
        let shape = |(name, bytes): &(String, Vec<u8>)| match name.ends_with(".csv") {
            true => (name.clone(), self.file(bytes).into_owned()),
            false => (name.clone(), bytes.clone()),
        };
        Cow::Owned(files.iter().map(shape).collect())
    }
}
