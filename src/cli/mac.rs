//! `mac`: facts -> the account of all MAC addresses, the plan of pools and static addresses, and what is wrong with the present ones.

use super::console::Console;
use super::failure::{Answer, Failure};
use super::input::InputArgs;
use super::listing;
use super::output::{CsvArgs, Format};
use super::review::{FailOn, note_ended_entries};
use nicplan::checks::rules::{self, Question};
use nicplan::finding::{Finding, State};
use nicplan::inventory::Inventory;
use nicplan::reports::LedgerData;
use nicplan::units::Date;
use std::path::PathBuf;

const EXAMPLES: &str = "Examples:
  nicplan mac samples/broken
  nicplan mac samples/four-node-2008r2 -o out
  nicplan mac samples/broken --as-of 2026-12-01     (when pools run out, as a date)
  nicplan mac site-a site-b        (pools must differ between clusters on the same network, too)";

/// Plan MAC address pools, static addresses and spoofing
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// Lowest severity of a finding about MAC addresses or NLB that makes the exit code 1
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,
    /// Day to judge by: policy entries with a last day hold up to it, and the growth of the policy counts from it, so that a
    /// pool's end is told as a date
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = Date::parse)]
    as_of: Option<Date>,
    #[command(flatten)]
    csv: CsvArgs,
    /// Form of the result
    #[arg(long, default_value = "text")]
    format: Format,
    /// Also write every table (mac_plan.csv, mac_ledger.csv, cold_start.csv …) and mac_pools.svg to this folder
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

/// Rule families that speak of MAC addresses.
const FAMILIES: [&str; 2] = ["mac", "nlb"];

pub fn run(args: &Args, console: &Console) -> Result<Answer, Failure> {
    args.input.keep_apart(args.output.as_deref())?;
    let inventory = args.input.load(None, console)?;
    let day = args.as_of.map(|day| day.to_string());
    let review = |inventory: &Inventory, state| review(inventory, day.as_deref(), state);
    let findings = review(&inventory, State::Present);
    note_ended_entries(day.as_deref(), &inventory, console);
    let data = LedgerData::new(&inventory, args.as_of);
    console.stage("mac");
    if let Some(dir) = &args.output {
        args.csv.write(dir, &data.files())?;
    }
    match args.format {
        Format::Text => {
            let text = data.text(&review(data.after_facts(), State::Planned));
            let text = text + &listing::findings(&findings, console);
            console.print(&listing::with_unknown(&inventory, &text))?;
        }
        Format::Csv => {
            let sheets = data.sheets();
            let texts: Vec<_> = sheets.iter().map(|(_, bytes)| args.csv.text(bytes)).collect();
            console.print(&texts.join("\n"))?;
        }
        Format::Json => {
            let remaining = review(data.after_facts(), State::Planned);
            console.print(&listing::json(&data.json(&findings, &remaining))?)?;
        }
    }
    Ok(args.fail_on.answer(&findings))
}

/// The findings about MAC addresses and NLB, judged by a day.
fn review(inventory: &Inventory, as_of: Option<&str>, state: State) -> Vec<Finding> {
    let mut findings = rules::review_all(inventory, Question { as_of, state }).findings;
    findings.retain(|finding| rules::find(finding.rule).is_some_and(|rule| FAMILIES.contains(&rule.family)));
    findings
}
