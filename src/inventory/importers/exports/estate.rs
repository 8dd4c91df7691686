//! The cluster as the exports describe it, put together: rows of the inventory's tables whose cells come from different files, and
//! the lookups that join them (an adapter by name, description, index or GUID; a VM by its ID).
//!
//! In: cells with their places. Out: raw tables. The first record that says a cell counts; one that says something else is kept as
//! a difference. Must not know: forms, cmdlets.

use crate::inventory::catalogue::{self, CONCLUDED, Column, Table};
use crate::inventory::entities::Origin;
use crate::inventory::raw::{Difference, Gathered, RawTable, Row, RowFrom, one_line};
use crate::inventory::resolve::merging::{is_name, same};
use csv::StringRecord;
use std::collections::{BTreeMap, BTreeSet};

/// A row that is being put together.
pub(super) struct Draft {
    pub(super) table: &'static str,
    /// Name of the thing for people.
    pub(super) name: String,
    pub(super) record: Origin,
    /// Column, text, place.
    cells: Vec<(&'static str, String, Origin)>,
    /// Not to be written: a thing that turned out not to belong to the inventory.
    pub(super) dropped: bool,
}

impl Draft {
    /// The text of a cell; blank if nothing was said.
    pub(super) fn text(&self, column: &str) -> &str {
        self.cell(column).map_or("", |cell| cell.1.as_str())
    }

    fn cell(&self, column: &str) -> Option<&(&'static str, String, Origin)> {
        self.cells.iter().find(|cell| cell.0 == column)
    }

    /// Where a cell stands.
    pub(super) fn place(&self, column: &str) -> Origin {
        self.cell(column).map_or(self.record, |cell| cell.2)
    }
}

/// What an adapter of a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AdapterKind {
    /// A physical port.
    Port,
    /// `vEthernet (...)`.
    HostVnic,
    /// Interface of a team of Windows NIC Teaming.
    Team,
    /// Loopback, tunnels, the cluster's own adapter.
    Other,
}

/// An adapter of a node, of whatever kind.
#[derive(Clone, Debug)]
pub(super) struct Adapter {
    pub(super) node: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) kind: AdapterKind,
    /// Row in `nics` or `host_vnics`.
    pub(super) row: Option<usize>,
    /// Whether RDMA is on, and where that stands.
    pub(super) rdma: Option<(bool, Origin)>,
    /// Number of `*NetworkDirectTechnology`.
    pub(super) technology: Option<i64>,
    /// Addresses with prefix.
    pub(super) addresses: Vec<(String, Origin)>,
    /// The address that the cluster has for it.
    pub(super) of_cluster: Option<(String, Origin)>,
    pub(super) gateway: bool,
    /// The virtual switch is bound to it.
    pub(super) under_switch: bool,
}

/// A team of Windows NIC Teaming.
#[derive(Clone, Debug, Default)]
pub(super) struct Team {
    pub(super) members: Vec<String>,
    /// Interfaces with their VLAN.
    pub(super) interfaces: BTreeMap<String, Option<i64>>,
}

/// Everything that was found.
#[derive(Default)]
pub(super) struct Estate {
    pub(super) rows: Vec<Draft>,
    index: BTreeMap<(&'static str, String), usize>,
    pub(super) adapters: Vec<Adapter>,
    adapter_index: BTreeMap<(String, String), usize>,
    /// Teams by node and name.
    pub(super) teams: BTreeMap<(String, String), Team>,
    /// VM rows by ID, and by node and name.
    pub(super) vms: BTreeMap<String, usize>,
    /// vNIC rows with the row of their VM, by adapter ID, and by VM row and name.
    pub(super) vnics: BTreeMap<String, usize>,
    pub(super) vnic_vm: BTreeMap<usize, usize>,
    /// vNIC rows by VM row and name; Hyper-V allows several of one name.
    pub(super) vnic_names: BTreeMap<String, Vec<usize>>,
    /// Adapters without an ID of one name in one VM, by file, VM row and name.
    pub(super) vnic_counts: BTreeMap<(u32, String), usize>,
    /// VM rows by name.
    pub(super) vm_names: BTreeMap<String, Vec<usize>>,
    /// Names of cluster networks by ID.
    pub(super) networks: BTreeMap<String, String>,
    /// Names of nodes by key.
    pub(super) nodes: BTreeMap<String, String>,
    /// Keys of the nodes that Get-ClusterNode names, and where the first of them stands.
    pub(super) members: BTreeMap<String, Origin>,
    /// Values that several records of one node make together: node, column, texts.
    pub(super) lists: BTreeMap<(String, &'static str), Vec<(String, Origin)>>,
    pub(super) differences: Vec<Difference>,
    /// Record of each value that several records state.
    compared: Vec<Origin>,
    pub(super) notes: Vec<String>,
    /// VMs that no export of Get-VM holds, with what names them.
    pub(super) unknown_vms: BTreeMap<String, BTreeSet<String>>,
    /// Names of what was left out, by the sentence that tells it with `{}` for the names.
    pub(super) left_out: BTreeMap<String, BTreeSet<String>>,
    /// Counted remarks: sentence with `{}` for the number.
    pub(super) counts: BTreeMap<&'static str, usize>,
    /// Windows build and release name with their place, by node.
    pub(super) builds: Vec<(String, Origin)>,
    /// Tables of which an export was there, be it empty.
    pub(super) seen: BTreeSet<&'static str>,
}

/// Key of names: case does not matter.
pub(super) fn key(parts: &[&str]) -> String {
    parts.join("\u{0}").to_lowercase()
}

impl Estate {
    /// The row of a thing; made when it is new.
    pub(super) fn row(&mut self, table: &'static str, id: &[&str], name: &str, record: Origin) -> usize {
        let next = self.rows.len();
        let found = *self.index.entry((table, key(id))).or_insert(next);
        if found == next {
            self.rows.push(Draft {
                table,
                name: name.to_owned(),
                record,
                cells: Vec::new(),
                dropped: false,
            });
        }
        found
    }

    /// The row of a thing, if it is known.
    pub(super) fn find(&self, table: &'static str, id: &[&str]) -> Option<usize> {
        self.index.get(&(table, key(id))).copied()
    }

    /// Writes a cell; a value that is there already counts, and another one is a difference.
    pub(super) fn put(&mut self, row: usize, column: &'static str, value: &str, place: Origin) {
        self.write(row, column, value, place, false);
    }

    /// Writes a cell over what is there: this source knows better.
    pub(super) fn replace(&mut self, row: usize, column: &'static str, value: &str, place: Origin) {
        self.write(row, column, value, place, true);
    }

    /// Writes a cell over what is there; both are true, this one says more.
    pub(super) fn replace_quietly(&mut self, row: usize, column: &'static str, value: &str, place: Origin) {
        let cells = self.rows.get_mut(row).map(|draft| &mut draft.cells);
        match cells.and_then(|cells| cells.iter_mut().find(|cell| cell.0 == column)) {
            Some(cell) => (cell.1, cell.2) = (value.to_owned(), place),
            None => self.put(row, column, value, place),
        }
    }

    fn write(&mut self, row: usize, column: &'static str, value: &str, place: Origin, better: bool) {
        let value = value.trim();
        let Some(draft) = self.rows.get_mut(row).filter(|_| !value.is_empty()) else {
            return;
        };
        let found = catalogue::table(draft.table).and_then(|def| Some(&def.columns[def.position(column)?]));
        debug_assert!(found.is_some(), "{}.{column}", draft.table);
        let Some(def) = found else { return };
        let Some(cell) = draft.cells.iter_mut().find(|cell| cell.0 == column) else {
            draft.cells.push((def.name, value.to_owned(), place));
            return;
        };
        let same = same(draft.table, def, &cell.1, value);
        if cell.2 != place && !is_name(draft.table, def.name) {
            self.compared.push(draft.record);
        }
        let new = (value.to_owned(), place);
        let old = (cell.1.clone(), cell.2);
        if better {
            (cell.1, cell.2) = new.clone();
        }
        if !same {
            let (taken, other) = if better { (new, old) } else { (old, new) };
            self.differences.push(Difference {
                table: draft.table,
                name: draft.name.clone(),
                column: def.name,
                taken,
                other,
                record: draft.record,
            });
        }
    }

    /// Writes a cell that no export tells, and marks it as concluded.
    pub(super) fn conclude(&mut self, row: usize, column: &'static str, value: &str, place: Origin) {
        self.replace_quietly(row, column, value, place);
        let marked = self.text(row, CONCLUDED);
        let more = match marked.split(';').any(|name| name == column) {
            true => return,
            false if marked.is_empty() => column.to_owned(),
            false => format!("{marked};{column}"),
        };
        self.replace_quietly(row, CONCLUDED, &more, place);
    }

    /// The text of a cell; blank if nothing was said.
    pub(super) fn text(&self, row: usize, column: &str) -> &str {
        self.rows.get(row).map_or("", |draft| draft.text(column))
    }

    /// Remembers a VM that no export of Get-VM holds, and the cmdlet that names it; blank stands for the cluster.
    pub(super) fn unknown_vm(&mut self, name: &str, cmdlet: &str, node: &str) {
        let named = match node {
            "" => cmdlet.to_owned(),
            node => format!("{cmdlet} of {node}"),
        };
        self.unknown_vms.entry(name.to_owned()).or_default().insert(named);
    }

    /// Counts something that is told once.
    pub(super) fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    /// Adds an adapter that is new on its node.
    pub(super) fn add_adapter(&mut self, adapter: Adapter, more_names: &[&str]) -> usize {
        let at = self.adapters.len();
        let names = [adapter.name.as_str(), adapter.description.as_str()];
        for name in names
            .into_iter()
            .chain(more_names.iter().copied())
            .filter(|n| !n.is_empty())
        {
            self.adapter_index
                .entry((key(&[&adapter.node]), key(&[name])))
                .or_insert(at);
        }
        self.adapters.push(adapter);
        at
    }

    /// The adapter of a node that one of the names means: its name, description, `#` and index, or GUID.
    pub(super) fn adapter(&self, node: &str, names: &[&str]) -> Option<usize> {
        let node = key(&[node]);
        let known = |name: &&str| self.adapter_index.get(&(node.clone(), key(&[name]))).copied();
        names.iter().filter(|name| !name.is_empty()).find_map(known)
    }

    /// Rows of a table that belong to the inventory.
    pub(super) fn rows_of(&self, table: &'static str) -> Vec<usize> {
        let ours = |(_, draft): &(usize, &Draft)| draft.table == table && !draft.dropped;
        self.rows.iter().enumerate().filter(ours).map(|(at, _)| at).collect()
    }

    /// Hands over rows, differences and notes as one input.
    pub(super) fn hand_over(self, input: usize, source: u32, gathered: &mut Gathered) {
        for def in catalogue::TABLES {
            let rows: Vec<Row> = self
                .rows
                .iter()
                .filter(|draft| draft.table == def.name && !draft.dropped)
                .map(|draft| row(def, draft))
                .collect();
            if !rows.is_empty() {
                let mut table = RawTable::in_catalogue_order(def, source, input);
                table.rows = rows;
                gathered.tables.push(table);
            }
        }
        gathered.differences.extend(self.differences);
        gathered.compared.extend(self.compared);
        gathered.notes.extend(self.notes);
        for (what, number) in self.counts {
            gathered.notes.push(what.replace("{}", &number.to_string()));
        }
    }
}

fn row(def: &'static Table, draft: &Draft) -> Row {
    let cell = |name: &str| draft.cell(name);
    let text = |column: &Column| one_line(cell(column.name).map_or("", |f| &f.1));
    let cells: StringRecord = def.columns.iter().map(text).collect();
    let places = def
        .columns
        .iter()
        .map(|c| cell(c.name).map_or(Origin::default(), |f| f.2))
        .collect();
    Row {
        line: draft.record.line,
        cells,
        from: Some(Box::new(RowFrom {
            record: draft.record,
            cells: places,
        })),
        nth: 0,
    }
}
