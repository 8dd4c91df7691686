//! `import`: what Windows exports -> files in nicplan's own formats.

use super::console::Console;
use super::failure::{Answer, Failure};
use super::import_events;
use super::input;
use super::listing;
use super::output::CsvArgs;
use clap::builder::PossibleValuesParser;
use nicplan::history;
use nicplan::inventory::importers::{self, IMPORTERS};
use nicplan::inventory::{self, Inventory};
use nicplan::units::count;
use std::io::Read;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "Examples:
  nicplan import samples/exports-2022 -o my-cluster
  nicplan import HV1.zip HV2.zip HV3.zip -o my-cluster
  nicplan import HealthTest-HVC1-20260930-1015.ZIP nicplan-HVC1-more.zip -o my-cluster
  nicplan import samples/migration-events -o history

An inventory: exports of PowerShell cmdlets become a folder that you complete and keep. The script that `nicplan init` writes,
Collect-NicPlanInventory.ps1, exports everything that is read (Get-* only). Your own exports are read as well: Export-Clixml,
ConvertTo-Json -Depth 4 or Export-Csv, one file per cmdlet and node, named HV1_Get-NetAdapter.xml or in a folder named HV1.
plan, review, mac, drain and path take the exports directly, too.

The history of live migrations: event logs. Event XML is best: it holds the values themselves, needs no language, and its times
are UTC (read-only; Windows PowerShell 5.1 or 7 on a node, as administrator).

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

/// Turn exports of PowerShell cmdlets into an inventory folder, or exported event logs into the history of live migrations
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Exported files, folders or ZIP files; several are merged, the later one counts
    #[arg(required = true, value_name = "SOURCE")]
    pub sources: Vec<PathBuf>,
    /// Folder for the result
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
    #[command(flatten)]
    pub csv: CsvArgs,
    /// What the sources are, where it cannot be seen from them
    #[arg(long = "as", value_name = "FORMAT", value_parser = PossibleValuesParser::new(formats()))]
    format: Option<String>,
    /// Name of the cluster, for sources that do not say it
    #[arg(long, value_name = "NAME")]
    pub cluster: Option<String>,
    /// For event logs: inventory that tells memory, port speeds and transport; events do not
    #[arg(long, value_name = "INVENTORY")]
    pub with: Vec<PathBuf>,
}

/// `--as` for event logs.
const EVENTS: &str = "events";

/// Values of `--as`.
fn formats() -> Vec<&'static str> {
    IMPORTERS.iter().map(|importer| importer.name).chain([EVENTS]).collect()
}

pub fn run(args: &Args, console: &Console) -> Result<Answer, Failure> {
    input::keep_apart(&args.sources, &args.output)?;
    match args.format.as_deref() {
        Some(EVENTS) => return import_events::run(args, console),
        Some(format) => return import_inventory(args, Some(format), console),
        None => {}
    }
    let Some(first) = args.sources.first() else {
        return Err(unknown(args));
    };
    // An export of cmdlets is CLIXML as an export of events is: the cmdlets are known by name.
    if importers::holds_exports(first) {
        return import_inventory(args, None, console);
    }
    if let Some((what, advice)) = importers::foreign_objects(first) {
        let source = first.display();
        return Err(Failure::Usage(format!(
            "{source}: {what}; nothing was written\n    {advice}"
        )));
    }
    if history::recognises(first) {
        return import_events::run(args, console);
    }
    match importers::recognises(first) {
        Some(_) if is_empty(first) => Err(unknown(args)),
        Some(_) => import_inventory(args, None, console),
        None => Err(unknown(args)),
    }
}

/// Whether a source is a folder without anything in it.
fn is_empty(source: &Path) -> bool {
    std::fs::read_dir(source).is_ok_and(|mut entries| entries.next().is_none())
}

fn unknown(args: &Args) -> Failure {
    let source = args.sources.first().cloned().unwrap_or_default();
    let readable = |mut file: std::fs::File| match source.is_dir() {
        true => Ok(0),
        false => file.read(&mut [0]),
    };
    if let Err(error) = inventory::open_file(&source).and_then(readable) {
        return Failure::Usage(format!(
            "{} cannot be read: {}; nothing was written\n    Check the path, and that you may read it.",
            source.display(),
            inventory::io_reason(&error)
        ));
    }
    let known: Vec<&str> = IMPORTERS.iter().map(|importer| importer.summary).collect();
    Failure::Usage(format!(
        "{} is nothing that can be imported; nothing was written\n    Give {}; or event logs as XML, CLIXML or .csv. `nicplan \
         import --help` shows how to make them.",
        source.display(),
        known.join("; ")
    ))
}

fn import_inventory(args: &Args, format: Option<&str>, console: &Console) -> Result<Answer, Failure> {
    console.expect_stages(&["read", "write"]);
    if !args.with.is_empty() {
        let what = "--with adds to the history of live migrations; an inventory is merged by naming both as SOURCE; nothing was written";
        return Err(Failure::Usage(what.to_owned()));
    }
    let options = input::options(args.cluster.as_ref(), None);
    let inventory = inventory::load_as(&args.sources, format, &options).map_err(Failure::Problems)?;
    console.stage("read");
    args.csv
        .write_inventory(&args.output, &inventory::to_folder(&inventory))?;
    console.stage("write");
    console.print(&listing::printable(&summary(&inventory, &args.output)))?;
    for note in &inventory.notes {
        console.note(&format!("note: {}", listing::printable(note)));
    }
    let dir = args.output.display();
    console.note(&format!(
        "Next: complete the tables in {dir}, then nicplan plan {dir} -o out"
    ));
    Ok(Answer::Yes)
}

/// Sources that the summary names one by one; the page in the folder names all.
const MOST_UNKNOWN: usize = 30;

fn summary(inventory: &Inventory, dir: &Path) -> String {
    let mut text = String::new();
    for cluster in &inventory.clusters {
        let nics: usize = cluster.nodes.iter().map(|node| node.nics.len()).sum();
        let vnics: usize = cluster.vms.iter().map(|vm| vm.vnics.len()).sum();
        text.push_str(&format!(
            "{}: {}, {}, {} with {}, from {}: {}\n",
            cluster.name,
            count(cluster.nodes.len(), "node"),
            count(nics, "NIC"),
            count(cluster.vms.len(), "VM"),
            count(vnics, "adapter"),
            count(inventory.sources.len(), "file"),
            dir.display()
        ));
    }
    let unknown: Vec<String> = inventory
        .assumptions
        .iter()
        .map(|a| format!("  {}: {}", a.missing, a.taken))
        .collect();
    if !unknown.is_empty() {
        text.push_str("Unknown, with what is taken instead (README.md in the folder lists it, too):\n");
        text.push_str(
            &unknown
                .iter()
                .take(MOST_UNKNOWN)
                .map(|line| format!("{line}\n"))
                .collect::<String>(),
        );
    }
    if let Some(more) = unknown.len().checked_sub(MOST_UNKNOWN).filter(|n| *n > 0) {
        text.push_str(&format!("  and {more} more in README.md\n"));
    }
    if !inventory.contradictions.is_empty() {
        text.push_str(&format!(
            "The sources contradict each other in {}; README.md lists both values and their places.\n",
            count(inventory.contradictions.len(), "cell")
        ));
    }
    text
}
