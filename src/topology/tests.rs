//! The algorithms against their definitions, by brute force on small random clusters, and the cases people get wrong.

use super::*;
use crate::inventory::Cluster;
use crate::inventory::testing::{self, Dice, cluster, link, nic, random_cluster};

type Port = (usize, usize);

fn port(cluster: &Cluster, at: Port) -> &crate::inventory::Nic {
    &cluster.nodes[at.0].nics[at.1]
}

fn is_dead(cluster: &Cluster, at: Port, failed: Option<&Failed>) -> bool {
    let nic = port(cluster, at);
    match failed {
        Some(Failed::Nic(node, other)) => (*node, *other) == at,
        Some(Failed::Card(node, card)) if nic.card.is_empty() => *node == at.0 && *card == format!("of {}", nic.name),
        Some(Failed::Card(node, card)) => *node == at.0 && *card == nic.card,
        Some(Failed::Tor(tor)) => attach(nic) == *tor,
        Some(Failed::Link(_)) | None => false,
    }
}

/// The definition: some pair of alive ports touches on the fabric that is left.
fn reach_by_definition(cluster: &Cluster, pair: Port, vlan: Option<u16>, failed: Option<&Failed>) -> bool {
    let (dead_tor, dead_link) = match failed {
        Some(Failed::Tor(tor)) => (Some(*tor), None),
        Some(Failed::Link(link)) => (None, Some(*link)),
        _ => (None, None),
    };
    let fabric = Fabric::without(cluster, vlan, dead_tor, dead_link);
    let alive = |node: usize| -> Vec<Port> {
        (0..cluster.nodes[node].nics.len())
            .map(|n| (node, n))
            .filter(|at| !is_dead(cluster, *at, failed))
            .collect()
    };
    alive(pair.0).iter().any(|a| {
        alive(pair.1)
            .iter()
            .any(|b| fabric.touches((a.0, port(cluster, *a)), (b.0, port(cluster, *b))))
    })
}

/// Follows cables one by one: the definition of "connected" without any union-find.
fn component_by_walking(cluster: &Cluster, vlan: Option<u16>, dead: Option<usize>, from: usize) -> Vec<usize> {
    let mut seen = vec![from];
    let mut next = 0;
    while next < seen.len() {
        let here = seen[next];
        next += 1;
        for link in cluster.links.iter().filter(|l| carries(&l.vlans, vlan)) {
            for (a, b) in [link.ends, (link.ends.1, link.ends.0)] {
                if a == here && Some(b) != dead && !seen.contains(&b) {
                    seen.push(b);
                }
            }
        }
    }
    seen
}

#[test]
fn fabric_components_are_what_walking_the_links_finds() {
    let mut dice = Dice(11);
    for _ in 0..200 {
        let cluster = random_cluster(&mut dice);
        let tors = cluster.tors.len();
        for vlan in [None, Some(10), Some(11)] {
            for dead in (0..tors).map(Some).chain([None]) {
                let fabric = Fabric::new(&cluster, vlan, dead.map(Attach::Tor));
                for a in (0..tors).filter(|a| Some(*a) != dead) {
                    let walked = component_by_walking(&cluster, vlan, dead, a);
                    for b in 0..tors {
                        let same = fabric.component(Attach::Tor(a)) == fabric.component(Attach::Tor(b));
                        assert_eq!(
                            same,
                            walked.contains(&b),
                            "{a} {b} {vlan:?} {dead:?} {:?}",
                            cluster.links
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn cuts_are_exactly_the_pairs_that_a_removal_disconnects() {
    let mut dice = Dice(5);
    let mut found = 0;
    for _ in 0..120 {
        let cluster = random_cluster(&mut dice);
        let topology = Topology::build(&cluster);
        let ports = Topology::all_ports(&cluster);
        for vlan in [None, Some(10)] {
            let cuts = topology.cuts(&cluster, &ports, vlan);
            found += cuts.len();
            for failed in failures::single_failures(&cluster, &ports) {
                let lost = cuts.iter().find(|c| c.failed == failed).map_or(&[][..], |c| &c.lost);
                for a in 0..cluster.nodes.len() {
                    for b in a + 1..cluster.nodes.len() {
                        let before = reach_by_definition(&cluster, (a, b), vlan, None);
                        let after = reach_by_definition(&cluster, (a, b), vlan, Some(&failed));
                        assert_eq!(before && !after, lost.contains(&(a, b)), "{failed:?} {a} {b} {vlan:?}");
                    }
                }
            }
        }
    }
    assert!(found > 100, "the random clusters must hold cuts to find");
}

/// Every simple path between the ToRs, by depth-first search: the largest of the narrowest links.
fn widest_by_paths(cluster: &Cluster, vlan: Option<u16>, here: usize, goal: usize, seen: &mut Vec<usize>) -> u64 {
    if here == goal {
        return u64::MAX;
    }
    let mut best = 0;
    for link in cluster.links.iter().filter(|l| carries(&l.vlans, vlan)) {
        for (a, b) in [link.ends, (link.ends.1, link.ends.0)] {
            if a == here && !seen.contains(&b) {
                seen.push(b);
                best = best.max(link.speed.min(widest_by_paths(cluster, vlan, b, goal, seen)));
                seen.pop();
            }
        }
    }
    best
}

fn pair_by_paths(cluster: &Cluster, a: Port, b: Port, vlan: Option<u16>) -> u64 {
    let (near, far) = (port(cluster, a), port(cluster, b));
    let narrowest = near.speed.min(far.speed);
    if cabled((a.0, near), (b.0, far)) {
        return narrowest;
    }
    match (attach(near), attach(far)) {
        _ if !carries(&near.vlans, vlan) || !carries(&far.vlans, vlan) => 0,
        (Attach::Tor(x), Attach::Tor(y)) => narrowest.min(widest_by_paths(cluster, vlan, x, y, &mut vec![x])),
        (Attach::Unnamed, Attach::Unnamed) => narrowest,
        _ => 0,
    }
}

/// Minimum cut by trying every side for every ToR: equals the maximum flow.
fn smallest_cut(cluster: &Cluster, vlan: Option<u16>) -> u64 {
    let tors = cluster.tors.len();
    let side = |mask: usize, attach: Attach| match attach {
        Attach::Tor(tor) => mask >> tor & 1 == 1,
        _ => mask >> tors & 1 == 1,
    };
    let switched = |node: usize| {
        cluster.nodes[node]
            .nics
            .iter()
            .filter(|n| attach(n) != Attach::Direct && carries(&n.vlans, vlan))
    };
    let cut = |mask: usize| -> u64 {
        let left: u64 = switched(0).filter(|n| !side(mask, attach(n))).map(|n| n.speed).sum();
        let right: u64 = switched(1).filter(|n| side(mask, attach(n))).map(|n| n.speed).sum();
        let links = cluster.links.iter().filter(|l| carries(&l.vlans, vlan));
        let across = links.filter(|l| side(mask, Attach::Tor(l.ends.0)) != side(mask, Attach::Tor(l.ends.1)));
        left + right + across.map(|l| l.speed).sum::<u64>()
    };
    (0..1 << (tors + 1)).map(cut).min().unwrap_or(0)
}

fn direct_speed(cluster: &Cluster) -> u64 {
    let mut sum = 0;
    for near in &cluster.nodes[0].nics {
        for far in cluster.nodes[1].nics.iter().filter(|far| cabled((0, near), (1, far))) {
            sum += near.speed.min(far.speed);
        }
    }
    sum
}

#[test]
fn bandwidth_between_nodes_equals_the_best_path_and_the_smallest_cut() {
    let mut dice = Dice(77);
    let mut crossed = 0;
    for _ in 0..400 {
        let cluster = random_cluster(&mut dice);
        let vlan = [None, Some(10)][dice.below(2)];
        let all = |node: usize| (0..cluster.nodes[node].nics.len()).collect::<Vec<_>>();
        let (left, right) = (all(0), all(1));
        let by_paths = left.iter().flat_map(|a| right.iter().map(move |b| (*a, *b)));
        let widest = by_paths
            .map(|(a, b)| pair_by_paths(&cluster, (0, a), (1, b), vlan))
            .max()
            .unwrap_or(0);
        let total = smallest_cut(&cluster, vlan) + direct_speed(&cluster);
        assert_eq!(Topology::widest_path(&cluster, (0, &left), (1, &right), vlan), widest);
        assert_eq!(
            Topology::total_bandwidth(&cluster, (0, &left), (1, &right), vlan),
            total
        );
        crossed += u64::from(total > 0);
    }
    assert!(crossed > 100);
}

#[test]
fn two_nics_on_one_tor_are_not_two_bridges() {
    let mut cluster = cluster(2, 1);
    for node in &mut cluster.nodes {
        node.nics = vec![nic("P1", 1_000, Some(0)), nic("P2", 1_000, Some(0))];
    }
    let topology = Topology::build(&cluster);
    let cuts = topology.cuts(&cluster, &Topology::all_ports(&cluster), None);
    assert_eq!(
        cuts,
        vec![Cut {
            failed: Failed::Tor(Attach::Tor(0)),
            lost: vec![(0, 1)]
        }]
    );
}

#[test]
fn one_of_two_links_between_the_tors_may_fail_and_the_only_one_may_not() {
    let mut cluster = cluster(2, 2);
    cluster.nodes[0].nics = vec![nic("P1", 1_000, Some(0)), nic("P2", 1_000, Some(0))];
    cluster.nodes[1].nics = vec![nic("P1", 1_000, Some(1)), nic("P2", 1_000, Some(1))];
    let links_cut = |cluster: &Cluster| {
        let cuts = Topology::build(cluster).cuts(cluster, &Topology::all_ports(cluster), None);
        cuts.iter().filter(|c| matches!(c.failed, Failed::Link(_))).count()
    };
    cluster.links = vec![link(0, 1, 10_000)];
    assert_eq!(links_cut(&cluster), 1);
    cluster.links.push(link(0, 1, 10_000));
    assert_eq!(links_cut(&cluster), 0);
}

#[test]
fn a_node_with_ports_on_two_switches_does_not_join_them() {
    let mut cluster = cluster(3, 2);
    cluster.nodes[0].nics = vec![nic("P1", 1_000, Some(0))];
    cluster.nodes[1].nics = vec![nic("P1", 1_000, Some(0)), nic("P2", 1_000, Some(1))];
    cluster.nodes[2].nics = vec![nic("P1", 1_000, Some(1))];
    let reach = Topology::build(&cluster).reach_on_vlan(&cluster, None);
    assert!(reach.between(0, 1) && reach.between(1, 2));
    assert_eq!(reach.gaps(), vec![(0, 2)]);
}

#[test]
fn the_roles_of_today_decide_which_ports_are_asked() {
    let mut cluster = cluster(2, 1);
    for node in &mut cluster.nodes {
        node.nics = vec![nic("P1", 1_000, Some(0)), nic("P2", 1_000, Some(0))];
    }
    cluster.nodes[0].nics[0].roles.insert(crate::roles::Role::Cluster);
    let topology = Topology::build(&cluster);
    let reach = topology.reach_of_role(&cluster, crate::roles::Role::Cluster);
    assert!(reach.has_port(0) && !reach.has_port(1) && !reach.between(0, 1));
}

#[test]
fn the_graph_holds_every_kind_of_thing() {
    let mut cluster = cluster(1, 1);
    let mut port = nic("P1", 1_000, Some(0));
    port.vlans = Some(BTreeSet::from([7]));
    cluster.nodes[0].nics = vec![port, nic("P2", 1_000, None)];
    cluster.nodes[0].switches.push(crate::inventory::VirtualSwitch {
        facts: Default::default(),
        name: "External-1".to_owned(),
        kind: crate::inventory::SwitchKind::External,
        nics: vec!["P1".to_owned()],
        allow_management_os: None,
        origin: crate::inventory::Origin::default(),
    });
    let mut guest = testing::vm("VM1", 0, 1024, &[0]);
    guest.vnics = vec![testing::vnic("Network Adapter", 10)];
    guest.vnics[0].switch = "External-1".to_owned();
    cluster.vms.push(guest);
    let topology = Topology::build(&cluster);
    let switch = Vertex::VirtualSwitch(0, 0);
    assert_eq!(
        topology.neighbours(&switch),
        vec![&Vertex::Node(0), &Vertex::Nic(0, 0), &Vertex::Vm(0)]
    );
    let around: Vec<&Vertex> = topology.neighbours(&Vertex::Nic(0, 0));
    assert!(around.contains(&&Vertex::Card(0, "of P1".to_owned())) && around.contains(&&Vertex::Tor(0)));
    assert!(around.iter().any(|v| matches!(v, Vertex::Segment(7, _))));
    assert_eq!(
        topology.neighbours(&Vertex::UnnamedSwitch).first(),
        Some(&&Vertex::Nic(0, 1))
    );
}
