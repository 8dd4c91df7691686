//! Whether Network ATC carries a plan out: by intents, where hardware is symmetric and the Windows version is configured by intents.
//!
//! Source: Microsoft, "Network ATC overview" (requirements, intent types). Must not know: what an intent makes.

use crate::inventory::{Cluster, Node};
use crate::plan::{ClusterPlan, Mechanism, Uplink};
use crate::roles::Role;
use crate::units::same_name;

/// Whether the plan is carried out by intents: Azure Local always is; Windows Server 2025 where its nodes are known to run the Datacenter
/// edition. Ports must be alike on every node, and every uplink must be an intent of its own kind.
pub fn apply_to(cluster: &Cluster, plan: &ClusterPlan) -> bool {
    offered(cluster) && symmetric(cluster, plan) && kinds_fit(cluster, plan)
}

/// Whether the nodes have Network ATC.
fn offered(cluster: &Cluster) -> bool {
    let datacenter = |node: &Node| {
        let edition = node.facts.text("edition").unwrap_or_default().to_lowercase();
        edition.contains("datacenter")
    };
    cluster.profile.intents_only || (cluster.profile.network_atc && cluster.nodes.iter().all(datacenter))
}

/// Whether every uplink has the same ports on every node, alike in speed and model.
pub fn symmetric(cluster: &Cluster, plan: &ClusterPlan) -> bool {
    let rows = |node: &Node| -> Vec<Vec<(String, u64, String)>> {
        let planned = plan.nodes.iter().find(|n| same_name(&n.node, &node.name));
        let ports = |names: &[String]| {
            let mut ports: Vec<_> = names.iter().filter_map(|name| port(node, name)).collect();
            ports.sort();
            ports
        };
        planned
            .map(|n| n.uplinks.iter().map(|u| ports(&u.nics)).collect())
            .unwrap_or_default()
    };
    let mut all = cluster.nodes.iter().map(rows);
    let first = all.next().unwrap_or_default();
    let alike = first.iter().all(|ports| {
        ports
            .windows(2)
            .all(|pair| pair[0].1 == pair[1].1 && pair[0].2 == pair[1].2)
    });
    alike && all.all(|other| other == first)
}

fn port(node: &Node, name: &str) -> Option<(String, u64, String)> {
    let nic = node.nics.iter().find(|n| same_name(&n.name, name))?;
    Some((nic.name.clone(), nic.speed, nic.model.to_lowercase()))
}

/// One intent at most for management and for storage, and no uplink that none of the kinds fits.
fn kinds_fit(cluster: &Cluster, plan: &ClusterPlan) -> bool {
    let carries = |role: Role| plan.uplinks.iter().filter(move |u| u.roles.contains(&role)).count();
    let teamed = |u: &Uplink| {
        let mut planned = plan.nodes.iter().flat_map(|n| &n.uplinks);
        planned.any(|own| same_name(&own.uplink, &u.name) && own.mechanism == Mechanism::Team)
    };
    let fits = |u: &Uplink| is_intent(cluster, u) || (u.roles == [Role::Storage] && !teamed(u));
    carries(Role::Management) == 1 && carries(Role::Storage) <= 1 && plan.uplinks.iter().all(fits)
}

/// Whether the uplink is one of Network ATC's kinds: management, compute, SMB storage.
pub fn is_intent(cluster: &Cluster, uplink: &Uplink) -> bool {
    uplink.roles.iter().any(|r| matches!(r, Role::Management | Role::Vm)) || stores(cluster, uplink)
}

/// Whether the uplink is a storage intent: SMB storage.
pub fn stores(cluster: &Cluster, uplink: &Uplink) -> bool {
    uplink.roles.contains(&Role::Storage) && cluster.storage.is_smb()
}
