//! Shares of roles on ports without virtual switch: what the host's packet scheduler is told, as weights by kind of traffic.
//!
//! A team that several roles share gets a virtual switch, and ports whose storage uses RDMA get Data Center Bridging, so these are ports that roles share
//! without a team. Policies hold for the whole host and know traffic by its ports, not by its network: live migration over TCP by 6600, SMB by 445, iSCSI by
//! 3260, the heartbeat by 3343, everything else together. Traffic of the cluster beside the heartbeat is SMB (redirected I/O of shared volumes). Sources:
//! Microsoft, "QoS Common Configurations" (2 NICs without NIC Teaming), "QoS Minimum Bandwidth Best Practices" (critical flows at least 5, sum near 100).

use super::adapters::switch_of;
use crate::inventory::{Cluster, Node, TrafficClass};
use crate::plan::{ClusterPlan, Mechanism, NodeUplink, Uplink};
use crate::profiles::{Transport, WS2008R2};
use crate::roles::Role;
use crate::units::{Permille, same_name};
use std::collections::{BTreeMap, BTreeSet};

/// Column of a node that holds them.
pub const COLUMN: &str = "qos_weights";
/// What the heartbeat is promised of the cluster's share: it needs little, and must never wait.
const HEARTBEAT: Permille = 50;

/// Uplinks of a node with their design.
pub fn uplinks<'p>(plan: &'p ClusterPlan, node: &Node) -> impl Iterator<Item = (&'p Uplink, &'p NodeUplink)> + use<'p> {
    let planned = plan.nodes.iter().find(|n| same_name(&n.node, &node.name));
    let design = |u: &NodeUplink| plan.uplinks.iter().find(|d| same_name(&d.name, &u.uplink));
    let all = planned.into_iter().flat_map(|n| &n.uplinks);
    all.filter_map(move |u| Some((design(u)?, u)))
}

/// Uplinks of a node whose ports several roles share without team and virtual switch.
fn shared<'p>(plan: &'p ClusterPlan, node: &Node) -> Vec<(&'p Uplink, &'p NodeUplink)> {
    uplinks(plan, node)
        .filter(|(d, u)| d.roles.len() > 1 && u.mechanism != Mechanism::Team && switch_of(d, u).is_none())
        .collect()
}

/// Ports on which different kinds of traffic meet.
pub fn ports(cluster: &Cluster, plan: &ClusterPlan, node: &Node) -> Vec<String> {
    let all = shared(plan, node).into_iter();
    let mixed = all.filter(|(_, uplink)| kinds(cluster, uplink).len() > 1);
    mixed.flat_map(|(_, uplink)| uplink.nics.clone()).collect()
}

/// Whether SMB runs over RDMA on a port of the node: no packet scheduler sees that, and its Data Center Bridging excludes weights.
fn bridged(cluster: &Cluster, plan: &ClusterPlan, node: &Node) -> bool {
    let planned = plan.nodes.iter().find(|n| same_name(&n.node, &node.name));
    let mut uplinks = planned.into_iter().flat_map(|n| &n.uplinks);
    uplinks.any(|u| {
        let smb = u.shares.iter().any(|s| kind(cluster, u, s.role) == Some("smb"));
        let rdma = |name: &String| node.nics.iter().any(|n| same_name(&n.name, name) && n.rdma.on());
        smb && u.nics.iter().any(rdma)
    })
}

/// Traffic of a role as the packet scheduler knows it; that of the cluster is of two kinds.
fn kind(cluster: &Cluster, uplink: &NodeUplink, role: Role) -> Option<&'static str> {
    match role {
        Role::LiveMigration if uplink.transport == Some(Transport::Smb) => Some("smb"),
        Role::LiveMigration => Some("live-migration"),
        Role::Storage if cluster.storage.is_smb() => Some("smb"),
        Role::Storage if cluster.iscsi() => Some("iscsi"),
        Role::Management | Role::Replica => Some("default"),
        _ => None,
    }
}

/// Share of each kind of traffic on one uplink, permille.
pub(super) fn kinds(cluster: &Cluster, uplink: &NodeUplink) -> BTreeMap<&'static str, Permille> {
    let mut found: BTreeMap<&'static str, Permille> = BTreeMap::new();
    let mut add = |kind: &'static str, share: Permille| *found.entry(kind).or_default() += share;
    for share in &uplink.shares {
        if share.role == Role::Cluster {
            let heartbeat = share.permille.min(HEARTBEAT);
            add("cluster", heartbeat);
            if share.permille > heartbeat {
                add("smb", share.permille - heartbeat);
            }
        } else if let Some(kind) = kind(cluster, uplink, share.role) {
            add(kind, share.permille);
        }
    }
    found
}

/// Weights of a node by kind of traffic; none where nothing is shared, where Network ATC or Data Center Bridging rules, or where the node has policies that
/// give priorities. Of traffic on two uplinks the smaller share counts.
pub fn weights(cluster: &Cluster, plan: &ClusterPlan, node: &Node) -> Vec<TrafficClass> {
    let scheduled = cluster.profile.generation > WS2008R2 && !cluster.profile.network_atc;
    let marks = |column: &str| node.facts.classes(column).is_some_and(|list| !list.is_empty());
    if !scheduled || bridged(cluster, plan, node) || marks("qos_policies") || marks("traffic_classes") {
        return Vec::new();
    }
    let mut found: BTreeMap<&'static str, Permille> = BTreeMap::new();
    for (_, uplink) in shared(plan, node) {
        let own = kinds(cluster, uplink);
        if own.len() < 2 {
            continue;
        }
        for (kind, share) in own {
            let least = found.entry(kind).or_insert(share);
            *least = share.min(*least);
        }
    }
    let class = |(kind, share): (&'static str, Permille)| TrafficClass {
        name: kind.to_owned(),
        priorities: BTreeSet::new(),
        percent: Some(u8::try_from((share / 10).clamp(1, 100)).unwrap_or(100)),
    };
    found.into_iter().map(class).collect()
}
