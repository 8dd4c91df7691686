//! `path`: facts, and a plan if one is given -> the network that a live migration really takes, pair by pair.

use super::check::read_plan;
use super::console::Console;
use super::failure::{Answer, Failure};
use super::input::InputArgs;
use super::listing;
use super::output::{CsvArgs, Format};
use super::review::FailOn;
use nicplan::checks;
use nicplan::inventory::{Cluster, Inventory, did_you_mean};
use nicplan::plan::{ClusterPlan, Plan};
use nicplan::reports::{ClusterPaths, PathData};
use nicplan::units::same_name;
use std::path::PathBuf;

const EXAMPLES: &str = "Examples:
  nicplan path samples/migration-path-trap
  nicplan path samples/migration-path-trap --from HV1 --to HV3       (every layer, one line each)
  nicplan path samples/converged-2016 --plan out/plan.json -o out    (once the plan is applied)";

/// Show the network that a live migration really takes, and why
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// Judge the wiring of this plan instead of today's
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Only migrations from this node; with --to the whole chain of reasoning
    #[arg(long, value_name = "NODE")]
    from: Option<String>,
    /// Only migrations to this node; with --from the whole chain of reasoning
    #[arg(long, value_name = "NODE")]
    to: Option<String>,
    /// Lowest severity of a fault on the way that makes the exit code 1
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,
    #[command(flatten)]
    csv: CsvArgs,
    /// Form of the result
    #[arg(long, default_value = "text")]
    format: Format,
    /// Also write paths.csv and path.svg to this folder
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub fn run(args: &Args, console: &Console) -> Result<Answer, Failure> {
    args.input.keep_apart(args.output.as_deref())?;
    let inventory = args.input.load(None, console)?;
    for name in [&args.from, &args.to].into_iter().flatten() {
        known_node(&inventory, name)?;
    }
    if let (Some(from), Some(to)) = (&args.from, &args.to)
        && same_name(from, to)
    {
        let what = format!("--from and --to name the same node, {from}: a live migration needs two");
        return Err(Failure::Usage(format!("{what}\n    Name another node with --to.")));
    }
    let plan = args.plan.as_ref().map(|file| read_plan(file, &inventory)).transpose()?;
    if let Some(plan) = &plan {
        remark(&inventory, plan, console);
    }
    let data = judge(args, &inventory, plan.as_ref())?;
    console.stage("path");
    if let Some(dir) = &args.output {
        let files = [
            ("paths.csv".to_owned(), data.csv()),
            ("path.svg".to_owned(), data.svg()),
        ];
        args.csv.write(dir, &files)?;
    }
    match args.format {
        Format::Text if args.from.is_some() && args.to.is_some() => {
            console.print(&listing::with_unknown(&inventory, &listing::printable(&data.chains())))?
        }
        Format::Text => console.print(&listing::with_unknown(&inventory, &listing::printable(&data.text())))?,
        Format::Csv => console.print(&args.csv.text(&data.csv()))?,
        Format::Json => console.print(&listing::json(&data.json())?)?,
    }
    if matches!(args.format, Format::Text) {
        console.note(&next(args, &data));
    }
    Ok(args.fail_on.reached(data.severity()))
}

/// What to do with the answer.
fn next(args: &Args, data: &PathData) -> String {
    let pair = data.clusters.iter().flat_map(|c| &c.paths).next();
    match (&args.output, pair) {
        (_, None) => "Next: give an inventory with at least two nodes in one cluster.".to_owned(),
        (Some(dir), _) => format!("Next: open {}.", dir.join("path.svg").display()),
        (None, _) if args.from.is_some() && args.to.is_some() => {
            "Next: nicplan drain INPUT tells how long a node takes to empty over these ways.".to_owned()
        }
        (None, _) => "Next: run again with --from NODE --to NODE to see every layer of one pair, with -o DIR to get the drawing; \
                      nicplan drain INPUT turns the rates into minutes."
            .to_owned(),
    }
}

/// Judges every pair that is asked for.
fn judge<'a>(args: &Args, inventory: &'a Inventory, plan: Option<&Plan>) -> Result<PathData<'a>, Failure> {
    let fits = |wanted: &Option<String>, name: &str| wanted.as_ref().is_none_or(|w| w.eq_ignore_ascii_case(name));
    let mut clusters = Vec::new();
    for cluster in &inventory.clusters {
        let wanted = |from: &str, to: &str| fits(&args.from, from) && fits(&args.to, to);
        clusters.push(match plan {
            Some(plan) => ClusterPaths::planned(cluster, of_cluster(plan, cluster)?, wanted),
            None => ClusterPaths::today(cluster, wanted),
        });
    }
    Ok(PathData { clusters })
}

fn of_cluster<'p>(plan: &'p Plan, cluster: &Cluster) -> Result<&'p ClusterPlan, Failure> {
    plan.cluster(&cluster.name).ok_or_else(|| {
        Failure::Usage(format!(
            "the plan has no cluster {}\n    Give the plan that was made from this inventory.",
            cluster.name
        ))
    })
}

fn known_node(inventory: &Inventory, name: &str) -> Result<(), Failure> {
    let names = || {
        inventory
            .clusters
            .iter()
            .flat_map(|c| &c.nodes)
            .map(|n| n.name.as_str())
    };
    if names().any(|n| n.eq_ignore_ascii_case(name)) {
        return Ok(());
    }
    let hint = did_you_mean(name, names());
    Err(Failure::Usage(format!("there is no node '{name}'{hint}")))
}

/// A plan that does not hold is shown all the same, and told.
fn remark(inventory: &Inventory, plan: &Plan, console: &Console) {
    if let Err(findings) = checks::verify(inventory, plan.clone()) {
        console.note(&format!(
            "note: the plan does not hold ({} findings; `nicplan check` tells them). These are the ways it would give.",
            findings.len()
        ));
    }
}
