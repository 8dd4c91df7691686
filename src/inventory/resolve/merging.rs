//! Rows of several sources about one thing: where each cell of the result stands, what the sources say differently, and which
//! cells nobody fills although the fact has a value.
//!
//! In: groups of rows. Out: places, contradictions, blank cells. The last input that fills a cell counts. Must not know: formats.

use crate::finding::Location;
use crate::inventory::catalogue::{Column, Kind};
use crate::inventory::entities::{Origin, Source};
use crate::inventory::facts::Fact;
use crate::inventory::merged::{Contradiction, Places};
use crate::inventory::raw::{Cell, Gathered, Line, Record};
use crate::inventory::{Cluster, cells};
use crate::profiles;
use crate::units::host_label;
use std::collections::{BTreeMap, BTreeSet};

/// Columns whose fact has a value where the cell is blank; a written inventory must not turn them into statements.
const DEFAULTED: [(&str, &str); 14] = [
    ("clusters", "profile"),
    ("clusters", "storage"),
    ("nics", "rdma"),
    ("nics", "status"),
    ("switches", "type"),
    ("vms", "memory_mib"),
    ("vms", "state"),
    ("vms", "generation"),
    ("vms", "priority"),
    ("vms", "pxe"),
    ("vnics", "type"),
    ("vnics", "mac_type"),
    ("vnics", "spoofing"),
    ("cluster_networks", "state"),
];

/// Whether the fact of a column has a value where nobody fills the cell.
pub(crate) fn is_defaulted(table: &str, column: &str) -> bool {
    DEFAULTED.contains(&(table, column))
}

/// What the sources of one thing say differently, before it is known to which cluster it belongs.
struct Difference {
    table: &'static str,
    name: String,
    column: &'static str,
    taken: Stated,
    other: Stated,
    record: Origin,
}

/// A value as one source states it, and where.
pub(super) type Stated = (String, Location);

/// What merging leaves behind.
#[derive(Default)]
pub(super) struct Merging {
    places: Vec<((Origin, &'static str), Origin)>,
    differences: Vec<Difference>,
    /// Record of each value that several sources state.
    compared: Vec<Origin>,
    /// Record and column of the cells that nobody fills although the fact has a value.
    pub(super) unsaid: BTreeSet<(Origin, &'static str)>,
}

impl Merging {
    /// Takes in the rows about one thing.
    pub(super) fn hear(&mut self, name: &str, record: &Record<'_>, sources: &[Source]) {
        let def = record.first.table.def;
        let from_records = record.first.row.from.is_some() || !record.later.is_empty();
        for (position, column) in def.columns.iter().enumerate() {
            let defaulted = is_defaulted(def.name, column.name);
            if !from_records && !defaulted {
                continue;
            }
            match deciding(record, position) {
                Some(cell) if from_records => self.cell(name, record, column, cell, sources),
                None if defaulted => {
                    self.unsaid.insert((record.origin(), column.name));
                }
                _ => {}
            }
        }
    }

    fn cell(&mut self, name: &str, record: &Record<'_>, column: &'static Column, cell: Cell<'_>, sources: &[Source]) {
        // What the record itself says already, such as its name, stands there and not in what adds to it.
        let table = record.first.table.def.name;
        let own = record.first.cell_at(cell.column);
        let is_own = !own.text.is_empty() && same(table, column, cell.text, own.text);
        let place = if is_own {
            own.place(sources)
        } else {
            cell.place(sources)
        };
        self.places.push(((record.origin(), column.name), place));
        for line in lines(record) {
            let other = line.cell_at(cell.column);
            let same_row = std::ptr::eq(line.row, cell.line.row);
            if !same_row && !other.text.is_empty() && !is_name(table, column.name) {
                let taken = (cell.text.to_owned(), cell.at(sources));
                let other = (other.text.to_owned(), other.at(sources));
                self.compare(table, name, column, taken, other, record.origin());
            }
        }
    }

    /// Two sources state one value; where they differ, `taken` is the one that counts.
    pub(super) fn compare(
        &mut self,
        table: &'static str,
        name: &str,
        column: &'static Column,
        taken: Stated,
        other: Stated,
        record: Origin,
    ) {
        self.compared.push(record);
        if !same(table, column, &taken.0, &other.0) {
            self.differences.push(Difference {
                table,
                name: name.to_owned(),
                column: column.name,
                taken,
                other,
                record,
            });
        }
    }

    /// Takes in what an importer found between records of its own.
    pub(super) fn take(&mut self, gathered: &Gathered) {
        self.compared.extend(&gathered.compared);
        for found in &gathered.differences {
            let at = |place: Origin| Location {
                file: gathered
                    .sources
                    .get(place.source as usize)
                    .map(|s| s.file.clone())
                    .unwrap_or_default(),
                line: place.line,
                column: place.column,
            };
            self.differences.push(Difference {
                table: found.table,
                name: found.name.clone(),
                column: found.column,
                taken: (found.taken.0.clone(), at(found.taken.1)),
                other: (found.other.0.clone(), at(found.other.1)),
                record: found.record,
            });
        }
    }

    /// The places of cells, the contradictions with the names of their clusters, and how many values of each cluster several
    /// sources state.
    pub(super) fn finish(self, clusters: &[Cluster]) -> (Places, Vec<Contradiction>, Vec<usize>) {
        let mut list = Vec::new();
        let mut compared = vec![0; clusters.len()];
        if !self.compared.is_empty() || !self.differences.is_empty() {
            let subjects = subjects(clusters);
            for record in &self.compared {
                let name = subjects.get(record).map_or("", |(cluster, _)| cluster);
                let at = clusters.iter().position(|cluster| cluster.name == name);
                at.into_iter().for_each(|at| compared[at] += 1);
            }
            for d in self.differences {
                let known = subjects.get(&d.record);
                let (cluster, node) = known.map_or(("", ""), |(cluster, node)| (*cluster, *node));
                let subject = match node {
                    "" => d.name,
                    node => format!("{node}/{}", d.name),
                };
                list.push(Contradiction {
                    cluster: cluster.to_owned(),
                    table: d.table,
                    subject,
                    column: d.column,
                    taken: d.taken,
                    other: d.other,
                });
            }
        }
        list.sort();
        list.dedup();
        (Places::new(self.places), list, compared)
    }
}

/// Cluster and owner (node or VM) of each record.
fn subjects(clusters: &[Cluster]) -> BTreeMap<Origin, (&str, &str)> {
    let mut map = BTreeMap::new();
    for cluster in clusters {
        let name = cluster.name.as_str();
        map.insert(cluster.origin, (name, ""));
        map.extend(cluster.networks.iter().map(|n| (n.origin, (name, ""))));
        map.extend(cluster.links.iter().map(|l| (l.origin, (name, ""))));
        for demand in &cluster.demands {
            let node = demand.node.and_then(|node| cluster.nodes.get(node));
            map.insert(demand.origin, (name, node.map_or("", |node| node.name.as_str())));
        }
        for node in &cluster.nodes {
            let owner = node.name.as_str();
            map.insert(node.origin, (name, ""));
            map.extend(node.nics.iter().map(|n| (n.origin, (name, owner))));
            map.extend(node.switches.iter().map(|n| (n.origin, (name, owner))));
            map.extend(node.host_vnics.iter().map(|n| (n.origin, (name, owner))));
        }
        for vm in &cluster.vms {
            map.insert(vm.origin, (name, ""));
            map.extend(vm.vnics.iter().map(|n| (n.origin, (name, vm.name.as_str()))));
        }
    }
    map
}

fn lines<'r, 'a>(record: &'r Record<'a>) -> impl DoubleEndedIterator<Item = Line<'a>> + use<'r, 'a> {
    std::iter::once(record.first).chain(record.later.iter().copied())
}

/// The cell that counts: that of the last source that fills it.
fn deciding<'a>(record: &Record<'a>, column: usize) -> Option<Cell<'a>> {
    lines(record)
        .rev()
        .map(|line| line.cell_at(column))
        .find(|cell| !cell.text.is_empty())
}

/// Whether a column tells which thing the row is about: several rows have it in common, however they write it.
pub(in crate::inventory) fn is_name(table: &str, column: &str) -> bool {
    let names: &[&str] = match table {
        "clusters" => &["cluster"],
        "nodes" => &["cluster", "node"],
        "nics" => &["cluster", "node", "nic"],
        "tors" => &["cluster", "tor"],
        "switches" => &["cluster", "node", "switch"],
        "host_vnics" => &["cluster", "node", "host_vnic"],
        "cluster_networks" => &["cluster", "network"],
        "vms" => &["cluster", "vm"],
        "vnics" => &["cluster", "vm", "vnic"],
        _ => &[],
    };
    names.contains(&column)
}

/// Whether a source may leave out a required column: one source tells the speed of a port, another only where its cable leads.
pub(in crate::inventory) fn may_stand_elsewhere(table: &str, column: &Column) -> bool {
    let merges = is_name(table, "cluster");
    merges && column.required && !is_name(table, column.name)
}

/// Names of columns that hold what an adapter needs: typed ones are estimates, so that a measured one may differ a little.
const NEEDS: [&str; 3] = ["average_mbps", "p95_mbps", "peak_mbps"];
/// How far two needs may be apart and still say the same: a quarter of the smaller one, or 10 Mbit/s.
const NEED_SLACK: u64 = 10;

/// A switch port without the spelling of its kind: `Eth1/1`, `Ethernet1/1` and `ethernet 1/1` are one.
fn port(text: &str) -> (String, String) {
    let plain: String = text.to_lowercase().split_whitespace().collect();
    let digits = plain.find(|c: char| c.is_ascii_digit()).unwrap_or(plain.len());
    let (kind, number) = plain.split_at(digits);
    (kind.chars().take(2).collect(), number.to_owned())
}

/// Whether two cells of a column of a table say the same.
pub(in crate::inventory) fn same(table: &str, column: &Column, a: &str, b: &str) -> bool {
    if a.eq_ignore_ascii_case(b) || is_name(table, column.name) {
        return true;
    }
    let set = |text: &str| {
        cells::names(text)
            .iter()
            .map(|n| host_label(n))
            .collect::<BTreeSet<_>>()
    };
    match column.name {
        "node" | "tor" => return host_label(a) == host_label(b),
        "tor_port" => return port(a) == port(b),
        "possible_owners" => return set(a) == set(b),
        "profile" => return profiles::find(a).is_some_and(|p| profiles::find(b).is_some_and(|q| p.name == q.name)),
        name if NEEDS.contains(&name) => {
            if let (Ok(a), Ok(b)) = (cells::rate(a), cells::rate(b)) {
                let (less, more) = (a.min(b), a.max(b));
                return more - less <= NEED_SLACK.max(less / 4);
            }
        }
        _ => {}
    }
    if let Kind::Names | Kind::Addresses | Kind::Subnets = column.kind {
        let set = |text: &str| {
            cells::names(text)
                .iter()
                .map(|n| n.to_lowercase())
                .collect::<BTreeSet<_>>()
        };
        return set(a) == set(b);
    }
    // "yes" says less than the technology that is on.
    let rdma = |text: &str, other: &str| text.eq_ignore_ascii_case("yes") && ["roce", "iwarp"].contains(&other);
    if column.name == "rdma" && (rdma(a, b) || rdma(b, a)) {
        return true;
    }
    matches!((Fact::parse(column, a), Fact::parse(column, b)), (Ok(a), Ok(b)) if a == b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::catalogue::table;

    #[test]
    fn spellings_of_one_value_are_no_contradiction() {
        let column = |name: &str| {
            let (t, c) = name.split_once('.').expect("table and column");
            let def = table(t).expect("a table");
            &def.columns[def.position(c).expect("a column")]
        };
        for (name, a, b) in [
            ("nics.speed_mbps", "10 Gbps", "10000"),
            ("nics.mac", "00155D0A0B01", "00-15-5d-0a-0b-01"),
            ("vms.node", "HV1", "hv1.corp.example"),
            ("vms.possible_owners", "HV2;HV1", "hv1.corp.example;hv2"),
            ("nics.rdma", "yes", "roce"),
            ("clusters.profile", "2022", "Windows Server 2022"),
            ("nodes.memory_mib", "262144", "256 GB"),
            ("nics.tor", "TOR-A", "tor-a.corp.example"),
            ("nics.tor_port", "Eth1/7", "Ethernet1/7"),
            ("nics.tor_port", "Te1/0/3", "TenGigabitEthernet1/0/3"),
            ("vnics.p95_mbps", "400", "487"),
            ("vnics.peak_mbps", "2", "11"),
        ] {
            let table = name.split('.').next().expect("a table");
            assert!(same(table, column(name), a, b), "{name}: {a} and {b}");
        }
        for (name, a, b) in [
            ("nics.speed_mbps", "10 Gbps", "25000"),
            ("nics.rdma", "no", "roce"),
            ("vms.node", "HV1", "HV2"),
            ("nics.tor", "TOR-A", "TOR-B"),
            ("nics.tor", "10.0.0.1", "10.0.0.2"),
            ("nics.tor_port", "Eth1/7", "Eth1/8"),
            ("nics.tor_port", "Eth1/7", "Te1/7"),
            ("vnics.p95_mbps", "400", "501"),
            ("vnics.peak_mbps", "2", "13"),
        ] {
            let table = name.split('.').next().expect("a table");
            assert!(!same(table, column(name), a, b), "{name}: {a} and {b}");
        }
    }
}
