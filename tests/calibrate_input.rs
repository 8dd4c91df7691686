//! `calibrate` reads histories as people and programs write them, and refuses what is none.

#[path = "support/dice.rs"]
mod dice;
#[path = "support/lesson.rs"]
mod lesson;
#[path = "support/past.rs"]
mod past;
mod program;

use lesson::{history, learn, number};
use nicplan::history::HISTORY_COLUMNS;
use nicplan::inventory::catalogue::HISTORY;
use past::{HEADER, World};
use program::{nicplan, place, text};
use serde_json::Value;
use std::fs;
use std::path::Path;

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
    let events = history("events", "<Objs Version=\"1.1.0.1\"><Obj /></Objs>\n");
    let run = nicplan(&["calibrate", text(&events)]);
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("no history of live migrations") && run.err.contains("nicplan import EVENT-LOGS"),
        "{}",
        run.err
    );
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
    let dir = place("calibrate-imported");
    let import = nicplan(&["import", "samples/migration-events", "-o", text(&dir)]);
    assert_eq!(import.code, 0, "{}", import.err);

    let run = nicplan(&["calibrate", text(&dir)]);

    // event logs say no memory, and without it nobody learns a rate
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    assert!(run.err.contains("of unknown memory"), "{}", run.err);
    assert!(run.out.contains("memory of no VM is known"), "{}", run.out);
    assert!(run.out.contains("transport of no migration is known"), "{}", run.out);
}

#[test]
fn a_calibration_edited_by_hand_to_what_cannot_be_is_refused() {
    let file = |p50: &str, p90: &str, dirty: &str, value: &str| {
        format!(
            r#"{{"schema_version": 1, "input_sha256": "", "migrations": 9, "batches": 1,
            "usually": {{"memory_mib": null, "transport": null, "dirty_mib_s": {dirty}, "working_set_permille": null}},
            "parameters": [{{"parameter": "fixed_time", "transport": "tcp", "speed_mbps": null, "value": {value}, "unit": "s",
              "default": 4.0, "low": null, "high": null, "identified": true, "why": ""}}],
            "quantiles": [{{"company": "alone", "p50_ratio": {p50}, "p90_ratio": {p90}, "migrations": 9}}],
            "folds": 0, "cross_validation": {CROSS}}}"#
        )
    };
    let read = |text: &str| nicplan::migration::calibration::Calibration::from_json(text).map_err(|(what, ..)| what);

    assert_eq!(
        read(&file("1.0", "1.2", "2.5", "5.0")).map(|found| found.migrations),
        Ok(9)
    );
    for (text, expected) in [
        (file("-7", "1.2", "2.5", "5.0"), "p50_ratio is -7"),
        (file("1.0", "0.5", "2.5", "5.0"), "p90_ratio is 0.5"),
        (file("1.0", "1.2", "1e30", "5.0"), "usual dirty rate"),
        (file("1.0", "1.2", "-1", "5.0"), "usual dirty rate"),
        (file("1.0", "1.2", "2.5", "9e9"), "fixed_time is 9000000000"),
    ] {
        assert!(read(&text).is_err_and(|what| what.contains(expected)), "{expected}");
    }
}

#[test]
fn absurd_intervals_counts_and_scores_in_a_calibration_are_refused_with_their_value() {
    let world = World::two_speeds();
    let file = history("edited", &world.csv(&world.rows(16, 31)));
    let (_, sound) = learn(&file);
    let read = |value: &Value| nicplan::migration::calibration::Calibration::from_json(&value.to_string());
    assert!(read(&sound).is_ok(), "{:?}", read(&sound));
    let rate = sound["parameters"]
        .as_array()
        .and_then(|all| {
            all.iter()
                .position(|entry| entry["parameter"] == "link_rate" && entry["low"].is_number())
        })
        .expect("a learnt rate");
    let at = |key: &str| format!("/parameters/{rate}/{key}");

    let edits: [(String, Value, &str); 15] = [
        (at("low"), 1.5.into(), "outside its own interval"),
        (at("high"), 0.1.into(), "outside its own interval"),
        (at("low"), (-3).into(), "low of link_rate is -3"),
        (at("high"), 1e9.into(), "high of link_rate is 1000000000"),
        (at("high"), Value::Null, "low without high"),
        (at("default"), 0.into(), "default of link_rate is 0"),
        (at("speed_mbps"), (-1).into(), "no calibration"),
        ("/folds".into(), 1.into(), "folds is 1"),
        ("/folds".into(), 4_000.into(), "folds is 4000"),
        (
            "/cross_validation/mape_percent".into(),
            (-2).into(),
            "mape_percent of cross_validation is -2",
        ),
        (
            "/cross_validation/bias_percent".into(),
            (-101).into(),
            "bias_percent of cross_validation is -101",
        ),
        (
            "/cross_validation/p90_coverage_percent".into(),
            250.into(),
            "p90_coverage_percent of cross_validation is 250",
        ),
        (
            "/cross_validation/migrations".into(),
            99_999.into(),
            "scores 99999 migrations",
        ),
        ("/quantiles/0/company".into(), "luck".into(), "no company 'luck'"),
        (
            "/quantiles/0/migrations".into(),
            99_999.into(),
            "rests on 99999 migrations",
        ),
    ];
    for (place, value, said) in edits {
        let mut edited = sound.clone();
        *edited.pointer_mut(&place).expect("it is in the file") = value;
        let refused = read(&edited).expect_err(&place).0;
        assert!(refused.contains(said), "{place}: {refused}");
    }
    let mut doubled = sound.clone();
    let again = sound["parameters"][rate].clone();
    doubled["parameters"].as_array_mut().expect("parameters").push(again);
    assert!(read(&doubled).is_err_and(|refused| refused.0.contains("stands there twice")));
}

#[test]
fn batches_that_overlap_on_one_clock_are_refused_with_both_lines() {
    let row = |batch: &str, vm: &str, (source, target): (&str, &str), (start, end): (u32, u32)| {
        format!("{batch},{vm},{source},{target},4096,10000,10000,tcp,,,{start},{end},\n")
    };
    let rows = [
        row("monday", "vm1", ("A", "B"), (1000, 1100)),
        row("monday", "vm2", ("A", "C"), (1010, 1120)),
        row("tuesday", "vm3", ("C", "D"), (1100, 1190)),
        row("", "vm4", ("E", "F"), (5000, 5100)),
        row("", "vm5", ("f", "G"), (5050, 5150)),
    ];
    let (run, written) = learn(&history("overlap", &format!("{HEADER}{}", rows.concat())));

    assert_eq!(run.code, 2, "{}{}", run.out, run.err);
    assert!(written.is_null());
    for told in [
        "history.csv:4:11: this migration (batch 'tuesday') and that of line 3 (batch 'monday') use C at the same time",
        "history.csv:6:11: this migration (no batch) and that of line 5 (no batch) use f at the same time",
        "Write one name into batch",
    ] {
        assert!(run.err.contains(told), "{told}: {}", run.err);
    }

    // the same hours told as batches that each begin at 0 are nights of their own
    let apart = rows[..3]
        .concat()
        .replace(",1000,1100,", ",0,100,")
        .replace(",1010,1120,", ",10,120,")
        .replace(",1100,1190,", ",0,90,");
    assert_ne!(learn(&history("apart", &format!("{HEADER}{apart}"))).0.code, 2);
}

/// Scores as a calibration holds them.
const CROSS: &str = r#"{"mape_percent": 1.0, "median_ape_percent": 1.0, "bias_percent": 0.0, "makespan_mape_percent": 1.0,
    "p90_coverage_percent": 90.0, "migrations": 9, "batches": 1}"#;
