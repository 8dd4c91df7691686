//! How long the stages take at 4, 16 and 64 nodes: reading files, planning, checking, reviewing, writing reports.
//!
//! `review` judges the generated inventory as it is, `review-filled` the same one with a value in every column that a rule reads:
//! then more than twice as many rules are checked.
//!
//! `cargo bench` prints the table; the README shows one run of it.
#![allow(missing_docs)] // criterion's macro makes a public function

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use nicplan::assignment::{self, Options};
use nicplan::checks::{self, VerifiedPlan, rules};
use nicplan::generate::{self, Size};
use nicplan::inventory::catalogue::{TABLES, Table};
use nicplan::inventory::{self, Inventory, LoadOptions};
use nicplan::plan::Plan;
use nicplan::reports::{self, ReportData};
use nicplan::topology::Topology;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Nodes and VMs of the three sizes.
const SIZES: [(usize, usize); 3] = [(4, 60), (16, 1_000), (64, 8_000)];

/// Writes a generated inventory below the build folder.
fn folder(nodes: usize, vms: usize) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{nodes}"));
    let tables = generate::generate(Size { nodes, vms, seed: 1 }).expect("the size is allowed");
    let files: Vec<(String, Vec<u8>)> = tables
        .iter()
        .map(|t| (t.file.to_owned(), t.to_csv().into_bytes()))
        .collect();
    reports::write_all(&dir, &files).expect("the build folder can be written");
    dir
}

/// The same inventory with the catalogue's example in every column that only rules read. Left out is what would say that the hosts do
/// not run Hyper-V: then most rules would not apply.
fn filled(dir: &Path) -> PathBuf {
    let target = dir.with_extension("filled");
    let tables = TABLES.iter().filter_map(|table| {
        let text = std::fs::read_to_string(dir.join(table.file())).ok()?;
        Some((table.file(), with_examples(table, &text).into_bytes()))
    });
    let files: Vec<(String, Vec<u8>)> = tables.collect();
    reports::write_all(&target, &files).expect("the build folder can be written");
    target
}

fn with_examples(table: &Table, text: &str) -> String {
    let header: Vec<&str> = text.lines().next().unwrap_or_default().split(',').collect();
    let added = table
        .review()
        .filter(|column| column.name != "hypervisor" && !header.contains(&column.name));
    let (mut names, mut cells) = (String::new(), String::new());
    for column in added {
        names.push_str(&format!(",{}", column.name));
        cells.push_str(&format!(",\"{}\"", column.example));
    }
    let rows = text.lines().enumerate();
    rows.map(|(line, row)| format!("{row}{}\n", if line == 0 { &names } else { &cells }))
        .collect()
}

fn load(dir: &Path) -> Inventory {
    inventory::load(&[dir.to_path_buf()], &LoadOptions::default()).expect("generated inventories are valid")
}

fn plan(inventory: &Inventory) -> Plan {
    assignment::plan(inventory, &Options::default()).expect("no time limit is set")
}

fn verify(inventory: &Inventory, plan: &Plan) -> VerifiedPlan {
    checks::verify(inventory, plan.clone()).expect("our own plans verify")
}

fn pipeline(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("pipeline");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(3))
        .warm_up_time(Duration::from_secs(1));
    for (nodes, vms) in SIZES {
        let dir = folder(nodes, vms);
        let inventory = load(&dir);
        let chosen = plan(&inventory);
        let verified = verify(&inventory, &chosen);
        let findings = rules::review(&inventory);
        group.bench_function(BenchmarkId::new("parse", nodes), |b| b.iter(|| load(black_box(&dir))));
        group.bench_function(BenchmarkId::new("graph", nodes), |b| {
            b.iter(|| {
                inventory
                    .clusters
                    .iter()
                    .map(|c| Topology::build(black_box(c)))
                    .collect::<Vec<_>>()
            });
        });
        group.bench_function(BenchmarkId::new("plan", nodes), |b| {
            b.iter(|| plan(black_box(&inventory)))
        });
        group.bench_function(BenchmarkId::new("check", nodes), |b| {
            b.iter(|| verify(&inventory, black_box(&chosen)))
        });
        group.bench_function(BenchmarkId::new("review", nodes), |b| {
            b.iter(|| rules::review(black_box(&inventory)))
        });
        let filled = load(&filled(&dir));
        group.bench_function(BenchmarkId::new("review-filled", nodes), |b| {
            b.iter(|| rules::review(black_box(&filled)))
        });
        group.bench_function(BenchmarkId::new("reports", nodes), |b| {
            b.iter(|| reports::render_all(&ReportData::new(&inventory, &verified, black_box(&findings))));
        });
    }
    group.finish();
}

criterion_group!(benches, pipeline);
criterion_main!(benches);
