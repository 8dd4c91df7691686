//! Reads the table of past migrations.
//!
//! In: a `.csv` file in any spelling that Excel or PowerShell gives it. Out: [`Past`] migrations with their blanks, or every
//! problem of the file with line and column. Must not know: what is learnt from them.

use super::overlaps::overlaps;
use crate::finding::{Location, Problem};
use crate::inventory::Problems;
use crate::inventory::catalogue::HISTORY;
use crate::inventory::cells;
use crate::inventory::importers;
use crate::inventory::raw::{Cell, Gathered, Line, Record};
use crate::profiles::Transport;
use crate::units::{Mbps, MiB};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

/// Longest time that is believed, seconds (a year).
const MOST_SECONDS: f64 = 366.0 * 86_400.0;
/// Highest dirty rate that is believed, MiB/s (1 TiB/s).
const MOST_DIRTY: f64 = 1_048_576.0;

/// Overlapping batches that are told one by one.
const MOST_OVERLAPS: usize = 5;

/// One past migration as the file says it; `None` is unknown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Past {
    /// Line in the file.
    pub line: u32,
    /// What ran together; empty = it ran by itself.
    pub batch: String,
    /// Virtual machine; empty = unknown.
    pub vm: String,
    /// Node it left; empty = unknown.
    pub source: String,
    /// Node it went to; empty = unknown.
    pub target: String,
    /// Assigned memory.
    pub memory: Option<MiB>,
    /// Speed of the port on the source.
    pub source_mbps: Option<Mbps>,
    /// Speed of the port on the target.
    pub target_mbps: Option<Mbps>,
    /// Performance option.
    pub transport: Option<Transport>,
    /// Dirty rate, MiB/s.
    pub dirty_mib_s: Option<f64>,
    /// Writable working set.
    pub working_set: Option<MiB>,
    /// Begin, seconds from the start of the batch.
    pub start_s: Option<f64>,
    /// End, seconds from the start of the batch.
    pub end_s: Option<f64>,
    /// Blackout, milliseconds.
    pub blackout_ms: Option<f64>,
}

/// What a history file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// Migrations in the order of the file.
    pub migrations: Vec<Past>,
    /// What was passed over.
    pub notes: Vec<String>,
}

/// Reads a history file, or `history.csv` of a folder.
///
/// # Errors
/// All problems of the file: unreadable cells, ends before starts, moves to the same node, no migration at all.
pub fn read(path: &Path) -> Result<History, Vec<Problem>> {
    let file = if path.is_dir() {
        path.join(HISTORY.file())
    } else {
        path.to_path_buf()
    };
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let shown = match (name(path), path.is_dir()) {
        (Some(folder), true) => format!("{folder}/{}", HISTORY.file()),
        (found, _) => found.unwrap_or_else(|| HISTORY.file()),
    };
    let gathered = importers::read_table(&file, &HISTORY, &shown);
    match no_history(&gathered, &shown) {
        Some(problem) => Err(vec![problem]),
        None => resolve(gathered),
    }
}

/// Fewer columns than this of a file that cannot be read as a history: then it is another table, and one sentence says so.
const FEWEST_COLUMNS: usize = 3;

fn no_history(gathered: &Gathered, shown: &str) -> Option<Problem> {
    let known = gathered
        .tables
        .iter()
        .flat_map(|table| &table.position)
        .flatten()
        .count();
    if gathered.tables.is_empty() || gathered.problems.is_empty() || known >= FEWEST_COLUMNS {
        return None;
    }
    let columns: Vec<&str> = HISTORY.columns.iter().map(|column| column.name).collect();
    Some(Problem {
        at: Location {
            file: shown.to_owned(),
            line: 0,
            column: 0,
        },
        what: "this is no history of live migrations: its columns are others".to_owned(),
        advice: format!(
            "A history has the columns {}. `nicplan import EVENT-LOGS -o DIR` makes one from exported event logs.",
            columns.join(", ")
        ),
    })
}

fn resolve(gathered: Gathered) -> Result<History, Vec<Problem>> {
    let Gathered {
        sources,
        tables,
        notes,
        problems,
        unread,
        ..
    } = gathered;
    let mut problems = Problems::new(&sources, problems, Vec::new(), unread);
    let mut history = History {
        notes,
        ..History::default()
    };
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let mut starts: Vec<Cell> = Vec::new();
    for table in &tables {
        for row in &table.rows {
            let record = Record::new(Line { table, row });
            let past = migration(&record, &mut problems);
            check(&past, &record, &mut problems);
            match seen.get(&identity(&past)) {
                Some(line) => history.notes.push(format!(
                    "line {} repeats line {line}: the same VM at the same time; it is counted once",
                    past.line
                )),
                None => {
                    seen.insert(identity(&past), past.line);
                    starts.push(record.cell("start_s"));
                    history.migrations.push(past);
                }
            }
        }
    }
    tell_overlaps(&history.migrations, &starts, &mut problems);
    let found = problems.finish();
    if !found.is_empty() {
        return Err(found);
    }
    Ok(history)
}

fn migration(record: &Record<'_>, problems: &mut Problems<'_>) -> Past {
    let text = |column: &str| record.text(column).to_owned();
    let seconds = |t: &str| cells::decimal(t, MOST_SECONDS);
    Past {
        line: record.origin().line,
        batch: text("batch"),
        vm: text("vm"),
        source: text("source"),
        target: text("target"),
        memory: problems.read(record, "memory_mib", some_memory),
        source_mbps: problems.read(record, "source_mbps", cells::speed),
        target_mbps: problems.read(record, "target_mbps", cells::speed),
        transport: problems.read(record, "transport", |t| {
            Transport::parse(t).ok_or_else(|| format!("'{t}' is no transport of live migration"))
        }),
        dirty_mib_s: problems.read(record, "dirty_mib_s", |t| cells::decimal(t, MOST_DIRTY)),
        working_set: problems.read(record, "working_set_mib", cells::memory),
        start_s: problems.read(record, "start_s", seconds),
        end_s: problems.read(record, "end_s", seconds),
        blackout_ms: problems.read(record, "blackout_ms", |t| cells::decimal(t, MOST_SECONDS * 1000.0)),
    }
}

fn some_memory(text: &str) -> Result<MiB, String> {
    match cells::memory(text)? {
        0 => Err("a VM without memory cannot run; leave the cell blank if the memory is not known".to_owned()),
        memory => Ok(memory),
    }
}

/// What each cell may say by itself, and still cannot be.
fn check(past: &Past, record: &Record<'_>, problems: &mut Problems<'_>) {
    if let (Some(start), Some(end)) = (past.start_s, past.end_s)
        && end < start
    {
        problems.at(
            record.cell("end_s"),
            format!("the migration ends at {end} s, before it begins at {start} s"),
            "Both count in seconds from the start of the batch. Correct the times, or leave end_s blank if the migration failed.",
        );
    }
    if !past.source.is_empty() && key(&past.source) == key(&past.target) {
        problems.at(
            record.cell("target"),
            format!("the VM moves from {} to itself", past.source),
            "Name the node on which the VM ran afterwards.",
        );
    }
}

/// Batches that overlap on one clock, with the first few places.
fn tell_overlaps(rows: &[Past], starts: &[Cell], problems: &mut Problems) {
    let found = overlaps(rows);
    let rest = found.len().saturating_sub(MOST_OVERLAPS);
    for (number, one) in found.iter().take(MOST_OVERLAPS).enumerate() {
        let (Some(cell), Some(later), Some(earlier)) =
            (starts.get(one.later), rows.get(one.later), rows.get(one.earlier))
        else {
            continue;
        };
        let more = match rest {
            more if more > 0 && number + 1 == MOST_OVERLAPS => format!(" ({more} more such pairs of batches)"),
            _ => String::new(),
        };
        let named = |past: &Past| match past.batch.as_str() {
            "" => "no batch".to_owned(),
            name => format!("batch '{name}'"),
        };
        problems.at(
            *cell,
            format!(
                "this migration ({}) and that of line {} ({}) use {} at the same time and are told to have run apart{more}",
                named(later),
                earlier.line,
                named(earlier),
                one.node
            ),
            "They shared its ports; each taken by itself would teach a rate that is too low. Write one name into batch for all that ran \
             together; or, if each batch has a clock of its own, count its start_s and end_s from 0.",
        );
    }
}

/// Names are the same in upper and lower case.
pub(super) fn key(name: &str) -> String {
    name.to_lowercase()
}

/// The same for two rows that tell of the same migration; rows without a VM or a time are never the same.
fn identity(past: &Past) -> String {
    match past.start_s {
        Some(start) if !past.vm.is_empty() && !past.batch.is_empty() => {
            format!("{}\n{}\n{start}", key(&past.batch), key(&past.vm))
        }
        _ => format!("\n{}", past.line),
    }
}

/// SHA-256 over the migrations in hexadecimal; the spelling of the file and the order of its columns do not matter.
pub fn sha256(history: &History) -> String {
    let mut hash = Sha256::new();
    for past in &history.migrations {
        let row = Past {
            line: 0,
            ..past.clone()
        };
        hash.update(format!("{row:?}\n").as_bytes());
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
