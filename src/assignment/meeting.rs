//! Where an uplink of one node meets the same uplink of the others, decided for the whole cluster.
//!
//! Nodes are planned class by class. Where no link joins the ToRs, that alone may put an uplink on ToR A here and on ToR B
//! there. Then one segment for all nodes is chosen first, or the uplink is given up, and the classes are planned within that.

use super::design::Design;
use super::evaluate::Decisions;
use super::instance::Instance;
use super::options::reached_roles;
use super::reach::{Heard, Medium};

/// Where all nodes meet on an uplink.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meeting {
    /// Not decided.
    Anywhere,
    /// In this medium, which every node that has the uplink hears.
    In(Medium),
    /// Nowhere: its roles do not reach.
    Nowhere,
}

impl Meeting {
    /// Whether ports that hear this, on each VLAN, may be taken.
    pub fn allows(self, heard: &[Heard]) -> bool {
        match self {
            Meeting::In(medium) => heard.iter().all(|on_vlan| on_vlan.contains(medium)),
            Meeting::Anywhere | Meeting::Nowhere => true,
        }
    }
}

/// Nothing decided for any uplink.
pub fn undecided(design: &Design) -> Vec<Meeting> {
    vec![Meeting::Anywhere; design.uplinks.len()]
}

/// Roles that are missed because their uplink meets nowhere.
pub fn given_up(instance: &Instance, design: &Design, meetings: &[Meeting]) -> u64 {
    let lost = design
        .uplinks
        .iter()
        .zip(meetings)
        .filter(|(_, m)| **m == Meeting::Nowhere);
    lost.map(|(shape, _)| reached_roles(instance, shape).count() as u64)
        .sum()
}

/// The first undecided uplink whose nodes share no segment under these decisions.
pub fn scattered(instance: &Instance, design: &Design, meetings: &[Meeting], decisions: &Decisions) -> Option<usize> {
    let open =
        |u: &usize| meetings[*u] == Meeting::Anywhere && reached_roles(instance, &design.uplinks[*u]).count() > 0;
    (0..design.uplinks.len())
        .filter(open)
        .find(|uplink| !Heard::share_one(&segments_heard(instance, *uplink, decisions)))
}

/// Segments that the NICs of each node with the uplink hang on.
fn segments_heard(instance: &Instance, uplink: usize, decisions: &Decisions) -> Vec<Heard> {
    let served = (0..decisions.nics.len()).filter(|node| !decisions.nics[*node][uplink].is_empty());
    served
        .map(|node| {
            let mut heard = Heard::default();
            for nic in &decisions.nics[node][uplink] {
                let segment = instance.segment_of(node, *nic);
                segment
                    .into_iter()
                    .for_each(|segment| heard.add(Medium::Segment(segment)));
            }
            heard
        })
        .collect()
}

/// Ways to decide one uplink, and whether every plan falls under one of them.
///
/// With two segments the nodes share one or the roles are missed. With three, A+B, B+C and A+C touch each other and share
/// none; and direct cables reach without any segment. Then only the segments that every node has ports in are worth trying.
pub fn ways(instance: &Instance) -> (Vec<Meeting>, bool) {
    let mut segments = instance.segments();
    let complete = segments.len() < 3 && !instance.has_cables();
    if !complete {
        let ports = |node: usize| 0..instance.cluster.nodes[node].nics.len();
        let on = |node: usize, segment: usize| ports(node).any(|nic| instance.segment_of(node, nic) == Some(segment));
        segments.retain(|segment| (0..instance.cluster.nodes.len()).all(|node| on(node, *segment)));
    }
    let ways = segments.into_iter().map(|s| Meeting::In(Medium::Segment(s)));
    (ways.chain(complete.then_some(Meeting::Nowhere)).collect(), complete)
}
