//! Finds the ports that counters of the host measure (`Network Interface`, `Network Adapter`) among the NICs of all inputs.
//!
//! In: raw tables, loads by port. Out: rows of `nics` with p95 and peak, one note. A port carries guests and several roles at once, and
//! its counter names none: what follows for a role is left to people. Must not know: files, entities.

use super::join::{Found, as_counted, write_row};
use crate::inventory::raw::{Line, RawTable};
use crate::units::{count, host_label, natural_cmp, show_mbps};
use std::collections::BTreeMap;

/// Ports that a note spells out.
const MOST_PORTS: usize = 3;

/// Node and name as the inventory writes them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Port {
    node: String,
    nic: String,
    /// What it carries today, as written.
    roles: String,
}

/// The ports of all inputs, by node and by what Windows calls them.
pub(super) struct Book {
    ports: BTreeMap<(String, String), Vec<Port>>,
    all: usize,
}

/// An instance without the number that Windows puts behind the second adapter of a kind: `X710 _2`.
fn without_number(instance: &str) -> &str {
    match instance.rsplit_once(" _") {
        Some((head, number)) if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => head,
        _ => instance,
    }
}

impl Book {
    pub(super) fn new(tables: &[RawTable]) -> Book {
        let mut known: BTreeMap<(String, String), (Port, String)> = BTreeMap::new();
        let nics = tables.iter().filter(|table| table.def.name == "nics");
        for line in nics.flat_map(|table| table.rows.iter().map(move |row| Line { table, row })) {
            let text = |column: &str| line.cell(column).text;
            let id = (host_label(text("node")), text("nic").to_lowercase());
            let (port, shown) = known.entry(id).or_insert_with(|| {
                let port = Port {
                    node: text("node").to_owned(),
                    nic: text("nic").to_owned(),
                    roles: String::new(),
                };
                (port, String::new())
            });
            let later = |old: &mut String, new: &str| {
                if !new.is_empty() {
                    new.clone_into(old);
                }
            };
            later(&mut port.roles, text("current_role"));
            later(shown, text("model"));
            later(shown, text("windows_description"));
        }
        let all = known.len();
        let mut ports: BTreeMap<(String, String), Vec<Port>> = BTreeMap::new();
        for ((node, _), (port, shown)) in known.into_iter().filter(|(_, (_, shown))| !shown.is_empty()) {
            ports.entry((node, as_counted(&shown))).or_default().push(port);
        }
        Book { ports, all }
    }

    /// The port that an instance of a node is; none where several may be meant.
    pub(super) fn find(&self, node: &str, instance: &str) -> Option<&Port> {
        let instance = as_counted(instance);
        let of = |name: &str| self.ports.get(&(host_label(node), name.to_owned()));
        match of(&instance)
            .or_else(|| of(without_number(&instance)))
            .map(Vec::as_slice)
        {
            Some([only]) => Some(only),
            _ => None,
        }
    }
}

/// Writes what was measured of a port at the head of its first counter.
pub(super) fn write(table: &mut RawTable, port: &Port, found: &Found, place: u32) {
    let [p95, peak] = [found.p95, found.peak].map(|kbit| u64::from(kbit).div_ceil(1000).to_string());
    let values = [
        ("node", port.node.as_str()),
        ("nic", port.nic.as_str()),
        ("measured_p95_mbps", &p95),
        ("measured_peak_mbps", &peak),
    ];
    write_row(table, &values, place);
}

/// What was measured in one sentence; `loads` are p95 and peak in kbit/s.
pub(super) fn note(book: &Book, mut loads: Vec<(Port, u32, u32)>, strangers: &[String]) -> Option<String> {
    if loads.is_empty() && strangers.is_empty() {
        return None;
    }
    let measured = loads.len();
    loads.sort_by(|a, b| {
        let by_load = (b.2, b.1).cmp(&(a.2, a.1));
        by_load
            .then_with(|| natural_cmp(&a.0.node, &b.0.node))
            .then_with(|| natural_cmp(&a.0.nic, &b.0.nic))
    });
    let mbps = |kbit: u32| show_mbps(u64::from(kbit).div_ceil(1000));
    let busiest: Vec<String> = loads
        .iter()
        .take(MOST_PORTS)
        .map(|(port, p95, peak)| {
            let roles = match port.roles.as_str() {
                "" => String::new(),
                roles => format!(" ({roles})"),
            };
            format!(
                "{}/{}{roles} {} p95, {} peak",
                port.node,
                port.nic,
                mbps(*p95),
                mbps(*peak)
            )
        })
        .collect();
    let mut text = format!("the load of {measured} of {} was measured", count(book.all, "NIC"));
    if !busiest.is_empty() {
        text.push_str(&format!(
            ", busiest {}; a port's counter names no role, so no demand is taken from it: where a port carries one role alone, write its \
             p95 as demand_mbps in demands",
            busiest.join("; ")
        ));
    }
    if let Some(first) = strangers.first() {
        text.push_str(&format!(
            "; {} of adapters that are no NIC here, or may be several (such as {first}; windows_description in nics tells them apart)",
            count(strangers.len(), "counter")
        ));
    }
    Some(text)
}
