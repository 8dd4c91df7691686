//! Bottleneck bandwidth between two nodes, over their ports and the links between ToR switches.
//!
//! One flow takes one path, so it gets the widest path: the largest of the paths' narrowest links. Many flows together get
//! the maximum flow. Both count each link once per direction and ignore what else uses it.

use super::{Attach, Topology, attach, cabled, carries};
use crate::inventory::{Cluster, Nic};
use crate::units::Mbps;
use petgraph::algo::dinics;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::unionfind::UnionFind;

/// Rates above this are cut to it, so that no sum can overflow.
const CEILING: Mbps = 1 << 40;

/// One way from `from` to `to`; `both` = it carries the rate in each direction.
struct Pipe {
    from: usize,
    to: usize,
    speed: Mbps,
    both: bool,
}

/// The pipes between two nodes: vertex 0 is the first node, 1 the second.
struct Pipes {
    vertices: usize,
    pipes: Vec<Pipe>,
}

impl Topology {
    /// What one flow between two nodes can get over these ports, in Mbit/s: the best over all paths of the slowest link. 0 = no path.
    /// Each side is a node index and the NIC indices that may be used.
    pub fn widest_path(cluster: &Cluster, a: (usize, &[usize]), b: (usize, &[usize]), vlan: Option<u16>) -> Mbps {
        let mut network = pipes(cluster, a, b, vlan);
        network.pipes.sort_by_key(|pipe| std::cmp::Reverse(pipe.speed));
        let mut sets = UnionFind::<usize>::new(network.vertices);
        for pipe in &network.pipes {
            sets.union(pipe.from, pipe.to);
            if sets.equiv(0, 1) {
                return pipe.speed;
            }
        }
        0
    }

    /// What many flows between two nodes can get together over these ports, in Mbit/s: the maximum flow. 0 = no path.
    pub fn total_bandwidth(cluster: &Cluster, a: (usize, &[usize]), b: (usize, &[usize]), vlan: Option<u16>) -> Mbps {
        let network = pipes(cluster, a, b, vlan);
        let mut graph: DiGraph<(), Mbps> = DiGraph::new();
        let places: Vec<NodeIndex> = (0..network.vertices).map(|_| graph.add_node(())).collect();
        for pipe in &network.pipes {
            graph.add_edge(places[pipe.from], places[pipe.to], pipe.speed);
            if pipe.both {
                graph.add_edge(places[pipe.to], places[pipe.from], pipe.speed);
            }
        }
        dinics(&graph, places[0], places[1]).0
    }
}

/// Vertices: first node, second node, unnamed switch, then the ToRs. A port is the pipe between its node and its switch.
fn pipes(cluster: &Cluster, a: (usize, &[usize]), b: (usize, &[usize]), vlan: Option<u16>) -> Pipes {
    let mut pipes = Vec::new();
    let switch = |nic: &Nic| match attach(nic) {
        _ if !carries(&nic.vlans, vlan) => None,
        Attach::Tor(tor) => (tor < cluster.tors.len()).then_some(3 + tor),
        Attach::Unnamed => Some(2),
        Attach::Direct => None,
    };
    let ports = |side: (usize, &[usize])| -> Vec<(usize, &Nic)> {
        let node = cluster.nodes.get(side.0);
        side.1
            .iter()
            .filter_map(|nic| Some((side.0, node?.nics.get(*nic)?)))
            .collect()
    };
    let (left, right) = (ports(a), ports(b));
    for (_, nic) in &left {
        pipes.extend(switch(nic).map(|to| Pipe {
            from: 0,
            to,
            speed: nic.speed,
            both: false,
        }));
    }
    for (_, nic) in &right {
        pipes.extend(switch(nic).map(|from| Pipe {
            from,
            to: 1,
            speed: nic.speed,
            both: false,
        }));
    }
    for near in &left {
        for far in right.iter().filter(|far| cabled(*near, **far)) {
            pipes.push(Pipe {
                from: 0,
                to: 1,
                speed: near.1.speed.min(far.1.speed),
                both: false,
            });
        }
    }
    for link in cluster.links.iter().filter(|link| carries(&link.vlans, vlan)) {
        let (from, to) = link.ends;
        if from < cluster.tors.len() && to < cluster.tors.len() {
            pipes.push(Pipe {
                from: 3 + from,
                to: 3 + to,
                speed: link.speed,
                both: true,
            });
        }
    }
    pipes.retain(|pipe| pipe.speed > 0 && pipe.from != pipe.to);
    for pipe in &mut pipes {
        pipe.speed = pipe.speed.min(CEILING);
    }
    Pipes {
        vertices: 3 + cluster.tors.len(),
        pipes,
    }
}
