//! Samples with their committed plans.
#![allow(dead_code)] // each test file uses its part

use nicplan::inventory::{Inventory, LoadOptions, load};
use nicplan::plan::Plan;
use std::fs;
use std::path::Path;

/// One sample that has a committed plan; any other name fails the test.
pub fn sample(name: &str) -> (Inventory, Plan) {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(project.join("reports").join(name).join("plan.json")).expect("a committed plan");
    let plan: Plan = serde_json::from_str(&text).expect("a committed plan can be read");
    let inventory = load(&[project.join("samples").join(name)], &LoadOptions::default()).expect("a sample is sound");
    (inventory, plan)
}

/// All of them, by name.
pub fn samples() -> Vec<(String, Inventory, Plan)> {
    let reports = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports");
    let entries = fs::read_dir(&reports).expect("the committed reports");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| reports.join(name).join("plan.json").exists())
        .collect();
    names.sort();
    assert!(names.len() >= 8, "the samples are there");
    let with = |name: String| {
        let (inventory, plan) = sample(&name);
        (name, inventory, plan)
    };
    names.into_iter().map(with).collect()
}
