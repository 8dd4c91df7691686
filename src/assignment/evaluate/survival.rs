//! Which role instances survive which failure, counted on concrete decisions.

use super::{Count, Shortfall};
use crate::assignment::reach::Heard;
use crate::inventory::Nic;
use crate::policy::FailureKind;
use crate::roles::Role;
use crate::topology::{Attach, attach};
use crate::units::Mbps;
use std::collections::{BTreeMap, BTreeSet};

/// Something that takes NICs out of service at one node, or a ToR everywhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    Nic(usize),
    Card(String),
    Port(usize),
    Tor(Attach),
}

impl Loss {
    pub fn kind(&self) -> FailureKind {
        match self {
            Loss::Nic(_) => FailureKind::Nic,
            Loss::Card(_) | Loss::Port(_) => FailureKind::Card,
            Loss::Tor(_) => FailureKind::Tor,
        }
    }

    pub fn takes(&self, index: usize, nic: &Nic) -> bool {
        match self {
            Loss::Nic(lost) => *lost == index,
            Loss::Port(lost) => *lost == index,
            Loss::Card(card) => nic.card == *card,
            Loss::Tor(at) => attach(nic) == *at,
        }
    }
}

/// Unmet survival: (node, uplink, role, kind).
pub type Lost = BTreeSet<(usize, usize, Role, FailureKind)>;

impl Count<'_> {
    /// Failures that can hit a node's used NICs.
    pub fn losses(&self, node: usize) -> Vec<Loss> {
        let mut losses = BTreeSet::new();
        for index in self.decisions.nics[node].iter().flatten() {
            let nic = &self.instance.cluster.nodes[node].nics[*index];
            losses.insert(Loss::Nic(*index));
            losses.insert(if nic.card.is_empty() {
                Loss::Port(*index)
            } else {
                Loss::Card(nic.card.clone())
            });
            if attach(nic) != Attach::Direct {
                losses.insert(Loss::Tor(attach(nic)));
            }
        }
        losses.into_iter().collect()
    }

    pub fn alive(&self, node: usize, uplink: usize, loss: &Loss) -> Vec<Mbps> {
        let nics = &self.instance.cluster.nodes[node].nics;
        self.nics(node, uplink)
            .iter()
            .filter(|n| !loss.takes(**n, &nics[**n]))
            .map(|n| nics[*n].speed)
            .collect()
    }

    /// Whether no port of the uplink is left; true where it has none.
    pub fn is_dead(&self, node: usize, uplink: usize, loss: &Loss) -> bool {
        let nics = &self.instance.cluster.nodes[node].nics;
        self.nics(node, uplink).iter().all(|n| loss.takes(*n, &nics[*n]))
    }

    /// Where a falling-back role goes when its uplink is dead.
    pub fn refuge(&self, node: usize, from: usize, loss: &Loss) -> Option<usize> {
        let smb = self.instance.cluster.storage.is_smb();
        (0..self.design.uplinks.len())
            .filter(|u| *u != from && !self.is_dead(node, *u, loss))
            .filter_map(|u| {
                let roles = self.design.uplinks[u]
                    .roles
                    .iter()
                    .filter(|r| **r != Role::Storage || smb);
                roles.filter_map(|r| r.info().refuge).min().map(|rank| (rank, u))
            })
            .min()
            .map(|(_, u)| u)
    }

    pub fn survival(&mut self) -> Lost {
        let mut lost = Lost::new();
        let nodes = self.instance.cluster.nodes.len();
        let losses: Vec<Vec<Loss>> = (0..nodes).map(|n| self.losses(n)).collect();
        for (uplink, role) in self.instances() {
            let vlans = if self.instance.must_reach(role) {
                self.vlans(uplink, role)
            } else {
                BTreeSet::new()
            };
            for vlan in &vlans {
                self.reach_losses(uplink, role, *vlan, &losses, &mut lost);
            }
            for node in (0..nodes).filter(|n| !self.decisions.nics[*n][uplink].is_empty()) {
                for loss in &losses[node] {
                    let dead = self.is_dead(node, uplink, loss);
                    if dead && !self.has_refuge(node, uplink, role, loss) {
                        lost.insert((node, uplink, role, loss.kind()));
                    }
                }
            }
        }
        for (node, uplink, role, kind) in &lost {
            if self.instance.must[*role as usize][*kind as usize] {
                self.shortfall.push(Shortfall {
                    requirement: format!("survive:{role}:{kind}"),
                    subject: self.subject(*node, *uplink, *role),
                    missing_mbps: 0,
                });
            }
        }
        lost
    }

    /// Nodes that no longer reach another one which they reached before, though the uplink is alive.
    fn reach_losses(&mut self, uplink: usize, role: Role, vlan: Option<u16>, losses: &[Vec<Loss>], lost: &mut Lost) {
        let nodes = losses.len();
        let whole: Vec<Heard> = (0..nodes).map(|n| self.heard(n, uplink, vlan, None)).collect();
        let at_home = Alike::groups(&whole, &whole);
        let mut by_tor: BTreeMap<Loss, Vec<Alike>> = BTreeMap::new();
        for (node, list) in losses.iter().enumerate() {
            for loss in list {
                if self.is_dead(node, uplink, loss) {
                    continue;
                }
                let own = self.heard(node, uplink, vlan, Some((loss, node)));
                let others: &[Alike] = match loss {
                    Loss::Tor(_) => by_tor.entry(loss.clone()).or_insert_with(|| {
                        let left = |n| self.heard(n, uplink, vlan, Some((loss, n)));
                        Alike::groups(&whole, &(0..nodes).map(left).collect::<Vec<Heard>>())
                    }),
                    _ => &at_home,
                };
                let parted = others
                    .iter()
                    .filter(|group| whole[node].touches(&group.before) && !own.touches(&group.after));
                let mut beyond = parted.flat_map(|group| &group.nodes).filter(|other| **other != node);
                let has_fallen_back = |other: usize, there: &Loss| {
                    self.is_dead(other, uplink, there) && self.has_refuge(other, uplink, role, there)
                };
                if beyond.any(|other| !has_fallen_back(*other, loss_at(loss, *other, node))) {
                    lost.insert((node, uplink, role, loss.kind()));
                }
            }
        }
    }

    /// Whether a role finds a refuge once its uplink is dead.
    fn has_refuge(&self, node: usize, uplink: usize, role: Role, loss: &Loss) -> bool {
        role.info().falls_back && self.refuge(node, uplink, loss).is_some()
    }
}

/// Nodes that hear the same before a loss and after it: in a large cluster there are few such groups, so that each node is
/// compared with those and not with every other node.
struct Alike {
    before: Heard,
    after: Heard,
    nodes: Vec<usize>,
}

impl Alike {
    /// `before`, `after`: what each node hears.
    fn groups(before: &[Heard], after: &[Heard]) -> Vec<Alike> {
        let mut groups: BTreeMap<(&Heard, &Heard), Vec<usize>> = BTreeMap::new();
        for (node, pair) in before.iter().zip(after).enumerate() {
            groups.entry(pair).or_default().push(node);
        }
        let group = |((before, after), nodes): ((&Heard, &Heard), Vec<usize>)| Alike {
            before: before.clone(),
            after: after.clone(),
            nodes,
        };
        groups.into_iter().map(group).collect()
    }
}

/// The loss as another node feels it: a ToR fails everywhere, the rest only at home.
fn loss_at(loss: &Loss, other: usize, home: usize) -> &Loss {
    const NOTHING: Loss = Loss::Nic(usize::MAX);
    match loss {
        Loss::Tor(_) => loss,
        _ if other == home => loss,
        _ => &NOTHING,
    }
}
