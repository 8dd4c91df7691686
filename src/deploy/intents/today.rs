//! Intents that a cluster has today, as far as the inventory shows them: by the column `intents` of its ports, by the lists of its intents, and
//! by what Network ATC makes. Must not know: steps, scripts.

use super::made;
use super::model::{Hold, Intent};
use crate::applied::Carrier;
use crate::applied::today::carriers;
use crate::deploy::steps::Values;
use crate::inventory::{Cluster, Nic, Node, VirtualSwitch};
use crate::roles::Role;
use crate::units::same_name;

/// Whether an intent is of a kind.
type Kind = fn(&Intent) -> bool;

/// Columns of clusters that name intents by kind.
const LISTS: [(&str, Kind); 3] = [
    ("management_intents", |i| i.management),
    ("compute_intents", |i| i.compute),
    ("storage_intents", |i| i.storage),
];

/// Name of the intent in `ConvergedSwitch(intent)`.
fn of_switch(switch: &str) -> Option<&str> {
    switch.strip_prefix("ConvergedSwitch(")?.strip_suffix(')')
}

/// Name of the intent that holds a port.
fn of_port(nic: &Nic) -> Option<&str> {
    match nic.facts.list(made::INTENTS) {
        Some([one]) => Some(one),
        Some(_) => None,
        None => nic.switch.as_deref().and_then(of_switch),
    }
}

/// Name of the intent that exactly these ports form today on every node.
pub(super) fn name(cluster: &Cluster, nics: &[String]) -> Option<String> {
    let first = cluster.nodes.first()?;
    let is = |name: &str| nics.iter().any(|own| same_name(own, name));
    let wanted = first.nics.iter().find(|n| is(&n.name)).and_then(of_port)?;
    let exact = |node: &Node| {
        let mut all = node.nics.iter();
        all.all(|nic| is(&nic.name) == of_port(nic).is_some_and(|own| same_name(own, wanted)))
    };
    cluster.nodes.iter().all(exact).then(|| wanted.to_owned())
}

/// Whether a node has what Network ATC makes of the intent, and nothing says that the intent is of another kind.
pub fn in_place(cluster: &Cluster, node: &Node, intent: &Intent) -> bool {
    let of_kind = LISTS.iter().all(|(column, is)| {
        let list = cluster.facts.list(column);
        list.is_none_or(|names| names.iter().any(|name| same_name(name, &intent.name)) == is(intent))
    });
    let ports: Vec<&Nic> = intent
        .nics
        .iter()
        .filter_map(|name| node.nics.iter().find(|n| same_name(&n.name, name)))
        .collect();
    let held = |nic: &&Nic| match nic.facts.list(made::INTENTS) {
        Some(names) => names.iter().any(|name| same_name(name, &intent.name)) && names.len() == 1,
        None => true,
    };
    of_kind && ports.len() == intent.nics.len() && ports.iter().all(held) && is_wired(node, intent, &ports)
}

fn is_wired(node: &Node, intent: &Intent, ports: &[&Nic]) -> bool {
    let Some(switch) = intent.switch() else {
        // bare ports show nothing of their intent: something else must say that Network ATC rules this node
        let named = ports.iter().all(|nic| nic.facts.list(made::INTENTS).is_some());
        let ruled = node.switches.iter().any(|s| of_switch(&s.name).is_some())
            && ports.iter().all(|n| n.roles.contains(&Role::Storage));
        return (named || ruled) && ports.iter().all(|n| n.is_bare());
    };
    let own = |nic: &&Nic| nic.switch.as_deref().is_some_and(|s| same_name(s, &switch));
    let has = |name: &str| {
        let mut vnics = node.host_vnics.iter();
        vnics.any(|v| same_name(&v.name, name) && same_name(&v.switch, &switch))
    };
    let vlan = |name: &str| {
        node.host_vnics
            .iter()
            .find(|v| same_name(&v.name, name))
            .and_then(|v| v.vlan)
    };
    let management = intent.management_vnic();
    let storage = intent.nics.iter().enumerate().all(|(at, port)| {
        let name = intent.storage_vnic(port);
        has(&name) == intent.storage && (!intent.storage || vlan(&name).is_none_or(|v| v == intent.storage_vlan(at)))
    });
    node.nics.iter().filter(own).count() == intent.nics.len()
        && ports.iter().all(own)
        && has(&management) == intent.management
        && (!intent.management || vlan(&management) == intent.management_vlan)
        && storage
}

/// Whether the only virtual switch over the ports of every node says so.
pub(super) fn switch_says(cluster: &Cluster, nics: &[String], says: fn(&VirtualSwitch) -> bool) -> bool {
    !cluster.nodes.is_empty()
        && cluster
            .nodes
            .iter()
            .all(|node| switch_over(node, nics).is_some_and(says))
}

fn switch_over<'n>(node: &'n Node, nics: &[String]) -> Option<&'n VirtualSwitch> {
    let port = node
        .nics
        .iter()
        .find(|n| nics.iter().any(|name| same_name(name, &n.name)))?;
    let switch = port.switch.as_deref()?;
    node.switches.iter().find(|s| same_name(&s.name, switch))
}

/// VLANs in which the node's storage adapters are, one after the other; empty where one of them is not known to be in any.
pub(super) fn storage_vlans(node: &Node) -> Vec<u16> {
    let vlans = carriers(node)
        .into_iter()
        .filter(|c| c.roles.contains(&Role::Storage))
        .map(|c| match &c.carrier {
            Carrier::Nic(at) => node.nics.get(*at).and_then(|n| n.facts.number(made::NIC_VLAN)),
            Carrier::Team(..) => None,
            Carrier::HostVnic { name, .. } => {
                let vnic = node.host_vnics.iter().find(|v| same_name(&v.name, name));
                vnic.and_then(|v| v.vlan).map(u64::from)
            }
        });
    let vlans: Option<Vec<u16>> = vlans
        .map(|vlan| u16::try_from(vlan?).ok().filter(|vlan| *vlan > 0))
        .collect();
    vlans.unwrap_or_default()
}

/// Whether the node has adapters for storage today.
pub(super) fn stores(node: &Node) -> bool {
    carriers(node).iter().any(|c| c.roles.contains(&Role::Storage))
}

/// Intents of today that are not among those of the plan, or are not what it wants on any node.
pub fn ended(cluster: &Cluster, planned: &[Intent]) -> Vec<Intent> {
    let stays = |name: &str| {
        let of_plan = planned.iter().find(|i| same_name(&i.name, name));
        of_plan.is_some_and(|intent| cluster.nodes.iter().any(|node| in_place(cluster, node, intent)))
    };
    let mut found: Vec<Intent> = Vec::new();
    for node in &cluster.nodes {
        for nic in &node.nics {
            let Some(name) = of_port(nic).filter(|name| !stays(name)) else {
                continue;
            };
            match found.iter_mut().find(|i| same_name(&i.name, name)) {
                Some(intent) if intent.nics.iter().any(|own| same_name(own, &nic.name)) => {}
                Some(intent) => intent.nics.push(nic.name.clone()),
                None => found.push(of_today(cluster, node, nic, name)),
            }
        }
    }
    found
}

/// An intent of today as far as it can be told from its kinds and host vNICs.
fn of_today(cluster: &Cluster, node: &Node, nic: &Nic, name: &str) -> Intent {
    let mut intent = Intent {
        name: name.to_owned(),
        nics: vec![nic.name.clone()],
        ..Intent::default()
    };
    let listed = |column: &str| {
        cluster
            .facts
            .list(column)
            .map(|names| names.iter().any(|own| same_name(own, name)))
    };
    let vnic = |wanted: &str| node.host_vnics.iter().find(|v| same_name(&v.name, wanted));
    let management = vnic(&intent.management_vnic());
    let storage = vnic(&intent.storage_vnic(&nic.name));
    intent.management = listed(LISTS[0].0).unwrap_or(management.is_some());
    intent.storage = listed(LISTS[2].0).unwrap_or(storage.is_some() || nic.switch.is_none());
    let guests = cluster.vms.iter().flat_map(|vm| &vm.vnics);
    let mut on_it = guests.filter(|v| nic.switch.as_deref().is_some_and(|s| same_name(s, &v.switch)));
    let alone = nic.switch.is_some() && !intent.management;
    intent.compute = listed(LISTS[1].0).unwrap_or(alone || on_it.next().is_some());
    intent.management_vlan = management.and_then(|v| v.vlan);
    intent
}

/// What is done before the first node: Network ATC waits on every node, and intents of today that end are taken away. `None` = the cluster has
/// the plan's intents.
pub fn hold(cluster: &Cluster, planned: &[Intent]) -> Option<Hold> {
    let missing = |intent: &&Intent| !cluster.nodes.iter().any(|node| in_place(cluster, node, intent));
    let added: Vec<String> = planned.iter().filter(missing).map(|i| i.name.clone()).collect();
    let ended = ended(cluster, planned);
    if added.is_empty() && ended.is_empty() {
        return None;
    }
    let values = |(column, after): (&'static str, Vec<String>)| {
        let before = cluster.facts.list(column).map(<[String]>::to_vec);
        (column, Values::new(before, Some(after)))
    };
    Some(Hold {
        nodes: cluster.nodes.iter().map(|n| n.name.clone()).collect(),
        ended,
        added,
        lists: lists(cluster, planned).into_iter().map(values).collect(),
    })
}

/// The inventory's lists of intents once the plan's are there; a list that the inventory does not have stays unknown.
pub(super) fn lists(cluster: &Cluster, planned: &[Intent]) -> Vec<(&'static str, Vec<String>)> {
    let known = LISTS.iter().filter(|(column, _)| cluster.facts.list(column).is_some());
    let names = |is: Kind| planned.iter().filter(|i| is(i)).map(|i| i.name.clone()).collect();
    known.map(|(column, is)| (*column, names(*is))).collect()
}
