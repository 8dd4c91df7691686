//! What the ports of the physical switches must let through while a node is rebuilt.
//!
//! A host vNIC over several ports sends through any of them, so all must have its VLAN. An adapter without virtual switch sends untagged, unless
//! its VLAN is set in Windows. In: the moments of a node. Out: the VLANs that each port needs, and the moments at which one that came untagged must
//! come tagged, or the other way round: that cannot be set beforehand. Must not know: scripts, words.

use super::carrying::known;
use super::port_networks::{assigned, by_address, candidates};
use super::state::{GUARDED, State};
use super::steps::{Port, Step};
use crate::applied::{may_share_subnet, switches};
use crate::inventory::{Cluster, ClusterNetwork, HostVnic, Nic};
use crate::roles::Role;
use crate::units::{Subnet, same_name};
use std::collections::{BTreeMap, BTreeSet};

/// What a port of a physical switch lets through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wire {
    /// VLAN that comes without tag.
    pub untagged: Option<u16>,
    /// VLANs that come with their tag.
    pub tagged: BTreeSet<u16>,
}

impl Wire {
    /// All VLANs.
    pub fn vlans(&self) -> BTreeSet<u16> {
        self.tagged.iter().copied().chain(self.untagged).collect()
    }

    fn add(&mut self, other: &Wire) {
        self.untagged = self.untagged.or(other.untagged);
        self.tagged.extend(other.tagged.iter().copied());
        if let Some(vlan) = self.untagged {
            self.tagged.remove(&vlan);
        }
    }
}

/// A change at a port of a physical switch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortChange {
    /// Number of the step before which it is due, one more than there are steps = after the last one; on the way back of the step before whose
    /// undoing it is due, 0 = once all are undone.
    pub step: usize,
    /// Port of the node.
    pub nic: String,
    /// Until now.
    pub before: Wire,
    /// From now on.
    pub after: Wire,
}

/// What is to be done at the physical switches for one node.
#[derive(Clone, Debug, Default)]
pub struct Cabling {
    /// What each port lets through today, as far as its use and the inventory say.
    pub today: BTreeMap<String, Wire>,
    /// What each port needs at the end.
    pub end: BTreeMap<String, Wire>,
    /// What must be let through, beside what is today, before the first step.
    pub asked: BTreeMap<String, Wire>,
    /// Changes just before a step.
    pub changes: Vec<PortChange>,
    /// Changes on the way back.
    pub back: Vec<PortChange>,
    /// The network of each adapter without virtual switch at the end, by position in today's cluster.
    pub networks: BTreeMap<Port, usize>,
    /// The same today.
    pub networks_today: BTreeMap<Port, usize>,
}

/// An adapter without virtual switch on which a role that leaves meets one that comes, and both need a VLAN of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// Adapter.
    pub port: Port,
    /// VLAN of today; `None` = the inventory does not say it.
    pub before: Option<u16>,
    /// VLAN to come.
    pub after: Option<u16>,
    /// The VLAN ID is set in Windows.
    pub tagged: bool,
    /// One of the roles must stay reachable.
    pub guarded: bool,
}

impl Clash {
    /// Whether the inventory says that two VLANs meet.
    pub fn is_known(&self) -> bool {
        self.before.is_some() && self.after.is_some() && self.before != self.after
    }
}

/// The networks of a node's adapters, today and at the end.
#[derive(Debug)]
pub struct Lans<'c> {
    today: &'c Cluster,
    after: &'c Cluster,
    /// Network of each adapter without virtual switch today, by position in today's cluster.
    before: BTreeMap<Port, usize>,
    /// The same at the end.
    end: BTreeMap<Port, usize>,
    /// VLANs that each port has today or gets before the first step.
    allowed: BTreeMap<String, BTreeSet<u16>>,
    /// Roles of each adapter today.
    had: BTreeMap<Port, BTreeSet<Role>>,
    /// The same at the end.
    gets: BTreeMap<Port, BTreeSet<Role>>,
}

impl<'c> Lans<'c> {
    /// Those of a node that goes from one state to another.
    pub fn new(today: &'c Cluster, after: &'c Cluster, start: &State, end: &State) -> Lans<'c> {
        let stays = |n: &ClusterNetwork| after.networks.iter().any(|a| a.name == n.name);
        let all = (|_: &ClusterNetwork| true, |_: &Port| true);
        let before = assigned(&today.networks, all, start, &BTreeMap::new());
        let share = |port: &Port| may_share_subnet(after, &Vec::from_iter(end.held(port)));
        let ended = assigned(&today.networks, (stays, share), end, &before);
        let mut lans = Lans {
            today,
            after,
            before,
            end: ended,
            allowed: BTreeMap::new(),
            had: start.holds.clone(),
            gets: end.holds.clone(),
        };
        for nic in &start.node.nics {
            let mut vlans = lans.has(start, nic).vlans();
            let later = end.node.nics.iter().find(|n| n.name == nic.name);
            vlans.extend(later.map(|n| lans.wire(end, n, after).vlans()).unwrap_or_default());
            lans.allowed.insert(nic.name.clone(), vlans);
        }
        lans
    }

    /// What a port lets through today: what it is used for, and under a virtual switch the VLANs that the inventory lists for it. Whether they
    /// come tagged on an idle port nobody says.
    fn has(&self, start: &State, nic: &Nic) -> Wire {
        let mut wire = self.wire(start, nic, self.today);
        let listed = nic.vlans.iter().flatten().filter(|_| nic.switch.is_some());
        wire.tagged.extend(listed.copied());
        if let Some(untagged) = wire.untagged {
            wire.tagged.remove(&untagged);
        }
        wire
    }

    /// What a port needs at a moment at which the guests of a cluster are on the node.
    fn wire(&self, state: &State, nic: &Nic, guests: &Cluster) -> Wire {
        match &nic.switch {
            Some(switch) => self.under(state, switch, guests),
            None => self.bare(state, nic),
        }
    }

    fn under(&self, state: &State, switch: &str, guests: &Cluster) -> Wire {
        let mut wire = Wire::default();
        for vnic in state.node.host_vnics.iter().filter(|v| same_name(&v.switch, switch)) {
            match vnic.vlan {
                Some(vlan) => _ = wire.tagged.insert(vlan),
                None => wire.untagged = wire.untagged.or_else(|| self.of_vnic(vnic)),
            }
        }
        let own = Port::HostVnic(switch.to_owned());
        if state.implicit.contains(switch) {
            let roles = state.held(&own);
            wire.untagged = wire.untagged.or_else(|| self.of_roles(&roles));
        }
        let guests = guests.vms.iter().flat_map(|vm| &vm.vnics);
        let on_it = guests.filter(|v| same_name(&v.switch, switch));
        wire.tagged.extend(on_it.flat_map(|v| v.vlans.iter().copied()));
        wire
    }

    /// VLAN of a host vNIC that has none set.
    fn of_vnic(&self, vnic: &HostVnic) -> Option<u16> {
        match by_address(&self.today.networks, &vnic.addresses) {
            Some(at) => self.today.networks.get(at)?.vlan,
            None => self.of_roles(&vnic.role.into_iter().collect()),
        }
    }

    /// The only VLAN of the networks of some roles.
    fn of_roles(&self, roles: &BTreeSet<Role>) -> Option<u16> {
        let networks = self.today.networks.iter();
        let own = networks.filter(|n| n.purpose.is_some_and(|role| roles.contains(&role)));
        let vlans: BTreeSet<Option<u16>> = own.map(|n| n.vlan).collect();
        let mut vlans = vlans.into_iter();
        vlans.next().flatten().filter(|_| vlans.next().is_none())
    }

    fn bare(&self, state: &State, nic: &Nic) -> Wire {
        let port = if nic.team.is_empty() {
            Port::Nic(nic.name.clone())
        } else {
            Port::Team(nic.team.clone())
        };
        let roles = state.held(&port);
        if roles.is_empty() {
            return Wire::default();
        }
        let set = |column: &str| nic.facts.number(column).filter(|vlan| *vlan > 0);
        let set = set(if nic.team.is_empty() { "nic_vlan" } else { "team_vlan" });
        if let Some(vlan) = of_intent(nic) {
            return Wire {
                untagged: None,
                tagged: BTreeSet::from([vlan]),
            };
        }
        let vlan = self.of_bare(state, &port, &roles);
        match set {
            Some(_) => Wire {
                untagged: None,
                tagged: vlan.into_iter().collect(),
            },
            None => Wire {
                untagged: vlan,
                tagged: BTreeSet::new(),
            },
        }
    }

    fn of_bare(&self, state: &State, port: &Port, roles: &BTreeSet<Role>) -> Option<u16> {
        let networks = &self.today.networks;
        let serves = |at: &&usize| {
            networks
                .get(**at)
                .is_some_and(|n| n.purpose.is_some_and(|role| roles.contains(&role)))
        };
        // Of two networks for a moment that of the role which must be reachable.
        let own = known(&state.node, port);
        let mut first = candidates(networks, |_| true, roles).into_iter();
        let at = first
            .find(|at| {
                networks
                    .get(*at)
                    .is_some_and(|n| Subnet::any_holds(&n.subnet, &Subnet::of_addresses(&own)))
            })
            .or_else(|| by_address(networks, &own))
            .or_else(|| self.end.get(port).filter(serves).copied())
            .or_else(|| self.before.get(port).copied());
        match at {
            Some(at) => networks.get(at)?.vlan,
            // Each network that the inventory names for it has another adapter: the admin chooses one.
            None if self.gets.get(port) == Some(roles) => None,
            None => self.of_roles(roles),
        }
    }

    /// Adapters without virtual switch on which a role that leaves and one that comes need two VLANs at once: both without tag, and one of them must stay
    /// reachable; or both by the one VLAN ID that the adapter has in Windows, whatever the roles.
    pub fn clashes(&self, state: &State) -> Vec<Clash> {
        state.holds.keys().filter_map(|port| self.clash(state, port)).collect()
    }

    fn clash(&self, state: &State, port: &Port) -> Option<Clash> {
        let vlan = |of: &BTreeMap<Port, usize>| self.today.networks.get(*of.get(port)?)?.vlan;
        let (roles, had, gets) = (state.held(port), self.had.get(port)?, self.gets.get(port)?);
        let leaves = roles.iter().any(|role| had.contains(role) && !gets.contains(role));
        let came = roles.iter().any(|role| gets.contains(role) && !had.contains(role));
        let found = Clash {
            port: port.clone(),
            before: vlan(&self.before),
            after: vlan(&self.end),
            tagged: is_tagged(state, port),
            guarded: roles.iter().any(|role| GUARDED.contains(role)),
        };
        let counts = found.tagged || found.guarded && found.is_known();
        let differ = found.before != found.after || found.before.is_none();
        let meet = leaves && came || found.is_known() && self.has_both(state, port);
        (meet && counts && differ).then_some(found)
    }

    /// Whether an adapter has an address on its network of today and one on its network to come.
    fn has_both(&self, state: &State, port: &Port) -> bool {
        let own = Subnet::of_addresses(&known(&state.node, port));
        let on = |of: &BTreeMap<Port, usize>| {
            let network = of.get(port).and_then(|at| self.today.networks.get(*at));
            network.is_some_and(|n| Subnet::any_holds(&n.subnet, &own))
        };
        on(&self.before) && on(&self.end)
    }

    /// VLANs of guarded host vNICs on ports that neither have them today nor get them for the end: role, port, VLAN.
    pub fn crossing(&self, state: &State) -> BTreeSet<(Role, String, u16)> {
        let lacks = |nic: &str, vlan: u16| !self.allowed.get(nic).is_some_and(|all| all.contains(&vlan));
        let mut found = guarded(state);
        found.retain(|(_, nic, vlan)| lacks(nic, *vlan));
        found
    }
}

/// The VLAN that Network ATC sets at a port without virtual switch.
pub fn of_intent(nic: &Nic) -> Option<u16> {
    let intent = nic.facts.list("intents").is_some_and(|names| !names.is_empty());
    nic.set_vlan().filter(|_| intent && nic.switch.is_none())
}

/// Whether Windows itself tags what leaves an adapter without virtual switch.
fn is_tagged(state: &State, port: &Port) -> bool {
    let set = |nic: &&Nic| {
        ["nic_vlan", "team_vlan"]
            .iter()
            .any(|c| nic.facts.number(c).is_some_and(|vlan| vlan > 0))
    };
    let own = |nic: &Nic| matches!(port, Port::Nic(name) | Port::Team(name) if [&nic.name, &nic.team].contains(&name));
    state.node.nics.iter().filter(set).any(own)
}

/// Guarded roles on host vNICs: role, port that may carry it, VLAN.
fn guarded(state: &State) -> BTreeSet<(Role, String, u16)> {
    let mut found = BTreeSet::new();
    for (port, roles) in &state.holds {
        let Port::HostVnic(name) = port else { continue };
        let vnic = state.node.host_vnics.iter().find(|v| same_name(&v.name, name));
        let Some((vnic, vlan)) = vnic.and_then(|v| Some((v, v.vlan?))) else {
            continue;
        };
        for nic in switches::members(&state.node, &vnic.switch).iter().filter(|n| n.up) {
            let own = roles.iter().filter(|role| GUARDED.contains(role));
            found.extend(own.map(|role| (*role, nic.name.clone(), vlan)));
        }
    }
    found
}

/// Whether a guarded address goes over a port.
fn is_guarded(state: &State, nic: &str) -> bool {
    let over = |port: &Port| match port {
        Port::Nic(name) => name == nic,
        Port::Team(name) => state.team(name).iter().any(|own| own == nic),
        Port::HostVnic(name) => {
            let vnic = state.node.host_vnics.iter().find(|v| same_name(&v.name, name));
            let switch = vnic.map_or(name, |v| &v.switch);
            switches::members(&state.node, switch).iter().any(|n| n.name == nic)
        }
    };
    let mut held = state.holds.iter().filter(|(port, _)| over(port));
    held.any(|(_, roles)| roles.iter().any(|role| GUARDED.contains(role)))
}

/// What is to be done at the physical switches while the steps of a node are done.
pub fn cabling(lans: &Lans<'_>, start: &State, steps: &[Step]) -> Cabling {
    let mut states = vec![start.clone()];
    for step in steps {
        states.push(states[states.len() - 1].with(&step.changes));
    }
    over(lans, &states, steps)
}

/// The same where one step, that of Network ATC, leads from one state to the other; without a step there is nothing to do.
pub fn at_once(lans: &Lans<'_>, start: &State, end: &State, steps: &[Step]) -> Cabling {
    let first = &steps[..steps.len().min(1)];
    let states: Vec<State> = [start, end].into_iter().take(first.len() + 1).cloned().collect();
    over(lans, &states, first)
}

fn over(lans: &Lans<'_>, states: &[State], steps: &[Step]) -> Cabling {
    let Some(start) = states.first() else {
        return Cabling::default();
    };
    let mut found = Cabling {
        networks: lans.end.clone(),
        networks_today: lans.before.clone(),
        ..Cabling::default()
    };
    for position in 0..start.node.nics.len() {
        port(lans, states, steps, position, &mut found);
    }
    found
}

fn port(lans: &Lans<'_>, states: &[State], steps: &[Step], position: usize, found: &mut Cabling) {
    let Some(first) = states.first() else { return };
    // The node is empty while it is rebuilt: its guests come back to what the plan gives them.
    let guests = |at: usize| if at == 0 { lans.today } else { lans.after };
    let wire = |(at, state): (usize, &State)| Some(lans.wire(state, state.node.nics.get(position)?, guests(at)));
    let needs: Vec<Wire> = states.iter().enumerate().filter_map(wire).collect();
    let (Some(nic), Some(end)) = (first.node.nics.get(position), needs.last().cloned()) else {
        return;
    };
    let today = lans.has(first, nic);
    let forth = waits(states.iter(), steps.iter(), &nic.name);
    let (changes, reached) = walk(&today, &needs, &forth);
    let gate = changes.first().map_or(states.len(), |(at, ..)| (*at).min(states.len()));
    let asked = asked(&today, &end, &states[..gate], changes.is_empty(), &nic.name);
    let backwards: Vec<Wire> = needs.into_iter().rev().collect();
    let (back, _) = walk(
        &reached,
        &backwards,
        &waits(states.iter().rev(), steps.iter().rev(), &nic.name),
    );
    let made = |step: usize, (before, after): (Wire, Wire)| PortChange {
        step,
        nic: nic.name.clone(),
        before,
        after,
    };
    let forth = changes.into_iter().map(|(at, before, after)| made(at, (before, after)));
    found.changes.extend(forth);
    let last = steps.len() + 1;
    let back = back
        .into_iter()
        .map(|(at, before, after)| made(last - at, (before, after)));
    found.back.extend(back);
    found.today.insert(nic.name.clone(), today);
    found.end.insert(nic.name.clone(), end);
    if asked != Wire::default() {
        found.asked.insert(nic.name.clone(), asked);
    }
}

/// Whether a change at the switch port would cut a guarded address that goes over it until then: it waits for the step that takes it off, unless the
/// step takes the path down anyway. One answer for each moment, the first one before any step.
fn waits<'s>(states: impl Iterator<Item = &'s State>, steps: impl Iterator<Item = &'s Step>, nic: &str) -> Vec<bool> {
    let cut = states
        .zip(steps)
        .map(|(state, step)| is_guarded(state, nic) && !step.takeover);
    std::iter::once(false).chain(cut).collect()
}

/// What must be let through before the first step: guarded host vNICs cross the port before it is changed, and what it needs at the end if it is
/// not changed on the way.
fn asked(today: &Wire, end: &Wire, until: &[State], for_good: bool, nic: &str) -> Wire {
    let mut asked = if for_good { end.clone() } else { Wire::default() };
    for state in until {
        let own = guarded(state).into_iter().filter(|(_, name, _)| name == nic);
        asked.tagged.extend(own.map(|(.., vlan)| vlan));
    }
    asked.tagged.retain(|vlan| !today.tagged.contains(vlan));
    asked.untagged = asked.untagged.filter(|vlan| today.untagged != Some(*vlan));
    asked
}

/// Changes that cannot be made beforehand, with the moment at which each is due, and what the port lets through in the end: a VLAN that is to
/// come tagged came untagged or the other way round, or another VLAN came untagged. Due is when the port is used again after its last use as it was.
fn walk(today: &Wire, needs: &[Wire], waits: &[bool]) -> (Vec<(usize, Wire, Wire)>, Wire) {
    let mut has = today.clone();
    let mut used: BTreeSet<u16> = needs.first().map(|n| n.tagged.clone()).unwrap_or_default();
    let mut found: Vec<(usize, Wire, Wire)> = Vec::new();
    let mut was: Vec<Wire> = vec![has.clone()];
    for (at, need) in needs.iter().enumerate().skip(1) {
        was.push(has.clone());
        if !conflict(&has, &used, need) {
            has.add(need);
            used.extend(need.tagged.iter().copied());
            continue;
        }
        let first = found.last().map_or(1, |(at, ..)| at + 1);
        let mut due = due(&has, &used, &needs[..=at], first);
        let later = due == at && waits.get(at).is_some_and(|waits| *waits);
        if later {
            due = at + 1;
        }
        let mut after = Wire {
            untagged: need.untagged,
            tagged: needs[due.min(at)..]
                .iter()
                .flat_map(|n| n.tagged.iter().copied())
                .collect(),
        };
        used.extend(need.tagged.iter().copied());
        if let Some(vlan) = after.untagged {
            after.tagged.remove(&vlan);
            used.remove(&vlan);
        }
        found.push((due, was[due.min(at)].clone(), after.clone()));
        has = after;
    }
    (found, has)
}

/// Whether a port that is set in one way cannot serve a need as well: `used` are VLANs that have come tagged on it.
fn conflict(has: &Wire, used: &BTreeSet<u16>, need: &Wire) -> bool {
    let tags = has.untagged.is_some_and(|vlan| need.tagged.contains(&vlan));
    let other = |vlan: u16| has.untagged.is_some_and(|own| own != vlan) || used.contains(&vlan);
    tags || need.untagged.is_some_and(other)
}

/// The first moment, not before `first`, at which the port is in use and no longer as it was: the last need is the one that makes the change necessary.
fn due(has: &Wire, used: &BTreeSet<u16>, needs: &[Wire], first: usize) -> usize {
    let last = needs.len() - 1;
    let wanted = needs[last].untagged;
    let as_before = |need: &Wire| {
        let untagged = need.untagged.is_some() && need.untagged == has.untagged;
        untagged || wanted.is_some_and(|vlan| used.contains(&vlan) && need.tagged.contains(&vlan))
    };
    let free = needs.iter().rposition(as_before).map_or(first, |at| at + 1).max(first);
    let mut later = free..last;
    later.find(|at| needs[*at] != Wire::default()).unwrap_or(last)
}
