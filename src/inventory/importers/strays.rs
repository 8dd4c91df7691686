//! Files of an inventory folder that are no table: which are no one's business, which are a table under a wrong name.
//!
//! In: names. Out: a sentence, or the table that is meant. Must not know: the content of files.

use crate::inventory::catalogue::{self, TABLES, Table};
use crate::inventory::importers::COLLECTOR;
use crate::inventory::suggest::{did_you_mean, nearest};

/// What lies in folders without anybody putting it there: lock files of Excel and LibreOffice, files of the desktop, hidden files, and
/// the script that `init` writes beside the tables.
pub(super) fn is_noise(name: &str) -> bool {
    let lower = name.to_lowercase();
    name == COLLECTOR
        || name.starts_with("~$")
        || name.starts_with('.')
        || matches!(lower.as_str(), "thumbs.db" | "desktop.ini")
}

/// The table that a file is meant to be: `nic.csv`, `nics.csv.txt`, `nics.txt`.
pub(super) fn meant(name: &str) -> Option<&'static Table> {
    let lower = name.to_lowercase();
    let hidden_ending = [".csv.txt", ".csv.csv", ".txt", ".tsv"]
        .iter()
        .find_map(|end| lower.strip_suffix(end));
    if let Some(stem) = hidden_ending {
        return catalogue::table(stem);
    }
    let stem = lower.strip_suffix(".csv")?;
    nearest(stem, TABLES.iter().map(|t| t.name)).and_then(catalogue::table)
}

/// What to tell about a file that was passed over.
pub(super) fn note(name: &str, shown: &str) -> String {
    let lower = name.to_lowercase();
    let why = if let Some(stem) = lower.strip_suffix(".csv") {
        let hint = did_you_mean(stem, TABLES.iter().map(|t| t.name));
        format!("no table has this name{hint}")
    } else if [".htm", ".html", ".mht", ".mhtml"]
        .iter()
        .any(|end| lower.ends_with(end))
    {
        "to read a validation report beside these tables, name it as an INPUT of its own".to_owned()
    } else if lower.ends_with(".xlsx") || lower.ends_with(".xls") {
        "save its sheets as .csv, one per table".to_owned()
    } else {
        "it is no table of an inventory".to_owned()
    };
    format!("{shown} was passed over: {why}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_names_of_tables_are_known_and_other_files_are_not() {
        let meant = |name| meant(name).map(|t| t.name);
        for (name, table) in [
            ("nic.csv", "nics"),
            ("Node.CSV", "nodes"),
            ("vm.csv", "vms"),
            ("nics.csv.txt", "nics"),
            ("Cluster Networks.txt", "cluster_networks"),
            ("switch.csv", "switches"),
        ] {
            assert_eq!(meant(name), Some(table), "{name}");
        }
        for name in ["findings.csv", "notes.txt", "history.csv", "nic.xlsx", "assignment.csv"] {
            assert_eq!(meant(name), None, "{name}");
        }
    }
}
