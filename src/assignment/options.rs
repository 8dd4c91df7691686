//! What one uplink may be given on a node of a class: NICs of one speed (a team: of one model), with everything that
//! follows for this uplink alone.
//!
//! In: a class and an uplink shape. Out: [`Choice`]s. Must not know: the other uplinks, loads.

use super::design::{UplinkShape, rdma_possible};
use super::instance::{Class, Instance, PortType};
use super::meeting::Meeting;
use super::reach::{Heard, Medium};
use crate::plan::Mechanism;
use crate::policy::Wish;
use crate::roles::Role;
use crate::topology::carries;
use crate::units::Mbps;
use std::collections::BTreeSet;

/// A failure that may hit several uplinks of a node at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shared {
    /// Card number.
    Card(usize),
    /// Index into the instance's attach points.
    Tor(usize),
}

/// The cards and ToRs of a class.
pub fn shared_failures(instance: &Instance, class: &Class) -> Vec<Shared> {
    let mut cards: Vec<usize> = class.types.iter().map(|t| t.card).collect();
    cards.sort();
    cards.dedup();
    let mut tors: Vec<usize> = class
        .types
        .iter()
        .filter(|t| t.cable.is_none())
        .map(|t| t.attach)
        .collect();
    tors.sort();
    tors.dedup();
    let tors = tors
        .into_iter()
        .filter(|t| instance.attaches[*t] != crate::topology::Attach::Direct);
    cards
        .into_iter()
        .map(Shared::Card)
        .chain(tors.map(Shared::Tor))
        .collect()
}

impl Shared {
    /// Whether the failure takes ports of this type.
    pub fn hits(&self, port: &PortType) -> bool {
        match self {
            Shared::Card(card) => port.card == *card,
            Shared::Tor(tor) => port.attach == *tor && port.cable.is_none(),
        }
    }

    /// Column of the failure kind: card 1, ToR 2.
    pub fn kind(&self) -> usize {
        match self {
            Shared::Card(_) => 1,
            Shared::Tor(_) => 2,
        }
    }
}

/// NICs for one uplink, counted by port type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub take: Vec<u8>,
    pub nics: usize,
    pub speed: Mbps,
    pub capacity: Mbps,
    /// Capacity after the loss of one NIC.
    pub after_nic: Mbps,
    /// Capacity after each shared failure.
    pub after: Vec<Mbps>,
    /// What the ports hear, for each VLAN that the roles must be reached on.
    pub heard: Vec<Heard>,
    /// Survives by itself, by role number: NIC, card, ToR.
    pub own: [[bool; 3]; 6],
    pub rdma: bool,
    /// Contribution to the vector: unserved, unmet survival, wishes; roles that fall back count as survivors here.
    pub vector: Vec<u32>,
    /// Roles among the unserved that have ports, but none that leads to the other nodes. In the plan such a role is
    /// missed once for the whole cluster, so that these, counted node by node, are no bound.
    pub blind: u32,
}

/// Choices of one uplink above which its larger teams are left out: 16 unlike ports of a speed have no more.
const CHOICE_LIMIT: u64 = 40_000;

/// Ports of a choice at most: what the uplink may have, or less where a node has too many unlike ports to look at all their teams.
pub fn most_nics(class: &Class, shape: &UplinkShape) -> usize {
    let mut total = 0u64;
    let fitting = teams_by_size(class, shape).into_iter().take_while(|teams| {
        total = total.saturating_add(*teams);
        total <= CHOICE_LIMIT
    });
    fitting.count().max(2).min(shape.max_nics)
}

/// Choices of an uplink at most, without making them.
pub fn most_choices(class: &Class, shape: &UplinkShape) -> u64 {
    let teams = teams_by_size(class, shape).into_iter().take(most_nics(class, shape));
    teams.fold(1, u64::saturating_add)
}

/// Ways to choose ports for an uplink, by their number from 1 on; direct cables count like any port.
fn teams_by_size(class: &Class, shape: &UplinkShape) -> Vec<u64> {
    let mut kinds: Vec<(Mbps, &str)> = class.types.iter().map(|port| alike(shape, port)).collect();
    kinds.sort();
    kinds.dedup();
    let ways = |size: usize| -> u64 {
        let of = |kind: &(Mbps, &str)| {
            let counts = class.types.iter().filter(|port| alike(shape, port) == *kind);
            multisets(counts.map(|port| usize::from(port.count)), size)
        };
        kinds.iter().map(of).fold(0, u64::saturating_add)
    };
    (1..=shape.max_nics.min(class.ports())).map(ways).collect()
}

/// Whether teams of the size that the uplink may have are left out on a node of the class.
pub fn leaves_out(class: &Class, shape: &UplinkShape) -> bool {
    most_nics(class, shape) < shape.max_nics.min(class.ports())
}

/// What ports of one uplink have in common.
fn alike<'a>(shape: &UplinkShape, port: &'a PortType) -> (Mbps, &'a str) {
    match shape.mechanism {
        Mechanism::Team => (port.speed, &port.model),
        _ => (port.speed, ""),
    }
}

/// Ways to take so many things of kinds with these counts.
fn multisets(counts: impl Iterator<Item = usize>, size: usize) -> u64 {
    let mut ways = vec![0u64; size + 1];
    ways[0] = 1;
    for count in counts {
        let sum = |taken: usize| {
            let before = &ways[taken.saturating_sub(count)..=taken];
            before.iter().fold(0, |sum: u64, ways| sum.saturating_add(*ways))
        };
        ways = (0..=size).map(sum).collect();
    }
    ways[size]
}

/// All choices for an uplink that meet the other nodes where it is said, best vector first; the empty one last, only where
/// `empty` allows it. Larger teams than [`most_nics`] are left out.
pub fn choices(instance: &Instance, class: &Class, shape: &UplinkShape, meeting: Meeting, empty: bool) -> Vec<Choice> {
    let shared = shared_failures(instance, class);
    let mut speeds: Vec<Mbps> = class.types.iter().map(|t| t.speed).collect();
    speeds.sort();
    speeds.dedup();
    let mut found = Vec::new();
    let shape = &UplinkShape {
        max_nics: most_nics(class, shape),
        ..shape.clone()
    };
    for speed in speeds {
        let mut take = vec![0u8; class.types.len()];
        extend(class, shape, speed, 0, &mut take, &mut |take| {
            found.push(evaluate(instance, class, shape, &shared, take));
        });
    }
    found.retain(|choice| meeting.allows(&choice.heard));
    if empty || found.is_empty() {
        found.push(evaluate(instance, class, shape, &shared, &vec![0; class.types.len()]));
    }
    found.sort_by(|a, b| (&a.vector, a.nics, &b.take).cmp(&(&b.vector, b.nics, &a.take)));
    found
}

/// Calls `emit` for every non-empty multiset of ports of one speed that the uplink may have.
fn extend(
    class: &Class,
    shape: &UplinkShape,
    speed: Mbps,
    from: usize,
    take: &mut Vec<u8>,
    emit: &mut dyn FnMut(&[u8]),
) {
    let used: usize = take.iter().map(|n| *n as usize).sum();
    if from == class.types.len() {
        if used > 0 {
            emit(take);
        }
        return;
    }
    extend(class, shape, speed, from + 1, take, emit);
    let port = &class.types[from];
    if port.speed != speed || !same_model(class, shape, take, port) || !may_serve(shape, port) {
        return;
    }
    for count in 1..=port.count {
        if used + count as usize > shape.max_nics {
            break;
        }
        take[from] = count;
        extend(class, shape, speed, from + 1, take, emit);
    }
    take[from] = 0;
}

/// A direct cable serves only traffic between the nodes.
fn may_serve(shape: &UplinkShape, port: &PortType) -> bool {
    port.cable.is_none() || !shape.roles.iter().any(|r| r.info().outside)
}

fn same_model(class: &Class, shape: &UplinkShape, take: &[u8], port: &PortType) -> bool {
    shape.mechanism != Mechanism::Team
        || class
            .types
            .iter()
            .zip(take)
            .all(|(other, count)| *count == 0 || other.model == port.model)
}

fn evaluate(instance: &Instance, class: &Class, shape: &UplinkShape, shared: &[Shared], take: &[u8]) -> Choice {
    let nics: usize = take.iter().map(|n| *n as usize).sum();
    let used = || class.types.iter().zip(take).filter(|(_, count)| **count > 0);
    let speed = used().map(|(port, _)| port.speed).next().unwrap_or(0);
    let capacity = |alive: usize| match shape.mechanism {
        Mechanism::Networks => speed * (alive.min(1) as Mbps),
        _ => speed * alive as Mbps,
    };
    let alive_after = |failure: &Shared| -> usize {
        let alive = used().filter(|(port, _)| !failure.hits(port));
        alive.map(|(_, count)| *count as usize).sum()
    };
    let ports = Ports { instance, class, take };
    let none = instance.attaches.len();
    let vlans: BTreeSet<Option<u16>> = reached_roles(instance, shape)
        .map(|r| instance.cluster.vlan_of(r))
        .collect();
    let mut choice = Choice {
        take: take.to_vec(),
        nics,
        speed,
        capacity: capacity(nics),
        after_nic: capacity(nics.saturating_sub(1)),
        after: shared.iter().map(|f| capacity(alive_after(f))).collect(),
        heard: vlans.into_iter().map(|vlan| ports.heard(vlan, none)).collect(),
        own: ports.survivors(shape, shared),
        rdma: nics > 0 && rdma_possible(instance, shape) && used().all(|(port, _)| port.rdma),
        vector: Vec::new(),
        blind: 0,
    };
    if nics > 0 {
        let deaf = |r: &Role| !ports.hears(instance.cluster.vlan_of(*r), none);
        choice.blind = reached_roles(instance, shape).filter(deaf).count() as u32;
    }
    choice.vector = vector(instance, shape, &choice);
    choice
}

/// Roles of the uplink that must reach other nodes here.
pub fn reached_roles<'a>(instance: &'a Instance, shape: &'a UplinkShape) -> impl Iterator<Item = Role> + 'a {
    let several = instance.cluster.nodes.len() > 1;
    let roles = shape.roles.iter().copied();
    roles.filter(move |r| several && instance.must_reach(*r))
}

/// A set of ports of a class.
struct Ports<'a> {
    instance: &'a Instance<'a>,
    class: &'a Class,
    take: &'a [u8],
}

impl Ports<'_> {
    /// What each port type hears on a VLAN while an attach point is dead. Direct cables count when the set has one to every peer.
    fn media(&self, vlan: Option<u16>, dead: usize) -> impl Iterator<Item = Medium> + '_ {
        let used = self.class.types.iter().zip(self.take).filter(|(_, count)| **count > 0);
        let carried = used.filter(move |(port, _)| carries(&port.vlans, vlan));
        carried.filter_map(move |(port, _)| match port.cable {
            None => self.instance.segment_when_dead[port.attach][dead].map(Medium::Segment),
            Some(number) => self.has_every(number).then_some(Medium::Cable(number)),
        })
    }

    /// Whether the set has all cables of a number.
    fn has_every(&self, number: usize) -> bool {
        let types = self.class.types.iter().zip(self.take);
        types
            .filter(|(port, _)| port.cable == Some(number))
            .all(|(port, count)| port.count == *count)
    }

    fn heard(&self, vlan: Option<u16>, dead: usize) -> Heard {
        let mut heard = Heard::default();
        self.media(vlan, dead).for_each(|medium| heard.add(medium));
        heard
    }

    fn hears(&self, vlan: Option<u16>, dead: usize) -> bool {
        self.media(vlan, dead).next().is_some()
    }

    /// For each role of the uplink whether the set survives any NIC, card and ToR by itself.
    fn survivors(&self, shape: &UplinkShape, shared: &[Shared]) -> [[bool; 3]; 6] {
        let mut own = [[false; 3]; 6];
        let mut known: Vec<(Option<Option<u16>>, [bool; 3])> = Vec::new();
        for role in &shape.roles {
            let reached = reached_roles(self.instance, shape).any(|r| r == *role);
            let vlan = reached.then(|| self.instance.cluster.vlan_of(*role));
            let row = match known.iter().find(|(asked, _)| *asked == vlan) {
                Some((_, row)) => *row,
                None => {
                    let row = self.survives(vlan, shared);
                    known.push((vlan, row));
                    row
                }
            };
            own[*role as usize] = row;
        }
        own
    }

    /// Whether any NIC, card and ToR can be lost; with a VLAN, without losing all that is heard on it.
    fn survives(&self, vlan: Option<Option<u16>>, shared: &[Shared]) -> [bool; 3] {
        let none = self.instance.attaches.len();
        let mut left = self.take.to_vec();
        let mut survives = [self.take.iter().map(|n| *n as usize).sum::<usize>() > 1, true, true];
        for kind in (0..left.len()).filter(|t| self.take[*t] > 0) {
            left[kind] -= 1;
            survives[0] &= vlan.is_none_or(|vlan| self.with(&left).hears(vlan, none));
            left[kind] += 1;
        }
        for failure in shared {
            for (count, (port, all)) in left.iter_mut().zip(self.class.types.iter().zip(self.take)) {
                *count = if failure.hits(port) { 0 } else { *all };
            }
            let hit = left != self.take;
            let dead = if let Shared::Tor(tor) = failure { *tor } else { none };
            // A dead ToR may also split the fabric of the ports that are left.
            let cut = vlan.is_some_and(|vlan| !self.with(&left).hears(vlan, dead));
            if cut || (hit && left.iter().all(|n| *n == 0)) {
                survives[failure.kind()] = false;
            }
        }
        survives
    }

    fn with<'t>(&'t self, take: &'t [u8]) -> Ports<'t> {
        Ports {
            instance: self.instance,
            class: self.class,
            take,
        }
    }
}

/// Entry of the vector for one uplink: unserved role instances, unmet required survival, then the wishes.
fn vector(instance: &Instance, shape: &UplinkShape, choice: &Choice) -> Vec<u32> {
    let mut vector = vec![0u32; 2 + instance.wishes.len()];
    let unmet = |role: Role, kind: usize| choice.nics > 0 && choice.own[role as usize].get(kind) == Some(&false);
    vector[0] = if choice.nics == 0 {
        shape.roles.len() as u32
    } else {
        choice.blind
    };
    for role in shape.roles.iter().filter(|r| !r.info().falls_back) {
        let must = instance.must[*role as usize];
        vector[1] += (0..3).filter(|kind| must[*kind] && unmet(*role, *kind)).count() as u32;
    }
    for (index, wish) in instance.wishes.iter().enumerate() {
        let missed = match wish {
            Wish::Rdma(role) => shape.roles.contains(role) && !choice.rdma,
            Wish::Survive(role, kind) => {
                shape.roles.contains(role) && !role.info().falls_back && unmet(*role, *kind as usize)
            }
            Wish::OwnPath(role) => shape.roles.contains(role) && choice.nics == 1,
            Wish::Apart(..) | Wish::ZonesApart | Wish::ZoneAlone(_) | Wish::HeavyApart => false,
        };
        vector[2 + index] = u32::from(missed);
    }
    vector
}
