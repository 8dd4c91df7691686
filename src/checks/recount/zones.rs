//! Security zones on each external network.

use super::view::View;
use crate::roles::Role;
use std::collections::BTreeSet;

/// Distinct zones that are named, by uplink.
pub(super) fn zones<'a>(view: &View<'a>) -> Vec<BTreeSet<&'a str>> {
    let mut zones = vec![BTreeSet::new(); view.plan.uplinks.len()];
    for placed in &view.placed {
        let zone = view.cluster.vms[placed.vm].vnics[placed.vnic].zone.as_str();
        if let Some(uplink) = placed.uplink.filter(|_| !zone.is_empty()) {
            zones[uplink].insert(zone);
        }
    }
    zones
}

/// External networks on which a zone's vNICs meet host traffic or another zone on the same ports.
pub(super) fn zones_on_shared_ports<'a>(view: &View<'a>, zone: &str) -> impl Iterator<Item = &'a str> {
    let present = zones(view).into_iter().zip(&view.plan.uplinks);
    let shared = present.filter(move |(zones, uplink)| {
        let host_roles = uplink.roles.iter().any(|role| *role != Role::Vm);
        zones.contains(zone) && (host_roles || zones.len() > 1)
    });
    shared.filter_map(|(_, uplink)| uplink.network.as_deref())
}
