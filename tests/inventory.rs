//! Inventories on a disk: folders, passed-over files, encodings, reports, and the sample.

mod program;

use nicplan::inventory::{LoadOptions, load, templates, to_csv_tables};
use std::fs;
use std::path::{Path, PathBuf};

/// A fresh folder for one test.
fn folder(name: &str) -> PathBuf {
    program::folder(name, &[])
}

fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) {
    fs::write(folder.join(name), content).expect("a test file can be written");
}

const NODES: &str = "node,cluster\nHV1,C\nHV2,C\n";
const NICS: &str = "node,nic,speed_mbps\nHV1,A,10G\nHV2,A,10G\n";

fn said(paths: &[PathBuf]) -> Vec<String> {
    let problems = load(paths, &LoadOptions::default()).err().unwrap_or_default();
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn a_folder_is_read_and_other_files_are_passed_over_with_a_note() {
    let path = folder("passed-over");
    write(&path, "Nodes.CSV", NODES);
    write(&path, "nics.csv", NICS);
    write(&path, "README.md", "about");
    write(&path, "firewalls.csv", "x");
    write(&path, "plan.xlsx", "PK");
    fs::create_dir(path.join("old")).expect("a test folder can be made");
    let inventory = load(&[path], &LoadOptions::default()).expect("a sound inventory");
    assert_eq!(inventory.notes.len(), 3, "{:?}", inventory.notes);
    assert!(
        inventory
            .notes
            .iter()
            .any(|n| n.starts_with("firewalls.csv was passed over") && n.contains("no table has this name"))
    );
    assert!(inventory.notes.iter().any(|n| n.contains("save its sheets as .csv")));
    assert_eq!(
        inventory
            .locate(inventory.clusters[0].nodes[1].origin, "node")
            .to_string(),
        "Nodes.CSV:3:1"
    );
}

#[test]
fn the_same_facts_in_any_encoding_and_as_json_have_the_same_hash() {
    let plain = folder("plain");
    write(&plain, "nodes.csv", NODES);
    write(&plain, "nics.csv", NICS);
    let utf16 = folder("utf16");
    let wide = |text: &str| {
        [0xFF, 0xFE]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
            .collect::<Vec<u8>>()
    };
    write(
        &utf16,
        "nodes.csv",
        wide(&NODES.replace(',', ";").replace('\n', "\r\n")),
    );
    write(&utf16, "nics.csv", wide(NICS));
    let json = folder("json").join("inventory.json");
    let text = r#"{"nodes":[{"node":"HV2","cluster":"C"},{"node":"HV1","cluster":"C"}],
        "nics":[{"node":"HV1","nic":"A","speed_mbps":10000},{"node":"HV2","nic":"A","speed_mbps":"10 Gbps"}]}"#;
    fs::write(&json, text).expect("a test file can be written");
    let hash = |path: &PathBuf| {
        load(std::slice::from_ref(path), &LoadOptions::default())
            .expect("a sound inventory")
            .sha256
    };
    assert_eq!(hash(&plain), hash(&utf16));
    assert_eq!(hash(&plain), hash(&json));
}

#[test]
fn files_that_are_no_text_and_paths_that_do_not_exist_are_problems() {
    let path = folder("binary");
    write(&path, "nodes.csv", [0x7F, b'E', b'L', b'F', 0, 0, 0, 1]);
    write(&path, "nics.csv", b"PK\x03\x04");
    let found = said(std::slice::from_ref(&path));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("nics.csv: the file is a zip archive"), "{found:?}");
    assert!(found[1].starts_with("nodes.csv: the file is binary"), "{found:?}");
    assert!(said(&[path.join("nothing")])[0].contains("cannot be opened"));
    let other = folder("other").join("notes.txt");
    fs::write(&other, "hello").expect("a test file can be written");
    assert!(said(&[other])[0].contains("no source that can be read"));
    assert!(said(&[])[0].contains("no input"));
}

#[test]
fn two_files_of_one_table_are_a_problem() {
    let path = folder("twice");
    write(&path, "nodes.csv", NODES);
    write(&path, "nics.csv", NICS);
    write(&path, "cluster-networks.csv", "network\nN\n");
    write(&path, "cluster_networks.csv", "network\nN\n");
    assert!(said(&[path])[0].contains("a second file for the table cluster_networks"));
}

#[test]
fn files_of_several_inputs_are_told_apart_by_their_folder() {
    let (a, b) = (folder("input-a"), folder("input-b"));
    write(&a, "nodes.csv", NODES);
    write(&a, "nics.csv", NICS);
    write(&b, "vms.csv", "vm,node\nSQL,HV9\n");
    assert!(said(&[a, b])[0].starts_with("input-b/vms.csv:2:2: there is no node 'HV9'"));
}

#[test]
fn blank_templates_are_told_to_be_blank_and_nothing_else() {
    let path = folder("templates");
    for (name, content) in templates(';') {
        write(&path, &name, content);
    }
    let found = said(&[path]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().all(|p| p.contains("has no rows")));
}

#[test]
fn the_sample_report_is_an_inventory_and_can_be_written_as_one() {
    let report = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/test-cluster-report/validation-report.htm");
    let inventory = load(&[report], &LoadOptions::default()).expect("the sample is sound");
    assert_eq!(inventory.clusters[0].nodes.len(), 3);
    assert_eq!(inventory.sources[0].file, "validation-report.htm");
    let path = folder("from-report");
    for (name, bytes) in to_csv_tables(&inventory.clusters) {
        write(&path, &name, bytes);
    }
    let again = load(&[path], &LoadOptions::default()).expect("what was written can be read");
    assert_eq!(again.sha256, inventory.sha256);
}

/// The sample's page.
fn page() -> Vec<u8> {
    let report = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/test-cluster-report/validation-report.htm");
    fs::read(report).expect("the sample exists")
}

#[test]
fn a_folder_that_holds_only_a_report_is_read_as_the_report() {
    let path = folder("only-report");
    write(&path, "Validation Report.htm", page());
    write(&path, "README.md", "about");
    write(&path, "report.html", "<html>of an earlier run</html>");

    let by_folder = load(std::slice::from_ref(&path), &LoadOptions::default()).expect("the sample is sound");
    let by_file = load(&[path.join("Validation Report.htm")], &LoadOptions::default()).expect("the sample is sound");

    let assumed = |inventory: &nicplan::inventory::Inventory| -> Vec<String> {
        inventory.assumptions.iter().map(|a| a.missing.clone()).collect()
    };
    assert_eq!(by_folder.sha256, by_file.sha256);
    assert_eq!(assumed(&by_folder), assumed(&by_file));
    assert_eq!(by_folder.sources[0].file, by_file.sources[0].file);
    assert_eq!(by_folder.notes.len(), 1, "{:?}", by_folder.notes);
    assert!(by_folder.notes[0].starts_with("report.html was passed over"));
}

#[test]
fn tables_beside_a_report_add_to_it_and_count_before_it() {
    let path = folder("report-and-tables");
    write(&path, "validation-report.htm", page());
    write(&path, "clusters.csv", "cluster,storage\nNORD,none\n");
    write(&path, "nics.csv", "node,nic,speed_mbps,card\nNORD-HV1,NIC1,2500,LOM\n");
    write(&path, "vms.csv", "vm,node\nSQL01,NORD-HV2\n");

    let inventory = load(&[path], &LoadOptions::default()).expect("report and tables fit together");

    let cluster = &inventory.clusters[0];
    assert_eq!((inventory.clusters.len(), cluster.name.as_str()), (1, "NORD"));
    assert_eq!((cluster.nodes.len(), cluster.vms.len()), (3, 1));
    let port = &cluster.nodes[0].nics[0];
    assert_eq!((port.speed, port.card.as_str()), (2_500, "LOM"));
    assert_eq!(cluster.nodes[1].nics[0].speed, 1_000);
}

#[test]
fn a_folder_that_names_its_nodes_is_not_mixed_with_a_report() {
    let path = folder("nodes-and-report");
    write(&path, "nodes.csv", NODES);
    write(&path, "nics.csv", NICS);
    write(&path, "validation-report.htm", page());

    let inventory = load(&[path], &LoadOptions::default()).expect("a sound inventory");

    assert_eq!(inventory.clusters[0].nodes.len(), 2);
    assert!(
        inventory.notes[0].contains("name it as an INPUT of its own"),
        "{:?}",
        inventory.notes
    );
}

#[test]
fn several_reports_in_one_folder_are_a_problem_that_names_them() {
    let path = folder("several-reports");
    write(&path, "Validation Report 2024.htm", page());
    write(&path, "Validation Report 2025.htm", page());

    let found = said(&[path]);

    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("Validation Report 2024.htm, Validation Report 2025.htm"),
        "{found:?}"
    );
    assert!(found[0].contains("Name the newest report itself"), "{found:?}");
}

/// What lies in a folder beside exports, counters or a report is about the clusters of that folder, whatever else is read.
#[test]
fn every_sample_is_read_beside_another_one_as_it_is_read_alone() {
    let samples: Vec<PathBuf> = program::entries(&program::project().join("samples"))
        .into_iter()
        .filter(|p| p.is_dir())
        .collect();
    let alone = |path: &PathBuf| load(std::slice::from_ref(path), &LoadOptions::default()).ok();
    let (mut pairs, broken) = (0, program::project().join("samples/broken"));
    for sample in samples.iter().filter(|path| **path != broken) {
        let Some(own) = alone(sample) else { continue };
        let both = load(&[broken.clone(), sample.clone()], &LoadOptions::default())
            .unwrap_or_else(|problems| panic!("{}: {problems:#?}", sample.display()));
        for cluster in &own.clusters {
            let again = both
                .clusters
                .iter()
                .find(|c| c.name == cluster.name)
                .expect("the cluster");
            let tables = |c: &nicplan::inventory::Cluster| to_csv_tables(std::slice::from_ref(c));
            assert_eq!(tables(again), tables(cluster), "{}", sample.display());
        }
        pairs += 1;
    }
    assert!(pairs > 12, "{pairs}");
}
