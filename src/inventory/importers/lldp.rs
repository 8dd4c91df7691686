//! Neighbours by LLDP or CDP, as `Get-DiscoveryProtocolData` of the PowerShell module PSDiscoveryProtocol gives them, in JSON or `.csv`:
//! which physical switch and port a NIC is cabled to.
//!
//! In: files. Out: neighbours in [`Gathered`], joined with the ports of all inputs at the end: rows of `nics` with switch and port. A port
//! without a row stays unknown: its switch may be another one, or its agent may be off.

use super::csv_table::Rows;
use super::exports::Lines;
use super::{Importer, Input, Sniff};
use crate::inventory::catalogue::{self, Table, plain};
use crate::inventory::decode::{Complaint, MAX_ROWS};
use crate::inventory::entities::Origin;
use crate::inventory::raw::{Gathered, Line, RawTable, RowFrom};
use crate::units::{count, host_label};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};

pub(super) static IMPORTER: Importer = Importer {
    name: "lldp",
    summary: "LLDP or CDP neighbours of ports (Get-DiscoveryProtocolData as .json or .csv)",
    recognises: is_table,
    read,
};

/// Heads of what is read, each with its spellings without blanks, case and punctuation.
const COLUMNS: [(&str, &[&str]); 4] = [
    (
        "node",
        &[
            "computer",
            "computername",
            "pscomputername",
            "node",
            "host",
            "machinename",
        ],
    ),
    (
        "nic",
        &[
            "interface",
            "interfacealias",
            "connection",
            "adapter",
            "nic",
            "netadapter",
        ],
    ),
    ("tor", &["device", "systemname", "switch", "neighbor", "neighbour"]),
    ("tor_port", &["port", "portid", "switchport"]),
];

/// A port and what it sees at the other end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::inventory) struct Neighbour {
    file: String,
    input: usize,
    /// Line and place in it of the record.
    record: (u32, u32),
    node: String,
    nic: String,
    tor: String,
    tor_port: String,
    /// Line and place in it of each of the four.
    places: [(u32, u32); 4],
}

/// Whether a file looks like it: computer, adapter, device and port together stand in nothing else.
pub(super) fn is_table(sniff: &Sniff) -> bool {
    let head = plain(sniff.head.get(..sniff.head.len().min(1500)).unwrap_or(&sniff.head));
    let holds = |words: &[&str]| words.iter().any(|word| head.contains(word));
    let text = matches!(sniff.extension.as_str(), "csv" | "json" | "txt");
    text && !sniff.folder
        && holds(&["computer"])
        && holds(&["interface", "connection"])
        && head.contains("device")
        && holds(&["timetolive", "systemdescription", "portdescription", "lldp", "cdp"])
}

fn read(input: &Input<'_>, gathered: &mut Gathered) {
    let rows =
        gathered
            .text_of(input.path, input.shown)
            .and_then(|text| match text.trim_start().starts_with(['{', '[']) {
                true => json(&text),
                false => csv(&text),
            });
    match rows {
        Ok(rows) => {
            let (shown, index) = (input.shown, input.index);
            gathered
                .neighbours
                .extend(rows.into_iter().map(|(record, cells, places)| {
                    let [node, nic, tor, tor_port] = cells;
                    Neighbour {
                        file: shown.to_owned(),
                        input: index,
                        record,
                        node,
                        nic,
                        tor,
                        tor_port,
                        places,
                    }
                }));
        }
        Err((what, advice)) => gathered.refuse(input.shown, what, advice),
    }
}

/// Place of the record; node, NIC, switch, port; their places.
type NeighbourRow = ((u32, u32), [String; 4], [(u32, u32); 4]);

fn no_table() -> Complaint {
    let advice =
        "Export it with Invoke-DiscoveryProtocolCapture | Get-DiscoveryProtocolData | ConvertTo-Json (or Export-Csv).";
    (
        "the file names no computer, interface, device and port".to_owned(),
        advice.to_owned(),
    )
}

fn csv(text: &str) -> Result<Vec<NeighbourRow>, Complaint> {
    let mut lines = Rows::of(text);
    let mut places: Option<Vec<Option<usize>>> = None;
    let mut rows = Vec::new();
    while let Some(line) = lines.next().map_err(|what| (what, "Export it again.".to_owned()))? {
        if rows.len() == MAX_ROWS {
            break;
        }
        let record = &lines.cells;
        let Some(places) = &places else {
            let heads: Vec<String> = record.iter().map(plain).collect();
            let place = |known: &[&str]| known.iter().find_map(|k| heads.iter().position(|h| h == k));
            let found: Vec<Option<usize>> = COLUMNS.iter().map(|(_, known)| place(known)).collect();
            if found.iter().any(Option::is_none) {
                return Err(no_table());
            }
            places = Some(found);
            continue;
        };
        let cell = |index: usize| {
            let place = places.get(index).copied().flatten();
            place.and_then(|p| record.get(p)).unwrap_or("").trim().to_owned()
        };
        let place = |index: usize| {
            let cell = places.get(index).copied().flatten().unwrap_or(0);
            (line, u32::try_from(cell + 1).unwrap_or(0))
        };
        let cells = [cell(0), cell(1), cell(2), cell(3)];
        rows.push(((line, 0), cells, [place(0), place(1), place(2), place(3)]));
    }
    Ok(rows)
}

/// An array of objects, or the single object that PowerShell writes for one neighbour; Windows PowerShell may wrap the array.
fn json(text: &str) -> Result<Vec<NeighbourRow>, Complaint> {
    let broken = |e: serde_json::Error| {
        let what = format!("the file cannot be read as JSON: {e}");
        (what, "It may be cut off: export it again.".to_owned())
    };
    let top: &RawValue = serde_json::from_str(text).map_err(broken)?;
    let lines = Lines::new(text);
    let mut rows = Vec::new();
    for object in objects(top).map_err(broken)? {
        let fields: BTreeMap<String, &RawValue> = serde_json::from_str(object.get()).map_err(broken)?;
        let record = lines.of_piece(object.get());
        let field = |known: &[&str]| {
            let named = |k: &&str| fields.iter().find(|(name, _)| plain(name) == **k);
            let Some((_, value)) = known.iter().find_map(named) else {
                return (String::new(), record);
            };
            let text: String = serde_json::from_str(value.get()).unwrap_or_default();
            (text.trim().to_owned(), lines.of_piece(value.get()))
        };
        let [node, nic, tor, port] = COLUMNS.map(|(_, known)| field(known));
        let places = [node.1, nic.1, tor.1, port.1];
        rows.push((record, [node.0, nic.0, tor.0, port.0], places));
    }
    let blank = |(_, [node, nic, tor, _], _): &NeighbourRow| node.is_empty() || nic.is_empty() || tor.is_empty();
    if rows.iter().all(blank) {
        return Err(no_table());
    }
    Ok(rows)
}

/// The objects of a file; other values are left out.
fn objects(top: &RawValue) -> Result<Vec<&RawValue>, serde_json::Error> {
    let mut list: Vec<&RawValue> = match top.get().as_bytes().first() {
        Some(b'[') => serde_json::from_str(top.get())?,
        _ => vec![top],
    };
    if let [single] = list[..] {
        let fields: BTreeMap<String, &RawValue> = serde_json::from_str(single.get()).unwrap_or_default();
        if let Some(wrapped) = fields.get("value").filter(|value| value.get().starts_with('[')) {
            list = serde_json::from_str(wrapped.get())?;
        }
    }
    list.retain(|value| value.get().starts_with('{'));
    Ok(list)
}

impl Neighbour {
    /// Where the cells of its row stand.
    fn from(&self, def: &Table, source: u32) -> RowFrom {
        let origin = |(line, column): (u32, u32)| Origin {
            source,
            line,
            column,
            nth: 0,
        };
        let cell = |name: &str| {
            let at = COLUMNS.iter().position(|(column, _)| *column == name);
            at.and_then(|at| self.places.get(at))
                .map_or(Origin::default(), |place| origin(*place))
        };
        RowFrom {
            record: origin(self.record),
            cells: def.columns.iter().map(|column| cell(column.name)).collect(),
        }
    }
}

/// Writes what the neighbours say of the ports of all inputs as rows of `nics`.
pub(super) fn join(gathered: &mut Gathered) {
    let neighbours = std::mem::take(&mut gathered.neighbours);
    let Some(def) = catalogue::table("nics").filter(|_| !neighbours.is_empty()) else {
        return;
    };
    let mut ports: BTreeMap<(String, String), (String, String)> = BTreeMap::new();
    for table in gathered.tables.iter().filter(|t| t.def.name == "nics") {
        for row in &table.rows {
            let line = Line { table, row };
            let (node, nic) = (line.cell("node").text, line.cell("nic").text);
            ports
                .entry((host_label(node), nic.to_lowercase()))
                .or_insert((node.to_owned(), nic.to_owned()));
        }
    }
    let mut tables: BTreeMap<(usize, String), RawTable> = BTreeMap::new();
    let (mut told, mut strangers) = (BTreeSet::new(), BTreeSet::new());
    let files: BTreeSet<String> = neighbours.iter().map(|n| n.file.clone()).collect();
    for neighbour in neighbours.iter().filter(|n| !n.tor.is_empty()) {
        let place = (host_label(&neighbour.node), neighbour.nic.to_lowercase());
        let Some((node, nic)) = ports.get(&place) else {
            strangers.insert(format!("{}/{}", neighbour.node, neighbour.nic));
            continue;
        };
        // The last frame of a port counts; a port that hears two switches is told of once.
        if !told.insert(place) {
            continue;
        }
        let table = tables
            .entry((neighbour.input, neighbour.file.clone()))
            .or_insert_with(|| {
                let source = gathered.add_source(&neighbour.file);
                RawTable::in_catalogue_order(def, source, neighbour.input)
            });
        let values = [
            ("node", node.as_str()),
            ("nic", nic),
            ("tor", &neighbour.tor),
            ("tor_port", &neighbour.tor_port),
        ];
        table.push(neighbour.record.0, &values);
        if let Some(row) = table.rows.last_mut() {
            row.from = Some(Box::new(neighbour.from(def, table.source)));
        }
    }
    gathered.tables.extend(tables.into_values());
    let from = files.into_iter().collect::<Vec<_>>().join(", ");
    gathered.notes.push(format!(
        "{from}: the physical switch of {} of {} is told",
        told.len(),
        count(ports.len(), "NIC")
    ));
    if let Some(first) = strangers.first() {
        let n = count(strangers.len(), "neighbour");
        gathered.notes.push(format!(
            "{from}: {n} of ports that the inventory does not have (such as {first})"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_in_csv_and_json_give_the_same_neighbours() {
        let csv_text = "\"Computer\";\"Interface\";\"Device\";\"Port\";\"Type\"\n\"HV1.a.example\";\"NIC 1\";\"TOR-A\";\"Eth1/1\";\"LLDP\"\n";
        let json_text = "{\"Type\":\"LLDP\",\"Computer\":\"HV1.a.example\",\"Connection\":\"NIC 1\",\"Device\":\"TOR-A\",\"Port\":\"Eth1/1\"}";
        let expected = ["HV1.a.example", "NIC 1", "TOR-A", "Eth1/1"].map(str::to_owned);
        assert_eq!(
            csv(csv_text),
            Ok(vec![((2, 0), expected.clone(), [(2, 1), (2, 2), (2, 3), (2, 4)])])
        );
        let of_json = |start: u32| {
            let places = [27, 56, 73, 88].map(|at| (1, at + start));
            vec![((1, 1 + start), expected.clone(), places)]
        };
        assert_eq!(json(json_text), Ok(of_json(0)));
        assert_eq!(json(&format!("[{json_text}]")), Ok(of_json(1)));
        let wrapped = format!("{{\"value\":[{json_text}],\"Count\":1}}");
        assert_eq!(json(&wrapped), Ok(of_json(10)));
    }

    #[test]
    fn other_tables_are_refused_with_the_command_that_exports_it() {
        assert!(csv("a,b\n1,2\n").is_err_and(|(_, advice)| advice.contains("Get-DiscoveryProtocolData")));
        assert!(json("{\"Computer\":\"HV1\"}").is_err());
        assert!(json("[{\"Computer\":").is_err_and(|(what, _)| what.contains("JSON")));
    }
}
