//! `deploy`: facts and a verified plan -> scripts that carry it out, node by node, or the reason why none are written.

use super::check;
use super::console::Console;
use super::failure::{Answer, Failure};
use super::input::{self, InputArgs};
use super::listing;
use super::output::CsvArgs;
use nicplan::checks::{self, VerifiedPlan};
use nicplan::deploy::{self, ClusterWork, Refusal};
use nicplan::inventory::Inventory;
use nicplan::plan::Plan;
use nicplan::profiles::WS2008R2;
use nicplan::units::count;
use serde::Serialize;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "Examples:
  nicplan deploy samples/blades-2012r2 --plan out/plan.json -o scripts
  nicplan deploy designs/west designs/east --plan plan.json --cluster EAST -o scripts
  nicplan deploy samples/converged-2016 --plan out/plan.json -o scripts --format json
  (then read scripts/RUNBOOK.md; every script takes -WhatIf; exit code 1: refused, nothing was written,
   or written for a plan that says itself that a requirement is not met)";

/// Write the scripts that carry a plan out: pre-check, apply, verify, rollback
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// The plan to carry out; it is judged first, as `check` does
    #[arg(long, value_name = "FILE")]
    plan: PathBuf,
    /// Folder for the scripts, RUNBOOK.md and steps.csv
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    #[command(flatten)]
    csv: CsvArgs,
    /// Form of the summary on the standard output
    #[arg(long, default_value = "text")]
    format: DeployFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum DeployFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

pub fn run(args: &Args, console: &Console) -> Result<Answer, Failure> {
    console.expect_stages(&["read", "check", "steps", "write"]);
    let mut inventory = args.input.load(None, console)?;
    let plan = check::read_plan(&args.plan, &inventory)?;
    check::known_clusters(&inventory, &plan)?;
    input::judge_with_growth_of_plan(&mut inventory, &plan, None, console);
    let verified = match judge(&inventory, plan, console)? {
        Some(verified) => verified,
        None => return Ok(Answer::No),
    };
    console.stage("check");
    let mut work = match deploy::work(&inventory, &verified) {
        Ok(work) => work,
        Err(refused) => {
            console.print(&listing::printable(&refusal(&refused)))?;
            return Ok(Answer::No);
        }
    };
    if let Some(name) = &args.input.cluster {
        only(&mut work, name)?;
    }
    console.stage("steps");
    let files = deploy::files(&work);
    args.csv.write(&args.output, &files)?;
    console.stage("write");
    match args.format {
        DeployFormat::Text => console.print(&listing::printable(&summary(&work, files.len())))?,
        DeployFormat::Json => console.print(&listing::json(&json(&work, &files))?)?,
    }
    console.note(&next(&args.output));
    let met = work.iter().all(|one| one.unmet.is_empty());
    Ok(if met { Answer::Yes } else { Answer::No })
}

fn next(dir: &Path) -> String {
    format!(
        "Next: read {}, then run the first pre-check.",
        dir.join("RUNBOOK.md").display()
    )
}

/// Only a plan that holds, and that was made from this inventory, is carried out.
fn judge(inventory: &Inventory, plan: Plan, console: &Console) -> Result<Option<VerifiedPlan>, Failure> {
    if plan.input_sha256 != inventory.sha256 {
        let text = "Refused, nothing was written: the plan was made from another inventory, or the inventory has changed since.\n\
                    Steps go from what the inventory says today to what the plan says, so both must belong together: make the plan anew with \
                    'nicplan plan'.\n";
        console.print(text)?;
        return Ok(None);
    }
    match checks::verify(inventory, plan) {
        Ok(verified) => Ok(Some(verified)),
        Err(findings) => {
            console.print(&listing::findings(&findings, console))?;
            console.print("Refused, nothing was written: the plan does not hold.\n")?;
            Ok(None)
        }
    }
}

fn refusal(refused: &[Refusal]) -> String {
    let mut text = String::from("Refused, nothing was written:\n");
    for one in refused {
        text.push_str(&format!("  {}: {}\n", one.cluster, one.text));
    }
    text
}

/// `--cluster` names the one cluster whose scripts are wanted.
fn only(work: &mut Vec<ClusterWork>, name: &str) -> Result<(), Failure> {
    let known: Vec<String> = work.iter().map(|one| one.today.name.clone()).collect();
    work.retain(|one| nicplan::units::same_name(&one.today.name, name));
    if work.is_empty() {
        return Err(Failure::Usage(listing::printable(&format!(
            "the plan has no cluster {name}\n    Give one of: {}.",
            known.join(", ")
        ))));
    }
    Ok(())
}

/// Manual steps shown on the console; the runbook has all.
const SHOWN: usize = 6;

/// One paragraph per cluster.
fn summary(work: &[ClusterWork], files: usize) -> String {
    let mut text = String::new();
    for one in work {
        let counts = deploy::counts(one);
        let already = one.already + one.nodes.iter().map(|n| n.already).sum::<usize>();
        let how = if one.by_intents { ", by Network ATC" } else { "" };
        text.push_str(&format!(
            "Cluster {} ({}{how}): {} on {}, {} for the whole cluster; {} by hand; {} as planned already.\n",
            one.today.name,
            one.today.profile.title,
            count(counts.nodes, "step"),
            count(one.nodes.len(), "node"),
            count(counts.cluster, "step"),
            count(counts.by_hand, "step"),
            count(already, "setting"),
        ));
        let over: Vec<&str> = one
            .nodes
            .iter()
            .filter(|n| n.takes_over())
            .map(|n| n.today.name.as_str())
            .collect();
        if !over.is_empty() {
            text.push_str(&format!(
                "  From the console (iLO, iDRAC): {}. Management, or the last storage path, is down there for a moment, with {} automatic way back.\n",
                over.join(", "),
                if one.today.profile.generation == WS2008R2 { "no" } else { "an" }
            ));
        }
        let shown = one.manual.iter().take(SHOWN);
        for manual in shown {
            let node = if manual.node.is_empty() {
                String::new()
            } else {
                format!("{}: ", manual.node)
            };
            text.push_str(&format!("  by hand: {node}{}\n", manual.text));
        }
        if one.manual.len() > SHOWN {
            text.push_str(&format!(
                "  by hand: {} more, all in RUNBOOK.md\n",
                one.manual.len() - SHOWN
            ));
        }
        for unmet in &one.unmet {
            text.push_str(&format!("  not met by the plan, nor by these scripts: {unmet}\n"));
        }
    }
    text.push_str(&format!("{} written.\n", count(files, "file")));
    text
}

#[derive(Serialize)]
struct Json {
    clusters: Vec<JsonCluster>,
    files: Vec<String>,
}

#[derive(Serialize)]
struct JsonCluster {
    cluster: String,
    profile: String,
    network_atc: bool,
    nodes: Vec<JsonNode>,
    cluster_steps: usize,
    already: usize,
    manual: Vec<JsonManual>,
    unmet: Vec<String>,
}

#[derive(Serialize)]
struct JsonNode {
    node: String,
    steps: usize,
    already: usize,
    takeover: bool,
}

#[derive(Serialize)]
struct JsonManual {
    node: String,
    text: String,
}

fn json(work: &[ClusterWork], files: &[deploy::File]) -> Json {
    let cluster = |one: &ClusterWork| JsonCluster {
        cluster: one.today.name.clone(),
        profile: one.today.profile.name.to_owned(),
        network_atc: one.by_intents,
        nodes: one
            .nodes
            .iter()
            .map(|n| JsonNode {
                node: n.today.name.clone(),
                steps: n.steps.len(),
                already: n.already,
                takeover: n.takes_over(),
            })
            .collect(),
        cluster_steps: one.before.len() + one.last.len(),
        already: one.already,
        manual: one
            .manual
            .iter()
            .map(|m| JsonManual {
                node: m.node.clone(),
                text: m.text.clone(),
            })
            .collect(),
        unmet: one.unmet.clone(),
    };
    Json {
        clusters: work.iter().map(cluster).collect(),
        files: files.iter().map(|(name, _)| name.clone()).collect(),
    }
}
