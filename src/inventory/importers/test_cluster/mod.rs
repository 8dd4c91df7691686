//! Test-Cluster validation report (`.htm`), read directly: `html` splits the page, `report` reads its sections, `tables` writes
//! what it says as inventory tables and what it cannot say as assumptions. No cmdlet runs and no node is asked.

mod html;
pub(super) mod ports;
mod report;
pub(super) mod roles;
mod tables;

use super::{Importer, Input};
use crate::inventory::raw::Gathered;

pub(super) static IMPORTER: Importer = Importer {
    name: "test-cluster",
    summary: "a validation report of Test-Cluster (.htm)",
    recognises: |sniff| {
        let page = || sniff.head.to_ascii_lowercase().contains("<html");
        !sniff.folder && (matches!(sniff.extension.as_str(), "htm" | "html" | "mht" | "mhtml") || page())
    },
    read,
};

pub(super) fn read(input: &Input<'_>, gathered: &mut Gathered) {
    match gathered.text_of(input.path, input.shown) {
        Ok(text) => read_str(&text, input.shown, input.index, gathered),
        Err((what, advice)) => gathered.refuse(input.shown, what, advice),
    }
}

pub(in crate::inventory) fn read_str(text: &str, file: &str, input: usize, gathered: &mut Gathered) {
    let report = report::read(&html::scan(text));
    if report.sections == 0 || report.nodes.is_empty() {
        let what = "this page is no validation report of Test-Cluster, or not an English one";
        let advice = "Run Test-Cluster on an English Windows with the tests Inventory and Network, and give the .htm file it names.";
        return gathered.refuse(file, what, advice);
    }
    tables::write(&report, file, input, gathered);
}

#[cfg(test)]
mod tests;
