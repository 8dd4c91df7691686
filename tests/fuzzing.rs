//! Every reader on seeds, on inputs that once broke it, and on a fixed number of damaged ones. `tests/fuzz/README.md` tells how
//! the same bodies run under libFuzzer.

#[path = "fuzz/bodies/mod.rs"]
mod bodies;
#[path = "support/dice.rs"]
mod dice;
#[path = "fuzz/mutate.rs"]
mod mutate;
mod program;

use bodies::BODIES;
use program::{entries, project};
use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

/// Damaged inputs for each reader.
const MUTATIONS: u64 = 60;
/// Largest seed or regression, in bytes.
const LARGEST: u64 = 4_096;

fn home() -> PathBuf {
    project().join("tests/fuzz")
}

/// The files of a folder of one reader; their names begin with it.
fn inputs(folder: &str, reader: &str) -> Vec<(String, Vec<u8>)> {
    let files = entries(&home().join(folder).join(reader));
    let read = |path: PathBuf| {
        (
            path.display().to_string(),
            fs::read(&path).expect("an input can be read"),
        )
    };
    files.into_iter().map(read).collect()
}

/// Runs one input; a panic names it and keeps it.
fn run(reader: &str, name: &str, data: &[u8]) {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{reader}"));
    if catch_unwind(|| bodies::run(reader, data, &dir)).is_err() {
        let kept = dir.with_extension("input");
        fs::write(&kept, data).expect("the build folder can be written");
        panic!("{reader} does not hold on {name}; the input is in {}", kept.display());
    }
}

/// Seeds, regressions, then mutations of both.
fn holds(reader: &str) {
    let words = mutate::words(&fs::read_to_string(home().join("words.dict")).expect("the words are there"));
    let seeds = inputs("seeds", reader);
    assert!(!seeds.is_empty(), "{reader} has no seed");
    let mut all = seeds.clone();
    all.extend(inputs("regressions", reader));
    for (name, data) in &all {
        run(reader, name, data);
    }
    let seeds: Vec<Vec<u8>> = all.into_iter().map(|(_, data)| data).collect();
    for number in 0..MUTATIONS {
        run(
            reader,
            &format!("mutation {number}"),
            &mutate::mutated(&seeds, &words, number),
        );
    }
}

/// One test for each reader, so that they run beside each other and fail by name.
macro_rules! readers {
    ($($name:ident)*) => {
        $(#[test] fn $name() { holds(stringify!($name)); })*
        const TESTED: &[&str] = &[$(stringify!($name)),*];
    };
}

readers! {
    calibration clixml counters events export_csv export_json history inventory_json lldp plan_json policy rvtools_csv tables
    test_cluster workbook zip_bytes zip_entries
}

#[test]
fn every_reader_has_a_test_a_target_and_seeds() {
    let names: Vec<&str> = BODIES.iter().map(|body| body.name).collect();
    assert_eq!(names, TESTED);
    let manifest = fs::read_to_string(home().join("Cargo.toml")).expect("the manifest is there");
    let folders: BTreeSet<String> = entries(&home().join("seeds"))
        .iter()
        .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        .collect();
    assert_eq!(folders, names.iter().map(|name| (*name).to_owned()).collect());
    for name in names {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name} is no target");
    }
}

/// A seed that is refused at its first byte tests nothing behind it.
#[test]
fn inputs_are_small() {
    for folder in ["seeds", "regressions"] {
        for reader in entries(&home().join(folder)) {
            for file in entries(&reader) {
                let size = fs::metadata(&file).expect("an input can be read").len();
                assert!(size <= LARGEST, "{} has {size} bytes", file.display());
            }
        }
    }
}
