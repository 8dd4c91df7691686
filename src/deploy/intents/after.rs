//! The facts after a plan with the names and settings that Network ATC gives: the plan's switches and host vNICs are the intents'.
//!
//! In: today's facts, those after the plan. Out: the latter as Network ATC leaves them. What it does not make (host vNICs of other roles) stays
//! as the plan has it. Must not know: steps.

use super::made;
use super::model::Intent;
use super::today;
use crate::applied::rides_on_storage;
use crate::deploy::facts_before::FactsBefore;
use crate::inventory::{Cluster, Fact, Facts, HostVnic, Node, SwitchKind, VirtualSwitch};
use crate::plan::ClusterPlan;
use crate::roles::Role;
use crate::units::{natural_cmp, same_name};

/// The cluster after the plan, as Network ATC leaves it.
pub fn named(after: &Cluster, today: &Cluster, plan: &ClusterPlan) -> Cluster {
    let intents = super::intents(today, plan);
    let ended = today::ended(today, &intents);
    let mut named = after.clone();
    for (node, old) in named.nodes.iter_mut().zip(&today.nodes) {
        for intent in &intents {
            of_intent(today, plan, old, intent, node);
        }
        leave(&intents, &ended, node);
        FactsBefore::of_all(old).put_back(node);
        node.switches.sort_by(|a, b| natural_cmp(&a.name, &b.name));
        node.host_vnics.sort_by(|a, b| natural_cmp(&a.name, &b.name));
    }
    let of = |network: &str| {
        let serves = |i: &&Intent| i.network.as_deref().is_some_and(|n| same_name(n, network));
        intents.iter().find(serves).and_then(Intent::switch)
    };
    for vnic in named.vms.iter_mut().flat_map(|vm| &mut vm.vnics) {
        if let Some(name) = of(&vnic.switch) {
            vnic.switch = name;
        }
    }
    lists(&intents, &mut named);
    migration(today, &mut named);
    named
}

/// One intent on one node.
fn of_intent(today: &Cluster, plan: &ClusterPlan, old: &Node, intent: &Intent, node: &mut Node) {
    let there = today::in_place(today, old, intent);
    let is = |name: &str| intent.nics.iter().any(|own| same_name(own, name));
    let planned = node.nics.iter().find(|n| is(&n.name)).and_then(|n| n.switch.clone());
    let mut addresses: Vec<String> = Vec::new();
    for nic in node.nics.iter_mut().filter(|n| is(&n.name)) {
        if !(there && nic.facts.list(made::INTENTS).is_none()) {
            nic.facts.insert(made::INTENTS, Fact::List(vec![intent.name.clone()]));
        }
        if intent.switch().is_some() {
            nic.switch = intent.switch();
            addresses.append(&mut nic.addresses);
            if !there {
                nic.team.clear();
                nic.facts.remove(made::NIC_VLAN);
            }
        } else if !there {
            let at = intent.nics.iter().position(|own| same_name(own, &nic.name));
            made::set_vlan(nic, at.map(|at| u64::from(intent.storage_vlan(at))));
        }
    }
    let Some(name) = intent.switch() else { return };
    let mut vnics = Vec::new();
    for vnic in take(node, planned.as_deref()) {
        vnics.extend(host_vnic(today, plan, (intent, there), vnic, &name));
    }
    if intent.management && !vnics.iter().any(|v| v.role == Some(Role::Management)) {
        let mut vnic = made::host_vnic(intent.management_vnic(), &name, Role::Management, node.origin);
        vnic.vlan = intent.management_vlan;
        vnic.addresses = addresses;
        vnics.push(vnic);
    }
    for (at, port) in intent.nics.iter().enumerate().filter(|_| intent.storage) {
        let own = intent.storage_vnic(port);
        if !vnics.iter().any(|v| same_name(&v.name, &own)) {
            vnics.push(storage_vnic(
                intent,
                at,
                made::host_vnic(own, &name, Role::Storage, node.origin),
            ));
        }
    }
    // what an intent that is there has made stays as it is
    for vnic in vnics.iter_mut().filter(|_| there) {
        if let Some(own) = old.host_vnics.iter().find(|v| same_name(&v.name, &vnic.name)) {
            vnic.vlan = own.vlan;
        }
    }
    switch(old, (intent, there), !vnics.is_empty(), planned.as_deref(), node);
    node.host_vnics.extend(vnics);
}

/// Host vNICs of a switch, off the node.
fn take(node: &mut Node, switch: Option<&str>) -> Vec<HostVnic> {
    let on_it = |v: &HostVnic| switch.is_some_and(|s| same_name(s, &v.switch));
    let (taken, kept) = std::mem::take(&mut node.host_vnics).into_iter().partition(|v| on_it(v));
    node.host_vnics = kept;
    taken
}

/// The switch of the intent; one that is there keeps what is known about it.
fn switch(old: &Node, (intent, there): (&Intent, bool), host: bool, planned: Option<&str>, node: &mut Node) {
    let name = intent.switch().unwrap_or_default();
    let record = node
        .switches
        .iter()
        .find(|s| planned.is_some_and(|p| same_name(p, &s.name)));
    let today = old.switches.iter().find(|s| there && same_name(&s.name, &name));
    let origin = record.map_or(node.origin, |s| s.origin);
    let mut facts = today.map_or_else(Facts::default, |s| s.facts.clone());
    if !there && intent.iov {
        facts.insert("iov", Fact::Yes(true));
    }
    if !there && intent.dynamic {
        facts.insert("load_balancing", Fact::Text("dynamic".to_owned()));
    }
    node.switches
        .retain(|s| !planned.is_some_and(|p| same_name(p, &s.name)));
    node.switches.push(VirtualSwitch {
        name: today.map_or(name, |s| s.name.clone()),
        kind: SwitchKind::External,
        nics: intent.nics.clone(),
        allow_management_os: Some(host),
        origin,
        facts,
    });
}

/// A host vNIC of the plan as Network ATC has it: vManagement and vSMB by their own names; cluster and live migration go over the storage
/// adapters where nothing of today speaks of their own; others are kept, and added by hand or script.
fn host_vnic(
    today: &Cluster,
    plan: &ClusterPlan,
    (intent, there): (&Intent, bool),
    mut vnic: HostVnic,
    switch: &str,
) -> Option<HostVnic> {
    vnic.switch = switch.to_owned();
    vnic.weight = None;
    let fresh = |name: String, role: Role| {
        let mut made = made::host_vnic(name, switch, role, vnic.origin);
        made.addresses.clone_from(&vnic.addresses);
        made
    };
    match vnic.role {
        Some(Role::Management) if intent.management => {
            let name = intent.management_vnic();
            if there {
                return Some(HostVnic { name, ..vnic });
            }
            let mut made = fresh(name, Role::Management);
            made.vlan = intent.management_vlan;
            Some(made)
        }
        Some(Role::Storage) if intent.storage => {
            let port = match vnic.facts.get("team_mapping") {
                Some(Fact::List(ports)) => ports.first().cloned(),
                _ => intent.nics.first().cloned(),
            };
            let at = intent
                .nics
                .iter()
                .position(|own| port.as_ref().is_some_and(|p| same_name(own, p)));
            let at = at.unwrap_or(0);
            let name = intent.storage_vnic(intent.nics.get(at).map_or("", String::as_str));
            if there {
                return Some(HostVnic { name, ..vnic });
            }
            Some(storage_vnic(intent, at, fresh(name, Role::Storage)))
        }
        Some(role) if beside_storage(today, plan, intent, role) => None,
        _ => Some(vnic),
    }
}

/// Whether a role of the host goes over the storage adapters of its intent.
fn beside_storage(today: &Cluster, plan: &ClusterPlan, intent: &Intent, role: Role) -> bool {
    let has_own = today.networks.iter().any(|n| n.purpose == Some(role))
        || today
            .nodes
            .iter()
            .flat_map(|n| &n.host_vnics)
            .any(|v| v.role == Some(role));
    let mut designs = plan.uplinks.iter().filter(|u| u.roles == intent.roles);
    let rides = designs.any(|design| rides_on_storage(today, design, role));
    intent.storage && (rides || (matches!(role, Role::Cluster | Role::LiveMigration) && !has_own))
}

fn storage_vnic(intent: &Intent, at: usize, mut vnic: HostVnic) -> HostVnic {
    vnic.vlan = Some(intent.storage_vlan(at));
    vnic.rdma = intent.rdma.then_some(true);
    let port = intent.nics.get(at).cloned().unwrap_or_default();
    vnic.facts.insert("team_mapping", Fact::List(vec![port]));
    vnic
}

/// Ports of no intent are named by none of those that end.
fn leave(intents: &[Intent], ended: &[Intent], node: &mut Node) {
    let held = |name: &str| intents.iter().any(|i| i.nics.iter().any(|own| same_name(own, name)));
    for nic in node.nics.iter_mut().filter(|n| !held(&n.name)) {
        made::end(ended, nic);
    }
}

/// The inventory's lists of intents, where it has them.
fn lists(intents: &[Intent], named: &mut Cluster) {
    for (column, names) in today::lists(named, intents) {
        named.facts.insert(column, Fact::List(names));
    }
}

/// Network ATC decides what the hosts and the cluster say of live migration; the overrides speak of the rest.
fn migration(today: &Cluster, named: &mut Cluster) {
    let listed = super::global::lists(named);
    for (node, old) in named.nodes.iter_mut().zip(&today.nodes) {
        node.migration.transport = old.migration.transport;
        node.migration.concurrency = old.migration.concurrency;
        node.migration.smb_limit = old.migration.smb_limit;
        if !listed {
            node.migration.clone_from(&old.migration);
        }
    }
    named.migration.smb_limit_on = today.migration.smb_limit_on;
    named.migration.smb_limit_factor = today.migration.smb_limit_factor;
    if named.migration.maximum_parallel.is_none_or(|number| number <= 1) {
        named.migration.maximum_parallel = today.migration.maximum_parallel;
    }
}
