//! Which nodes reach each other, by walking the cables of the graph.
//!
//! A node does not forward: two of its ports on two switches do not join the switches. So only ports, switches and cables are walked.

use super::failures::Failed;
use super::{Edge, Topology, Vertex, carries};
use crate::inventory::Cluster;
use crate::roles::Role;
use petgraph::graph::NodeIndex;
use petgraph::unionfind::UnionFind;
use petgraph::visit::EdgeRef;

/// Which nodes reach each other. Not transitive: with direct cables A may reach B and B may reach C without A reaching C.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    pairs: Vec<Vec<bool>>,
    present: Vec<bool>,
}

impl Reach {
    /// Whether two different nodes reach each other.
    pub fn between(&self, a: usize, b: usize) -> bool {
        self.pairs.get(a).and_then(|row| row.get(b)).copied().unwrap_or(false)
    }

    /// Whether the node has a port for this traffic at all.
    pub fn has_port(&self, node: usize) -> bool {
        self.present.get(node).copied().unwrap_or(false)
    }

    /// Pairs of nodes, smaller index first, that both have a port and do not reach each other.
    pub fn gaps(&self) -> Vec<(usize, usize)> {
        self.unordered()
            .filter(|(a, b)| self.has_port(*a) && self.has_port(*b) && !self.between(*a, *b))
            .collect()
    }

    /// Pairs that reach each other here and not in `after`.
    pub fn lost_in(&self, after: &Reach) -> Vec<(usize, usize)> {
        self.unordered()
            .filter(|(a, b)| self.between(*a, *b) && !after.between(*a, *b))
            .collect()
    }

    fn unordered(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let nodes = self.pairs.len();
        (0..nodes).flat_map(move |a| (a + 1..nodes).map(move |b| (a, b)))
    }
}

impl Topology {
    /// Ports that carry a role today: (node, NIC).
    pub fn ports_of_role(cluster: &Cluster, role: Role) -> Vec<(usize, usize)> {
        ports(cluster, |nic| nic.roles.contains(&role))
    }

    /// Every port of the cluster: (node, NIC).
    pub fn all_ports(cluster: &Cluster) -> Vec<(usize, usize)> {
        ports(cluster, |_| true)
    }

    /// Which nodes reach each other over the ports that carry a role today, on the VLAN of the role's network.
    pub fn reach_of_role(&self, cluster: &Cluster, role: Role) -> Reach {
        self.reach(&Self::ports_of_role(cluster, role), cluster.vlan_of(role), None)
    }

    /// Which nodes reach each other on a VLAN (`None` = untagged) over any of their ports.
    pub fn reach_on_vlan(&self, cluster: &Cluster, vlan: Option<u16>) -> Reach {
        self.reach(&Self::all_ports(cluster), vlan, None)
    }

    /// Which nodes reach each other over these ports on a VLAN, with one thing failed.
    pub fn reach(&self, ports: &[(usize, usize)], vlan: Option<u16>, failed: Option<&Failed>) -> Reach {
        let segments = self.segments(ports, vlan, failed);
        let mut of_node: Vec<Vec<usize>> = vec![Vec::new(); self.nodes];
        let mut present = vec![false; self.nodes];
        for (node, nic) in ports {
            let Some(at) = self.find(&Vertex::Nic(*node, *nic)) else {
                continue;
            };
            present[*node] = true;
            if let Some(segment) = segments[at.index()] {
                of_node[*node].push(segment);
            }
        }
        let mut pairs = vec![vec![false; self.nodes]; self.nodes];
        for a in 0..self.nodes {
            for b in a + 1..self.nodes {
                let touches = of_node[a].iter().any(|segment| of_node[b].contains(segment));
                pairs[a][b] = touches;
                pairs[b][a] = touches;
            }
        }
        for (a, b) in self.direct_cables(&segments) {
            pairs[a][b] = true;
            pairs[b][a] = true;
        }
        Reach { pairs, present }
    }

    /// Nodes joined by a direct cable between two alive ports of the selection.
    fn direct_cables(&self, segments: &[Option<usize>]) -> Vec<(usize, usize)> {
        let alive = |at: NodeIndex| segments[at.index()].is_some();
        let ends = self
            .graph
            .edge_references()
            .filter(|e| alive(e.source()) && alive(e.target()));
        ends.filter_map(
            |e| match (&self.graph[e.source()], &self.graph[e.target()], e.weight()) {
                (Vertex::Nic(a, _), Vertex::Nic(b, _), Edge::Cable { .. }) => Some((*a, *b)),
                _ => None,
            },
        )
        .collect()
    }

    /// Segment of every alive port of the selection and every alive switch; `None` for all else.
    fn segments(&self, ports: &[(usize, usize)], vlan: Option<u16>, failed: Option<&Failed>) -> Vec<Option<usize>> {
        let mut walked = vec![false; self.graph.node_count()];
        for at in self.graph.node_indices() {
            walked[at.index()] = matches!(self.graph[at], Vertex::Tor(_) | Vertex::UnnamedSwitch);
        }
        for at in ports
            .iter()
            .filter_map(|(node, nic)| self.find(&Vertex::Nic(*node, *nic)))
        {
            walked[at.index()] = true;
        }
        for at in self.dead_vertices(failed) {
            walked[at.index()] = false;
        }
        let mut sets = UnionFind::<usize>::new(self.graph.node_count());
        for edge in self.graph.edge_references() {
            let alive = |at: NodeIndex| walked[at.index()];
            let Edge::Cable { vlans, link, .. } = edge.weight() else {
                continue;
            };
            let pulled = matches!((failed, link), (Some(Failed::Link(dead)), Some(link)) if dead == link);
            // A port does not forward either: a direct cable joins its two ends and nothing behind them.
            let direct = matches!(
                (&self.graph[edge.source()], &self.graph[edge.target()]),
                (Vertex::Nic(..), Vertex::Nic(..))
            );
            if !pulled && !direct && alive(edge.source()) && alive(edge.target()) && carries(vlans, vlan) {
                sets.union(edge.source().index(), edge.target().index());
            }
        }
        let labels = sets.into_labeling();
        labels
            .into_iter()
            .enumerate()
            .map(|(at, label)| walked[at].then_some(label))
            .collect()
    }
}

fn ports(cluster: &Cluster, wanted: impl Fn(&crate::inventory::Nic) -> bool) -> Vec<(usize, usize)> {
    let all = cluster
        .nodes
        .iter()
        .enumerate()
        .flat_map(|(n, node)| node.nics.iter().enumerate().map(move |(p, nic)| (n, p, nic)));
    all.filter(|(_, _, nic)| wanted(nic))
        .map(|(node, port, _)| (node, port))
        .collect()
}
