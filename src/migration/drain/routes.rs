//! What a drain needs of the network: for each ordered pair of nodes the rates, the links it shares, the slots.
//!
//! In: paths. Out: a table by source and target. Must not know: VMs.

use super::learnt::correct;
use crate::inventory::{Cluster, InterSwitchLink};
use crate::migration::assumptions::{COMPRESSION_FACTOR, SETUP_MS, SWITCH_OVER_MS, WIRE_PERMILLE};
use crate::migration::calibration::{Calibration, UNCALIBRATED_P90};
use crate::migration::load::Load;
use crate::migration::path::{Carrier, Left, Path, left, slots};
use crate::migration::whole::ms_up;
use crate::units::{Mbps, Permille};
use std::collections::BTreeSet;

/// How migrations from one node to another run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Cluster network that carries it: index into the names of the table. Routes over the same network share the ports.
    pub network: usize,
    /// One migration alone, Mbit/s on the wire.
    pub cap: Mbps,
    /// All migrations out of the source over this network, Mbit/s on the wire.
    pub egress: Mbps,
    /// What other traffic needs of the source's ports, taken off already, Mbit/s; 0 = nothing, or it is in what was learnt.
    pub needed: Mbps,
    /// Other traffic needs so much that only the tenth of the ports is left that no flow is denied.
    pub is_starved: bool,
    /// The egress is a limit that somebody set for live migration over SMB, not what the ports carry.
    pub is_smb_limited: bool,
    /// All migrations into the target over this network, Mbit/s on the wire.
    pub ingress: Mbps,
    /// Inter-switch links that it must cross: indices into the links of the table.
    pub crossed: Vec<usize>,
    /// Migrations at once between these two nodes.
    pub concurrency: u32,
    /// Bytes of memory per byte on the wire, permille: 1000, more under compression.
    pub gain_permille: Permille,
    /// Before the first byte, ms.
    pub setup_ms: u64,
    /// Fixed part of the pause, ms.
    pub switch_over_ms: u64,
    /// Real dirty rate over the stated one, permille.
    pub dirty_permille: Permille,
    /// How much longer than forecast a migration takes in one of ten cases, permille.
    pub spread_permille: Permille,
}

/// Routes of all ordered pairs of nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routes {
    nodes: usize,
    networks: Vec<String>,
    /// Name and speed.
    links: Vec<(String, Mbps)>,
    by_pair: Vec<Option<Route>>,
    slots: Vec<u32>,
}

impl Route {
    /// A route with the documented fixed times and nothing learnt, over network 0.
    pub fn plain(cap: Mbps, ports: Mbps, concurrency: u32) -> Route {
        Route {
            network: 0,
            cap,
            egress: ports,
            needed: 0,
            is_starved: false,
            is_smb_limited: false,
            ingress: ports,
            crossed: Vec::new(),
            concurrency,
            gain_permille: 1000,
            setup_ms: SETUP_MS,
            switch_over_ms: SWITCH_OVER_MS,
            dirty_permille: 1000,
            spread_permille: uncalibrated_permille(),
        }
    }

    fn new(cluster: &Cluster, path: &Path, left: Left, network: usize, calibration: &Calibration) -> Route {
        let compressed = path.transport == Carrier::Compression;
        let corrected = correct(cluster, path, left, calibration);
        Route {
            network,
            cap: corrected.cap,
            egress: corrected.egress,
            needed: corrected.needed,
            is_starved: corrected.is_starved,
            is_smb_limited: path.smb_limit == Some(corrected.egress),
            ingress: corrected.ingress,
            crossed: path.crossed.clone(),
            concurrency: u32::try_from(path.concurrency).unwrap_or(u32::MAX),
            gain_permille: if compressed { 1000 * COMPRESSION_FACTOR } else { 1000 },
            setup_ms: corrected.setup_ms,
            switch_over_ms: corrected.switch_over_ms,
            dirty_permille: corrected.dirty_permille,
            spread_permille: corrected.spread_permille,
        }
    }
}

/// How much longer than forecast a migration takes in one of ten cases where nothing was learnt, permille.
pub(super) fn uncalibrated_permille() -> Permille {
    ms_up(UNCALIBRATED_P90 - 1.0)
}

/// Name of an inter-switch link, and what payload gets of it.
fn named(cluster: &Cluster, link: &InterSwitchLink) -> (String, Mbps) {
    let tor = |index: usize| cluster.tors.get(index).map_or("", |tor| tor.name.as_str());
    let (a, b) = link.ends;
    let payload = link.speed.saturating_mul(WIRE_PERMILLE) / 1000;
    (format!("{} to {}", tor(a), tor(b)), payload)
}

impl Routes {
    /// The table of a cluster; `path` gives that from source to target, or one between nodes of the same kinds; `load` is what other
    /// traffic needs of the ports. Learnt rates and times take the place of defaults.
    pub fn from_paths<'p>(
        cluster: &Cluster,
        load: &Load,
        calibration: &Calibration,
        path: impl Fn(usize, usize) -> Option<&'p Path>,
    ) -> Routes {
        let nodes = 0..cluster.nodes.len();
        let pairs = nodes.clone().flat_map(|s| nodes.clone().map(move |t| (s, t)));
        let names = pairs.filter_map(|(s, t)| path(s, t)?.network.as_deref());
        let networks: Vec<&str> = names.collect::<BTreeSet<_>>().into_iter().collect();
        let route = |source: usize, target: usize| {
            let path = path(source, target)?;
            let network = networks.binary_search(&path.network.as_deref()?).ok()?;
            let left = left(cluster, load, path, (source, target));
            Some(Route::new(cluster, path, left, network, calibration))
        };
        let names = networks.iter().map(|name| (*name).to_owned()).collect();
        let links = cluster.links.iter().map(|link| named(cluster, link)).collect();
        let mut routes = Routes::new(cluster.nodes.len(), names, links, route);
        let known = |node: usize| u32::try_from(slots(cluster, node)).unwrap_or(u32::MAX);
        routes.slots = (0..cluster.nodes.len()).map(known).collect();
        routes
    }

    /// A table for `nodes` nodes; `route` gives that from source to target, if migrations can run there.
    pub fn new(
        nodes: usize,
        networks: Vec<String>,
        links: Vec<(String, Mbps)>,
        route: impl Fn(usize, usize) -> Option<Route>,
    ) -> Routes {
        let pairs = (0..nodes * nodes).map(|pair| (pair / nodes, pair % nodes));
        let usable = |found: &Route| found.cap.min(found.egress).min(found.ingress) > 0;
        let by_pair: Vec<Option<Route>> = pairs
            .map(|(source, target)| {
                (source != target)
                    .then(|| route(source, target))
                    .flatten()
                    .filter(usable)
            })
            .collect();
        let mut routes = Routes {
            nodes,
            networks,
            links,
            by_pair,
            slots: vec![1; nodes],
        };
        routes.slots = (0..nodes).map(|node| routes.count_slots(node)).collect();
        routes
    }

    /// The route from source to target.
    pub fn get(&self, source: usize, target: usize) -> Option<&Route> {
        if source >= self.nodes || target >= self.nodes {
            return None;
        }
        self.by_pair.get(source * self.nodes + target)?.as_ref()
    }

    /// Migrations that a node takes part in at once, coming and going together.
    pub fn slots(&self, node: usize) -> u32 {
        self.slots.get(node).copied().unwrap_or(1)
    }

    /// The most that some pair of the node may do: a pair never does more than its smaller end.
    fn count_slots(&self, node: usize) -> u32 {
        let both_ways = (0..self.nodes).flat_map(|other| [self.get(node, other), self.get(other, node)]);
        both_ways
            .flatten()
            .map(|route| route.concurrency)
            .max()
            .unwrap_or(1)
            .max(1)
    }

    /// The widest spread of all routes: how much longer than forecast migrations take in one of ten cases, permille.
    pub fn spread_permille(&self) -> Permille {
        let spreads = self.by_pair.iter().flatten().map(|route| route.spread_permille);
        spreads.max().unwrap_or_else(uncalibrated_permille)
    }

    /// Whether other traffic leaves a node only the tenth of its ports that no flow is denied.
    pub(super) fn is_starved(&self, node: usize) -> bool {
        let mut out = (0..self.nodes).filter_map(|target| self.get(node, target));
        out.any(|route| route.is_starved)
    }

    /// The longest set-up and switch-over of all routes, ms.
    pub fn longest_fixed(&self) -> Option<(u64, u64)> {
        let fixed = self
            .by_pair
            .iter()
            .flatten()
            .map(|route| (route.setup_ms, route.switch_over_ms));
        fixed.max_by_key(|(setup, switch_over)| setup + switch_over)
    }

    /// Name of a network.
    pub fn network(&self, index: usize) -> &str {
        self.networks.get(index).map_or("", String::as_str)
    }

    /// Name and speed of each inter-switch link.
    pub fn links(&self) -> &[(String, Mbps)] {
        &self.links
    }
}
