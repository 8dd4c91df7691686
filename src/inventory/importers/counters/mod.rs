//! Performance counters as `typeperf`, `relog -f csv` and `Export-Counter -FileFormat csv` write them: one column for each counter.
//!
//! In: files. Out: the load of VM network adapters and of ports over time, kept in [`Gathered`] until all inputs are read; `join` then finds the adapters
//! in the inventory. Names of counters are those of the Windows language: an adapter is known by its instance
//! (`VM_Adapter_GUID--GUID`), the direction by a word. Must not know: entities.

pub(super) mod join;
mod parse;
mod ports;

use super::{Importer, Input};
use crate::inventory::raw::Gathered;

pub(super) static IMPORTER: Importer = Importer {
    name: "counters",
    summary: "performance counters of network adapters of VMs and hosts as .csv (typeperf, relog, Export-Counter)",
    recognises: |sniff| !sniff.folder && sniff.head.contains("(PDH-"),
    read,
};

fn read(input: &Input<'_>, gathered: &mut Gathered) {
    let text = gathered.text_of(input.path, input.shown);
    match text.and_then(|text| parse::read(&text, input.shown, input.index)) {
        Ok(file) => gathered.counters.push(file),
        Err((what, advice)) => gathered.refuse(input.shown, what, advice),
    }
}

/// What a column counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::inventory) enum Direction {
    Received,
    Sent,
    /// Both together, which says less: the two directions of a port do not share its speed.
    Both,
}

/// A sample that is none: blank, negative, or beyond any port.
pub(in crate::inventory) const GAP: u32 = u32::MAX;

/// One column: an adapter and its rates in kbit/s, one for each time.
#[derive(Clone, Debug)]
pub(in crate::inventory) struct Column {
    /// Node of a port of the host; blank for the adapter of a VM, which may move.
    pub(in crate::inventory) node: String,
    /// VM and adapter as the counter writes them, `VM_Adapter`; of a port its description.
    pub(in crate::inventory) instance: String,
    /// Number of its cell in the header, from 1.
    pub(in crate::inventory) place: u32,
    pub(in crate::inventory) direction: Direction,
    pub(in crate::inventory) rates: Vec<u32>,
}

/// One file.
#[derive(Clone, Debug, Default)]
pub(in crate::inventory) struct CounterFile {
    /// What to call it.
    pub(in crate::inventory) shown: String,
    pub(in crate::inventory) input: usize,
    /// Seconds, ascending, in UTC where the header names the time zone.
    pub(in crate::inventory) times: Vec<i64>,
    pub(in crate::inventory) columns: Vec<Column>,
    /// Columns about other things.
    pub(in crate::inventory) others: usize,
    /// Samples that are none.
    pub(in crate::inventory) gaps: usize,
    /// Rows with the time of another one, or without a time.
    pub(in crate::inventory) odd_rows: usize,
}
