//! A node while it is being rebuilt: its facts, what each switch stands on, and which adapter holds the addresses of which role.
//!
//! The two continuous checks are here: the node can be managed, and it has a path to its storage. A plan's steps are ordered so that
//! neither breaks between two of them. Must not know: scripts.

use super::effects;
use super::steps::{Base, Change, Port, Switch};
use crate::applied::today::{self, CarrierToday};
use crate::applied::{Carrier, switches};
use crate::inventory::{Cluster, Nic, Node, SwitchKind};
use crate::profiles::TeamKind;
use crate::roles::Role;
use crate::units::same_name;
use std::collections::{BTreeMap, BTreeSet};

/// Roles that must have a live adapter at every moment.
pub const GUARDED: [Role; 2] = [Role::Management, Role::Storage];

/// The node at one moment.
#[derive(Clone, Debug)]
pub struct State {
    /// Its facts.
    pub node: Node,
    /// What each external switch stands on, by name.
    pub bases: BTreeMap<String, Base>,
    /// Which adapter holds the addresses of which roles.
    pub holds: BTreeMap<Port, BTreeSet<Role>>,
    /// Switches whose host vNIC Windows made itself and the inventory does not name.
    pub implicit: BTreeSet<String>,
    /// Switches with minimum bandwidth by weight.
    pub weighted: BTreeSet<String>,
    /// Adapters whose roles have no address yet: a person gives it once the script is done.
    pub awaiting: BTreeSet<Port>,
}

/// The adapter under which the steps know a carrier of roles.
pub fn port_of(node: &Node, carrier: &Carrier) -> Port {
    match carrier {
        Carrier::Nic(position) => Port::Nic(node.nics.get(*position).map(|n| n.name.clone()).unwrap_or_default()),
        Carrier::Team(name, _) => Port::Team(name.clone()),
        Carrier::HostVnic { name, .. } => Port::HostVnic(name.clone()),
    }
}

impl State {
    /// The node as the inventory has it.
    pub fn today(cluster: &Cluster, node: &Node) -> State {
        let mut state = State {
            node: node.clone(),
            bases: BTreeMap::new(),
            holds: BTreeMap::new(),
            implicit: BTreeSet::new(),
            weighted: BTreeSet::new(),
            awaiting: BTreeSet::new(),
        };
        for switch in node.switches.iter().filter(|s| s.kind == SwitchKind::External) {
            let label = switches::members(node, &switch.name)
                .first()
                .map(|nic| nic.team.clone())
                .unwrap_or_default();
            let base = match today::base(cluster, node, switch) {
                today::Base::Port => Base::Port,
                today::Base::Team(TeamKind::Set) => Base::Set(label),
                today::Base::Team(_) => Base::Team(label),
            };
            state.bases.insert(switch.name.clone(), base);
            let weight = switch
                .facts
                .text("bandwidth_mode")
                .is_none_or(|mode| mode == "weight" || mode == "default");
            if weight && switch.facts.yes("iov") != Some(true) {
                state.weighted.insert(switch.name.clone());
            }
        }
        for CarrierToday { carrier, roles, .. } in today::carriers(node) {
            state.holds.entry(port_of(node, &carrier)).or_default().extend(roles);
        }
        state.find_implicit();
        state
    }

    /// Host roles on ports under a switch that no host vNIC carries: Windows named that host vNIC like the switch.
    fn find_implicit(&mut self) {
        let carried: BTreeSet<Role> = self.holds.values().flatten().copied().collect();
        for switch in self.node.switches.iter().filter(|s| s.kind == SwitchKind::External) {
            let named = self.node.host_vnics.iter().any(|v| same_name(&v.switch, &switch.name));
            if named || switch.allow_management_os == Some(false) {
                continue;
            }
            let members = switches::members(&self.node, &switch.name);
            let roles: BTreeSet<Role> = members.into_iter().flat_map(|n| n.roles.iter().copied()).collect();
            let lost: BTreeSet<Role> = roles.difference(&carried).copied().filter(|r| *r != Role::Vm).collect();
            if switch.allow_management_os == Some(true) || !lost.is_empty() {
                self.implicit.insert(switch.name.clone());
                self.holds.insert(Port::HostVnic(switch.name.clone()), lost);
            }
        }
    }

    /// The state after a change.
    pub fn with(&self, changes: &[Change]) -> State {
        let mut after = self.clone();
        for change in changes {
            after.apply(change);
        }
        after
    }

    /// Carries a change out.
    pub fn apply(&mut self, change: &Change) {
        effects::on_node(change, &mut self.node);
        match change {
            Change::CreateSwitch(switch) => {
                self.bases.insert(switch.record.name.clone(), switch.base.clone());
                if switch.weights {
                    self.weighted.insert(switch.record.name.clone());
                }
                if switch.implicit_host_vnic {
                    self.implicit.insert(switch.record.name.clone());
                }
            }
            Change::OwnHostVnic { switch, exists: true } => {
                self.implicit.insert(switch.clone());
            }
            Change::OwnHostVnic { switch, .. } => {
                self.implicit.remove(switch);
            }
            Change::RemoveSwitch(switch) => {
                self.bases.remove(&switch.record.name);
                self.weighted.remove(&switch.record.name);
                self.implicit.remove(&switch.record.name);
            }
            Change::Release { port, roles, .. } => {
                if let Some(held) = self.holds.get_mut(port) {
                    held.retain(|role| !roles.contains(role));
                }
            }
            Change::Assume { port, roles, .. } | Change::Ride { port, roles } => {
                self.awaits(change);
                self.holds
                    .entry(port.clone())
                    .or_default()
                    .extend(roles.iter().copied());
            }
            _ => {}
        }
        let gone: Vec<Port> = self.holds.keys().filter(|port| !self.exists(port)).cloned().collect();
        for port in gone {
            self.holds.remove(&port);
            self.awaiting.remove(&port);
        }
    }

    /// Whether an adapter has an address once it gets roles: it comes along, or was there.
    fn awaits(&mut self, change: &Change) {
        let Change::Assume {
            port, from, addresses, ..
        } = change
        else {
            return;
        };
        if from.is_some() || !addresses.is_empty() {
            self.awaiting.remove(port);
        } else if self.held(port).is_empty() {
            self.awaiting.insert(port.clone());
        }
    }

    /// Whether the adapter is there with addresses of its own: not the port or team under a switch.
    pub fn exists(&self, port: &Port) -> bool {
        match port {
            Port::Nic(name) => self.nic(name).is_some_and(Nic::is_bare),
            Port::Team(name) => {
                let mut members = self.node.nics.iter().filter(|n| same_name(&n.team, name)).peekable();
                members.peek().is_some() && members.all(|n| n.switch.is_none())
            }
            Port::HostVnic(name) => {
                self.node.host_vnics.iter().any(|v| same_name(&v.name, name)) || self.implicit.contains(name)
            }
        }
    }

    fn nic(&self, name: &str) -> Option<&Nic> {
        self.node.nics.iter().find(|n| same_name(&n.name, name))
    }

    /// Whether a packet gets through the adapter: a port behind it has a link.
    fn alive(&self, port: &Port) -> bool {
        let switch_up = |switch: &str| switches::members(&self.node, switch).iter().any(|n| n.up);
        match port {
            Port::Nic(name) => self.nic(name).is_some_and(|n| n.up),
            Port::Team(name) => self.node.nics.iter().any(|n| same_name(&n.team, name) && n.up),
            Port::HostVnic(name) => match self.node.host_vnics.iter().find(|v| same_name(&v.name, name)) {
                Some(vnic) => switch_up(&vnic.switch),
                None => self.implicit.contains(name) && switch_up(name),
            },
        }
    }

    /// Roles of [`GUARDED`] that have a live adapter, also one that still waits for its address.
    pub fn carried(&self) -> BTreeSet<Role> {
        self.guarded(|_, _| true)
    }

    /// Roles of [`GUARDED`] that have a live adapter with an address. A script finds that of management.
    pub fn reachable(&self) -> BTreeSet<Role> {
        self.guarded(|port, role| role == Role::Management || !self.awaiting.contains(port))
    }

    fn guarded(&self, counts: impl Fn(&Port, Role) -> bool) -> BTreeSet<Role> {
        let alive = self
            .holds
            .iter()
            .filter(|(port, _)| self.exists(port) && self.alive(port));
        let roles = alive.flat_map(|(port, roles)| roles.iter().map(move |role| (port, *role)));
        let guarded = roles.filter(|(port, role)| GUARDED.contains(role) && counts(port, *role));
        guarded.map(|(_, role)| role).collect()
    }

    /// Roles whose addresses an adapter holds.
    pub fn held(&self, port: &Port) -> BTreeSet<Role> {
        self.holds.get(port).cloned().unwrap_or_default()
    }

    /// Whether a port is in no team and under no switch, and holds no addresses.
    pub fn is_clean(&self, nic: &str) -> bool {
        let port = Port::Nic(nic.to_owned());
        self.exists(&port) && self.held(&port).is_empty()
    }

    /// The team of Windows NIC Teaming, or of a vendor, that a port is in.
    pub fn team_of(&self, nic: &str) -> Option<&str> {
        let nic = self.nic(nic)?;
        let under_set = nic
            .switch
            .as_ref()
            .is_some_and(|s| !matches!(self.bases.get(s), Some(Base::Team(_))));
        (!nic.team.is_empty() && !under_set).then_some(nic.team.as_str())
    }

    /// The ports of these names.
    pub fn nics_of(&self, names: &[String]) -> Vec<&Nic> {
        names.iter().filter_map(|name| self.nic(name)).collect()
    }

    /// Members of a team, by name.
    pub fn team(&self, name: &str) -> Vec<String> {
        let members = self
            .node
            .nics
            .iter()
            .filter(|n| self.team_of(&n.name).is_some_and(|t| same_name(t, name)));
        members.map(|n| n.name.clone()).collect()
    }

    /// Names of all teams, in the order of the ports.
    pub fn teams(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for nic in &self.node.nics {
            if let Some(team) = self
                .team_of(&nic.name)
                .filter(|t| !names.iter().any(|n| same_name(n, t)))
            {
                names.push(team.to_owned());
            }
        }
        names
    }

    /// A switch as it stands, to take it down or to make it again.
    pub fn switch(&self, name: &str) -> Option<Switch> {
        let record = self.node.switches.iter().find(|s| same_name(&s.name, name))?.clone();
        Some(Switch {
            base: self.bases.get(&record.name).cloned().unwrap_or(Base::Port),
            weights: self.weighted.contains(&record.name),
            implicit_host_vnic: self.implicit.contains(&record.name),
            record,
        })
    }
}
