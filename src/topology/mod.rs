//! WHO REACHES WHOM. In: the facts of one cluster. Out: [`Topology`], a graph of its nodes, cards, NICs, ToR switches,
//! VLAN segments, virtual switches and VMs, and [`Fabric`], the short answer for one VLAN.
//!
//! Parallel links stay parallel: two NICs to one ToR are two edges, so that the loss of one is never mistaken for the loss of the path.
//! Must not know: planner, plans, checks, reports.

mod bandwidth;
mod build;
mod fabric;
mod failures;
mod reach;
#[cfg(test)]
mod tests;

pub use fabric::{Attach, Fabric, attach, cabled, carries, unlinked_switches};
pub use failures::{Cut, Failed};
pub use reach::Reach;

use crate::inventory::Cluster;
use crate::units::Mbps;
use petgraph::graph::{NodeIndex, UnGraph};
use std::collections::{BTreeMap, BTreeSet};

/// A thing in the graph. Numbers are indices into the inventory's lists.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Vertex {
    /// A cluster node.
    Node(usize),
    /// An adapter of a node, by name; a NIC without a card name is a card of its own, `of NIC`.
    Card(usize, String),
    /// A port: node, NIC.
    Nic(usize, usize),
    /// A ToR switch.
    Tor(usize),
    /// The switch assumed for NICs whose ToR is not named.
    UnnamedSwitch,
    /// A VLAN segment: ports and switches that hear each other on this VLAN. VLAN, component.
    Segment(u16, usize),
    /// A virtual switch: node, switch.
    VirtualSwitch(usize, usize),
    /// A VM.
    Vm(usize),
}

/// How two things hang together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edge {
    /// One holds the other: node and card, card and port, node and virtual switch.
    Holds,
    /// A cable that carries traffic at a rate, for these VLANs (`None` = all).
    Cable {
        /// Rate each way.
        speed: Mbps,
        /// VLANs carried.
        vlans: Option<BTreeSet<u16>>,
        /// Index into [`Cluster::links`] for a link between ToR switches.
        link: Option<usize>,
    },
    /// The port or ToR is part of the VLAN segment.
    Member,
    /// A virtual switch is bound to a port.
    Bound,
    /// A VM hangs on a virtual switch with one vNIC (index), with these VLANs (empty = untagged).
    Vnic {
        /// Index into the VM's vNICs.
        vnic: usize,
        /// Its VLANs.
        vlans: BTreeSet<u16>,
    },
}

/// The graph of one cluster, as wired today.
#[derive(Clone, Debug)]
pub struct Topology {
    graph: UnGraph<Vertex, Edge>,
    places: BTreeMap<Vertex, NodeIndex>,
    nodes: usize,
}

impl Topology {
    /// Builds the graph. References to nothing (a ToR index out of range, an unknown NIC name) add no edge.
    pub fn build(cluster: &Cluster) -> Topology {
        build::build(cluster)
    }

    /// The graph itself, for drawings and counts.
    pub fn graph(&self) -> &UnGraph<Vertex, Edge> {
        &self.graph
    }

    /// Where a thing is in the graph.
    pub fn find(&self, vertex: &Vertex) -> Option<NodeIndex> {
        self.places.get(vertex).copied()
    }

    /// Things joined to this one, sorted, each once however many links there are.
    pub fn neighbours(&self, vertex: &Vertex) -> Vec<&Vertex> {
        let Some(at) = self.find(vertex) else { return Vec::new() };
        let found: BTreeSet<&Vertex> = self
            .graph
            .neighbors(at)
            .filter_map(|n| self.graph.node_weight(n))
            .collect();
        found.into_iter().collect()
    }
}
