//! `drain`: facts -> how long each drain and the whole patch night takes, and what would make it shorter.

use super::calibrate;
use super::check;
use super::console::Console;
use super::failure::{Answer, Failure};
use super::input::InputArgs;
use super::listing;
use super::output::CsvArgs;
use nicplan::demand::needs;
use nicplan::inventory::{Cluster, Inventory};
use nicplan::migration::calibration::Calibration;
use nicplan::migration::drain::{self, Forecast, Network, OtherPorts, Question};
use nicplan::plan::{ClusterPlan, Plan};
use nicplan::reports;
use nicplan::reports::drains::{self, View};
use std::path::PathBuf;

const EXAMPLES: &str = "Examples:
  nicplan drain samples/patch-night -o out
  nicplan drain samples/patch-night --window 180 --reboot 20
  nicplan drain samples/patch-night --node HV2
  nicplan drain samples/patch-night --calibration calibration.json
  nicplan drain samples/patch-night --plan out/plan.json --format json
  (exit code 1: the night does not fit its window as it stands, or a VM fits nowhere)";

/// Forecast how long nodes take to drain, and a whole patch night
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// Count with the wiring of this plan instead of today's
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Only this node; may be given several times
    #[arg(long, value_name = "NODE", conflicts_with = "all")]
    node: Vec<String>,
    /// Every node (the default)
    #[arg(long)]
    all: bool,
    /// Maintenance window in minutes, instead of the policy's
    #[arg(long, value_name = "MINUTES")]
    window: Option<u64>,
    /// Minutes to install updates and restart one node, instead of the policy's
    #[arg(long, value_name = "MINUTES")]
    reboot: Option<u64>,
    /// What past migrations taught: the file that `nicplan calibrate` wrote
    #[arg(long, value_name = "FILE")]
    calibration: Option<PathBuf>,
    #[command(flatten)]
    csv: CsvArgs,
    /// Form of the result on the standard output
    #[arg(long, default_value = "text")]
    format: DrainFormat,
    /// Folder for drain.csv, migrations.csv, paths.csv and drain.svg
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum DrainFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// What `run` does, in order.
const STAGES: [&str; 5] = ["read", "paths", "drain", "reports", "write"];

pub fn run(args: &Args, console: &Console) -> Result<Answer, Failure> {
    console.expect_stages(if args.output.is_some() { &STAGES } else { &STAGES[..3] });
    args.input.keep_apart(args.output.as_deref())?;
    let inventory = args.input.load(None, console)?;
    let plan = args.plan.as_deref().map(|file| check::read_plan(file, &inventory));
    let plan = plan.transpose()?;
    let calibration = match &args.calibration {
        Some(file) => calibrate::read(file)?,
        None => Calibration::uncalibrated(),
    };
    let chosen = chosen(&inventory, &args.node)?;
    let mut networks: Vec<(&Cluster, Vec<usize>, Network)> = Vec::new();
    for (cluster, nodes) in chosen {
        let planned = plan.as_ref().and_then(|plan| of_cluster(plan, cluster));
        networks.push((cluster, nodes, network(cluster, planned, args, calibration.clone())?));
    }
    if args.calibration.is_some() {
        for (cluster, _, network) in &networks {
            if let Some(text) = network.unused(&calibration) {
                console.note(&listing::printable(&format!("cluster {}: {text}", cluster.name)));
            }
        }
    }
    console.stage("paths");
    let forecasts: Vec<(&Cluster, Forecast)> = networks
        .iter()
        .map(|(cluster, nodes, network)| {
            let question = question(args, cluster, nodes.clone());
            (*cluster, forecast(cluster, network, question))
        })
        .collect();
    console.stage("drain");
    let views: Vec<View> = forecasts
        .iter()
        .map(|(cluster, forecast)| View { cluster, forecast })
        .collect();
    if let Some(dir) = &args.output {
        let paths: Vec<_> = networks
            .iter()
            .map(|(cluster, _, network)| (*cluster, network.paths()))
            .collect();
        let mut files = files(&views);
        files.push(("paths.csv".to_owned(), reports::paths_csv(&paths)));
        console.stage("reports");
        args.csv.write(dir, &files)?;
        console.stage("write");
    }
    match args.format {
        DrainFormat::Text => console.print(&listing::with_unknown(&inventory, &drains::text(&views)))?,
        DrainFormat::Json => console.print(&listing::json(&drains::json(&views))?)?,
    }
    console.note(&match &args.output {
        Some(dir) => format!("Next: open {}.", dir.join("drain.svg").display()),
        None => "Next: run again with -o DIR to get the drawing and every migration as a table.".to_owned(),
    });
    let yes = views.iter().all(|view| view.forecast.answer());
    Ok(if yes { Answer::Yes } else { Answer::No })
}

/// Clusters with the nodes that were asked for; no names mean all nodes of all clusters.
fn chosen<'a>(inventory: &'a Inventory, names: &[String]) -> Result<Vec<(&'a Cluster, Vec<usize>)>, Failure> {
    if names.is_empty() {
        return Ok(inventory.clusters.iter().map(|cluster| (cluster, Vec::new())).collect());
    }
    let mut found: Vec<(&Cluster, Vec<usize>)> = Vec::new();
    for cluster in &inventory.clusters {
        let is_meant = |name: &str| names.iter().any(|wanted| wanted.eq_ignore_ascii_case(name));
        let nodes: Vec<usize> = (0..cluster.nodes.len())
            .filter(|node| cluster.nodes.get(*node).is_some_and(|node| is_meant(&node.name)))
            .collect();
        if !nodes.is_empty() {
            found.push((cluster, nodes));
        }
    }
    let all = || inventory.clusters.iter().flat_map(|cluster| &cluster.nodes);
    match names
        .iter()
        .find(|name| !all().any(|node| node.name.eq_ignore_ascii_case(name)))
    {
        None => Ok(found),
        Some(name) => {
            let known: Vec<&str> = all().map(|node| node.name.as_str()).take(20).collect();
            Err(Failure::Usage(listing::printable(&format!(
                "there is no node '{name}' in the inventory\n    Give one of: {}.",
                known.join(", ")
            ))))
        }
    }
}

fn of_cluster<'a>(plan: &'a Plan, cluster: &Cluster) -> Option<&'a ClusterPlan> {
    plan.clusters.iter().find(|planned| planned.cluster == cluster.name)
}

fn network<'a>(
    cluster: &'a Cluster,
    plan: Option<&'a ClusterPlan>,
    args: &Args,
    calibration: Calibration,
) -> Result<Network<'a>, Failure> {
    if args.plan.is_some() && plan.is_none() {
        return Err(Failure::Usage(listing::printable(&format!(
            "the plan does not hold cluster {}\n    Give the plan.json that was made from this inventory.",
            cluster.name
        ))));
    }
    let network = Network::new(cluster, plan, &needs(cluster, plan), calibration);
    if network.is_unknown() && cluster.nodes.len() > 1 {
        return Err(Failure::Usage(listing::printable(&format!(
            "the inventory does not say which NIC of cluster {} carries which network today, so no live migration has a path\n    \
             Give a plan with --plan plan.json (nicplan plan INPUT -o DIR makes one), or fill current_role or switch in nics.csv.",
            cluster.name
        ))));
    }
    Ok(network)
}

fn question(args: &Args, cluster: &Cluster, nodes: Vec<usize>) -> Question {
    let policy = Question::of(cluster);
    Question {
        nodes,
        window_minutes: args.window.or(policy.window_minutes),
        reboot_minutes: args.reboot.unwrap_or(policy.reboot_minutes),
        switches_hold: args.plan.is_none(),
        ..policy
    }
}

fn forecast(cluster: &Cluster, network: &Network, question: Question) -> Forecast {
    let ports = OtherPorts {
        today: network.slowest_port(),
        routes: &|ports| network.with_ports(ports),
    };
    drain::forecast(cluster, &network.routes(), ports, &question)
}

fn files(views: &[View]) -> Vec<(String, Vec<u8>)> {
    vec![
        ("drain.csv".to_owned(), drains::drain_csv(views)),
        ("drain.svg".to_owned(), drains::drain_svg(views)),
        ("migrations.csv".to_owned(), drains::migrations_csv(views)),
    ]
}
