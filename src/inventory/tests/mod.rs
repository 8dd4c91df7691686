//! Small inventories as text, read without a disk; one file per subject.

mod faults;
mod hostile;
mod merging;
mod round_trip;
mod typing;
mod wiring;

use super::importers::read_csv;
use super::raw::Gathered;
use super::resolve::resolve;
use super::{Cluster, Inventory, LoadOptions, catalogue};
use crate::finding::Problem;

/// A file of an inventory folder: table name and content.
type File<'a> = (&'a str, &'a str);

/// Reads one folder's files.
fn load(files: &[File<'_>]) -> Result<Inventory, Vec<Problem>> {
    load_all(&[files], &LoadOptions::default())
}

/// Reads several folders as one inventory.
fn load_all(folders: &[&[File<'_>]], options: &LoadOptions) -> Result<Inventory, Vec<Problem>> {
    let mut gathered = Gathered::default();
    for (index, files) in folders.iter().enumerate() {
        let prefix = if folders.len() > 1 {
            format!("{index}/")
        } else {
            String::new()
        };
        for (table, text) in *files {
            let def = catalogue::table(table).expect("a table of the catalogue");
            read_csv(text, def, &format!("{prefix}{table}.csv"), index, &mut gathered);
        }
    }
    resolve(gathered, options)
}

/// The only cluster of files that are right.
fn cluster(files: &[File<'_>]) -> Cluster {
    let mut inventory = load(files).unwrap_or_else(|problems| panic!("{}", show(&problems)));
    assert_eq!(inventory.clusters.len(), 1);
    inventory.clusters.remove(0)
}

/// Problems of files that are wrong, one per line.
fn problems(files: &[File<'_>]) -> String {
    match load(files) {
        Ok(_) => "no problem".to_owned(),
        Err(problems) => show(&problems),
    }
}

fn show(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(|p| format!("{}: {}", p.at, p.what))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Two nodes with two ports each.
const NODES: File<'static> = ("nodes", "node\nHV1\nHV2\n");
const NICS: File<'static> = (
    "nics",
    "node,nic,speed_mbps\nHV1,A,10G\nHV1,B,10G\nHV2,A,10G\nHV2,B,10G\n",
);
