//! What the user types, and what happens then: one file per command, each with its arguments and its whole pipeline in `run`.
//!
//! In: arguments. Out: text on the console, files, an exit code. To add a command: one file, one line in [`Command`] and one in
//! `dispatch`.

mod calibrate;
mod check;
mod completions;
mod console;
mod deploy;
mod diff;
mod drain;
mod explain;
mod failure;
mod findings_text;
mod generate;
mod import;
mod import_events;
mod init;
mod input;
mod listing;
mod mac;
mod output;
mod path;
mod plan;
mod planned;
mod problems_text;
mod progress;
mod redact;
mod review;
mod schema;

use clap::{Parser, Subcommand};
use console::Console;
use failure::{Answer, Failure};
use std::process::ExitCode;
use std::sync::LazyLock;

const EXIT_CODES: &str = "Exit codes:
  0   done, and the answer is yes
  1   done, and the answer is no: requirements not met, findings at or above --fail-on,
      a patch night that does not fit, or differences found
  2   bad usage, or something cannot be read as a fact; nothing was written
  3   no plan was found within --time-limit
  70  a plan of ours was rejected by our own checks: a bug, the instance is saved";

/// Version with the solver of this build: two solvers may choose differently among equally good placements of vNICs.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    #[cfg(feature = "solver")]
    let solver = format!("solver {}", nicplan::assignment::SOLVER);
    #[cfg(not(feature = "solver"))]
    let solver = "without solver";
    format!("{} ({solver})", env!("CARGO_PKG_VERSION"))
});

/// Plans and reviews the networks of Hyper-V failover clusters. Reads files only; never touches a live system.
#[derive(Parser)]
#[command(name = "nicplan", version = VERSION.as_str(), after_help = EXIT_CODES, arg_required_else_help = true)]
struct Cli {
    /// Show on stderr how long each stage took
    #[arg(short, long, global = true)]
    verbose: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Plan(plan::Args),
    Check(check::Args),
    Review(review::Args),
    Mac(mac::Args),
    Path(path::Args),
    Drain(drain::Args),
    Deploy(deploy::Args),
    Diff(diff::Args),
    Calibrate(calibrate::Args),
    Explain(explain::Args),
    Import(import::Args),
    Generate(generate::Args),
    Init(init::Args),
    Redact(redact::Args),
    Schema(schema::Args),
    Completions(completions::Args),
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let console = Console::new(cli.verbose);
    match dispatch(&cli.command, &console) {
        Ok(Answer::Yes) => ExitCode::SUCCESS,
        Ok(Answer::No) => ExitCode::from(1),
        Err(failure) => {
            failure.report(&console);
            ExitCode::from(failure.code())
        }
    }
}

fn dispatch(command: &Command, console: &Console) -> Result<Answer, Failure> {
    match command {
        Command::Plan(args) => plan::run(args, console),
        Command::Check(args) => check::run(args, console),
        Command::Review(args) => review::run(args, console),
        Command::Mac(args) => mac::run(args, console),
        Command::Path(args) => path::run(args, console),
        Command::Drain(args) => drain::run(args, console),
        Command::Deploy(args) => deploy::run(args, console),
        Command::Diff(args) => diff::run(args, console),
        Command::Calibrate(args) => calibrate::run(args, console),
        Command::Explain(args) => explain::run(args, console),
        Command::Import(args) => import::run(args, console),
        Command::Generate(args) => generate::run(args, console),
        Command::Init(args) => init::run(args, console),
        Command::Redact(args) => redact::run(args, console),
        Command::Schema(args) => schema::run(args, console),
        Command::Completions(args) => completions::run(args, console),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn arguments_are_consistent_and_every_command_has_an_example() {
        Cli::command().debug_assert();
        for command in Cli::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(
                help.contains(&format!("nicplan {}", command.get_name())),
                "{} has no example",
                command.get_name()
            );
        }
    }
}
