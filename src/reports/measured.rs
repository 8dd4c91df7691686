//! What performance counters say about the plan: for each node and external network the sum of the peaks, and the most at one time.
//!
//! In: measured loads and a plan. Out: rows, and one sentence. Summed peaks are what many plan by; the difference is what they waste.

use super::data::{ClusterData, ReportData};
use crate::inventory::measured::{GroupLoad, Series};
use crate::units::{count, show_mbps};
use std::collections::BTreeMap;

/// The guests of one node on one external network.
pub(super) struct Group<'a> {
    pub(super) cluster: &'a str,
    pub(super) node: &'a str,
    pub(super) network: &'a str,
    pub(super) load: GroupLoad,
}

/// Groups that hold a measured vNIC, by node and network.
pub(super) fn groups<'a>(data: &'a ReportData<'_>, cluster: &'a ClusterData<'_>) -> Vec<Group<'a>> {
    let Some(measured) = &data.inventory.measured else {
        return Vec::new();
    };
    // VM and vNIC in lower case; a blank vNIC is the only one of its VM.
    let mut places: BTreeMap<(String, String), (usize, &str)> = BTreeMap::new();
    for guest in cluster.guests() {
        let Some(node) = guest.vm.host.filter(|_| !guest.plan.network.is_empty()) else {
            continue;
        };
        let only = guest.vm.vnics.len() == 1;
        let names = [Some(guest.vnic.name.to_lowercase()), only.then(String::new)];
        for name in names.into_iter().flatten() {
            places.insert(
                (guest.vm.name.to_lowercase(), name),
                (node, guest.plan.network.as_str()),
            );
        }
    }
    let place = |series: &Series| {
        places
            .get(&(series.vm.to_lowercase(), series.vnic.to_lowercase()))
            .copied()
    };
    let mut all: Vec<(usize, &str)> = places.values().copied().collect();
    all.sort_unstable();
    all.dedup();
    let group = |(node, network): (usize, &'a str)| {
        Some(Group {
            cluster: &cluster.facts.name,
            node: cluster.facts.nodes.get(node).map(|n| n.name.as_str())?,
            network,
            load: measured.group(|series| place(series) == Some((node, network)))?,
        })
    };
    all.into_iter().filter_map(group).collect()
}

/// What planning by summed peaks would have wasted, at the fullest group; nothing without measurements.
pub(super) fn sentence(data: &ReportData<'_>, cluster: &ClusterData<'_>) -> Option<String> {
    let groups = groups(data, cluster);
    let fullest = groups
        .iter()
        .max_by_key(|g| (g.load.coincident_peak, std::cmp::Reverse(g.node)))?;
    let load = fullest.load;
    let wasted = load.sum_of_peaks.saturating_sub(load.coincident_peak);
    let share = (wasted * 100).checked_div(load.sum_of_peaks).unwrap_or(0);
    Some(format!(
        "the peaks of {} of {} on {} add up to {}, the most at one time was {}: planning by summed peaks would waste {} ({share} %)",
        count(load.adapters, "vNIC"),
        fullest.network,
        fullest.node,
        show_mbps(load.sum_of_peaks),
        show_mbps(load.coincident_peak),
        show_mbps(wasted)
    ))
}
