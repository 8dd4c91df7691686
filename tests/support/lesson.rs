//! What the tests of `calibrate` share: a history on disk, a lesson, a score, and claims about what was learnt.
#![allow(dead_code)] // each test file uses its part

use super::past::World;
use super::program::{Run, folder, nicplan, text};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// Writes a history into a folder of its own.
pub fn history(name: &str, content: &str) -> PathBuf {
    folder(&format!("calibrate-{name}"), &[("history.csv", content.as_bytes())]).join("history.csv")
}

/// Learns; gives the run and the file.
pub fn learn(file: &Path) -> (Run, Value) {
    let out = file.with_file_name("calibration.json");
    let run = nicplan(&["calibrate", text(file), "-o", text(&out), "--format", "json"]);
    let written = fs::read_to_string(&out).unwrap_or_default();
    (run, serde_json::from_str(&written).unwrap_or(Value::Null))
}

/// Scores a second history of the same world.
pub fn score(file: &Path, world: &World, seed: u64) -> Value {
    let other = file.with_file_name("other.csv");
    fs::write(&other, world.csv(&world.rows(20, seed))).expect("the build folder can be written");
    let calibration = file.with_file_name("calibration.json");
    let run = nicplan(&[
        "calibrate",
        text(&other),
        "--with",
        text(&calibration),
        "--format",
        "json",
    ]);
    assert_eq!(run.code, 0, "{}", run.err);
    serde_json::from_str(&run.out).expect("JSON")
}

pub fn entry<'a>(calibration: &'a Value, parameter: &str, speed: Option<u64>) -> &'a Value {
    let all = calibration["parameters"].as_array().expect("parameters");
    all.iter()
        .find(|e| e["parameter"] == parameter && (speed.is_none() || e["speed_mbps"] == serde_json::json!(speed)))
        .unwrap_or_else(|| panic!("no {parameter} {speed:?} in {calibration}"))
}

#[track_caller]
pub fn assert_learnt(calibration: &Value, parameter: &str, speed: Option<u64>, truth: f64, percent: f64) {
    let entry = entry(calibration, parameter, speed);
    assert_eq!(entry["identified"], true, "{entry}");
    let value = entry["value"].as_f64().expect("a number");
    assert!(
        (value / truth - 1.0).abs() * 100.0 < percent,
        "{value} instead of {truth}: {entry}"
    );
}

#[track_caller]
pub fn assert_kept(calibration: &Value, parameter: &str, speed: Option<u64>, why: &str) {
    let entry = entry(calibration, parameter, speed);
    assert_eq!(entry["identified"], false, "{entry}");
    assert_eq!(entry["value"], entry["default"], "{entry}");
    assert!(entry["why"].as_str().expect("a reason").contains(why), "{entry}");
}

pub fn number(scores: &Value, key: &str) -> f64 {
    scores[key].as_f64().unwrap_or_else(|| panic!("no {key} in {scores}"))
}
