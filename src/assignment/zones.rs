//! Which security zones each external network admits: zones apart from each other, isolated zones alone on their ports.
//!
//! In: the instance, a design, the owners of its networks. Out: [`ZoneMap`]s that together admit every placement.

use super::design::{Design, zones_matter};
use super::instance::Instance;
use std::collections::BTreeSet;

/// Zones above which not every way to keep them apart is listed.
const ZONE_LIMIT: usize = 6;
/// Isolated zones above which not every way is listed.
const ISOLATED_LIMIT: usize = 3;
/// Ways to keep zones apart above which they are not listed.
const WAY_LIMIT: usize = 8_192;
/// Zone numbers that fit the bits of a network's use.
const BIT_LIMIT: usize = 60;

/// Zones admitted by network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneMap {
    /// Bits by zone number, by network; all bits set = every zone.
    pub admitted: Vec<u64>,
    /// Zones too many on the networks, at least, summed.
    pub unmet: u64,
    /// Isolated zones that share a port with something.
    pub exposed: Vec<usize>,
}

/// Whether [`zone_maps`] lists all maps that can be best.
pub fn all_listed(instance: &Instance) -> bool {
    instance.isolated.is_empty() || (instance.isolated.len() <= ISOLATED_LIMIT && instance.zones <= BIT_LIMIT)
}

/// Maps for the networks that have no owner; a network with an owner admits every zone of its VM.
pub fn zone_maps(instance: &Instance, design: &Design, reserved: &[Option<usize>]) -> Vec<ZoneMap> {
    let free: Vec<usize> = (0..reserved.len()).filter(|n| reserved[*n].is_none()).collect();
    let owned = instance.items.iter().filter(|i| reserved.contains(&Some(i.vm)));
    let own: u64 = if zones_matter(instance) {
        let vms: BTreeSet<usize> = owned.filter(|i| i.dedicated).map(|i| i.vm).collect();
        vms.into_iter().map(|vm| torn(instance, reserved, vm)).sum()
    } else {
        0
    };
    let guests = instance.items.iter().filter(|i| !reserved.contains(&Some(i.vm)));
    let zones: BTreeSet<usize> = guests.map(|i| i.zone).filter(|zone| *zone > 0).collect();
    let mut maps = Vec::new();
    for kept in kept_apart(instance) {
        for private in private_networks(design, &free, &zones, &kept) {
            for (shared, unmet) in shared_networks(instance, &free, &zones, &kept, &private) {
                maps.push(ZoneMap {
                    admitted: admitted(reserved, &free, &private, shared),
                    unmet: own + unmet,
                    exposed: exposed(instance, &kept),
                });
            }
        }
    }
    maps
}

/// Zones of a VM's dedicated vNICs beyond the number of its own networks.
fn torn(instance: &Instance, reserved: &[Option<usize>], vm: usize) -> u64 {
    let own = instance.items.iter().filter(|i| i.vm == vm && i.dedicated);
    let zones: BTreeSet<usize> = own.map(|i| i.zone).filter(|zone| *zone > 0).collect();
    let networks = reserved.iter().filter(|owner| **owner == Some(vm)).count();
    zones.len().saturating_sub(networks) as u64
}

/// Sets of isolated zones that share no port with anything, largest first.
fn kept_apart(instance: &Instance) -> Vec<Vec<usize>> {
    if !all_listed(instance) {
        return vec![Vec::new()];
    }
    let zones: Vec<usize> = instance.isolated.iter().map(|i| i.zone).collect();
    let set = |bits: u32| {
        (0..zones.len())
            .filter(|i| bits >> i & 1 == 1)
            .map(|i| zones[i])
            .collect()
    };
    (0..1u32 << zones.len()).rev().map(set).collect()
}

fn exposed(instance: &Instance, kept: &[usize]) -> Vec<usize> {
    if !all_listed(instance) {
        return Vec::new();
    }
    let zones = instance.isolated.iter().map(|i| i.zone);
    zones.filter(|zone| !kept.contains(zone)).collect()
}

/// Ways to give networks on uplinks without host roles to the zones kept apart, at least one to each that needs one; by
/// place among the free networks.
fn private_networks(
    design: &Design,
    free: &[usize],
    zones: &BTreeSet<usize>,
    kept: &[usize],
) -> Vec<Vec<Option<usize>>> {
    let needy: Vec<usize> = kept.iter().copied().filter(|zone| zones.contains(zone)).collect();
    let mut all = vec![Vec::new()];
    for network in free {
        let uplink = design.uplink_of_network(*network);
        let pure = uplink.is_some_and(|u| design.uplinks[u].roles.len() == 1);
        let mut next = Vec::new();
        for partial in all {
            let zones = needy.iter().copied().filter(|_| pure).map(Some);
            for choice in [None].into_iter().chain(zones) {
                let mut with: Vec<Option<usize>> = partial.clone();
                with.push(choice);
                next.push(with);
            }
        }
        all = next;
    }
    all.retain(|way| needy.iter().all(|zone| way.contains(&Some(*zone))));
    all
}

/// Zones admitted by the networks that are left, with the zones too many on them at least.
fn shared_networks(
    instance: &Instance,
    free: &[usize],
    zones: &BTreeSet<usize>,
    kept: &[usize],
    private: &[Option<usize>],
) -> Vec<(Vec<u64>, u64)> {
    let networks = free.len() - private.iter().flatten().count();
    let left: Vec<usize> = zones.iter().copied().filter(|zone| !kept.contains(zone)).collect();
    let without = |all: u64, zones: &[usize]| zones.iter().fold(all, |bits, zone| bits & !(1u64 << zone));
    let open = without(u64::MAX, kept);
    let least = left.len().saturating_sub(networks) as u64;
    if !zones_matter(instance) || left.len() < 2 || networks == 0 {
        return vec![(vec![open; networks], 0)];
    }
    let ways = networks.min(left.len()).saturating_pow(networks.max(left.len()) as u32);
    if left.len() > ZONE_LIMIT || instance.zones > BIT_LIMIT || ways > WAY_LIMIT {
        return vec![(vec![open; networks], least)];
    }
    let base = without(open, &left);
    let separated = separated(networks, &left).into_iter();
    let with_base = |map: Vec<u64>| map.into_iter().map(|bits| bits | base).collect();
    // Every placement that is none of these has one zone more on some network.
    let mixed = (vec![open; networks], least + 1);
    separated.map(|map| (with_base(map), least)).chain([mixed]).collect()
}

/// Each zone on networks of its own as far as they go, each network with as few zones as can be.
fn separated(networks: usize, zones: &[usize]) -> Vec<Vec<u64>> {
    let (from, to) = if networks >= zones.len() {
        (networks, zones.len())
    } else {
        (zones.len(), networks)
    };
    let mut maps = Vec::new();
    for code in 0..to.pow(from as u32) {
        let mut map = vec![0u64; networks];
        for place in 0..from {
            let digit = code / to.pow(place as u32) % to;
            let (network, zone) = if networks >= zones.len() {
                (place, digit)
            } else {
                (digit, place)
            };
            map[network] |= 1 << zones[zone];
        }
        let covered = map.iter().fold(0, |bits, m| bits | m).count_ones() as usize == zones.len();
        if covered && map.iter().all(|m| *m != 0) {
            maps.push(map);
        }
    }
    maps
}

fn admitted(reserved: &[Option<usize>], free: &[usize], private: &[Option<usize>], shared: Vec<u64>) -> Vec<u64> {
    let mut admitted = vec![u64::MAX; reserved.len()];
    let mut shared = shared.into_iter();
    for (network, zone) in free.iter().zip(private) {
        admitted[*network] = match zone {
            Some(zone) => 1 << zone,
            None => shared.next().unwrap_or(u64::MAX),
        };
    }
    admitted
}
