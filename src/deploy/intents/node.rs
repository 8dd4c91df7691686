//! The one step that hands a node to Network ATC: what holds the intents' ports goes, the service starts and makes the intents, addresses
//! follow.
//!
//! As Microsoft has it in "Install and enable Network ATC" (drain one node, remove its virtual switch, teams and QoS, start the service there,
//! add the intents, verify, next node). Between its changes management is down: it is one take-over, with a way back.

use super::made;
use super::model::Intent;
use super::today::in_place;
use crate::applied::today;
use crate::deploy::carrying::known;
use crate::deploy::state::{State, port_of};
use crate::deploy::steps::{Change, Phase, Port, Step};
use crate::deploy::words;
use crate::inventory::{Cluster, HostVnic, Node, SwitchKind};
use crate::plan::ClusterPlan;
use crate::roles::Role;
use crate::units::same_name;
use std::collections::BTreeSet;

/// An adapter with its roles and addresses.
struct Holder {
    port: Port,
    roles: Vec<Role>,
    addresses: Vec<String>,
}

/// The step of a node; `None` = it has what the plan's intents make. `held` is the node once Network ATC is held.
pub fn step(cluster: &Cluster, plan: &ClusterPlan, held: &Node, after: &Node) -> Option<Step> {
    let planned = super::intents(cluster, plan);
    let own = cluster.nodes.iter().find(|n| n.name == held.name)?;
    let (there, missing): (Vec<Intent>, Vec<Intent>) = planned.into_iter().partition(|i| in_place(cluster, own, i));
    let state = State::today(cluster, held);
    let mut changes = taken_down(&state, &there);
    let gone: Vec<String> = changes
        .iter()
        .filter_map(|c| match c {
            Change::RemoveSwitch(switch) => Some(switch.record.name.clone()),
            _ => None,
        })
        .collect();
    let holders = Holders::new(&state, after, &missing, &gone);
    changes.splice(0..0, holders.released());
    changes.extend(landing(&state, &holders, &missing));
    let mut node = held.clone();
    let apply = |changes: &[Change], node: &mut Node| {
        for change in changes {
            crate::deploy::effects::on_node(change, node);
        }
    };
    apply(&changes, &mut node);
    let mut ordered = missing.clone();
    ordered.sort_by_key(|i| i.management);
    let stores = ordered.iter().any(|i| i.storage);
    for (place, mut intent) in ordered.into_iter().enumerate() {
        intent.clears_qos = stores && place == 0;
        intent.before = before(&intent, &node, held);
        changes.push(Change::AddIntent(Box::new(intent)));
    }
    changes.extend(added(&node, &missing, &there, after));
    changes.extend(holders.assumed());
    if changes.is_empty() {
        return None;
    }
    Some(Step {
        number: 0,
        phase: Phase::Wiring,
        title: title(&changes),
        serves: serves(plan, &held.name, &missing),
        takeover: true,
        changes,
    })
}

/// The ports as they are right before an intent takes them; their VLAN is the one of before the step.
fn before(intent: &Intent, node: &Node, held: &Node) -> Vec<super::PortBefore> {
    let mut before = made::before(intent, node);
    for port in &mut before {
        let old = held.nics.iter().find(|n| same_name(&n.name, &port.nic));
        port.vlan = old.and_then(|n| n.facts.number(made::NIC_VLAN));
        port.roles.retain(|role| old.is_some_and(|n| n.roles.contains(role)));
    }
    before
}

/// Virtual switches and teams that go: all but those of intents that are there.
fn taken_down(state: &State, there: &[Intent]) -> Vec<Change> {
    let stays = |name: &str| there.iter().filter_map(Intent::switch).any(|s| same_name(&s, name));
    let external = state.node.switches.iter().filter(|s| s.kind == SwitchKind::External);
    let mut changes = Vec::new();
    for switch in external
        .filter(|s| !stays(&s.name))
        .filter_map(|s| state.switch(&s.name))
    {
        let on_it = state
            .node
            .host_vnics
            .iter()
            .filter(|v| same_name(&v.switch, &switch.record.name));
        changes.extend(on_it.map(|v| Change::RemoveHostVnic(Box::new(v.clone()))));
        changes.push(Change::RemoveSwitch(Box::new(switch)));
    }
    for name in state.teams() {
        let nics = state.team(&name);
        changes.push(Change::RemoveTeam { name, nics });
    }
    changes
}

/// Which adapters keep what they have, which give it up, and which get it.
struct Holders {
    from: Vec<Holder>,
    to: Vec<(Holder, Option<Port>)>,
}

impl Holders {
    fn new(state: &State, after: &Node, missing: &[Intent], gone: &[String]) -> Holders {
        let old: Vec<Holder> = state
            .holds
            .iter()
            .map(|(port, roles)| Holder {
                port: port.clone(),
                roles: roles.iter().copied().collect(),
                addresses: known(&state.node, port),
            })
            .collect();
        let new: Vec<Holder> = today::carriers(after)
            .into_iter()
            .map(|c| Holder {
                port: port_of(after, &c.carrier),
                roles: c.roles,
                addresses: c.addresses,
            })
            .collect();
        let keeps = |a: &Holder, b: &Holder| keeps(state, (missing, gone), a, b);
        let (to, from): (Vec<Holder>, Vec<Holder>) = (
            new.iter()
                .filter(|n| !old.iter().any(|o| keeps(o, n)))
                .map(Holder::again)
                .collect(),
            old.iter()
                .filter(|o| !new.iter().any(|n| keeps(o, n)))
                .map(Holder::again)
                .collect(),
        );
        let mut used = BTreeSet::new();
        let to = to.into_iter().map(|n| {
            let source = source(&from, &n, &used);
            used.extend(source.clone());
            (n, source)
        });
        let to = to.collect();
        Holders { from, to }
    }

    /// What adapters give up before anything is taken down.
    fn released(&self) -> Vec<Change> {
        let release = |holder: &Holder| Change::Release {
            port: holder.port.clone(),
            roles: holder.roles.clone(),
            addresses: holder.addresses.clone(),
            of: None,
            keeps_address: false,
        };
        self.from.iter().map(release).collect()
    }

    /// What the new adapters get. Storage gets addresses from Network ATC where nobody has any.
    fn assumed(&self) -> Vec<Change> {
        let needed = |(holder, from): &&(Holder, Option<Port>)| {
            let given = from.is_some() || !holder.addresses.is_empty();
            given || !holder.roles.contains(&Role::Storage)
        };
        let assume = |(holder, from): &(Holder, Option<Port>)| Change::Assume {
            port: holder.port.clone(),
            roles: holder.roles.clone(),
            from: from.clone(),
            addresses: holder.addresses.clone(),
        };
        self.to.iter().filter(needed).map(assume).collect()
    }
}

impl Holder {
    fn again(&self) -> Holder {
        Holder {
            port: self.port.clone(),
            roles: self.roles.clone(),
            addresses: self.addresses.clone(),
        }
    }
}

/// Whether an adapter keeps its addresses: it is not taken down, and has the same ones. An intent over bare ports gives them its roles by itself.
fn keeps(state: &State, (missing, gone): (&[Intent], &[String]), old: &Holder, new: &Holder) -> bool {
    let stays = match &old.port {
        Port::Nic(name) => {
            let of = missing.iter().find(|i| i.nics.iter().any(|n| same_name(n, name)));
            match of {
                Some(intent) => intent.switch().is_none(),
                None => old.roles == new.roles,
            }
        }
        Port::HostVnic(name) => {
            let vnic = state.node.host_vnics.iter().find(|v| same_name(&v.name, name));
            old.roles == new.roles && vnic.is_some_and(|v| !gone.iter().any(|switch| same_name(switch, &v.switch)))
        }
        Port::Team(_) => false,
    };
    old.port == new.port && stays && old.addresses == new.addresses
}

/// The adapter whose addresses a new one takes over: that which has them, else one of the same role whose addresses nobody knows.
fn source(from: &[Holder], new: &Holder, used: &BTreeSet<Port>) -> Option<Port> {
    let free = || from.iter().filter(|old| !used.contains(&old.port));
    let has = |old: &&Holder| old.addresses.iter().any(|a| new.addresses.contains(a));
    let unknown = |old: &&Holder| {
        let shared = old.roles.iter().any(|role| new.roles.contains(role));
        old.addresses.is_empty() && new.addresses.is_empty() && shared
    };
    free()
        .find(has)
        .or_else(|| free().find(unknown))
        .map(|old| old.port.clone())
}

/// The address of management on a bare port of its intent, so that the node stays in the cluster while Network ATC works and hands the
/// address on to vManagement. Where a bare port of the intent has it today, it is there already.
fn landing(state: &State, holders: &Holders, missing: &[Intent]) -> Option<Change> {
    let intent = missing.iter().find(|i| i.management)?;
    let (new, from) = holders.to.iter().find(|(h, _)| h.roles.contains(&Role::Management))?;
    let from = from
        .clone()
        .filter(|port| !matches!(port, Port::Nic(nic) if intent.nics.contains(nic)))?;
    let vlan = match &from {
        Port::HostVnic(name) => {
            let vnic = state.node.host_vnics.iter().find(|v| same_name(&v.name, name));
            vnic.and_then(|v| v.vlan)
        }
        _ => None,
    };
    let nic = intent.nics.first()?.clone();
    let before = state.node.nics.iter().find(|n| same_name(&n.name, &nic));
    Some(Change::Land {
        before: before.and_then(|n| n.facts.number(made::NIC_VLAN)),
        vlan: vlan.map(u64::from),
        switch: intent.switch().unwrap_or_default(),
        from,
        addresses: new.addresses.clone(),
        nic,
    })
}

/// Host vNICs of the plan that no intent makes.
fn added(node: &Node, missing: &[Intent], there: &[Intent], after: &Node) -> Vec<Change> {
    let made = |v: &&HostVnic| {
        let mut all = missing.iter().chain(there);
        all.any(|i| {
            let own = i.management && same_name(&v.name, &i.management_vnic());
            own || (i.storage && i.nics.iter().any(|port| same_name(&v.name, &i.storage_vnic(port))))
        })
    };
    let there = |v: &&HostVnic| node.host_vnics.iter().any(|own| same_name(&own.name, &v.name));
    let wanted = after.host_vnics.iter().filter(|v| !made(v) && !there(v));
    wanted.map(|v| Change::AddHostVnic(Box::new(v.clone()))).collect()
}

fn title(changes: &[Change]) -> String {
    let of = |pick: &dyn Fn(&Change) -> Option<String>| changes.iter().filter_map(pick).collect::<Vec<_>>();
    let gone = of(&|c| match c {
        Change::RemoveSwitch(s) => Some(format!("virtual switch {}", s.record.name)),
        Change::RemoveTeam { name, .. } => Some(format!("team {name}")),
        _ => None,
    });
    let intents = of(&|c| match c {
        Change::AddIntent(i) => Some(format!("{} over {}", i.name, words::listed(&i.nics))),
        _ => None,
    });
    let mut parts = Vec::new();
    if !gone.is_empty() {
        parts.push(format!("remove {}", words::listed(&gone)));
    }
    if !intents.is_empty() {
        parts.push(format!("let Network ATC make {}", intents.join("; ")));
    }
    if parts.is_empty() {
        return words::title(changes);
    }
    parts.join(", then ")
}

/// The uplinks of the plan that the intents serve.
fn serves(plan: &ClusterPlan, node: &str, missing: &[Intent]) -> String {
    let of = |intent: &Intent| {
        let nic = intent.nics.first().cloned().unwrap_or_default();
        let team = String::new();
        words::serves(plan, node, &[Change::LeaveTeam { team, nic }])
    };
    let mut all: Vec<String> = missing.iter().map(of).collect();
    all.dedup();
    if all.is_empty() {
        return words::serves(plan, node, &[]);
    }
    all.join("; ")
}
