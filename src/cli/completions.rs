//! `completions`: the shell's own file for completing commands.

use super::Cli;
use super::console::Console;
use super::failure::{Answer, Failure};
use clap::CommandFactory;
use clap_complete::Shell;

const EXAMPLES: &str = "Examples:
  nicplan completions powershell >> $PROFILE
  nicplan completions bash > /etc/bash_completion.d/nicplan";

/// Print the completion script of a shell
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The shell
    shell: Shell,
}

pub fn run(args: &Args, console: &Console) -> Result<Answer, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "nicplan", &mut script);
    console.print(&String::from_utf8_lossy(&script))?;
    Ok(Answer::Yes)
}
