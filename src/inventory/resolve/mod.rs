//! From raw tables to facts: references become indices, lists are sorted, everything that cannot be a fact is reported.
//!
//! In: [`Gathered`]. Out: [`Inventory`], or all problems of all files. One file per group of tables; each reads its rows
//! through [`Problems`], so that no unreadable cell goes untold. Must not know: file formats, planning.

mod assumptions;
mod book;
mod cluster_names;
mod clusters;
mod given;
mod guests;
pub(in crate::inventory) mod merging;
mod nics;
mod policy;
mod problems;
mod switches;
mod topology;

pub(crate) use guests::DEFAULT_MEMORY_MIB;

use super::LoadOptions;
use super::code_page;
use super::entities::{Cluster, Inventory};
use super::raw::{self, Gathered, Line, RawTable};
use crate::finding::Problem;
use book::{ClusterBook, NodeBook};
pub(crate) use problems::Problems;
pub(in crate::inventory) use problems::Told;

/// Everything that the steps share.
struct Resolver<'a> {
    tables: &'a [RawTable],
    problems: Problems<'a>,
    owners: ClusterBook,
    nodes: NodeBook<'a>,
    clusters: Vec<Cluster>,
    /// What the input says in passing about storage, per cluster.
    storage_hints: Vec<clusters::StorageHints>,
    /// VMs whose memory is not said, per cluster.
    vms_without_memory: Vec<usize>,
    /// Names of the rules that a policy may speak of; empty = any name.
    rules: &'a [&'static str],
}

impl<'a> Resolver<'a> {
    fn lines(&self, table: &str) -> impl Iterator<Item = Line<'a>> + use<'a> {
        lines(self.tables, table)
    }
}

/// Rows of a table in all inputs.
fn lines<'a>(tables: &'a [RawTable], name: &str) -> impl Iterator<Item = Line<'a>> + use<'a> {
    let wanted: Vec<&RawTable> = tables.iter().filter(|t| t.def.name == name).collect();
    wanted
        .into_iter()
        .flat_map(|table| table.rows.iter().map(move |row| Line { table, row }))
}

/// Turns what was gathered into an inventory.
pub(super) fn resolve(gathered: Gathered, options: &LoadOptions) -> Result<Inventory, Vec<Problem>> {
    let mut merging = merging::Merging::default();
    merging.take(&gathered);
    let Gathered {
        sources,
        mut tables,
        notes,
        problems,
        assumed,
        guesses,
        page: _,
        unread,
        unread_tables,
        inputs: _,
        beside,
        exports: _,
        collections: _,
        counters: _,
        neighbours: _,
        measured,
        differences: _,
        compared: _,
    } = gathered;
    raw::number_rows(&mut tables);
    let mut problems = Problems::new(&sources, problems, unread_tables, unread);
    problems.merging = merging;
    problems.require_tables(&tables);
    cluster_names::check(&tables, &mut problems);
    let owners = ClusterBook::new(&tables, &beside, options.cluster.as_deref());
    let nodes = NodeBook::new(&tables, &owners, &mut problems);
    let hints = vec![clusters::StorageHints::default(); owners.names.len()];
    let vms_without_memory = vec![0; owners.names.len()];
    let mut r = Resolver {
        tables: &tables,
        problems,
        owners,
        nodes,
        clusters: Vec::new(),
        storage_hints: hints,
        vms_without_memory,
        rules: &options.rules,
    };
    clusters::build(&mut r);
    let wishes = nics::build(&mut r);
    topology::build(&mut r);
    switches::build(&mut r, wishes);
    guests::build(&mut r);
    policy::build(&mut r);
    clusters::settle_storage(&mut r);
    let mut doubts = r.problems.doubts();
    doubts.extend(code_page::told(&guesses));
    let assumptions = assumptions::list(&r, assumed, &doubts);
    let given = given::list(&r);
    let mut notes = notes;
    notes.extend(doubts.into_iter().map(|doubt| doubt.note));
    notes.extend(unused_name(&r.owners, options, &notes));
    let merging = std::mem::take(&mut r.problems.merging);
    let (clusters, problems) = (r.clusters, r.problems.finish());
    if !problems.is_empty() {
        return Err(problems);
    }
    let unsaid = merging.unsaid.clone();
    let (places, contradictions, compared) = merging.finish(&clusters);
    let mut inventory = Inventory {
        sources,
        clusters,
        assumptions,
        given,
        sha256: String::new(),
        notes,
        measured,
        places,
        contradictions,
        compared,
        unsaid,
    };
    inventory.sha256 = super::write::sha256(&inventory.clusters);
    for cluster in &mut inventory.clusters {
        cluster.policy.growth_percent = options.growth_percent.unwrap_or(cluster.policy.growth_percent);
    }
    Ok(inventory)
}

/// That a name was given for a cluster and no input is without one, so that it changed nothing.
fn unused_name(owners: &ClusterBook, options: &LoadOptions, notes: &[String]) -> Option<String> {
    let given = options.cluster.as_deref()?;
    let used = owners.names.iter().any(|name| book::key(name) == book::key(given));
    let told = notes
        .iter()
        .any(|note| note.contains("--cluster") && note.contains("was not used"));
    (!used && !told).then(|| {
        format!(
            "--cluster {given} was not used: it names a source that does not say its cluster, and these do: {}",
            owners.names.join(", ")
        )
    })
}
