//! `import` of event logs: the history of past live migrations.

use super::console::Console;
use super::failure::{Answer, Failure};
use super::import::Args;
use super::input;
use super::listing;
use nicplan::history::{self, History};
use nicplan::inventory::{self, Inventory};
use nicplan::units::count;
use std::path::Path;

/// What an import of events does, in order; the first with `--with` only.
const STAGES: [&str; 3] = ["inventory", "read", "write"];

pub fn run(args: &Args, console: &Console) -> Result<Answer, Failure> {
    console.expect_stages(if args.with.is_empty() { &STAGES[1..] } else { &STAGES });
    let inventory = with(args, console)?;
    let history =
        history::import(&args.sources, args.cluster.as_deref(), inventory.as_ref()).map_err(Failure::Problems)?;
    console.stage("read");
    let files = [
        ("history.csv".to_owned(), history::history_csv(&history.rows)),
        (
            "passed_over.csv".to_owned(),
            history::passed_over_csv(&history.passed_over),
        ),
    ];
    args.csv.write(&args.output, &files)?;
    console.stage("write");
    console.print(&listing::printable(&summary(&history, &args.output)))?;
    for note in notes(&history, inventory.is_some()) {
        console.note(&format!("note: {}", listing::printable(&note)));
    }
    if history.rows.is_empty() {
        return Ok(Answer::No);
    }
    let table = args.output.join("history.csv");
    console.note(&format!(
        "Next: nicplan calibrate {} -o calibration.json",
        table.display()
    ));
    Ok(Answer::Yes)
}

fn with(args: &Args, console: &Console) -> Result<Option<Inventory>, Failure> {
    if args.with.is_empty() {
        return Ok(None);
    }
    let options = input::options(args.cluster.as_ref(), None);
    let inventory = inventory::load(&args.with, &options).map_err(Failure::Problems)?;
    console.stage("inventory");
    Ok(Some(inventory))
}

fn summary(history: &History, dir: &Path) -> String {
    let mut batches: Vec<&str> = history.rows.iter().map(|row| row.batch.as_str()).collect();
    batches.dedup();
    format!(
        "{} in {} from {} in {}: {}\n",
        count(history.rows.len(), "live migration"),
        count(batches.len(), "batch"),
        count(history.events, "event"),
        count(history.files, "file"),
        dir.join("history.csv").display()
    )
}

/// Everything that was passed over, one line for each reason, and what stays unknown.
fn notes(history: &History, has_inventory: bool) -> Vec<String> {
    let mut notes = history.notes.clone();
    for group in history.passed_over.chunk_by(|a, b| a.reason == b.reason) {
        let Some(first) = group.first() else { continue };
        let name = if first.vm.is_empty() { "one" } else { &first.vm };
        notes.push(format!(
            "{} passed over: {}. The first is '{name}' at {}, event {} of {} ({}); all stand in passed_over.csv.",
            group.len(),
            first.reason,
            first.time.show(),
            first.event,
            first.node,
            first.at
        ));
    }
    let blank = |known: fn(&history::Row) -> bool| history.rows.iter().filter(|row| !known(row)).count();
    let unknown = [
        (blank(|row| row.target.is_some()), "target"),
        (blank(|row| row.memory_mib.is_some()), "memory"),
        (
            blank(|row| row.source_mbps.is_some() && row.target_mbps.is_some()),
            "port speeds",
        ),
        (blank(|row| row.transport.is_some()), "transport"),
        (blank(|row| row.blackout_ms.is_some()), "blackout"),
    ];
    let told: Vec<String> = unknown
        .iter()
        .filter(|(rows, _)| *rows > 0)
        .map(|(rows, what)| format!("{what} of {rows}"))
        .collect();
    if !told.is_empty() {
        let instead = if has_inventory {
            "What the inventory given with --with does not say either can be written into history.csv by hand."
        } else {
            "An inventory given with --with tells memory, speeds and transport; without memory nothing can be learnt."
        };
        notes.push(format!("unknown and left blank: {}. {instead}", told.join(", ")));
    }
    notes
}
