//! `review`: facts -> findings about the design as it stands.

use super::console::Console;
use super::failure::{Answer, Failure};
use super::input::InputArgs;
use super::listing;
use super::output::{self, Format};
use nicplan::checks::rules;
use nicplan::finding::{Finding, Severity};
use nicplan::reports;
use std::path::PathBuf;

const EXAMPLES: &str = "Examples:
  nicplan review samples/broken
  nicplan review samples/broken --fail-on warning --format csv > findings.csv
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
    /// Also write findings.csv to this folder
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
    let findings = rules::review(&inventory);
    console.stage("review");
    if let Some(dir) = &args.output {
        output::write(dir, &[("findings.csv".to_owned(), reports::findings_csv(&findings))])?;
    }
    match args.format {
        Format::Text => console.print(&listing::findings(&findings, console))?,
        Format::Csv => console.print(&String::from_utf8_lossy(&reports::findings_csv(&findings)))?,
        Format::Json => console.print(&listing::json(&findings)?)?,
    }
    Ok(args.fail_on.answer(&findings))
}
