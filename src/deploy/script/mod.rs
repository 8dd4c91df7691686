//! The steps written down. In: the work of each cluster. Out: files by name, as bytes. Must not know: how steps were found.

mod address_change;
mod again;
mod atc_prelude;
mod change;
mod cluster_change;
mod cluster_scripts;
mod cmd;
mod dcb;
mod facts;
mod host_change;
mod host_lists;
mod intents;
mod kept;
mod node_scripts;
mod parts;
mod paths;
mod policies;
mod pools;
mod prelude;
mod proof;
mod runbook;
mod runbook_node;
mod stranded;
mod switches;
mod table;
mod teams;

use super::steps::{Change, Phase, Step};
use super::work::{ClusterWork, by_powershell};
use std::collections::BTreeSet;

/// A file of the output folder.
pub type File = (String, Vec<u8>);

/// All files for the work: scripts of each node, scripts of the cluster, the runbook, and the steps as a table.
pub fn files(work: &[ClusterWork]) -> Vec<File> {
    let names = Names::new(work);
    let mut found: Vec<File> = Vec::new();
    for (position, one) in work.iter().enumerate() {
        let cluster = names.cluster(position);
        for (index, node) in one.nodes.iter().enumerate() {
            let stem = names.node(position, index);
            let scripts = if by_powershell(&one.today) {
                node_scripts::files(one, node, &stem)
            } else {
                cmd::files(one, node, &stem)
            };
            found.extend(scripts);
        }
        found.extend(cluster_scripts::files(one, &cluster));
    }
    found.push(("RUNBOOK.md".to_owned(), runbook::render(work, &names)));
    found.push(("steps.csv".to_owned(), table::render(work)));
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// How many steps are done by what.
pub struct Counts {
    /// Steps in the scripts of the nodes.
    pub nodes: usize,
    /// Steps in the scripts of the cluster.
    pub cluster: usize,
    /// Steps that a person does.
    pub by_hand: usize,
}

/// Steps of a cluster's work, by who does them.
pub fn counts(work: &ClusterWork) -> Counts {
    let all_nodes: usize = work.nodes.iter().map(|n| n.steps.len()).sum();
    let all = work.before.len() + work.last.len();
    let nodes: usize = work
        .nodes
        .iter()
        .map(|n| n.steps.iter().filter(|s| !is_by_hand(work, s)).count())
        .sum();
    let of_cluster = work.before.iter().chain(&work.last);
    let cluster = of_cluster.filter(|s| !is_by_hand(work, s)).count();
    Counts {
        nodes,
        cluster,
        by_hand: work.manual.len() + all_nodes + all - nodes - cluster,
    }
}

/// Whether a person does a step: on 2008 R2 there are no cmdlets for networks and VMs.
fn is_by_hand(work: &ClusterWork, step: &Step) -> bool {
    if by_powershell(&work.today) {
        return false;
    }
    let of_cluster = matches!(step.phase, Phase::Reach | Phase::ClusterNetworks | Phase::Migration) && !of_host(step);
    !of_cluster && cmd::is_by_hand(step)
}

/// A setting of the host that the node does for itself.
fn of_host(step: &Step) -> bool {
    step.changes.iter().any(|c| matches!(c, Change::Host(_)))
}

/// File names for nodes and clusters: letters, digits, `-` and `_`, each once.
pub struct Names {
    clusters: Vec<String>,
    nodes: Vec<Vec<String>>,
}

impl Names {
    fn new(work: &[ClusterWork]) -> Names {
        let mut taken = BTreeSet::new();
        let several = work.len() > 1;
        let mut names = Names {
            clusters: Vec::new(),
            nodes: Vec::new(),
        };
        for one in work {
            let prefix = if several {
                format!("{}-", plain(&one.today.name))
            } else {
                String::new()
            };
            names.clusters.push(free(&mut taken, &format!("{prefix}cluster")));
            let nodes = one.nodes.iter().map(|n| format!("{prefix}{}", plain(&n.today.name)));
            let nodes: Vec<String> = nodes.collect();
            names
                .nodes
                .push(nodes.iter().map(|name| free(&mut taken, name)).collect());
        }
        names
    }

    /// Stem of the scripts of a cluster.
    pub fn cluster(&self, cluster: usize) -> String {
        self.clusters.get(cluster).cloned().unwrap_or_default()
    }

    /// Stem of the scripts of a node.
    pub fn node(&self, cluster: usize, node: usize) -> String {
        self.nodes
            .get(cluster)
            .and_then(|n| n.get(node))
            .cloned()
            .unwrap_or_default()
    }
}

fn plain(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' })
        .collect();
    if plain.is_empty() { "node".to_owned() } else { plain }
}

/// Windows does not tell upper and lower case in file names.
fn free(taken: &mut BTreeSet<String>, name: &str) -> String {
    let mut number = 1;
    let mut free = name.to_owned();
    while !taken.insert(free.to_lowercase()) {
        number += 1;
        free = format!("{name}_{number}");
    }
    free
}
