//! `generate`: numbers -> a synthetic inventory folder.

use super::console::Console;
use super::failure::{Answer, Failure};
use super::output::CsvArgs;
use nicplan::generate::{self, Size};
use nicplan::units::count;
use std::path::PathBuf;

const EXAMPLES: &str = "Examples:
  nicplan generate --nodes 4 --vms 40 --seed 1 -o demo
  nicplan generate --nodes 64 --vms 8000 --seed 1 -o large
  nicplan plan demo -o out";

/// Make a realistic synthetic inventory; the same numbers give the same files
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Cluster nodes, 1 to 64
    #[arg(long, value_name = "N")]
    nodes: usize,
    /// Virtual machines, 0 to 8000
    #[arg(long, value_name = "M")]
    vms: usize,
    /// Another seed gives another cluster of the same size
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// New folder for the inventory
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    #[command(flatten)]
    csv: CsvArgs,
}

pub fn run(args: &Args, console: &Console) -> Result<Answer, Failure> {
    let size = Size {
        nodes: args.nodes,
        vms: args.vms,
        seed: args.seed,
    };
    let tables = generate::generate(size).map_err(Failure::Usage)?;
    console.stage("generate");
    let files: Vec<(String, Vec<u8>)> = tables
        .iter()
        .map(|table| (table.file.to_owned(), table.to_csv().into_bytes()))
        .collect();
    args.csv.write_inventory(&args.output, &files)?;
    console.stage("write");
    let dir = args.output.display();
    console.print(&format!(
        "{} of an inventory with {} and {} are in {dir}.\n",
        count(files.len(), "file"),
        count(args.nodes, "node"),
        count(args.vms, "VM")
    ))?;
    console.note(&format!("Next: nicplan plan {dir} -o out"));
    Ok(Answer::Yes)
}
