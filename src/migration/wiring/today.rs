//! The wiring of today, from addresses, roles and VLANs of the inventory.

use super::gather::{Adapter, adapters};
use super::matching::{self, Matcher};
use super::{Network, Subnet, Wiring, metrics};
use crate::inventory::{Cluster, ClusterNetwork, StorageKind};
use crate::roles::Role;
use std::collections::BTreeSet;

/// The wiring of today.
pub(super) fn wiring(cluster: &Cluster) -> Wiring {
    let mut assumed = BTreeSet::new();
    let nodes: Vec<Vec<Adapter>> = cluster
        .nodes
        .iter()
        .map(|n| adapters(cluster, n, &mut assumed))
        .collect();
    let mut wiring = Wiring {
        networks: cluster
            .networks
            .iter()
            .map(|n| network(cluster, n, &mut assumed))
            .collect(),
        ..Wiring::default()
    };
    let mut matcher = Matcher::new(cluster, &mut wiring.networks);
    matcher.derive_missing(&nodes, &mut assumed);
    wiring.interfaces = nodes.iter().map(|all| matcher.interfaces(all, &mut assumed)).collect();
    matching::settle(&mut wiring);
    metrics::assume(&mut wiring, &mut assumed);
    wiring.assumptions = assumed.into_iter().collect();
    wiring
}

/// A network of the inventory. An unknown use is the one its purpose should have.
pub(super) fn network(cluster: &Cluster, fact: &ClusterNetwork, assumed: &mut BTreeSet<String>) -> Network {
    let cluster_use = fact.cluster_use.unwrap_or_else(|| {
        let taken = usual_use(cluster, fact.purpose);
        assumed.insert(format!(
            "cluster use of {}: {taken}; write cluster_use in cluster_networks.csv",
            fact.name
        ));
        taken
    });
    Network {
        name: fact.name.clone(),
        subnets: Subnet::list(&fact.subnet),
        subnet: fact.subnet.clone(),
        vlan: fact.vlan,
        cluster_use,
        metric: fact.metric.unwrap_or(0),
        metric_known: fact.metric.is_some(),
        state: fact.state,
        roles: fact.purpose.into_iter().collect(),
        intended: false,
        known: true,
    }
}

/// Cluster use that a network for a role should have: 3 for management, 0 for a SAN, 1 for the rest. With Storage Spaces Direct
/// the storage networks carry cluster traffic, too.
pub(super) fn usual_use(cluster: &Cluster, role: Option<Role>) -> u8 {
    match role {
        Some(Role::Storage) if cluster.storage == StorageKind::S2d => 1,
        Some(role) => role.info().cluster_use.unwrap_or(1),
        None => 1,
    }
}
