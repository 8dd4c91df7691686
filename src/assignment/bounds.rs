//! What no plan of a design can beat, before and after its patterns are listed.
//!
//! In: design, meetings, patterns, mode. Out: objectives as lower bounds; a level that is not looked at is 0.

use super::design::{Design, UplinkShape};
use super::filter::{candidates, up_to_drain};
use super::instance::{Group, Instance, Token};
use super::listing::Listing;
use super::loads::node_parts;
use super::meeting::{Meeting, given_up};
use super::networks::{Mode, zones_required};
use super::patterns::Enumeration;
use crate::plan::{Objective, PROVEN_LEVELS, Requirements};
use crate::policy::{FailureKind, Wish};

/// A design with where its uplinks meet and the patterns that follow.
pub struct Job<'a> {
    pub instance: &'a Instance<'a>,
    pub design: &'a Design,
    pub meetings: &'a [Meeting],
    pub listing: &'a Listing,
}

impl Job<'_> {
    /// Levels 1, 2 and 6 from the design and the best vectors alone.
    pub fn bound(&self) -> Objective {
        if self.is_blind() {
            return counted(self.instance, self.design, self.meetings);
        }
        let total = |index: usize| -> u64 {
            let groups = self.instance.groups.iter();
            let of = |class: usize| u64::from(self.listing.best[class].best[index]);
            groups.map(|group| of(group.class) * group.nodes.len() as u64).sum()
        };
        let mut objective = Objective {
            external_networks: self.design.networks as u64,
            ..Objective::default()
        };
        objective.unmet_requirements = Requirements {
            reachability: total(0) + given_up(self.instance, self.design, self.meetings),
            isolation: self.design.unmet_isolation(self.instance),
            survival: total(1),
            ..Requirements::default()
        };
        let wishes = self.instance.wishes.iter().enumerate();
        objective.unmet_wishes = wishes
            .map(|(index, wish)| self.design.wish_count(wish).unwrap_or_else(|| total(2 + index)))
            .collect();
        objective.changes = least_changes(self.instance, self.design, &objective);
        // Where patterns were left out, the number of ports alone may prove more.
        let counted = counted(self.instance, self.design, self.meetings);
        if counted.cmp_to(&objective, PROVEN_LEVELS).is_gt() {
            counted
        } else {
            objective
        }
    }

    /// All patterns of a class.
    pub fn all_patterns(&self, class: usize) -> &Enumeration {
        self.listing.all(self.instance, self.design, self.meetings, class)
    }

    /// Patterns to judge, counted once per node: the work of solving the design under one mode.
    pub fn work(&self) -> u64 {
        let groups = self.instance.groups.iter();
        groups
            .map(|group| (self.listing.listed(group.class) * group.nodes.len()) as u64)
            .sum()
    }

    /// Levels 1 to 4 and 6 when every external network may take every vNIC: capacity and wishes of one pattern together.
    /// Holds under every mode, at the cost of looking at the patterns once.
    pub fn pooled(&self) -> Objective {
        let mut bound = self.bound();
        if self.is_loose() {
            return bound;
        }
        let mode = Mode::open(self.design.networks);
        let parts = node_parts(self.instance, self.design, &mode);
        let mut sets = Vec::new();
        for (index, group) in self.instance.groups.iter().enumerate() {
            let value =
                |table: &Enumeration| candidates(self.instance, self.design, &mode, index, &table.patterns, &parts);
            let mut set = value(&self.listing.best[group.class]);
            if set.iter().all(|c| c.missing > 0) {
                let all = self.all_patterns(group.class);
                if !all.complete {
                    return bound;
                }
                set = value(all);
            }
            sets.push(set);
        }
        if self.instance.watch.is_over() {
            return bound;
        }
        let reachability = bound.unmet_requirements.reachability;
        up_to_drain(self.instance, &mut sets, &mut bound);
        if reachability > bound.unmet_requirements.reachability {
            // Proven by counting: patterns with more unserved may attain it, and be less full.
            bound.unmet_requirements.reachability = reachability;
            bound.excess_utilisation_permille = 0;
            bound.excess_drain_s = 0;
        }
        bound
    }

    /// Whether the patterns prove nothing beyond their best vectors, because some were not looked at or nothing at all.
    pub fn is_loose(&self) -> bool {
        self.listing.best.iter().any(|t| !t.complete) || self.is_blind()
    }

    /// Whether something goes unserved while ports lead nowhere. Such ports count on every node, but the plan misses their
    /// role once for the whole cluster.
    fn is_blind(&self) -> bool {
        let any = |test: fn(&Enumeration) -> bool| self.listing.best.iter().any(test);
        any(|t| t.blind) && any(|t| t.best.first() != Some(&0))
    }
}

/// Levels 1, 2 and 6 from the design and the number of ports alone.
///
/// With P ports and U uplinks at least U - P roles go unserved, and at most P - U uplinks get a second NIC: taken in the
/// order of the wishes, that is the best any pattern can do.
pub fn counted(instance: &Instance, design: &Design, meetings: &[Meeting]) -> Objective {
    let mut objective = Objective {
        external_networks: design.networks as u64,
        ..Objective::default()
    };
    objective.unmet_requirements.isolation = design.unmet_isolation(instance);
    objective.unmet_requirements.reachability = given_up(instance, design, meetings);
    objective.unmet_wishes = instance
        .wishes
        .iter()
        .map(|wish| design.wish_count(wish).unwrap_or(0))
        .collect();
    for group in &instance.groups {
        let nodes = group.nodes.len() as u64;
        let ports = instance.classes[group.class].ports();
        let uplinks = design.uplinks.len();
        objective.unmet_requirements.reachability += uplinks.saturating_sub(ports) as u64 * nodes;
        if ports < uplinks {
            continue;
        }
        let spare = ports - uplinks;
        objective.unmet_requirements.survival += unpaired(instance, design, spare) * nodes;
        let wishes = objective.unmet_wishes.iter_mut();
        wishes
            .zip(unpaired_wishes(instance, design, spare))
            .for_each(|(sum, own)| *sum += own * nodes);
    }
    objective.changes = least_changes(instance, design, &objective);
    objective
}

/// Changes that the names of the networks alone imply: vNICs whose network of today is gone, and on every node with known
/// wiring the ports whose use no uplink has, or one port for every uplink that no port has today. The latter holds of plans that serve
/// every uplink; the others are worse at level 1, where the bound says that everything can be served.
fn least_changes(instance: &Instance, design: &Design, bound: &Objective) -> u64 {
    let names = instance.on_today.iter().enumerate();
    let gone = names.filter(|(label, _)| design.is_named() && !design.labels.contains(label));
    let vnics: u64 = gone.map(|(_, count)| count).sum();
    if bound.unmet_requirements.reachability > 0 {
        return vnics;
    }
    let groups = instance.groups.iter().filter(|group| group.wiring_known);
    let ports = groups.map(|group| least_changed_ports(instance, design, group) * group.nodes.len() as u64);
    vnics + ports.sum::<u64>()
}

fn least_changed_ports(instance: &Instance, design: &Design, group: &Group) -> u64 {
    let new_networks = design.new_networks(instance) as u64;
    if !design.is_named() {
        return new_networks;
    }
    let planned: Vec<Token> = (0..design.uplinks.len()).map(|u| design.token(u)).collect();
    let today = || group.today.iter().flatten();
    let gone = today().filter(|(token, _)| *token != Token::default() && !planned.contains(token));
    let gone: u64 = gone.map(|(_, count)| u64::from(*count)).sum();
    let new = planned.iter().filter(|token| today().all(|(known, _)| known != *token));
    gone.max(new.count() as u64)
}

/// Unmet wishes of one node when only `spare` uplinks get a second NIC, taken in the order of the wishes.
fn unpaired_wishes(instance: &Instance, design: &Design, mut spare: usize) -> Vec<u64> {
    let mut paired = vec![false; design.uplinks.len()];
    let mut unmet = vec![0; instance.wishes.len()];
    for (count, wish) in unmet.iter_mut().zip(&instance.wishes) {
        let (role, needs_pair) = match wish {
            Wish::Survive(role, FailureKind::Nic) => (role, !role.info().falls_back),
            Wish::OwnPath(role) => (role, true),
            _ => continue,
        };
        for (shape, paired) in design.uplinks.iter().zip(&mut paired) {
            if !needs_pair || *paired || !shape.roles.contains(role) {
                continue;
            }
            if spare > 0 && shape.max_nics > 1 {
                spare -= 1;
                *paired = true;
            } else {
                *count += 1;
            }
        }
    }
    unmet
}

/// Required survivals of one node that go unmet when only `spare` uplinks get a second NIC: those with the most are paired first.
/// One NIC alone survives neither its own loss nor that of its card.
fn unpaired(instance: &Instance, design: &Design, spare: usize) -> u64 {
    let asked = |shape: &UplinkShape| -> u64 {
        let alone = shape.roles.iter().filter(|r| !r.info().falls_back);
        alone
            .map(|r| instance.must[*r as usize][..2].iter().filter(|must| **must).count() as u64)
            .sum()
    };
    let (open, never): (Vec<_>, Vec<_>) = design.uplinks.iter().partition(|shape| shape.max_nics > 1);
    let mut open: Vec<u64> = open.into_iter().map(asked).collect();
    open.sort_by_key(|count| std::cmp::Reverse(*count));
    open.into_iter().skip(spare).sum::<u64>() + never.into_iter().map(asked).sum::<u64>()
}

/// Keeps the smaller bound.
pub fn lower(bound: &mut Option<Objective>, other: &Objective) {
    if bound.as_ref().is_none_or(|b| other.cmp_to(b, PROVEN_LEVELS).is_lt()) {
        *bound = Some(other.clone());
    }
}

/// What the mode leaves unmet goes into the bound.
pub fn add_mode(instance: &Instance, mode: &Mode, bound: &mut Objective) {
    bound.unmet_requirements.isolation += mode.unmet_dedicated;
    if zones_required(instance) {
        bound.unmet_requirements.isolation += mode.unmet_zones;
    }
    let exposed = || instance.isolated.iter().filter(|i| mode.exposed.contains(&i.zone));
    bound.unmet_requirements.isolation += exposed().filter(|i| i.required).count() as u64;
    for (count, wish) in bound.unmet_wishes.iter_mut().zip(&instance.wishes) {
        match wish {
            Wish::ZonesApart => *count = mode.unmet_zones,
            Wish::ZoneAlone(zone) => *count = exposed().filter(|i| i.name == *zone).count() as u64,
            Wish::HeavyApart => *count = mode.unmet_heavy,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assignment::design::designs;
    use crate::assignment::meeting::undecided;
    use crate::inventory::ClusterNetwork;
    use crate::inventory::testing::{cluster, nic};
    use crate::plan::Style;
    use crate::roles::Role;

    /// What the patterns of the dedicated design prove about roles that are not reached, on four nodes.
    fn proven(ports: usize, vlan: u16) -> u64 {
        let mut cluster = cluster(4, 1);
        for node in &mut cluster.nodes {
            node.nics = (0..ports).map(|n| nic(&format!("P{n}"), 1_000, Some(0))).collect();
            for port in &mut node.nics {
                port.vlans = Some([20].into_iter().collect());
            }
        }
        cluster.networks.push(ClusterNetwork {
            facts: Default::default(),
            state: Default::default(),
            name: "Management".to_owned(),
            subnet: String::new(),
            vlan: Some(vlan),
            cluster_use: Some(3),
            metric: None,
            purpose: Some(Role::Management),
            origin: Default::default(),
        });
        let instance = Instance::new(&cluster);
        let networks = usize::from(instance.has_vm());
        let design = designs(&instance, Style::Dedicated, networks).remove(0);
        let meetings = undecided(&design);
        let job = Job {
            instance: &instance,
            design: &design,
            meetings: &meetings,
            listing: &Listing::new(&instance, &design, &meetings).expect("there is no time limit"),
        };
        job.bound().unmet_requirements.reachability
    }

    #[test]
    fn a_role_whose_ports_lead_nowhere_is_not_proven_to_be_missed_on_every_node() {
        // In the plan it is missed once, whatever the number of nodes.
        assert!(proven(6, 10) <= 1);
    }

    #[test]
    fn ports_that_carry_the_vlan_or_are_too_few_are_proven_as_before() {
        assert_eq!(proven(6, 20), 0);
        assert!(proven(2, 20) >= 4, "every node has fewer ports than uplinks");
    }
}
