//! RVTools export of a VMware estate, planned as Hyper-V clusters: a workbook (`.xlsx`), or its sheets as `RVTools_tab*.csv`.
//!
//! `archive` and `workbook` read the file, `sheet` finds the columns of any version, `estate` joins the sheets, `hosts` and `guests` write
//! what they say as inventory tables, `out` counts what does not fit and lists what such an export cannot say. Every VMware cluster
//! becomes a cluster of its own. Needed is a sheet that names hosts; each further sheet replaces an assumption.

mod archive;
mod estate;
mod guests;
mod hosts;
mod out;
mod sheet;
#[cfg(test)]
mod tests;
mod workbook;

use super::csv_table::open;
use super::{Importer, Input};
use crate::inventory::decode::Complaint;
use crate::inventory::raw::Gathered;
use estate::{Estate, key};
use out::Out;
use sheet::{Sheet, Tab};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use workbook::Workbook;

pub(super) static IMPORTER: Importer = Importer {
    name: "rvtools",
    summary: "an RVTools export of a VMware estate (.xlsx, or RVTools_tab*.csv)",
    recognises: |sniff| {
        let workbook = matches!(sniff.extension.as_str(), "xlsx" | "xlsm" | "xls");
        !sniff.folder && (workbook || Tab::of_file(&sniff.name).is_some())
    },
    read,
};

/// Reads a workbook, or one sheet as `.csv` together with those that lie beside it.
fn read(input: &Input<'_>, gathered: &mut Gathered) {
    let name = |path: &Path| {
        path.file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default()
    };
    if Tab::of_file(&name(input.path)).is_none() {
        return read_workbook(input, gathered);
    }
    let folder = input
        .path
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let prefix = prefix(&name(input.path));
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut files: Vec<(String, PathBuf)> = entries.map(|e| (name(&e.path()), e.path())).collect();
    files.retain(|(name, _)| Tab::of_file(name).is_some() && self::prefix(name) == prefix);
    files.sort();
    // Sheets that are named one by one are one export: the first of them has read all.
    if !gathered.exports.insert((folder.to_owned(), prefix)) {
        return;
    }
    if files.len() > 1 {
        let others = files
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|n| *n != name(input.path));
        let others: Vec<&str> = others.collect();
        gathered.notes.push(format!(
            "{}: read together with the other sheets of the export, {}",
            input.shown,
            others.join(", ")
        ));
    }
    read_files(&files, "", input, gathered);
}

/// What stands before the sheet in the name of a file: exports of two vCenters may lie in one folder.
fn prefix(name: &str) -> String {
    let lower = name.to_lowercase();
    lower
        .rsplit_once("tab")
        .map_or(String::new(), |(prefix, _)| prefix.to_owned())
}

/// Whether the files of a folder hold an export: its sheets, or one workbook that has them.
pub(super) fn of_folder(files: &[(String, PathBuf)]) -> Vec<(String, PathBuf)> {
    let sheets: Vec<(String, PathBuf)> = files
        .iter()
        .filter(|(name, _)| Tab::of_file(name).is_some())
        .cloned()
        .collect();
    if !sheets.is_empty() {
        return sheets;
    }
    let is_export = |(name, path): &&(String, PathBuf)| {
        let known = || Workbook::open(path).is_ok_and(|book| book.names().any(|n| Tab::named(n).is_some()));
        name.to_lowercase().ends_with(".xlsx") && known()
    };
    files.iter().filter(is_export).take(1).cloned().collect()
}

/// Reads the export that [`of_folder`] found.
pub(super) fn read_folder(files: &[(String, PathBuf)], input: &Input<'_>, gathered: &mut Gathered) {
    match files {
        [(name, path)] if Tab::of_file(name).is_none() => {
            let shown = format!("{}{name}", input.shown);
            let workbook = Input {
                path,
                shown: &shown,
                ..*input
            };
            read_workbook(&workbook, gathered);
        }
        files => read_files(files, input.shown, input, gathered),
    }
}

fn read_workbook(input: &Input<'_>, gathered: &mut Gathered) {
    match workbook_sheets(input) {
        Ok(sheets) => finish(&sheets, input.shown, input, gathered),
        Err((what, advice)) => gathered.refuse(input.shown, what, advice),
    }
}

fn workbook_sheets(input: &Input<'_>) -> Result<Vec<Sheet>, Complaint> {
    let mut book = Workbook::open(input.path)?;
    let names: Vec<String> = book.names().map(str::to_owned).collect();
    let mut sheets: Vec<Sheet> = Vec::new();
    for name in &names {
        let Some(tab) = Tab::named(name) else { continue };
        let mut sheet = Sheet::new(tab, format!("{}#{name}", input.shown));
        book.rows(name, &mut |(number, cells)| sheet.take(number, &cells))?;
        sheets.push(sheet);
    }
    Ok(sheets)
}

/// Reads sheets as `.csv`; several files of one sheet (of several vCenters) are told apart by nobody, so that is refused.
fn read_files(files: &[(String, PathBuf)], before: &str, input: &Input<'_>, gathered: &mut Gathered) {
    let mut sheets: Vec<Sheet> = Vec::new();
    for (name, path) in files {
        let Some(tab) = Tab::of_file(name) else { continue };
        let shown = format!("{before}{name}");
        if let Some(first) = sheets.iter().find(|s| s.tab == tab) {
            let what = format!("a second file with the sheet {}: also {}", tab.name(), first.file);
            let advice = "Put the export of each vCenter into a folder of its own, and give both folders.";
            return gathered.refuse(&shown, what, advice);
        }
        let text = gathered.text_of(path, &shown);
        match text.and_then(|text| csv_text(&text, tab, &shown)) {
            Ok(sheet) => sheets.push(sheet),
            Err((what, advice)) => return gathered.refuse(&shown, what, advice),
        }
    }
    let shown = match input.shown.trim_end_matches('/') {
        "" => "RVTools export",
        shown => shown,
    };
    finish(&sheets, shown, input, gathered);
}

fn csv_text(text: &str, tab: Tab, shown: &str) -> Result<Sheet, Complaint> {
    let (mut reader, _) = open(text);
    let mut sheet = Sheet::new(tab, shown.to_owned());
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(|e| {
            (
                format!("the file cannot be read as .csv: {e}"),
                "Export it again.".to_owned(),
            )
        })?;
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        let line = record.position().map_or(index as u64 + 1, csv::Position::line);
        if !sheet.take(u32::try_from(line).unwrap_or(u32::MAX), &cells) {
            break;
        }
    }
    Ok(sheet)
}

/// From sheets to tables.
fn finish(sheets: &[Sheet], shown: &str, input: &Input<'_>, gathered: &mut Gathered) {
    if let Some(sheet) = sheets.iter().find(|s| s.too_long) {
        let what = format!(
            "the sheet has more rows than the limit of {}",
            crate::inventory::MAX_ROWS
        );
        return gathered.refuse(&sheet.file, what, "Is it the right file?");
    }
    let estate = Estate::new(sheets);
    if estate.hosts.is_empty() {
        let what = "no sheet of this export names a host: vHost, vNIC or vInfo with the columns of RVTools is needed";
        let advice = "Give the .xlsx file of RVTools (File, Export all to Excel), or the folder with its RVTools_tab*.csv files.";
        return gathered.refuse(shown, what, advice);
    }
    let mut out = Out::new(sheets, input.index, gathered);
    let cluster = |vmware: &str| match (estate.clusters.len(), input.cluster) {
        (1, Some(given)) => given.to_owned(),
        _ => vmware.to_owned(),
    };
    hosts::write(&estate, &cluster, &mut out);
    guests::write(&estate, &cluster, &mut out);
    clusters(&estate, &cluster, &mut out);
    count(&estate, &mut out);
    if let (2.., Some(given)) = (estate.clusters.len(), input.cluster) {
        let names: Vec<&str> = estate.clusters.values().copied().collect();
        gathered.notes.push(format!(
            "{shown}: --cluster {given} was not used, because the export names several clusters: {}",
            names.join(", ")
        ));
    }
    for sheet in sheets.iter().filter(|s| !s.is_known()) {
        let what = format!(
            "{}: passed over: its first row names no column that is known of {}",
            sheet.file,
            sheet.tab.name()
        );
        gathered.notes.push(what);
    }
    out.finish(shown, gathered);
}

/// One row for each cluster, so that names which are nearly alike are not taken for a typing error.
fn clusters(estate: &Estate<'_>, cluster: &dyn Fn(&str) -> String, out: &mut Out) {
    let fibre = |vmware: &str| {
        let of_cluster = |line: &sheet::Line<'_>| {
            let host = estate.hosts.get(&key(line.text("host")));
            host.is_some_and(|h| key(h.cluster) == key(vmware)) && is_fibre(*line)
        };
        estate.lines(Tab::Hba).filter(of_cluster).count()
    };
    let mut named: Vec<&str> = estate.clusters.values().copied().collect();
    if named.is_empty() {
        named.push("");
    }
    for vmware in named {
        let Some(first) = estate.hosts.values().find(|h| key(h.cluster) == key(vmware)) else {
            continue;
        };
        let name = cluster(vmware);
        let told = out.told.storage_kernels.contains(&name);
        let ports = if told { 0 } else { fibre(vmware) };
        out.told.fibre += ports;
        let storage = if ports > 0 { "fc" } else { "" };
        out.push(
            "clusters",
            first.line,
            &[("cluster", &name), ("storage", storage), ("hypervisor", "vmware")],
            &out::of_row(first.line, &[("cluster", "cluster")]),
        );
    }
}

fn is_fibre(line: sheet::Line<'_>) -> bool {
    let kind = key(line.text("type"));
    kind.contains("fibre") || kind.contains("fiber")
}

fn count(estate: &Estate<'_>, out: &mut Out) {
    out.told.doubled_hosts = estate.doubled_hosts;
    out.told.outside_hosts = estate.outside.len();
    let mut places: BTreeMap<String, BTreeSet<(&str, &str)>> = BTreeMap::new();
    for host in estate
        .hosts
        .values()
        .filter(|h| h.tab == Tab::Host && !h.cluster.is_empty())
    {
        let place = (host.line.text("vcenter"), host.line.text("datacenter"));
        places.entry(key(host.cluster)).or_default().insert(place);
    }
    let several = places.into_iter().filter(|(_, places)| places.len() > 1);
    out.told.spread_clusters = several
        .filter_map(|(name, _)| Some((*estate.clusters.get(&name)?).to_owned()))
        .collect();
    for line in estate.lines(Tab::Nic) {
        let known = estate.hosts.contains_key(&key(line.text("host")));
        out.told.usb_ports += usize::from(known && estate::is_usb(line));
        out.told.ports_elsewhere += usize::from(!known && !estate.outside.contains(&key(line.text("host"))));
    }
}
