//! `check`: facts and a plan file -> does the plan hold, recounted from the start.

use super::console::Console;
use super::failure::{Answer, Failure};
use super::input::{self, InputArgs};
use super::listing;
use super::output;
use nicplan::checks::{self, Recount, VerifiedPlan};
use nicplan::finding::{Location, Problem};
use nicplan::inventory::{self, Inventory};
use nicplan::plan::{ClusterPlan, LEVELS, NodeUplink, Plan, SCHEMA_VERSION, Shortfall};
use nicplan::profiles::Transport;
use nicplan::reports::text;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "Examples:
  nicplan check samples/four-node-2008r2 --plan out/plan.json
  nicplan check samples/four-node-2008r2 --plan edited.json --recompute -o out
  (exit code 1: a requirement is not met, or the plan contradicts itself or the inventory)";

/// Judge a plan file, also a hand-edited one
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// The plan to judge
    #[arg(long, value_name = "FILE")]
    plan: PathBuf,
    /// Growth in percent to judge with, instead of the one that the plan was made for
    #[arg(long, value_name = "PERCENT", value_parser = input::growth_percent)]
    growth: Option<u64>,
    /// The assignment was edited by hand: pass over the mechanisms, transports, shares, numbers, status and style that the plan states, and show those that follow
    #[arg(long)]
    recompute: bool,
    /// Write the plan with the recomputed numbers to this folder, as plan.json
    #[arg(short, long, value_name = "DIR", requires = "recompute")]
    output: Option<PathBuf>,
}

pub fn run(args: &Args, console: &Console) -> Result<Answer, Failure> {
    console.expect_stages(&["read", "check"]);
    let mut inventory = args.input.load(args.growth, console)?;
    let plan = read_plan(&args.plan, &inventory)?;
    input::judge_with_growth_of_plan(&mut inventory, &plan, args.growth, console);
    let checked = if args.recompute {
        checks::recompute(&inventory, plan.clone())
    } else {
        checks::verify(&inventory, plan.clone())
    };
    console.stage("check");
    match checked {
        Ok(verified) => {
            for remark in verified.notes() {
                let told = format!("note: {}\n    What to do: {}", remark.message, remark.fix);
                console.note(listing::printable(&told).trim_end());
            }
            if let Some(dir) = &args.output {
                let json = listing::json(verified.plan())?;
                output::write(dir, &[("plan.json".to_owned(), json.into_bytes())])?;
            }
            let stated = args.recompute.then_some(&plan);
            console.print(&listing::printable(&summary(&verified, stated)))?;
            Ok(if checks::requirements_met(&verified) {
                Answer::Yes
            } else {
                Answer::No
            })
        }
        Err(findings) => {
            console.print(&listing::findings(&findings, console))?;
            Ok(Answer::No)
        }
    }
}

/// Reads a plan file, its names in the spelling of the inventory; what is wrong with it is told with line and column.
pub(super) fn read_plan(path: &Path, inventory: &Inventory) -> Result<Plan, Failure> {
    Ok(checks::in_inventory_spelling(inventory, plan_file(path)?))
}

/// Reads a plan file as it stands; what is wrong with it is told with line and column.
pub(super) fn plan_file(path: &Path) -> Result<Plan, Failure> {
    let problem = |line, column, what: String, advice: &str| {
        let at = Location {
            file: path.display().to_string(),
            line,
            column,
        };
        Failure::Problems(vec![Problem {
            at,
            what,
            advice: advice.to_owned(),
        }])
    };
    // PowerShell 5.1 writes UTF-16 when a result is sent to a file with `>`.
    let text = inventory::read_text(path)
        .map_err(|(what, _)| problem(0, 0, what, "Give the plan.json that `nicplan plan -o` wrote."))?;
    let plan: Plan = serde_json::from_str(&text).map_err(|error| {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let advice = "`nicplan schema plan` prints the form of a plan.";
        problem(
            number(error.line()),
            number(error.column()),
            format!("this is no plan: {error}"),
            advice,
        )
    })?;
    if plan.schema_version != SCHEMA_VERSION {
        let what = format!(
            "the plan has schema version {}, this program reads {SCHEMA_VERSION}",
            plan.schema_version
        );
        return Err(problem(0, 0, what, "Make the plan again with this version of nicplan."));
    }
    Ok(plan)
}

/// A plan for clusters that the inventory does not have would silently change nothing.
pub(super) fn known_clusters(today: &Inventory, plan: &Plan) -> Result<(), Failure> {
    let known = |name: &str| today.clusters.iter().any(|c| nicplan::units::same_name(&c.name, name));
    match plan.clusters.iter().find(|c| !known(&c.cluster)) {
        None => Ok(()),
        Some(missing) => Err(Failure::Usage(format!(
            "the plan speaks of cluster {}, which the inventory does not have\n    Give the inventory that the plan was made from.",
            missing.cluster
        ))),
    }
}

/// One paragraph per cluster; with what the plan stated before beside what was recomputed.
fn summary(verified: &VerifiedPlan, stated: Option<&Plan>) -> String {
    let clusters = verified.recounts().iter().map(|recount| {
        let before = stated.and_then(|plan| plan.cluster(&recount.cluster));
        match (before, verified.plan().cluster(&recount.cluster)) {
            (Some(before), Some(now)) => recomputed(before, now) + &requirements(recount, "It does not meet:"),
            _ => holds(recount) + &requirements(recount, "It declares what it does not meet:"),
        }
    });
    clusters.collect()
}

fn holds(recount: &Recount) -> String {
    let worst = recount.uplinks.iter().map(|u| u.worst_utilisation).max().unwrap_or(0);
    let worst = nicplan::units::show_permille(worst);
    format!(
        "Cluster {}: the plan holds. Worst utilisation {worst}.\n",
        recount.cluster
    )
}

fn recomputed(before: &ClusterPlan, now: &ClusterPlan) -> String {
    let mut rows = vec![["  ", "stated", "recomputed"].map(str::to_owned).to_vec()];
    rows.push(vec![
        "  style".to_owned(),
        before.style.to_string(),
        now.style.to_string(),
    ]);
    let values = text::objective_values(&before.solver.objective);
    for (level, (old, new)) in values
        .into_iter()
        .zip(text::objective_values(&now.solver.objective))
        .enumerate()
    {
        rows.push(vec![format!("  {}", LEVELS[level]), old, new]);
    }
    format!(
        "Cluster {}: the assignment holds; what follows from it:\n{}{}\
         Proof, comparison of styles and reasons in the file are those of the plan before the edit.\n",
        now.cluster,
        listing::aligned(&rows),
        derived(before, now)
    )
}

/// What was derived anew for uplinks whose NICs or roles were edited, alike ones together.
fn derived(before: &ClusterPlan, now: &ClusterPlan) -> String {
    let mut changes: Vec<(String, Vec<&str>)> = Vec::new();
    for node in &now.nodes {
        let old = before.nodes.iter().find(|n| n.node == node.node);
        for entry in &node.uplinks {
            let Some(old) = old.and_then(|n| n.uplinks.iter().find(|u| u.uplink == entry.uplink)) else {
                continue;
            };
            for change in changed(old, entry) {
                match changes.iter_mut().find(|(text, _)| *text == change) {
                    Some((_, nodes)) => nodes.push(&node.node),
                    None => changes.push((change, vec![&node.node])),
                }
            }
        }
    }
    let lines = changes
        .iter()
        .map(|(change, nodes)| format!("  derived on {}: {change}\n", nicplan::units::name_runs(nodes, " to ")));
    lines.collect()
}

/// What of one uplink on one node follows otherwise than it was stated.
fn changed(old: &NodeUplink, new: &NodeUplink) -> Vec<String> {
    let mut said = Vec::new();
    if (old.mechanism, old.team) != (new.mechanism, new.team) {
        let held = |entry: &NodeUplink| text::held_together(entry);
        said.push(format!("uplink {} is {}, not {}", new.uplink, held(new), held(old)));
    }
    if old.transport != new.transport {
        let name = |transport: Option<Transport>| transport.map_or("none", Transport::name);
        said.push(format!(
            "live migration over uplink {} uses {}, not {}",
            new.uplink,
            name(new.transport),
            name(old.transport)
        ));
    }
    if old.shares != new.shares {
        let list = |entry: &NodeUplink| {
            let each = entry
                .shares
                .iter()
                .map(|s| format!("{} {}", s.role, nicplan::units::show_permille(s.permille)));
            each.collect::<Vec<_>>().join(", ")
        };
        said.push(format!("shares of uplink {} are {}", new.uplink, list(new)));
    }
    said
}

/// The requirements that are not met, one line for each with the places.
fn requirements(recount: &Recount, heading: &str) -> String {
    if recount.shortfall.is_empty() {
        return "Every requirement is met.\n".to_owned();
    }
    let mut text = format!("{heading}\n");
    for same in recount.shortfall.chunk_by(|a, b| a.requirement == b.requirement) {
        let place = |miss: &Shortfall| match miss.missing_mbps {
            0 => miss.subject.clone(),
            mbps => format!("{} ({} missing)", miss.subject, nicplan::units::show_mbps(mbps)),
        };
        let places: Vec<String> = same.iter().map(place).collect();
        let name = same.first().map_or("", |miss| &miss.requirement);
        text.push_str(&format!("  {name} at {}\n", places.join(", ")));
    }
    text
}
