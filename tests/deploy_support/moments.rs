//! Live migration at one moment of the work: from each node to each other a network on which both have an address, and which all lists allow.
//!
//! Counted here from addresses and lists alone; shares nothing with the forecast of paths. A list that the inventory does not know allows all.
#![allow(dead_code)] // each test file uses its part

use nicplan::applied::{self, today};
use nicplan::deploy::ClusterWork;
use nicplan::inventory::{Cluster, ClusterNetwork, Node};
use nicplan::roles::Role;
use nicplan::units::Subnet;

fn is_on(node: &Node, network: &ClusterNetwork) -> bool {
    let addresses: Vec<Subnet> = today::carriers(node)
        .into_iter()
        .flat_map(|c| c.addresses)
        .filter_map(|text| Subnet::address(&text))
        .collect();
    Subnet::any_holds(&network.subnet, &addresses)
}

/// The host's own settings: what it lists it sends over and listens on. What nobody knows of today holds until it is set.
fn lists(work: &ClusterWork, node: &Node, network: &ClusterNetwork) -> bool {
    let own = &node.migration;
    let mut today = work.today.nodes.iter().filter(|n| n.name == node.name);
    let unknown = own.any_network.is_none() && today.any(|n| n.migration.subnets.is_none());
    let listed = |list: &Vec<String>| list.contains(&network.subnet);
    own.enabled != Some(false) && (unknown || own.any_network == Some(true) || own.subnets.as_ref().is_none_or(listed))
}

/// Networks that a live migration between two nodes may take.
fn common<'c>(work: &ClusterWork, cluster: &'c Cluster, a: &Node, b: &Node) -> Vec<&'c ClusterNetwork> {
    let allowed =
        |n: &&ClusterNetwork| n.cluster_use != Some(0) && !cluster.migration.exclude_networks.contains(&n.name);
    let fits = |n: &&ClusterNetwork| [a, b].iter().all(|node| is_on(node, n) && lists(work, node, n));
    cluster.networks.iter().filter(allowed).filter(fits).collect()
}

/// Whether lists of live migration are set at all, and by our scripts (Network ATC sets its own), and every node has an address on one of the
/// networks that they name: where nobody knows it, it is given by hand.
fn judged(work: &ClusterWork) -> bool {
    let wanted = applied::migration_networks(&work.today, &work.plan);
    let planned = work.plan.uplinks.iter().any(|u| u.roles.contains(&Role::LiveMigration));
    let mut nodes = work.after.nodes.iter();
    planned && !work.by_intents && nodes.all(|node| wanted.iter().any(|n| is_on(node, n)))
}

/// Asks it of every pair of nodes, in both directions.
pub fn all_can_migrate(name: &str, work: &ClusterWork, cluster: &Cluster, moment: &str) {
    if !judged(work) {
        return;
    }
    for (place, a) in cluster.nodes.iter().enumerate() {
        for b in cluster.nodes.iter().skip(place + 1) {
            assert!(
                !common(work, cluster, a, b).is_empty(),
                "{name}: {moment}: no network for live migration between {} ({:?}) and {} ({:?})",
                a.name,
                a.migration,
                b.name,
                b.migration
            );
        }
    }
}
