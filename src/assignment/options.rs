//! What one uplink may be given on a node of a class: NICs of one speed (a team: of one model), with everything that
//! follows for this uplink alone.
//!
//! In: a class and an uplink shape. Out: [`Choice`]s. Must not know: the other uplinks, loads.

use super::design::{Design, UplinkShape, rdma_possible};
use super::instance::{Class, Instance, PortType};
use crate::plan::Mechanism;
use crate::policy::Wish;
use crate::roles::Role;
use crate::topology::carries;
use crate::units::Mbps;

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
    let mut tors: Vec<usize> = class.types.iter().filter(|t| !t.cable).map(|t| t.attach).collect();
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
            Shared::Tor(tor) => port.attach == *tor && !port.cable,
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
    pub reach: u64,
    /// Survives by itself: NIC, card, ToR.
    pub own: [bool; 3],
    pub rdma: bool,
    /// Contribution to the vector: unserved, unmet survival, wishes; roles that fall back count as survivors here.
    pub vector: Vec<u32>,
}

/// All choices for an uplink, best vector first; the empty one last, only where `empty` allows it.
pub fn choices(instance: &Instance, class: &Class, design: &Design, uplink: usize, empty: bool) -> Vec<Choice> {
    let shape = &design.uplinks[uplink];
    let shared = shared_failures(instance, class);
    let mut speeds: Vec<Mbps> = class.types.iter().map(|t| t.speed).collect();
    speeds.sort();
    speeds.dedup();
    let mut found = Vec::new();
    for speed in speeds {
        let mut take = vec![0u8; class.types.len()];
        extend(class, shape, speed, 0, &mut take, &mut |take| {
            found.push(evaluate(instance, class, shape, &shared, take));
        });
    }
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
    !port.cable || !shape.roles.iter().any(|r| r.info().outside)
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
        used()
            .filter(|(port, _)| !failure.hits(port))
            .map(|(_, count)| *count as usize)
            .sum()
    };
    let none = instance.attaches.len();
    let reach = reach_of(instance, class, shape, take, none);
    let reaches_after = |failure: &Shared| {
        let left: Vec<u8> = class
            .types
            .iter()
            .zip(take)
            .map(|(port, count)| if failure.hits(port) { 0 } else { *count })
            .collect();
        let dead = if let Shared::Tor(tor) = failure { *tor } else { none };
        reach_of(instance, class, shape, &left, dead) != 0
    };
    let mut own = [nics > 1 && nic_loss_reaches(instance, class, shape, take), true, true];
    for failure in shared {
        let hit = used().any(|(port, _)| failure.hits(port));
        // A dead ToR may also split the fabric of the ports that are left.
        if (hit && alive_after(failure) == 0) || (must_reach(instance, shape) && !reaches_after(failure)) {
            own[failure.kind()] = false;
        }
    }
    let mut choice = Choice {
        take: take.to_vec(),
        nics,
        speed,
        capacity: capacity(nics),
        after_nic: capacity(nics.saturating_sub(1)),
        after: shared.iter().map(|f| capacity(alive_after(f))).collect(),
        reach,
        own,
        rdma: nics > 0 && rdma_possible(instance, shape) && used().all(|(port, _)| port.rdma),
        vector: Vec::new(),
    };
    choice.vector = vector(instance, shape, &choice);
    choice
}

/// Whether some role of the uplink needs the other nodes.
fn must_reach(instance: &Instance, shape: &UplinkShape) -> bool {
    instance.cluster.nodes.len() > 1
        && shape
            .roles
            .iter()
            .any(|r| r.info().node_to_node && !(*r == Role::Storage && instance.cluster.iscsi()))
}

/// Components of the fabric that the ports touch. Direct cables count when the set has one to every peer.
fn reach_of(instance: &Instance, class: &Class, shape: &UplinkShape, take: &[u8], dead: usize) -> u64 {
    let vlan = shape.roles.iter().find_map(|r| instance.cluster.vlan_of(*r));
    let mut reach = 0;
    for (port, count) in class.types.iter().zip(take) {
        if *count == 0 || !carries(&port.vlans, vlan) {
            continue;
        }
        if !port.cable {
            reach |= instance.reach_when_dead[port.attach][dead];
            continue;
        }
        let cables = |takes: &dyn Fn(usize) -> usize| -> usize {
            class
                .types
                .iter()
                .enumerate()
                .filter(|(_, t)| t.cable && t.reach == port.reach)
                .map(|(i, _)| takes(i))
                .sum()
        };
        if cables(&|i| take[i] as usize) == cables(&|i| class.types[i].count as usize) {
            reach |= port.reach;
        }
    }
    reach
}

/// Whether every single NIC of the set can be lost without losing all reach.
fn nic_loss_reaches(instance: &Instance, class: &Class, shape: &UplinkShape, take: &[u8]) -> bool {
    if !must_reach(instance, shape) {
        return true;
    }
    let mut left = take.to_vec();
    (0..take.len()).filter(|t| take[*t] > 0).all(|t| {
        left[t] -= 1;
        let reach = reach_of(instance, class, shape, &left, instance.attaches.len());
        left[t] += 1;
        reach != 0
    })
}

/// Entry of the vector for one uplink: unserved role instances, unmet required survival, then the wishes.
fn vector(instance: &Instance, shape: &UplinkShape, choice: &Choice) -> Vec<u32> {
    let mut vector = vec![0u32; 2 + instance.wishes.len()];
    let several = instance.cluster.nodes.len() > 1;
    if choice.nics == 0 || (several && must_reach(instance, shape) && choice.reach == 0) {
        vector[0] = shape.roles.len() as u32;
    }
    if choice.nics > 0 {
        for role in shape.roles.iter().filter(|r| !r.info().falls_back) {
            vector[1] += (0..3)
                .filter(|k| instance.must[*role as usize][*k] && !choice.own[*k])
                .count() as u32;
        }
    }
    for (index, wish) in instance.wishes.iter().enumerate() {
        let unmet = match wish {
            Wish::Rdma(role) => shape.roles.contains(role) && !choice.rdma,
            Wish::Survive(role, kind) => {
                let column = *kind as usize;
                shape.roles.contains(role) && !role.info().falls_back && choice.nics > 0 && !choice.own[column]
            }
            Wish::OwnPath(role) => shape.roles.contains(role) && choice.nics == 1,
            Wish::Apart(..) | Wish::ZonesApart | Wish::HeavyApart => false,
        };
        vector[2 + index] = u32::from(unmet);
    }
    vector
}
