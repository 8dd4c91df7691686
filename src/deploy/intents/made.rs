//! What Network ATC makes of an intent on one node, and what is left once that is taken down again: facts in, facts out.
//!
//! Sources: Microsoft, "Network ATC overview" and "Deploy host networking with Network ATC": a SET switch ConvergedSwitch(intent) for
//! management and compute, vManagement(intent), one vSMB(intent#port) for each port of a storage intent with a switch, bare ports with a VLAN
//! of their own for one without; VLANs 711 and on; the address of a port in a management intent goes to vManagement. Must not know: the plan.

use super::model::{Intent, PortBefore};
use crate::inventory::{Fact, Facts, HostVnic, Nic, Node, Origin, SwitchKind, VirtualSwitch};
use crate::roles::Role;
use crate::units::{natural_cmp, same_name};

/// Column of ports that names the intents they belong to.
pub const INTENTS: &str = "intents";
/// Column of ports with the VLAN ID that is set in Windows.
pub const NIC_VLAN: &str = "nic_vlan";

/// The intent is added.
pub fn add(intent: &Intent, node: &mut Node) {
    let Some(switch) = intent.switch() else {
        storage_ports(intent, node);
        return;
    };
    let mut carried: Vec<String> = Vec::new();
    for nic in ports(intent, node) {
        carried.append(&mut nic.addresses);
        nic.roles.clear();
        nic.team.clear();
        nic.switch = Some(switch.clone());
        nic.facts.remove(NIC_VLAN);
        named(intent, nic);
    }
    let mut facts = Facts::default();
    if intent.iov {
        facts.insert("iov", Fact::Yes(true));
    }
    if intent.dynamic {
        facts.insert("load_balancing", Fact::Text("dynamic".to_owned()));
    }
    let origin = node.origin;
    node.switches.push(VirtualSwitch {
        name: switch.clone(),
        kind: SwitchKind::External,
        nics: intent.nics.clone(),
        allow_management_os: Some(intent.management || intent.storage),
        origin,
        facts,
    });
    node.switches.sort_by(|a, b| natural_cmp(&a.name, &b.name));
    if intent.management {
        let mut vnic = host_vnic(intent.management_vnic(), &switch, Role::Management, origin);
        vnic.vlan = intent.management_vlan;
        vnic.addresses = carried;
        node.host_vnics.push(vnic);
    }
    if intent.storage {
        for (position, port) in intent.nics.iter().enumerate() {
            let mut vnic = host_vnic(intent.storage_vnic(port), &switch, Role::Storage, origin);
            vnic.vlan = Some(intent.storage_vlan(position));
            vnic.rdma = intent.rdma.then_some(true);
            vnic.facts.insert("team_mapping", Fact::List(vec![port.clone()]));
            node.host_vnics.push(vnic);
        }
    }
    node.host_vnics.sort_by(|a, b| natural_cmp(&a.name, &b.name));
}

/// What the intent made on the node is taken down: its ports are bare again, as they were right before it. They have no addresses then; on
/// bare storage ports these stay.
pub fn remove(intent: &Intent, node: &mut Node) {
    if let Some(switch) = intent.switch() {
        node.host_vnics.retain(|v| !same_name(&v.switch, &switch));
        node.switches.retain(|s| !same_name(&s.name, &switch));
        for nic in ports(intent, node) {
            nic.switch = None;
            nic.team.clear();
        }
    }
    for before in &intent.before {
        let Some(nic) = node.nics.iter_mut().find(|n| same_name(&n.name, &before.nic)) else {
            continue;
        };
        nic.roles.clone_from(&before.roles);
        set_vlan(nic, before.vlan);
        match &before.intents {
            Some(names) => nic.facts.insert(INTENTS, Fact::List(names.clone())),
            None => nic.facts.remove(INTENTS),
        }
    }
}

/// A port of which some intents end.
pub fn end(ended: &[Intent], nic: &mut Nic) {
    let Some(names) = nic.facts.list(INTENTS) else { return };
    let stays = |name: &&String| !ended.iter().any(|i| same_name(&i.name, name));
    let left: Vec<String> = names.iter().filter(stays).cloned().collect();
    nic.facts.insert(INTENTS, Fact::List(left));
}

/// A port to which intents come back.
pub fn again(ended: &[Intent], nic: &mut Nic) {
    let Some(names) = nic.facts.list(INTENTS) else { return };
    let mut all = names.to_vec();
    for intent in ended
        .iter()
        .filter(|i| i.nics.iter().any(|own| same_name(own, &nic.name)))
    {
        if !all.iter().any(|name| same_name(name, &intent.name)) {
            all.push(intent.name.clone());
        }
    }
    nic.facts.insert(INTENTS, Fact::List(all));
}

/// Sets the VLAN ID of a port in Windows.
pub fn set_vlan(nic: &mut Nic, vlan: Option<u64>) {
    match vlan {
        Some(vlan) => nic.facts.insert(NIC_VLAN, Fact::Number(vlan)),
        None => nic.facts.remove(NIC_VLAN),
    }
}

/// The ports of an intent as they are.
pub fn before(intent: &Intent, node: &Node) -> Vec<PortBefore> {
    let nics = node.nics.iter();
    let own = nics.filter(|n| intent.nics.iter().any(|name| same_name(name, &n.name)));
    own.map(|n| PortBefore {
        nic: n.name.clone(),
        vlan: n.facts.number(NIC_VLAN),
        roles: n.roles.clone(),
        intents: n.facts.list(INTENTS).map(<[String]>::to_vec),
    })
    .collect()
}

fn storage_ports(intent: &Intent, node: &mut Node) {
    for nic in ports(intent, node) {
        let position = intent.nics.iter().position(|name| same_name(name, &nic.name));
        nic.roles = intent.roles.iter().copied().collect();
        set_vlan(nic, position.map(|at| u64::from(intent.storage_vlan(at))));
        named(intent, nic);
    }
}

fn named(intent: &Intent, nic: &mut Nic) {
    nic.facts.insert(INTENTS, Fact::List(vec![intent.name.clone()]));
}

fn ports<'n>(intent: &'n Intent, node: &'n mut Node) -> impl Iterator<Item = &'n mut Nic> {
    let own = |nic: &&mut Nic| intent.nics.iter().any(|name| same_name(name, &nic.name));
    node.nics.iter_mut().filter(own)
}

/// A host vNIC with nothing but its place.
pub fn host_vnic(name: String, switch: &str, role: Role, origin: Origin) -> HostVnic {
    HostVnic {
        name,
        switch: switch.to_owned(),
        role: Some(role),
        vlan: None,
        weight: None,
        mac: None,
        addresses: Vec::new(),
        rdma: None,
        origin,
        facts: Facts::default(),
    }
}
