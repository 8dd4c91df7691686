//! Rules about MAC addresses: pools, duplicates, static and dynamic addresses, spoofing.

mod duplicate_mac;
mod dynamic_mac_on_clustered_vm;
mod dynamic_mac_outside_pool;
mod invalid_mac;
mod mac_bound_vm_dynamic;
mod mac_pool_assumed;
mod mac_pool_cloned;
mod mac_pool_full;
mod mac_pool_full_after_node_loss;
mod mac_pool_inverted;
mod mac_pool_nearly_full;
mod mac_pool_overlap;
mod mac_pool_overlaps_other_cluster;
mod nested_host_without_spoofing;
mod reserved_mac_prefix;
mod spoofing_missing;
mod spoofing_without_reason;
mod static_mac_equals_nic_mac;
mod static_mac_in_pool;
mod static_mac_in_scvmm_range;
mod static_mac_with_vendor_prefix;

use super::{Fault, Report, fixes, lookup};
use crate::finding::Location;
use crate::inventory::{Cluster, Inventory, Node, Vm, Vnic};
use crate::mac::{Pool, PoolUse, pools};
use crate::units::{Mac, MacRange};

/// The node's pool, assumed or not, if it can give addresses.
fn sound_pool(node: &Node) -> Option<Pool> {
    pools::effective(node).filter(|p| pools::fault(p.range).is_none())
}

/// The node's pool as the inventory gives it, if it can give addresses.
fn known_pool(node: &Node) -> Option<MacRange> {
    node.mac_pool.filter(|range| pools::fault(*range).is_none())
}

/// A node whose pool is neither given nor to be assumed from an address cannot be compared.
fn note_unknown_pools(cluster: &Cluster, report: &mut Report<'_>) {
    if cluster.nodes.iter().any(|node| pools::effective(node).is_none()) {
        report.lacks("nodes.mac_pool_min|nodes.management_ip");
    }
}

/// Gives a vNIC the planned static address. Where that is the one it has, and a pool of today holds it, the pool is cut first: a
/// static address inside a pool would be given to another VM one day.
pub(super) fn make_static(
    inventory: &Inventory,
    cluster: &Cluster,
    report: &Report<'_>,
    (vm, vnic): (&Vm, &Vnic),
    planned: Option<Mac>,
) -> String {
    let mut steps = Vec::new();
    for (c, owner) in inventory.clusters.iter().enumerate() {
        for (n, node) in owner.nodes.iter().enumerate() {
            let pool = known_pool(node).filter(|pool| planned.is_some_and(|mac| pool.contains(mac)));
            // A pool that moves elsewhere has a finding of its own.
            let cut = report.planned_pool_in(c, n).filter(|after| {
                pool.is_some_and(|pool| pool.intersection(*after).is_some())
                    && planned.is_some_and(|mac| !after.contains(mac))
            });
            steps.extend(cut.map(|after| fixes::set_pool_range(owner, node, after)));
        }
    }
    steps.push(fixes::set_static_mac(cluster, vm, vnic, planned));
    steps.join("; ")
}

/// Where the pool stands, or the address from which it is assumed.
fn pool_location(report: &Report<'_>, node: &Node) -> Location {
    let column = if node.mac_pool.is_some() {
        "mac_pool_min"
    } else {
        "management_ip"
    };
    report.at(node.origin, column)
}

/// The range in words; says when it is assumed.
fn pool_text(pool: Pool) -> String {
    let note = if pool.assumed {
        " (assumed from the management address)"
    } else {
        ""
    };
    format!("{}{note}", fixes::range(pool.range))
}

/// Adds one fault per node whose pool clashes with that of a node before it, where nodes that keep their pool in the plan come
/// first: the finding stands at the pool that is to change.
fn add_clashes(cluster: &Cluster, report: &mut Report<'_>, clash: fn(MacRange, MacRange) -> bool, words: &str) {
    if cluster.nodes.len() > 1 {
        report.look_at(cluster.nodes.len());
    }
    note_unknown_pools(cluster, report);
    let mut found: Vec<(usize, Pool)> = cluster
        .nodes
        .iter()
        .enumerate()
        .filter_map(|(i, n)| sound_pool(n).map(|p| (i, p)))
        .collect();
    found.sort_by_key(|(index, pool)| report.planned_pool(*index) != Some(pool.range));
    for (position, (index, pool)) in found.iter().enumerate() {
        let earlier: Vec<usize> = found[..position]
            .iter()
            .filter(|(_, p)| clash(p.range, pool.range))
            .map(|(i, _)| *i)
            .collect();
        if earlier.is_empty() {
            continue;
        }
        let node = &cluster.nodes[*index];
        let others: Vec<&str> = earlier.iter().map(|i| cluster.nodes[*i].name.as_str()).collect();
        let mut at = vec![pool_location(report, node)];
        at.extend(earlier.iter().map(|i| pool_location(report, &cluster.nodes[*i])));
        let planned = report.planned_pool(*index).unwrap_or(pool.range);
        let mut assumed: Vec<&str> = found[..position]
            .iter()
            .filter(|(i, p)| p.assumed && earlier.contains(i))
            .map(|(i, _)| cluster.nodes[*i].name.as_str())
            .collect();
        assumed.extend(pool.assumed.then_some(node.name.as_str()));
        let (note, first) = read_first(cluster, &assumed);
        report.add(Fault {
            subject: node.name.clone(),
            message: format!(
                "the dynamic MAC pool of {} {words} {}{note}",
                node.name,
                lookup::list(&others)
            ),
            current: pool_text(*pool),
            expected: fixes::range(planned),
            fix: first + &fixes::set_pool(cluster, node, planned),
            at,
        });
    }
}

/// What a clash and its fix say of pools that the inventory does not give: nobody may write over one that was never read.
fn read_first(cluster: &Cluster, nodes: &[&str]) -> (String, String) {
    if nodes.is_empty() {
        return (String::new(), String::new());
    }
    let note = format!(
        ", if {} still the default of Windows",
        match nodes {
            [_] => format!("that of {} is", nodes[0]),
            _ => format!("those of {} are", lookup::list(nodes)),
        }
    );
    let read = if fixes::is_2008r2(cluster) {
        format!(
            "look at the range of {} in Hyper-V Manager, Virtual Network Manager, MAC Address Range",
            lookup::list(nodes)
        )
    } else {
        format!(
            "Get-VMHost -ComputerName {} | Select-Object Name, MacAddressMinimum, MacAddressMaximum",
            fixes::quoted_list(nodes.iter().copied())
        )
    };
    (note, format!("{read}; if they are so: "))
}

/// Adds one fault per node whose pool is as full as `test` (use, size) says.
fn add_full(
    cluster: &Cluster,
    report: &mut Report<'_>,
    test: fn(PoolUse, u64) -> bool,
    words: fn(&Cluster, PoolUse, u64) -> String,
) {
    report.look_at(cluster.nodes.len());
    note_unknown_pools(cluster, report);
    for ((index, node), load) in cluster.nodes.iter().enumerate().zip(pools::usage(cluster)) {
        let Some(pool) = sound_pool(node).filter(|p| test(load, p.range.size())) else {
            continue;
        };
        // Where nothing is said every adapter counts as a dynamic one: enough to be sure that there is room, not that there is none.
        if !report.knows("vnics.mac_type") {
            report.lacks("vnics.mac_type");
            continue;
        }
        let planned = report.planned_pool(index).unwrap_or(pool.range);
        report.add(Fault {
            subject: node.name.clone(),
            message: format!("{}: {}", node.name, words(cluster, load, pool.range.size())),
            current: pool_text(pool),
            expected: format!("{} ({} addresses)", fixes::range(planned), planned.size()),
            fix: fixes::set_pool(cluster, node, planned),
            at: vec![pool_location(report, node)],
        });
    }
}

use super::Rule;

/// The family.
pub static RULES: &[&Rule] = &[
    &duplicate_mac::RULE,
    &dynamic_mac_on_clustered_vm::RULE,
    &dynamic_mac_outside_pool::RULE,
    &invalid_mac::RULE,
    &mac_bound_vm_dynamic::RULE,
    &mac_pool_assumed::RULE,
    &mac_pool_cloned::RULE,
    &mac_pool_full::RULE,
    &mac_pool_full_after_node_loss::RULE,
    &mac_pool_inverted::RULE,
    &mac_pool_nearly_full::RULE,
    &mac_pool_overlap::RULE,
    &mac_pool_overlaps_other_cluster::RULE,
    &nested_host_without_spoofing::RULE,
    &reserved_mac_prefix::RULE,
    &spoofing_missing::RULE,
    &spoofing_without_reason::RULE,
    &static_mac_equals_nic_mac::RULE,
    &static_mac_in_pool::RULE,
    &static_mac_in_scvmm_range::RULE,
    &static_mac_with_vendor_prefix::RULE,
];
