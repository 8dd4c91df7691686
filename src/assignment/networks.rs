//! Which external network may carry which vNIC: heavy apart from small, zones apart, dedicated alone.
//!
//! In: the instance and a design. Out: [`Modes`], best first, each with what it leaves unmet at least.
//!
//! A proof over the modes is a proof over all placements only because every placement is admitted by some mode that claims
//! no more unmet than the placement has: the one that is named after what really is on each network. Where not all of these
//! are listed, [`Modes::rest`] stands for the others.

use super::design::{Design, zones_matter};
use super::instance::{Instance, Item};
use super::owners::{Owners, owners};
use super::zones::{ZoneMap, zone_maps};
use crate::policy::Strength;
use std::collections::BTreeSet;

/// Ways to use the networks after which the others are no longer listed.
const MODE_LIMIT: usize = 50_000;

/// Which vNICs a network takes by weight; those that need nothing go anywhere.
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
    /// Zones admitted, as bits by zone number; all bits set = every zone. vNICs without a zone go anywhere.
    pub zones: u64,
    pub weight: Weight,
}

/// What every network of a design is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mode {
    pub uses: Vec<NetworkUse>,
    /// Unmet isolation that it implies at least: dedicated vNICs (hard), zones among each other (hard or wish), heavy vNICs
    /// among small ones (wish).
    pub unmet_dedicated: u64,
    pub unmet_zones: u64,
    pub unmet_heavy: u64,
    /// Numbers of the isolated zones that share a port with something.
    pub exposed: Vec<usize>,
}

/// The modes of a design.
pub struct Modes {
    /// Fewest unmet first.
    pub listed: Vec<Mode>,
    /// What placements that no listed mode admits leave unmet at least; `None` when there are none that could be better.
    pub rest: Option<Mode>,
    /// vNICs at least that could stay and move under the placements of the rest.
    pub rest_moves: u64,
}

impl Mode {
    /// Networks (bits) that may take the item.
    pub fn admits(&self, item: &Item) -> u32 {
        let mut mask = 0;
        for (network, usage) in self.uses.iter().enumerate() {
            let reserved = usage.reserved.is_none_or(|vm| vm == item.vm);
            let own = !item.dedicated || usage.reserved == Some(item.vm) || !self.reserves(item.vm);
            let zone = item.zone == 0 || usage.zones == u64::MAX || usage.zones >> item.zone & 1 == 1;
            let weight = usage.reserved.is_some()
                || match usage.weight {
                    Weight::Any => true,
                    Weight::Heavy => item.heavy || item.need == 0,
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
            unmet_dedicated: 0,
            unmet_zones: 0,
            unmet_heavy: 0,
            exposed: Vec::new(),
        }
    }

    fn reserves(&self, vm: usize) -> bool {
        self.uses.iter().any(|u| u.reserved == Some(vm))
    }
}

/// Networks that it takes to keep apart what must be apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needed {
    /// For VMs with dedicated vNICs, zones that must be alone, and one for the rest.
    alone: usize,
    /// For zones that must or should be apart from each other.
    apart: usize,
}

impl Needed {
    /// Of all vNICs of the instance.
    pub fn new(instance: &Instance) -> Needed {
        let owners: BTreeSet<usize> = instance.items.iter().filter(|i| i.dedicated).map(|i| i.vm).collect();
        let others = || instance.items.iter().filter(|i| !owners.contains(&i.vm));
        let must = |zone: &usize| instance.isolated.iter().any(|i| i.required && i.zone == *zone);
        let zones: BTreeSet<usize> = others().map(|i| i.zone).filter(|zone| *zone > 0).collect();
        let (alone, social): (Vec<usize>, Vec<usize>) = zones.into_iter().partition(must);
        let rest = (alone.len() + social.len().min(1)).max(others().count().min(1));
        Needed {
            alone: owners.len() + rest,
            apart: if zones_matter(instance) { instance.zones } else { 0 },
        }
    }

    /// What any mode of a design with so many networks leaves unmet at least.
    pub fn least_unmet(self, networks: usize) -> Mode {
        Mode {
            unmet_dedicated: self.alone.saturating_sub(networks) as u64,
            unmet_zones: self.apart.saturating_sub(networks) as u64,
            ..Mode::open(networks)
        }
    }
}

/// Modes for a design, fewest unmet first.
pub fn modes(instance: &Instance, design: &Design) -> Modes {
    let networks = design.networks;
    if networks == 0 {
        return Modes {
            listed: vec![Mode::open(0)],
            rest: None,
            rest_moves: 0,
        };
    }
    let owners = owners(instance, design, &|network| {
        is_interchangeable(instance, design, network)
    });
    let (mut listed, all) = list(instance, design, &owners.ways);
    listed.sort_by(|a, b| key(a).cmp(&key(b)));
    listed.dedup();
    let complete = all && owners.complete && super::zones::all_listed(instance);
    Modes {
        listed,
        rest: (!complete || owners.at_home).then(|| rest(instance, networks, &owners)),
        rest_moves: u64::from(complete),
    }
}

/// The modes for these owners, and whether they are all.
fn list(instance: &Instance, design: &Design, ways: &[Vec<Option<usize>>]) -> (Vec<Mode>, bool) {
    let mut listed = Vec::new();
    let mut tried = 0;
    for reserved in ways {
        let weights = weight_maps(instance, reserved);
        for zones in zone_maps(instance, design, reserved) {
            tried += weights.len();
            if tried > MODE_LIMIT && !listed.is_empty() {
                return (listed, false);
            }
            let used = weights.iter().map(|weights| uses(reserved, &zones, weights));
            let used = used.filter(|uses| in_order(instance, design, uses));
            listed.extend(used.filter_map(|uses| judge(instance, uses, &zones)));
        }
    }
    (listed, true)
}

/// Order of the modes: fewest unmet first.
fn key(mode: &Mode) -> (u64, usize, u64, u64, &[NetworkUse]) {
    let exposed = mode.exposed.len();
    (
        mode.unmet_dedicated,
        exposed,
        mode.unmet_zones,
        mode.unmet_heavy,
        &mode.uses,
    )
}

/// What the placements leave unmet at least that were not listed.
fn rest(instance: &Instance, networks: usize, owners: &Owners) -> Mode {
    let zones = instance.zones.saturating_sub(networks) as u64;
    Mode {
        unmet_dedicated: owners.unmet,
        unmet_zones: if zones_matter(instance) { zones } else { 0 },
        ..Mode::open(networks)
    }
}

/// Weights by network; those of reserved networks do not matter. Left out: mixtures without a network for heavy vNICs alone,
/// which the map that is open to all stands for.
fn weight_maps(instance: &Instance, reserved: &[Option<usize>]) -> Vec<Vec<Weight>> {
    let networks = reserved.len();
    let any = vec![Weight::Any; networks];
    if !mixed(instance, reserved) {
        return vec![any];
    }
    let free: Vec<usize> = (0..networks).filter(|n| reserved[*n].is_none()).collect();
    let mut maps = vec![any.clone()];
    for code in 0..3usize.pow(free.len() as u32) {
        let mut map = any.clone();
        for (place, network) in free.iter().enumerate() {
            map[*network] = [Weight::Any, Weight::Heavy, Weight::Small][code / 3usize.pow(place as u32) % 3];
        }
        if map.contains(&Weight::Heavy) || free.iter().all(|n| map[*n] == Weight::Small) {
            maps.push(map);
        }
    }
    maps
}

/// Whether heavy and small vNICs may meet on a network that is nobody's own.
fn mixed(instance: &Instance, reserved: &[Option<usize>]) -> bool {
    let bound = |i: &Item| i.dedicated && reserved.contains(&Some(i.vm));
    let open = || instance.items.iter().filter(|i| !bound(i));
    reserved.contains(&None) && open().any(|i| i.heavy) && open().any(is_small)
}

fn is_small(item: &Item) -> bool {
    !item.heavy && item.need > 0
}

/// Owner, zones and weights of each network together.
fn uses(reserved: &[Option<usize>], zones: &ZoneMap, weights: &[Weight]) -> Vec<NetworkUse> {
    let networks = reserved.iter().zip(&zones.admitted).zip(weights);
    let usage = networks.map(|((reserved, zones), weight)| NetworkUse {
        reserved: *reserved,
        zones: *zones,
        weight: *weight,
    });
    usage.collect()
}

/// The mode of these uses with what it leaves unmet at least; `None` where some vNIC is left without a network.
fn judge(instance: &Instance, uses: Vec<NetworkUse>, zones: &ZoneMap) -> Option<Mode> {
    let mut mode = Mode {
        uses,
        unmet_dedicated: 0,
        unmet_zones: zones.unmet,
        unmet_heavy: 0,
        exposed: zones.exposed.clone(),
    };
    let masks: Vec<u32> = instance.items.iter().map(|item| mode.admits(item)).collect();
    if masks.contains(&0) {
        return None;
    }
    mode.unmet_heavy = unmet_heavy(instance, &mode, &masks);
    let alone = |item: &&Item| item.dedicated && !mode.reserves(item.vm);
    mode.unmet_dedicated = instance.items.iter().filter(alone).count() as u64;
    Some(mode)
}

/// Heavy vNICs among small ones, at least.
fn unmet_heavy(instance: &Instance, mode: &Mode, masks: &[u32]) -> u64 {
    let bits = |test: &dyn Fn(&NetworkUse) -> bool| -> u32 {
        let uses = mode.uses.iter().enumerate();
        uses.filter(|(_, u)| test(u)).map(|(n, _)| 1 << n).sum()
    };
    let owned = bits(&|u| u.reserved.is_some());
    let placed = || instance.items.iter().zip(masks);
    let small = placed().filter(|(i, _)| is_small(i)).fold(0, |all, (_, m)| all | m) & !owned;
    // On its own network a VM may still keep its vNICs apart, unless they have only this one.
    let pinned = placed().filter(|(i, m)| is_small(i) && m.count_ones() == 1);
    let crowded = pinned.fold(0, |all, (_, m)| all | m) & owned;
    let among = |m: u32| m & !small == 0 || (m.count_ones() == 1 && m & crowded != 0);
    let count = placed().filter(|(i, m)| i.heavy && among(**m)).count() as u64;
    // A network for any weight that ends up unmixed is the same as one for heavy or small vNICs alone, which is listed as
    // well: here at least one heavy vNIC stands among small ones.
    let reserved: Vec<Option<usize>> = mode.uses.iter().map(|u| u.reserved).collect();
    let open = bits(&|u| u.reserved.is_none() && u.weight == Weight::Any) != 0;
    count.max(u64::from(open && mixed(instance, &reserved)))
}

/// Whether nothing tells the network from the next one of this kind: it is new and has an uplink of its own.
fn is_interchangeable(instance: &Instance, design: &Design, network: usize) -> bool {
    let alone = |uplink: usize| design.uplinks[uplink].roles.len() == 1;
    design.labels[network] >= instance.names.len() && design.uplink_of_network(network).is_some_and(alone)
}

/// Among interchangeable networks only one order of uses is tried.
fn in_order(instance: &Instance, design: &Design, uses: &[NetworkUse]) -> bool {
    let alike = |n: usize| is_interchangeable(instance, design, n);
    (1..uses.len()).all(|n| uses[n - 1] <= uses[n] || !alike(n) || !alike(n - 1))
}

/// Whether zones are a hard requirement.
pub fn zones_required(instance: &Instance) -> bool {
    instance.cluster.policy.separate_zones == Strength::Required && instance.zones > 1
}
