//! The switch fabric of one VLAN: which ToR switches hang together, asked many times and cheaply.
//!
//! In: facts, a VLAN, at most one dead ToR. Out: a component number per switch, and whether two NICs touch.
//! Must not know: plans, roles, what the answer is used for.

use crate::inventory::{Cluster, Nic};
use petgraph::unionfind::UnionFind;
use std::collections::BTreeSet;

/// What a NIC is cabled to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attach {
    /// A ToR, index into [`Cluster::tors`].
    Tor(usize),
    /// The one switch that is assumed for every NIC whose ToR the inventory does not name.
    Unnamed,
    /// A direct cable to another node; it hangs on no switch.
    Direct,
}

/// What a NIC is cabled to; a direct cable wins over a ToR that is named as well.
pub fn attach(nic: &Nic) -> Attach {
    match (&nic.direct_to, nic.tor) {
        (Some(_), _) => Attach::Direct,
        (None, Some(tor)) => Attach::Tor(tor),
        (None, None) => Attach::Unnamed,
    }
}

/// Whether a list of VLANs lets one pass. Untagged traffic (`None`) always passes; no list (`None`) carries all.
pub fn carries(trunked: &Option<BTreeSet<u16>>, vlan: Option<u16>) -> bool {
    match (trunked, vlan) {
        (None, _) | (_, None) => true,
        (Some(list), Some(vlan)) => list.contains(&vlan),
    }
}

/// Whether the two NICs are the ends of one direct cable; it is enough that one end names the other.
pub fn cabled(a: (usize, &Nic), b: (usize, &Nic)) -> bool {
    let names = |from: &Nic, to: (usize, &Nic)| {
        from.direct_to
            .as_ref()
            .is_some_and(|(node, name)| *node == to.0 && *name == to.1.name)
    };
    names(a.1, b) || names(b.1, a)
}

/// The switches that carry one VLAN, in connected components.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fabric {
    vlan: Option<u16>,
    /// Component of each ToR, then of the unnamed switch; `None` = dead.
    components: Vec<Option<usize>>,
}

impl Fabric {
    /// The fabric of a VLAN (`None` = untagged) with one ToR, or the unnamed switch, switched off.
    pub fn new(cluster: &Cluster, vlan: Option<u16>, dead_tor: Option<Attach>) -> Fabric {
        Fabric::without(cluster, vlan, dead_tor, None)
    }

    /// The same with one inter-switch link (index into [`Cluster::links`]) pulled as well.
    pub fn without(cluster: &Cluster, vlan: Option<u16>, dead_tor: Option<Attach>, dead_link: Option<usize>) -> Fabric {
        let switches = cluster.tors.len() + 1;
        let dead = dead_tor.and_then(|a| position(a, switches));
        let mut sets = UnionFind::<usize>::new(switches);
        for (index, link) in cluster.links.iter().enumerate() {
            let (a, b) = link.ends;
            let exists = a + 1 < switches && b + 1 < switches;
            let alive = dead_link != Some(index) && dead != Some(a) && dead != Some(b);
            if exists && alive && carries(&link.vlans, vlan) {
                sets.union(a, b);
            }
        }
        let labels = sets.into_labeling();
        let components = labels
            .into_iter()
            .enumerate()
            .map(|(at, label)| (dead != Some(at)).then_some(label))
            .collect();
        Fabric { vlan, components }
    }

    /// The VLAN.
    pub fn vlan(&self) -> Option<u16> {
        self.vlan
    }

    /// Component of a switch; `None` when it is dead, and for a direct cable, which hangs on none.
    pub fn component(&self, attach: Attach) -> Option<usize> {
        position(attach, self.components.len()).and_then(|at| self.components.get(at).copied().flatten())
    }

    /// Component that a NIC is in on this VLAN; `None` when its switch is dead, its port does not carry the VLAN, or it is on a direct cable.
    pub fn component_of(&self, nic: &Nic) -> Option<usize> {
        if carries(&nic.vlans, self.vlan) {
            self.component(attach(nic))
        } else {
            None
        }
    }

    /// Whether two NICs, each with its node, touch: over switches that carry the VLAN, or as the two ends of one direct cable.
    pub fn touches(&self, a: (usize, &Nic), b: (usize, &Nic)) -> bool {
        if cabled(a, b) {
            return true;
        }
        self.component_of(a.1)
            .is_some_and(|here| self.component_of(b.1) == Some(here))
    }
}

/// Names of the ToR switches that these NICs of one team are cabled to, where no path joins them all; empty where one does.
/// VLANs of links are not looked at: a link that carries some VLAN shows that the switches are meant to be joined.
pub fn unlinked_switches<'a>(cluster: &'a Cluster, nics: impl IntoIterator<Item = &'a Nic>) -> Vec<&'a str> {
    let fabric = Fabric::new(cluster, None, None);
    let tors: BTreeSet<usize> = nics
        .into_iter()
        .filter_map(|nic| match attach(nic) {
            Attach::Tor(tor) => Some(tor),
            Attach::Unnamed | Attach::Direct => None,
        })
        .collect();
    let parts: BTreeSet<Option<usize>> = tors.iter().map(|tor| fabric.component(Attach::Tor(*tor))).collect();
    if parts.len() < 2 {
        return Vec::new();
    }
    tors.into_iter()
        .filter_map(|tor| cluster.tors.get(tor))
        .map(|tor| tor.name.as_str())
        .collect()
}

/// Position of a switch among the ToRs and the unnamed one, which is last.
fn position(attach: Attach, switches: usize) -> Option<usize> {
    match attach {
        Attach::Tor(tor) => (tor + 1 < switches).then_some(tor),
        Attach::Unnamed => Some(switches - 1),
        Attach::Direct => None,
    }
}
