//! The changes that lead on from a moment to the goal, best first. Each is possible as Windows stands at that moment; whether it is safe
//! is asked elsewhere.

use super::carrying::{carries, known};
use super::goal::Goal;
use super::management::{concerns, management_path, moves_management};
use super::state::{GUARDED, State};
use super::steps::{Base, Change, Port, Switch};
use crate::applied::{default_flow, packets, switches};
use crate::inventory::{HostVnic, SwitchKind};
use crate::roles::Role;
use crate::units::same_name;
use std::collections::BTreeSet;

/// Changes that belong together.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The changes.
    pub changes: Vec<Change>,
    /// They build or take down the path of management.
    pub management: bool,
}

/// Everything that leads on, best first; what builds or touches the management path comes after the rest of its kind.
pub fn drafts(state: &State, goal: &Goal) -> Vec<Draft> {
    let kinds = [
        carries, host_vnics, whole, removals, members, parts, releases, dissolving,
    ];
    let path = management_path(&goal.state);
    let old = management_path(state);
    let mut found: Vec<Draft> = Vec::new();
    for changes in kinds.iter().flat_map(|kind| kind(state, goal)) {
        let management = changes
            .iter()
            .any(|c| concerns(c, &path) || concerns(c, &old) || moves_management(c));
        found.push(Draft { changes, management });
    }
    found.sort_by_key(|draft| draft.management);
    found
}

/// Whether a switch of the state is the one that the goal wants under this name.
fn is_goal_switch(state: &State, goal: &Goal, name: &str) -> bool {
    let kind = |s: &State| {
        s.bases
            .iter()
            .find(|(n, _)| same_name(n, name))
            .map(|(_, base)| base.clone())
    };
    let same_base = match (kind(state), kind(&goal.state)) {
        (Some(Base::Port), Some(Base::Port)) => true,
        (Some(Base::Set(_)), Some(Base::Set(_))) => {
            let members = |s| switches::members(s, name);
            switches::members_fit(&members(&state.node), &members(&goal.state.node), true)
        }
        (Some(Base::Team(a)), Some(Base::Team(b))) => same_name(&a, &b) && is_goal_team(state, goal, &a),
        _ => false,
    };
    same_base && mode_fits(state, goal, name)
}

/// Whether the switch can carry the weights of the goal: Windows decides when it makes one how it counts minimum bandwidth.
fn mode_fits(state: &State, goal: &Goal, name: &str) -> bool {
    let own = switches::external(&state.node, name);
    let wanted = switches::external(&goal.state.node, name);
    let host = wanted.is_some_and(|s| s.allow_management_os == Some(true) && goal.state.weighted.contains(&s.name));
    !(host && own.is_some_and(switches::has_other_mode))
}

/// Whether a team of the state is the one that the goal wants under this name, or can become it.
fn is_goal_team(state: &State, goal: &Goal, name: &str) -> bool {
    let wanted = goal.state.nics_of(&goal.state.team(name));
    !wanted.is_empty() && switches::members_fit(&state.nics_of(&state.team(name)), &wanted, false)
}

/// Whether the ports may be in one team: they are alike, or the goal wants unlike ones.
fn may_be_one(state: &State, goal: &Goal, nics: &[String], wanted: &[String], set: bool) -> bool {
    switches::alike(&state.nics_of(nics), set) || !switches::alike(&goal.state.nics_of(wanted), set)
}

/// Whether the adapter is there as the goal wants it.
pub(super) fn is_ready(state: &State, goal: &Goal, port: &Port) -> bool {
    let as_wanted = match port {
        Port::Nic(_) => true,
        Port::Team(name) => is_goal_team(state, goal, name),
        Port::HostVnic(name) => {
            let vnic = state.node.host_vnics.iter().find(|v| same_name(&v.name, name));
            vnic.is_some_and(|v| is_goal_vnic(state, goal, &v.name, &v.switch))
        }
    };
    as_wanted && state.exists(port)
}

fn is_goal_vnic(state: &State, goal: &Goal, name: &str, switch: &str) -> bool {
    let wanted = goal.state.node.host_vnics.iter().find(|v| same_name(&v.name, name));
    let internal = !state.bases.keys().any(|s| same_name(s, switch));
    wanted.is_some_and(|v| same_name(&v.switch, switch)) && (internal || is_goal_switch(state, goal, switch))
}

/// Host vNICs of switches that are there.
fn host_vnics(state: &State, goal: &Goal) -> Vec<Vec<Change>> {
    let wanted = goal.state.node.host_vnics.iter();
    wanted
        .filter(|v| is_goal_switch(state, goal, &v.switch))
        .filter(|v| !state.node.host_vnics.iter().any(|own| same_name(&own.name, &v.name)))
        .map(|v| vec![Change::AddHostVnic(Box::new(plain(v)))])
        .collect()
}

/// A host vNIC as it is added: weight, RDMA, size of packets and port follow in their own steps, once all ports are under the switch.
fn plain(vnic: &HostVnic) -> HostVnic {
    let mut plain = vnic.clone();
    plain.weight = None;
    plain.rdma = None;
    plain.facts.remove("team_mapping");
    if packets::is_large(&plain.facts) {
        plain.facts.remove(packets::COLUMN);
    }
    plain
}

fn clean(state: &State, nics: &[String]) -> Vec<String> {
    nics.iter().filter(|nic| state.is_clean(nic)).cloned().collect()
}

fn missing_teams<'g>(state: &State, goal: &'g Goal) -> impl Iterator<Item = (String, Vec<String>)> + use<'g> {
    let present = state.teams();
    let teams = goal.state.teams().into_iter();
    teams
        .filter(move |team| !present.iter().any(|own| same_name(own, team)))
        .map(|team| (team.clone(), goal.state.team(&team)))
}

fn missing_switches(state: &State, goal: &Goal) -> Vec<Switch> {
    let wanted = goal
        .state
        .node
        .switches
        .iter()
        .filter(|s| s.kind == SwitchKind::External);
    let absent = wanted.filter(|s| !state.node.switches.iter().any(|own| same_name(&own.name, &s.name)));
    // the weight of its default flow follows in a step of its own
    let made = absent.filter_map(|s| goal.state.switch(&s.name)).map(|mut made| {
        made.record.facts.remove(default_flow::COLUMN);
        made
    });
    made.collect()
}

/// Teams and switches all of whose ports are free.
fn whole(state: &State, goal: &Goal) -> Vec<Vec<Change>> {
    let mut found = Vec::new();
    for (name, nics) in missing_teams(state, goal) {
        if clean(state, &nics).len() == nics.len() {
            found.push(vec![Change::CreateTeam { name, nics }]);
        }
    }
    for switch in missing_switches(state, goal) {
        let free = match &switch.base {
            Base::Port | Base::Set(_) => clean(state, &switch.record.nics).len() == switch.record.nics.len(),
            Base::Team(team) => team_is_free(state, team),
        };
        if free {
            let mut switch = switch;
            if let Base::Team(team) = &switch.base {
                switch.record.nics = in_order(&switch.record.nics, &state.team(team));
            }
            found.push(vec![Change::CreateSwitch(Box::new(switch))]);
        }
    }
    found
}

/// Names of `present`, in the order of `order`, others behind them.
fn in_order(order: &[String], present: &[String]) -> Vec<String> {
    let first = order.iter().filter(|name| present.contains(name));
    let others = present.iter().filter(|name| !order.contains(name));
    first.chain(others).cloned().collect()
}

fn team_is_free(state: &State, team: &str) -> bool {
    let port = Port::Team(team.to_owned());
    !state.team(team).is_empty() && state.exists(&port) && state.held(&port).is_empty()
}

/// Teams and switches with SET over the ports that are free already.
fn parts(state: &State, goal: &Goal) -> Vec<Vec<Change>> {
    let mut found = Vec::new();
    for (name, nics) in missing_teams(state, goal) {
        let free = clean(state, &nics);
        if !free.is_empty() && free.len() < nics.len() {
            found.push(vec![Change::CreateTeam { name, nics: free }]);
        }
    }
    for mut switch in missing_switches(state, goal) {
        let free = clean(state, &switch.record.nics);
        if matches!(switch.base, Base::Set(_)) && !free.is_empty() && free.len() < switch.record.nics.len() {
            switch.record.nics = free;
            found.push(vec![Change::CreateSwitch(Box::new(switch))]);
        }
    }
    found
}

/// What the goal does not have, once nothing uses it.
fn removals(state: &State, goal: &Goal) -> Vec<Vec<Change>> {
    let mut found = Vec::new();
    for vnic in &state.node.host_vnics {
        let unused = state.held(&Port::HostVnic(vnic.name.clone())).is_empty();
        if unused && !is_goal_vnic(state, goal, &vnic.name, &vnic.switch) {
            found.push(vec![Change::RemoveHostVnic(Box::new(vnic.clone()))]);
        }
    }
    for name in state.implicit.iter().filter(|name| is_goal_switch(state, goal, name)) {
        if state.held(&Port::HostVnic(name.clone())).is_empty() {
            let (switch, exists) = (name.clone(), false);
            found.push(vec![Change::OwnHostVnic { switch, exists }]);
        }
    }
    for name in state.bases.keys().filter(|name| !is_goal_switch(state, goal, name)) {
        let used = state.node.host_vnics.iter().any(|v| same_name(&v.switch, name));
        let held = !state.held(&Port::HostVnic(name.clone())).is_empty() && state.implicit.contains(name);
        if let Some(switch) = state.switch(name).filter(|_| !used && !held) {
            found.push(vec![Change::RemoveSwitch(Box::new(switch))]);
        }
    }
    for team in state
        .teams()
        .into_iter()
        .filter(|team| !is_goal_team(state, goal, team))
    {
        if team_is_free(state, &team) {
            let nics = state.team(&team);
            found.push(vec![Change::RemoveTeam { name: team, nics }]);
        }
    }
    found
}

/// Ports join and leave teams and switches that stay.
fn members(state: &State, goal: &Goal) -> Vec<Vec<Change>> {
    let mut found = Vec::new();
    for name in state.bases.keys().filter(|name| is_goal_switch(state, goal, name)) {
        found.extend(members_of_switch(state, goal, name));
    }
    for team in state.teams().into_iter().filter(|team| is_goal_team(state, goal, team)) {
        let (own, wanted) = (state.team(&team), goal.state.team(&team));
        let joins = |nic: &&String| {
            let grown = [own.clone(), vec![(*nic).clone()]].concat();
            !own.contains(nic) && state.is_clean(nic) && may_be_one(state, goal, &grown, &wanted, false)
        };
        for nic in wanted.iter().filter(joins) {
            let (team, nic) = (team.clone(), nic.clone());
            found.push(vec![Change::JoinTeam { team, nic }]);
        }
        for nic in own.iter().filter(|nic| own.len() > 1 && !wanted.contains(nic)) {
            let (team, nic) = (team.clone(), nic.clone());
            found.push(vec![Change::LeaveTeam { team, nic }]);
        }
    }
    found
}

fn members_of_switch(state: &State, goal: &Goal, name: &str) -> Vec<Vec<Change>> {
    let names = |s: &State| -> Vec<String> {
        switches::members(&s.node, name)
            .iter()
            .map(|n| n.name.clone())
            .collect()
    };
    let (own, wanted) = (names(state), names(&goal.state));
    let listed = goal.state.switch(name).map(|s| s.record.nics).unwrap_or_default();
    match (state.bases.get(name), goal.state.switch(name).map(|s| s.base)) {
        (Some(Base::Port), _) => {
            let (Some(before), Some(after)) = (own.first(), wanted.first()) else {
                return Vec::new();
            };
            let moves = before != after && state.is_clean(after);
            let change = Change::Rebind {
                switch: name.to_owned(),
                before: before.clone(),
                after: after.clone(),
            };
            if moves { vec![vec![change]] } else { Vec::new() }
        }
        (Some(Base::Set(_)), Some(Base::Set(label))) => {
            let joining: Vec<String> = wanted
                .iter()
                .filter(|n| !own.contains(n) && state.is_clean(n))
                .cloned()
                .collect();
            let staying: Vec<String> = own.iter().filter(|n| wanted.contains(n)).cloned().collect();
            let grown = in_order(&listed, &[own.clone(), joining.clone()].concat());
            let set = |after: Vec<String>| {
                vec![Change::SetMembers {
                    switch: name.to_owned(),
                    label: label.clone(),
                    said: goal.said.contains(name),
                    before: own.clone(),
                    after,
                }]
            };
            let mut found = Vec::new();
            if !joining.is_empty() && may_be_one(state, goal, &grown, &wanted, true) {
                found.push(set(grown));
            }
            if staying.len() < own.len() && !staying.is_empty() {
                found.push(set(in_order(&listed, &staying)));
            }
            found
        }
        _ => Vec::new(),
    }
}

/// Addresses go from adapters that will not keep them: those without a guard first.
fn releases(state: &State, goal: &Goal) -> Vec<Vec<Change>> {
    let mut found: Vec<(bool, Vec<Change>)> = Vec::new();
    for (port, roles) in state.holds.iter().filter(|(port, _)| must_vacate(state, goal, port)) {
        let stays = if is_ready(state, goal, port) {
            goal.state.held(port)
        } else {
            BTreeSet::new()
        };
        let left: Vec<Role> = roles.iter().copied().filter(|role| !stays.contains(role)).collect();
        if !left.is_empty() {
            let guarded = left.iter().any(|role| GUARDED.contains(role));
            // The address belongs to a role that stays, not to one that comes with its own.
            let came = |role: &Role| goal.transfers.iter().any(|t| t.to == *port && t.roles.contains(role));
            let keeps = roles.iter().any(|role| stays.contains(role) && !came(role));
            found.push((guarded, vec![release(state, goal, port, left, keeps)]));
        }
    }
    found.sort_by_key(|(guarded, _)| *guarded);
    found.into_iter().map(|(_, changes)| changes).collect()
}

/// Whether an adapter holds what it will not hold, or is not what the goal wants under its name.
fn must_vacate(state: &State, goal: &Goal, port: &Port) -> bool {
    let stays = goal.state.held(port);
    let extra = state.held(port).iter().any(|role| !stays.contains(role));
    let implicit = matches!(port, Port::HostVnic(name) if state.implicit.contains(name));
    extra || implicit || !is_ready(state, goal, port)
}

fn release(state: &State, goal: &Goal, port: &Port, roles: Vec<Role>, mut keeps_address: bool) -> Change {
    let sources = goal
        .transfers
        .iter()
        .chain(&goal.dropped)
        .filter(|t| t.from.as_ref() == Some(port));
    let mut addresses: Vec<String> = Vec::new();
    for transfer in sources.filter(|t| t.roles.iter().any(|role| roles.contains(role))) {
        addresses.extend(
            transfer
                .addresses
                .iter()
                .filter(|a| !addresses.contains(a))
                .cloned()
                .collect::<Vec<_>>(),
        );
    }
    // An adapter that keeps others has these no more: the role that comes takes none of them over.
    let stay = known(&goal.state.node, port);
    if keeps_address && addresses.iter().any(|address| !stay.contains(address)) {
        addresses.retain(|address| !stay.contains(address));
    }
    if !addresses.is_empty() {
        keeps_address = false;
    } else if !keeps_address {
        addresses = known(&goal.state.node, port);
    }
    // What another role has taken along already is neither taken off here nor given back on the way back.
    let own = known(&state.node, port);
    if !keeps_address && !addresses.is_empty() {
        addresses.retain(|address| own.contains(address));
        keeps_address = addresses.is_empty();
    }
    Change::Release {
        port: port.clone(),
        roles,
        addresses,
        of: None,
        keeps_address,
    }
}

/// Teams and switches that go give up a port that something else waits for.
fn dissolving(state: &State, goal: &Goal) -> Vec<Vec<Change>> {
    let mut found = Vec::new();
    let waited_for = |nic: &&String| {
        goal.state
            .nics_of(&[(*nic).clone()])
            .iter()
            .any(|n| !n.roles.is_empty())
    };
    for team in state
        .teams()
        .into_iter()
        .filter(|team| !is_goal_team(state, goal, team))
    {
        let own = state.team(&team);
        if let Some(nic) = own.iter().rev().find(waited_for).filter(|_| own.len() > 1).cloned() {
            found.push(vec![Change::LeaveTeam { team, nic }]);
        }
    }
    for (name, base) in state
        .bases
        .iter()
        .filter(|(name, _)| !is_goal_switch(state, goal, name))
    {
        let own: Vec<String> = switches::members(&state.node, name)
            .iter()
            .map(|n| n.name.clone())
            .collect();
        let free = own.iter().rev().find(waited_for).filter(|_| own.len() > 1);
        if let (Base::Set(label), Some(free)) = (base, free) {
            found.push(vec![Change::SetMembers {
                switch: name.clone(),
                label: label.clone(),
                said: goal.said.contains(name),
                before: own.clone(),
                after: own.iter().filter(|nic| *nic != free).cloned().collect(),
            }]);
        }
    }
    found
}

/// The releases with which a guarded block can begin: of a guarded role from an adapter that will not keep it.
pub fn forced_releases(state: &State, goal: &Goal, guarded: &BTreeSet<Role>) -> Vec<Vec<Change>> {
    let has = |changes: &Vec<Change>, role: &Role| {
        changes
            .iter()
            .any(|c| matches!(c, Change::Release { roles, .. } if roles.contains(role)))
    };
    let all = releases(state, goal);
    // Storage first: what its ports give free may be all that management waits for.
    let order = guarded.iter().rev();
    order
        .filter_map(|role| all.iter().find(|changes| has(changes, role)).cloned())
        .collect()
}

/// Whether the changes give one of these roles an adapter.
pub fn brings_up(draft: &Draft, down: &BTreeSet<Role>) -> bool {
    draft.changes.iter().any(|change| match change {
        Change::Assume { roles, .. } | Change::Ride { roles, .. } => roles.iter().any(|role| down.contains(role)),
        Change::AddHostVnic(vnic) => vnic.role.is_some_and(|role| down.contains(&role)),
        _ => false,
    })
}
