//! `diff`: two inventories, two plans, or an inventory and a plan -> what differs.

use super::check;
use super::console::Console;
use super::failure::{Answer, Failure};
use super::input;
use super::listing;
use super::output::{CsvArgs, Format};
use nicplan::applied;
use nicplan::diff::{self, Change};
use nicplan::inventory::{self, Inventory};
use nicplan::plan::Plan;
use nicplan::reports;
use nicplan::units::same_name;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "Examples:
  nicplan diff before after                       (two inventories)
  nicplan diff old/plan.json new/plan.json        (two plans)
  nicplan diff samples/converged-2016 reports/converged-2016/plan.json
                                                  (what applying the plan changes, for a change request)
  nicplan diff before after --format csv > changes.csv
  (exit code 1: they differ)";

/// Compare two inventories, two plans, or an inventory with what a plan makes of it
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Inventory or plan.json, as it was
    #[arg(value_name = "A")]
    a: PathBuf,
    /// Inventory or plan.json, as it is to be
    #[arg(value_name = "B")]
    b: PathBuf,
    /// Name of the cluster, for a source that does not say it
    #[arg(long, value_name = "NAME")]
    cluster: Option<String>,
    #[command(flatten)]
    csv: CsvArgs,
    /// Form of the result
    #[arg(long, default_value = "text")]
    format: Format,
    /// Also write diff.csv to this folder
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub fn run(args: &Args, console: &Console) -> Result<Answer, Failure> {
    console.expect_stages(&["read", "diff"]);
    let changes = changes(args, console)?;
    console.stage("diff");
    if let Some(dir) = &args.output {
        args.csv
            .write(dir, &[("diff.csv".to_owned(), reports::differences_csv(&changes))])?;
    }
    match args.format {
        Format::Text => console.print(&listing::printable(&reports::differences_text(&changes)))?,
        Format::Csv => console.print(&args.csv.text(&reports::differences_csv(&changes)))?,
        Format::Json => console.print(&listing::json(&changes)?)?,
    }
    Ok(if changes.is_empty() { Answer::Yes } else { Answer::No })
}

fn changes(args: &Args, console: &Console) -> Result<Vec<Change>, Failure> {
    match (is_plan(&args.a), is_plan(&args.b)) {
        (true, true) => {
            let (a, b) = (check::plan_file(&args.a)?, check::plan_file(&args.b)?);
            let nodes = |plan: &Plan| {
                let nodes = plan.clusters.iter().flat_map(|c| &c.nodes);
                nodes.map(|n| n.node.clone()).collect::<Vec<_>>()
            };
            note_strangers(args, &nodes(&a), &nodes(&b), console);
            Ok(diff::plans(&a, &b))
        }
        (false, true) => {
            let today = read(args, &args.a, console)?;
            let plan = check::read_plan(&args.b, &today)?;
            check::known_clusters(&today, &plan)?;
            Ok(diff::inventories(&today, &applied::inventory(&today, &plan)))
        }
        (false, false) => {
            let (a, b) = (read(args, &args.a, console)?, read(args, &args.b, console)?);
            let nodes = |inventory: &Inventory| {
                let nodes = inventory.clusters.iter().flat_map(|c| &c.nodes);
                nodes.map(|n| n.name.clone()).collect::<Vec<_>>()
            };
            note_strangers(args, &nodes(&a), &nodes(&b), console);
            Ok(diff::inventories(&a, &b))
        }
        (true, false) => Err(Failure::Usage(
            "a plan cannot be compared with a later inventory\n    Give the inventory first and the plan second: that shows what applying the plan changes."
                .to_owned(),
        )),
    }
}

/// Where no node is in both, the changes read like a cluster that was renamed, and are two clusters that have nothing to do with each other.
fn note_strangers(args: &Args, a: &[String], b: &[String], console: &Console) {
    let common = a.iter().any(|one| b.iter().any(|other| same_name(one, other)));
    if common || a.is_empty() || b.is_empty() {
        return;
    }
    console.note(&listing::printable(&format!(
        "warning: no node has the same name in {} and {}: these are different clusters, or every node was renamed. All nodes of the first are \
         told as removed, all of the second as added.",
        args.a.display(),
        args.b.display()
    )));
}

fn read(args: &Args, path: &Path, console: &Console) -> Result<Inventory, Failure> {
    let options = input::options(args.cluster.as_ref(), None);
    let inventory = inventory::load(&[path.to_path_buf()], &options).map_err(Failure::Problems)?;
    console.stage("read");
    Ok(inventory)
}

/// Whether a file is a plan: JSON with the keys of a plan. What cannot be read is left to the reader to complain about.
fn is_plan(path: &Path) -> bool {
    let json = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    let text = json
        .then(|| inventory::read_text(path).ok())
        .flatten()
        .unwrap_or_default();
    text.contains("\"input_sha256\"") && text.contains("\"schema_version\"")
}
