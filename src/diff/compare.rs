//! Rows with keys against rows with keys.

use super::{Change, Kind};
use crate::units::{natural_cmp, same_name};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// One row: where it belongs and its cells.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// What makes it the same thing in both, in lower case.
    pub(super) key: String,
    /// Node that it is about; empty = the cluster.
    pub(super) node: String,
    /// Name of the thing.
    pub(super) subject: String,
    /// Column and value, in the order of the table; blank values are left out.
    pub(super) cells: Vec<(String, String)>,
}

/// All rows of a cluster, table by table in the order of output.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    tables: Vec<(String, BTreeMap<String, Row>)>,
}

impl Rows {
    /// Adds a table with its rows; two rows with one key (parallel links) are numbered.
    pub(super) fn add(&mut self, table: &str, rows: impl IntoIterator<Item = Row>) {
        let mut by_key = BTreeMap::new();
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for mut row in rows {
            let count = seen.entry(row.key.clone()).and_modify(|n| *n += 1).or_insert(1);
            if *count > 1 {
                row.subject = format!("{} ({count})", row.subject);
            }
            by_key.insert(format!("{}\u{0}{count}", row.key), row);
        }
        self.tables.push((table.to_owned(), by_key));
    }

    fn table(&self, name: &str) -> Option<&BTreeMap<String, Row>> {
        self.tables
            .iter()
            .find(|(table, _)| table == name)
            .map(|(_, rows)| rows)
    }

    fn names(&self) -> impl Iterator<Item = &String> {
        self.tables.iter().map(|(name, _)| name)
    }
}

/// Compares clusters of the same name; where both sides have one cluster alone, its name may differ.
pub(super) fn clusters(a: &[(String, Rows)], b: &[(String, Rows)]) -> Vec<Change> {
    if let ([(first, a)], [(second, b)]) = (a, b) {
        return cluster(second, Some((first, a)), Some((second, b)));
    }
    let key = |name: &str| name.to_lowercase();
    let names: BTreeSet<String> = a.iter().chain(b).map(|(name, _)| key(name)).collect();
    let mut changes = Vec::new();
    for name in names {
        let find = |side: &'_ [(String, Rows)]| side.iter().position(|(n, _)| key(n) == name);
        let (a, b) = (find(a).map(|i| &a[i]), find(b).map(|i| &b[i]));
        let shown = b.or(a).map_or(name.as_str(), |(n, _)| n.as_str());
        changes.extend(cluster(shown, a.map(|(n, r)| (n, r)), b.map(|(n, r)| (n, r))));
    }
    changes
}

type Side<'a> = Option<(&'a String, &'a Rows)>;

fn cluster(name: &str, a: Side<'_>, b: Side<'_>) -> Vec<Change> {
    let change = |kind, from: &str, to: &str| Change {
        cluster: name.to_owned(),
        node: String::new(),
        table: "clusters".to_owned(),
        subject: name.to_owned(),
        column: if kind == Kind::Changed {
            "cluster".to_owned()
        } else {
            String::new()
        },
        kind,
        from: from.to_owned(),
        to: to.to_owned(),
    };
    let (a, b) = match (a, b) {
        (None, _) => return vec![change(Kind::Added, "", name)],
        (_, None) => return vec![change(Kind::Removed, name, "")],
        (Some(a), Some(b)) => (a, b),
    };
    let mut changes = Vec::new();
    if !same_name(a.0, b.0) {
        changes.push(change(Kind::Changed, a.0, b.0));
    }
    let mut tables: Vec<&String> = a.1.names().collect();
    tables.extend(b.1.names().filter(|t| a.1.table(t).is_none()));
    for table in tables {
        let (a, b) = (a.1.table(table), b.1.table(table));
        let keys: BTreeSet<&String> = a.into_iter().chain(b).flat_map(BTreeMap::keys).collect();
        for key in keys {
            let of = |rows: Option<&'_ BTreeMap<String, Row>>| rows.and_then(|r| r.get(key)).cloned();
            changes.extend(row(name, table, of(a).as_ref(), of(b).as_ref()));
        }
    }
    // The cluster first, then node by node; within a node the order of the tables stays.
    changes.sort_by(|x, y| natural(&x.node, &y.node));
    changes
}

fn natural(a: &str, b: &str) -> Ordering {
    b.is_empty().cmp(&a.is_empty()).then_with(|| natural_cmp(a, b))
}

fn row(cluster: &str, table: &str, a: Option<&Row>, b: Option<&Row>) -> Vec<Change> {
    let change = |row: &Row, kind, column: &str, from: String, to: String| Change {
        cluster: cluster.to_owned(),
        node: row.node.clone(),
        table: table.to_owned(),
        subject: row.subject.clone(),
        column: column.to_owned(),
        kind,
        from,
        to,
    };
    match (a, b) {
        (Some(a), None) => vec![change(a, Kind::Removed, "", all(a), String::new())],
        (None, Some(b)) => vec![change(b, Kind::Added, "", String::new(), all(b))],
        (Some(a), Some(b)) => columns(a, b)
            .into_iter()
            .map(|(column, from, to)| change(b, Kind::Changed, &column, from, to))
            .collect(),
        (None, None) => Vec::new(),
    }
}

/// All values of a row: `speed_mbps 10000, card Slot 1`.
fn all(row: &Row) -> String {
    let cells = row.cells.iter().map(|(column, value)| format!("{column} {value}"));
    cells.collect::<Vec<_>>().join(", ")
}

/// Columns whose values differ, with both values; names that differ in upper and lower case alone are the same.
fn columns(a: &Row, b: &Row) -> Vec<(String, String, String)> {
    let value = |row: &Row, column: &str| {
        let cell = row.cells.iter().find(|(name, _)| name == column);
        cell.map_or(String::new(), |(_, value)| value.clone())
    };
    let mut names: Vec<&String> = a.cells.iter().map(|(name, _)| name).collect();
    names.extend(
        b.cells
            .iter()
            .map(|(n, _)| n)
            .filter(|n| a.cells.iter().all(|(m, _)| m != *n)),
    );
    let both = names.into_iter().map(|n| (n.clone(), value(a, n), value(b, n)));
    both.filter(|(_, from, to)| !same_name(from, to)).collect()
}
