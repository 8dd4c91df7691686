//! Security zones on each external network.

use super::view::View;
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
