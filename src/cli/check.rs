//! `check`: facts and a plan file -> does the plan hold, recounted from the start.

use super::console::Console;
use super::failure::{Answer, Failure};
use super::input::{self, InputArgs};
use super::listing;
use nicplan::checks::{self, Recount, VerifiedPlan};
use nicplan::finding::{Location, Problem};
use nicplan::plan::{Plan, SCHEMA_VERSION};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "Examples:
  nicplan check samples/four-node-2008r2 --plan out/plan.json
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
}

pub fn run(args: &Args, console: &Console) -> Result<Answer, Failure> {
    console.expect_stages(&["read", "check"]);
    let mut inventory = args.input.load(args.growth, console)?;
    let plan = read_plan(&args.plan)?;
    input::judge_with_growth_of_plan(&mut inventory, &plan, args.growth, console);
    let checked = checks::verify(&inventory, plan);
    console.stage("check");
    match checked {
        Ok(verified) => {
            for remark in verified.notes() {
                console.note(&format!("note: {}", listing::printable(&remark.message)));
            }
            console.print(&listing::printable(&summary(&verified)))?;
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

/// Reads a plan file; what is wrong with it is told with line and column.
pub(super) fn read_plan(path: &Path) -> Result<Plan, Failure> {
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
    let bytes = std::fs::read(path).map_err(|error| {
        problem(
            0,
            0,
            format!("the plan cannot be read: {error}"),
            "Give the plan.json that `nicplan plan -o` wrote.",
        )
    })?;
    let plan: Plan =
        serde_json::from_slice(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes)).map_err(|error| {
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

fn summary(verified: &VerifiedPlan) -> String {
    verified.recounts().iter().map(cluster_summary).collect()
}

fn cluster_summary(recount: &Recount) -> String {
    let worst = nicplan::units::show_permille(recount.objective.worst_utilisation_permille);
    let mut text = format!(
        "Cluster {}: the plan holds. Worst utilisation {worst}.\n",
        recount.cluster
    );
    if recount.shortfall.is_empty() {
        text.push_str("Every requirement is met.\n");
    } else {
        text.push_str("It declares what it does not meet:\n");
    }
    for miss in &recount.shortfall {
        let missing = match miss.missing_mbps {
            0 => String::new(),
            mbps => format!(", {} missing", nicplan::units::show_mbps(mbps)),
        };
        text.push_str(&format!("  {} at {}{missing}\n", miss.requirement, miss.subject));
    }
    text
}
