//! `schema`: the JSON schemas of what nicplan reads and writes.

use super::console::Console;
use super::failure::{Answer, Failure};
use super::listing;
use nicplan::inventory;

const EXAMPLES: &str = "Examples:
  nicplan schema inventory > inventory.schema.json
  nicplan schema plan
  nicplan schema findings";

/// Print a JSON schema
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Which one
    what: What,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum What {
    /// The inventory as one JSON file
    Inventory,
    /// plan.json
    Plan,
    /// What `review --format json` prints
    Findings,
}

const PLAN: &str = include_str!("schemas/plan.json");
const FINDINGS: &str = include_str!("schemas/findings.json");

pub fn run(args: &Args, console: &Console) -> Result<Answer, Failure> {
    match args.what {
        What::Inventory => console.print(&listing::json(&inventory::json_schema())?)?,
        What::Plan => console.print(PLAN)?,
        What::Findings => console.print(FINDINGS)?,
    }
    Ok(Answer::Yes)
}
