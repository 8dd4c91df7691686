//! How two sets of ports reach each other: over one ToR, over links between ToRs, or by a direct cable.
//!
//! In: facts, ports, a VLAN. Out: whether they touch, and over which links. Must not know: networks.

use crate::inventory::{Cluster, InterSwitchLink, Nic};
use crate::topology::{Attach, Fabric, attach, cabled, carries};
use crate::units::Mbps;
use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

/// One way between two nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    /// Source ports that reach the target.
    pub source: Vec<usize>,
    /// Target ports that are reached.
    pub target: Vec<usize>,
    /// Links between ToRs that one flow must cross.
    pub crossed: Vec<usize>,
}

/// A node with the ports of an adapter.
pub(super) struct End<'a> {
    pub node: usize,
    pub ports: &'a [usize],
}

impl<'a> End<'a> {
    fn nics(&self, cluster: &'a Cluster) -> Vec<(usize, &'a Nic)> {
        let node = cluster.nodes.get(self.node);
        let nics = self.ports.iter().filter_map(|p| Some((*p, node?.nics.get(*p)?)));
        nics.filter(|(_, nic)| nic.up).collect()
    }
}

/// The links between switches that were asked for so far: most pairs of nodes hang on the same switches.
pub(super) struct Crossings<'a> {
    cluster: &'a Cluster,
    /// Turns after which every bundle of parallel links begins again.
    period: usize,
    known: RwLock<BTreeMap<Crossing, Vec<usize>>>,
}

/// VLAN, switches at both ends, turn.
type Crossing = (Option<u16>, Vec<usize>, Vec<usize>, usize);

impl<'a> Crossings<'a> {
    pub(super) fn new(cluster: &'a Cluster) -> Crossings<'a> {
        // However the links are bundled, no bundle is larger than all of them between two switches.
        let between = |ends: (usize, usize)| {
            let same = |link: &&InterSwitchLink| link.ends == ends || link.ends == (ends.1, ends.0);
            cluster.links.iter().filter(same).count()
        };
        let most = cluster.links.iter().map(|link| between(link.ends)).max().unwrap_or(1);
        Crossings {
            cluster,
            period: (1..=most).fold(1, least_common_multiple),
            known: RwLock::default(),
        }
    }

    fn links(&self, vlan: Option<u16>, near: &[&Nic], far: &[&Nic], turn: usize) -> Vec<usize> {
        let turn = turn % self.period;
        let key = (vlan, switches(near), switches(far), turn);
        if let Some(known) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return known.clone();
        }
        let found = links(self.cluster, vlan, &key.1, &key.2, turn);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(key, found.clone());
        found
    }
}

fn least_common_multiple(a: usize, b: usize) -> usize {
    let (mut larger, mut smaller) = (a.max(b), a.min(b));
    while smaller > 0 {
        (larger, smaller) = (smaller, larger % smaller);
    }
    (a / larger.max(1)).saturating_mul(b).max(1)
}

/// The switches of some ports.
fn switches(nics: &[&Nic]) -> Vec<usize> {
    let tor = |nic: &&Nic| match attach(nic) {
        Attach::Tor(tor) => Some(tor),
        _ => None,
    };
    nics.iter().filter_map(tor).collect()
}

/// The way over a VLAN (`None` = untagged); `None` when no port of one end touches a port of the other.
pub(super) fn route(crossings: &Crossings, fabric: &Fabric, source: &End, target: &End) -> Option<Route> {
    let cluster = crossings.cluster;
    let (left, right) = (source.nics(cluster), target.nics(cluster));
    let touches = |a: &Nic, b: &Nic| fabric.touches((source.node, a), (target.node, b));
    let from: Vec<usize> = left
        .iter()
        .filter(|(_, a)| right.iter().any(|(_, b)| touches(a, b)))
        .map(|(p, _)| *p)
        .collect();
    let to: Vec<usize> = right
        .iter()
        .filter(|(_, b)| left.iter().any(|(_, a)| touches(a, b)))
        .map(|(p, _)| *p)
        .collect();
    if from.is_empty() || to.is_empty() {
        return None;
    }
    let near: Vec<&Nic> = left.iter().filter(|(p, _)| from.contains(p)).map(|(_, n)| *n).collect();
    let far: Vec<&Nic> = right.iter().filter(|(p, _)| to.contains(p)).map(|(_, n)| *n).collect();
    let direct = near.iter().any(|a| {
        far.iter()
            .any(|b| attach(a) == attach(b) && attach(a) != Attach::Direct)
    }) || near
        .iter()
        .any(|a| far.iter().any(|b| cabled((source.node, a), (target.node, b))));
    let crossed = if direct {
        Vec::new()
    } else {
        crossings.links(fabric.vlan(), &near, &far, source.node + target.node)
    };
    Some(Route {
        source: from,
        target: to,
        crossed,
    })
}

/// The links of the widest way between the switches of two sets of ports, fewest hops among equals. Of parallel links with the same
/// speed one is taken by `turn`, as different pairs of addresses spread over a bundle.
fn links(cluster: &Cluster, vlan: Option<u16>, from: &[usize], to: &[usize], turn: usize) -> Vec<usize> {
    // best way so far to each switch: narrowest link, hops, links
    let mut best: BTreeMap<usize, (Mbps, usize, Vec<usize>)> =
        from.iter().map(|t| (*t, (Mbps::MAX, 0, Vec::new()))).collect();
    for _ in 0..cluster.tors.len() {
        let mut better = best.clone();
        for (tor, (width, hops, way)) in &best {
            for (next, link, speed) in hops_from(cluster, vlan, *tor, turn) {
                let found = ((*width).min(speed), hops + 1);
                let known = better.get(&next).map(|(w, h, _)| (*w, *h));
                if known.is_none_or(|(w, h)| found.0 > w || (found.0 == w && found.1 < h)) {
                    let mut way = way.clone();
                    way.push(link);
                    better.insert(next, (found.0, found.1, way));
                }
            }
        }
        if better == best {
            break;
        }
        best = better;
    }
    let ways = to.iter().filter_map(|t| best.get(t));
    ways.max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)))
        .map(|w| w.2.clone())
        .unwrap_or_default()
}

/// Neighbours of a switch, each with the link to it and the link's speed.
fn hops_from(cluster: &Cluster, vlan: Option<u16>, tor: usize, turn: usize) -> Vec<(usize, usize, Mbps)> {
    let mut by_peer: BTreeMap<usize, Vec<(Mbps, usize)>> = BTreeMap::new();
    for (index, link) in cluster
        .links
        .iter()
        .enumerate()
        .filter(|(_, l)| carries(&l.vlans, vlan))
    {
        let peer = match link.ends {
            (a, b) if a == tor => b,
            (a, b) if b == tor => a,
            _ => continue,
        };
        by_peer.entry(peer).or_default().push((link.speed, index));
    }
    let mut found = Vec::new();
    for (peer, links) in by_peer {
        let widest = links.iter().map(|(speed, _)| *speed).max().unwrap_or(0);
        let alike: Vec<usize> = links.iter().filter(|(s, _)| *s == widest).map(|(_, i)| *i).collect();
        found.extend(alike.get(turn % alike.len().max(1)).map(|link| (peer, *link, widest)));
    }
    found
}
