//! Finds the adapters of counters among the VMs and ports of all inputs, and writes what was measured as rows of `vnics` and `nics`.
//!
//! In: counters and raw tables. Out: rows with average, p95 and peak, the load over time in [`Measured`], notes on what was not found.
//! The rate of an adapter at one time is that of its busier direction, since a port carries both at once.

use super::ports::{self, Port};
use super::{Column, CounterFile, Direction, GAP};
use crate::inventory::catalogue;
use crate::inventory::entities::Origin;
use crate::inventory::measured::{Measured, Series};
use crate::inventory::raw::{Gathered, Line, RawTable, RowFrom};
use crate::units::count;
use std::collections::{BTreeMap, BTreeSet};

/// Most values that are kept for groups; longer or finer records are kept in wider steps.
const MOST_VALUES: usize = 40_000_000;

/// Most steps for each sample: one time that is years off must not fill memory with steps in which nothing was counted.
const MOST_EMPTY: usize = 1_000;

/// Joins all counters that were read.
pub(in crate::inventory::importers) fn run(gathered: &mut Gathered) {
    let files = std::mem::take(&mut gathered.counters);
    let Some(grid) = Grid::over(&files) else { return };
    let book = Book::new(&gathered.tables);
    let mut found: BTreeMap<Adapter, Loads> = BTreeMap::new();
    let mut told = Told::default();
    for (number, file) in files.iter().enumerate() {
        for column in file.columns.iter().filter(|column| column.node.is_empty()) {
            match book.find(&column.instance) {
                Some(adapter) => found
                    .entry(adapter)
                    .or_insert_with(|| Loads::of(number, column.place))
                    .add(file, column, &grid),
                None => {
                    told.strangers.insert(column.instance.to_lowercase());
                }
            }
        }
    }
    let Some(def) = catalogue::table("vnics") else { return };
    let mut tables: Vec<RawTable> = files
        .iter()
        .map(|file| RawTable::in_catalogue_order(def, gathered.add_source(&file.shown), file.input))
        .collect();
    let mut series = Vec::new();
    for (adapter, loads) in found {
        told.matched += 1;
        let (file, place) = (loads.file, loads.place);
        match loads.finish() {
            Some(load) => {
                if let Some(table) = tables.get_mut(file) {
                    write(table, &adapter, &load, place);
                }
                series.push(load.series(&adapter));
            }
            None => told.silent += 1,
        }
    }
    let of_ports = ports_of(&files, &grid, gathered);
    told.all = book.adapters.len().max(book.vms.len());
    gathered.notes.extend(told.notes(&files, &grid));
    gathered.notes.extend(of_ports);
    gathered
        .tables
        .extend(tables.into_iter().filter(|t| !t.rows.is_empty()));
    gathered.measured = Some(Measured {
        step_s: grid.step.unsigned_abs(),
        series,
    });
}

/// Writes what was measured of the ports of hosts; gives the note that tells it.
fn ports_of(files: &[CounterFile], grid: &Grid, gathered: &mut Gathered) -> Option<String> {
    let def = catalogue::table("nics")?;
    let book = ports::Book::new(&gathered.tables);
    let mut found: BTreeMap<Port, Loads> = BTreeMap::new();
    let mut strangers = BTreeSet::new();
    for (number, file) in files.iter().enumerate() {
        for column in file.columns.iter().filter(|column| !column.node.is_empty()) {
            match book.find(&column.node, &column.instance) {
                Some(port) => found
                    .entry(port.clone())
                    .or_insert_with(|| Loads::of(number, column.place))
                    .add(file, column, grid),
                None => drop(strangers.insert(format!("{}: {}", column.node, column.instance))),
            }
        }
    }
    let mut loads = Vec::new();
    for (port, measured) in found {
        let (file, place) = (files.get(measured.file)?, measured.place);
        let Some(load) = measured.finish() else { continue };
        let mut table = RawTable::in_catalogue_order(def, gathered.add_source(&file.shown), file.input);
        ports::write(&mut table, &port, &load, place);
        gathered.tables.push(table);
        loads.push((port, load.p95, load.peak));
    }
    let names: Vec<&str> = files.iter().map(|f| f.shown.as_str()).collect();
    let strangers: Vec<String> = strangers.into_iter().collect();
    ports::note(&book, loads, &strangers).map(|text| format!("{}: {text}", names.join(", ")))
}

/// One row with what was measured of an adapter, at the head of its first counter.
fn write(table: &mut RawTable, adapter: &Adapter, found: &Found, place: u32) {
    let rates = [found.average, u64::from(found.p95), u64::from(found.peak)].map(mbps);
    let values = [
        ("vm", adapter.vm.as_str()),
        ("vnic", &adapter.vnic),
        ("average_mbps", &rates[0]),
        ("p95_mbps", &rates[1]),
        ("peak_mbps", &rates[2]),
    ];
    write_row(table, &values, place);
}

/// A row whose cells stand in one cell of the header.
pub(super) fn write_row(table: &mut RawTable, values: &[(&str, &str)], place: u32) {
    table.push(HEADER, values);
    let record = Origin {
        source: table.source,
        line: HEADER,
        column: place,
        nth: 0,
    };
    if let Some(row) = table.rows.last_mut() {
        row.from = Some(Box::new(RowFrom {
            record,
            cells: Vec::new(),
        }));
    }
}

/// Line of the names of the counters.
const HEADER: u32 = 1;

/// VM and adapter as the inventory writes them; a blank adapter is the only one, without a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Adapter {
    vm: String,
    vnic: String,
}

/// A name as counters write it: brackets for parentheses, `_` for signs with a meaning in paths.
pub(super) fn as_counted(name: &str) -> String {
    let sign = |c: char| match c {
        '(' => '[',
        ')' => ']',
        '/' | '\\' | '#' | '*' => '_',
        other => other,
    };
    name.to_lowercase().chars().map(sign).collect()
}

/// VMs and adapters of all inputs.
struct Book {
    /// By `vm_adapter` as counters write it.
    adapters: BTreeMap<String, Adapter>,
    /// VMs with at most one adapter, by their name as counters write it.
    vms: BTreeMap<String, Adapter>,
}

impl Book {
    fn new(tables: &[RawTable]) -> Book {
        let lines = |name: &'static str| {
            let wanted = tables.iter().filter(move |t| t.def.name == name);
            wanted.flat_map(|table| table.rows.iter().map(move |row| Line { table, row }))
        };
        let mut clusters: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut own: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut spelling: BTreeMap<String, String> = BTreeMap::new();
        for line in lines("vms") {
            let vm = line.cell("vm").text;
            clusters
                .entry(vm.to_lowercase())
                .or_default()
                .insert(line.cell("cluster").text.to_lowercase());
            own.entry(vm.to_lowercase()).or_default();
            spelling.entry(vm.to_lowercase()).or_insert_with(|| vm.to_owned());
        }
        for line in lines("vnics") {
            let names = own.get_mut(&line.cell("vm").text.to_lowercase());
            names.into_iter().for_each(|names| {
                names.insert(line.cell("vnic").text.to_owned());
            });
        }
        let (mut adapters, mut vms) = (BTreeMap::new(), BTreeMap::new());
        // A name that VMs of several clusters have tells nothing.
        let single = |vm: &String| clusters.get(vm).is_some_and(|c| c.len() == 1);
        for (vm, names) in own.iter().filter(|(vm, _)| single(vm)) {
            let vm = spelling.get(vm).unwrap_or(vm);
            for name in names {
                let vnic = if name.is_empty() { "Network Adapter" } else { name };
                let adapter = Adapter {
                    vm: vm.clone(),
                    vnic: name.clone(),
                };
                adapters.insert(as_counted(&format!("{vm}_{vnic}")), adapter);
            }
            if names.len() < 2 {
                let vnic = names.first().cloned().unwrap_or_default();
                vms.insert(as_counted(vm), Adapter { vm: vm.clone(), vnic });
            }
        }
        Book { adapters, vms }
    }

    /// The adapter of an instance: by both names, else by the VM if it has only one.
    fn find(&self, instance: &str) -> Option<Adapter> {
        let wanted = as_counted(instance);
        if let Some(adapter) = self.adapters.get(&wanted) {
            return Some(adapter.clone());
        }
        let ends = wanted
            .match_indices('_')
            .map(|(at, _)| at)
            .collect::<Vec<_>>()
            .into_iter()
            .rev();
        let mut by_vm = ends.filter_map(|end| self.vms.get(&wanted[..end]));
        by_vm.next().cloned()
    }
}

/// Common times of all files.
struct Grid {
    start: i64,
    step: i64,
    steps: usize,
}

impl Grid {
    /// Steps as wide as the widest interval of any file, so that each has a sample in each.
    fn over(files: &[CounterFile]) -> Option<Grid> {
        let usual = |file: &CounterFile| {
            let mut gaps: Vec<i64> = file.times.windows(2).map(|pair| pair[1] - pair[0]).collect();
            gaps.sort_unstable();
            gaps.get(gaps.len() / 2).copied()
        };
        let start = files.iter().filter_map(|f| f.times.first()).min().copied()?;
        let end = files.iter().filter_map(|f| f.times.last()).max().copied()?;
        let columns: usize = files.iter().map(|f| f.columns.len()).sum();
        let widest = files.iter().filter_map(usual).max()?.max(1);
        let samples: usize = files.iter().map(|f| f.times.len()).sum();
        let most = (MOST_VALUES / columns.max(1)).min(samples.saturating_mul(MOST_EMPTY));
        let most = i64::try_from(most).unwrap_or(1).max(1);
        let step = widest.max((end - start) / most + 1);
        let steps = usize::try_from((end - start) / step).ok()? + 1;
        Some(Grid { start, step, steps })
    }

    fn at(&self, time: i64) -> usize {
        usize::try_from((time - self.start) / self.step).unwrap_or(0)
    }
}

/// What was counted of one adapter in one direction.
#[derive(Default)]
struct Load {
    /// Highest rate of each step, kbit/s.
    rates: Vec<u32>,
    sum: u64,
    samples: u64,
}

impl Load {
    fn add(&mut self, file: &CounterFile, column: &Column, grid: &Grid) {
        self.rates.resize(grid.steps, GAP);
        for (time, rate) in file.times.iter().zip(&column.rates).filter(|(_, rate)| **rate != GAP) {
            self.sum += u64::from(*rate);
            self.samples += 1;
            if let Some(kept) = self.rates.get_mut(grid.at(*time)) {
                *kept = if *kept == GAP { *rate } else { (*kept).max(*rate) };
            }
        }
    }

    fn average(&self) -> u64 {
        self.sum.checked_div(self.samples).unwrap_or(0)
    }
}

/// The directions of one adapter, over all hosts that it was on.
struct Loads {
    /// Number of the first file that counts it.
    file: usize,
    /// Cell of the first counter in the header of that file.
    place: u32,
    directions: BTreeMap<Direction, Load>,
}

impl Loads {
    fn of(file: usize, place: u32) -> Loads {
        Loads {
            file,
            place,
            directions: BTreeMap::new(),
        }
    }

    fn add(&mut self, file: &CounterFile, column: &Column, grid: &Grid) {
        self.directions
            .entry(column.direction)
            .or_default()
            .add(file, column, grid);
    }

    /// Average, p95 and peak; `None` without a sample. The sum of both directions counts only where no direction was counted.
    fn finish(mut self) -> Option<Found> {
        if self.directions.len() > 1 {
            self.directions.remove(&Direction::Both);
        }
        let average = self.directions.values().map(Load::average).max()?;
        let mut rates = |direction| self.directions.remove(&direction).map(|load| load.rates);
        let sent = rates(Direction::Sent).unwrap_or_default();
        let received = rates(Direction::Received)
            .or_else(|| rates(Direction::Both))
            .unwrap_or_default();
        let busier = crate::inventory::measured::busier(&received, &sent);
        let mut known: Vec<u32> = busier.into_iter().filter(|rate| *rate != GAP).collect();
        known.sort_unstable();
        let peak = known.last().copied()?;
        let p95 = known.get((known.len() * 95).div_ceil(100).saturating_sub(1)).copied()?;
        Some(Found {
            average,
            p95,
            peak,
            received,
            sent,
        })
    }
}

/// What was measured of one adapter.
pub(super) struct Found {
    average: u64,
    pub(super) p95: u32,
    pub(super) peak: u32,
    received: Vec<u32>,
    sent: Vec<u32>,
}

/// Mbit/s of kbit/s, rounded up.
fn mbps(kbit: u64) -> String {
    kbit.div_ceil(1000).to_string()
}

impl Found {
    fn series(self, adapter: &Adapter) -> Series {
        Series {
            vm: adapter.vm.clone(),
            vnic: adapter.vnic.clone(),
            peak: self.peak,
            p95: self.p95,
            received: self.received,
            sent: self.sent,
        }
    }
}

/// What was not found, counted.
#[derive(Default)]
struct Told {
    matched: usize,
    all: usize,
    silent: usize,
    strangers: BTreeSet<String>,
}

impl Told {
    fn notes(&self, files: &[CounterFile], grid: &Grid) -> Vec<String> {
        let names: Vec<&str> = files.iter().map(|f| f.shown.as_str()).collect();
        let from = names.join(", ");
        let mut notes = Vec::new();
        if self.matched > 0 || !self.strangers.is_empty() {
            notes.push(format!(
                "{from}: the load of {} of {} was measured, in steps of {} s over {} min",
                self.matched - self.silent,
                count(self.all, "vNIC"),
                grid.step,
                grid.step * i64::try_from(grid.steps).unwrap_or(0) / 60
            ));
        }
        let mut note = |number: usize, text: String| {
            if number > 0 {
                notes.push(format!("{from}: {text}"));
            }
        };
        let first = self.strangers.first().map_or("", String::as_str);
        let n = self.strangers.len();
        note(
            n,
            format!(
                "{} of the counters not found among the VMs (such as {first})",
                count(n, "adapter")
            ),
        );
        note(
            self.silent,
            format!("{} without a single sample", count(self.silent, "vNIC")),
        );
        let n: usize = files.iter().map(|f| f.gaps).sum();
        note(
            n,
            format!("{} blank, negative or beyond 1 Tbit/s passed over", count(n, "sample")),
        );
        let n: usize = files.iter().map(|f| f.odd_rows).sum();
        note(
            n,
            format!("{} without a time, or with that of another one", count(n, "row")),
        );
        let n: usize = files.iter().map(|f| f.others).sum();
        note(n, format!("{} of other things passed over", count(n, "counter")));
        notes
    }
}
