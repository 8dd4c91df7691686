//! An inventory as rows: those of its folder, read back from the writer, so that every column is compared.

use super::compare::{Row, Rows};
use crate::inventory::raw::unguard;
use crate::inventory::{Cluster, to_csv_tables};
use std::collections::BTreeMap;

/// Columns that name a row beside its node and its cluster; the rest are its values. A renamed cluster stays one cluster.
const NAMES: [(&str, &[&str]); 12] = [
    ("clusters", &[]),
    ("nodes", &["node"]),
    ("nics", &["nic"]),
    ("tors", &["tor"]),
    ("inter_switch_links", &["tor_a", "tor_b"]),
    ("cluster_networks", &["network"]),
    ("demands", &["role"]),
    ("switches", &["switch"]),
    ("host_vnics", &["host_vnic"]),
    ("vms", &["vm"]),
    ("vnics", &["vm", "vnic"]),
    ("policy", &["setting"]),
];

/// Rows of a cluster, table by table.
pub(super) fn rows(cluster: &Cluster) -> Rows {
    let hosts: BTreeMap<&str, &str> = cluster
        .vms
        .iter()
        .filter_map(|vm| Some((vm.name.as_str(), cluster.nodes.get(vm.host?)?.name.as_str())))
        .collect();
    let mut rows = Rows::default();
    for (file, bytes) in to_csv_tables(std::slice::from_ref(cluster)) {
        let table = file.trim_end_matches(".csv");
        let names = NAMES
            .iter()
            .find(|(name, _)| *name == table)
            .map_or(&[][..], |(_, names)| names);
        rows.add(table, table_rows(&bytes, names, &hosts));
    }
    rows
}

fn table_rows(bytes: &[u8], names: &[&str], hosts: &BTreeMap<&str, &str>) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(bytes);
    // What our own writer wrote can be read.
    let header = reader.headers().cloned().unwrap_or_default();
    let mut rows = Vec::new();
    for record in reader.records().filter_map(Result::ok) {
        let cells: Vec<(&str, &str)> = header.iter().zip(record.iter().map(unguard)).collect();
        rows.push(row(&cells, names, hosts));
    }
    rows
}

fn row(cells: &[(&str, &str)], names: &[&str], hosts: &BTreeMap<&str, &str>) -> Row {
    let value = |column: &str| cells.iter().find(|(name, _)| *name == column).map_or("", |(_, v)| *v);
    let vm = value("vm");
    let is_vm = names.first() == Some(&"vm");
    let node = if is_vm {
        hosts.get(vm).copied().unwrap_or_default()
    } else {
        value("node")
    };
    // The move of a VM is a value of the VM, not another VM.
    let named = |column: &str| names.contains(&column) || column == "cluster" || (column == "node" && !is_vm);
    let subject: Vec<&str> = names.iter().map(|column| value(column)).collect();
    let subject = subject.join("/");
    Row {
        key: if is_vm {
            subject.to_lowercase()
        } else {
            format!("{node}/{subject}").to_lowercase()
        },
        node: node.to_owned(),
        subject: if names.is_empty() {
            value("cluster").to_owned()
        } else {
            subject
        },
        cells: cells
            .iter()
            .filter(|(column, value)| !named(column) && !value.is_empty())
            .map(|(column, value)| ((*column).to_owned(), (*value).to_owned()))
            .collect(),
    }
}
