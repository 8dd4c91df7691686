//! Which traffic role an adapter or network has: its name tells, else the cluster network it is on.

use super::report::{Adapter, Network, Report};
use crate::roles::Role;
use std::collections::BTreeSet;

/// Traffic role that the name of an adapter tells, else its cluster network.
pub(super) fn role_of(report: &Report, full: &str, adapter: &Adapter) -> Option<Role> {
    let named = role_of_name(&adapter.name);
    named.or_else(|| network_of(report, full, &adapter.name).and_then(role_of_network))
}

/// The cluster network that an adapter of a node is on.
pub(super) fn network_of<'a>(report: &'a Report, full: &str, adapter: &str) -> Option<&'a Network> {
    report
        .networks
        .iter()
        .find(|n| n.interfaces.iter().any(|(node, name)| node == full && name == adapter))
}

fn role_of_network(network: &Network) -> Option<Role> {
    match network.role.to_lowercase().as_str() {
        _ if network.iscsi => Some(Role::Storage),
        "enabled" => Some(Role::Management),
        "internal" => Some(Role::Cluster),
        _ => None,
    }
}

/// The role that a name holds as a word: `vEthernet (SMB01)`, `Mgmt`, `LM 2`.
pub(in crate::inventory::importers) fn role_of_name(name: &str) -> Option<Role> {
    let inner = name.strip_prefix("vEthernet").unwrap_or(name);
    let words = inner.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty());
    let known = words.filter_map(Role::parse).find(|role| *role != Role::Vm);
    let compact: String = inner
        .chars()
        .filter(|c| c.is_alphabetic())
        .collect::<String>()
        .to_lowercase();
    known.or_else(|| compact.contains("livemigration").then_some(Role::LiveMigration))
}

/// What a network is for, if all its adapters agree.
pub(super) fn purpose(network: &Network) -> Option<Role> {
    let roles: BTreeSet<Option<Role>> = network.interfaces.iter().map(|(_, name)| role_of_name(name)).collect();
    match (roles.len(), roles.first().copied().flatten()) {
        (1, Some(role)) => Some(role),
        _ => role_of_network(network),
    }
}
