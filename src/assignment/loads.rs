//! Loads of one node against one pattern: how full the uplinks get when vNICs may be spread freely over the networks
//! that admit them (a proven lower bound), and with every vNIC kept where it is today.
//!
//! In: instance, design, mode, pattern. Out: integers in permille and Mbit/s.

use super::design::Design;
use super::exact;
use super::instance::Instance;
use super::networks::Mode;
use super::patterns::{Pattern, Situation};
use crate::units::{Mbps, permille_up};

/// vNICs of one node that compete for the same networks, and nobody else for these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Networks (bits).
    pub networks: u32,
    /// Indices into the instance's items.
    pub items: Vec<usize>,
    /// Load bound to each network because it stays where it is today.
    stay: Vec<Mbps>,
    /// Load without a present place, by admitted networks (bits).
    free: Vec<(u32, Mbps)>,
    /// Everything, by admitted networks, as if nothing had a present place.
    all: Vec<(u32, Mbps)>,
    /// Largest need by admitted networks.
    largest: Vec<(u32, Mbps)>,
}

/// Parts of every node under a mode.
pub fn node_parts(instance: &Instance, design: &Design, mode: &Mode) -> Vec<Vec<Part>> {
    let place = places(instance, design);
    let masks: Vec<u32> = instance.items.iter().map(|item| mode.admits(item)).collect();
    instance
        .items_of
        .iter()
        .map(|items| parts(instance, design, &place, &masks, items))
        .collect()
}

fn parts(instance: &Instance, design: &Design, place: &[Option<usize>], masks: &[u32], items: &[usize]) -> Vec<Part> {
    let mut sets: Vec<u32> = Vec::new();
    let used: std::collections::BTreeSet<u32> = items.iter().map(|i| masks[*i]).collect();
    for mask in used {
        let (touching, apart): (Vec<u32>, Vec<u32>) = sets.into_iter().partition(|set| set & mask != 0);
        sets = apart;
        sets.push(touching.into_iter().fold(mask, |all, set| all | set));
    }
    sets.sort();
    let mut parts: Vec<Part> = sets
        .into_iter()
        .map(|networks| Part {
            networks,
            stay: vec![0; design.networks],
            ..Part::default()
        })
        .collect();
    for index in items {
        let (item, mask) = (&instance.items[*index], masks[*index]);
        let Some(part) = parts.iter_mut().find(|p| p.networks & mask != 0) else {
            continue;
        };
        part.items.push(*index);
        add(&mut part.all, mask, item.need);
        raise(&mut part.largest, mask, item.need);
        match item.current.and_then(|label| place[label]) {
            Some(network) if mask >> network & 1 == 1 => part.stay[network] += item.need,
            _ => add(&mut part.free, mask, item.need),
        }
    }
    parts
}

/// Network of the design for every name of today.
pub fn places(instance: &Instance, design: &Design) -> Vec<Option<usize>> {
    (0..instance.names.len())
        .map(|label| design.labels.iter().position(|l| *l == label))
        .collect()
}

fn add(list: &mut Vec<(u32, Mbps)>, mask: u32, need: Mbps) {
    match list.iter_mut().find(|(known, _)| *known == mask) {
        Some((_, sum)) => *sum += need,
        None => list.push((mask, need)),
    }
}

fn raise(list: &mut Vec<(u32, Mbps)>, mask: u32, need: Mbps) {
    match list.iter_mut().find(|(known, _)| *known == mask) {
        Some((_, most)) => *most = need.max(*most),
        None => list.push((mask, need)),
    }
}

/// Host demand on an uplink in a situation.
pub fn host_load(instance: &Instance, design: &Design, node: usize, uplink: usize, situation: &Situation) -> Mbps {
    let demand = &instance.demand[node];
    let own: Mbps = design.uplinks[uplink].roles.iter().map(|r| demand[*r as usize]).sum();
    let landed: Mbps = (0..6)
        .filter(|r| situation.landed >> r & 1 == 1)
        .map(|r| demand[r])
        .sum();
    own + landed
}

/// How an uplink fares that carries `load` of VM traffic, over all its situations: Mbit/s missing, utilisation in permille.
pub fn fullness(
    instance: &Instance,
    design: &Design,
    pattern: &Pattern,
    node: usize,
    uplink: usize,
    load: Mbps,
) -> (Mbps, u64) {
    let situations = pattern.uplinks[uplink].situations.iter().filter(|s| s.capacity > 0);
    situations.fold((0, 0), |(missing, full), s| {
        let all = host_load(instance, design, node, uplink, s) + load;
        (
            all.saturating_sub(s.capacity).max(missing),
            permille_up(all, s.capacity).max(full),
        )
    })
}

/// Utilisation of an uplink that carries `load` of VM traffic, over all its situations.
pub fn utilisation(
    instance: &Instance,
    design: &Design,
    pattern: &Pattern,
    node: usize,
    uplink: usize,
    load: Mbps,
) -> u64 {
    fullness(instance, design, pattern, node, uplink, load).1
}

/// Mbit/s missing on an uplink that carries `load` of VM traffic, over all its situations.
pub fn missing(
    instance: &Instance,
    design: &Design,
    pattern: &Pattern,
    node: usize,
    uplink: usize,
    load: Mbps,
) -> Mbps {
    fullness(instance, design, pattern, node, uplink, load).0
}

/// What a pattern means for one node, as lower bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NodeValue {
    /// Uplinks that cannot carry their demand, at least.
    pub short: u64,
    /// Mbit/s missing, at least.
    pub missing: Mbps,
    /// Worst utilisation with free spreading.
    pub spread: u64,
    /// Worst utilisation of the uplinks without a network.
    pub hosts: u64,
}

/// Fewest moves and then least utilisation of a node's networks, as bounds, once `allowed` utilisation is known.
pub fn settle_networks(
    instance: &Instance,
    design: &Design,
    mode: &Mode,
    pattern: &Pattern,
    node: usize,
    parts: &[Part],
    allowed: u64,
) -> (u64, u64) {
    let room = Room::new(instance, design, pattern, node);
    let mut settled = (0, room.idle());
    for part in parts {
        let (moves, full) = match exact::place(instance, design, mode, pattern, node, &part.items, allowed) {
            Some((worth, _)) => (worth.moves, worth.utilisation),
            None if design.networks == 1 => (0, room.single(part).spread),
            None => {
                let stay = room.least_utilisation(&part.stay, &part.free);
                if stay <= allowed {
                    (0, stay)
                } else {
                    (1, room.least_utilisation(&vec![0; design.networks], &part.all))
                }
            }
        };
        settled = (settled.0 + moves, settled.1.max(full));
    }
    settled
}

/// Judges the uplinks of one node that serve no network.
pub fn judge_hosts(instance: &Instance, design: &Design, pattern: &Pattern, node: usize) -> NodeValue {
    let mut value = NodeValue::default();
    for uplink in (0..design.uplinks.len()).filter(|u| design.uplinks[*u].network.is_none()) {
        let (short, full) = fullness(instance, design, pattern, node, uplink, 0);
        value.short += u64::from(short > 0);
        value.missing += short;
        value.hosts = value.hosts.max(full);
    }
    value
}

/// Judges the uplinks of one node that serve networks: exact for one network and where few vNICs compete, else by fractions.
pub fn judge_networks(
    instance: &Instance,
    design: &Design,
    mode: &Mode,
    pattern: &Pattern,
    node: usize,
    parts: &[Part],
) -> NodeValue {
    let room = Room::new(instance, design, pattern, node);
    let mut value = NodeValue {
        spread: room.idle(),
        ..NodeValue::default()
    };
    for part in parts {
        let own = if design.networks == 1 {
            room.single(part)
        } else if let Some((worth, _)) = exact::place(instance, design, mode, pattern, node, &part.items, 0) {
            NodeValue {
                short: worth.short,
                missing: worth.missing,
                spread: worth.utilisation,
                hosts: 0,
            }
        } else {
            let (short, missing) = room.shortage(&part.all, &part.largest);
            let spread = room.least_utilisation(&vec![0; design.networks], &part.all);
            NodeValue {
                short,
                missing,
                spread,
                hosts: 0,
            }
        };
        value.short += own.short;
        value.missing += own.missing;
        value.spread = value.spread.max(own.spread);
    }
    value
}

impl NodeValue {
    /// Both halves of a node together.
    pub fn with(self, networks: &NodeValue) -> NodeValue {
        NodeValue {
            short: self.short + networks.short,
            missing: self.missing + networks.missing,
            spread: self.hosts.max(networks.spread),
            hosts: self.hosts,
        }
    }
}

/// What the networks of one node can carry.
pub struct Room<'a> {
    instance: &'a Instance<'a>,
    design: &'a Design,
    pattern: &'a Pattern,
    node: usize,
    uplinks: Vec<usize>,
}

impl<'a> Room<'a> {
    /// For a node and a pattern.
    pub fn new(instance: &'a Instance<'a>, design: &'a Design, pattern: &'a Pattern, node: usize) -> Self {
        let uplinks = (0..design.networks)
            .filter_map(|n| design.uplink_of_network(n))
            .collect();
        Room {
            instance,
            design,
            pattern,
            node,
            uplinks,
        }
    }

    /// Worst utilisation of the networks when no guest uses them: host roles beside them.
    fn idle(&self) -> u64 {
        let full = |u: &usize| utilisation(self.instance, self.design, self.pattern, self.node, *u, 0);
        self.uplinks.iter().map(full).max().unwrap_or(0)
    }

    /// The one network of the design carries everything.
    fn single(&self, part: &Part) -> NodeValue {
        let uplink = self.uplinks[0];
        let own = &self.pattern.uplinks[uplink];
        if own.nics == 0 {
            return NodeValue::default();
        }
        let needs = part.items.iter().map(|i| self.instance.items[*i].need);
        let wide: Mbps = if part.largest.iter().any(|(_, need)| *need > own.speed) {
            needs.map(|need| need.saturating_sub(own.speed)).sum()
        } else {
            0
        };
        let all: Mbps = part.all.iter().map(|(_, sum)| sum).sum();
        let (missing, spread) = fullness(self.instance, self.design, self.pattern, self.node, uplink, all);
        let missing = missing + wide;
        NodeValue {
            short: u64::from(missing > 0),
            missing,
            spread,
            hosts: 0,
        }
    }

    /// VM load that a network takes at a utilisation; negative when host traffic alone is above it.
    fn room(&self, network: usize, permille: u64) -> i128 {
        let uplink = self.uplinks[network];
        let pattern = &self.pattern.uplinks[uplink];
        if pattern.nics == 0 {
            return 0;
        }
        let rooms = pattern.situations.iter().filter(|s| s.capacity > 0).map(|s| {
            let host = host_load(self.instance, self.design, self.node, uplink, s);
            i128::from(s.capacity) * i128::from(permille) / 1000 - i128::from(host)
        });
        rooms.min().unwrap_or(0)
    }

    fn fits(&self, fixed: &[Mbps], loads: &[(u32, Mbps)], permille: u64) -> bool {
        let networks = self.uplinks.len();
        let served = |n: usize| self.pattern.uplinks[self.uplinks[n]].nics > 0;
        let rooms: Vec<i128> = (0..networks)
            .map(|n| self.room(n, permille) - if served(n) { i128::from(fixed[n]) } else { 0 })
            .collect();
        if (0..networks).any(|n| served(n) && rooms[n] < 0) {
            return false;
        }
        let dead: u32 = (0..networks).filter(|n| !served(*n)).map(|n| 1 << n).sum();
        (1u32..1 << networks).all(|set| {
            // Load that an unserved network admits can hide there: it is counted at level 1 already.
            let inside: Mbps = loads
                .iter()
                .filter(|(mask, _)| mask & !set == 0 && mask & dead == 0)
                .map(|(_, l)| l)
                .sum();
            let room: i128 = (0..networks)
                .filter(|n| set >> n & 1 == 1)
                .map(|n| rooms[n].max(0))
                .sum();
            i128::from(inside) <= room
        })
    }

    /// Least worst utilisation of the networks, over all ways to spread `loads` on top of `fixed`, even in fractions.
    pub fn least_utilisation(&self, fixed: &[Mbps], loads: &[(u32, Mbps)]) -> u64 {
        let mut high = 1000;
        while !self.fits(fixed, loads, high) {
            high *= 2;
            if high > 1 << 40 {
                return high;
            }
        }
        let mut low = 0;
        while low < high {
            let middle = (low + high) / 2;
            if self.fits(fixed, loads, middle) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }

    /// Uplinks short and Mbit/s missing, at least: sets of networks that get more than they hold, and vNICs wider than any port.
    fn shortage(&self, loads: &[(u32, Mbps)], largest: &[(u32, Mbps)]) -> (u64, Mbps) {
        let networks = self.uplinks.len();
        let mut worst: i128 = 0;
        for set in 1u32..1 << networks {
            if (0..networks).any(|n| set >> n & 1 == 1 && self.pattern.uplinks[self.uplinks[n]].nics == 0) {
                continue;
            }
            let inside: Mbps = loads.iter().filter(|(mask, _)| mask & !set == 0).map(|(_, l)| l).sum();
            let room: i128 = (0..networks)
                .filter(|n| set >> n & 1 == 1)
                .map(|n| self.room(n, 1000))
                .sum();
            worst = worst.max(i128::from(inside) - room);
        }
        let port = |mask: u32| -> Option<Mbps> {
            let speeds = (0..networks)
                .filter(|n| mask >> n & 1 == 1)
                .map(|n| &self.pattern.uplinks[self.uplinks[n]]);
            let speeds: Vec<Mbps> = speeds.map(|u| if u.nics == 0 { Mbps::MAX } else { u.speed }).collect();
            speeds.into_iter().max()
        };
        let wide: Mbps = largest
            .iter()
            .map(|(mask, need)| need.saturating_sub(port(*mask).unwrap_or(Mbps::MAX)))
            .max()
            .unwrap_or(0);
        let missing = u64::try_from(worst).unwrap_or(0).max(wide);
        (u64::from(missing > 0), missing)
    }
}
