//! `--separator semicolon`: every `.csv` of every command opens in columns by a double click in a German Excel, means the same as the
//! one with commas, and is read back where it is an input.

#![cfg(feature = "solver")] // `plan` is among the commands

mod program;

use program::{entries, folder, nicplan, place, text};
use std::fs;
use std::path::Path;

const MARK: &str = "\u{feff}";

/// VMs and a network whose names are made for a spreadsheet that parts lines at semicolons.
const HOSTILE: &[u8] = b"vm,node\n\"x;=1+1\",HV1\n\"quo\"\"te;,\",HV2\n\"'=cmd|' /C calc'!A0;+1\",HV2\n10.5,HV1\n";
const VNICS: &[u8] = b"vm,switch,p95_mbps\n\"x;=1+1\",\"LAN;@SUM(A1)\",100\n\"quo\"\"te;,\",\"LAN;@SUM(A1)\",50\n\"'=cmd|' /C calc'!A0;+1\",\"LAN;@SUM(A1)\",50\n10.5,\"LAN;@SUM(A1)\",50\n";
const NODES: &[u8] = b"node,memory_mib\nHV1,65536\nHV2,65536\n";

fn hostile() -> std::path::PathBuf {
    let files: [(&str, &[u8]); 4] = [
        ("nodes.csv", NODES),
        ("nics.csv", program::NICS),
        ("vms.csv", HOSTILE),
        ("vnics.csv", VNICS),
    ];
    folder("hostile", &files)
}

/// The cells of a file as a program with this separator reads them.
fn cells(text: &str, separator: u8) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let rows = reader.records().map(|row| row.expect("a row"));
    rows.map(|row| row.iter().map(str::to_owned).collect()).collect()
}

/// Compares every file of two folders: `.csv` cell by cell (decimal marks apart), all others byte by byte. How many `.csv` there are.
fn same_but_for_the_separator(commas: &Path, semicolons: &Path) -> usize {
    let mut tables = 0;
    for path in entries(commas) {
        let name = path.file_name().expect("an entry has a name");
        let (plain, other) = (fs::read(&path), fs::read(semicolons.join(name)));
        let (plain, other) = (
            plain.expect("it is there"),
            other.expect("both runs write the same files"),
        );
        if path.extension().is_none_or(|end| end != "csv") {
            assert_eq!(plain, other, "{}", path.display());
            continue;
        }
        let (plain, other) = (String::from_utf8_lossy(&plain), String::from_utf8_lossy(&other));
        let other = other.strip_prefix(MARK).expect("the mark of UTF-8");
        let (plain, other) = (cells(&plain, b','), cells(other, b';'));
        for (row, (plain, other)) in plain.iter().zip(&other).enumerate() {
            let back =
                |cell: &String| match cell.parse::<f64>().is_err() && cell.replace(',', ".").parse::<f64>().is_ok() {
                    true => cell.replace(',', "."),
                    false => cell.clone(),
                };
            assert_eq!(
                *plain,
                other.iter().map(back).collect::<Vec<_>>(),
                "{} {row}",
                path.display()
            );
            for cell in other.iter().filter(|cell| cell.starts_with(['=', '+', '-', '@'])) {
                assert!(cell.replace(',', ".").parse::<f64>().is_ok(), "a formula: {cell}");
            }
        }
        assert_eq!(plain.len(), other.len(), "{}", path.display());
        tables += 1;
    }
    tables
}

/// Runs a command twice, once with each separator, and compares what it wrote.
fn compare(name: &str, command: &[&str]) -> (std::path::PathBuf, usize) {
    let (commas, semicolons) = (place(&format!("{name}-comma")), place(&format!("{name}-semicolon")));
    let run = |out: &Path, more: &[&str]| {
        let arguments: Vec<&str> = command.iter().chain(&["-o", text(out)]).chain(more).copied().collect();
        let run = nicplan(&arguments);
        assert!(run.code < 2, "{arguments:?}: {}", run.err);
    };
    run(&commas, &[]);
    run(&semicolons, &["--separator", "semicolon"]);
    let tables = same_but_for_the_separator(&commas, &semicolons);
    (semicolons, tables)
}

#[test]
fn every_command_that_writes_tables_writes_the_same_cells_with_semicolons() {
    let hostile = hostile();
    let hostile = text(&hostile);
    assert_eq!(compare("plan", &["plan", hostile]).1, 7);
    assert_eq!(compare("review", &["review", hostile]).1, 2);
    assert_eq!(compare("mac", &["mac", hostile]).1, 8);
    assert_eq!(compare("path", &["path", hostile]).1, 1);
    assert_eq!(compare("drain", &["drain", "samples/patch-night"]).1, 3);
    assert_eq!(compare("diff", &["diff", hostile, "samples/broken"]).1, 1);
    let blades = [
        "deploy",
        "samples/blades-2012r2",
        "--plan",
        "reports/blades-2012r2/plan.json",
    ];
    assert_eq!(compare("deploy", &blades).1, 1);
}

#[test]
fn decimals_get_a_comma_and_names_with_a_point_keep_it() {
    let import = ["import", "samples/migration-events", "--with", "samples/patch-night"];
    let (history, _) = compare("decimals", &import);
    let history = fs::read_to_string(history.join("history.csv")).expect("it was written");
    let rows = cells(history.trim_start_matches(MARK), b';');
    assert_eq!(rows[0][10], "start_s");
    assert!(rows[1..].iter().all(|row| !row[10].contains('.')), "{history}");
    assert!(rows[1..].iter().any(|row| row[10].contains(',')), "{history}");

    let (plan, _) = compare("plan", &["plan", text(&hostile())]);
    let networks = fs::read_to_string(plan.join("external_networks.csv")).expect("it was written");
    assert!(cells(&networks, b';').iter().any(|row| row[2] == "10.5"), "{networks}");
}

#[test]
fn inventories_and_histories_with_semicolons_are_read_back_as_the_same() {
    let plan = |inventory: &Path| {
        let run = nicplan(&["plan", text(inventory), "--format", "json"]);
        assert_eq!(run.code, 0, "{}", run.err);
        run.out
    };
    for (name, command) in [
        (
            "generate",
            &["generate", "--nodes", "4", "--vms", "60", "--seed", "1"][..],
        ),
        ("import", &["import", "samples/exports-2022"][..]),
        ("redact", &["redact", "samples/blades-2012r2"][..]),
    ] {
        let (semicolons, tables) = compare(name, command);
        assert!(tables > 5, "{name}");
        let commas = semicolons.with_file_name(format!("{name}-comma"));
        assert_eq!(plan(&semicolons), plan(&commas), "{name}");
    }

    let import = ["import", "samples/migration-events", "--with", "samples/patch-night"];
    let (semicolons, _) = compare("history", &import);
    let score = |history: &Path| nicplan(&["calibrate", text(history), "--format", "json"]).out;
    let commas = semicolons.with_file_name("history-comma");
    let both = [score(&semicolons), score(&commas)].map(|score| score.replace("history-semicolon", "history-comma"));
    assert_eq!(both[0], both[1]);
}

#[test]
fn the_standard_output_has_semicolons_without_a_mark() {
    let run = nicplan(&[
        "review",
        "samples/broken",
        "--format",
        "csv",
        "--separator",
        "semicolon",
    ]);
    assert!(run.out.starts_with("rule;severity;"), "{}", run.out);
    let key = folder("keys", &[]).join("key.csv");
    let out = place("redacted");
    let arguments = [
        "redact",
        "samples/broken",
        "-o",
        text(&out),
        "--key",
        text(&key),
        "--separator",
        "semicolon",
    ];
    assert_eq!(nicplan(&arguments).code, 0);
    let key = fs::read_to_string(&key).expect("it was written");
    assert!(key.starts_with("\u{feff}kind;name;pseudonym\n"), "{key}");
}
