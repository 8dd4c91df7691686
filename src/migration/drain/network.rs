//! The network of a cluster as a drain meets it: today's wiring or a plan's, as it is or with ports of another speed.
//!
//! In: a cluster and perhaps a plan. Out: paths and routes. Must not know: VMs, schedules.

use super::learnt::transport;
use super::routes::Routes;
use crate::applied;
use crate::inventory::{Cluster, Node, Vnic};
use crate::migration::calibration::Calibration;
use crate::migration::load::{Load, Needs};
use crate::migration::path::{Path, paths, some_paths};
use crate::migration::wiring::{Interface, Wiring};
use crate::plan::ClusterPlan;
use crate::profiles::Transport;
use crate::units::{Mbps, Permille};
use std::collections::{BTreeMap, BTreeSet};

/// Another speed for the ports that carry live migration, Mbit/s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ports {
    /// Every such port has this speed.
    All(Mbps),
    /// Slower ones get this speed.
    AtLeast(Mbps),
}

impl Ports {
    fn instead_of(self, speed: Mbps) -> Mbps {
        match self {
            Ports::All(new) => new,
            Ports::AtLeast(new) => speed.max(new),
        }
    }
}

/// Who reaches whom for live migration, and how.
pub struct Network<'a> {
    plan: Option<&'a ClusterPlan>,
    calibration: Calibration,
    paths: Vec<Path>,
    by_pair: BTreeMap<(usize, usize), usize>,
    load: Load,
    /// By node: what its adapters are promised of a port, by weights of host vNICs and guests or by the plan.
    shares: Vec<Vec<Option<Permille>>>,
    /// What of the cluster decides over paths, with the settings of the plan; other port speeds are tried on copies of it.
    bare: Cluster,
    is_unknown: bool,
}

impl<'a> Network<'a> {
    /// With a plan its wiring counts, without one that of the inventory. `needs` is what other traffic on the ports needs.
    pub fn new(
        cluster: &Cluster,
        plan: Option<&'a ClusterPlan>,
        needs: &Needs,
        calibration: Calibration,
    ) -> Network<'a> {
        let bare = bare(cluster, plan);
        let wiring = match plan {
            Some(plan) => Wiring::planned_with(&bare, plan, needs),
            None => Wiring::today_with(&bare, needs),
        };
        let paths = paths(&bare, &wiring);
        let pairs = paths.iter().enumerate();
        Network {
            plan,
            calibration,
            by_pair: pairs.map(|(index, path)| ((path.source, path.target), index)).collect(),
            paths,
            shares: shares(&wiring),
            bare,
            is_unknown: wiring.is_unknown(),
            load: wiring.load,
        }
    }

    /// Nothing is known of which adapter carries what: every answer would be "no path".
    pub fn is_unknown(&self) -> bool {
        self.is_unknown
    }

    /// The path of every ordered pair.
    pub fn paths(&self) -> &[Path] {
        &self.paths
    }

    /// That nothing of a calibration applies: none of the transports it learnt carries memory here.
    pub fn unused(&self, calibration: &Calibration) -> Option<String> {
        let learnt: BTreeSet<&str> = calibration.transports().into_iter().map(Transport::name).collect();
        let used = self.paths.iter().filter(|path| path.network.is_some());
        let used: BTreeSet<&str> = used.map(|path| transport(path.transport).name()).collect();
        if learnt.is_empty() || used.is_empty() || !learnt.is_disjoint(&used) {
            return None;
        }
        let list = |names: BTreeSet<&str>| names.into_iter().collect::<Vec<_>>().join(" and ");
        Some(format!(
            "the calibration holds only {}; this cluster moves over {}: nothing of it applies, the forecast counts with the defaults",
            list(learnt),
            list(used)
        ))
    }

    fn path(&self, source: usize, target: usize) -> Option<&Path> {
        self.paths.get(*self.by_pair.get(&(source, target))?)
    }

    /// Rates, links and slots.
    pub fn routes(&self) -> Routes {
        Routes::from_paths(&self.bare, &self.load, &self.calibration, |source, target| {
            self.path(source, target)
        })
    }

    /// The same with other ports under live migration. Pairs that are alike today stay alike: one of each kind is judged.
    pub fn with_ports(&self, ports: Ports) -> Routes {
        let cluster = with_speeds(&self.bare, &self.ports(), ports);
        let wiring = match self.plan {
            Some(plan) => Wiring::planned(&cluster, plan),
            None => Wiring::today(&cluster),
        };
        let (kind_of, examples) = self.kinds();
        let judged = some_paths(&cluster, &wiring, examples.into_iter());
        Routes::from_paths(&cluster, &self.load, &self.calibration, |source, target| {
            let path = self.by_pair.get(&(source, target))?;
            judged.get(*kind_of.get(*path)?)
        })
    }

    /// The kind of each path, and one pair of each kind: nodes with the same ports and settings, joined in the same way.
    fn kinds(&self) -> (Vec<usize>, Vec<(usize, usize)>) {
        let all = self.bare.nodes.iter().zip(&self.shares);
        let nodes: Vec<String> = all.map(|(node, shares)| format!("{}{shares:?}", looks(node))).collect();
        let look = |node: usize| nodes.get(node).map_or("", String::as_str);
        let mut numbers = BTreeMap::new();
        let (mut kind_of, mut examples) = (Vec::with_capacity(self.paths.len()), Vec::new());
        for path in &self.paths {
            let rates = (path.cap, path.egress, path.ingress, path.concurrency, path.transport);
            let ports = (&path.source_ports, &path.target_ports, &path.crossed);
            let key = (look(path.source), look(path.target), &path.network, rates, ports);
            let number = *numbers.entry(key).or_insert(examples.len());
            if number == examples.len() {
                examples.push((path.source, path.target));
            }
            kind_of.push(number);
        }
        (kind_of, examples)
    }

    /// The slowest port that carries live migration, Mbit/s; 0 without any.
    pub fn slowest_port(&self) -> Mbps {
        let nic = |(node, port): (usize, usize)| self.bare.nodes.get(node)?.nics.get(port);
        let speeds = self.ports().into_iter().filter_map(nic).map(|nic| nic.speed);
        speeds.min().unwrap_or(0)
    }

    /// Ports that some path uses, as node and port.
    fn ports(&self) -> BTreeSet<(usize, usize)> {
        let mut ports = BTreeSet::new();
        for path in &self.paths {
            ports.extend(path.source_ports.iter().map(|port| (path.source, *port)));
            ports.extend(path.target_ports.iter().map(|port| (path.target, *port)));
        }
        ports
    }
}

/// The routes under a plan, judged for one pair of each kind of nodes: quick enough for every plan. Nodes are of one kind if their
/// ports, cabling, settings and planned uplinks are alike.
pub(super) struct Sketch<'a> {
    plan: &'a ClusterPlan,
    load: Load,
    kind_of: Vec<usize>,
    numbers: BTreeMap<(usize, usize), usize>,
    examples: Vec<(usize, usize)>,
    judged: Vec<Path>,
    /// What of the cluster decides over paths, with the settings of the plan; other port speeds are tried on copies of it.
    bare: Cluster,
}

impl<'a> Sketch<'a> {
    pub fn new(cluster: &Cluster, plan: &'a ClusterPlan, needs: &Needs) -> Sketch<'a> {
        let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
        let mut kind_of = Vec::with_capacity(cluster.nodes.len());
        for node in &cluster.nodes {
            let planned = plan.nodes.iter().find(|planned| planned.node == node.name);
            let look = format!("{}{:?}", looks(node), planned.map(|planned| &planned.uplinks));
            let next = kinds.len();
            kind_of.push(*kinds.entry(look).or_insert(next));
        }
        let mut numbers: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        let mut examples = Vec::new();
        for (source, from) in kind_of.iter().enumerate() {
            for (target, to) in kind_of.iter().enumerate().filter(|(target, _)| *target != source) {
                numbers.entry((*from, *to)).or_insert_with(|| {
                    examples.push((source, target));
                    examples.len() - 1
                });
            }
        }
        let bare = bare(cluster, Some(plan));
        Sketch {
            plan,
            load: Load::planned(cluster, plan, needs),
            kind_of,
            numbers,
            judged: some_paths(&bare, &Wiring::planned(&bare, plan), examples.iter().copied()),
            bare,
            examples,
        }
    }

    /// The path of the pair's kind.
    fn of_kind<'p>(&self, judged: &'p [Path], source: usize, target: usize) -> Option<&'p Path> {
        let kind = (*self.kind_of.get(source)?, *self.kind_of.get(target)?);
        judged.get(*self.numbers.get(&kind)?).filter(|_| source != target)
    }

    /// Rates, links and slots.
    pub fn routes(&self) -> Routes {
        self.table(&self.bare, &self.judged)
    }

    fn table(&self, cluster: &Cluster, judged: &[Path]) -> Routes {
        Routes::from_paths(cluster, &self.load, &Calibration::uncalibrated(), |source, target| {
            self.of_kind(judged, source, target)
        })
    }

    /// The same with other ports under live migration.
    pub fn with_ports(&self, ports: Ports) -> Routes {
        let nodes = 0..self.kind_of.len();
        let pairs = nodes.clone().flat_map(|s| nodes.clone().map(move |t| (s, t)));
        let mut changed = BTreeSet::new();
        for (source, target) in pairs {
            if let Some(path) = self.of_kind(&self.judged, source, target) {
                changed.extend(path.source_ports.iter().map(|port| (source, *port)));
                changed.extend(path.target_ports.iter().map(|port| (target, *port)));
            }
        }
        let cluster = with_speeds(&self.bare, &changed, ports);
        let wiring = Wiring::planned(&cluster, self.plan);
        let judged = some_paths(&cluster, &wiring, self.examples.iter().copied());
        self.table(&cluster, &judged)
    }
}

/// What each node's adapters are promised of a port.
fn shares(wiring: &Wiring) -> Vec<Vec<Option<Permille>>> {
    let of = |adapters: &Vec<Interface>| adapters.iter().map(|adapter| adapter.share).collect();
    wiring.interfaces.iter().map(of).collect()
}

/// The cluster without the guests that say nothing of paths: only their minimum-bandwidth weights do. With a plan its settings count.
fn bare(cluster: &Cluster, plan: Option<&ClusterPlan>) -> Cluster {
    let mut bare = cluster.clone();
    let has_weight = |vnic: &Vnic| vnic.weight.is_some();
    bare.vms.retain(|vm| vm.vnics.iter().any(has_weight));
    match plan {
        Some(plan) => applied::settled(&bare, plan),
        None => bare,
    }
}

/// The cluster with another speed of some ports.
fn with_speeds(cluster: &Cluster, changed: &BTreeSet<(usize, usize)>, ports: Ports) -> Cluster {
    let mut cluster = cluster.clone();
    for (node, port) in changed {
        let nics = cluster.nodes.get_mut(*node).map(|node| &mut node.nics);
        if let Some(nic) = nics.and_then(|nics| nics.get_mut(*port)) {
            nic.speed = ports.instead_of(nic.speed);
        }
    }
    cluster
}

/// Everything of a node that decides over rates, as one text.
fn looks(node: &Node) -> String {
    let ports = node
        .nics
        .iter()
        .map(|nic| (nic.speed, nic.rdma, nic.up, nic.tor, &nic.vlans));
    format!("{:?}{:?}", ports.collect::<Vec<_>>(), node.migration)
}
