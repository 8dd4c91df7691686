//! The planning problem of one cluster in small integers: port types, node groups, demands, vNICs.
//!
//! In: a cluster's facts. Out: [`Instance`], read by every other file of this folder. No decisions.

use super::networks::Needed;
use super::watch::Watch;
use crate::demand;
use crate::inventory::{Cluster, Nic, Node};
use crate::migration::Moved;
use crate::policy::{FailureKind, Strength, Wish};
use crate::roles::Role;
use crate::topology::{Attach, Fabric, attach};
use crate::units::{Mbps, natural_cmp};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// What a NIC does: host roles as bits by role number, and the external network (0 = none, else index + 1 into the names).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Token {
    pub roles: u8,
    pub network: u16,
}

/// Ports of a node that are alike for every purpose but their present use.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PortType {
    pub speed: Mbps,
    pub model: String,
    /// Card number within the node, in order of appearance.
    pub card: usize,
    /// Index into [`Instance::attaches`].
    pub attach: usize,
    /// The k-th direct cable to a peer: such cables reach only if the uplink has the k-th cable to every peer.
    pub cable: Option<usize>,
    pub rdma: bool,
    pub vlans: Option<BTreeSet<u16>>,
    pub count: u8,
}

/// Nodes with the same port types.
#[derive(Clone, Debug)]
pub struct Class {
    pub types: Vec<PortType>,
}

impl Class {
    /// Ports of one node.
    pub fn ports(&self) -> usize {
        self.types.iter().map(|kind| usize::from(kind.count)).sum()
    }
}

/// Nodes of one class that are wired alike today; they get the same pattern.
#[derive(Clone, Debug)]
pub struct Group {
    pub class: usize,
    pub nodes: Vec<usize>,
    /// Today's tokens by type: (token, count).
    pub today: Vec<Vec<(Token, u8)>>,
    pub wiring_known: bool,
}

/// A vNIC that needs an external network.
#[derive(Clone, Debug)]
pub struct Item {
    pub vm: usize,
    pub vnic: usize,
    pub node: Option<usize>,
    pub need: Mbps,
    pub heavy: bool,
    pub dedicated: bool,
    /// 0 = no zone.
    pub zone: usize,
    /// Index into [`Instance::vlan_sets`].
    pub vlans: usize,
    /// Index into [`Instance::names`] of the network it is on today.
    pub current: Option<usize>,
}

/// A zone that the policy keeps alone on its ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IsolatedZone {
    /// Its number.
    pub zone: usize,
    /// As the inventory calls it.
    pub name: String,
    /// Whether it must be alone, not only should.
    pub required: bool,
}

/// The problem.
pub struct Instance<'a> {
    pub cluster: &'a Cluster,
    pub roles: Vec<Role>,
    pub wishes: Vec<Wish>,
    /// Demand by node and role number, VM excluded.
    pub demand: Vec<[Mbps; 6]>,
    pub items: Vec<Item>,
    /// Items by hosting node.
    pub items_of: Vec<Vec<usize>>,
    pub classes: Vec<Class>,
    pub groups: Vec<Group>,
    /// Where ports hang: ToRs, the unnamed switch, direct cables.
    pub attaches: Vec<Attach>,
    /// Fabric segment of each attach point (rows) when a given attach point is dead (columns); last column = nothing dead.
    pub segment_when_dead: Vec<Vec<Option<usize>>>,
    pub vlan_sets: Vec<BTreeSet<u16>>,
    pub zones: usize,
    /// Zones present that must or should share no port.
    pub isolated: Vec<IsolatedZone>,
    /// Names of external networks of today, most used first.
    pub names: Vec<String>,
    /// Required survival by role number and kind (nic, card, tor).
    pub must: [[bool; 3]; 6],
    /// The VMs that a drain moves live, by node.
    pub moved: Vec<Vec<Moved>>,
    /// NIC indices by node and type, in the node's order.
    pub nics_of: Vec<Vec<Vec<usize>>>,
    /// Networks that it takes to keep apart what must be apart.
    pub needed: Needed,
    /// vNICs that are on each of [`Instance::names`] today.
    pub on_today: Vec<u64>,
    /// When to stop.
    pub watch: Watch,
}

/// The failure kinds that patterns know, in column order.
pub const KINDS: [FailureKind; 3] = [FailureKind::Nic, FailureKind::Card, FailureKind::Tor];

impl<'a> Instance<'a> {
    /// Nodes and vNICs: what counting out a plan goes through.
    pub fn size(&self) -> usize {
        self.cluster.nodes.len() + self.items.len()
    }

    /// Reads the cluster.
    pub fn new(cluster: &'a Cluster) -> Self {
        let roles = cluster.roles();
        let names = network_names(cluster);
        let mut attaches: Vec<Attach> = cluster.nodes.iter().flat_map(|n| &n.nics).map(attach).collect();
        attaches.sort();
        attaches.dedup();
        let demand = node_demands(cluster, &roles);
        let vlan_sets = vlan_sets(cluster);
        let zones = zones(cluster);
        let items = items(cluster, &names, &vlan_sets, &zones);
        let segment_when_dead = segment_table(cluster, &attaches);
        let mut instance = Instance {
            cluster,
            must: required_survival(cluster, &roles),
            wishes: cluster.wishes(),
            roles,
            demand,
            items_of: items_of(cluster, &items),
            items,
            classes: Vec::new(),
            groups: Vec::new(),
            attaches,
            segment_when_dead,
            vlan_sets,
            zones: zones.len(),
            isolated: isolated_zones(cluster, &zones),
            names,
            moved: (0..cluster.nodes.len())
                .map(|n| demand::live_moved(cluster, n).collect())
                .collect(),
            nics_of: Vec::new(),
            needed: Needed::default(),
            on_today: Vec::new(),
            watch: Watch::default(),
        };
        instance.needed = Needed::new(&instance);
        instance.on_today = instance.count_today();
        instance.group_nodes();
        instance
    }

    fn count_today(&self) -> Vec<u64> {
        let mut counts = vec![0; self.names.len()];
        for label in self.items.iter().filter_map(|item| item.current) {
            counts[label] += 1;
        }
        counts
    }

    /// Host roles, VM excluded.
    pub fn host_roles(&self) -> Vec<Role> {
        self.roles.iter().copied().filter(|r| *r != Role::Vm).collect()
    }

    /// Whether there is VM traffic to plan.
    pub fn has_vm(&self) -> bool {
        self.roles.contains(&Role::Vm)
    }

    /// Whether the role's nodes talk to each other; iSCSI talks to a target only.
    pub fn must_reach(&self, role: Role) -> bool {
        role.info().node_to_node && !(role == Role::Storage && self.cluster.iscsi())
    }

    /// Part of the switch fabric that a NIC hangs on with nothing dead; `None` on a direct cable.
    pub fn segment_of(&self, node: usize, nic: usize) -> Option<usize> {
        let at = attach(&self.cluster.nodes[node].nics[nic]);
        let row = self.attaches.binary_search(&at).ok()?;
        self.segment_when_dead[row].last().copied().flatten()
    }

    /// Parts of the switch fabric that no link joins, as far as NICs hang on them.
    pub fn segments(&self) -> BTreeSet<usize> {
        self.segment_when_dead
            .iter()
            .filter_map(|row| row.last().copied().flatten())
            .collect()
    }

    /// Whether a direct cable joins two nodes.
    pub fn has_cables(&self) -> bool {
        self.attaches.contains(&Attach::Direct)
    }

    /// The same with all nodes of a class in one group, however they are wired today: fewer choices, so that a good plan for
    /// oddly documented clusters is found. What it costs in changes, [`Instance::new`] has to judge.
    pub fn by_class(other: &Instance<'a>) -> Self {
        let mut instance = Instance {
            watch: other.watch.clone(),
            ..Instance::new(other.cluster)
        };
        let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
        for group in std::mem::take(&mut instance.groups) {
            match groups.entry(group.class) {
                Entry::Vacant(place) => drop(place.insert(group)),
                Entry::Occupied(mut first) => first.get_mut().nodes.extend(group.nodes),
            }
        }
        instance.groups = groups.into_values().collect();
        instance.groups.iter_mut().for_each(|group| group.nodes.sort());
        instance.groups.sort_by(|a, b| a.nodes.cmp(&b.nodes));
        instance
    }

    fn group_nodes(&mut self) {
        let mut class_keys: Vec<Vec<PortType>> = Vec::new();
        let mut group_keys: BTreeMap<GroupKey, Vec<usize>> = BTreeMap::new();
        for (index, node) in self.cluster.nodes.iter().enumerate() {
            let (types, members) = self.port_types(index, node);
            let class = class_keys.iter().position(|k| *k == types).unwrap_or_else(|| {
                class_keys.push(types);
                class_keys.len() - 1
            });
            let today = members.iter().map(|nics| self.tokens(node, nics)).collect();
            group_keys
                .entry((class, node.wiring_known(), today))
                .or_default()
                .push(index);
            self.nics_of.push(members);
        }
        self.classes = class_keys.into_iter().map(|types| Class { types }).collect();
        self.groups = group_keys
            .into_iter()
            .map(|((class, wiring_known, today), nodes)| Group {
                class,
                nodes,
                today,
                wiring_known,
            })
            .collect();
        self.groups.sort_by(|a, b| a.nodes.cmp(&b.nodes));
    }

    fn port_types(&self, node_index: usize, node: &Node) -> (Vec<PortType>, Vec<Vec<usize>>) {
        let mut cards: Vec<(String, usize)> = Vec::new();
        let mut ports: Vec<PortType> = Vec::with_capacity(node.nics.len());
        let mut types: BTreeMap<PortType, Vec<usize>> = BTreeMap::new();
        for (index, nic) in node.nics.iter().enumerate() {
            let card = card_number(&mut cards, nic, index);
            let port = self.attaches.binary_search(&attach(nic)).unwrap_or(0);
            let cable = cable_number(self.cluster, node_index, nic);
            let key = PortType {
                speed: nic.speed,
                model: nic.model.clone(),
                card,
                attach: port,
                cable,
                rdma: nic.rdma.on(),
                vlans: nic.vlans.clone(),
                count: 0,
            };
            ports.push(key);
        }
        linked_cards_first(node, &mut ports);
        for (index, key) in ports.into_iter().enumerate() {
            types.entry(key).or_default().push(index);
        }
        let members: Vec<Vec<usize>> = types.values().cloned().collect();
        let keys = types
            .into_iter()
            .map(|(key, nics)| PortType {
                count: nics.len() as u8,
                ..key
            })
            .collect();
        (keys, members)
    }

    fn tokens(&self, node: &Node, nics: &[usize]) -> Vec<(Token, u8)> {
        let mut counts: BTreeMap<Token, u8> = BTreeMap::new();
        for nic in nics {
            *counts.entry(self.token(&node.nics[*nic])).or_default() += 1;
        }
        counts.into_iter().collect()
    }

    /// Today's token of a NIC.
    pub fn token(&self, nic: &Nic) -> Token {
        let roles = nic.roles.iter().fold(0u8, |bits, role| bits | 1 << (*role as u8));
        let network = nic
            .switch
            .as_ref()
            .and_then(|s| self.names.iter().position(|n| n == s))
            .map_or(0, |i| i as u16 + 1);
        Token { roles, network }
    }
}

/// Class, whether the wiring is known, today's tokens by type.
type GroupKey = (usize, bool, Vec<Vec<(Token, u8)>>);

fn card_number(cards: &mut Vec<(String, usize)>, nic: &Nic, index: usize) -> usize {
    // A port whose card is unknown is taken as a card of its own.
    let name = if nic.card.is_empty() {
        format!("\u{0}{index}")
    } else {
        nic.card.clone()
    };
    if let Some((_, number)) = cards.iter().find(|(known, _)| *known == name) {
        return *number;
    }
    cards.push((name, cards.len()));
    cards.len() - 1
}

/// Renumbers cards that are alike in all but their number, so that those with ports without link come last: of equal cards the last ones stay idle.
/// The numbers that a kind of card has stay with it, so nodes that differ only in links are still of one class.
fn linked_cards_first(node: &Node, ports: &mut [PortType]) {
    if node.nics.iter().all(|nic| nic.up) {
        return;
    }
    let mut cards: BTreeMap<usize, (Vec<PortType>, usize)> = BTreeMap::new();
    for (port, nic) in ports.iter().zip(&node.nics) {
        let (kinds, dead) = cards.entry(port.card).or_default();
        kinds.push(PortType {
            card: 0,
            ..port.clone()
        });
        *dead += usize::from(!nic.up);
    }
    let mut alike: BTreeMap<Vec<PortType>, Vec<(usize, usize)>> = BTreeMap::new();
    for (number, (mut kinds, dead)) in cards {
        kinds.sort();
        alike.entry(kinds).or_default().push((dead, number));
    }
    let mut renamed: BTreeMap<usize, usize> = BTreeMap::new();
    for mut cards in alike.into_values() {
        let numbers: Vec<usize> = cards.iter().map(|(_, number)| *number).collect();
        cards.sort_unstable();
        renamed.extend(cards.into_iter().map(|(_, old)| old).zip(numbers));
    }
    for port in ports {
        port.card = renamed.get(&port.card).copied().unwrap_or(port.card);
    }
}

/// Number of a direct cable among the cables of the same pair of nodes, counted at the lower node; the same at both ends.
fn cable_number(cluster: &Cluster, node: usize, nic: &Nic) -> Option<usize> {
    let (peer, far) = nic.direct_to.as_ref()?;
    let (low, high, near_name) = if node < *peer {
        (node, *peer, &nic.name)
    } else {
        (*peer, node, far)
    };
    let low_node = cluster.nodes.get(low)?;
    low_node
        .nics
        .iter()
        .filter(|n| n.direct_to.as_ref().is_some_and(|(p, _)| *p == high))
        .position(|n| n.name == *near_name)
}

fn segment_table(cluster: &Cluster, attaches: &[Attach]) -> Vec<Vec<Option<usize>>> {
    let dead: Vec<Option<Attach>> = attaches.iter().map(|a| Some(*a)).chain([None]).collect();
    let fabrics: Vec<Fabric> = dead.into_iter().map(|dead| Fabric::new(cluster, None, dead)).collect();
    attaches
        .iter()
        .map(|at| fabrics.iter().map(|fabric| fabric.component(*at)).collect())
        .collect()
}

fn node_demands(cluster: &Cluster, roles: &[Role]) -> Vec<[Mbps; 6]> {
    (0..cluster.nodes.len())
        .map(|node| {
            let mut row = [0; 6];
            for role in roles.iter().filter(|r| **r != Role::Vm) {
                row[*role as usize] = demand::role_demand(cluster, node, *role);
            }
            row
        })
        .collect()
}

/// Names of the external switches of today, on most nodes first.
fn network_names(cluster: &Cluster) -> Vec<String> {
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    for node in &cluster.nodes {
        let bound: BTreeSet<&str> = node.nics.iter().filter_map(|n| n.switch.as_deref()).collect();
        for name in bound {
            *uses.entry(name).or_default() += 1;
        }
    }
    let wired = cluster
        .vms
        .iter()
        .flat_map(|v| &v.vnics)
        .filter(|v| !v.isolated && !v.switch.is_empty());
    for vnic in wired {
        uses.entry(&vnic.switch).or_default();
    }
    let mut names: Vec<(&str, usize)> = uses.into_iter().collect();
    names.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| natural_cmp(a.0, b.0)));
    names.into_iter().map(|(name, _)| name.to_owned()).collect()
}

/// Required survival by role number and kind.
fn required_survival(cluster: &Cluster, roles: &[Role]) -> [[bool; 3]; 6] {
    let mut table = [[false; 3]; 6];
    for role in roles {
        table[*role as usize] = KINDS.map(|kind| cluster.policy.must_survive(*role, kind));
    }
    table
}

/// Different sets of VLANs of vNICs, sorted.
fn vlan_sets(cluster: &Cluster) -> Vec<BTreeSet<u16>> {
    let vnics = cluster.vms.iter().flat_map(|v| &v.vnics);
    let sets: BTreeSet<&BTreeSet<u16>> = vnics.map(|v| &v.vlans).collect();
    sets.into_iter().cloned().collect()
}

/// Zones of the vNICs that need an external network.
fn zones(cluster: &Cluster) -> Vec<&str> {
    let vnics = cluster.vms.iter().flat_map(|v| &v.vnics).filter(|v| !v.isolated);
    let named: BTreeSet<&str> = vnics.map(|v| v.zone.as_str()).filter(|z| !z.is_empty()).collect();
    named.into_iter().collect()
}

/// Items by hosting node.
fn items_of(cluster: &Cluster, items: &[Item]) -> Vec<Vec<usize>> {
    let mut of = vec![Vec::new(); cluster.nodes.len()];
    for (index, item) in items.iter().enumerate() {
        if let Some(node) = item.node {
            of[node].push(index);
        }
    }
    of
}

fn isolated_zones(cluster: &Cluster, zones: &[&str]) -> Vec<IsolatedZone> {
    let asked = zones.iter().enumerate();
    let asked = asked.map(|(at, zone)| (at + 1, zone, cluster.policy.zone_isolation(zone)));
    asked
        .filter(|(_, _, strength)| *strength != Strength::No)
        .map(|(number, zone, strength)| IsolatedZone {
            zone: number,
            name: (*zone).to_owned(),
            required: strength == Strength::Required,
        })
        .collect()
}

fn items(cluster: &Cluster, names: &[String], vlan_sets: &[BTreeSet<u16>], zones: &[&str]) -> Vec<Item> {
    let mut items = Vec::new();
    for (v, vm) in cluster.vms.iter().enumerate() {
        for (i, vnic) in vm.vnics.iter().enumerate().filter(|(_, vnic)| !vnic.isolated) {
            let need = demand::vnic_need(cluster, vnic);
            items.push(Item {
                vm: v,
                vnic: i,
                node: vm.host,
                need,
                heavy: demand::is_heavy(cluster, need),
                dedicated: vnic.dedicated,
                zone: zones.binary_search(&vnic.zone.as_str()).map_or(0, |z| z + 1),
                vlans: vlan_sets.binary_search(&vnic.vlans).unwrap_or(0),
                current: names.iter().position(|n| *n == vnic.switch),
            });
        }
    }
    items
}
