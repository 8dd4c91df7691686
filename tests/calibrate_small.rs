//! Small histories and histories without port speeds: `calibrate` says what to expect of them, and its P90 stays honest.

#[path = "support/dice.rs"]
mod dice;
#[path = "support/lesson.rs"]
mod lesson;
#[path = "support/past.rs"]
mod past;
mod program;

use lesson::{history, learn, number, score};
use past::World;
use program::{nicplan, text};
use serde_json::Value;

fn world() -> World {
    World {
        noise: 60,
        ..World::two_speeds()
    }
}

/// Coverage of a future of 20 nights by what the first `rows` migrations of several histories taught.
fn coverages(rows: usize) -> Vec<f64> {
    let world = world();
    let of = |seed: u64| {
        let all = world.rows(12, 100 + seed);
        let file = history(&format!("few-{rows}-{seed}"), &world.csv(&all[..rows]));
        let (run, _) = learn(&file);
        assert_eq!(run.code, 0, "{}{}", run.out, run.err);
        number(&score(&file, &world, 200 + seed), "p90_coverage_percent")
    };
    (0..6).map(of).collect()
}

#[test]
fn the_p90_of_ten_twenty_and_forty_migrations_covers_what_it_says() {
    for rows in [10, 20, 40] {
        let found = coverages(rows);

        let mean = found.iter().sum::<f64>() / found.len() as f64;
        let least = found.iter().copied().fold(f64::INFINITY, f64::min);
        println!("{rows} rows: {found:?}");
        assert!(mean >= 86.0, "{rows} rows: {mean} % of {found:?}");
        assert!(least >= 75.0, "{rows} rows: {found:?}");
    }
}

#[test]
fn few_migrations_are_told_beside_the_scores_and_many_are_not() {
    let world = world();
    let told = |rows: usize| {
        let all = world.rows(12, 7);
        let file = history(&format!("told-{rows}"), &world.csv(&all[..rows]));
        let learnt = nicplan(&["calibrate", text(&file)]).out;
        let json: Value = serde_json::from_str(&learn(&file).0.out).expect("JSON");
        let scored = nicplan(&[
            "calibrate",
            text(&file),
            "--with",
            text(&file.with_file_name("calibration.json")),
        ])
        .out;
        (learnt, json["cautions"].as_array().map(Vec::len), scored)
    };

    let (learnt, cautions, scored) = told(12);
    assert!(learnt.contains("Only 12 migrations: the scores"), "{learnt}");
    assert!(learnt.replace("\n ", "").contains("P90 is widened"), "{learnt}");
    assert_eq!(cautions, Some(1));
    assert!(scored.contains("Only 12 migrations:"), "{scored}");
    let (learnt, cautions, scored) = told(45);
    assert!(
        !learnt.contains("Only 45") && !scored.contains("Only 45"),
        "{learnt}{scored}"
    );
    assert_eq!(cautions, Some(0));
}

#[test]
fn blank_port_speeds_are_told_with_what_they_cost_and_how_to_fill_them() {
    let world = world();
    let full = world.csv(&world.rows(12, 8));
    let blank = [(500, 500), (500, 1000), (1000, 500), (1000, 1000)]
        .iter()
        .fold(full, |text, (source, target)| {
            text.replace(&format!(",{source},{target},tcp"), ",,,tcp")
        });

    let run = nicplan(&["calibrate", text(&history("no-speeds", &blank))]);

    let said = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "are not known",
        "20 to 30 % where ports differ",
        "a drain forecast cannot use such a rate",
        "Get-NetAdapter | Format-Table Name, LinkSpeed",
    ] {
        assert!(said.contains(part), "{part}: {}", run.out);
    }
}
