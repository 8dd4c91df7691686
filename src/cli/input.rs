//! Reading the inventory: the same for every command that needs one.

use super::console::Console;
use super::failure::Failure;
use super::listing;
use nicplan::checks::rules::RULES;
use nicplan::inventory::{self, Inventory, LoadOptions};
use nicplan::plan::Plan;
use std::path::{Path, PathBuf};

/// Where the facts come from.
#[derive(clap::Args)]
pub struct InputArgs {
    /// Inventory folder (.csv files), exports of PowerShell cmdlets (files, folder or ZIP), inventory .json, Test-Cluster report
    /// (.htm) or RVTools export (.xlsx); several are merged; further ones may be performance counters or LLDP neighbours
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// Name of the cluster, for a source that does not say it
    #[arg(long, value_name = "NAME")]
    pub cluster: Option<String>,
}

impl InputArgs {
    /// Loads everything, or tells every problem of every file. `growth_percent` counts instead of the policy's.
    pub fn load(&self, growth_percent: Option<u64>, console: &Console) -> Result<Inventory, Failure> {
        let options = options(self.cluster.as_ref(), growth_percent);
        let inventory = inventory::load(&self.inputs, &options).map_err(Failure::Problems)?;
        for note in &inventory.notes {
            console.note(&format!("note: {}", listing::printable(note)));
        }
        console.stage("read");
        Ok(inventory)
    }

    /// Refuses to write results among the files of an input: the next run would read them.
    pub fn keep_apart(&self, output: Option<&Path>) -> Result<(), Failure> {
        output.map_or(Ok(()), |output| keep_apart(&self.inputs, output))
    }
}

/// What the command line adds to the files: the name of a nameless cluster, the growth, and the rules that a policy may name.
pub fn options(cluster: Option<&String>, growth_percent: Option<u64>) -> LoadOptions {
    LoadOptions {
        cluster: cluster.cloned(),
        growth_percent,
        rules: RULES.iter().map(|rule| rule.name).collect(),
    }
}

/// Refuses to write results among the files of an input: into the folder itself, or into a subfolder where those are read, too.
pub fn keep_apart(inputs: &[PathBuf], output: &Path) -> Result<(), Failure> {
    let Some(place) = whole(output) else { return Ok(()) };
    let holds = |input: &&PathBuf| {
        let folder = std::fs::canonicalize(input).ok().filter(|folder| folder.is_dir());
        folder.is_some_and(|folder| {
            place == folder || place.starts_with(&folder) && inventory::importers::holds_exports(&folder)
        })
    };
    let Some(input) = inputs.iter().find(holds) else {
        return Ok(());
    };
    let shown = output.display();
    let name = input.file_name().map_or("..".into(), |name| name.to_string_lossy());
    let where_it_is = match std::fs::canonicalize(input).is_ok_and(|folder| folder == place) {
        true => "is an INPUT".to_owned(),
        false => format!(
            "lies in the INPUT {}, whose subfolders are read as well",
            input.display()
        ),
    };
    Err(Failure::Usage(listing::printable(&format!(
        "-o {shown} {where_it_is}: the results would lie among its files, and the next run would read them; nothing was written\n    \
         Give another folder, such as {name}-out."
    ))))
}

/// The whole path of a folder that may not be there yet.
fn whole(path: &Path) -> Option<PathBuf> {
    if let Ok(whole) = std::fs::canonicalize(path) {
        return Some(whole);
    }
    let above = match path.parent() {
        Some(above) if above.as_os_str().is_empty() => Path::new("."),
        above => above?,
    };
    Some(whole(above)?.join(path.file_name()?))
}

/// A plan is judged with the growth that it was made for, unless the user says another: the demands then are those that
/// the planner saw. What differs from the policy or from the plan is told.
pub fn judge_with_growth_of_plan(inventory: &mut Inventory, plan: &Plan, said: Option<u64>, console: &Console) {
    for cluster in &mut inventory.clusters {
        let planned = plan.cluster(&cluster.name).and_then(|planned| planned.growth_percent);
        let policy = cluster.policy.growth_percent;
        let Some(planned) = planned.filter(|planned| *planned != said.unwrap_or(policy)) else {
            continue;
        };
        let name = listing::printable(&cluster.name);
        console.note(&match said {
            Some(said) => format!(
                "note: cluster {name}: the plan was made for a growth of {planned} %, it is judged with {said} % as --growth says"
            ),
            None => format!(
                "note: cluster {name}: judged with a growth of {planned} %, for which the plan was made (the policy says {policy} %; --growth judges with another)"
            ),
        });
        cluster.policy.growth_percent = said.unwrap_or(planned);
    }
}

/// `--growth`: a percentage that makes sense.
pub fn growth_percent(text: &str) -> Result<u64, String> {
    let number = text.trim_end_matches('%').trim();
    match number.parse::<u64>() {
        Ok(percent) if percent <= 1000 => Ok(percent),
        _ => Err(format!(
            "'{text}' is not a growth; write a whole percentage from 0 to 1000, such as 30"
        )),
    }
}

/// Path from the current folder, with `/`, of a file as findings name it (the only folder adds nothing, others the last part of
/// their path).
pub fn path_of(inputs: &[PathBuf], file: &str) -> String {
    let inside = |input: &PathBuf| {
        let last = input.file_name()?.to_string_lossy().into_owned();
        let path = match file.strip_prefix(&last).map(|rest| rest.trim_start_matches('/')) {
            Some("") => input.clone(),
            Some(rest) if input.is_dir() => input.join(rest),
            _ if input.is_dir() && inputs.len() == 1 => input.join(file),
            _ => return None,
        };
        Some(path.to_string_lossy().replace('\\', "/"))
    };
    inputs.iter().find_map(inside).unwrap_or_else(|| file.to_owned())
}

/// For a file within a ZIP, or a sheet of a workbook, as findings name it: the path of the archive, and what it is called in there.
pub fn inside(inputs: &[PathBuf], file: &str) -> Option<(String, String)> {
    let member = |input: &PathBuf| {
        let last = input.file_name()?.to_string_lossy().into_owned();
        let member = file.strip_prefix(&last)?.strip_prefix('/')?;
        (!input.is_dir()).then(|| (input.to_string_lossy().replace('\\', "/"), member.to_owned()))
    };
    let sheet = || {
        let (book, sheet) = file.rsplit_once('#')?;
        let is_book = book.to_lowercase().ends_with(".xlsx");
        is_book.then(|| (path_of(inputs, book), format!("sheet {sheet}")))
    };
    inputs.iter().find_map(member).or_else(sheet)
}
