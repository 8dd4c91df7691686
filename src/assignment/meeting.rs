//! Where an uplink of one node meets the same uplink of the others, decided for the whole cluster.
//!
//! Nodes are planned class by class. Where no link joins the ToRs, that alone may put an uplink on ToR A here and on ToR B
//! there. Then one segment for all nodes is chosen first, or the uplink is given up, and the classes are planned within that.

use super::design::{Design, UplinkShape};
use super::evaluate::{Decisions, vlan_limited};
use super::instance::Instance;
use super::options::reached_roles;
use super::reach::{Heard, Medium};
use std::collections::BTreeSet;

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

/// Ways to decide an uplink, and whether every plan falls under one of them.
///
/// With two segments the nodes share one or the roles are missed. With three, A+B, B+C and A+C touch each other and share
/// none; direct cables reach without any segment; and where ports do not carry every VLAN, one role may meet in one segment and the
/// next role in the other, or one of them nowhere. Then only the segments that every node has ports in are worth trying.
pub fn ways(instance: &Instance, shape: &UplinkShape) -> (Vec<Meeting>, bool) {
    let mut segments = instance.segments();
    let complete = segments.len() < 3 && !instance.has_cables() && meets_as_one(instance, shape);
    if !complete {
        let ports = |node: usize| 0..instance.cluster.nodes[node].nics.len();
        let on = |node: usize, segment: usize| ports(node).any(|nic| instance.segment_of(node, nic) == Some(segment));
        segments.retain(|segment| (0..instance.cluster.nodes.len()).all(|node| on(node, *segment)));
    }
    let ways = segments.into_iter().map(|s| Meeting::In(Medium::Segment(s)));
    (ways.chain(complete.then_some(Meeting::Nowhere)).collect(), complete)
}

/// Whether the roles of the uplink are reached together or not at all: they use one VLAN, or every port carries all.
fn meets_as_one(instance: &Instance, shape: &UplinkShape) -> bool {
    let vlans = reached_roles(instance, shape).map(|role| instance.cluster.vlan_of(role));
    !vlan_limited(instance.cluster) || vlans.collect::<BTreeSet<_>>().len() < 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assignment::design::designs;
    use crate::inventory::testing::{cluster, nic};
    use crate::inventory::{Cluster, ClusterNetwork, StorageKind};
    use crate::plan::Style;
    use crate::roles::Role;

    /// Two nodes, each with a port on either of two switches that no link joins.
    fn two_switches() -> Cluster {
        let mut cluster = cluster(2, 2);
        cluster.storage = StorageKind::FibreChannel;
        for node in &mut cluster.nodes {
            node.nics = vec![nic("A", 1_000, Some(0)), nic("B", 1_000, Some(1))];
        }
        cluster.networks = vec![
            network(Role::LiveMigration, 12),
            network(Role::Cluster, 11),
            network(Role::Management, 11),
        ];
        cluster
    }

    fn network(purpose: Role, vlan: u16) -> ClusterNetwork {
        ClusterNetwork {
            facts: Default::default(),
            state: Default::default(),
            name: purpose.name().to_owned(),
            subnet: String::new(),
            vlan: Some(vlan),
            cluster_use: Some(1),
            metric: None,
            purpose: Some(purpose),
            origin: Default::default(),
        }
    }

    /// Whether every plan of a converged design meets on a segment, or misses all roles of the uplink.
    fn is_all(cluster: &Cluster) -> bool {
        let instance = Instance::new(cluster);
        let design = designs(&instance, Style::Converged, 0).remove(0);
        let uplink = design.uplink_of(Role::Cluster).expect("every design has one");
        ways(&instance, &design.uplinks[uplink]).1
    }

    #[test]
    fn nodes_share_a_segment_or_miss_all_roles_only_where_the_roles_have_one_vlan() {
        let open = two_switches();
        assert!(is_all(&open), "every port carries all VLANs");
        let mut trunked = open.clone();
        trunked.nodes[0].nics[0].vlans = Some(BTreeSet::from([11]));
        trunked.nodes[0].nics[1].vlans = Some(BTreeSet::from([12]));
        assert!(
            !is_all(&trunked),
            "cluster meets in one segment, live migration in the other"
        );
        trunked.networks[0].vlan = Some(11);
        assert!(is_all(&trunked), "one VLAN for all");
    }
}
