//! Pairs of nodes that look the same, together.
//!
//! In: paths. Out: [`Class`]es, those with the worst faults first. Two pairs look the same if network, speeds of ports,
//! transport, rates and kinds of faults agree; which node is at fault and what its ports are called does not matter.

use super::{Carrier, Layer, Path};
use crate::finding::Severity;
use crate::inventory::Cluster;
use crate::units::Mbps;
use std::collections::{BTreeMap, BTreeSet};

/// Pairs that look the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Class {
    /// Positions in the list of paths, ascending.
    pub paths: Vec<usize>,
    /// Worst severity.
    pub severity: Option<Severity>,
    /// Distinct sentences about what is wrong, with what to do about each, worst first.
    pub faults: Vec<(Severity, Layer, String, String)>,
}

/// Which nodes a class joins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Members {
    /// Every pair of the cluster.
    All,
    /// Every pair among some nodes.
    Among(BTreeSet<usize>),
    /// Every pair that begins or ends at one of these nodes.
    FromOrTo(BTreeSet<usize>),
    /// Every pair from one of the first to one of the second nodes.
    Between(BTreeSet<usize>, BTreeSet<usize>),
    /// Just these pairs.
    Pairs(Vec<(usize, usize)>),
}

/// What makes two pairs look the same.
type Key<'a> = (
    Option<&'a str>,
    (Vec<Mbps>, Vec<Mbps>),
    Carrier,
    (Mbps, Mbps, Mbps, u64),
    Option<Mbps>,
    Vec<(Severity, Layer)>,
);

/// Classes of paths: worst severity first, then those of fewer pairs, then by first pair.
pub fn classes(cluster: &Cluster, paths: &[Path]) -> Vec<Class> {
    let mut found: BTreeMap<Key, Class> = BTreeMap::new();
    for (index, path) in paths.iter().enumerate() {
        let class = found.entry(key(cluster, path)).or_default();
        class.paths.push(index);
        class.severity = path.severity();
        for fault in &path.faults {
            let row = (fault.severity, fault.layer, fault.text.clone(), fault.fix.clone());
            if !class.faults.contains(&row) {
                class.faults.push(row);
            }
        }
    }
    let mut classes: Vec<Class> = found.into_values().collect();
    for class in &mut classes {
        class.faults.sort_by_key(|(severity, layer, ..)| (*severity, *layer));
    }
    classes.sort_by_key(|c| {
        (
            c.severity.is_none(),
            c.severity,
            c.paths.len(),
            c.paths.first().copied(),
        )
    });
    classes
}

fn key<'a>(cluster: &Cluster, path: &'a Path) -> Key<'a> {
    let speeds = |node: usize, ports: &[usize]| -> Vec<Mbps> {
        let nics = cluster.nodes.get(node).map_or(&[][..], |n| &n.nics);
        ports.iter().filter_map(|p| nics.get(*p)).map(|n| n.speed).collect()
    };
    let links = path.crossed.iter().filter_map(|l| cluster.links.get(*l));
    (
        path.network.as_deref(),
        (
            speeds(path.source, &path.source_ports),
            speeds(path.target, &path.target_ports),
        ),
        path.transport,
        (path.cap, path.egress, path.ingress, path.concurrency),
        links
            .map(|l| l.speed)
            .min()
            .filter(|_| path.layer == Layer::InterSwitchLink),
        path.faults.iter().map(|f| (f.severity, f.layer)).collect(),
    )
}

impl Class {
    /// The first path, which stands for all.
    pub fn first<'a>(&self, paths: &'a [Path]) -> Option<&'a Path> {
        self.paths.first().and_then(|i| paths.get(*i))
    }

    /// Which nodes it joins, in the shortest way to say it.
    pub fn members(&self, paths: &[Path], nodes: usize) -> Members {
        let pairs: BTreeSet<(usize, usize)> = self
            .paths
            .iter()
            .filter_map(|i| paths.get(*i))
            .map(|p| (p.source, p.target))
            .collect();
        if pairs.len() == nodes * nodes.saturating_sub(1) {
            return Members::All;
        }
        let from: BTreeSet<usize> = pairs.iter().map(|(a, _)| *a).collect();
        let to: BTreeSet<usize> = pairs.iter().map(|(_, b)| *b).collect();
        if from == to && pairs.len() == from.len() * (from.len() - 1) && from.len() > 2 {
            return Members::Among(from);
        }
        let whole = |n: &usize| {
            (0..nodes)
                .filter(|o| o != n)
                .all(|o| pairs.contains(&(*n, o)) && pairs.contains(&(o, *n)))
        };
        let centre: BTreeSet<usize> = from.iter().copied().filter(whole).collect();
        if !centre.is_empty() && pairs.iter().all(|(a, b)| centre.contains(a) || centre.contains(b)) {
            return Members::FromOrTo(centre);
        }
        if from.is_disjoint(&to) && pairs.len() == from.len() * to.len() {
            return Members::Between(from, to);
        }
        Members::Pairs(pairs.into_iter().collect())
    }
}
