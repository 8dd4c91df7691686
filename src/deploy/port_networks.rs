//! Which network an adapter without virtual switch is on: by its address, else by its roles. In: networks and a moment of a node. Must not know: VLANs.

use super::carrying::known;
use super::state::State;
use super::steps::Port;
use crate::applied::FIRST;
use crate::inventory::ClusterNetwork;
use crate::roles::Role;
use crate::units::Subnet;
use std::collections::{BTreeMap, BTreeSet};

/// Position of the first network on which addresses lie.
pub fn by_address(networks: &[ClusterNetwork], addresses: &[String]) -> Option<usize> {
    let known = Subnet::of_addresses(addresses);
    networks.iter().position(|n| Subnet::any_holds(&n.subnet, &known))
}

/// The network of each adapter without virtual switch: that of its address, or that which it had; of several others each the next one of its roles'
/// networks that is free, so that two storage ports get one path each; where none is, one of those, if adapters may `share` it.
pub fn assigned(
    networks: &[ClusterNetwork],
    (stays, share): (impl Fn(&ClusterNetwork) -> bool, impl Fn(&Port) -> bool),
    state: &State,
    earlier: &BTreeMap<Port, usize>,
) -> BTreeMap<Port, usize> {
    let bare = |port: &&Port| !matches!(port, Port::HostVnic(_)) && state.exists(port);
    let mut found: BTreeMap<Port, usize> = BTreeMap::new();
    let mut open: Vec<(&Port, Vec<usize>)> = Vec::new();
    for port in state.holds.keys().filter(bare) {
        let candidates = candidates(networks, &stays, &state.held(port));
        let kept = earlier.get(port).copied().filter(|at| candidates.contains(at));
        match by_address(networks, &known(&state.node, port)).or(kept) {
            Some(at) => _ = found.insert(port.clone(), at),
            None => open.push((port, candidates)),
        }
    }
    for (number, (port, candidates)) in open.into_iter().enumerate() {
        let free = candidates.iter().find(|at| !found.values().any(|taken| taken == *at));
        let next = free.or_else(|| candidates.get(number % candidates.len().max(1)).filter(|_| share(port)));
        if let Some(at) = next {
            found.insert(port.clone(), *at);
        }
    }
    found
}

/// Networks of some roles, those of the role first that keeps its address.
pub fn candidates(
    networks: &[ClusterNetwork],
    stays: impl Fn(&ClusterNetwork) -> bool,
    roles: &BTreeSet<Role>,
) -> Vec<usize> {
    let own = FIRST.iter().filter(|role| roles.contains(role));
    let of_role = |role: &Role| {
        let all = networks.iter().enumerate();
        let of_it = all.filter(|(_, n)| n.purpose == Some(*role) && stays(n));
        of_it.map(|(at, _)| at).collect::<Vec<usize>>()
    };
    own.flat_map(of_role).collect()
}
