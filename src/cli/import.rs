//! `import`: what Windows exports -> files in nicplan's own formats.

use super::console::Console;
use super::failure::{Answer, Failure};
use super::listing;
use super::output;
use clap::builder::PossibleValuesParser;
use nicplan::history::{self, History};
use nicplan::inventory::{self, Inventory, LoadOptions};
use nicplan::units::count;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "Examples:
  nicplan import samples/migration-events -o history
  nicplan import vmms-HV1.xml vmms-HV2.xml -o history --cluster HVC1 --with my-cluster

How to export (read-only; Windows PowerShell 5.1 or 7 on a node, as administrator). Event XML is best: it holds
the values themselves, needs no language, and its times are UTC.

  $since = (Get-Date).AddDays(-90)
  $logs = 'Microsoft-Windows-Hyper-V-VMMS-Admin', 'Microsoft-Windows-Hyper-V-High-Availability-Admin',
    'Microsoft-Windows-FailoverClustering/Operational'
  foreach ($node in (Get-ClusterNode).Name) {
    $events = foreach ($log in $logs) {
      Get-WinEvent -ComputerName $node -FilterHashtable @{ LogName = $log; StartTime = $since } -ErrorAction SilentlyContinue
    }
    $events | ForEach-Object { $_.ToXml() } | Set-Content -Encoding UTF8 -Path \"events-$node.xml\"
  }

Also read: a saved log (wevtutil qe FILE.evtx /lf:true /f:xml /uni:true > FILE.xml), Event Viewer's \"Save as XML\",
Get-WinEvent ... | Export-Clixml FILE.xml, and (English texts only)
Get-WinEvent ... | Select-Object @{n='TimeCreated';e={$_.TimeCreated.ToUniversalTime().ToString('o')}}, Id,
  ProviderName, MachineName, RecordId, Message | Export-Csv -NoTypeInformation -Encoding UTF8 -Path FILE.csv

Exit code 1: no live migration that began and ended was found.";

/// Turn exported event logs into the history of past live migrations
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Exported files of one cluster, or folders that hold them; all are merged
    #[arg(required = true, value_name = "SOURCE")]
    sources: Vec<PathBuf>,
    /// Folder for the result
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// What the sources are, where it cannot be seen from them
    #[arg(long = "as", value_name = "FORMAT", value_parser = PossibleValuesParser::new(FORMATS.iter().map(|f| f.name)))]
    format: Option<String>,
    /// Name of the cluster
    #[arg(long, value_name = "NAME")]
    cluster: Option<String>,
    /// Inventory that tells memory, port speeds and transport; events do not
    #[arg(long, value_name = "INVENTORY")]
    with: Vec<PathBuf>,
}

/// One kind of thing that can be imported.
struct Format {
    /// Name for `--as`.
    name: &'static str,
    /// What it is.
    summary: &'static str,
    /// Whether a source looks like it.
    recognises: fn(&Path) -> bool,
    /// Reads all sources and writes the result.
    run: fn(&Args, &Console) -> Result<Answer, Failure>,
}

/// All of them; the first that recognises the first source reads all.
static FORMATS: [Format; 1] = [Format {
    name: "events",
    summary: "event logs as XML, CLIXML or .csv",
    recognises: history::recognises,
    run: events,
}];

pub fn run(args: &Args, console: &Console) -> Result<Answer, Failure> {
    let asked = |format: &&Format| args.format.as_deref() == Some(format.name);
    let seen = |format: &&Format| args.sources.first().is_some_and(|source| (format.recognises)(source));
    let format = match args.format {
        Some(_) => FORMATS.iter().find(asked),
        None => FORMATS.iter().find(seen),
    };
    match format {
        Some(format) => (format.run)(args, console),
        None => Err(unknown(args)),
    }
}

fn unknown(args: &Args) -> Failure {
    let source = args.sources.first().cloned().unwrap_or_default();
    if let Err(error) = std::fs::metadata(&source) {
        return Failure::Usage(format!(
            "{} cannot be opened: {}; nothing was written\n    Check the path.",
            source.display(),
            inventory::io_reason(&error)
        ));
    }
    let known: Vec<&str> = FORMATS.iter().map(|format| format.summary).collect();
    Failure::Usage(format!(
        "{} is nothing that can be imported; nothing was written\n    Give {}. `nicplan import --help` shows how to make \
         them.",
        source.display(),
        known.join("; ")
    ))
}

/// What an import of events does, in order; the first with `--with` only.
const STAGES: [&str; 3] = ["inventory", "read", "write"];

fn events(args: &Args, console: &Console) -> Result<Answer, Failure> {
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
    output::write(&args.output, &files)?;
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
    let options = LoadOptions {
        cluster: args.cluster.clone(),
        growth_percent: None,
    };
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
