//! `calibrate`: past migrations -> what they teach and how sure it is; or how well an older calibration forecasts them.

use super::console::Console;
use super::failure::{Answer, Failure};
use super::listing;
use super::output;
use nicplan::finding::{Location, Problem};
use nicplan::inventory;
use nicplan::migration::calibration::file::Entry;
use nicplan::migration::calibration::parameters::{Meaning, show_class};
use nicplan::migration::calibration::score::Forecast;
use nicplan::migration::calibration::{self, Calibration, Learnt, Scored, Scores, history};
use nicplan::units::count;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "Examples:
  nicplan calibrate samples/migration-history/history.csv -o calibration.json
  nicplan calibrate last-month.csv --with calibration.json
  nicplan calibrate history.csv --format json
  (exit code 1: the history is too small to learn anything from, and nothing was written)

Columns of the history, one row for each live migration; a blank cell is unknown:
  batch         what ran together: name of the drain or the evening
  vm            name of the VM
  source        node it left
  target        node it went to
  memory_mib    assigned memory, MiB
  source_mbps   speed of the port it left by, Mbit/s
  target_mbps   speed of the port it came in by, Mbit/s
  transport     tcp, compression or smb
  dirty_mib_s   memory that the guest changed, MiB a second
  working_set_mib  memory that it changed again and again, MiB
  start_s       start, seconds from the start of the batch
  end_s         end, seconds from the start of the batch
  blackout_ms   how long the VM stood still, milliseconds
nicplan import EVENT-LOGS -o DIR makes such a table from exported event logs.";

/// Learn from past migrations how long the next ones will take, and how sure that is
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Table of past migrations (.csv), or a folder with history.csv
    #[arg(value_name = "HISTORY")]
    history: PathBuf,
    /// Write what was learnt to this file
    #[arg(short, long, value_name = "FILE", conflicts_with = "with")]
    output: Option<PathBuf>,
    /// Learn nothing; only tell how well this calibration forecasts the history
    #[arg(long, value_name = "FILE")]
    with: Option<PathBuf>,
    /// Form of the result
    #[arg(long, default_value = "text")]
    format: CalibrateFormat,
}

/// Forms of the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum CalibrateFormat {
    /// For people.
    Text,
    /// Scores for programs.
    Json,
}

/// Migrations gone astray that are listed one by one.
const MOST_ASTRAY: usize = 10;

pub fn run(args: &Args, console: &Console) -> Result<Answer, Failure> {
    let past = history::read(&args.history).map_err(Failure::Problems)?;
    console.stage("read");
    match &args.with {
        Some(file) => score(args, &past, &read(file)?, console),
        None => learn(args, &past, console),
    }
}

fn learn(args: &Args, past: &history::History, console: &Console) -> Result<Answer, Failure> {
    let learnt = calibration::learn(past).ok_or_else(|| nothing_to_score(&args.history))?;
    console.stage("learn");
    tell(&learnt.notes, console);
    match args.format {
        CalibrateFormat::Text => console.print(&listing::printable(&learnt_text(&learnt)))?,
        CalibrateFormat::Json => console.print(&listing::json(&learnt_json(&learnt))?)?,
    }
    if !learnt.calibration.parameters.iter().any(|entry| entry.identified) {
        console.note("Nothing could be learnt: the forecasts stay those of the defaults; no file was written. The result says what is missing.");
        return Ok(Answer::No);
    }
    match &args.output {
        Some(file) => {
            write(file, learnt.calibration.to_json().into_bytes())?;
            console.note(&format!(
                "Next: nicplan drain INPUT --calibration {0}; in half a year nicplan calibrate NEWER.csv --with {0} tells whether \
                 it still holds.",
                file.display()
            ));
        }
        None => console.note("Next: run again with -o calibration.json to keep what was learnt."),
    }
    Ok(Answer::Yes)
}

fn score(args: &Args, past: &history::History, with: &Calibration, console: &Console) -> Result<Answer, Failure> {
    let scored = calibration::score_with(past, with).ok_or_else(|| nothing_to_score(&args.history))?;
    console.stage("score");
    tell(&scored.notes, console);
    match args.format {
        CalibrateFormat::Text => console.print(&listing::printable(&scored_text(&scored)))?,
        CalibrateFormat::Json => console.print(&listing::json(&scored_json(&scored.scores))?)?,
    }
    Ok(Answer::Yes)
}

fn tell(notes: &[String], console: &Console) {
    for note in notes {
        console.note(&format!("note: {}", listing::printable(note)));
    }
}

fn nothing_to_score(history: &Path) -> Failure {
    problem(
        history,
        (0, 0),
        "no migration has both start_s and end_s with time between them, so there is nothing to learn from or to score",
        "Give at least five past migrations with their begin and end in seconds.",
    )
}

fn problem(file: &Path, (line, column): (u32, u32), what: impl Into<String>, advice: &str) -> Failure {
    let at = Location {
        file: file.display().to_string(),
        line,
        column,
    };
    Failure::Problems(vec![Problem {
        at,
        what: what.into(),
        advice: advice.to_owned(),
    }])
}

/// Reads a calibration; what is wrong with it is told with line and column.
pub(super) fn read(file: &Path) -> Result<Calibration, Failure> {
    let text = inventory::read_text(file).map_err(|(what, _)| {
        problem(
            file,
            (0, 0),
            what,
            "Give the file that `nicplan calibrate HISTORY -o FILE` wrote.",
        )
    })?;
    Calibration::from_json(&text).map_err(|(what, line, column)| {
        problem(
            file,
            (line, column),
            what,
            "Make it again: nicplan calibrate HISTORY -o FILE",
        )
    })
}

fn write(file: &Path, bytes: Vec<u8>) -> Result<(), Failure> {
    let Some(name) = file.file_name() else {
        return Err(Failure::Usage(format!(
            "{} is no file name\n    Give a file such as calibration.json with -o.",
            file.display()
        )));
    };
    let folder = match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    output::write(folder, &[(name.to_string_lossy().into_owned(), bytes)])
}

fn learnt_json(learnt: &Learnt) -> serde_json::Value {
    let mut all = serde_json::json!(learnt.scores);
    if let Some(object) = all.as_object_mut() {
        object.insert("folds".to_owned(), serde_json::json!(learnt.by_fold));
        object.insert("cautions".to_owned(), serde_json::json!(learnt.cautions));
        object.insert("on_seen_data".to_owned(), serde_json::json!(learnt.scores_on_seen));
        object.insert(
            "parameters".to_owned(),
            serde_json::json!(learnt.calibration.parameters),
        );
        object.insert("quantiles".to_owned(), serde_json::json!(learnt.calibration.quantiles));
    }
    all
}

fn learnt_text(learnt: &Learnt) -> String {
    let (found, kept): (Vec<&Entry>, Vec<&Entry>) =
        learnt.calibration.parameters.iter().partition(|entry| entry.identified);
    let mut text = format!(
        "{} in {}\n\n",
        count(learnt.calibration.migrations, "migration"),
        count(learnt.calibration.batches, "batch")
    );
    if !found.is_empty() {
        text.push_str(&format!(
            "What they teach\n\n{}\n",
            listing::aligned(&found_rows(&found))
        ));
    }
    if !kept.is_empty() {
        text.push_str(&format!(
            "What they cannot tell; the default stays\n\n{}",
            listing::aligned(&kept_rows(&kept))
        ));
        text.push_str(LIMITS);
    }
    text.push_str(&match learnt.calibration.folds {
        0 => "How good it is: NOT cross-validated, since there is only one batch; migrations to come will be forecast worse\n\n".to_owned(),
        folds => format!(
            "How good it is: each migration forecast by what the others teach ({folds} parts, repetitions of one plan kept together)\n\n"
        ),
    });
    text.push_str(&scores(&learnt.scores));
    text.push_str(&cautions(&learnt.cautions));
    text.push_str(&quantiles(learnt));
    text.push_str(&astray(&learnt.astray));
    text
}

/// What no history of this form can tell.
const LIMITS: &str = "
Never told apart: the rate, and the share of the memory that is really sent (pages of zeros hardly cost anything); the link
rate above is their quotient. Set-up and switch-over; the fixed time is their sum. When Hyper-V stops copying passes.

";

fn name(entry: &Entry) -> String {
    let of = |transport: Option<nicplan::profiles::Transport>| transport.map_or("", |t| t.name());
    match entry.meaning() {
        Some(Meaning::FixedTime(_)) => format!("{}: fixed time per migration", of(entry.transport)),
        Some(Meaning::SwitchOver(_)) => format!("{}: of this, switch-over", of(entry.transport)),
        Some(Meaning::LinkRate(_, speed)) => {
            format!(
                "{} over {}: all migrations together",
                of(entry.transport),
                show_class(speed)
            )
        }
        Some(Meaning::StreamShare(_, speed)) => {
            format!(
                "{} over {}: one migration by itself",
                of(entry.transport),
                show_class(speed)
            )
        }
        Some(Meaning::DuplexLoss) => "receiving while the node sends all it can".to_owned(),
        Some(Meaning::DirtyScale) => "real dirty rate over the one in the file".to_owned(),
        None => entry.parameter.clone(),
    }
}

/// A value in the administrator's units.
fn show(entry: &Entry, value: f64) -> String {
    match entry.meaning() {
        Some(Meaning::FixedTime(_)) => format!("{value:.1} s"),
        Some(Meaning::SwitchOver(_)) => format!("{value:.2} s"),
        Some(Meaning::LinkRate(_, Some(speed))) => {
            format!(
                "{:.1} % of the port = {:.0} Mbit/s",
                value * 100.0,
                value * number(speed)
            )
        }
        Some(Meaning::LinkRate(_, None)) => format!("{:.0} Mbit/s", value * 1000.0),
        Some(Meaning::StreamShare(..)) => format!("{:.1} % of that", value * 100.0),
        Some(Meaning::DuplexLoss) => format!("{:.1} % less", value * 100.0),
        _ => format!("{value:.2}"),
    }
}

fn number(value: u64) -> f64 {
    value as f64
}

fn found_rows(found: &[&Entry]) -> Vec<Vec<String>> {
    let mut rows = vec![
        ["unknown", "learnt", "95 % interval", "default"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for entry in found {
        let interval = match (entry.low, entry.high) {
            (Some(low), Some(high)) => format!("{} to {}", short(entry, low), short(entry, high)),
            _ => "not estimated".to_owned(),
        };
        rows.push(vec![
            name(entry),
            show(entry, entry.value),
            interval,
            short(entry, entry.default),
        ]);
    }
    rows
}

/// As [`show`], without what the row says already.
fn short(entry: &Entry, value: f64) -> String {
    match entry.meaning() {
        Some(Meaning::LinkRate(_, Some(_)) | Meaning::StreamShare(..) | Meaning::DuplexLoss) => {
            format!("{:.1} %", value * 100.0)
        }
        _ => show(entry, value),
    }
}

fn kept_rows(kept: &[&Entry]) -> Vec<Vec<String>> {
    let mut rows = vec![["unknown", "default", "why"].map(str::to_owned).to_vec()];
    rows.extend(
        kept.iter()
            .map(|entry| vec![name(entry), short(entry, entry.value), entry.why.clone()]),
    );
    rows
}

fn scores(scores: &Scores) -> String {
    let bias = match scores.bias_percent {
        b if b < 0.0 => format!("{:.1} % too short", -b),
        b => format!("{b:.1} % too long"),
    };
    listing::aligned(
        &[
            (
                "one migration is off by",
                format!(
                    "{:.1} % on average, {:.1} % in the middle",
                    scores.mape_percent, scores.median_ape_percent
                ),
            ),
            ("all together are", bias),
            (
                "a whole batch is off by",
                format!(
                    "{:.1} % on average ({})",
                    scores.makespan_mape_percent,
                    count(scores.batches, "batch")
                ),
            ),
            (
                "no longer than their P90",
                format!(
                    "{:.1} % of {} (90 % is right)",
                    scores.p90_coverage_percent,
                    count(scores.migrations, "migration")
                ),
            ),
        ]
        .map(|(what, value)| vec![format!("  {what}"), value]),
    )
}

/// Why the scores are as they are, and what would better them.
fn cautions(list: &[String]) -> String {
    list.iter()
        .map(|caution| format!("\n{}", listing::paragraph(caution)))
        .collect()
}

fn quantiles(learnt: &Learnt) -> String {
    let mut rows = vec![["  P90 over forecast", "", "migrations"].map(str::to_owned).to_vec()];
    for quantile in &learnt.calibration.quantiles {
        let company = match quantile.company.as_str() {
            "alone" => "  no other migration at its nodes",
            "shared" => "  others at its nodes",
            _ => "  its target was sending meanwhile",
        };
        let percent = (quantile.p90_ratio - 1.0) * 100.0;
        rows.push(vec![
            company.to_owned(),
            format!("+{percent:.1} %"),
            quantile.migrations.to_string(),
        ]);
    }
    format!("\n{}", listing::aligned(&rows))
}

fn astray(list: &[Forecast]) -> String {
    if list.is_empty() {
        return String::new();
    }
    let mut text = "\nFar longer than forecast: did these fail, wait, or meet other traffic? They count in the scores, and hardly in what was learnt.\n".to_owned();
    for row in list.iter().take(MOST_ASTRAY) {
        text.push_str(&format!(
            "  line {}: {:.0} s instead of {:.0} s\n",
            row.line, row.real_s, row.predicted_s
        ));
    }
    let rest = list.len().saturating_sub(MOST_ASTRAY);
    if rest > 0 {
        text.push_str(&format!("  … and {rest} more\n"));
    }
    text
}

/// The scores by the names that other programs read, and no other.
fn scored_json(scores: &Scores) -> serde_json::Value {
    serde_json::json!({
        "mape_percent": scores.mape_percent,
        "median_ape_percent": scores.median_ape_percent,
        "bias_percent": scores.bias_percent,
        "makespan_mape_percent": scores.makespan_mape_percent,
        "p90_coverage_percent": scores.p90_coverage_percent,
        "migrations": scores.migrations,
    })
}

fn scored_text(scored: &Scored) -> String {
    format!(
        "How well the calibration forecasts these migrations\n\n{}{}{}",
        scores(&scored.scores),
        cautions(&scored.cautions),
        astray(&scored.astray)
    )
}
