//! Neighbours by LLDP or CDP, as `Get-DiscoveryProtocolData` of the PowerShell module PSDiscoveryProtocol gives them, in JSON or `.csv`:
//! which physical switch and port a NIC is cabled to.
//!
//! In: files. Out: neighbours in [`Gathered`], joined with the ports of all inputs at the end: rows of `nics` with switch and port. A port
//! without a row stays unknown: its switch may be another one, or its agent may be off.

use super::csv_table::{line_of, lines_in, open};
use super::{Importer, Input, Sniff};
use crate::inventory::catalogue::{self, plain};
use crate::inventory::decode::{Complaint, MAX_ROWS, read_text};
use crate::inventory::raw::{Gathered, Line, RawTable};
use crate::units::count;
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
    line: u32,
    node: String,
    nic: String,
    tor: String,
    tor_port: String,
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
    let rows = read_text(input.path).and_then(|text| match text.trim_start().starts_with(['{', '[']) {
        true => json(&text),
        false => csv(&text),
    });
    match rows {
        Ok(rows) => {
            let (shown, index) = (input.shown, input.index);
            gathered
                .neighbours
                .extend(rows.into_iter().map(|(line, [node, nic, tor, tor_port])| Neighbour {
                    file: shown.to_owned(),
                    input: index,
                    line,
                    node,
                    nic,
                    tor,
                    tor_port,
                }));
        }
        Err((what, advice)) => gathered.refuse(input.shown, what, advice),
    }
}

/// Line, and node, NIC, switch, port.
type NeighbourRow = (u32, [String; 4]);

fn no_table() -> Complaint {
    let advice =
        "Export it with Invoke-DiscoveryProtocolCapture | Get-DiscoveryProtocolData | ConvertTo-Json (or Export-Csv).";
    (
        "the file names no computer, interface, device and port".to_owned(),
        advice.to_owned(),
    )
}

fn csv(text: &str) -> Result<Vec<NeighbourRow>, Complaint> {
    let (mut reader, start) = open(text);
    let body = &text[start..];
    let before = lines_in(&text[..start]);
    let broken = |e: csv::Error| {
        (
            format!("the file cannot be read as .csv: {e}"),
            "Export it again.".to_owned(),
        )
    };
    let mut places: Option<Vec<Option<usize>>> = None;
    let mut rows = Vec::new();
    for record in reader.records().take(MAX_ROWS) {
        let record = record.map_err(broken)?;
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
        rows.push((before + line_of(&record, body), [cell(0), cell(1), cell(2), cell(3)]));
    }
    Ok(rows)
}

/// An array of objects, or the single object that PowerShell writes for one neighbour.
fn json(text: &str) -> Result<Vec<NeighbourRow>, Complaint> {
    let value: serde_json::Value = serde_json::from_str(text).map_err(|e| {
        let what = format!("the file cannot be read as JSON: {e}");
        (what, "It may be cut off: export it again.".to_owned())
    })?;
    let objects = match value {
        serde_json::Value::Array(list) => list,
        single => vec![single],
    };
    let mut rows = Vec::new();
    for object in objects.iter().filter_map(serde_json::Value::as_object) {
        let field = |known: &[&str]| {
            let named = |k: &&str| object.iter().find(|(name, _)| plain(name) == **k);
            let found = known.iter().find_map(named);
            found.and_then(|(_, v)| v.as_str()).unwrap_or("").trim().to_owned()
        };
        let cells = COLUMNS.map(|(_, known)| field(known));
        rows.push((0, cells));
    }
    if rows
        .iter()
        .all(|(_, [node, nic, tor, _])| node.is_empty() || nic.is_empty() || tor.is_empty())
    {
        return Err(no_table());
    }
    Ok(rows)
}

/// First label of a name, in lower case, as nodes are compared.
fn short(name: &str) -> String {
    let lower = name.to_lowercase();
    let address = lower.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b':');
    if address {
        lower
    } else {
        lower.split('.').next().unwrap_or(&lower).to_owned()
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
                .entry((short(node), nic.to_lowercase()))
                .or_insert((node.to_owned(), nic.to_owned()));
        }
    }
    let mut tables: BTreeMap<(usize, String), RawTable> = BTreeMap::new();
    let (mut told, mut strangers) = (BTreeSet::new(), BTreeSet::new());
    let files: BTreeSet<String> = neighbours.iter().map(|n| n.file.clone()).collect();
    for neighbour in neighbours.iter().filter(|n| !n.tor.is_empty()) {
        let place = (short(&neighbour.node), neighbour.nic.to_lowercase());
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
        table.push(neighbour.line, &values);
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
        assert_eq!(csv(csv_text), Ok(vec![(2, expected.clone())]));
        assert_eq!(json(json_text), Ok(vec![(0, expected.clone())]));
        assert_eq!(json(&format!("[{json_text}]")), Ok(vec![(0, expected)]));
    }

    #[test]
    fn other_tables_are_refused_with_the_command_that_exports_it() {
        assert!(csv("a,b\n1,2\n").is_err_and(|(_, advice)| advice.contains("Get-DiscoveryProtocolData")));
        assert!(json("{\"Computer\":\"HV1\"}").is_err());
        assert!(json("[{\"Computer\":").is_err_and(|(what, _)| what.contains("JSON")));
    }
}
