//! `review`: facts -> findings about the design as it stands, or as a plan makes it.

use super::console::Console;
use super::failure::{Answer, Failure};
use super::input::{self, InputArgs};
use super::output::CsvArgs;
use super::{check, findings_text, listing, planned};
use nicplan::checks::rules::{self, Outcome, OutcomeRow, Question, Review};
use nicplan::finding::{Finding, Severity, State};
use nicplan::inventory::{self, Inventory};
use nicplan::policy::RuleLevel;
use nicplan::reports::{self, outcomes};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "Examples:
  nicplan review samples/broken
  nicplan review samples/broken --full            (each finding with all it has)
  nicplan review samples/broken --fail-on warning --format csv > findings.csv
  nicplan review designs/west --as-of 2026-11-22 --format sarif > review.sarif
  nicplan review designs/west --format junit > review.xml
  nicplan review samples/broken --plan reports/broken/plan.json
                                                  (what is left once the plan is applied)
  nicplan explain mac-pool-overlap";

/// Find what is wrong with the design as it stands, or as a plan makes it
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// Review the inventory as it is once this plan is applied
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Lowest severity that makes the exit code 1
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,
    /// Day to judge by, YYYY-MM-DD: policy entries with a last day hold up to it, drivers have an age
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<String>,
    #[command(flatten)]
    csv: CsvArgs,
    /// Form of the result
    #[arg(long, default_value = "text")]
    format: ReviewFormat,
    /// Each finding with its value, the right one, risk, fix and every place
    #[arg(long)]
    full: bool,
    /// List the columns to fill so that the rules that could not be checked can be, instead of the findings (text only)
    #[arg(long)]
    not_checked: bool,
    /// Also write findings.csv and rules.csv to this folder
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

/// `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum ReviewFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For a spreadsheet.
    Csv,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// JUnit XML, for CI servers.
    Junit,
}

/// `--as-of`.
pub fn day(text: &str) -> Result<String, String> {
    nicplan::inventory::day(text)
}

/// `--fail-on`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum FailOn {
    /// Errors only.
    Error,
    /// Errors and warnings.
    Warning,
    /// Any finding.
    Info,
    /// No finding.
    Never,
}

impl FailOn {
    /// The answer for these findings; silenced ones do not count.
    pub fn answer(self, findings: &[Finding]) -> Answer {
        let open = findings.iter().filter(|f| f.suppressed_by.is_empty());
        self.reached(open.map(|f| f.counts_as).min())
    }

    /// The answer when this is the worst severity.
    pub fn reached(self, worst: Option<Severity>) -> Answer {
        match (worst, self.limit()) {
            (Some(severity), Some(limit)) if severity <= limit => Answer::No,
            _ => Answer::Yes,
        }
    }

    /// Lowest severity that counts; `None` = none does.
    fn limit(self) -> Option<Severity> {
        match self {
            FailOn::Error => Some(Severity::Error),
            FailOn::Warning => Some(Severity::Warning),
            FailOn::Info => Some(Severity::Info),
            FailOn::Never => None,
        }
    }
}

pub fn run(args: &Args, console: &Console) -> Result<Answer, Failure> {
    console.expect_stages(&["read", "review"]);
    refuse_columns_in_other_forms(args)?;
    args.input.keep_apart(args.output.as_deref())?;
    let today = args.input.load(None, console)?;
    let (review, change) = match &args.plan {
        None => (rules::review_all(&today, question(args, State::Present)), None),
        Some(path) => with_plan(args, &today, path)?,
    };
    note_ended_entries(args.as_of.as_deref(), &today, console);
    console.stage("review");
    if let Some(dir) = &args.output {
        let files = [
            ("findings.csv".to_owned(), reports::findings_csv(&review.findings)),
            ("rules.csv".to_owned(), reports::rules_csv(&review.outcomes)),
        ];
        args.csv.write(dir, &files)?;
    }
    console.print(&match args.format {
        ReviewFormat::Text => listing::with_unknown(&today, &text(&review, change, args, console)),
        ReviewFormat::Csv => args.csv.text(&reports::findings_csv(&review.findings)),
        ReviewFormat::Json => listing::json(&Answers::new(&review))?,
        ReviewFormat::Junit => reports::junit(&review.findings, &review.outcomes, args.fail_on.limit()),
        ReviewFormat::Sarif => {
            let files = ReadAgain::new(&args.input.inputs, &review.findings);
            listing::json(&reports::sarif(&review.findings, env!("CARGO_PKG_VERSION"), &files))?
        }
    })?;
    Ok(args.fail_on.answer(&review.findings))
}

/// `--not-checked` is a list for people; the forms for programs hold what it says anyway.
fn refuse_columns_in_other_forms(args: &Args) -> Result<(), Failure> {
    if !args.not_checked || args.format == ReviewFormat::Text {
        return Ok(());
    }
    Err(Failure::Usage(
        "--not-checked lists the columns to fill as text only; nothing was written\n    For a program leave it out: `rules` of --format json, and \
         rules.csv (-o DIR), say of every rule whether it was checked and which columns are missing."
            .to_owned(),
    ))
}

fn question(args: &Args, state: State) -> Question<'_> {
    Question {
        as_of: args.as_of.as_deref(),
        state,
    }
}

/// What a plan does to the findings of today.
struct Change {
    gone: usize,
    new: usize,
}

/// The review of what a plan makes of the inventory, and what changes against today.
fn with_plan(args: &Args, today: &Inventory, path: &Path) -> Result<(Review, Option<Change>), Failure> {
    let plan = check::read_plan(path, today)?;
    check::known_clusters(today, &plan)?;
    let before = rules::review_all(today, question(args, State::Present)).findings;
    let review = planned::review(today, &plan, question(args, State::Planned));
    let key = |f: &Finding| (f.rule, f.cluster.clone(), f.subject.clone());
    let keys = |findings: &[Finding]| findings.iter().map(key).collect::<BTreeSet<_>>();
    let (old, left) = (keys(&before), keys(&review.findings));
    let change = Change {
        gone: before.iter().filter(|f| !left.contains(&key(f))).count(),
        new: review.findings.iter().filter(|f| !old.contains(&key(f))).count(),
    };
    Ok((review, Some(change)))
}

/// Says which entries of the policy have ended by the day; without a day once, that those with a last day were passed over.
pub fn note_ended_entries(as_of: Option<&str>, inventory: &Inventory, console: &Console) {
    let levels = inventory.clusters.iter().flat_map(|c| &c.policy.rules);
    let passed_over: Vec<_> = levels.filter(|l| !rules::holds(l, as_of)).collect();
    if as_of.is_some() {
        let told = |l: &&RuleLevel| {
            format!(
                "note: {}: {} of the rule {} ended on {} and no longer counts ({})",
                l.at, l.level, l.rule, l.until, l.reason
            )
        };
        let notes: BTreeSet<String> = passed_over.iter().map(told).collect();
        notes.iter().for_each(|note| console.note(note));
    } else if !passed_over.is_empty() {
        console.note(&format!(
            "note: {} of the policy with a last day not counted; give --as-of YYYY-MM-DD to judge by a day",
            nicplan::units::count(passed_over.len(), "rule setting")
        ));
    }
}

/// Findings, then what was not checked.
fn text(review: &Review, change: Option<Change>, args: &Args, console: &Console) -> String {
    if args.not_checked {
        let text = outcomes::not_checked_text(&review.outcomes) + &outcomes::counts_text(&review.outcomes);
        return listing::printable(&text);
    }
    let mut text = if args.full {
        listing::findings(&review.findings, console)
    } else {
        findings_text::short(&review.findings, console)
    };
    if let Some(Change { gone, new }) = change {
        let findings = nicplan::units::count(gone, "finding");
        text.push_str(&format!(
            "This is the state once the plan is applied: {findings} of today gone, {new} new.\n"
        ));
    }
    text.push_str(&listing::printable(&outcomes::counts_text(&review.outcomes)));
    text
}

/// The input files that findings point into, read once more for the places of their cells.
struct ReadAgain<'a> {
    inputs: &'a [PathBuf],
    texts: BTreeMap<String, String>,
}

impl<'a> ReadAgain<'a> {
    fn new(inputs: &'a [PathBuf], findings: &[Finding]) -> ReadAgain<'a> {
        let names: BTreeSet<&str> = findings.iter().flat_map(|f| &f.at).map(|at| at.file.as_str()).collect();
        let text = |name: &str| inventory::read_text(Path::new(&input::path_of(inputs, name))).ok();
        let texts = names
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), text(name)?)));
        ReadAgain {
            inputs,
            texts: texts.collect(),
        }
    }
}

impl reports::Files for ReadAgain<'_> {
    fn path(&self, file: &str) -> String {
        input::path_of(self.inputs, file)
    }

    fn inside(&self, file: &str) -> Option<(String, String)> {
        input::inside(self.inputs, file)
    }

    fn text(&self, file: &str) -> Option<&str> {
        self.texts.get(file).map(String::as_str)
    }
}

/// What `--format json` prints; `nicplan schema findings` describes it.
#[derive(serde::Serialize)]
struct Answers<'a> {
    /// What is wrong or worth knowing.
    findings: &'a [Finding],
    /// What came of each rule in each cluster.
    rules: Vec<OutcomeRow>,
}

impl<'a> Answers<'a> {
    fn new(review: &'a Review) -> Answers<'a> {
        Answers {
            findings: &review.findings,
            rules: review.outcomes.iter().map(Outcome::row).collect(),
        }
    }
}
