//! `init`: blank inventory files with a guide, and the script that exports a running cluster.

use super::console::Console;
use super::failure::{Answer, Failure};
use super::output;
use nicplan::inventory::{self, importers};
use std::path::PathBuf;

const EXAMPLES: &str = "Examples:
  nicplan init my-cluster
  nicplan init my-cluster --separator semicolon      (for Excel where the decimal mark is a comma)
  (fill nodes.csv and nics.csv, add the others as you like)
  nicplan plan my-cluster -o out

A cluster that runs already needs no typing: my-cluster/Collect-NicPlanInventory.ps1 exports it (Get-* only; Windows PowerShell 5.1 or
later, on a node or a machine with the RSAT tools) into a ZIP that every command reads:

  .\\Collect-NicPlanInventory.ps1 -Cluster HVC1
  nicplan plan nicplan-HVC1.zip -o out";

/// Write blank inventory files that open in Excel, a guide to their columns, and the script that exports a running cluster
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// New folder for the files
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// What stands between the columns: Excel parts them at the list separator of Windows, which is a semicolon where the decimal
    /// mark is a comma (German, French, Russian and others). All are read back
    #[arg(long, value_enum, default_value = "comma")]
    separator: Separator,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Separator {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// Tab.
    Tab,
}

impl Separator {
    fn mark(self) -> char {
        match self {
            Separator::Comma => ',',
            Separator::Semicolon => ';',
            Separator::Tab => '\t',
        }
    }
}

pub fn run(args: &Args, console: &Console) -> Result<Answer, Failure> {
    let mut files: Vec<(String, Vec<u8>)> = inventory::templates(args.separator.mark())
        .into_iter()
        .map(|(name, text)| (name, text.into_bytes()))
        .collect();
    files.push((
        importers::COLLECTOR.to_owned(),
        importers::collector_script().into_bytes(),
    ));
    output::write_inventory(&args.dir, &files)?;
    let dir = args.dir.display();
    console.print(&format!(
        "{} files are in {dir}. Start with nodes.csv and nics.csv; README.md explains every column. {} exports a cluster \
         that runs already.\n",
        files.len(),
        importers::COLLECTOR
    ))?;
    if args.separator == Separator::Comma {
        console.note(
            "If Excel shows all columns in one: nicplan init with --separator semicolon writes files that it parts.",
        );
    }
    console.note(&format!("Then: nicplan plan {dir} -o out"));
    Ok(Answer::Yes)
}
