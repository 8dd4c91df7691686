//! What the ports of the physical switches let through while a node is rebuilt, and which addresses answer then.
#![allow(dead_code)] // each test file uses its part

use nicplan::deploy::cabling::{Cabling, PortChange, Wire};
use nicplan::inventory::{ClusterNetwork, Nic, Node};
use nicplan::units::Subnet;
use std::collections::{BTreeMap, BTreeSet};

/// Addresses that answer: their adapter is not under a switch, and a port behind it has a link.
pub fn alive(node: &Node) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = BTreeSet::new();
    for nic in node.nics.iter().filter(|n| n.switch.is_none()) {
        let up = if nic.team.is_empty() {
            nic.up
        } else {
            node.nics.iter().any(|n| n.team == nic.team && n.up)
        };
        found.extend(nic.addresses.iter().filter(|_| up).cloned());
    }
    for vnic in &node.host_vnics {
        let up = node
            .nics
            .iter()
            .any(|n| n.switch.as_deref() == Some(&vnic.switch) && n.up);
        found.extend(vnic.addresses.iter().filter(|_| up).cloned());
    }
    found
}

/// VLAN of the network on which an address lies.
pub fn vlan(networks: &[ClusterNetwork], address: &str) -> Option<u16> {
    let address = Subnet::address(address)?;
    networks
        .iter()
        .find(|n| Subnet::any_holds(&n.subnet, &[address]))
        .and_then(|n| n.vlan)
}

/// Ports of the physical switches, by port of the node.
pub struct Wires<'n> {
    networks: &'n [ClusterNetwork],
    has: BTreeMap<String, Wire>,
    /// Before the first change.
    real: BTreeMap<String, Wire>,
}

impl<'n> Wires<'n> {
    /// What they let through today: what the ports are used for, and what the inventory lists for those under a virtual switch.
    pub fn today(networks: &'n [ClusterNetwork], node: &Node) -> Wires<'n> {
        let mut has: BTreeMap<String, Wire> = BTreeMap::new();
        for nic in &node.nics {
            let wire = has.entry(nic.name.clone()).or_default();
            let switch = nic.switch.as_deref();
            wire.tagged
                .extend(nic.vlans.iter().flatten().filter(|_| switch.is_some()));
            for vnic in node.host_vnics.iter().filter(|v| Some(v.switch.as_str()) == switch) {
                wire.tagged.extend(vnic.vlan);
                let untagged = vnic.addresses.iter().find_map(|a| vlan(networks, a));
                wire.untagged = wire.untagged.or(untagged.filter(|_| vnic.vlan.is_none()));
            }
            let of_team = node.nics.iter().filter(|n| !nic.team.is_empty() && n.team == nic.team);
            let own: Vec<&Nic> = of_team.chain([nic]).filter(|n| n.switch.is_none()).collect();
            let own = own.iter().flat_map(|n| &n.addresses).find_map(|a| vlan(networks, a));
            match set(nic) {
                true => wire.tagged.extend(of_intent(nic).or(own)),
                false => wire.untagged = wire.untagged.or(own),
            }
        }
        let real = has.clone();
        Wires { networks, has, real }
    }

    /// A port is changed as a script asks for it. Where it asks for the VLAN without tag that it takes for today's, a person puts what the port really
    /// had: the text says so, since nobody knows the addresses of the port, and a port with roles of two networks may be on either.
    pub fn change(&mut self, change: &PortChange, cabling: &Cabling) {
        let taken_for = cabling.today.get(&change.nic).and_then(|wire| wire.untagged);
        let mut after = change.after.clone();
        if taken_for.is_some() && after.untagged == taken_for {
            after.untagged = self.real.get(&change.nic).and_then(|wire| wire.untagged).or(taken_for);
        }
        self.has.insert(change.nic.clone(), after);
    }

    pub fn ask(&mut self, nic: &str, asked: &Wire) {
        let wire = self.has.entry(nic.to_owned()).or_default();
        wire.tagged.extend(asked.tagged.iter().copied());
        assert!(
            asked.untagged.is_none() || wire.untagged.is_none(),
            "{nic}: a port has one VLAN without tag, and {} is taken from it while it is used",
            wire.untagged.unwrap_or_default()
        );
        wire.untagged = wire.untagged.or(asked.untagged);
    }

    fn tagged(&self, nic: &Nic, vlan: Option<u16>) -> bool {
        vlan.is_none_or(|vlan| self.has.get(&nic.name).is_some_and(|w| w.tagged.contains(&vlan)))
    }

    fn untagged(&self, nic: &Nic, vlan: Option<u16>) -> bool {
        vlan.is_none() || self.has.get(&nic.name).is_some_and(|w| w.untagged == vlan)
    }

    /// Addresses that answer: every linked port over which they may go has their VLAN as Windows sends it.
    pub fn alive(&self, node: &Node) -> BTreeSet<String> {
        let mut found = alive(node);
        for nic in node.nics.iter().filter(|n| n.switch.is_none()) {
            let of_team = |n: &&Nic| n.up && (n.name == nic.name || !nic.team.is_empty() && n.team == nic.team);
            for address in &nic.addresses {
                let own = vlan(self.networks, address);
                let fine = |n: &Nic| {
                    if set(n) {
                        self.tagged(n, of_intent(n).or(own)) && !is_strange(n, own)
                    } else {
                        self.untagged(n, own)
                    }
                };
                if !node.nics.iter().filter(of_team).all(fine) {
                    found.remove(address);
                }
            }
        }
        for vnic in &node.host_vnics {
            let mut ports = node
                .nics
                .iter()
                .filter(|n| n.up && n.switch.as_deref() == Some(&vnic.switch));
            let fine = ports.all(|n| match vnic.vlan {
                Some(_) => self.tagged(n, vnic.vlan),
                None => self.untagged(n, vnic.addresses.iter().find_map(|a| vlan(self.networks, a))),
            });
            if !fine {
                found.retain(|address| !vnic.addresses.contains(address));
            }
        }
        found
    }
}

/// The VLAN that Network ATC sets at a port without virtual switch, whatever the table of networks says.
pub fn of_intent(nic: &Nic) -> Option<u16> {
    let intent = nic.facts.list("intents").is_some_and(|names| !names.is_empty());
    let set = nic.facts.number("nic_vlan").filter(|_| intent);
    set.and_then(|vlan| u16::try_from(vlan).ok())
}

/// Whether Windows itself tags what leaves a port without virtual switch.
pub fn set(nic: &Nic) -> bool {
    let column = if nic.team.is_empty() { "nic_vlan" } else { "team_vlan" };
    nic.facts.number(column).is_some_and(|vlan| vlan > 0)
}

/// Whether the VLAN ID that is set at a port without virtual switch is not that of an address's network.
pub fn is_strange(nic: &Nic, own: Option<u16>) -> bool {
    let set = nic.facts.number("nic_vlan").filter(|set| *set > 0 && nic.is_bare());
    of_intent(nic).is_none() && own.is_some_and(|own| set.is_some_and(|set| set != u64::from(own)))
}

/// Addresses on ports without virtual switch at which the VLAN ID of another network is set: nothing reaches them.
pub fn strangers(networks: &[ClusterNetwork], node: &Node) -> BTreeSet<(String, String)> {
    let all = node
        .nics
        .iter()
        .flat_map(|n| n.addresses.iter().map(move |address| (n, address)));
    let strange = all.filter(|(nic, address)| is_strange(nic, vlan(networks, address)));
    strange
        .map(|(nic, address)| (nic.name.clone(), address.clone()))
        .collect()
}
