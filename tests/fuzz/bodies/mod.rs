//! One body for each reader: any bytes in, no panic out, and every claim of `claims` holds.
//!
//! `tests/fuzzing.rs` runs them over seeds, regressions and a fixed number of mutations; `target.rs` gives the same bodies to
//! libFuzzer. To add one: a function, one line in [`BODIES`], a folder of seeds, a `[[bin]]` in `Cargo.toml`.

mod bundle;
mod claims;

use bundle::{File, files};
use nicplan::history;
use nicplan::inventory::{self, Inventory};
use nicplan::migration::calibration::{self, Calibration};
use std::fs;
use std::path::Path;

/// A reader and what feeds it.
pub struct Body {
    /// Name of the target, and of its folders of seeds and regressions.
    pub name: &'static str,
    /// Reads the bytes; the folder is its own and empty.
    pub run: fn(&[u8], &Path),
}

/// All bodies, sorted by name.
pub static BODIES: [Body; 17] = [
    Body {
        name: "calibration",
        run: calibration_file,
    },
    Body {
        name: "clixml",
        run: exports,
    },
    Body {
        name: "counters",
        run: counters,
    },
    Body {
        name: "events",
        run: events,
    },
    Body {
        name: "export_csv",
        run: exports,
    },
    Body {
        name: "export_json",
        run: exports,
    },
    Body {
        name: "history",
        run: past,
    },
    Body {
        name: "inventory_json",
        run: inventory_json,
    },
    Body {
        name: "lldp",
        run: neighbours,
    },
    Body {
        name: "plan_json",
        run: plan_json,
    },
    Body {
        name: "policy",
        run: policy,
    },
    Body {
        name: "rvtools_csv",
        run: exports,
    },
    Body {
        name: "tables",
        run: exports,
    },
    Body {
        name: "test_cluster",
        run: test_cluster,
    },
    Body {
        name: "workbook",
        run: workbook,
    },
    Body {
        name: "zip_bytes",
        run: zip_bytes,
    },
    Body {
        name: "zip_entries",
        run: zip_entries,
    },
];

/// One of so many readable inventories is planned as well.
const PLANNED: u64 = 24;
/// From one of so many readable histories is learnt as well.
const LEARNT: u64 = 8;

/// The body of this name, on an empty folder of its own.
pub fn run(name: &str, data: &[u8], dir: &Path) {
    let body = BODIES
        .iter()
        .find(|body| body.name == name)
        .expect("the table names every target");
    let _ = fs::remove_dir_all(dir);
    fs::create_dir_all(dir).expect("the place for tests can be written");
    (body.run)(data, dir);
}

/// Two nodes, two ports each, a VM on each: what files that add to an inventory need beside them.
const SMALL: &str = "@@ nodes.csv\nnode,cluster\nHV1,C\nHV2,C\n\
    @@ nics.csv\nnode,nic,speed_mbps,mac\nHV1,A,10000,00-11-22-33-44-01\nHV1,B,10000,00-11-22-33-44-02\nHV2,A,10000,\nHV2,B,10000,\n\
    @@ vms.csv\nvm,node,memory_mib\nWEB,HV1,4096\nSQL,HV2,8192\n\
    @@ vnics.csv\nvm,vnic,switch,p95_mbps,mac\nWEB,Network Adapter,LAN,100,00155D000101\nSQL,Network Adapter,LAN,200,00155D000102\n";

/// What takes long is done for one input of so many; which one, the input itself decides.
fn is_chosen(data: &[u8], of: u64) -> bool {
    let sum = data
        .iter()
        .fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
    sum.is_multiple_of(of)
}

fn judge(data: &[u8], inventory: &Inventory, dir: &Path) {
    claims::judged(inventory, dir, is_chosen(data, PLANNED));
}

/// A folder of whatever the input names: tables, exports, sheets of RVTools.
fn exports(data: &[u8], dir: &Path) {
    of_folder(data, &files(data), dir);
}

fn of_folder(data: &[u8], all: &[File], dir: &Path) {
    let source = dir.join("source");
    let written = bundle::folder(&source, all);
    if let Some(inventory) = claims::load(&[source], None, &written, dir) {
        judge(data, &inventory, dir);
    }
}

/// A file beside the tables of a small inventory.
fn beside(name: &str, data: &[u8], dir: &Path) {
    let mut all = files(SMALL.as_bytes());
    all.push((name.to_owned(), data.to_vec()));
    of_folder(data, &all, dir);
}

/// One file as the only input.
fn single(name: &str, data: &[u8], importer: Option<&str>, dir: &Path) {
    let path = dir.join(name);
    fs::write(&path, data).expect("the place for tests can be written");
    let given = [(name.to_owned(), data.to_vec())];
    if let Some(inventory) = claims::load(&[path], importer, &given, dir) {
        judge(data, &inventory, dir);
    }
}

fn policy(data: &[u8], dir: &Path) {
    beside("policy.csv", data, dir);
}

fn counters(data: &[u8], dir: &Path) {
    beside("counters.csv", data, dir);
}

fn neighbours(data: &[u8], dir: &Path) {
    let is_json = data
        .trim_ascii_start()
        .first()
        .is_some_and(|byte| matches!(byte, b'[' | b'{'));
    beside(if is_json { "lldp.json" } else { "lldp.csv" }, data, dir);
}

fn inventory_json(data: &[u8], dir: &Path) {
    single("inventory.json", data, Some("json"), dir);
}

fn test_cluster(data: &[u8], dir: &Path) {
    single("report.htm", data, None, dir);
}

/// The bytes of a ZIP as they are.
fn zip_bytes(data: &[u8], dir: &Path) {
    single("exports.zip", data, Some("exports"), dir);
    single("rvtools.xlsx", data, Some("rvtools"), dir);
}

/// A whole ZIP with entries of any name and content.
fn zip_entries(data: &[u8], dir: &Path) {
    let all = files(data);
    let path = bundle::archive(dir.join("exports.zip"), &all);
    let named: Vec<File> = all
        .into_iter()
        .map(|(name, bytes)| (format!("exports.zip/{name}"), bytes))
        .collect();
    if let Some(inventory) = claims::load(&[path], None, &named, dir) {
        judge(data, &inventory, dir);
    }
}

/// A whole workbook with parts of any content.
fn workbook(data: &[u8], dir: &Path) {
    let all = files(data);
    let path = bundle::archive(dir.join("rvtools.xlsx"), &all);
    if let Some(inventory) = claims::load(&[path], None, &all, dir) {
        judge(data, &inventory, dir);
    }
}

fn plan_json(data: &[u8], dir: &Path) {
    let path = dir.join("plan.json");
    fs::write(&path, data).expect("the place for tests can be written");
    let source = dir.join("source");
    bundle::folder(&source, &files(SMALL.as_bytes()));
    let inventory = inventory::load(&[source], &Default::default()).expect("the small inventory is whole");
    let plan = claims::bounded(data.len(), || {
        let text = inventory::read_text(&path).ok()?;
        serde_json::from_str(&text).ok()
    });
    if let Some(plan) = plan {
        claims::plan_is_judged(&inventory, plan);
    }
}

/// Logs of events, one file or several.
fn events(data: &[u8], dir: &Path) {
    let source = dir.join("source");
    let written = bundle::folder(&source, &files(data));
    let size = written.iter().map(|(_, bytes)| bytes.len()).sum();
    match claims::bounded(size, || history::import(std::slice::from_ref(&source), Some("C"), None)) {
        Ok(found) => {
            let csv = history::history_csv(&found.rows);
            history::passed_over_csv(&found.passed_over);
            if !found.rows.is_empty() {
                let path = dir.join("history.csv");
                fs::write(&path, csv).expect("the place for tests can be written");
                calibration::history::read(&path)
                    .unwrap_or_else(|wrong| panic!("what was written cannot be read: {wrong:#?}"));
            }
        }
        Err(problems) => claims::told(&problems, &written),
    }
}

/// A history of migrations, from which is learnt.
fn past(data: &[u8], dir: &Path) {
    let path = dir.join("history.csv");
    fs::write(&path, data).expect("the place for tests can be written");
    match claims::bounded(data.len(), || calibration::history::read(&path)) {
        Ok(history) => {
            let learnt = is_chosen(data, LEARNT).then(|| calibration::learn(&history));
            if let Some(learnt) = learnt.flatten() {
                let again = Calibration::from_json(&learnt.calibration.to_json());
                assert_eq!(
                    again.as_ref(),
                    Ok(&learnt.calibration),
                    "what was learnt cannot be read"
                );
                calibration::score_with(&history, &learnt.calibration);
            }
        }
        Err(problems) => claims::told(&problems, &[("history.csv".to_owned(), data.to_vec())]),
    }
}

fn calibration_file(data: &[u8], _: &Path) {
    let text = String::from_utf8_lossy(data);
    match claims::bounded(data.len(), || Calibration::from_json(&text)) {
        Ok(calibration) => assert_eq!(
            Calibration::from_json(&calibration.to_json()).as_ref(),
            Ok(&calibration)
        ),
        Err((what, line, _)) => {
            assert!(!what.is_empty());
            assert!(line as usize <= text.split('\n').count(), "{what} in line {line}");
        }
    }
}
