//! What a node is to become: the facts after the plan, which adapter holds the addresses of which role, and where they come from.

use super::carrying::known;
use super::state::{State, port_of};
use super::steps::Port;
use crate::applied::{self, Move, today};
use crate::inventory::{Cluster, Node};
use crate::plan::ClusterPlan;
use crate::roles::Role;
use std::collections::{BTreeMap, BTreeSet};

/// Roles that go from one adapter to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Adapter of today; `None` = none is known.
    pub from: Option<Port>,
    /// Adapter of tomorrow.
    pub to: Port,
    /// Roles.
    pub roles: Vec<Role>,
    /// Addresses that move, if they are known.
    pub addresses: Vec<String>,
    /// The old adapter keeps its addresses for other roles: the new one needs some of its own.
    pub keeps_address: bool,
}

/// What a node is to become.
#[derive(Clone, Debug)]
pub struct Goal {
    /// The end.
    pub state: State,
    /// Roles that change their adapter.
    pub transfers: Vec<Transfer>,
    /// Roles that an adapter gives up and no other takes over from it.
    pub dropped: Vec<Transfer>,
    /// Roles that use the address of others on their adapter.
    pub riding: BTreeMap<Port, BTreeSet<Role>>,
    /// Adapters without virtual switch that give up their own address for another one.
    pub exchanges: BTreeSet<Port>,
    /// Switches of which the inventory says whether they have SET.
    pub said: BTreeSet<String>,
}

impl Goal {
    /// The goal of the node at `position`, whose facts after the plan are `after`.
    pub fn new(cluster: &Cluster, plan: &ClusterPlan, start: &State, position: usize, after: &Node) -> Goal {
        let node = &cluster.nodes[position];
        let adapters = applied::adapters(cluster, plan, node);
        let moves = applied::moves(&cluster.networks, node, &adapters);
        let mut end = State::today(cluster, after);
        end.implicit.clear();
        end.holds = moves
            .iter()
            .map(|m| (port_of(node, &m.to), m.roles.iter().copied().collect()))
            .collect();
        for name in after.switches.iter().map(|s| s.name.clone()) {
            if let Some(base) = base(cluster, after, &name) {
                end.bases.insert(name.clone(), base);
            }
            end.weighted.remove(&name);
            if applied::switches::has_weights(cluster, after, &name) {
                end.weighted.insert(name);
            }
        }
        let riding = riding(node, &moves);
        let mut transfers = transfers(node, start, &moves, &riding);
        hand_over(node, start, &end, &mut transfers);
        let dropped = dropped(node, start, &end, &transfers);
        let exchanges = exchanges(node, &moves, &dropped);
        let said = node.switches.iter().filter(|s| s.facts.yes(applied::TEAMING).is_some());
        Goal {
            state: end,
            transfers,
            dropped,
            riding,
            exchanges,
            said: said.map(|s| s.name.clone()).collect(),
        }
    }

    /// Whether every address that a role keeps is where it is to be: until then the address of others is no way to reach it.
    pub fn has_own(&self, state: &State, role: Role) -> bool {
        let own = |port: &Port| self.state.held(port).contains(&role) && !self.rides(port).contains(&role);
        let mut ports = self.state.holds.keys().filter(|port| own(port));
        ports.all(|port| state.held(port).contains(&role))
    }

    /// Roles that use the address of others on an adapter.
    pub fn rides(&self, port: &Port) -> BTreeSet<Role> {
        self.riding.get(port).cloned().unwrap_or_default()
    }
}

fn base(cluster: &Cluster, after: &Node, switch: &str) -> Option<super::steps::Base> {
    use super::steps::Base;
    use crate::profiles::TeamKind;
    let members = applied::switches::members(after, switch);
    let label = members.first().map(|nic| nic.team.clone())?;
    Some(match applied::switches::planned_base(cluster, after, switch) {
        today::Base::Port => Base::Port,
        today::Base::Team(TeamKind::Set) => Base::Set(label),
        today::Base::Team(_) => Base::Team(label),
    })
}

/// Roles on adapters that bring no address along: an adapter without virtual switch has one network, and another role brought it.
fn riding(node: &Node, moves: &[Move]) -> BTreeMap<Port, BTreeSet<Role>> {
    let shared = moves.iter().filter(|m| m.shares_network() && !m.from.is_empty());
    let of_move = |m: &Move| {
        let roles = m
            .roles
            .iter()
            .copied()
            .filter(|role| !m.brought.contains(role))
            .collect();
        (port_of(node, &m.to), roles)
    };
    shared.map(of_move).collect()
}

/// Adapters whose roles of today end there or go over another network, and which get the address of others in their place.
fn exchanges(node: &Node, moves: &[Move], dropped: &[Transfer]) -> BTreeSet<Port> {
    let others = moves.iter().filter(|m| !m.from.is_empty() && !m.stays());
    let ends = |port: &Port| dropped.iter().any(|d| d.from.as_ref() == Some(port));
    let exchanged = others.filter(|m| m.shares_network() || ends(&port_of(node, &m.to)));
    exchanged.map(|m| port_of(node, &m.to)).collect()
}

fn transfers(node: &Node, start: &State, moves: &[Move], riding: &BTreeMap<Port, BTreeSet<Role>>) -> Vec<Transfer> {
    let carriers = today::carriers(node);
    let mut found = Vec::new();
    for m in moves {
        let to = port_of(node, &m.to);
        let mut missing: BTreeSet<Role> = m.roles.iter().copied().collect();
        if let Some(riding) = riding.get(&to) {
            missing.retain(|role| !riding.contains(role));
        }
        // A role that stays where its address leaves gets one by hand: no step gives it any.
        if m.stays() || m.from.is_empty() {
            missing.retain(|role| !start.held(&to).contains(role));
        }
        for from in m.from.iter().skip(usize::from(m.stays())) {
            let from_port = port_of(node, from);
            let roles: Vec<Role> = missing
                .iter()
                .copied()
                .filter(|r| start.held(&from_port).contains(r))
                .collect();
            missing.retain(|role| !roles.contains(role));
            let old = carriers.iter().find(|c| today::same(&c.carrier, from));
            found.push(Transfer {
                from: Some(from_port),
                to: to.clone(),
                roles,
                addresses: old.map(|c| taken_over(m, &c.addresses)).unwrap_or_default(),
                keeps_address: false,
            });
        }
        if !missing.is_empty() {
            found.push(Transfer {
                from: None,
                to,
                roles: missing.into_iter().collect(),
                addresses: Vec::new(),
                keeps_address: false,
            });
        }
    }
    found
}

/// Those of an adapter's addresses that another one takes over.
fn taken_over(m: &Move, of: &[String]) -> Vec<String> {
    of.iter()
        .filter(|address| m.addresses.contains(address))
        .cloned()
        .collect()
}

/// A role without a source comes from an adapter that loses it: one that Windows named like its switch, or one that keeps its address for
/// other roles.
fn hand_over(node: &Node, start: &State, end: &State, found: &mut [Transfer]) {
    let mut given: BTreeMap<Port, BTreeSet<Role>> = BTreeMap::new();
    for transfer in found.iter() {
        if let Some(from) = &transfer.from {
            given
                .entry(from.clone())
                .or_default()
                .extend(transfer.roles.iter().copied());
        }
    }
    for transfer in found.iter_mut().filter(|t| t.from.is_none()) {
        let source = start.holds.iter().find(|(port, roles)| {
            let gives = |role: &Role| {
                let kept = end.held(port).contains(role) || given.get(*port).is_some_and(|g| g.contains(role));
                roles.contains(role) && !kept
            };
            transfer.roles.iter().all(gives)
        });
        if let Some((port, roles)) = source {
            transfer.keeps_address = given.contains_key(port) || roles.len() > transfer.roles.len();
            given
                .entry(port.clone())
                .or_default()
                .extend(transfer.roles.iter().copied());
            if !transfer.keeps_address {
                transfer.addresses = addresses(node, port);
            }
            transfer.from = Some(port.clone());
        }
    }
}

/// Roles that an adapter holds today, will not hold, and hands to nobody.
fn dropped(node: &Node, start: &State, end: &State, transfers: &[Transfer]) -> Vec<Transfer> {
    let mut found = Vec::new();
    for (port, roles) in &start.holds {
        let handed = transfers
            .iter()
            .filter(|t| t.from.as_ref() == Some(port))
            .flat_map(|t| t.roles.clone());
        let handed: BTreeSet<Role> = handed.collect();
        let stay = end.held(port);
        let left: Vec<Role> = roles
            .iter()
            .copied()
            .filter(|r| !handed.contains(r) && !stay.contains(r))
            .collect();
        if !left.is_empty() {
            let (keeps, addresses) = given_up(node, end, port, (roles, transfers));
            found.push(Transfer {
                from: Some(port.clone()),
                to: port.clone(),
                keeps_address: keeps,
                roles: left,
                addresses,
            });
        }
    }
    found
}

/// Whether an adapter keeps all addresses that no other one takes over, and those that it gives up: on the network of a role that ends there. Where nobody
/// knows them they stay with a role that stays, not with one that comes.
fn given_up(
    node: &Node,
    end: &State,
    port: &Port,
    (roles, transfers): (&BTreeSet<Role>, &[Transfer]),
) -> (bool, Vec<String>) {
    let mut own = addresses(node, port);
    if own.is_empty() {
        let stay = end.held(port);
        return (roles.iter().any(|role| stay.contains(role)), own);
    }
    let stay = known(&end.node, port);
    let moved = |address: &String| {
        let mut from = transfers.iter().filter(|t| t.from.as_ref() == Some(port));
        from.any(|t| t.addresses.contains(address))
    };
    own.retain(|address| !stay.contains(address) && !moved(address));
    (own.is_empty(), own)
}

fn addresses(node: &Node, port: &Port) -> Vec<String> {
    let carriers = today::carriers(node);
    let own = carriers.iter().find(|c| port_of(node, &c.carrier) == *port);
    own.map(|c| c.addresses.clone()).unwrap_or_default()
}
