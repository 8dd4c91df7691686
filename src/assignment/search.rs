//! The search over designs: each has a proven bound; the most promising is solved first, and a design is passed over only
//! when its bound already loses against the plan in hand.
//!
//! Within a design everything but the utilisation couples node groups through sums and maxima only, so level after level
//! each group keeps the patterns that attain the level's optimum: exact, in integers, without a tree.

use super::balance::{Spread, Wanted};
use super::close;
use super::design::Design;
use super::evaluate::{Decisions, Evaluation, evaluate};
use super::filter::{Candidate, Given, RunnerUp, candidates, filter};
use super::instance::{Instance, Token};
use super::loads::{Part, node_parts, places};
use super::networks::{Mode, modes, zones_required};
use super::patterns::{Breadth, Enumeration, Pattern, enumerate};
use crate::plan::{Objective, Requirements};
use crate::policy::{FailureKind, Wish};
use std::collections::BinaryHeap;

/// A solved design.
pub struct Solved {
    pub design: Design,
    pub mode: Mode,
    /// Pattern by group.
    pub patterns: Vec<Pattern>,
    pub decisions: Decisions,
    pub evaluation: Evaluation,
    /// Next best pattern of each group: what it would make of the group's numbers.
    pub runners_up: Vec<Option<RunnerUp>>,
}

/// What the search has found for a set of designs.
#[derive(Default)]
pub struct Found {
    pub best: Option<Solved>,
    /// No plan of these designs can be better than this, levels 1 to 7.
    pub bound: Option<Objective>,
    /// Best plan of every design that was solved, for the reasons.
    pub others: Vec<(Design, Objective)>,
    /// Whether every enumeration was complete.
    pub complete: bool,
    pub work: u64,
    /// Stopped by the time limit.
    pub stopped: bool,
}

impl Found {
    /// Whether a plan that meets every requirement is in hand, or no plan from this bound on can.
    fn feasibility_known(&self, bound: &Objective) -> bool {
        let met = |best: &Solved| best.evaluation.objective.unmet_requirements.met();
        self.best.as_ref().is_some_and(met) || !bound.unmet_requirements.met()
    }
}

/// A design waiting for its turn: first with the bound that follows from counting ports, then with its patterns listed.
struct Waiting {
    bound: Objective,
    design: Design,
    tables: Option<Vec<Enumeration>>,
}

impl Waiting {
    fn key(&self) -> (&Objective, &Design) {
        (&self.bound, &self.design)
    }
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Waiting {}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Waiting {
    /// Reversed, so that a heap gives the best bound first.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.key().cmp(&self.key())
    }
}

/// What the search is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// The best plan.
    Best,
    /// Whether some plan meets every requirement; the first one that does ends the search.
    Feasible,
}

/// Solves all designs, best bound first.
pub fn search(instance: &Instance, designs: Vec<Design>, question: Question, late: &dyn Fn() -> bool) -> Found {
    let mut found = Found {
        complete: true,
        ..Found::default()
    };
    let mut heap: BinaryHeap<Waiting> = designs
        .into_iter()
        .map(|design| Waiting {
            bound: counted_bound(instance, &design),
            design,
            tables: None,
        })
        .collect();
    while let Some(waiting) = heap.pop() {
        if question == Question::Feasible && found.feasibility_known(&waiting.bound) {
            break;
        }
        if late() {
            found.stopped = true;
            lower(&mut found.bound, &waiting.bound);
            break;
        }
        let best = found.best.as_ref().map(|best| &best.evaluation.objective);
        if best.is_some_and(|best| waiting.bound.cmp_to(best, 7).is_gt()) {
            lower(&mut found.bound, &waiting.bound);
            break;
        }
        match waiting.tables {
            Some(tables) => solve(instance, &waiting.design, tables, question, &mut found),
            None => {
                let list = |class| enumerate(instance, class, &waiting.design, Breadth::Best);
                let tables: Vec<Enumeration> = instance.classes.iter().map(list).collect();
                found.work += tables.iter().map(|t| t.work).sum::<u64>();
                let bound = first_bound(instance, &waiting.design, &tables);
                heap.push(Waiting {
                    bound,
                    tables: Some(tables),
                    ..waiting
                });
            }
        }
    }
    found
}

/// Levels 1, 2 and 6 from the design and the number of ports alone.
///
/// With P ports and U uplinks at least U - P roles go unserved, and at most P - U uplinks get a second NIC: taken in the
/// order of the wishes, that is the best any pattern can do.
fn counted_bound(instance: &Instance, design: &Design) -> Objective {
    let mut objective = Objective {
        external_networks: design.networks as u64,
        ..Objective::default()
    };
    objective.unmet_requirements.isolation = design.unmet_isolation(instance);
    objective.unmet_wishes = instance
        .wishes
        .iter()
        .map(|wish| design.wish_count(wish).unwrap_or(0))
        .collect();
    for group in &instance.groups {
        let nodes = group.nodes.len() as u64;
        let ports: usize = instance.classes[group.class]
            .types
            .iter()
            .map(|t| t.count as usize)
            .sum();
        let uplinks = design.uplinks.len();
        objective.unmet_requirements.reachability += uplinks.saturating_sub(ports) as u64 * nodes;
        if ports < uplinks {
            continue;
        }
        let mut spare = ports - uplinks;
        let mut paired = vec![false; uplinks];
        for (index, wish) in instance.wishes.iter().enumerate() {
            let (role, needs_pair) = match wish {
                Wish::Survive(role, FailureKind::Nic) => (role, !role.info().falls_back),
                Wish::OwnPath(role) => (role, true),
                _ => continue,
            };
            for uplink in (0..uplinks).filter(|u| needs_pair && design.uplinks[*u].roles.contains(role)) {
                let possible = design.uplinks[uplink].max_nics > 1;
                if paired[uplink] {
                    continue;
                }
                if spare > 0 && possible {
                    spare -= 1;
                    paired[uplink] = true;
                } else {
                    objective.unmet_wishes[index] += nodes;
                }
            }
        }
    }
    objective
}

/// Keeps the smaller bound.
fn lower(bound: &mut Option<Objective>, other: &Objective) {
    if bound.as_ref().is_none_or(|b| other.cmp_to(b, 7).is_lt()) {
        *bound = Some(other.clone());
    }
}

/// Levels 1, 2 and 6 from the design and the best vectors alone.
fn first_bound(instance: &Instance, design: &Design, tables: &[Enumeration]) -> Objective {
    let mut objective = Objective {
        external_networks: design.networks as u64,
        ..Objective::default()
    };
    let best = |group: usize| &tables[instance.groups[group].class].best;
    let total = |index: usize| -> u64 {
        instance
            .groups
            .iter()
            .enumerate()
            .map(|(g, group)| u64::from(best(g)[index]) * group.nodes.len() as u64)
            .sum()
    };
    objective.unmet_requirements = Requirements {
        reachability: total(0),
        isolation: design.unmet_isolation(instance),
        survival: total(1),
        ..Requirements::default()
    };
    objective.unmet_wishes = instance
        .wishes
        .iter()
        .enumerate()
        .map(|(index, wish)| design.wish_count(wish).unwrap_or_else(|| total(2 + index)))
        .collect();
    objective
}

fn solve(instance: &Instance, design: &Design, tables: Vec<Enumeration>, question: Question, found: &mut Found) {
    found.complete &= tables.iter().all(|t| t.complete);
    let mut design_best: Option<Objective> = None;
    for mode in modes(instance, design) {
        let mut bound = first_bound(instance, design, &tables);
        add_mode(instance, &mode, &mut bound);
        let beaten = |objective: &Objective| bound.cmp_to(objective, 7).is_gt();
        if found.best.as_ref().is_some_and(|b| beaten(&b.evaluation.objective)) {
            lower(&mut found.bound, &bound);
            continue;
        }
        if question == Question::Feasible && found.feasibility_known(&bound) {
            continue;
        }
        let solved = solve_mode(instance, design, &mode, &tables, bound, question, found);
        let objective = solved.evaluation.objective.clone();
        if design_best.as_ref().is_none_or(|b| objective < *b) {
            design_best = Some(objective.clone());
        }
        if found.best.as_ref().is_none_or(|b| objective < b.evaluation.objective) {
            found.best = Some(solved);
        }
    }
    if let Some(objective) = design_best {
        found.others.push((design.clone(), objective));
    }
}

/// What the mode leaves unmet goes into the bound.
fn add_mode(instance: &Instance, mode: &Mode, bound: &mut Objective) {
    bound.unmet_requirements.isolation += mode.unmet_dedicated;
    if zones_required(instance) {
        bound.unmet_requirements.isolation += mode.unmet_zones;
    }
    for (count, wish) in bound.unmet_wishes.iter_mut().zip(&instance.wishes) {
        match wish {
            Wish::ZonesApart => *count = mode.unmet_zones,
            Wish::HeavyApart => *count = mode.unmet_heavy,
            _ => {}
        }
    }
}

fn solve_mode(
    instance: &Instance,
    design: &Design,
    mode: &Mode,
    tables: &[Enumeration],
    mut bound: Objective,
    question: Question,
    found: &mut Found,
) -> Solved {
    let parts = node_parts(instance, design, mode);
    let mut wide: Vec<Option<Enumeration>> = tables.iter().map(|_| None).collect();
    let mut sets: Vec<Vec<Candidate>> = Vec::new();
    let mut wide_groups = vec![false; instance.groups.len()];
    for (index, group) in instance.groups.iter().enumerate() {
        let mut set = candidates(instance, design, mode, index, &tables[group.class].patterns, &parts);
        if set.iter().all(|c| c.missing > 0) {
            // Capacity comes before wishes: here every pattern counts, not only those with the best wishes.
            let class = &instance.classes[group.class];
            let table = wide[group.class].get_or_insert_with(|| enumerate(instance, class, design, Breadth::All));
            found.complete &= table.complete;
            found.work += table.work;
            set = candidates(instance, design, mode, index, &table.patterns, &parts);
            wide_groups[index] = true;
        }
        sets.push(set);
    }
    let forced = forced_moves(instance, design, mode);
    let listed: Vec<&Enumeration> = wide_groups
        .iter()
        .zip(&instance.groups)
        .map(|(wide_used, group)| match &wide[group.class] {
            Some(table) if *wide_used => table,
            _ => &tables[group.class],
        })
        .collect();
    let given = Given {
        forced_moves: forced,
        tables: listed,
        parts: &parts,
    };
    let kept = filter(instance, design, mode, &mut sets, &given, &mut bound);
    let patterns: Vec<Pattern> = kept
        .chosen
        .iter()
        .zip(&sets)
        .map(|(c, set)| set[*c].pattern.clone())
        .collect();
    let target = instance.cluster.policy.target_permille;
    let wanted = Wanted {
        stay_up_to: target + bound.excess_utilisation_permille,
        good_enough: bound.worst_utilisation_permille,
    };
    let network = spread_all(instance, design, mode, &patterns, &parts, wanted);
    let decisions = Decisions {
        nics: concrete(instance, design, &patterns),
        network,
    };
    let evaluation = evaluate(instance, design, &decisions, &design_name(instance, design));
    let mut solved = Solved {
        design: design.clone(),
        mode: mode.clone(),
        patterns,
        decisions,
        evaluation,
        runners_up: kept.runners_up,
    };
    let matters = question == Question::Best || bound.unmet_requirements.met();
    if matters
        && solved.evaluation.objective.cmp_to(&bound, 7).is_ne()
        && let Some(best) = close::best_of_all(instance, design, mode, &bound)
    {
        bound = best.evaluation.objective.clone();
        if bound < solved.evaluation.objective {
            solved = Solved {
                runners_up: vec![None; best.patterns.len()],
                ..best
            };
        }
    }
    lower(&mut found.bound, &bound);
    solved
}

/// vNICs whose network of today does not exist in the design or does not admit them.
fn forced_moves(instance: &Instance, design: &Design, mode: &Mode) -> u64 {
    let place = places(instance, design);
    let forced = instance
        .items
        .iter()
        .filter(|item| match item.current.map(|label| place[label]) {
            Some(Some(network)) => mode.admits(item) >> network & 1 == 0,
            Some(None) => true,
            None => false,
        });
    forced.count() as u64
}

/// A network for every vNIC; those of VMs without a host stay where they are or take the first network that admits them.
fn spread_all(
    instance: &Instance,
    design: &Design,
    mode: &Mode,
    patterns: &[Pattern],
    parts: &[Vec<Part>],
    wanted: Wanted,
) -> Vec<Option<usize>> {
    let mut network: Vec<Option<usize>> = vec![None; instance.items.len()];
    for (group, pattern) in instance.groups.iter().zip(patterns) {
        for node in &group.nodes {
            for part in &parts[*node] {
                let spread = Spread {
                    instance,
                    design,
                    mode,
                    pattern,
                    node: *node,
                    items: &part.items,
                };
                for (item, to) in part.items.iter().zip(spread.solve(wanted)) {
                    network[*item] = Some(to);
                }
            }
        }
    }
    let place = places(instance, design);
    for (index, item) in instance.items.iter().enumerate().filter(|(_, i)| i.node.is_none()) {
        let mask = mode.admits(item);
        let home = item
            .current
            .and_then(|label| place[label])
            .filter(|n| mask >> n & 1 == 1);
        network[index] = home.or((0..design.networks).find(|n| mask >> n & 1 == 1));
    }
    network
}

/// NIC indices by node and uplink: of ports that are alike, those that already do the planned job are taken first, and
/// idle ones last, so that as few as possible change.
pub fn concrete(instance: &Instance, design: &Design, patterns: &[Pattern]) -> Vec<Vec<Vec<usize>>> {
    let mut nics = vec![vec![Vec::new(); design.uplinks.len()]; instance.cluster.nodes.len()];
    for (group, pattern) in instance.groups.iter().zip(patterns) {
        for node in &group.nodes {
            let ports = &instance.cluster.nodes[*node].nics;
            for (kind, members) in instance.nics_of[*node].iter().enumerate() {
                let mut open: Vec<usize> = members.clone();
                let mut wanted: Vec<u8> = pattern.take.iter().map(|take| take[kind]).collect();
                for uplink in 0..wanted.len() {
                    let token = design.token(uplink);
                    let same: Vec<usize> = open
                        .iter()
                        .copied()
                        .filter(|n| instance.token(&ports[*n]) == token)
                        .take(wanted[uplink] as usize)
                        .collect();
                    wanted[uplink] -= same.len() as u8;
                    open.retain(|n| !same.contains(n));
                    nics[*node][uplink].extend(same);
                }
                open.sort_by_key(|n| (instance.token(&ports[*n]) == Token::default(), *n));
                let mut open = open.into_iter();
                for (uplink, count) in wanted.into_iter().enumerate() {
                    nics[*node][uplink].extend(open.by_ref().take(count as usize));
                }
            }
            nics[*node].iter_mut().for_each(|list| list.sort());
        }
    }
    nics
}

/// The design written out: level 11.
pub fn design_name(instance: &Instance, design: &Design) -> String {
    let uplinks: Vec<String> = (0..design.uplinks.len())
        .map(|u| design.uplink_name(instance, u))
        .collect();
    format!("{}: {}", design.style, uplinks.join(" | "))
}
