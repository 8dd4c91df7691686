//! Keeps which columns were filled, before defaults take the place of what is missing.

use super::Resolver;
use super::book::key;
use crate::inventory::Given;
use crate::inventory::raw::{Line, RawTable};
use std::collections::{BTreeMap, BTreeSet};

/// What the inputs say about each cluster, in order.
pub(super) fn list(r: &Resolver<'_>) -> Vec<Given> {
    let mut given = vec![Given::default(); r.owners.names.len()];
    let mut guests = None;
    for table in r.tables {
        match r.owners.of_input(table.input) {
            [only] => note(&mut given[*only], table, r, |_| true),
            several => {
                let guests = guests.get_or_insert_with(|| clusters_of_vms(r));
                for cluster in several {
                    note(&mut given[*cluster], table, r, |line| {
                        speaks_of(r, guests, line, *cluster)
                    });
                }
            }
        }
    }
    given
}

/// Notes the columns of one table; `ours` tells the rows that speak of the cluster.
fn note(given: &mut Given, table: &RawTable, r: &Resolver<'_>, ours: impl Fn(Line<'_>) -> bool) {
    let rows: Vec<Line<'_>> = table
        .rows
        .iter()
        .map(|row| Line { table, row })
        .filter(|line| ours(*line))
        .collect();
    if rows.is_empty() {
        return;
    }
    let source = r.problems.sources().get(table.source as usize);
    for (column, position) in table.def.columns.iter().zip(&table.position) {
        let name = (table.def.name, column.name);
        let headed = source.is_some_and(|s| s.columns.contains_key(column.name));
        let holds =
            |line: &Line<'_>| position.is_some_and(|at| line.row.cells.get(at).is_some_and(|t| !t.trim().is_empty()));
        let filled = given.filled.contains(&name) || rows.iter().any(holds);
        if filled {
            given.filled.insert(name);
        }
        if filled || headed {
            given.asked.insert(name);
        }
    }
}

/// Clusters of the VMs by name in lower case.
type Guests = BTreeMap<String, BTreeSet<usize>>;

fn clusters_of_vms(r: &Resolver<'_>) -> Guests {
    let mut guests = Guests::new();
    for (index, cluster) in r.clusters.iter().enumerate() {
        for vm in &cluster.vms {
            guests.entry(key(&vm.name)).or_default().insert(index);
        }
    }
    guests
}

/// Whether a row of an input about several clusters speaks of this one: it names the cluster, or a node or VM of it, or nothing.
fn speaks_of(r: &Resolver<'_>, guests: &Guests, line: Line<'_>, cluster: usize) -> bool {
    let has = |name: &str| line.table.def.position(name).is_some();
    let text = |name: &str| if has(name) { line.cell(name).text } else { "" };
    if !text("cluster").is_empty() {
        return key(text("cluster")) == key(&r.owners.names[cluster]);
    }
    if !text("node").is_empty() && text("node") != "*" {
        return r.nodes.belongs(text("node"), cluster);
    }
    let vm = text("vm");
    vm.is_empty() || guests.get(&key(vm)).is_some_and(|clusters| clusters.contains(&cluster))
}
