//! Exports of PowerShell cmdlets: `Export-Clixml`, `ConvertTo-Json`, `Export-Csv`, one file per cmdlet and node, in a folder, a ZIP or
//! as single files. What the cmdlet is shows in the content; the name of the file is asked last.
//!
//! ```text
//! files  ->  a form's reader  ->  records  ->  cmdlets  ->  estate  ->  conclude  ->  raw tables
//! ```
//! To add a form: a reader and one line in `reading`; a cmdlet: one entry in `cmdlets/`.

mod clixml;
mod cmdlets;
pub(super) mod collector;
mod conclude;
mod csv_export;
mod estate;
mod files;
mod json_export;
mod lacking;
mod names;
mod places;
mod reading;
mod records;
mod roles;
mod strangers;
mod subnets;

pub(crate) use clixml::unescape;
use cmdlets::{CMDLETS, Cmdlet, Item, known_name};
use estate::Estate;
use files::Files;
use lacking::Coverage;
pub(crate) use lacking::tells;
pub(super) use names::foreign;
pub(super) use places::Lines;
use reading::{Holds, Piece, Waiting};
use records::Records;
use strangers::Strangers;

use super::{Importer, Input, Sniff};
use crate::inventory::decode::read_text;
use crate::inventory::raw::Gathered;
use crate::units::{count, host_name};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

pub(super) static IMPORTER: Importer = Importer {
    name: "exports",
    summary: "exports of PowerShell cmdlets (Export-Clixml, ConvertTo-Json, Export-Csv) as files, a folder or a ZIP",
    recognises: |sniff| !sniff.folder && (is_zip(sniff) || is_export(sniff)),
    read,
};

/// Names of the cmdlets whose exports are read, sorted; classes of WMI by their own names.
pub fn cmdlet_names() -> Vec<&'static str> {
    let shown = |cmdlet: &&'static Cmdlet| match cmdlet.types.first() {
        Some(class) if class.starts_with("Win32_") || class.starts_with("Msvm_") => *class,
        _ => cmdlet.name,
    };
    let mut names: Vec<&str> = CMDLETS.iter().map(shown).collect();
    names.sort_unstable();
    names
}

/// Why a file cannot be read.
#[derive(Debug)]
pub(super) struct Fault {
    line: u32,
    what: String,
    advice: String,
}

impl Fault {
    fn new(line: u32, what: impl Into<String>, advice: impl Into<String>) -> Fault {
        Fault {
            line,
            what: what.into(),
            advice: advice.into(),
        }
    }
}

/// Remarks about single files beyond this number are counted only.
const MOST_NOTES: usize = 20;

fn is_zip(sniff: &Sniff) -> bool {
    sniff.head.starts_with("PK\u{3}\u{4}") && sniff.extension != "xlsx"
}

/// Whether the beginning of a file shows that it is an export of a cmdlet that is read.
pub(super) fn is_export(sniff: &Sniff) -> bool {
    let head = sniff.head.trim_start();
    let candidate = ["xml", "clixml", "json", "csv", "txt"].contains(&sniff.extension.as_str());
    if !candidate || head.is_empty() || head.contains("<Event") {
        return false;
    }
    let (types, names) = names::of_head(head);
    match cmdlets::recognise(&types, &names, &sniff.name) {
        Some((cmdlet, by_content)) => by_content || cmdlets::is_named(&sniff.name, cmdlet),
        None => false,
    }
}

/// Whether a folder holds exports, in it or below it.
pub(super) fn in_folder(dir: &Path) -> bool {
    let Ok(files) = Files::of_folder(dir) else { return false };
    let sniffed = |entry: &files::Entry| {
        let path = entry.path.iter().fold(dir.to_owned(), |path, part| path.join(part));
        match super::sniff(&path) {
            Ok(sniff) => is_export(&sniff),
            // Its name is all that can be read; reading it tells why.
            Err(_) => {
                path.is_file() && cmdlets::by_file(entry.name()).is_some_and(|c| cmdlets::is_named(entry.name(), c))
            }
        }
    };
    files.entries.iter().filter(|entry| entry.is_candidate()).any(sniffed)
}

fn read(input: &Input<'_>, gathered: &mut Gathered) {
    if input.path.is_dir() {
        return read_folder(input, gathered);
    }
    let is_archive = super::sniff(input.path).is_ok_and(|sniff| is_zip(&sniff));
    if !is_archive {
        return read_files(&[input], gathered);
    }
    match Files::of_archive(input.path) {
        Ok(files) => read_source(files, input.shown, &format!("{}/", input.shown), input.index, gathered),
        Err((what, advice)) => gathered.refuse(input.shown, what, advice),
    }
}

/// Reads the exports of a folder, one input.
pub(super) fn read_folder(input: &Input<'_>, gathered: &mut Gathered) {
    let source = input.path.display().to_string();
    match Files::of_folder(input.path) {
        Ok(files) => read_source(files, &source, input.shown, input.index, gathered),
        Err((what, advice)) => gathered.refuse(&source, what, advice),
    }
}

/// Whether a file with the name of one of our tables is an export all the same: `vms.csv` of `Get-VM`.
pub(super) fn is_export_table(path: &Path) -> bool {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
    read_text(path).is_ok_and(|text| names::is_export_table(&text, &name.unwrap_or_default()))
}

/// Reads several single files as exports of one cluster.
pub(super) fn read_files(inputs: &[&Input<'_>], gathered: &mut Gathered) {
    let mut collection = Collection::default();
    let mut waiting = Waiting::default();
    for input in inputs {
        let piece = Piece::open(&mut Files::single(input.path), 0, input.shown.to_owned());
        if piece.is_some_and(|piece| waiting.add(piece)) {
            collection.keep_all(&mut waiting, gathered);
        }
    }
    collection.keep_all(&mut waiting, gathered);
    collection.input = inputs.first().map_or(0, |input| input.index);
    collection.shown = inputs.first().map_or(String::new(), |input| input.shown.to_owned());
    gathered.collections.push(collection);
}

/// Puts together what was read of one cluster, whichever inputs it came in: what one export says may need another to be understood.
/// Of two records about one thing that of the later input counts.
pub(super) fn join(gathered: &mut Gathered) {
    let mut clusters: Vec<(String, Collection)> = Vec::new();
    for collection in std::mem::take(&mut gathered.collections) {
        let name = collection.cluster();
        match clusters.iter_mut().find(|(known, _)| *known == name) {
            Some((_, earlier)) => earlier.add_later(collection),
            None => clusters.push((name, collection)),
        }
    }
    for (_, collection) in clusters {
        collection.finish(gathered);
    }
}

/// Reads all files of a source; their names stand behind `prefix`.
fn read_source(mut files: Files, source: &str, prefix: &str, index: usize, gathered: &mut Gathered) {
    let mut collection = Collection {
        input: index,
        shown: source.to_owned(),
        ..Collection::default()
    };
    if let Some(folder) = &files.too_deep {
        let limit = files::MOST_FOLDERS;
        let note = format!("{prefix}{folder} lies more than {limit} folders deep; it was not looked into");
        gathered.notes.push(note);
    }
    let mut waiting = Waiting::default();
    for at in 0..files.entries.len() {
        let Some(entry) = files.entries.get(at) else { continue };
        let shown = format!("{prefix}{}", entry.shown());
        let own_table = entry.path.len() == 1 && super::csv_folder::is_table(entry.name());
        if own_table && !collection.looks_like_export(&mut files, at) {
            continue;
        }
        if files.has_twin(at) {
            continue;
        }
        let piece = match files.entries[at].is_candidate() {
            true => Piece::open(&mut files, at, shown),
            false => Some(Piece::closed(shown)),
        };
        if piece.is_some_and(|piece| waiting.add(piece)) {
            collection.keep_all(&mut waiting, gathered);
        }
        if files.is_exhausted() {
            break;
        }
    }
    collection.keep_all(&mut waiting, gathered);
    gathered.collections.push(collection);
}

/// One file that was read.
#[derive(Debug)]
struct Loaded {
    shown: String,
    source: u32,
    cmdlet: &'static Cmdlet,
    records: Records,
    /// Names that folder and file give to the node, the likeliest first.
    hints: Vec<String>,
}

/// The files of one input, then of one cluster.
#[derive(Debug, Default)]
pub(in crate::inventory) struct Collection {
    input: usize,
    /// What the user called it.
    shown: String,
    loaded: Vec<Loaded>,
    passed_over: Vec<String>,
    faults: usize,
    /// Cmdlets that the collector could not call, with their node.
    failed: Vec<(&'static str, String)>,
    /// It is what `Get-SDDCDiagnosticInfo` writes: most of its files are about other things.
    diagnostic: bool,
}

impl Collection {
    /// Name of the cluster in lower case; blank where no export tells it.
    fn cluster(&self) -> String {
        let of = |file: &&Loaded| file.cmdlet.name == "Get-Cluster";
        let record = self.loaded.iter().filter(of).find_map(|file| file.records.list.first());
        let name = record.and_then(|record| record.get(&["Name"], 0)?.value.text());
        host_name(name.unwrap_or_default()).to_lowercase()
    }

    /// Takes in what a later input says of the same cluster, which counts before this.
    fn add_later(&mut self, mut later: Collection) {
        std::mem::swap(&mut self.loaded, &mut later.loaded);
        self.loaded.append(&mut later.loaded);
        self.passed_over.append(&mut later.passed_over);
        self.failed.append(&mut later.failed);
        self.faults += later.faults;
        self.diagnostic |= later.diagnostic;
    }

    fn pass_over(&mut self, shown: &str) {
        let name = shown.rsplit('/').next().unwrap_or(shown).to_lowercase();
        let expected = [".md", ".ps1", ".log"].iter().any(|end| name.ends_with(end)) || name == "errors.txt";
        if !expected {
            self.passed_over.push(shown.to_owned());
        }
    }

    /// A file with the name of a table of ours may still be an export: `vms.csv` of `Get-VM`.
    fn looks_like_export(&self, files: &mut Files, at: usize) -> bool {
        let name = files
            .entries
            .get(at)
            .map(|entry| entry.name().to_owned())
            .unwrap_or_default();
        files.text(at).is_ok_and(|text| names::is_export_table(&text, &name))
    }

    /// Takes in the files that wait.
    fn keep_all(&mut self, waiting: &mut Waiting, gathered: &mut Gathered) {
        for (piece, holds) in waiting.take() {
            self.keep(piece, holds, gathered);
        }
    }

    fn keep(&mut self, piece: Piece, holds: Holds, gathered: &mut Gathered) {
        self.diagnostic |= piece.name.eq_ignore_ascii_case("GetParameters.XML");
        match holds {
            Holds::Fault(line, what, advice) => self.fault(&piece.shown, line, what, advice, gathered),
            Holds::Errors(text) => {
                self.failed.extend(failures(&text));
                tell_errors(&text, &piece.shown, gathered);
            }
            Holds::Other => self.pass_over(&piece.shown),
            Holds::Records(cmdlet, records) => {
                let source = gathered.add_source(&piece.shown);
                gathered
                    .guesses
                    .extend(piece.guess.map(|guess| (piece.shown.clone(), guess)));
                self.loaded.push(Loaded {
                    shown: piece.shown,
                    source,
                    cmdlet,
                    records,
                    hints: names::hints(&piece.name, &piece.folders, cmdlet.name),
                });
            }
        }
    }

    fn fault(&mut self, shown: &str, line: u32, what: String, advice: String, gathered: &mut Gathered) {
        self.faults += 1;
        gathered.unread = true;
        gathered.complain(shown, line, 0, what, advice);
    }

    /// Reads the records of all files, cmdlet by cmdlet, and hands over what they make together.
    fn finish(self, gathered: &mut Gathered) {
        let (index, source) = (self.input, self.shown.as_str());
        self.tell_passed_over(gathered);
        let Some(first) = self.loaded.first() else {
            if self.faults == 0 {
                let what = "no file holds an export of a cmdlet that is read";
                let advice = "`nicplan init` writes Collect-NicPlanInventory.ps1, which exports everything that is.";
                gathered.refuse(source, what, advice);
            }
            return;
        };
        let first = first.source;
        if strangers::tell_other_clusters(&self.loaded, gathered) {
            return;
        }
        let mut estate = Estate::default();
        let mut coverage = Coverage::default();
        let mut strangers = Strangers::default();
        // A limit of SMB is a feature that most nodes do without.
        for (cmdlet, node) in self
            .failed
            .iter()
            .filter(|(cmdlet, _)| *cmdlet == "Get-SmbBandwidthLimit")
        {
            coverage.note(cmdlet, node);
        }
        for cmdlet in CMDLETS.iter() {
            for file in self.loaded.iter().filter(|file| file.cmdlet.name == cmdlet.name) {
                read_records(file, &mut estate, &mut coverage, &mut strangers, gathered);
            }
        }
        let left_out = strangers.tell(&mut estate, gathered);
        let mut assumed = conclude::conclude(&mut estate, &coverage);
        assumed.extend(left_out);
        if estate.rows_of("nodes").is_empty() {
            let advice = "Export Get-ClusterNode, and Get-NetAdapter of every node.";
            gathered.refuse(source, "the exports name no node", advice);
        }
        gathered
            .assumed
            .extend(assumed.into_iter().map(|(missing, taken)| (index, missing, taken)));
        estate.hand_over(index, first, gathered);
    }

    fn tell_passed_over(&self, gathered: &mut Gathered) {
        if self.diagnostic && !self.passed_over.is_empty() {
            let files = count(self.passed_over.len(), "file");
            return gathered.notes.push(format!(
                "a diagnostic ZIP of Get-SDDCDiagnosticInfo; {files} of it about other things (disks, events, logs) passed over"
            ));
        }
        for shown in self.passed_over.iter().take(MOST_NOTES) {
            gathered.notes.push(format!(
                "{shown} is no export of a cmdlet that is read; it was passed over"
            ));
        }
        if let Some(more) = self.passed_over.len().checked_sub(MOST_NOTES).filter(|n| *n > 0) {
            gathered
                .notes
                .push(format!("passed over as well: {}", count(more, "further file")));
        }
    }
}

/// Cmdlets that the collector could not call, with their node.
fn failures(text: &str) -> Vec<(&'static str, String)> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let rows = reader.records().filter_map(Result::ok);
    let of = |row: csv::StringRecord| {
        let cmdlet = CMDLETS.iter().find(|c| row.get(1).is_some_and(|name| name == c.name))?;
        Some((cmdlet.name, host_name(row.get(0)?).to_owned()))
    };
    rows.filter_map(of).collect()
}

/// What the collector could not read: each cmdlet and message once, with the nodes.
fn tell_errors(text: &str, shown: &str, gathered: &mut Gathered) {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let mut told: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for row in reader.records().filter_map(Result::ok) {
        let cell = |at: usize| row.get(at).unwrap_or_default().replace(['\r', '\n'], " ");
        let nodes = told.entry((cell(1), cell(2))).or_default();
        nodes.extend(Some(cell(0)).filter(|node| !node.is_empty()));
    }
    for ((cmdlet, message), nodes) in told.iter().take(MOST_NOTES) {
        let of = match nodes.is_empty() {
            true => String::new(),
            false => format!(" of {}", strangers::some(nodes)),
        };
        gathered
            .notes
            .push(format!("{shown}: not exported: {cmdlet}{of}: {message}"));
    }
    if let Some(more) = told.len().checked_sub(MOST_NOTES).filter(|n| *n > 0) {
        gathered.notes.push(format!("{shown}: {more} more cmdlets failed"));
    }
}

fn read_records(
    file: &Loaded,
    estate: &mut Estate,
    coverage: &mut Coverage,
    strangers: &mut Strangers,
    gathered: &mut Gathered,
) {
    if cmdlets::is_empty(&file.records) && file.cmdlet.per_node {
        if let Some(node) = names::by_hint(&file.hints, estate)
            && !strangers.is_node(&node, file, estate)
        {
            coverage.note(file.cmdlet.name, &node);
            conclude::nothing_found(file.cmdlet.name, &node, file.source, estate);
        }
        return;
    }
    let mut nameless = 0;
    for record in &file.records.list {
        let node = match file.cmdlet.per_node {
            true => names::node_of(record, file.source, &file.hints, estate),
            false => Some(String::new()),
        };
        let Some(node) = node else {
            nameless += 1;
            continue;
        };
        if strangers.is_node(&node, file, estate) || strangers.is_object(record, file, estate) {
            continue;
        }
        coverage.note(file.cmdlet.name, &node);
        let item = Item {
            record,
            source: file.source,
            node: &node,
        };
        (file.cmdlet.read)(&item, estate);
    }
    if nameless > 0 {
        gathered.unread = true;
        let what = format!(
            "nothing says from which node {} of {} are",
            count(nameless, "object"),
            file.cmdlet.name
        );
        let advice = format!(
            "Put the files of each node into a folder with its name (HV1/{}.xml), or begin the name of the file with it (HV1_{}.xml).",
            file.cmdlet.name, file.cmdlet.name
        );
        gathered.complain(&file.shown, 0, 0, what, advice);
    }
}
