//! `redact`: an inventory of any source -> the same with pseudonyms, to be shown to others.

use super::console::Console;
use super::failure::{Answer, Failure};
use super::input::InputArgs;
use super::output::CsvArgs;
use nicplan::inventory::raw::needs_guard;
use nicplan::redact::{self, Redacted};
use nicplan::units::count;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "Examples:
  nicplan redact my-cluster -o to-show
  nicplan redact RVTools_export_all.xlsx --cluster HVC1 -o to-show --key pseudonyms.csv

Replaced: names of everything, numbered in the order in which people count; the first two octets of IPv4 addresses; MAC addresses up to
their maker, except those that Hyper-V, System Center VMM, NLB and the pools hand out. Left out: remarks and reasons. Kept: which names,
addresses and subnets are equal or overlap; the last two octets, of which Windows makes MAC pools; ranges that Azure Local keeps for
itself, if it is planned; speeds, VLAN IDs, models, versions, guest operating systems, policy. Plan and findings are the same, with the
pseudonyms in place of the names.

The same inventory always gives the same pseudonyms. Without --key nobody can turn them back, you included; keep the key to yourself.
Read the tables before you show them: a product name in the columns hardware, model and os stays as it is.";

/// Make an inventory that can be shown to others: names, IP and MAC addresses become pseudonyms
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// New folder for the inventory
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    #[command(flatten)]
    csv: CsvArgs,
    /// Also write what stands for what into this file (it must not exist yet, and not lie in the new folder)
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

pub fn run(args: &Args, console: &Console) -> Result<Answer, Failure> {
    console.expect_stages(&["read", "redact", "write"]);
    if let Some(key) = &args.key {
        may_write_key(key, &args.output)?;
    }
    let inventory = args.input.load(None, console)?;
    let redacted = redact::redact(&inventory);
    console.stage("redact");
    write(args, &redacted)?;
    console.stage("write");
    let dir = args.output.display();
    console.print(&format!(
        "{} of an inventory with pseudonyms are in {dir}; names and addresses replaced: {}.\n",
        count(redacted.tables.len(), "file"),
        redacted.key.len()
    ))?;
    if let Some(key) = &args.key {
        console.note(&format!(
            "What stands for what is in {}; keep it to yourself.",
            key.display()
        ));
    }
    console.note(&format!("Next: read the tables, then nicplan plan {dir} -o out"));
    Ok(Answer::Yes)
}

/// Writes tables and key, or neither.
fn write(args: &Args, redacted: &Redacted) -> Result<(), Failure> {
    let Some(key) = &args.key else {
        return args.csv.write_inventory(&args.output, &redacted.tables);
    };
    std::fs::write(key, args.csv.file(&key_file(redacted))).map_err(|error| Failure::writing(key, &error))?;
    args.csv
        .write_inventory(&args.output, &redacted.tables)
        .inspect_err(|_| {
            // It was made a moment ago, and tells what was not written.
            let _ = std::fs::remove_file(key);
        })
}

/// A key beside the tables would be shown with them, and one that exists may be that of something else.
fn may_write_key(key: &Path, output: &Path) -> Result<(), Failure> {
    let refuse = |why: &str| {
        let what = format!("{}: {why}; nothing was written", key.display());
        Err(Failure::Usage(format!("{what}\n    Name another file with --key.")))
    };
    if key.exists() {
        return refuse("the file exists already");
    }
    if key.starts_with(output) {
        return refuse("the key lies in the folder that is to be shown");
    }
    Ok(())
}

/// kind,name,pseudonym as `.csv`.
fn key_file(redacted: &Redacted) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let guard = |text: &str| {
        if needs_guard(text) {
            format!("'{text}")
        } else {
            text.to_owned()
        }
    };
    // Writing to memory cannot fail.
    let _ = writer.write_record(["kind", "name", "pseudonym"]);
    for (kind, name, pseudonym) in &redacted.key {
        let _ = writer.write_record([*kind, &guard(name), &guard(pseudonym)]);
    }
    writer.into_inner().unwrap_or_default()
}
