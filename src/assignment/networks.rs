//! Which external network may carry which vNIC: heavy apart from small, zones apart, dedicated alone.
//!
//! In: the instance and a number of networks. Out: [`Mode`]s, best first, each with what it leaves unmet.

use super::design::{Design, zones_matter};
use super::instance::{Instance, Item};
use crate::policy::Strength;

/// Which vNICs a network takes by weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    Any,
    Heavy,
    Small,
}

/// What one network is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NetworkUse {
    /// VM that has it alone.
    pub reserved: Option<usize>,
    /// Zones admitted, as bits by zone number; vNICs without a zone go anywhere.
    pub zones: u64,
    pub weight: Weight,
}

/// What every network of a design is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mode {
    pub uses: Vec<NetworkUse>,
    /// Unmet isolation that it implies at least: zones and dedicated vNICs (hard), zones (wish), heavy vNICs among small ones (wish).
    pub unmet_zones: u64,
    pub unmet_dedicated: u64,
    pub unmet_heavy: u64,
}

impl Mode {
    /// Networks (bits) that may take the item.
    pub fn admits(&self, item: &Item) -> u32 {
        let mut mask = 0;
        for (network, usage) in self.uses.iter().enumerate() {
            let reserved = usage.reserved.is_none_or(|vm| vm == item.vm);
            let own = !item.dedicated || usage.reserved == Some(item.vm) || !self.reserves(item.vm);
            let zone = item.zone == 0 || usage.zones >> item.zone & 1 == 1;
            let weight = usage.reserved.is_some()
                || match usage.weight {
                    Weight::Any => true,
                    Weight::Heavy => item.heavy,
                    Weight::Small => !item.heavy,
                };
            if reserved && own && zone && weight {
                mask |= 1 << network;
            }
        }
        mask
    }

    /// Every network for every vNIC: what any mode of a design can do, this one can.
    pub fn open(networks: usize) -> Mode {
        let usage = NetworkUse {
            reserved: None,
            zones: u64::MAX,
            weight: Weight::Any,
        };
        Mode {
            uses: vec![usage; networks],
            unmet_zones: 0,
            unmet_dedicated: 0,
            unmet_heavy: 0,
        }
    }

    fn reserves(&self, vm: usize) -> bool {
        self.uses.iter().any(|u| u.reserved == Some(vm))
    }
}

/// Modes for a design, fewest unmet first.
pub fn modes(instance: &Instance, design: &Design) -> Vec<Mode> {
    let networks = design.networks;
    if networks == 0 {
        return vec![Mode {
            uses: Vec::new(),
            unmet_zones: 0,
            unmet_dedicated: 0,
            unmet_heavy: 0,
        }];
    }
    let mut found: Vec<Mode> = Vec::new();
    for reserved in reservations(instance, networks) {
        for zones in zone_maps(instance, networks) {
            for weights in weight_maps(instance, networks) {
                let uses: Vec<NetworkUse> = (0..networks)
                    .map(|n| NetworkUse {
                        reserved: reserved[n],
                        zones: zones[n],
                        weight: weights[n],
                    })
                    .collect();
                found.extend(judge(instance, uses));
            }
        }
    }
    found.retain(|mode| in_order(instance, design, mode));
    found.sort_by(|a, b| {
        (a.unmet_dedicated, a.unmet_zones, a.unmet_heavy, &a.uses).cmp(&(
            b.unmet_dedicated,
            b.unmet_zones,
            b.unmet_heavy,
            &b.uses,
        ))
    });
    found.dedup();
    found
}

/// VMs with a dedicated vNIC, in order.
fn dedicated_vms(instance: &Instance) -> Vec<usize> {
    let mut vms: Vec<usize> = instance.items.iter().filter(|i| i.dedicated).map(|i| i.vm).collect();
    vms.dedup();
    vms
}

/// Ways to reserve networks for the VMs with dedicated vNICs, as many as leave a network for the others.
fn reservations(instance: &Instance, networks: usize) -> Vec<Vec<Option<usize>>> {
    let vms = dedicated_vms(instance);
    let others = instance.items.iter().any(|i| !vms.contains(&i.vm));
    let room = networks - usize::from(others && networks > 0);
    let mut all = vec![vec![None; networks]];
    for vm in vms.into_iter().take(room) {
        let mut next = Vec::new();
        for partial in &all {
            for network in (0..networks).filter(|n| partial[*n].is_none()) {
                let mut with: Vec<Option<usize>> = partial.clone();
                with[network] = Some(vm);
                next.push(with);
            }
        }
        all = next;
    }
    all
}

/// Zones admitted per network: all everywhere, or each zone on networks of its own as far as they go.
fn zone_maps(instance: &Instance, networks: usize) -> Vec<Vec<u64>> {
    let all = (1u64 << (instance.zones + 1)) - 1;
    if !zones_matter(instance) || instance.zones > 6 {
        return vec![vec![all; networks]];
    }
    let mut maps = Vec::new();
    let (from, to) = if networks >= instance.zones {
        (networks, instance.zones)
    } else {
        (instance.zones, networks)
    };
    for code in 0..to.pow(from as u32) {
        let digit = |i: usize| code / to.pow(i as u32) % to;
        let mut map = vec![0u64; networks];
        for i in 0..from {
            let (network, zone) = if networks >= instance.zones {
                (i, digit(i))
            } else {
                (digit(i), i)
            };
            map[network] |= 1 << (zone + 1);
        }
        let covered = map.iter().fold(0, |bits, m| bits | m).count_ones() as usize == instance.zones;
        if covered && map.iter().all(|m| *m != 0) {
            maps.push(map);
        }
    }
    maps
}

fn weight_maps(instance: &Instance, networks: usize) -> Vec<Vec<Weight>> {
    let any = vec![Weight::Any; networks];
    let mixed = instance.items.iter().any(|i| i.heavy) && instance.items.iter().any(|i| !i.heavy && i.need > 0);
    if !mixed || networks < 2 {
        return vec![any];
    }
    let mut maps = vec![any];
    for code in 0..3usize.pow(networks as u32) {
        let map: Vec<Weight> = (0..networks)
            .map(|n| [Weight::Any, Weight::Heavy, Weight::Small][code / 3usize.pow(n as u32) % 3])
            .collect();
        if map.contains(&Weight::Heavy) {
            maps.push(map);
        }
    }
    maps
}

/// Rejects uses that leave some vNIC without a network; counts what the rest leaves unmet at least.
fn judge(instance: &Instance, uses: Vec<NetworkUse>) -> Option<Mode> {
    let mut mode = Mode {
        uses,
        unmet_zones: 0,
        unmet_dedicated: 0,
        unmet_heavy: 0,
    };
    let masks: Vec<u32> = instance.items.iter().map(|item| mode.admits(item)).collect();
    if masks.contains(&0) {
        return None;
    }
    let small: u32 = instance
        .items
        .iter()
        .zip(&masks)
        .filter(|(i, _)| !i.heavy && i.need > 0)
        .fold(0, |b, (_, m)| b | m);
    let heavy = instance
        .items
        .iter()
        .zip(&masks)
        .filter(|(i, m)| i.heavy && **m & !small == 0);
    mode.unmet_heavy = heavy.count() as u64;
    // A network for any weight that ends up unmixed is the same as one for heavy or small vNICs alone, which is tried as
    // well: here at least one heavy vNIC stands among small ones.
    let mixed = instance.items.iter().any(|i| i.heavy) && small != 0;
    if mixed
        && mode
            .uses
            .iter()
            .any(|u| u.reserved.is_none() && u.weight == Weight::Any)
    {
        mode.unmet_heavy = mode.unmet_heavy.max(1);
    }
    if zones_matter(instance) {
        mode.unmet_zones = mode
            .uses
            .iter()
            .map(|u| u64::from((u.zones >> 1).count_ones()).saturating_sub(1))
            .sum();
    }
    let alone = |item: &&Item| item.dedicated && !mode.reserves(item.vm);
    mode.unmet_dedicated = instance.items.iter().filter(alone).count() as u64;
    if instance
        .items
        .iter()
        .all(|i| Some(i.vm) == instance.items.first().map(|f| f.vm))
    {
        mode.unmet_dedicated = 0;
    }
    Some(mode)
}

/// Among interchangeable networks (new, on uplinks of their own) only one order of uses is tried.
fn in_order(instance: &Instance, design: &Design, mode: &Mode) -> bool {
    let fresh = |n: usize| {
        design.labels[n] >= instance.names.len()
            && design
                .uplink_of_network(n)
                .is_some_and(|u| design.uplinks[u].roles.len() == 1)
    };
    (1..design.networks).all(|n| !fresh(n) || !fresh(n - 1) || mode.uses[n - 1] <= mode.uses[n])
}

/// Whether zones are a hard requirement.
pub fn zones_required(instance: &Instance) -> bool {
    instance.cluster.policy.separate_zones == Strength::Required && instance.zones > 1
}
