//! What each single failure cuts.
//!
//! The question is asked as it is meant: take the thing away and see who no longer reaches whom. Bridges of a simple graph are
//! the wrong tool, since they call each of two parallel links a bridge.

use super::build::card_name;
use super::reach::Reach;
use super::{Attach, Topology, Vertex, attach};
use crate::inventory::Cluster;
use petgraph::graph::NodeIndex;
use std::collections::BTreeSet;

/// One thing that fails.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Failed {
    /// A port: node, NIC.
    Nic(usize, usize),
    /// An adapter with all its ports: node, name (`of NIC` when the card is unknown).
    Card(usize, String),
    /// A ToR, or the unnamed switch.
    Tor(Attach),
    /// A link between two ToR switches, index into [`Cluster::links`].
    Link(usize),
}

/// Pairs of nodes that a failure separates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// What fails.
    pub failed: Failed,
    /// Pairs of nodes, smaller index first, that reached each other before and no longer do.
    pub lost: Vec<(usize, usize)>,
}

impl Topology {
    /// Every single failure of a port, card, switch or link, with the pairs of nodes it separates; failures that separate none are left out.
    /// `ports` are those that carry the traffic in question.
    pub fn cuts(&self, cluster: &Cluster, ports: &[(usize, usize)], vlan: Option<u16>) -> Vec<Cut> {
        let before = self.reach(ports, vlan, None);
        single_failures(cluster, ports)
            .into_iter()
            .map(|failed| Cut {
                lost: self.lost(&before, ports, vlan, &failed),
                failed,
            })
            .filter(|cut| !cut.lost.is_empty())
            .collect()
    }

    fn lost(
        &self,
        before: &Reach,
        ports: &[(usize, usize)],
        vlan: Option<u16>,
        failed: &Failed,
    ) -> Vec<(usize, usize)> {
        before.lost_in(&self.reach(ports, vlan, Some(failed)))
    }

    /// Ports and switches that a failure takes away.
    pub(super) fn dead_vertices(&self, failed: Option<&Failed>) -> Vec<NodeIndex> {
        let alone = |vertex: Vertex| self.find(&vertex).into_iter().collect();
        match failed {
            Some(Failed::Nic(node, nic)) => alone(Vertex::Nic(*node, *nic)),
            Some(Failed::Tor(Attach::Tor(tor))) => alone(Vertex::Tor(*tor)),
            Some(Failed::Tor(Attach::Unnamed)) => alone(Vertex::UnnamedSwitch),
            Some(Failed::Card(node, card)) => {
                let held = self
                    .find(&Vertex::Card(*node, card.clone()))
                    .into_iter()
                    .flat_map(|at| self.graph.neighbors(at));
                held.filter(|at| matches!(self.graph[*at], Vertex::Nic(..))).collect()
            }
            Some(Failed::Tor(Attach::Direct) | Failed::Link(_)) | None => Vec::new(),
        }
    }
}

/// Every port and card of the selection, every switch, every link.
pub(super) fn single_failures(cluster: &Cluster, ports: &[(usize, usize)]) -> BTreeSet<Failed> {
    let mut failures: BTreeSet<Failed> = (0..cluster.links.len()).map(Failed::Link).collect();
    failures.extend((0..cluster.tors.len()).map(|tor| Failed::Tor(Attach::Tor(tor))));
    for (node, port) in ports {
        let Some(nic) = cluster.nodes.get(*node).and_then(|n| n.nics.get(*port)) else {
            continue;
        };
        failures.insert(Failed::Nic(*node, *port));
        failures.insert(Failed::Card(*node, card_name(nic)));
        if attach(nic) == Attach::Unnamed {
            failures.insert(Failed::Tor(Attach::Unnamed));
        }
    }
    failures
}
