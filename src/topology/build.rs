//! Builds the graph from the facts, in a fixed order, so that the same facts give the same graph.

use super::{Attach, Edge, Fabric, Topology, Vertex, attach};
use crate::inventory::{Cluster, Nic, Vm};
use petgraph::graph::{NodeIndex, UnGraph};
use std::collections::{BTreeMap, BTreeSet};

/// The whole graph: hardware first, then cables, VLAN segments, virtual switches and VMs.
pub(super) fn build(cluster: &Cluster) -> Topology {
    let mut topology = Topology {
        graph: UnGraph::default(),
        places: BTreeMap::new(),
        nodes: cluster.nodes.len(),
    };
    add_hardware(&mut topology, cluster);
    add_cables(&mut topology, cluster);
    add_segments(&mut topology, cluster);
    add_virtual_switches(&mut topology, cluster);
    for (index, vm) in cluster.vms.iter().enumerate() {
        add_vm(&mut topology, cluster, index, vm);
    }
    topology
}

/// Name of the card that holds a port; an unknown card is one of its own.
pub(super) fn card_name(nic: &Nic) -> String {
    if nic.card.is_empty() {
        format!("of {}", nic.name)
    } else {
        nic.card.clone()
    }
}

impl Topology {
    fn place(&mut self, vertex: Vertex) -> NodeIndex {
        if let Some(at) = self.places.get(&vertex) {
            return *at;
        }
        let at = self.graph.add_node(vertex.clone());
        self.places.insert(vertex, at);
        at
    }

    fn join(&mut self, a: Vertex, b: Vertex, edge: Edge) {
        let (a, b) = (self.place(a), self.place(b));
        self.graph.add_edge(a, b, edge);
    }
}

fn add_hardware(topology: &mut Topology, cluster: &Cluster) {
    for tor in 0..cluster.tors.len() {
        topology.place(Vertex::Tor(tor));
    }
    for (index, node) in cluster.nodes.iter().enumerate() {
        topology.place(Vertex::Node(index));
        for (port, nic) in node.nics.iter().enumerate() {
            let card = Vertex::Card(index, card_name(nic));
            if topology.find(&card).is_none() {
                topology.join(Vertex::Node(index), card.clone(), Edge::Holds);
            }
            topology.join(card, Vertex::Nic(index, port), Edge::Holds);
        }
    }
}

fn add_cables(topology: &mut Topology, cluster: &Cluster) {
    for (index, node) in cluster.nodes.iter().enumerate() {
        for (port, nic) in node.nics.iter().enumerate() {
            let here = Vertex::Nic(index, port);
            let cable = Edge::Cable {
                speed: nic.speed,
                vlans: nic.vlans.clone(),
                link: None,
            };
            match attach(nic) {
                Attach::Tor(tor) if tor < cluster.tors.len() => topology.join(here, Vertex::Tor(tor), cable),
                Attach::Unnamed => topology.join(here, Vertex::UnnamedSwitch, cable),
                Attach::Direct => add_direct_cable(topology, cluster, (index, port), nic),
                Attach::Tor(_) => {}
            }
        }
    }
    for (index, link) in cluster.links.iter().enumerate() {
        let (a, b) = link.ends;
        if a < cluster.tors.len() && b < cluster.tors.len() {
            let cable = Edge::Cable {
                speed: link.speed,
                vlans: link.vlans.clone(),
                link: Some(index),
            };
            topology.join(Vertex::Tor(a), Vertex::Tor(b), cable);
        }
    }
}

/// One edge per cable, also when both ends name it. A direct cable carries every VLAN: there is no switch port to trunk it.
fn add_direct_cable(topology: &mut Topology, cluster: &Cluster, here: (usize, usize), nic: &Nic) {
    let Some((node, name)) = &nic.direct_to else { return };
    let Some(port) = cluster.nodes.get(*node).and_then(|n| n.nic(name)) else {
        return;
    };
    let (this, other) = (Vertex::Nic(here.0, here.1), Vertex::Nic(*node, port));
    let joined = match (topology.find(&this), topology.find(&other)) {
        (Some(a), Some(b)) => topology.graph.find_edge(a, b).is_some(),
        _ => false,
    };
    if !joined && this != other {
        let speed = nic.speed.min(cluster.nodes[*node].nics[port].speed);
        topology.join(
            this,
            other,
            Edge::Cable {
                speed,
                vlans: None,
                link: None,
            },
        );
    }
}

/// One segment per VLAN and connected part of the fabric that some port names or some guest uses.
fn add_segments(topology: &mut Topology, cluster: &Cluster) {
    for vlan in known_vlans(cluster) {
        let fabric = Fabric::new(cluster, Some(vlan), None);
        for (index, node) in cluster.nodes.iter().enumerate() {
            for (port, nic) in node.nics.iter().enumerate() {
                if let Some(component) = fabric.component_of(nic) {
                    topology.join(Vertex::Segment(vlan, component), Vertex::Nic(index, port), Edge::Member);
                }
            }
        }
        for tor in 0..cluster.tors.len() {
            let segment = fabric.component(Attach::Tor(tor)).map(|c| Vertex::Segment(vlan, c));
            if let Some(segment) = segment.filter(|s| topology.find(s).is_some()) {
                topology.join(segment, Vertex::Tor(tor), Edge::Member);
            }
        }
    }
}

fn known_vlans(cluster: &Cluster) -> BTreeSet<u16> {
    let networks = cluster.networks.iter().filter_map(|n| n.vlan);
    let hosts = cluster.nodes.iter().flat_map(|n| &n.host_vnics).filter_map(|v| v.vlan);
    let guests = cluster
        .vms
        .iter()
        .flat_map(|vm| &vm.vnics)
        .flat_map(|v| v.vlans.iter().copied());
    let ports = cluster
        .nodes
        .iter()
        .flat_map(|n| &n.nics)
        .filter_map(|n| n.vlans.as_ref())
        .flatten()
        .copied();
    networks.chain(hosts).chain(guests).chain(ports).collect()
}

fn add_virtual_switches(topology: &mut Topology, cluster: &Cluster) {
    for (index, node) in cluster.nodes.iter().enumerate() {
        for (number, switch) in node.switches.iter().enumerate() {
            let here = Vertex::VirtualSwitch(index, number);
            topology.join(Vertex::Node(index), here.clone(), Edge::Holds);
            for port in switch.nics.iter().filter_map(|name| node.nic(name)) {
                topology.join(here.clone(), Vertex::Nic(index, port), Edge::Bound);
            }
        }
    }
}

/// A VM hangs on the virtual switches of the node that runs it; one without a host hangs on none.
fn add_vm(topology: &mut Topology, cluster: &Cluster, index: usize, vm: &Vm) {
    topology.place(Vertex::Vm(index));
    let Some((host, node)) = vm.host.and_then(|h| Some((h, cluster.nodes.get(h)?))) else {
        return;
    };
    for (number, vnic) in vm.vnics.iter().enumerate() {
        let Some(switch) = node.switches.iter().position(|s| s.name == vnic.switch) else {
            continue;
        };
        let edge = Edge::Vnic {
            vnic: number,
            vlans: vnic.vlans.clone(),
        };
        topology.join(Vertex::Vm(index), Vertex::VirtualSwitch(host, switch), edge);
    }
}
