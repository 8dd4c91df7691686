//! An inventory folder that a person can complete and keep: the tables, and a page that says where they come from, what the
//! sources say differently and what they do not say.
//!
//! In: an inventory. Out: files. What no source says stays blank, so that the next reader of the folder assumes it again and says so.

use crate::inventory::{Inventory, StorageKind};
use crate::units::count;
use std::fmt::Write;

/// Sources that the page lists one by one.
const MOST_SOURCES: usize = 200;

/// The files of the folder, by name.
pub fn to_folder(inventory: &Inventory) -> Vec<(String, Vec<u8>)> {
    let mut unsaid = inventory.unsaid.clone();
    for cluster in &inventory.clusters {
        // What roles and networks tell about storage is kept: written tables name roles by one word each.
        if cluster.storage != StorageKind::None {
            unsaid.remove(&(cluster.origin, "storage"));
        }
    }
    let mut files = super::tables(&inventory.clusters, &unsaid);
    files.push(("README.md".to_owned(), page(inventory).into_bytes()));
    files
}

fn page(inventory: &Inventory) -> String {
    let mut page = String::from(
        "# Imported inventory\n\nEdit the tables in Excel or any editor: what stands in a cell counts, a blank cell is unknown. \
         `nicplan init` writes a guide to every column into a new folder; `nicplan explain TABLE.COLUMN` tells one.\n",
    );
    unknown(&mut page, inventory);
    contradictions(&mut page, inventory);
    list(&mut page, "Notes", inventory.notes.iter().map(String::as_str));
    let sources = inventory.sources.iter().map(|source| source.file.as_str());
    list(&mut page, "Read from", sources.clone().take(MOST_SOURCES));
    if let Some(more) = sources.count().checked_sub(MOST_SOURCES).filter(|n| *n > 0) {
        // Writing to a String cannot fail.
        let _ = writeln!(page, "* and {}", count(more, "more file"));
    }
    page
}

fn unknown(page: &mut String, inventory: &Inventory) {
    if inventory.assumptions.is_empty() {
        return;
    }
    page.push_str("\n## What stays unknown\n\nThe sources do not say this. What is taken instead stands beside it, with the column that replaces it.\n\n");
    page.push_str("| cluster | unknown | taken |\n|---|---|---|\n");
    for a in &inventory.assumptions {
        let _ = writeln!(
            page,
            "| {} | {} | {} |",
            cell(&a.cluster),
            cell(&a.missing),
            cell(&a.taken)
        );
    }
}

fn contradictions(page: &mut String, inventory: &Inventory) {
    if inventory.contradictions.is_empty() {
        return;
    }
    page.push_str("\n## What the sources say differently\n\nThe value that counts stands in the table. Correct it there if the other one is right.\n\n");
    page.push_str("| cluster | of | column | counts | where | other | where |\n|---|---|---|---|---|---|---|\n");
    for c in &inventory.contradictions {
        let _ = writeln!(
            page,
            "| {} | {} | {}.{} | {} | {} | {} | {} |",
            cell(&c.cluster),
            cell(&c.subject),
            c.table,
            c.column,
            cell(&c.taken.0),
            cell(&c.taken.1.to_string()),
            cell(&c.other.0),
            cell(&c.other.1.to_string())
        );
    }
}

fn list<'a>(page: &mut String, title: &str, items: impl Iterator<Item = &'a str>) {
    let mut items = items.peekable();
    if items.peek().is_none() {
        return;
    }
    let _ = writeln!(page, "\n## {title}\n");
    for item in items {
        let _ = writeln!(page, "* {}", cell(item));
    }
}

/// Text that breaks no table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\r', '\n'], " ")
}
