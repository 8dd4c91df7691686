//! Names that try to leave their place, in everything that `path` and `drain` write: each output is parsed and holds them as text.

mod program;

use program::{Run, folder, nicplan, place, text};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

const NODES: [&str; 2] = ["HV'1 $(calc) \"x\"", "ХОСТ-2 `whoami`"];
const NETWORK: &str = "=cmd|'/c calc'!A1 <script>alert(1)</script>";
const NIC: &str = "Порт \"1\" & $(Remove-Item *)";
const VMS: [&str; 4] = [
    "=HYPERLINK(\"http://x\")",
    "<script>alert('vm')</script>",
    "$(Stop-Computer)'; Stop-Computer #",
    "СЕРВЕР-1 ]]>",
];

fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

/// Two nodes whose network for live migration is not for the cluster, so that the fix has to name it.
fn inventory(name: &str) -> PathBuf {
    let mut nics = String::from("node,nic,speed_mbps,current_role\n");
    let mut vms = String::from("vm,node,memory_mib\n");
    for node in NODES {
        nics.push_str(&format!("{},{},10000,live-migration\n", quoted(node), quoted(NIC)));
        nics.push_str(&format!("{},Mgmt,1000,management\n", quoted(node)));
    }
    for vm in VMS {
        vms.push_str(&format!("{},{},4096\n", quoted(vm), quoted(NODES[0])));
    }
    let networks = format!(
        "network,subnet,cluster_use,purpose\n{},10.0.3.0/24,0,live-migration\nMgmt,10.0.1.0/24,3,management\n",
        quoted(NETWORK)
    );
    let nodes = format!("node\n{}\n{}\n", quoted(NODES[0]), quoted(NODES[1]));
    folder(
        name,
        &[
            ("nodes.csv", nodes.as_bytes()),
            ("nics.csv", nics.as_bytes()),
            ("vms.csv", vms.as_bytes()),
            ("cluster_networks.csv", networks.as_bytes()),
        ],
    )
}

fn run(arguments: &[&str]) -> Run {
    let run = nicplan(arguments);
    assert!(run.code < 2, "{arguments:?}: {}", run.err);
    run
}

/// Cells of a table, without the guard against formulas; no cell may begin as a formula does.
fn cells(file: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(file)
        .expect("the table was written");
    let rows: Vec<Vec<String>> = reader
        .records()
        .map(|row| {
            row.expect("as many cells in every row")
                .iter()
                .map(str::to_owned)
                .collect()
        })
        .collect();
    for cell in rows.iter().flatten() {
        let is_number = cell.parse::<f64>().is_ok();
        assert!(is_number || !cell.starts_with(['=', '+', '-', '@']), "{cell}");
    }
    let unguarded = |cell: &String| cell.strip_prefix('\'').unwrap_or(cell).to_owned();
    rows.iter().map(|row| row.iter().map(unguarded).collect()).collect()
}

/// Text of a drawing, and that nothing but a drawing is in it.
fn drawn(file: &Path) -> String {
    let svg = fs::read_to_string(file).expect("the drawing was written");
    let document = roxmltree::Document::parse(&svg).expect("well-formed");
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let name = node.tag_name().name();
        assert!(!["script", "foreignObject", "a", "image"].contains(&name), "{name}");
        assert!(node.attributes().all(|a| !a.name().starts_with("on")), "{node:?}");
    }
    document.descendants().filter_map(|node| node.text()).collect()
}

/// What of a command PowerShell would run: everything outside single quotes, in which '' is a quote.
fn bare(command: &str) -> String {
    let parts = command.split('\'');
    parts.step_by(2).collect()
}

#[test]
fn path_keeps_hostile_names_text_in_every_output() {
    let input = inventory("hostile-path");
    let out = place("hostile-path-out");

    let shown = run(&["path", text(&input), "-o", text(&out)]).out;
    let chain = run(&["path", text(&input), "--from", NODES[0], "--to", NODES[1]]).out;
    let json: Value = serde_json::from_str(&run(&["path", text(&input), "--format", "json"]).out).expect("JSON");

    for all in [&shown, &chain] {
        assert!(all.contains(NETWORK) && all.contains(NODES[1]), "{all}");
    }
    let first = &json["clusters"][0]["paths"][0];
    assert_eq!(
        (first["source"].as_str(), first["target"].as_str()),
        (Some(NODES[0]), Some(NODES[1]))
    );
    let fixes: Vec<&str> = first["faults"]
        .as_array()
        .expect("faults")
        .iter()
        .filter_map(|f| f["fix"].as_str())
        .collect();
    assert!(
        fixes.iter().any(|fix| fix.contains("'=cmd|''/c calc''!A1 <script>")),
        "{fixes:?}"
    );
    for fix in fixes {
        assert!(!bare(fix).contains("calc") && !bare(fix).contains("<script"), "{fix}");
    }

    let rows = cells(&out.join("paths.csv"));
    assert_eq!(rows.len(), 3);
    assert_eq!((rows[1][1].as_str(), rows[1][2].as_str()), (NODES[0], NODES[1]));
    let text = drawn(&out.join("path.svg"));
    assert!(text.contains("ХОСТ-2") && text.contains("$(calc)"), "{text}");
}

#[test]
fn drain_keeps_hostile_names_text_in_every_output() {
    let input = inventory("hostile-drain");
    let out = place("hostile-drain-out");

    let shown = run(&["drain", text(&input), "-o", text(&out)]).out;
    let json: Value = serde_json::from_str(&run(&["drain", text(&input), "--format", "json"]).out).expect("JSON");

    assert!(shown.contains(NODES[0]), "{shown}");
    assert!(json.to_string().contains("ХОСТ-2"));
    let moved: Vec<String> = cells(&out.join("migrations.csv"))
        .iter()
        .map(|row| row[3].clone())
        .collect();
    for vm in VMS {
        assert!(moved.contains(&vm.to_owned()), "{vm}: {moved:?}");
    }
    assert!(cells(&out.join("drain.csv")).iter().any(|row| row[2] == NODES[0]));
    assert_eq!(cells(&out.join("paths.csv"))[1][1], NODES[0]);
    let text = drawn(&out.join("drain.svg"));
    for part in ["=HYPERLINK", "$(Stop-Computer)", "СЕРВЕР-1", "$(calc)"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}
