//! Level 5: what changes against today's wiring.

use super::view::View;
use crate::roles::Role;
use std::collections::BTreeSet;

/// NICs whose roles or external switch change: (node, NIC). A node whose wiring nobody knows has nothing to change.
pub(super) fn nics(view: &View) -> Vec<(usize, usize)> {
    let mut changed = Vec::new();
    for (index, node) in view.cluster.nodes.iter().enumerate().filter(|(_, n)| n.wiring_known()) {
        let mut uplink_of = vec![None; node.nics.len()];
        for (uplink, nics) in view.nics[index].iter().enumerate() {
            for nic in nics {
                uplink_of[*nic] = Some(&view.plan.uplinks[uplink]);
            }
        }
        for (at, nic) in node.nics.iter().enumerate() {
            let roles: BTreeSet<Role> = uplink_of[at].iter().flat_map(|u| &u.roles).copied().collect();
            let switch = uplink_of[at].and_then(|u| u.network.as_deref());
            if nic.roles != roles || nic.switch.as_deref() != switch {
                changed.push((index, at));
            }
        }
    }
    changed
}

/// vNICs that are on a switch today and get another network: (VM, vNIC).
pub(super) fn vnics(view: &View) -> Vec<(usize, usize)> {
    let moves = |p: &&super::view::Placed| {
        let today = &view.cluster.vms[p.vm].vnics[p.vnic].switch;
        let planned = p
            .uplink
            .and_then(|u| view.plan.uplinks[u].network.as_deref())
            .unwrap_or_default();
        !today.is_empty() && today != planned
    };
    view.placed.iter().filter(moves).map(|p| (p.vm, p.vnic)).collect()
}
