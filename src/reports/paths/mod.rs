//! The ways of live migrations: `paths.csv`, `path.svg`, text and JSON.
//!
//! In: facts, and a plan. Out: bytes and text. Everything is judged once, in [`PathData`]; the rest only shows it.
//! Must not know: how a path is found.

mod answers;
mod chain;
mod json;
mod table;
mod text;

pub(in crate::reports) use answers::repair;
pub use table::paths_csv;

use crate::applied;
use crate::demand::needs;
use crate::finding::Severity;
use crate::inventory::Cluster;
use crate::migration::path::{Class, Members, Opinion, Path, classes, opinions, paths};
use crate::migration::wiring::Wiring;
use crate::plan::ClusterPlan;
use crate::reports::drawings;
use crate::reports::show;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Pairs that are named one by one.
const FEW: usize = 4;

/// The ways of one cluster.
pub struct ClusterPaths<'a> {
    /// Facts; with a plan the settings that are made along with it.
    pub cluster: Cow<'a, Cluster>,
    /// Who carries which network.
    pub wiring: Wiring,
    /// Every ordered pair that was asked for.
    pub paths: Vec<Path>,
    /// Pairs that look the same, worst first.
    pub classes: Vec<Class>,
    /// The opinions about the SMB limit, for the node with most memory to move; empty where SMB is not used.
    pub opinions: Vec<Opinion>,
    /// That node.
    pub opinions_of: usize,
}

/// The ways of all clusters.
pub struct PathData<'a> {
    /// One entry per cluster.
    pub clusters: Vec<ClusterPaths<'a>>,
}

impl<'a> ClusterPaths<'a> {
    /// Judges every pair as it is today; `wanted` says which are shown.
    pub fn today(cluster: &'a Cluster, wanted: impl Fn(&str, &str) -> bool) -> ClusterPaths<'a> {
        let wiring = Wiring::today_with(cluster, &needs(cluster, None));
        ClusterPaths::new(Cow::Borrowed(cluster), wiring, wanted)
    }

    /// Judges every pair once a plan is applied.
    pub fn planned(cluster: &'a Cluster, plan: &ClusterPlan, wanted: impl Fn(&str, &str) -> bool) -> ClusterPaths<'a> {
        let settled = applied::settled(cluster, plan);
        let wiring = Wiring::planned_with(&settled, plan, &needs(cluster, Some(plan)));
        ClusterPaths::new(Cow::Owned(settled), wiring, wanted)
    }

    fn new(cluster: Cow<'a, Cluster>, wiring: Wiring, wanted: impl Fn(&str, &str) -> bool) -> ClusterPaths<'a> {
        let name = |node: usize| cluster.nodes.get(node).map_or("", |n| n.name.as_str());
        let mut paths = paths(&cluster, &wiring);
        paths.retain(|p| wanted(name(p.source), name(p.target)));
        let classes = classes(&cluster, &paths);
        let mut found = ClusterPaths {
            cluster,
            wiring,
            paths,
            classes,
            opinions: Vec::new(),
            opinions_of: 0,
        };
        found.ask_opinions();
        found
    }

    /// Of the paths over SMB that of the node with most memory to move.
    fn ask_opinions(&mut self) {
        let memory = |node: usize| {
            crate::demand::live_moved(&self.cluster, node)
                .map(|vm| vm.memory)
                .sum::<u64>()
        };
        let smb = self
            .paths
            .iter()
            .filter(|p| p.transport.is_smb() && p.network.is_some());
        let most = smb.max_by_key(|p| (memory(p.source), std::cmp::Reverse((p.source, p.target))));
        if let Some(path) = most {
            self.opinions_of = path.source;
            self.opinions = opinions(&self.cluster, path);
        }
    }

    /// Name of a node.
    pub(super) fn node(&self, index: usize) -> &str {
        self.cluster.nodes.get(index).map_or("", |n| &n.name)
    }

    /// Which pairs a class joins: `all 12 pairs`, `from or to HV3 (6 pairs)`.
    pub(super) fn pairs(&self, class: &Class) -> String {
        let names = |nodes: &BTreeSet<usize>| {
            let list: Vec<&str> = nodes.iter().map(|n| self.node(*n)).collect();
            show::name_runs(&list, " to ")
        };
        let count = show::count(class.paths.len(), "pair", "pairs");
        match class.members(&self.paths, self.cluster.nodes.len()) {
            Members::All if class.paths.len() == 2 => "both directions".to_owned(),
            Members::All => format!("all {count}"),
            Members::Among(nodes) => format!("among {} ({count})", names(&nodes)),
            Members::FromOrTo(nodes) => format!("from or to {} ({count})", names(&nodes)),
            Members::Between(from, to) => format!("{} → {} ({count})", names(&from), names(&to)),
            Members::Pairs(pairs) if pairs.len() <= FEW => {
                let list: Vec<String> = pairs
                    .iter()
                    .map(|(a, b)| format!("{} → {}", self.node(*a), self.node(*b)))
                    .collect();
                if list.len() == 1 {
                    list.concat()
                } else {
                    format!("{} ({count})", list.join(", "))
                }
            }
            Members::Pairs(pairs) => {
                let from: BTreeSet<usize> = pairs.iter().map(|(a, _)| *a).collect();
                let to: BTreeSet<usize> = pairs.iter().map(|(_, b)| *b).collect();
                // no node migrates to itself
                let every: usize = from.iter().map(|node| to.len() - usize::from(to.contains(node))).sum();
                let count = match pairs.len() {
                    all if all == every => count,
                    some => format!(
                        "{} of {}",
                        show::thousands(some as u64),
                        show::count(every, "pair", "pairs")
                    ),
                };
                match from == to {
                    true => format!("among {} ({count})", names(&from)),
                    false => format!("{} → {} ({count})", names(&from), names(&to)),
                }
            }
        }
    }
}

impl PathData<'_> {
    /// Worst severity of all.
    pub fn severity(&self) -> Option<Severity> {
        self.clusters
            .iter()
            .flat_map(|c| &c.paths)
            .filter_map(Path::severity)
            .min()
    }

    /// `paths.csv`.
    pub fn csv(&self) -> Vec<u8> {
        table::render(self)
    }

    /// `path.svg`.
    pub fn svg(&self) -> Vec<u8> {
        drawings::paths::render(&self.clusters.iter().collect::<Vec<_>>())
    }

    /// Every class in a few lines, exceptions first.
    pub fn text(&self) -> String {
        text::render(self)
    }

    /// The chain of reasoning of every pair, line by line.
    pub fn chains(&self) -> String {
        chain::render(self)
    }

    /// Everything for programs.
    pub fn json(&self) -> serde_json::Value {
        json::render(self)
    }
}
