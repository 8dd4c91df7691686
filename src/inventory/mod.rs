//! WHAT EXISTS. In: files. Out: [`Inventory`], or every problem of every file. No opinions.
//!
//! ```text
//! importers  ->  raw tables  ->  resolve  ->  Inventory  ->  write (the same tables back)
//! ```
//! The [`catalogue`] names every table and column once; readers, writer, templates, guide and schema follow from it.
//! Must not know: topology, planning, checks, reports. To add a source: one file in `importers/`.

pub mod catalogue;
pub(crate) mod cells;
mod code_page;
pub(crate) mod decode;
mod doubts;
mod entities;
mod facts;
mod given;
pub mod importers;
mod io_words;
pub mod measured;
mod merged;
pub mod migration_settings;
mod ports;
pub mod raw;
mod resolve;
mod schema;
mod smb_share;
mod suggest;
mod templates;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod traffic_class;
mod virtual_machines;
mod write;

pub use cells::day;
pub use decode::{MAX_CELL, MAX_FILE, MAX_ROWS, open_file, read_text};
pub use entities::*;
pub use facts::{Fact, Facts};
pub use given::{ColumnName, Given};
pub use io_words::io_reason;
pub use merged::{Contradiction, Places};
pub use migration_settings::*;
pub(crate) use resolve::merging::is_defaulted;
pub(crate) use resolve::{DEFAULT_MEMORY_MIB, Problems};
pub use schema::json_schema;
pub use smb_share::{SmbShare, class_of_policies, smb_permille};
pub use suggest::did_you_mean;
pub use templates::templates;
pub use traffic_class::TrafficClass;
pub use virtual_machines::*;
pub use write::{sha256, to_csv_tables, to_folder};

use crate::finding::Problem;
use importers::Input;
use raw::Gathered;
use std::path::{Path, PathBuf};

/// What the command line adds to the files.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// Name of the cluster for inputs that name none.
    pub cluster: Option<String>,
    /// Growth in percent, instead of the policy's.
    pub growth_percent: Option<u64>,
    /// Names of the rules that a policy may speak of; empty = any name, for who has no rules.
    pub rules: Vec<&'static str>,
}

/// Reads all inputs as one inventory. Facts with the same cluster name merge (a later input's cell counts); other names are
/// other clusters. On failure gives every problem of every file in the order of files and lines.
pub fn load(paths: &[PathBuf], options: &LoadOptions) -> Result<Inventory, Vec<Problem>> {
    load_as(paths, None, options)
}

/// The same; `importer` names the importer that reads all inputs, whatever they look like.
pub fn load_as(paths: &[PathBuf], importer: Option<&str>, options: &LoadOptions) -> Result<Inventory, Vec<Problem>> {
    let mut gathered = Gathered::default();
    if paths.is_empty() {
        gathered.complain(
            "",
            0,
            0,
            "no input was given",
            "Name an inventory folder, exports of PowerShell cmdlets (files, folder or ZIP), a .json file, a Test-Cluster report or an RVTools export.",
        );
        return Err(gathered.problems);
    }
    let shown: Vec<String> = paths.iter().map(|path| shown_name(path, paths)).collect();
    let inputs: Vec<Input<'_>> = paths
        .iter()
        .zip(&shown)
        .map(|(path, shown)| Input {
            path,
            shown,
            index: gathered.next_input(),
            cluster: options.cluster.as_deref(),
        })
        .collect();
    importers::read_all(&inputs, importer, &mut gathered);
    importers::join(&mut gathered);
    resolve::resolve(gathered, options)
}

/// What to call an input: nothing for the only folder (its files speak for themselves), else the last part of its path,
/// or the whole path where two inputs end alike. The same files give the same names wherever they lie.
fn shown_name(path: &Path, all: &[PathBuf]) -> String {
    let folder = path.is_dir();
    if folder && all.len() == 1 {
        return String::new();
    }
    let last = path.file_name().map(|n| n.to_string_lossy().into_owned());
    let alike = all.iter().filter(|p| p.file_name() == path.file_name()).count();
    let name = match last {
        Some(last) if alike == 1 => last,
        _ => path.to_string_lossy().replace('\\', "/"),
    };
    if folder {
        format!("{}/", name.trim_end_matches('/'))
    } else {
        name
    }
}
