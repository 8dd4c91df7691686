//! Level after level, each group of nodes keeps the patterns that attain the cluster's optimum at that level.
//!
//! Sums separate: every group takes its own minimum. Maxima separate too: the optimum is the largest of the groups' minima, and
//! every pattern up to it may stay. What is found is a proven bound of the design under the mode.

use super::design::Design;
use super::evaluate::drain_bound_of;
use super::instance::Instance;
use super::loads::{NodeValue, Part, judge_hosts, judge_networks, settle_networks};
use super::networks::Mode;
use super::patterns::{Enumeration, Nearest, Pattern, UplinkPattern};
use crate::demand;
use crate::plan::Objective;
use crate::roles::Role;
use crate::units::Mbps;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Roles in the order in which they get the fast ports where no load says otherwise: storage and guests carry the work,
/// a migration takes any bandwidth it finds, cluster traffic may have to carry redirected I/O.
const FAST_FIRST: [Role; 6] = [
    Role::Storage,
    Role::Vm,
    Role::LiveMigration,
    Role::Cluster,
    Role::Replica,
    Role::Management,
];

/// Placements that are looked at to keep today's wiring, over all patterns. Counted work, never a clock.
const PLACEMENT_LIMIT: u64 = 2_000_000;

/// A pattern of one group with what it is worth there.
pub struct Candidate {
    pub pattern: Pattern,
    short: u64,
    pub missing: Mbps,
    spread: u64,
    nodes: Vec<NodeValue>,
    /// Moves and utilisation of the nodes once the utilisation allowed is known.
    settled: (u64, u64, u64),
    drain: u64,
    /// NICs that change, and how few may change with other ports for the pattern.
    moved: u64,
    moved_at_least: u64,
}

impl Candidate {
    fn new(pattern: &Pattern, nodes: Vec<NodeValue>, drain: u64) -> Candidate {
        Candidate {
            pattern: pattern.clone(),
            short: nodes.iter().map(|value| value.short).sum(),
            missing: nodes.iter().map(|value| value.missing).sum(),
            spread: nodes.iter().map(|value| value.spread).max().unwrap_or(0),
            nodes,
            drain,
            moved: 0,
            moved_at_least: 0,
            settled: (0, 0, 0),
        }
    }
}

/// Values every pattern for a group; where the time is over, those that were reached.
pub fn candidates(
    instance: &Instance,
    design: &Design,
    mode: &Mode,
    group: usize,
    patterns: &[Pattern],
    parts: &[Vec<Part>],
) -> Vec<Candidate> {
    let members = &instance.groups[group].nodes;
    let mut drains: BTreeMap<(usize, Mbps, bool), u64> = BTreeMap::new();
    // Many patterns differ only in uplinks without networks: what they leave to the VMs is judged once.
    let mut served: BTreeMap<Vec<UplinkPattern>, Vec<NodeValue>> = BTreeMap::new();
    let value = |pattern: &Pattern| -> Candidate {
        let networks = served.entry(network_uplinks(design, pattern)).or_insert_with(|| {
            let judge = |n: &usize| judge_networks(instance, design, mode, pattern, *n, &parts[*n]);
            if design.networks == 0 {
                vec![NodeValue::default(); members.len()]
            } else {
                members.iter().map(judge).collect()
            }
        });
        let nodes = members.iter().zip(networks.iter());
        let nodes = nodes.map(|(node, networks)| judge_hosts(instance, design, pattern, *node).with(networks));
        let drain = group_drain(instance, design, members, pattern, &mut drains);
        Candidate::new(pattern, nodes.collect(), drain)
    };
    let in_time = |(at, _): &(usize, &Pattern)| *at == 0 || !instance.watch.is_over();
    let judged = patterns.iter().enumerate().take_while(in_time);
    judged.map(|(_, pattern)| pattern).map(value).collect()
}

/// What a pattern gives to the networks.
fn network_uplinks(design: &Design, pattern: &Pattern) -> Vec<UplinkPattern> {
    (0..design.networks)
        .filter_map(|n| design.uplink_of_network(n))
        .map(|u| pattern.uplinks[u].clone())
        .collect()
}

fn group_drain(
    instance: &Instance,
    design: &Design,
    members: &[usize],
    pattern: &Pattern,
    known: &mut BTreeMap<(usize, Mbps, bool), u64>,
) -> u64 {
    let Some(uplink) = design.uplink_of(Role::LiveMigration) else {
        return 0;
    };
    let own = &pattern.uplinks[uplink];
    // RDMA that a virtual switch of this profile would take away does not count.
    let kept = design.uplinks[uplink].network.is_none() || instance.cluster.profile.rdma_on_switch;
    *known.entry((own.nics, own.speed, own.rdma)).or_insert_with(|| {
        let speeds = vec![own.speed; own.nics];
        let bound = |node: &usize| drain_bound_of(instance, design, *node, uplink, &speeds, own.rdma && kept);
        members.iter().map(bound).max().unwrap_or(0)
    })
}

/// The pattern that lost last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunnerUp {
    pub pattern: Pattern,
    /// Level at which it lost (11: equal in all numbers).
    pub level: u8,
    /// Value of the chosen and of the losing pattern at that level.
    pub values: (u64, u64),
}

/// Outcome of the filter.
pub struct Kept {
    /// Chosen candidate by group.
    pub chosen: Vec<usize>,
    pub runners_up: Vec<Option<RunnerUp>>,
    /// Placements that were looked at to keep today's wiring, and what took as long.
    pub work: u64,
}

/// What the filter reads beside the candidates.
pub struct Given<'a> {
    /// vNICs that move under the mode whatever the pattern.
    pub forced_moves: u64,
    /// Where each group's patterns were listed.
    pub tables: Vec<&'a Enumeration>,
    /// vNICs of each node.
    pub parts: &'a [Vec<Part>],
}

/// Fills `bound` with the proven values of levels 1 to 4 alone.
pub fn up_to_drain(instance: &Instance, sets: &mut [Vec<Candidate>], bound: &mut Objective) {
    Run::new(instance, sets).up_to_drain(bound);
}

/// Runs the levels; fills `bound` with the proven values of levels 1 to 7.
pub fn filter(
    instance: &Instance,
    design: &Design,
    mode: &Mode,
    sets: &mut [Vec<Candidate>],
    given: &Given,
    bound: &mut Objective,
) -> Kept {
    let mut run = Run::new(instance, sets);
    run.up_to_drain(bound);
    let allowed = instance.cluster.policy.target_permille + bound.excess_utilisation_permille;
    run.settle(design, mode, given, allowed);
    let least = run.fewest_changes();
    let changes = run.smallest_sum(5, &|c| c.moved + c.settled.0);
    bound.changes = given.forced_moves + least.unwrap_or(changes);
    if demand::guests_have_load(instance.cluster) {
        let worst = run.smallest_maximum(7, &|c| c.settled.1);
        // A pattern that lost by its changes may change fewer ports and be less full.
        bound.worst_utilisation_permille = if least.is_some() { 0 } else { worst };
        run.smallest_sum(8, &|c| c.settled.2);
    }
    run.smallest_maximum(9, &|c| c.drain);
    run.smallest_sum(10, &|c| (c.pattern.nics * c.nodes.len()) as u64);
    run.finish(design)
}

/// Unserved, unmet survival, uplinks short, Mbit/s missing, then the wishes.
type Unmet = (u32, u32, u64, Mbps, Vec<u32>);

/// What a candidate leaves unmet, in the order in which it counts.
fn unmet(candidate: &Candidate) -> Unmet {
    let vector = &candidate.pattern.vector;
    (
        vector[0],
        vector[1],
        candidate.short,
        candidate.missing,
        vector[2..].to_vec(),
    )
}

struct Run<'a> {
    instance: &'a Instance<'a>,
    sets: &'a mut [Vec<Candidate>],
    kept: Vec<Vec<usize>>,
    /// Last loser by group: candidate, level, its value.
    lost: Vec<Option<(usize, u8, u64, u64)>>,
    /// Placements looked at so far.
    work: u64,
}

impl<'a> Run<'a> {
    fn new(instance: &'a Instance<'a>, sets: &'a mut [Vec<Candidate>]) -> Self {
        let kept = sets.iter().map(|s| (0..s.len()).collect()).collect();
        let lost = vec![None; sets.len()];
        Run {
            instance,
            sets,
            kept,
            lost,
            work: 0,
        }
    }

    /// Levels 1 to 4: requirements, wishes, utilisation above its target, drain above its goal.
    fn up_to_drain(&mut self, bound: &mut Objective) {
        self.requirements_and_wishes(bound);
        let policy = &self.instance.cluster.policy;
        let (target, goal) = (policy.target_permille, policy.drain_goal_s);
        bound.excess_utilisation_permille = self.smallest_maximum(3, &|c| c.spread.saturating_sub(target));
        bound.excess_drain_s = self.smallest_maximum(4, &|c| goal.map_or(0, |goal| c.drain.saturating_sub(goal)));
    }

    /// Changed NICs, moves, worst utilisation and sum of utilisations of every pattern that is left.
    fn settle(&mut self, design: &Design, mode: &Mode, given: &Given, allowed: u64) {
        for (group, kept) in self.kept.iter_mut().enumerate() {
            let own = &self.instance.groups[group];
            let mut settled_in_time = 0;
            let mut served: BTreeMap<Vec<UplinkPattern>, Vec<(u64, u64)>> = BTreeMap::new();
            for index in kept.iter() {
                if settled_in_time > 0 && self.instance.watch.is_over() {
                    break;
                }
                settled_in_time += 1;
                let candidate = &mut self.sets[group][*index];
                let pattern = &candidate.pattern;
                let networks = served.entry(network_uplinks(design, pattern)).or_insert_with(|| {
                    let settle = |n: &usize| {
                        settle_networks(self.instance, design, mode, pattern, *n, &given.parts[*n], allowed)
                    };
                    let none = design.networks == 0;
                    own.nodes
                        .iter()
                        .map(|n| if none { (0, 0) } else { settle(n) })
                        .collect()
                });
                let mut settled = (0, 0, 0u64);
                for ((moves, full), value) in networks.iter().zip(&candidate.nodes) {
                    let full = value.hosts.max(*full);
                    settled = (settled.0 + moves, full.max(settled.1), settled.2.saturating_add(full));
                }
                candidate.settled = settled;
                let left = PLACEMENT_LIMIT.saturating_sub(self.work);
                let table = given.tables[group];
                let nearest: Nearest = table.closest(self.instance, design, own, &candidate.pattern, left);
                self.work += nearest.work;
                let of_nodes = |ports: u32| u64::from(ports) * own.nodes.len() as u64;
                candidate.moved = of_nodes(nearest.changed);
                candidate.moved_at_least = of_nodes(nearest.least);
                candidate.pattern.take = nearest.take;
            }
            kept.truncate(settled_in_time);
        }
    }

    /// Changes that no plan can go below; `None` where those of every pattern are exact.
    fn fewest_changes(&self) -> Option<u64> {
        let kept = |group: usize| self.kept[group].iter().map(move |i| &self.sets[group][*i]);
        let groups = 0..self.sets.len();
        let is_exact = |c: &Candidate| c.moved_at_least == c.moved;
        if groups.clone().flat_map(kept).all(is_exact) {
            return None;
        }
        let least = |group: usize| kept(group).map(|c| c.moved_at_least + c.settled.0).min().unwrap_or(0);
        Some(groups.map(least).fold(0, u64::saturating_add))
    }

    /// Levels 1 and 2: sums, compared as one tuple per group.
    fn requirements_and_wishes(&mut self, bound: &mut Objective) {
        let mut wishes = vec![0u64; self.instance.wishes.len()];
        let (mut reach, mut survival, mut short, mut missing) = (0u64, 0u64, 0u64, 0u64);
        for (group, set) in self.sets.iter().enumerate() {
            let nodes = self.instance.groups[group].nodes.len() as u64;
            let Some(best) = set.iter().map(unmet).min() else {
                continue;
            };
            let losers = set.iter().enumerate().filter(|(_, c)| unmet(c) != best);
            let loser = losers.min_by_key(|(i, c)| (unmet(c), *i));
            self.lost[group] = loser.map(|(i, c)| {
                let (own, least) = (unmet(c), &best);
                let requirements = (own.0, own.1, own.2, own.3) == (least.0, least.1, least.2, least.3);
                (i, 1 + u8::from(requirements), 0, 0)
            });
            self.kept[group].retain(|i| unmet(&set[*i]) == best);
            reach += u64::from(best.0) * nodes;
            survival += u64::from(best.1) * nodes;
            short += best.2;
            missing += best.3;
            wishes
                .iter_mut()
                .zip(&best.4)
                .for_each(|(sum, own)| *sum += u64::from(*own) * nodes);
        }
        bound.unmet_requirements.reachability = reach;
        bound.unmet_requirements.survival = survival;
        bound.unmet_requirements.capacity = short;
        bound.unmet_requirements.missing_mbps = missing;
        for (index, wish) in self.instance.wishes.iter().enumerate() {
            let by_pattern = matches!(
                wish,
                crate::policy::Wish::Rdma(_) | crate::policy::Wish::Survive(..) | crate::policy::Wish::OwnPath(_)
            );
            if by_pattern {
                bound.unmet_wishes[index] = wishes[index];
            }
        }
    }

    /// A level that is a maximum over groups.
    fn smallest_maximum(&mut self, level: u8, value: &dyn Fn(&Candidate) -> u64) -> u64 {
        let least = |group: usize| {
            self.kept[group]
                .iter()
                .map(|i| value(&self.sets[group][*i]))
                .min()
                .unwrap_or(0)
        };
        let optimum = (0..self.sets.len()).map(least).max().unwrap_or(0);
        for group in 0..self.sets.len() {
            self.keep_up_to(group, level, optimum, value);
        }
        optimum
    }

    /// A level that is a sum over groups.
    fn smallest_sum(&mut self, level: u8, value: &dyn Fn(&Candidate) -> u64) -> u64 {
        let mut sum = 0u64;
        for group in 0..self.sets.len() {
            let least = self.kept[group]
                .iter()
                .map(|i| value(&self.sets[group][*i]))
                .min()
                .unwrap_or(0);
            self.keep_up_to(group, level, least, value);
            sum = sum.saturating_add(least);
        }
        sum
    }

    fn keep_up_to(&mut self, group: usize, level: u8, limit: u64, value: &dyn Fn(&Candidate) -> u64) {
        let set = &self.sets[group];
        let beaten = self.kept[group]
            .iter()
            .filter(|i| value(&set[**i]) > limit)
            .min_by_key(|i| (value(&set[**i]), **i));
        if let Some(loser) = beaten {
            self.lost[group] = Some((*loser, level, limit, value(&set[*loser])));
        }
        self.kept[group].retain(|i| value(&set[*i]) <= limit);
    }

    /// Speed of the ports of each role, in the order in which people give out fast ports; management takes the slowest that
    /// is left. Only where guests have no load: every level is equal there.
    fn ease(&self, design: &Design, pattern: &Pattern) -> [(Mbps, Reverse<Mbps>); 6] {
        if demand::guests_have_load(self.instance.cluster) {
            return Default::default();
        }
        FAST_FIRST.map(|role| {
            let uplinks = design.uplinks.iter().zip(&pattern.uplinks);
            let own = uplinks.filter(|(shape, _)| shape.roles.contains(&role));
            let speed = own.map(|(_, uplink)| uplink.speed).min().unwrap_or(0);
            match role {
                Role::Management => (0, Reverse(speed)),
                _ => (speed, Reverse(0)),
            }
        })
    }

    fn finish(self, design: &Design) -> Kept {
        let mut chosen = Vec::new();
        let mut runners_up = Vec::new();
        for (group, kept) in self.kept.iter().enumerate() {
            let set = &self.sets[group];
            let first = kept
                .iter()
                .copied()
                .min_by_key(|i| {
                    let pattern = &set[*i].pattern;
                    Reverse((self.ease(design, pattern), &pattern.take))
                })
                .unwrap_or(0);
            let twin = kept.iter().find(|i| **i != first).map(|i| (*i, 11, 0, 0));
            let runner = twin.or(self.lost[group]).map(|(i, level, own, other)| RunnerUp {
                pattern: set[i].pattern.clone(),
                level,
                values: (own, other),
            });
            chosen.push(first);
            runners_up.push(runner);
        }
        Kept {
            chosen,
            runners_up,
            work: self.work,
        }
    }
}
