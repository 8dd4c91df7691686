//! Facts back into the tables of an inventory folder, and the hash over them.
//!
//! In: clusters. Out: one `.csv` per table, readable by [`super::load`] as the same facts; the same facts give the same bytes.
//! Must not know: where the facts came from.

mod folder;
mod policy;
mod review;

pub use folder::to_folder;

use super::catalogue::{self, Column, Table};
use super::raw::needs_guard;
use super::{
    Cluster, Facts, HostVnic, NetworkState, Nic, NlbMode, Node, Origin, Rdma, StorageKind, SwitchKind, VirtualSwitch,
    Vm, VmPriority, VmState, Vnic,
};
use crate::roles::Role;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// One cell.
type Cell<'a> = Cow<'a, str>;

/// Record and column of cells that no source fills although the fact has a value.
type Unsaid = BTreeSet<(Origin, &'static str)>;

/// Writes clusters as the files of an inventory folder: name and content, in catalogue order; tables without rows are left out.
pub fn to_csv_tables(clusters: &[Cluster]) -> Vec<(String, Vec<u8>)> {
    tables(clusters, &Unsaid::new())
}

/// The same; `unsaid` cells stay blank.
fn tables(clusters: &[Cluster], unsaid: &Unsaid) -> Vec<(String, Vec<u8>)> {
    let several = clusters.len() > 1;
    catalogue::TABLES
        .into_iter()
        .filter_map(|table| {
            let mut sheet = Sheet::new(table, clusters, unsaid);
            for cluster in clusters {
                let which = if several { cluster.name.as_str() } else { "" };
                rows(&mut sheet, table.name, cluster, which);
            }
            (sheet.rows > 0).then(|| (table.file(), sheet.finish()))
        })
        .collect()
}

/// SHA-256 over the facts, in hexadecimal; file names, row order and encoding of the input do not matter.
pub fn sha256(clusters: &[Cluster]) -> String {
    let mut hash = Sha256::new();
    for (file, bytes) in to_csv_tables(clusters) {
        hash.update(file.as_bytes());
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(&bytes);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A table being written.
struct Sheet<'u> {
    table: &'static Table,
    unsaid: &'u Unsaid,
    writer: csv::Writer<Vec<u8>>,
    rows: usize,
    /// Review columns that some row fills; the others are left out.
    review: Vec<&'static Column>,
}

impl<'u> Sheet<'u> {
    fn new(table: &'static Table, clusters: &[Cluster], unsaid: &'u Unsaid) -> Sheet<'u> {
        let filled = |column: &Column| {
            let mut all = clusters.iter().flat_map(|c| review::facts(table.name, c));
            all.any(|facts| facts.get(column.name).is_some())
        };
        let mut sheet = Sheet {
            table,
            unsaid,
            writer: csv::WriterBuilder::new().flexible(true).from_writer(Vec::new()),
            rows: 0,
            review: table.review().filter(|c| filled(c)).collect(),
        };
        let names = table.planning().chain(sheet.review.clone());
        sheet.write(names.map(|c| Cow::Borrowed(c.name)));
        sheet
    }

    fn write<'a>(&mut self, cells: impl Iterator<Item = Cell<'a>>) {
        for cell in cells {
            // Writing to memory cannot fail.
            let _ = self.writer.write_field(guard(cell).as_bytes());
        }
        let _ = self.writer.write_record(None::<&[u8]>);
    }

    fn row<'a, const N: usize>(&mut self, cells: [Cell<'a>; N]) {
        self.rows += 1;
        self.write(cells.into_iter());
    }

    /// A row with what only rules read behind it.
    fn row_with<'a, const N: usize>(&mut self, cells: [Cell<'a>; N], origin: Origin, facts: &'a Facts) {
        self.rows += 1;
        let review = self.review.clone();
        let facts = review.iter().map(|c| review::cell(facts.get(c.name)));
        let (columns, unsaid) = (self.table.planning(), self.unsaid);
        let said = cells.into_iter().zip(columns).map(|(cell, column)| {
            let blank = unsaid.contains(&(origin, column.name));
            if blank { text("") } else { cell }
        });
        self.write(said.chain(facts));
    }

    fn finish(self) -> Vec<u8> {
        self.writer.into_inner().unwrap_or_default()
    }
}

/// Puts a `'` before a cell that a spreadsheet would run as a formula; numbers stay.
fn guard(cell: Cell<'_>) -> Cell<'_> {
    if needs_guard(&cell) && cell.parse::<f64>().is_err() {
        Cow::Owned(format!("'{cell}"))
    } else {
        cell
    }
}

fn rows<'a>(sheet: &mut Sheet<'_>, table: &str, c: &'a Cluster, which: &'a str) {
    let nodes = || c.nodes.iter();
    match table {
        "clusters" => sheet.row_with(cluster(c), c.origin, &c.facts),
        "nodes" => nodes().for_each(|n| sheet.row_with(node(c, n), n.origin, &n.facts)),
        "nics" => nodes().for_each(|n| {
            n.nics
                .iter()
                .for_each(|p| sheet.row_with(nic(c, n, p, which), p.origin, &p.facts))
        }),
        "tors" => c.tors.iter().for_each(|t| sheet.row([text(&t.name), text(&c.name)])),
        "inter_switch_links" => links(sheet, c, which),
        "cluster_networks" => networks(sheet, c),
        "demands" => demands(sheet, c),
        "switches" => nodes().for_each(|n| {
            n.switches
                .iter()
                .for_each(|s| sheet.row_with(switch(n, s, which), s.origin, &s.facts))
        }),
        "host_vnics" => nodes().for_each(|n| {
            n.host_vnics
                .iter()
                .for_each(|v| sheet.row_with(host_vnic(n, v, which), v.origin, &v.facts))
        }),
        "vms" => c.vms.iter().for_each(|v| sheet.row_with(vm(c, v), v.origin, &v.facts)),
        "vnics" => c.vms.iter().for_each(|v| {
            v.vnics
                .iter()
                .for_each(|n| sheet.row_with(vnic(v, n, which), n.origin, &n.facts))
        }),
        _ => policy::rows(sheet, c),
    }
}

fn text(value: &str) -> Cell<'_> {
    Cow::Borrowed(value)
}

fn number<'a>(value: impl ToString) -> Cell<'a> {
    Cow::Owned(value.to_string())
}

fn maybe<'a>(value: Option<impl ToString>) -> Cell<'a> {
    value.map_or(Cow::Borrowed(""), |v| Cow::Owned(v.to_string()))
}

/// `yes`, or blank.
fn flag<'a>(value: bool) -> Cell<'a> {
    Cow::Borrowed(if value { "yes" } else { "" })
}

/// `yes`, `no`, or blank for unknown.
fn known<'a>(value: Option<bool>) -> Cell<'a> {
    Cow::Borrowed(match value {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    })
}

/// `10;20;100-110`; an empty set is `0`, untagged only.
fn vlan_set<'a>(vlans: &BTreeSet<u16>) -> Cell<'a> {
    let mut parts: Vec<(u16, u16)> = Vec::new();
    for vlan in vlans {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == *vlan => *last = *vlan,
            _ => parts.push((*vlan, *vlan)),
        }
    }
    if parts.is_empty() {
        return Cow::Borrowed("0");
    }
    let shown = |(low, high): &(u16, u16)| {
        if low == high {
            low.to_string()
        } else {
            format!("{low}-{high}")
        }
    };
    Cow::Owned(parts.iter().map(shown).collect::<Vec<_>>().join(";"))
}

fn trunk<'a>(vlans: &Option<BTreeSet<u16>>) -> Cell<'a> {
    vlans.as_ref().map_or(Cow::Borrowed(""), vlan_set)
}

/// Names joined by a mark that none of them holds.
fn names<'a>(list: &[&str]) -> Cell<'a> {
    let mark = if list.iter().any(|n| n.contains(';')) { "|" } else { ";" };
    Cow::Owned(list.join(mark))
}

fn strings<'a>(list: &[String]) -> Cell<'a> {
    let list: Vec<&str> = list.iter().map(String::as_str).collect();
    names(&list)
}

fn cluster(c: &Cluster) -> [Cell<'_>; 11] {
    let storage = match c.storage {
        StorageKind::None => "none",
        StorageKind::Iscsi => "iscsi",
        StorageKind::Smb => "smb",
        StorageKind::S2d => "s2d",
        StorageKind::FibreChannel => "fc",
    };
    [
        text(&c.name),
        text(c.profile.name),
        text(storage),
        maybe(c.transport.map(|t| t.name())),
        maybe(c.concurrency),
        maybe(c.migration.maximum_parallel),
        strings(&c.migration.exclude_networks),
        strings(&c.migration.network_order),
        known(c.migration.smb_limit_on),
        maybe(c.migration.smb_limit_factor),
        known(c.anti_affinity_enforced),
    ]
}

fn node<'a>(c: &'a Cluster, n: &'a Node) -> [Cell<'a>; 13] {
    let subnets = match &n.migration.subnets {
        Some(none) if none.is_empty() => text("none"),
        Some(list) => strings(list),
        None => text(""),
    };
    [
        text(&n.name),
        text(&c.name),
        text(&n.management_ip),
        maybe(n.memory_mib),
        text(&n.hardware),
        maybe(n.mac_pool.map(|p| p.min)),
        maybe(n.mac_pool.map(|p| p.max)),
        known(n.migration.enabled),
        maybe(n.migration.transport.map(|t| t.name())),
        maybe(n.migration.concurrency),
        known(n.migration.any_network),
        subnets,
        maybe(n.migration.smb_limit),
    ]
}

fn nic<'a>(c: &'a Cluster, n: &'a Node, p: &'a Nic, which: &'a str) -> [Cell<'a>; 18] {
    let rdma = match p.rdma {
        Rdma::No => "no",
        Rdma::Iwarp => "iwarp",
        Rdma::Roce => "roce",
        Rdma::Yes => "yes",
    };
    let far = p
        .direct_to
        .as_ref()
        .and_then(|(node, nic)| c.nodes.get(*node).map(|n| format!("{}/{nic}", n.name)));
    let roles: Vec<&str> = p.roles.iter().filter(|r| **r != Role::Vm).map(|r| r.name()).collect();
    [
        text(&n.name),
        text(&p.name),
        number(p.speed),
        text(&p.card),
        text(p.tor.and_then(|t| c.tors.get(t)).map_or("", |t| &t.name)),
        text(&p.tor_port),
        maybe(far),
        text(rdma),
        known(p.sriov),
        known(p.vmq),
        trunk(&p.vlans),
        text(&p.model),
        maybe(p.mac),
        text(if p.up { "up" } else { "down" }),
        names(&roles),
        text(&p.team),
        text(which),
        strings(&p.addresses),
    ]
}

fn links<'a>(sheet: &mut Sheet<'_>, c: &'a Cluster, which: &'a str) {
    for link in &c.links {
        let end = |index: usize| text(c.tors.get(index).map_or("", |t| &t.name));
        sheet.row([
            end(link.ends.0),
            end(link.ends.1),
            number(link.speed),
            trunk(&link.vlans),
            text(which),
        ]);
    }
}

fn networks(sheet: &mut Sheet<'_>, c: &Cluster) {
    for n in &c.networks {
        let purpose = text(n.purpose.map_or("", Role::name));
        let cells = [
            text(&c.name),
            text(&n.name),
            text(&n.subnet),
            maybe(n.vlan),
            maybe(n.cluster_use),
            maybe(n.metric),
            purpose,
            text(if n.state == NetworkState::Up {
                ""
            } else {
                n.state.name()
            }),
        ];
        sheet.row_with(cells, n.origin, &n.facts);
    }
}

fn demands(sheet: &mut Sheet<'_>, c: &Cluster) {
    for d in &c.demands {
        let node = text(d.node.and_then(|n| c.nodes.get(n)).map_or("", |n| &n.name));
        sheet.row([
            text(&c.name),
            node,
            text(d.role.name()),
            number(d.rate),
            text(""),
            text(""),
        ]);
    }
}

fn switch<'a>(n: &'a Node, s: &'a VirtualSwitch, which: &'a str) -> [Cell<'a>; 6] {
    let kind = match s.kind {
        SwitchKind::External => "external",
        SwitchKind::Internal => "internal",
        SwitchKind::Private => "private",
    };
    let nics: Vec<&str> = s.nics.iter().map(String::as_str).collect();
    [
        text(&n.name),
        text(&s.name),
        text(kind),
        names(&nics),
        known(s.allow_management_os),
        text(which),
    ]
}

fn host_vnic<'a>(n: &'a Node, v: &'a HostVnic, which: &'a str) -> [Cell<'a>; 10] {
    [
        text(&n.name),
        text(&v.name),
        text(&v.switch),
        text(v.role.map_or("", Role::name)),
        maybe(v.vlan),
        maybe(v.weight),
        maybe(v.mac),
        text(which),
        strings(&v.addresses),
        known(v.rdma),
    ]
}

fn vm<'a>(c: &'a Cluster, v: &'a Vm) -> [Cell<'a>; 20] {
    let state = match v.state {
        VmState::Running => "running",
        VmState::Saved => "saved",
        VmState::Off => "off",
    };
    let priority = match v.priority {
        VmPriority::High => "high",
        VmPriority::Medium => "medium",
        VmPriority::Low => "low",
        VmPriority::NoAutoStart => "no-auto-start",
    };
    let mode = v.nlb.as_ref().map_or("", |n| match n.mode {
        NlbMode::Unicast => "unicast",
        NlbMode::Multicast => "multicast",
        NlbMode::Igmp => "igmp",
    });
    let node = |index: usize| c.nodes.get(index).map(|n| n.name.as_str());
    let owners: Vec<&str> = v.owners.iter().filter_map(|o| node(*o)).collect();
    [
        text(&v.name),
        text(&c.name),
        text(v.host.and_then(node).unwrap_or("")),
        number(v.memory_mib),
        text(state),
        number(v.generation),
        text(priority),
        if owners.len() == c.nodes.len() {
            text("")
        } else {
            names(&owners)
        },
        text(&v.anti_affinity),
        text(&v.os),
        text(v.nlb.as_ref().map_or("", |n| &n.name)),
        text(mode),
        maybe(v.nlb.as_ref().and_then(|n| n.vip)),
        flag(v.pxe),
        flag(v.replica),
        text(&v.mac_bound),
        text(&v.spoofing_reason),
        maybe(v.maximum_memory_mib),
        maybe(v.dirty_mib_s),
        maybe(v.working_set_mib),
    ]
}

fn vnic<'a>(v: &'a Vm, n: &'a Vnic, which: &'a str) -> [Cell<'a>; 15] {
    [
        text(&v.name),
        text(&n.name),
        text(if n.legacy { "legacy" } else { "synthetic" }),
        text(&n.switch),
        if n.vlans.is_empty() {
            text("")
        } else {
            vlan_set(&n.vlans)
        },
        maybe(n.mac),
        text(if n.dynamic_mac { "dynamic" } else { "static" }),
        flag(n.spoofing),
        maybe(n.average),
        maybe(n.p95),
        maybe(n.peak),
        maybe(n.weight),
        text(&n.zone),
        flag(n.dedicated),
        text(which),
    ]
}
