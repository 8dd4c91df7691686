//! The network of a cluster as a drain meets it: today's wiring or a plan's, as it is or with ports of another speed.
//!
//! In: a cluster and perhaps a plan. Out: paths and routes. Must not know: VMs, schedules.

use super::routes::Routes;
use crate::inventory::Cluster;
use crate::migration::path::{Path, paths};
use crate::migration::wiring::Wiring;
use crate::plan::ClusterPlan;
use crate::units::Mbps;
use std::collections::BTreeSet;

/// Who reaches whom for live migration, and how.
pub struct Network<'a> {
    cluster: &'a Cluster,
    plan: Option<&'a ClusterPlan>,
    paths: Vec<Path>,
    is_unknown: bool,
}

impl<'a> Network<'a> {
    /// With a plan its wiring counts, without one that of the inventory.
    pub fn new(cluster: &'a Cluster, plan: Option<&'a ClusterPlan>) -> Network<'a> {
        let wiring = wiring(cluster, plan);
        Network {
            cluster,
            plan,
            paths: paths(cluster, &wiring),
            is_unknown: wiring.is_unknown(),
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

    /// Rates, links and slots.
    pub fn routes(&self) -> Routes {
        Routes::from_paths(self.cluster, &self.paths)
    }

    /// The same with every port that carries live migration at another speed.
    pub fn at_speed(&self, speed: Mbps) -> Routes {
        let mut cluster = Cluster {
            vms: Vec::new(),
            ..self.cluster.clone()
        };
        for (node, port) in self.ports() {
            let nics = cluster.nodes.get_mut(node).map(|node| &mut node.nics);
            if let Some(nic) = nics.and_then(|nics| nics.get_mut(port)) {
                nic.speed = speed;
            }
        }
        let wiring = wiring(&cluster, self.plan);
        Routes::from_paths(&cluster, &paths(&cluster, &wiring))
    }

    /// The slowest port that carries live migration, Mbit/s; 0 without any.
    pub fn slowest_port(&self) -> Mbps {
        let nic = |(node, port): (usize, usize)| self.cluster.nodes.get(node)?.nics.get(port);
        let speeds = self.ports().into_iter().filter_map(nic).map(|nic| nic.speed);
        speeds.min().unwrap_or(0)
    }

    /// Ports that some path uses, as node and port.
    fn ports(&self) -> BTreeSet<(usize, usize)> {
        let of = |path: &Path| {
            let sources = path.source_ports.iter().map(|port| (path.source, *port));
            let targets = path.target_ports.iter().map(|port| (path.target, *port));
            sources.chain(targets).collect::<Vec<_>>()
        };
        self.paths.iter().flat_map(of).collect()
    }
}

fn wiring(cluster: &Cluster, plan: Option<&ClusterPlan>) -> Wiring {
    match plan {
        Some(plan) => Wiring::planned(cluster, plan),
        None => Wiring::today(cluster),
    }
}
