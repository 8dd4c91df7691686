//! `review`: facts -> findings about the design as it stands.

use super::console::Console;
use super::failure::{Answer, Failure};
use super::input::InputArgs;
use super::listing;
use super::output::{self, Format};
use nicplan::checks::rules::{self, Outcome, OutcomeRow, Review};
use nicplan::finding::{Finding, Severity};
use nicplan::reports::{self, outcomes};
use std::path::PathBuf;

const EXAMPLES: &str = "Examples:
  nicplan review samples/broken
  nicplan review samples/broken --fail-on warning --format csv > findings.csv
  nicplan review samples/broken --not-checked
  nicplan explain mac-pool-overlap";

/// Find what is wrong with the design as it stands
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// Lowest severity that makes the exit code 1
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,
    /// Form of the result
    #[arg(long, default_value = "text")]
    format: Format,
    /// Also list the rules that were not checked, by the columns to fill
    #[arg(long)]
    not_checked: bool,
    /// Also write findings.csv and rules.csv (what came of each rule) to this folder
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
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
        self.reached(open.map(|f| f.severity).min())
    }

    /// The answer when this is the worst severity.
    pub fn reached(self, worst: Option<Severity>) -> Answer {
        let limit = match self {
            FailOn::Error => Severity::Error,
            FailOn::Warning => Severity::Warning,
            FailOn::Info => Severity::Info,
            FailOn::Never => return Answer::Yes,
        };
        match worst {
            Some(severity) if severity <= limit => Answer::No,
            _ => Answer::Yes,
        }
    }
}

pub fn run(args: &Args, console: &Console) -> Result<Answer, Failure> {
    console.expect_stages(&["read", "review"]);
    let inventory = args.input.load(None, console)?;
    let review = rules::review_all(&inventory);
    console.stage("review");
    if let Some(dir) = &args.output {
        let files = [
            ("findings.csv".to_owned(), reports::findings_csv(&review.findings)),
            ("rules.csv".to_owned(), reports::rules_csv(&review.outcomes)),
        ];
        output::write(dir, &files)?;
    }
    match args.format {
        Format::Text => console.print(&text(&review, args.not_checked, console))?,
        Format::Csv => console.print(&String::from_utf8_lossy(&reports::findings_csv(&review.findings)))?,
        Format::Json => console.print(&listing::json(&Answers::new(&review))?)?,
    }
    Ok(args.fail_on.answer(&review.findings))
}

/// Findings, then what was not checked.
fn text(review: &Review, list: bool, console: &Console) -> String {
    let mut text = listing::findings(&review.findings, console);
    text.push_str(&listing::printable(&outcomes::counts_text(&review.outcomes)));
    if list {
        text.push_str(&listing::printable(&outcomes::not_checked_text(&review.outcomes)));
    }
    text
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
