//! `calibrate` finds the laws of worlds that we made, forecasts what it has not seen, and says what it cannot know.

#[path = "support/dice.rs"]
mod dice;
#[path = "support/past.rs"]
mod past;
mod program;

use nicplan::history::HISTORY_COLUMNS;
use nicplan::inventory::catalogue::HISTORY;
use past::{HEADER, World};
use program::{Run, folder, nicplan, project, text};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// Writes a history into a folder of its own.
fn history(name: &str, content: &str) -> PathBuf {
    folder(&format!("calibrate-{name}"), &[("history.csv", content.as_bytes())]).join("history.csv")
}

/// Learns; gives the run and the file.
fn learn(file: &Path) -> (Run, Value) {
    let out = file.with_file_name("calibration.json");
    let run = nicplan(&["calibrate", text(file), "-o", text(&out), "--format", "json"]);
    let written = fs::read_to_string(&out).unwrap_or_default();
    (run, serde_json::from_str(&written).unwrap_or(Value::Null))
}

/// Scores a second history of the same world.
fn score(file: &Path, world: &World, seed: u64) -> Value {
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

fn entry<'a>(calibration: &'a Value, parameter: &str, speed: Option<u64>) -> &'a Value {
    let all = calibration["parameters"].as_array().expect("parameters");
    all.iter()
        .find(|e| e["parameter"] == parameter && (speed.is_none() || e["speed_mbps"] == serde_json::json!(speed)))
        .unwrap_or_else(|| panic!("no {parameter} {speed:?} in {calibration}"))
}

#[track_caller]
fn assert_learnt(calibration: &Value, parameter: &str, speed: Option<u64>, truth: f64, percent: f64) {
    let entry = entry(calibration, parameter, speed);
    assert_eq!(entry["identified"], true, "{entry}");
    let value = entry["value"].as_f64().expect("a number");
    assert!(
        (value / truth - 1.0).abs() * 100.0 < percent,
        "{value} instead of {truth}: {entry}"
    );
}

#[track_caller]
fn assert_kept(calibration: &Value, parameter: &str, speed: Option<u64>, why: &str) {
    let entry = entry(calibration, parameter, speed);
    assert_eq!(entry["identified"], false, "{entry}");
    assert_eq!(entry["value"], entry["default"], "{entry}");
    assert!(entry["why"].as_str().expect("a reason").contains(why), "{entry}");
}

fn number(scores: &Value, key: &str) -> f64 {
    scores[key].as_f64().unwrap_or_else(|| panic!("no {key} in {scores}"))
}

#[test]
fn the_laws_of_a_world_are_found_and_its_future_is_forecast() {
    let world = World::two_speeds();
    let file = history("laws", &world.csv(&world.rows(24, 1)));

    let (run, calibration) = learn(&file);

    assert_eq!(run.code, 0, "{}", run.err);
    assert_learnt(&calibration, "link_rate", Some(500), 0.93, 2.0);
    assert_learnt(&calibration, "link_rate", Some(1000), 0.93, 3.0);
    assert_learnt(&calibration, "fixed_time", None, 2.4, 25.0);
    assert_learnt(&calibration, "duplex_loss", None, 0.15, 30.0);
    let scores = score(&file, &world, 2);
    assert!(number(&scores, "mape_percent") < 2.5, "{scores}");
    assert!(number(&scores, "makespan_mape_percent") < 2.0, "{scores}");
    assert!(number(&scores, "bias_percent").abs() < 1.5, "{scores}");
    assert!(
        (80.0..=98.0).contains(&number(&scores, "p90_coverage_percent")),
        "{scores}"
    );
}

#[test]
fn cross_validated_scores_tell_what_the_future_brings() {
    let world = World {
        noise: 80,
        ..World::two_speeds()
    };
    let file = history("honest", &world.csv(&world.rows(24, 3)));

    let (run, _) = learn(&file);

    let promised: Value = serde_json::from_str(&run.out).expect("JSON");
    let kept = score(&file, &world, 4);
    let difference = number(&promised, "mape_percent") - number(&kept, "mape_percent");
    assert!(difference.abs() < 1.0, "{promised} {kept}");
    // the disturbance is evenly spread up to 8 %: nobody can be nearer than 4 % on average
    assert!((3.0..5.5).contains(&number(&kept, "mape_percent")), "{kept}");
}

#[test]
fn a_dirty_scale_is_learnt_where_dirty_rates_differ_and_only_there() {
    let busy = World {
        dirty: vec![1.0, 8.0, 20.0],
        dirty_scale: 1.7,
        ..World::two_speeds()
    };
    let differ = history("dirty", &busy.csv(&busy.rows(24, 5)));
    let same = history("same-dirty", &World::two_speeds().csv(&World::two_speeds().rows(10, 5)));

    assert_learnt(&learn(&differ).1, "dirty_scale", None, 1.7, 15.0);
    assert_kept(&learn(&same).1, "dirty_scale", None, "same dirty rate");
}

#[test]
fn the_limit_of_a_single_stream_is_told_from_the_limit_of_the_port() {
    let world = World {
        nodes: vec![("A", 10_000), ("B", 10_000), ("C", 10_000)],
        link: |_| 0.94,
        stream: 0.45,
        fixed_s: 5.0,
        loss: 0.0,
        pause_s: 8,
        memory: vec![16_384, 32_768, 65_536],
        ..World::two_speeds()
    };
    let file = history("stream", &world.csv(&world.rows(24, 6)));

    let (run, calibration) = learn(&file);

    assert_eq!(run.code, 0, "{}", run.err);
    assert_learnt(&calibration, "stream_share", Some(10_000), 0.45, 10.0);
    assert_learnt(&calibration, "link_rate", Some(10_000), 0.94, 10.0);
    assert!(number(&score(&file, &world, 7), "mape_percent") < 3.0);
}

#[test]
fn single_migrations_teach_rate_and_fixed_time_and_nothing_about_sharing() {
    let world = World {
        pause_s: 0,
        ..World::two_speeds()
    };
    let file = history("single", &world.csv(&world.rows(40, 8)));

    let (run, calibration) = learn(&file);

    assert_eq!(run.code, 0, "{}", run.err);
    assert_learnt(&calibration, "link_rate", Some(500), 0.93, 2.0);
    assert_kept(&calibration, "duplex_loss", None, "sending at the same time");
    assert_kept(&calibration, "stream_share", Some(500), "shared such a port");
    assert!(number(&score(&file, &world, 9), "mape_percent") < 2.5);
}

#[test]
fn migrations_of_one_size_do_not_tell_the_fixed_time_from_the_rate() {
    let world = World {
        pause_s: 0,
        nodes: vec![("A", 1000), ("B", 1000)],
        memory: vec![3000],
        ..World::two_speeds()
    };
    let file = history("one-size", &world.csv(&world.rows(12, 10)));

    let (_, calibration) = learn(&file);

    assert_kept(&calibration, "fixed_time", None, "cannot be told apart");
    assert!(number(&score(&file, &world, 11), "mape_percent") < 3.0);
}

#[test]
fn each_transport_and_port_speed_has_a_rate_of_its_own() {
    let smb = World {
        transport: "smb",
        nodes: vec![("X", 10_000), ("Y", 10_000), ("Z", 25_000), ("W", 25_000)],
        link: |speed| if speed == 25_000 { 0.6 } else { 0.9 },
        fixed_s: 4.0,
        loss: 0.0,
        memory: vec![32_768, 65_536, 131_072],
        ..World::two_speeds()
    };
    let slow = World::two_speeds();
    let (a, b) = (slow.csv(&slow.rows(14, 12)), smb.csv(&smb.rows(24, 13)));
    let both = format!(
        "{a}{}",
        b.strip_prefix(HEADER).unwrap_or_default().replace("night", "smb-night")
    );
    let file = history("transports", &both);

    let (_, calibration) = learn(&file);

    assert_learnt(&calibration, "link_rate", Some(500), 0.93, 3.0);
    assert_learnt(&calibration, "link_rate", Some(10_000), 0.9, 5.0);
    assert_learnt(&calibration, "link_rate", Some(25_000), 0.6, 8.0);
    assert!(number(&score(&file, &smb, 14), "mape_percent") < 4.0);
}

#[test]
fn a_failed_migration_is_named_and_hardly_moves_what_is_learnt() {
    let world = World::two_speeds();
    let mut rows = world.rows(24, 1);
    let whole = learn(&history("whole", &world.csv(&rows))).1;
    rows[17].end = rows[17].start + 3_600;
    let file = history("failed", &world.csv(&rows));

    let (_, disturbed) = learn(&file);
    let told = nicplan(&["calibrate", text(&file)]);

    for speed in [500, 1000] {
        let value = |calibration: &Value| {
            entry(calibration, "link_rate", Some(speed))["value"]
                .as_f64()
                .expect("a number")
        };
        assert!((value(&disturbed) / value(&whole) - 1.0).abs() < 0.02);
    }
    assert!(told.out.contains("line 19: 3600 s instead of"), "{}", told.out);
}

#[test]
fn blanks_are_filled_from_other_rows_and_told() {
    let world = World::two_speeds();
    let rows = world.rows(24, 1);
    let mut content = String::from(HEADER);
    for (index, row) in rows.iter().enumerate() {
        let line = world.line(row);
        let mut cells: Vec<&str> = line.trim_end().split(',').collect();
        let blank: &[usize] = match index % 6 {
            0 => &[5, 6],
            1 => &[8, 9],
            2 => &[7],
            3 if index == 3 => &[4],
            4 if index == 4 => &[11],
            _ => &[],
        };
        for cell in blank {
            cells[*cell] = "";
        }
        content.push_str(&format!("{}\n", cells.join(",")));
    }
    let file = history("blanks", &content);

    let (run, calibration) = learn(&file);

    assert_eq!(run.code, 0, "{}", run.err);
    assert_learnt(&calibration, "link_rate", Some(500), 0.93, 3.0);
    for told in [
        "1 migration of unknown memory",
        "1 migration without end_s",
        "of unknown dirty rate",
        "of unknown transport",
    ] {
        assert!(run.err.contains(told), "{told}: {}", run.err);
    }
    assert!(number(&score(&file, &world, 2), "mape_percent") < 3.0);
}

#[test]
fn recorded_blackouts_tell_the_switch_over_and_their_lack_is_told() {
    let world = World::two_speeds();
    let rows = world.rows(8, 21);
    let silent = world.csv(&rows);
    let with: String = silent
        .lines()
        .enumerate()
        .map(|(index, line)| {
            if index == 0 {
                format!("{line}\n")
            } else {
                format!("{line}450\n")
            }
        })
        .collect();

    let told = learn(&history("blackouts", &with)).1;

    let value = entry(&told, "switch_over", None)["value"].as_f64().expect("a number");
    assert!(value > 0.1 && value <= 0.45, "{value}");
    assert_kept(
        &learn(&history("no-blackouts", &silent)).1,
        "switch_over",
        None,
        "blackouts",
    );
}

#[test]
fn what_a_new_history_never_says_is_taken_from_the_one_that_taught() {
    let world = World {
        dirty: vec![30.0],
        ..World::two_speeds()
    };
    let file = history("usual", &world.csv(&world.rows(16, 22)));
    learn(&file);
    let rows = world.rows(10, 23);
    let cells = rows.iter().map(|row| format!(",30,{},", row.memory / 4));
    let silent = cells.fold(world.csv(&rows).replace(",tcp,", ",,"), |text, known| {
        text.replace(&known, ",,,")
    });
    let other = history("usual-silent", &silent);

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
    assert!(run.err.contains("unknown dirty rate taken as 30 MiB/s"), "{}", run.err);
    let scores: Value = serde_json::from_str(&run.out).expect("JSON");
    assert!(number(&scores, "mape_percent") < 5.0, "{scores}");
}

#[test]
fn ports_of_unknown_speed_get_a_rate_of_their_own() {
    let world = World {
        nodes: vec![("A", 10_000), ("B", 10_000)],
        pause_s: 0,
        memory: vec![8_192, 32_768],
        ..World::two_speeds()
    };
    let blank = world.csv(&world.rows(20, 15)).replace(",10000,10000,", ",,,");
    let file = history("unknown-speed", &blank);

    let (run, calibration) = learn(&file);

    assert_eq!(run.code, 0, "{}", run.err);
    let rates = calibration["parameters"].as_array().expect("parameters");
    let rate = rates.iter().find(|e| e["parameter"] == "link_rate").expect("a rate");
    assert!(
        rate["speed_mbps"].is_null() && (rate["value"].as_f64().expect("a number") - 9.3).abs() < 0.4,
        "{rate}"
    );
    let scored: Value = serde_json::from_str(&run.out).expect("JSON");
    assert!(number(&scored, "mape_percent") < 4.0, "{scored}");
}

#[test]
fn spellings_of_excel_and_powershell_give_the_same_calibration() {
    let world = World::two_speeds();
    let plain = world.csv(&world.rows(6, 16));
    let reordered: String = plain
        .lines()
        .map(|line| {
            let mut cells: Vec<&str> = line.split(',').collect();
            cells.reverse();
            format!("\"{}\"\r\n", cells.join("\";\""))
        })
        .collect();
    let excel = format!("\u{feff}{}", reordered.replace("\"2\"", "\"2,0\""));
    let (first, second) = (history("plain", &plain), history("excel", &excel));

    learn(&first);
    learn(&second);

    let read = |file: &Path| fs::read(file.with_file_name("calibration.json")).expect("it was written");
    assert_eq!(
        String::from_utf8_lossy(&read(&first)),
        String::from_utf8_lossy(&read(&second))
    );
}

#[test]
fn every_bad_cell_is_told_with_its_place_and_nothing_is_written() {
    let bad = format!(
        "{HEADER}n1,vm1,A,B,lots,1000,1000,tcp,2,96,0,50,\nn1,vm2,A,A,2000,1000,1000,pigeon,2,96,0,50,\nn1,vm3,A,B,2000,0,1000,tcp,-2,96,60,50,\n"
    );
    let file = history("bad", &bad);

    let (run, written) = learn(&file);

    assert_eq!(run.code, 2);
    assert!(run.out.is_empty() && written.is_null());
    for told in [
        "history.csv:2:5",
        "history.csv:3:4",
        "history.csv:3:8",
        "history.csv:4:6",
        "history.csv:4:9",
        "history.csv:4:12: the migration ends at 50 s, before it begins at 60 s",
    ] {
        assert!(run.err.contains(told), "{told}: {}", run.err);
    }
}

#[test]
fn what_is_no_history_or_no_calibration_is_refused() {
    let empty = history("empty", HEADER);
    let world = World::two_speeds();
    let file = history("sound", &world.csv(&world.rows(3, 17)));
    for (content, said) in [("{", "no calibration"), ("{\"schema_version\": 1}", "no calibration")] {
        let calibration = file.with_file_name("bad.json");
        fs::write(&calibration, content).expect("the build folder can be written");
        let run = nicplan(&["calibrate", text(&file), "--with", text(&calibration)]);
        assert_eq!(run.code, 2);
        assert!(run.err.contains(said), "{}", run.err);
    }
    let run = nicplan(&["calibrate", text(&empty)]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("start_s and end_s"), "{}", run.err);
    assert_eq!(nicplan(&["calibrate", "no-such-file.csv"]).code, 2);
    let both = nicplan(&["calibrate", text(&file), "-o", "x.json", "--with", "y.json"]);
    assert_eq!(both.code, 2);
}

#[test]
fn a_history_that_teaches_nothing_says_so_and_writes_nothing() {
    let world = World::two_speeds();
    let file = history("tiny", &world.csv(&world.rows(1, 18)[..3]));

    let (run, written) = learn(&file);

    assert_eq!(run.code, 1);
    assert!(
        written.is_null() && run.err.contains("Nothing could be learnt"),
        "{}",
        run.err
    );
}

#[test]
fn an_unknown_transport_is_forecast_from_defaults_with_a_wide_p90() {
    let world = World::two_speeds();
    let file = history("stranger", &world.csv(&world.rows(10, 19)));
    learn(&file);
    let smb = world.csv(&world.rows(4, 20)).replace(",tcp,", ",smb,");
    let other = history("stranger-smb", &smb);

    let run = nicplan(&[
        "calibrate",
        text(&other),
        "--with",
        text(&file.with_file_name("calibration.json")),
    ]);

    assert_eq!(run.code, 0);
    assert!(run.err.contains("does not know"), "{}", run.err);
}

#[test]
fn the_columns_are_those_that_import_writes_and_its_history_is_read() {
    let columns: Vec<&str> = HISTORY.columns.iter().map(|column| column.name).collect();
    assert_eq!(columns, HISTORY_COLUMNS);
    let dir = program::place("calibrate-imported");
    let import = nicplan(&["import", "samples/migration-events", "-o", text(&dir)]);
    assert_eq!(import.code, 0, "{}", import.err);

    let run = nicplan(&["calibrate", text(&dir)]);

    // event logs say no memory, and without it nobody learns a rate
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    assert!(run.err.contains("of unknown memory"), "{}", run.err);
}

/// The world of the sample: four nodes, plain TCP on 10 GbE, where one core carries 4 Gbit/s.
fn sample_world() -> World {
    World {
        transport: "tcp",
        nodes: vec![("HV1", 10_000), ("HV2", 10_000), ("HV3", 10_000), ("HV4", 10_000)],
        link: |_| 0.92,
        stream: 0.4,
        fixed_s: 5.0,
        loss: 0.0,
        dirty_scale: 1.5,
        dirty: vec![2.0, 20.0, 60.0],
        noise: 30,
        pause_s: 10,
        memory: vec![8_192, 16_384, 32_768, 65_536],
    }
}

/// Whether the sample is to be rewritten.
#[allow(clippy::disallowed_methods)] // a switch for people, not for the program
fn update() -> bool {
    std::env::var_os("UPDATE").is_some()
}

#[test]
fn the_sample_teaches_what_its_readme_says() {
    let sample = project().join("samples/migration-history/history.csv");
    let world = sample_world();
    let made = world.csv(&world.rows(24, 2024));
    if update() {
        fs::write(&sample, &made).expect("the sample can be written");
    }
    let committed = fs::read_to_string(sample).expect("the sample exists");
    assert_eq!(committed, made, "UPDATE=1 cargo test --test calibrate rewrites it");

    let (run, calibration) = learn(&history("sample", &committed));

    assert_eq!(run.code, 0, "{}", run.err);
    assert_learnt(&calibration, "link_rate", Some(10_000), 0.92, 10.0);
    assert_learnt(&calibration, "stream_share", Some(10_000), 0.4, 10.0);
    assert_learnt(&calibration, "fixed_time", None, 5.0, 15.0);
    assert_learnt(&calibration, "dirty_scale", None, 1.5, 20.0);
    let scores: Value = serde_json::from_str(&run.out).expect("JSON");
    assert!(number(&scores, "mape_percent") < 4.0, "{scores}");
}
