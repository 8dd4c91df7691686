//! PAST MIGRATIONS. In: event logs of the nodes, exported to files. Out: one row for each live migration that succeeded, and a
//! list of everything that was passed over.
//!
//! ```text
//! readers  ->  record  ->  meaning  ->  pairing  ->  batches  ->  write
//!  a file      an event    what it      start with   what ran     .csv
//!                          says         its end      together
//! ```
//! Must not know: planning, checks, reports. To add a form of export: one file in `readers/`; an event: one entry in [`EVENTS`].

mod batches;
mod facts;
mod known;
mod meaning;
mod nodes;
mod pairing;
mod readers;
mod record;
mod times;
mod write;

pub use known::{EVENTS, EventInfo, Evidence, Meaning, Writer};
pub use pairing::PassedOver;
pub use times::Stamp;
pub use write::{HISTORY_COLUMNS, PASSED_OVER_COLUMNS, history_csv, passed_over_csv};

use crate::finding::Problem;
use crate::inventory::Inventory;
use crate::units::{Mbps, MiB};
use nodes::Nodes;
use record::{Gathered, Record};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// One row of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What ran together: name of the batch.
    pub batch: String,
    /// Name of the VM.
    pub vm: String,
    /// Node it left.
    pub source: Option<String>,
    /// Node it went to.
    pub target: Option<String>,
    /// Memory; events do not tell it.
    pub memory_mib: Option<MiB>,
    /// Speed of the source's port for live migration; events do not tell it.
    pub source_mbps: Option<Mbps>,
    /// Speed of the target's port for live migration; events do not tell it.
    pub target_mbps: Option<Mbps>,
    /// `tcp`, `compression` or `smb`; events do not tell it.
    pub transport: Option<&'static str>,
    /// Milliseconds from the start of the batch.
    pub start_ms: i64,
    /// Milliseconds from the start of the batch.
    pub end_ms: i64,
    /// Milliseconds that the VM stood still.
    pub blackout_ms: Option<i64>,
}

/// What an import gave.
#[derive(Debug)]
pub struct History {
    /// Migrations in the order of batch, start and VM.
    pub rows: Vec<Row>,
    /// What gave no row, in the order of reason and time.
    pub passed_over: Vec<PassedOver>,
    /// Remarks for people.
    pub notes: Vec<String>,
    /// Files that held events.
    pub files: usize,
    /// Events in them.
    pub events: usize,
}

/// Whether a source looks like an export of events.
pub fn recognises(path: &Path) -> bool {
    readers::recognises(path)
}

/// Reads all sources (files, or folders of files) as the events of one cluster. `cluster` begins the names of the batches, so
/// that histories of several clusters can stand in one file; `inventory` adds what events do not tell.
///
/// # Errors
/// Every problem of every file: nothing of an unreadable import is used.
pub fn import(
    sources: &[PathBuf],
    cluster: Option<&str>,
    inventory: Option<&Inventory>,
) -> Result<History, Vec<Problem>> {
    let mut gathered = Gathered::default();
    for source in sources {
        readers::read(source, &source.to_string_lossy().replace('\\', "/"), &mut gathered);
    }
    one_clock(&mut gathered);
    if !gathered.problems.is_empty() {
        return Err(gathered.problems);
    }
    Ok(put_together(gathered, cluster, inventory))
}

fn put_together(mut gathered: Gathered, cluster: Option<&str>, inventory: Option<&Inventory>) -> History {
    let doubled = drop_doubled(&mut gathered.records);
    let mut notes = gathered.notes;
    if doubled > 0 {
        notes.push(format!("{doubled} events stand in several files and count once"));
    }
    let mut nodes = Nodes::default();
    for record in &gathered.records {
        nodes.learn(&record.computer);
    }
    let mut events = Vec::new();
    let mut passed_over = Vec::new();
    for record in &gathered.records {
        match meaning::read(record) {
            Some(event) => events.push(event),
            None => passed_over.push(pairing::unreadable(record, &nodes)),
        }
    }
    let (migrations, unpaired) = pairing::pair(&events, &nodes);
    passed_over.extend(unpaired);
    passed_over.sort();
    let mut rows = batches::rows(&migrations, cluster);
    if let Some(inventory) = inventory {
        facts::add(&mut rows, inventory);
    }
    History {
        rows,
        passed_over,
        notes,
        files: gathered.files,
        events: gathered.events,
    }
}

/// Times with and without an offset from UTC cannot be put in one order.
fn one_clock(gathered: &mut Gathered) {
    let first = |utc: bool| {
        gathered
            .records
            .iter()
            .find(|r| r.time.utc == utc)
            .map(|r| r.at.clone())
    };
    if let (Some(with), Some(without)) = (first(true), first(false)) {
        let what =
            format!("its time has no offset from UTC, but the one at {with} has: they cannot be put in one order");
        gathered.complain(&without.file, without.line, what, record::EXPORT_ISO);
    }
}

/// Keeps one of the records that are the same event of the same log; gives how many went. A log numbers its events; where the
/// export holds no numbers, the same words at the same time are the same event.
fn drop_doubled(records: &mut Vec<Record>) -> usize {
    let before = records.len();
    let mut seen = BTreeSet::new();
    records.retain(|r| {
        let words = r.number.is_empty().then(|| (r.values.clone(), r.message.clone()));
        seen.insert((
            r.computer.to_lowercase(),
            r.info.id,
            r.time.ms / 1000,
            r.number.clone(),
            words,
        ))
    });
    before - records.len()
}
