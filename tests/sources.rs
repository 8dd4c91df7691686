//! Exports of other programs, read from the disk: the inventory that follows from each equals the expected one, value by value.

#[path = "support/dice.rs"]
mod dice;
mod program;

use dice::Dice;
use nicplan::inventory::{Inventory, LoadOptions, load, to_csv_tables};
use program::{entries, folder, nicplan, project, text};
use std::fs;
use std::io::Write;
use std::path::PathBuf;

fn read(inputs: &[&str]) -> Inventory {
    let paths: Vec<PathBuf> = inputs.iter().map(|input| project().join(input)).collect();
    load(&paths, &LoadOptions::default()).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// Whether the expected tables are to be rewritten; look at the difference before you commit it.
#[allow(clippy::disallowed_methods)] // a switch for people, not for the program
fn update() -> bool {
    std::env::var_os("UPDATE").is_some()
}

/// Compares every table with the files of `tests/imported/NAME`, line by line.
fn compare(name: &str, inventory: &Inventory) {
    let dir = project().join("tests/imported").join(name);
    let tables = to_csv_tables(&inventory.clusters);
    if update() {
        fs::create_dir_all(&dir).expect("the folder can be written");
        for (file, bytes) in &tables {
            fs::write(dir.join(file), bytes).expect("the folder can be written");
        }
    }
    let expected: Vec<String> = entries(&dir)
        .iter()
        .map(|path| {
            path.file_name()
                .expect("a file has a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let mut names: Vec<String> = tables.iter().map(|(file, _)| file.clone()).collect();
    names.sort();
    for (file, bytes) in &tables {
        let text = String::from_utf8_lossy(bytes);
        let wanted = fs::read_to_string(dir.join(file)).unwrap_or_default();
        for (number, (found, wanted)) in text.lines().zip(wanted.lines()).enumerate() {
            assert_eq!(found, wanted, "{name}/{file}:{}", number + 1);
        }
        assert_eq!(text.lines().count(), wanted.lines().count(), "{name}/{file}");
    }
    assert_eq!(names, expected, "{name}");
}

#[test]
fn the_vmware_estate_of_the_sample_is_imported_value_by_value() {
    compare("vmware-rvtools", &read(&["samples/vmware-rvtools"]));
}

/// The cell of a sheet of the sample at a place, and the place itself.
fn cell_at(at: &nicplan::finding::Location) -> String {
    let path = project().join("samples/vmware-rvtools").join(&at.file);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(&path)
        .unwrap_or_else(|e| panic!("{at}: {e}"));
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let row = &rows[at.line as usize - 1];
    row.get(at.column as usize - 1)
        .unwrap_or_else(|| panic!("{at} is no cell"))
        .to_owned()
}

#[test]
fn every_value_of_the_vmware_estate_points_at_the_cell_of_the_sheet_from_which_it_is() {
    let inventory = read(&["samples/vmware-rvtools"]);
    let cell = |origin, column: &str| cell_at(&inventory.locate(origin, column));
    let mut seen = 0;
    let mut same = |found: String, value: &str| {
        assert!(
            found.to_lowercase().contains(&value.to_lowercase()),
            "{found} is not {value}"
        );
        seen += 1;
    };
    for cluster in &inventory.clusters {
        for node in &cluster.nodes {
            same(cell(node.origin, "node"), &node.name);
            same(cell(node.origin, "management_ip"), &node.management_ip);
            same(
                cell(node.origin, "memory_mib"),
                &node.memory_mib.expect("memory").to_string(),
            );
            for nic in &node.nics {
                same(cell(nic.origin, "nic"), &nic.name);
                if nic.up {
                    same(cell(nic.origin, "speed_mbps"), &nic.speed.to_string());
                }
                same(cell(nic.origin, "card"), nic.card.trim_start_matches("PCI "));
            }
            for vnic in &node.host_vnics {
                let group = vnic.name.split(" (").next().expect("a name");
                same(cell(vnic.origin, "host_vnic"), group);
                same(cell(vnic.origin, "switch"), &vnic.switch);
            }
        }
        for vm in &cluster.vms {
            same(cell(vm.origin, "memory_mib"), &vm.memory_mib.to_string());
            for vnic in &vm.vnics {
                let at = inventory.locate(vnic.origin, "vlans");
                if let [vlan] = vnic.vlans.iter().collect::<Vec<_>>()[..] {
                    assert!(at.file.contains("Port"), "{at}");
                    same(cell_at(&at), &vlan.to_string());
                }
            }
        }
    }
    assert!(seen > 150, "{seen} values");
}

/// Sheets of the sample: name, and rows of cells.
fn sample_sheets() -> Vec<(String, Vec<Vec<String>>)> {
    let files = entries(&project().join("samples/vmware-rvtools"));
    let sheets = files.iter().filter_map(|path| {
        let name = path.file_name()?.to_string_lossy().into_owned();
        let sheet = name.strip_prefix("RVTools_tab")?.strip_suffix(".csv")?.to_owned();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_path(path)
            .expect("a file of the sample");
        let rows = reader
            .records()
            .map(|row| row.expect("a row").iter().map(str::to_owned).collect());
        Some((sheet, rows.collect()))
    });
    sheets.collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// A workbook as Excel writes it: shared texts and numbers; every sheet declares a million rows, of which thousands are there and empty.
fn workbook(sheets: &[(String, Vec<Vec<String>>)]) -> Vec<u8> {
    let mut texts: Vec<String> = Vec::new();
    let mut parts = vec![("[Content_Types].xml".to_owned(), "<Types/>".to_owned())];
    let (mut list, mut relations) = (String::new(), String::new());
    for (index, (name, rows)) in sheets.iter().enumerate() {
        let id = index + 1;
        list += &format!("<sheet name=\"{name}\" sheetId=\"{id}\" r:id=\"rId{id}\"/>");
        let target = if index % 2 == 0 {
            format!("worksheets/sheet{id}.xml")
        } else {
            format!("/xl/worksheets/sheet{id}.xml")
        };
        relations += &format!("<Relationship Id=\"rId{id}\" Type=\"x/worksheet\" Target=\"{target}\"/>");
        let mut data = String::new();
        for (number, row) in rows.iter().enumerate() {
            data += &format!("<row r=\"{}\">", number + 1);
            for cell in row {
                data += &match cell.parse::<u64>() {
                    Ok(value) => format!("<c><v>{value}</v></c>"),
                    Err(_) if cell.is_empty() => "<c s=\"1\"/>".to_owned(),
                    Err(_) => {
                        texts.push(format!("<si><r><t>{}</t></r></si>", escaped(cell)));
                        format!("<c t=\"s\"><f>A1</f><v>{}</v></c>", texts.len() - 1)
                    }
                };
            }
            data += "</row>";
        }
        for number in 0..20_000 {
            data += &format!(
                "<row r=\"{}\" ht=\"12.75\" customHeight=\"true\"></row>",
                rows.len() + 1 + number
            );
        }
        let sheet = format!("<worksheet><dimension ref=\"A1:CL1048576\"/><sheetData>{data}</sheetData></worksheet>");
        parts.push((format!("xl/worksheets/sheet{id}.xml"), sheet));
    }
    parts.push((
        "xl/workbook.xml".to_owned(),
        format!("<workbook xmlns:r=\"r\"><sheets>{list}</sheets></workbook>"),
    ));
    parts.push((
        "xl/_rels/workbook.xml.rels".to_owned(),
        format!("<Relationships>{relations}</Relationships>"),
    ));
    parts.push((
        "xl/sharedStrings.xml".to_owned(),
        format!("<sst>{}</sst>", texts.concat()),
    ));
    archive(&parts)
}

fn archive(parts: &[(String, String)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .expect("memory can be written");
        zip.write_all(text.as_bytes()).expect("memory can be written");
    }
    zip.finish().expect("memory can be written").into_inner()
}

#[test]
fn a_workbook_gives_the_same_facts_as_its_sheets_in_csv() {
    let dir = folder("rvtools-workbook", &[("vc.xlsx", &workbook(&sample_sheets()))]);
    let expected = read(&["samples/vmware-rvtools"]).sha256;
    let book = dir.join("vc.xlsx");
    assert_eq!(read(&[text(&book)]).sha256, expected);
    assert_eq!(read(&[text(&dir)]).sha256, expected, "the folder that holds it");
    let at = {
        let inventory = read(&[text(&book)]);
        inventory
            .locate(inventory.clusters[0].nodes[0].origin, "node")
            .to_string()
    };
    assert_eq!(at, "vc.xlsx#vHost:6:1");
}

#[test]
fn one_sheet_or_several_given_by_name_are_the_whole_export() {
    let expected = read(&["samples/vmware-rvtools"]).sha256;
    let sheet = |name: &str| format!("samples/vmware-rvtools/RVTools_tab{name}.csv");
    assert_eq!(read(&[&sheet("vInfo")]).sha256, expected);
    assert_eq!(read(&[&sheet("vHost"), &sheet("vNIC")]).sha256, expected);
}

#[test]
fn semicolons_marks_and_old_heads_change_nothing() {
    let dir = folder("rvtools-old", &[]);
    for (name, mut rows) in sample_sheets() {
        for head in &mut rows[0] {
            *head = if head == "Memory" {
                "Memory MB".to_owned()
            } else {
                head.to_uppercase()
            };
        }
        let line = |row: &Vec<String>| row.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(";");
        let rows: Vec<String> = rows.iter().map(line).collect();
        fs::write(
            dir.join(format!("RVTools_tab{name}.csv")),
            format!("\u{feff}{}\r\n", rows.join("\r\n")),
        )
        .expect("the build folder can be written");
    }
    assert_eq!(read(&[text(&dir)]).sha256, read(&["samples/vmware-rvtools"]).sha256);
}

/// What the program says of a file that is no export, and that it wrote nothing.
fn refused(name: &str, file: &str, bytes: &[u8]) -> String {
    let dir = folder(name, &[(file, bytes)]);
    let out = dir.join("out");
    let run = nicplan(&["review", text(&dir.join(file)), "-o", text(&out)]);
    assert_eq!((run.code, out.exists()), (2, false), "{}", run.err);
    assert!(run.err.contains(file), "{}", run.err);
    assert!(run.err.contains("1 problem; nothing was written"), "{}", run.err);
    run.err
}

#[test]
fn broken_protected_and_wrong_workbooks_give_one_message_that_names_the_file() {
    let whole = workbook(&sample_sheets());
    let said = |name: &str, bytes: &[u8]| refused(&format!("rvtools-{name}"), "vc.xlsx", bytes);
    assert!(said("cut", &whole[..whole.len() / 2]).contains("not whole"));
    let mut damaged = whole.clone();
    let middle = whole.len() / 3;
    damaged[middle..middle + 64].fill(0xAA);
    assert!(said("damaged", &damaged).contains("not whole"));
    assert!(said("protected", &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1]).contains("password"));
    assert!(said("text", b"VM,Powerstate\n").contains("no Excel workbook"));
    assert!(said("empty", b"").contains("no Excel workbook"));
    let other = archive(&[("readme.txt".to_owned(), "x".to_owned())]);
    assert!(said("zip", &other).contains("no Excel workbook"));
    let unknown = workbook(&[("Sheet1".to_owned(), vec![vec!["a".to_owned()]])]);
    assert!(said("other", &unknown).contains("names a host"));
    let entity = |text: &str| archive(&[("xl/_rels/workbook.xml.rels".to_owned(), text.to_owned())]);
    assert!(said("dtd", &entity("<!DOCTYPE r SYSTEM \"file:///etc/passwd\"><r/>")).contains("document type"));
}

#[test]
fn a_part_that_unpacks_beyond_measure_is_refused() {
    let bomb = " ".repeat(64 << 20);
    let parts = [("xl/_rels/workbook.xml.rels".to_owned(), format!("<r>{bomb}</r>"))];
    let said = refused("rvtools-bomb", "vc.xlsx", &archive(&parts));
    assert!(said.contains("unpacks to more than is read"), "{said}");
}

#[test]
fn counters_and_neighbours_of_the_samples_are_imported_value_by_value() {
    for name in ["performance-counters", "lldp-neighbours"] {
        compare(name, &read(&[&format!("samples/{name}")]));
    }
}

#[test]
fn what_counters_cannot_place_is_told_with_its_number() {
    let inventory = read(&["samples/performance-counters"]);
    let notes = inventory.notes.join("\n");
    for note in [
        "the load of 16 of 16 vNICs was measured, in steps of 900 s",
        "1 adapter of the counters not found among the VMs (such as oldvm_network adapter)",
        "the load of 0 of 18 NICs was measured; 3 counters of adapters that are no NIC here, or may be several",
        "1 row without a time, or with that of another one",
    ] {
        assert!(notes.contains(note), "{note} in {notes}");
    }
    let vnic = &inventory.clusters[0].vms[0].vnics[0];
    let at = inventory.locate(vnic.origin, "vnic");
    assert_eq!(
        at.file, "vnics.csv",
        "the record is that of the table, the rates come from the counters"
    );
}

#[cfg(feature = "solver")]
#[test]
fn peaks_at_different_times_are_told_beside_their_sum() {
    let out = program::place("measured-page");
    let run = nicplan(&["plan", "samples/performance-counters", "-o", text(&out)]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("Measured: the peaks of"), "{}", run.out);
    let page = fs::read_to_string(out.join("report.html")).expect("the page was written");
    assert!(page.contains("What was measured") && page.contains("Most at one time"));
}

#[test]
fn counters_beside_several_clusters_find_their_vms() {
    let guid = "5A1D0C3E-1B2C-4D3E-8F90-000000000001";
    let path = |vm: &str| {
        format!("\"\\\\H\\Hyper-V Virtual Network Adapter({vm}_Network Adapter_{guid}--{guid})\\Bytes Sent/sec\"")
    };
    let counters = format!(
        "\"(PDH-CSV 4.0) (UTC)(0)\",{},{}\n\"11/25/2026 00:00:00.000\",\"125000000\",\"1\"\n\"11/25/2026 00:01:00.000\",\"250000000\",\"1\"\n",
        path("A"),
        path("TWICE")
    );
    let dir = folder(
        "counters-two-clusters",
        &[
            ("nodes.csv", b"node,cluster\nH1,C1\nH2,C2\n"),
            ("nics.csv", b"node,nic,speed_mbps\nH1,N,10000\nH2,N,10000\n"),
            ("vms.csv", b"vm,cluster,node\nA,C1,H1\nTWICE,C1,H1\nTWICE,C2,H2\n"),
            ("load.csv", counters.as_bytes()),
        ],
    );
    let inventory = read(&[text(&dir)]);
    assert_eq!(inventory.clusters.len(), 2);
    let vnic = &inventory.clusters[0].vms[0].vnics[0];
    assert_eq!(
        (vnic.average, vnic.p95, vnic.peak),
        (Some(1500), Some(2000), Some(2000))
    );
    assert!(
        inventory
            .notes
            .iter()
            .any(|n| n.contains("1 adapter of the counters not found")),
        "{:?}",
        inventory.notes
    );
}

#[test]
fn ports_without_a_neighbour_stay_unknown_and_a_later_input_counts() {
    let inventory = read(&["samples/lldp-neighbours"]);
    let node = &inventory.clusters[0].nodes[0];
    let tor = |nic: &str| {
        let nic = node.nics.iter().find(|n| n.name == nic).expect("a port of the sample");
        nic.tor
            .and_then(|t| inventory.clusters[0].tors.get(t))
            .map(|t| t.name.as_str())
    };
    assert_eq!(
        [tor("NIC1"), tor("NIC2"), tor("SLOT 3 Port 2")],
        [Some("sw-rack1-a"), None, Some("sw-rack1-b")]
    );
    assert!(
        inventory
            .notes
            .iter()
            .any(|n| n.contains("1 neighbour of ports that the inventory does not have (such as NODE9"))
    );
    let assumed = inventory
        .assumptions
        .iter()
        .any(|a| a.missing.starts_with("physical switch of 3 of 12 NICs"));
    assert!(assumed, "{:?}", inventory.assumptions);
}

#[test]
fn broken_counters_and_neighbours_give_one_message_that_names_the_file() {
    let dir = folder(
        "broken-additions",
        &[("nodes.csv", program::NODES), ("nics.csv", program::NICS)],
    );
    for (file, content, what) in [
        (
            "load.csv",
            "\"(PDH-CSV 4.0) (UTC)(0)\",\"\\\\H\\Memory\\Available MBytes\"\n",
            "no column of this file",
        ),
        (
            "lldp.json",
            "[{\"Computer\":\"HV1\",\"Interface\":\"A\",\"Device\":\"T\",\"TimeToLive\":1",
            "JSON",
        ),
        (
            "lldp.csv",
            "Computer,Interface,Device,TimeToLive\nHV1,A,T,1\n",
            "names no computer",
        ),
    ] {
        let path = dir.join(file);
        fs::write(&path, content).expect("the build folder can be written");
        let run = nicplan(&["review", text(&dir), "-o", text(&dir.join("out"))]);
        assert_eq!(run.code, 2, "{file}: {}", run.err);
        assert!(run.err.contains(file) && run.err.contains(what), "{file}: {}", run.err);
        fs::remove_file(&path).expect("the build folder can be written");
    }
}

/// Cuts, overwrites and doubles pieces of the bytes.
fn mutate(dice: &mut Dice, seed: &[u8]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=dice.roll(5) {
        let place = dice.roll(bytes.len() as u64 + 1) as usize;
        match dice.roll(4) {
            0 => bytes.truncate(place),
            1 => bytes.insert(place, dice.pick(&[0, 0xFF, b'"', b',', b'\n', b'-', b'<', b'&', b'\\'])),
            2 if place < bytes.len() => bytes[place] = dice.roll(256) as u8,
            _ => bytes.extend_from_slice(&seed[place.min(seed.len())..]),
        }
    }
    bytes
}

#[test]
fn mutated_exports_never_panic_and_every_refusal_says_why() {
    let file = |path: &str| fs::read(project().join(path)).expect("a file of a sample");
    let seeds = [
        ("vc.xlsx", workbook(&sample_sheets()[..2])),
        (
            "RVTools_tabvHost.csv",
            file("samples/vmware-rvtools/RVTools_tabvHost.csv"),
        ),
        (
            "RVTools_tabvNIC.csv",
            file("samples/vmware-rvtools/RVTools_tabvNIC.csv"),
        ),
        (
            "load.csv",
            file("samples/performance-counters/counters-HV1.csv")[..6000].to_vec(),
        ),
        ("lldp.json", file("samples/lldp-neighbours/lldp.json")),
    ];
    let mut dice = Dice(11);
    for round in 0..250 {
        let (name, seed) = &seeds[round % seeds.len()];
        let dir = folder("mutated-exports", &[(name, &mutate(&mut dice, seed))]);
        if let Err(problems) = load(&[dir.join(name)], &LoadOptions::default()) {
            assert!(
                problems.iter().all(|p| !p.what.is_empty() && !p.advice.is_empty()),
                "{problems:?}"
            );
        }
    }
}
