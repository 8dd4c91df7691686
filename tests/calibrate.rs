//! `calibrate` finds the laws of worlds that we made, forecasts what it has not seen, and says what it cannot know.

#[path = "support/dice.rs"]
mod dice;
#[path = "support/lesson.rs"]
mod lesson;
#[path = "support/past.rs"]
mod past;
mod program;

use lesson::{assert_kept, assert_learnt, entry, history, learn, number, score};
use past::{HEADER, World};
use program::{nicplan, project, text};
use serde_json::Value;
use std::fs;

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
