//! `plan`: facts -> a verified plan, reports and the answer.

use super::console::Console;
use super::failure::{Answer, Failure};
use super::input::{self, InputArgs};
use super::listing;
use super::output::CsvArgs;
use super::planned;
use super::review::{day, note_ended_entries};
#[cfg(feature = "solver")]
use nicplan::assignment::Options;
use nicplan::checks::rules::Question;
use nicplan::checks::{self, rules};
use nicplan::finding::{Finding, State};
use nicplan::inventory::{self, Inventory};
use nicplan::plan::Plan;
use nicplan::reports::{self, ReportData, Reviewed, WhatIf};
use std::path::PathBuf;
use std::time::{Duration, Instant};

const EXAMPLES: &str = "Examples:
  nicplan plan samples/four-node-2008r2 -o out
  nicplan plan samples/converged-2016 --style dedicated
  nicplan plan cluster.json --growth 30 --format json > plan.json
  nicplan plan validation-report.htm --cluster HVC1 -o out
  nicplan plan samples/exports-2022 -o out

Exports of cmdlets say their node by the folder or the name of the file (HV1/Get-NetAdapter.xml or HV1_Get-NetAdapter.xml);
those of the cluster lie in a folder named cluster. `nicplan import --help` tells how to make them.";

/// Stages of the work; those after the review belong to the reports.
static STAGES: [&str; 6] = ["read", "plan", "check", "review", "reports", "write"];

/// Plan which NIC carries which traffic, and write the reports
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// Folder for plan.json, tables, drawings and report.html
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Shape of the design; best compares them
    #[arg(long, value_name = "STYLE", default_value = "best")]
    style: StyleArg,
    /// Growth in percent, instead of the policy's
    #[arg(long, value_name = "PERCENT", value_parser = input::growth_percent)]
    growth: Option<u64>,
    /// Stop looking for better plans after this many seconds; the plan then says so. One limit for all solving: every
    /// style of every cluster, and what two more ports would change. Reading, checking and writing come on top
    #[arg(long, value_name = "SECONDS")]
    time_limit: Option<u64>,
    /// Day to judge by, YYYY-MM-DD: policy entries with a last day hold up to it, drivers have an age
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<String>,
    #[command(flatten)]
    csv: CsvArgs,
    /// Form of the result on the standard output
    #[arg(long, default_value = "text")]
    format: PlanFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum PlanFormat {
    /// For people.
    Text,
    /// plan.json.
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum StyleArg {
    /// The best of all, with the others beside it.
    Best,
    /// One role and one NIC per uplink.
    Dedicated,
    /// One role per uplink, several NICs.
    Teamed,
    /// One uplink for everything but iSCSI.
    Converged,
    /// Anything else that is allowed.
    Hybrid,
}

pub fn run(args: &Args, console: &Console) -> Result<Answer, Failure> {
    console.expect_stages(if args.output.is_some() { &STAGES } else { &STAGES[..4] });
    args.input.keep_apart(args.output.as_deref())?;
    let inventory = args.input.load(args.growth, console)?;

    let deadline = deadline(args);
    let plan = choose(&inventory, args, deadline)?;
    console.stage("plan");
    let verified = checks::verify(&inventory, plan.clone()).map_err(|findings| bug(&inventory, &plan, findings))?;
    console.stage("check");
    let (reviews, mut data) = review_and_join(&inventory, &verified, args, deadline);
    note_ended_entries(args.as_of.as_deref(), &inventory, console);
    let Reviews { findings, planned } = reviews;
    data.findings = &findings;
    data.reviewed = Some(planned);
    data.asked_style = args.style.style();
    console.stage("review");

    if let Some(dir) = &args.output {
        if data
            .what_if
            .as_ref()
            .is_some_and(|asked| asked.rows.len() < verified.plan().clusters.len())
            && deadline.is_some()
        {
            console.note("note: what two more ports on every node would change was not found out in the time given");
        }
        let files = reports::render_all(&data);
        console.stage("reports");
        args.csv.write(dir, &files)?;
        console.stage("write");
    }
    match args.format {
        PlanFormat::Text => console.print(&listing::with_unknown(&inventory, &reports::text::plan_text(&data)))?,
        PlanFormat::Json => console.print(&listing::json(verified.plan())?)?,
    }
    console.note(&match &args.output {
        Some(dir) => format!("Next: open {}.", dir.join("report.html").display()),
        None => "Next: run again with -o DIR to get report.html, the drawings and the tables.".to_owned(),
    });
    // findings are for `review`: only an unmet requirement makes the answer no
    let answer = if checks::requirements_met(&verified) {
        Answer::Yes
    } else {
        Answer::No
    };
    // The program ends here; taking a large cluster apart piece by piece would take longer than writing its reports.
    std::mem::forget(data);
    std::mem::forget(verified);
    std::mem::forget(inventory);
    Ok(answer)
}

/// What the rules say of today and of the plan.
struct Reviews {
    findings: Vec<Finding>,
    planned: Reviewed,
}

/// Reviews today and the plan, and meanwhile joins what reports show, with the answer to what two more ports would change if
/// anybody reads it: neither needs the other.
fn review_and_join<'a>(
    inventory: &'a Inventory,
    verified: &'a checks::VerifiedPlan,
    args: &Args,
    deadline: Option<Instant>,
) -> (Reviews, ReportData<'a>) {
    let joined = || {
        let data = ReportData::new(inventory, verified, &[]);
        data.judge_paths();
        data
    };
    let asked = || {
        args.output
            .is_some()
            .then(|| what_if(inventory, verified, deadline))
            .flatten()
    };
    let (reviews, (what_if, mut data)) = rayon::join(
        || review(inventory, verified, args.as_of.as_deref()),
        || rayon::join(asked, joined),
    );
    data.what_if = what_if;
    (reviews, data)
}

fn review(inventory: &Inventory, verified: &checks::VerifiedPlan, as_of: Option<&str>) -> Reviews {
    let question = |state| Question { as_of, state };
    let (today, mut after) = rayon::join(
        || rules::review_all(inventory, question(State::Present)),
        || planned::review(inventory, verified.plan(), question(State::Planned)),
    );
    let mut findings = today.findings;
    rules::say_which_state(&mut findings, &mut after.findings);
    findings.extend_from_slice(verified.notes());
    let mut levels = inventory.clusters.iter().flat_map(|c| &c.policy.rules);
    Finding::sort(&mut findings);
    Reviews {
        findings,
        planned: Reviewed {
            planned: after.findings,
            outcomes: today.outcomes,
            entries_passed_over: as_of.is_none() && levels.any(|level| !rules::holds(level, as_of)),
        },
    }
}

#[cfg(feature = "solver")]
fn choose(inventory: &Inventory, args: &Args, deadline: Option<Instant>) -> Result<Plan, Failure> {
    let style = args.style.style();
    nicplan::assignment::plan(inventory, &Options { style, deadline }).ok_or_else(|| {
        Failure::NoPlan(format!(
            "no plan was found within {} s\n    Give --time-limit more seconds, or leave it out: without it the search ends by itself.",
            args.time_limit.unwrap_or_default()
        ))
    })
}

/// When all solving ends: counted once, from its start.
#[allow(clippy::disallowed_methods, reason = "the time limit that the user asked for")]
fn deadline(args: &Args) -> Option<Instant> {
    let limit = args.time_limit.map(Duration::from_secs);
    limit.and_then(|limit| Instant::now().checked_add(limit))
}

/// Largest cluster for which all designs of the style are searched once more; above it the question is asked of the plan's
/// own design, which answers in a fraction of the time.
#[cfg(feature = "solver")]
const ALL_DESIGNS_NODES: usize = 32;

/// What two idle ports more on every node would change, in the chosen style of each cluster.
#[cfg(feature = "solver")]
fn what_if(inventory: &Inventory, verified: &checks::VerifiedPlan, deadline: Option<Instant>) -> Option<WhatIf> {
    use nicplan::assignment::{with_two_ports_more, with_two_ports_more_in_its_design};
    let row = |planned: &nicplan::plan::ClusterPlan| {
        let cluster = inventory.clusters.iter().find(|c| c.name == planned.cluster)?;
        let options = Options {
            style: Some(planned.style),
            deadline,
        };
        let (design, among, found) = if cluster.nodes.len() > ALL_DESIGNS_NODES {
            let found = with_two_ports_more_in_its_design(cluster, planned, &options)?;
            let design = "the same uplinks and external networks".to_owned();
            (design.clone(), format!("with {design}"), found)
        } else {
            let found = with_two_ports_more(cluster, planned, &options)?;
            let style = planned.style;
            (format!("{style} design"), format!("of the {style} style"), found)
        };
        Some(nicplan::reports::WhatIfRow {
            cluster: planned.cluster.clone(),
            text: format!("two more ports on every node, {design}"),
            among,
            before: planned.solver.objective.clone(),
            after: found.objective,
            bound: found.bound,
        })
    };
    Some(WhatIf {
        rows: verified.plan().clusters.iter().filter_map(row).collect(),
    })
}

#[cfg(not(feature = "solver"))]
fn what_if(_: &Inventory, _: &checks::VerifiedPlan, _: Option<Instant>) -> Option<WhatIf> {
    None
}

#[cfg(not(feature = "solver"))]
fn choose(_: &Inventory, args: &Args, _: Option<Instant>) -> Result<Plan, Failure> {
    let _ = (args.style, args.time_limit);
    Err(Failure::Usage(
        "this build of nicplan cannot plan: it was made without the feature `solver`\n    `check`, `review` and `mac` work; build with `cargo build --release` to plan.".to_owned(),
    ))
}

/// Saves what is needed to find the error, in a folder named after the input.
fn bug(inventory: &Inventory, plan: &Plan, findings: Vec<Finding>) -> Failure {
    let name: String = inventory.sha256.chars().take(12).collect();
    let dir = std::env::temp_dir().join(format!("nicplan-bug-{name}"));
    let mut files = inventory::to_csv_tables(&inventory.clusters);
    files.push(("findings.csv".to_owned(), reports::findings_csv(&findings)));
    if let Ok(json) = listing::json(plan) {
        files.push(("plan.json".to_owned(), json.into_bytes()));
    }
    let saved = reports::write_all(&dir, &files)
        .map(|()| dir)
        .map_err(|error| error.to_string());
    Failure::Bug { findings, saved }
}

impl StyleArg {
    /// The style to plan; `None` compares all.
    fn style(self) -> Option<nicplan::plan::Style> {
        use nicplan::plan::Style;
        match self {
            StyleArg::Best => None,
            StyleArg::Dedicated => Some(Style::Dedicated),
            StyleArg::Teamed => Some(Style::Teamed),
            StyleArg::Converged => Some(Style::Converged),
            StyleArg::Hybrid => Some(Style::Hybrid),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejected_plan_of_our_own_is_saved_with_its_inventory_and_ends_with_exit_code_70() {
        let inventory = Inventory {
            sha256: "0123456789abcdef".to_owned(),
            ..Inventory::default()
        };
        let plan = Plan {
            schema_version: 1,
            input_sha256: String::new(),
            clusters: Vec::new(),
        };

        let failure = bug(&inventory, &plan, Vec::new());

        assert_eq!(failure.code(), 70);
        let Failure::Bug { saved: Ok(dir), .. } = failure else {
            panic!("the folder could not be written")
        };
        assert!(dir.ends_with("nicplan-bug-0123456789ab"));
        assert!(dir.join("plan.json").exists() && dir.join("findings.csv").exists());
        std::fs::remove_dir_all(dir).expect("the folder is ours");
    }
}
