//! Patterns: for one class of nodes and one design, which NICs each uplink gets, symmetric ones counted once.
//!
//! Enumerates all patterns whose vector (unserved roles, unmet survival, wishes) is the best one, or all patterns when
//! capacity is short. A branch is cut only when its proven part is already worse than the best pattern found.

use super::design::Design;
use super::instance::{Class, Group, Instance, PortType, Token};
use super::options::{Choice, Shared, choices, shared_failures};
use crate::policy::Wish;
use crate::roles::Role;
use crate::units::Mbps;
use std::collections::BTreeMap;

/// A situation that an uplink must carry: capacity left, and host roles (bits) that have fallen back onto it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Situation {
    pub capacity: Mbps,
    pub landed: u8,
}

/// One uplink of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UplinkPattern {
    pub nics: usize,
    pub speed: Mbps,
    pub reach: u64,
    pub rdma: bool,
    /// Normal operation first, then every failure that must be survived; dominated ones left out.
    pub situations: Vec<Situation>,
}

/// NICs of one node of a class, uplink by uplink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// Ports taken, by uplink and type.
    pub take: Vec<Vec<u8>>,
    pub uplinks: Vec<UplinkPattern>,
    /// Unserved role instances, unmet survival, wishes; per node.
    pub vector: Vec<u32>,
    pub nics: usize,
}

/// Which patterns to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breadth {
    /// Those with the best vector.
    Best,
    /// All.
    All,
}

/// What the enumeration found.
pub struct Enumeration {
    pub patterns: Vec<Pattern>,
    /// Best vector of the class: a proven lower bound.
    pub best: Vec<u32>,
    /// Whether nothing was left out.
    pub complete: bool,
    /// Branches looked at.
    pub work: u64,
}

/// Branches after which an enumeration stops and says that it is not complete. Counted work, never a clock.
const WORK_LIMIT: u64 = 3_000_000;
/// Patterns kept at most.
const PATTERN_LIMIT: usize = 60_000;

/// Lists the patterns of a class.
pub fn enumerate(instance: &Instance, class: &Class, design: &Design, breadth: Breadth) -> Enumeration {
    let ports: usize = class.types.iter().map(|t| t.count as usize).sum();
    let empty = ports < design.uplinks.len();
    let table: Vec<Vec<Choice>> =
        (0..design.uplinks.len()).map(|u| choices(instance, class, design, u, empty)).collect();
    let mut order: Vec<usize> = (0..table.len()).collect();
    order.sort_by_key(|u| (table[*u].len(), *u));
    let width = 2 + instance.wishes.len();
    let mut rest = vec![vec![0u32; width]; order.len() + 1];
    for depth in (0..order.len()).rev() {
        let least = |i: usize| table[order[depth]].iter().map(|c| c.vector[i]).min().unwrap_or(0);
        rest[depth] = (0..width).map(|i| rest[depth + 1][i] + least(i)).collect();
    }
    let mut search = Search {
        instance,
        class,
        design,
        shared: shared_failures(instance, class),
        table: &table,
        order: &order,
        rest: &rest,
        breadth,
        best: None,
        found: BTreeMap::new(),
        work: 0,
        complete: true,
        picked: vec![0; order.len()],
    };
    let free: Vec<u8> = class.types.iter().map(|t| t.count).collect();
    search.descend(0, &free, &vec![0; width]);
    search.finish()
}

struct Search<'s> {
    instance: &'s Instance<'s>,
    class: &'s Class,
    design: &'s Design,
    shared: Vec<Shared>,
    table: &'s [Vec<Choice>],
    order: &'s [usize],
    rest: &'s [Vec<u32>],
    breadth: Breadth,
    best: Option<Vec<u32>>,
    found: BTreeMap<(Vec<u32>, Vec<UplinkPattern>, Vec<u32>), Pattern>,
    work: u64,
    complete: bool,
    picked: Vec<usize>,
}

impl Search<'_> {
    fn descend(&mut self, depth: usize, free: &[u8], sum: &[u32]) {
        self.work += 1;
        if self.work > WORK_LIMIT || self.found.len() > PATTERN_LIMIT {
            self.complete = false;
            return;
        }
        if depth == self.order.len() {
            self.keep();
            return;
        }
        let uplink = self.order[depth];
        let table = self.table;
        for (index, choice) in table[uplink].iter().enumerate() {
            if choice.take.iter().zip(free).any(|(take, free)| take > free) {
                continue;
            }
            let with: Vec<u32> = sum.iter().zip(&choice.vector).map(|(a, b)| a + b).collect();
            if self.hopeless(&with, depth + 1) {
                continue;
            }
            let left: Vec<u8> = free.iter().zip(&choice.take).map(|(free, take)| free - take).collect();
            self.picked[uplink] = index;
            self.descend(depth + 1, &left, &with);
        }
    }

    fn hopeless(&self, sum: &[u32], depth: usize) -> bool {
        let (Some(best), Breadth::Best) = (&self.best, self.breadth) else { return false };
        let bound = sum.iter().zip(&self.rest[depth]).map(|(a, b)| a + b);
        bound.cmp(best.iter().copied()).is_gt()
    }

    fn keep(&mut self) {
        let picked: Vec<&Choice> = self.picked.iter().enumerate().map(|(u, i)| &self.table[u][*i]).collect();
        let pattern = assemble(self.instance, self.design, &self.shared, &picked);
        match &self.best {
            Some(best) if pattern.vector > *best && self.breadth == Breadth::Best => return,
            Some(best) if pattern.vector >= *best => {}
            _ => {
                if self.breadth == Breadth::Best {
                    self.found.clear();
                }
                self.best = Some(pattern.vector.clone());
            }
        }
        let changed = distances(self.instance, self.class, self.design, &pattern.take);
        let key = (pattern.vector.clone(), pattern.uplinks.clone(), changed);
        match self.found.get(&key) {
            Some(known) if known.nics <= pattern.nics => {}
            _ => {
                self.found.insert(key, pattern);
            }
        }
    }

    fn finish(self) -> Enumeration {
        let width = 2 + self.instance.wishes.len();
        Enumeration {
            patterns: self.found.into_values().collect(),
            best: self.best.unwrap_or_else(|| vec![u32::MAX / 2; width]),
            complete: self.complete,
            work: self.work,
        }
    }
}

/// NICs whose use changes, for each group of the class: all that today's wiring can tell patterns apart by.
fn distances(instance: &Instance, class: &Class, design: &Design, take: &[Vec<u8>]) -> Vec<u32> {
    let same_class = instance.groups.iter().filter(|g| std::ptr::eq(&instance.classes[g.class], class));
    same_class.map(|group| distance(design, group, &class.types, take)).collect()
}

/// NICs of one node of the group whose use differs from today's, when tokens are kept wherever possible.
pub fn distance(design: &Design, group: &Group, types: &[PortType], take: &[Vec<u8>]) -> u32 {
    if !group.wiring_known {
        return 0;
    }
    let mut changed = 0;
    for (index, port) in types.iter().enumerate() {
        let mut kept = 0;
        let mut idle = port.count;
        for (uplink, counts) in take.iter().enumerate() {
            idle -= counts[index];
            kept += counts[index].min(today_count(group, index, design.token(uplink)));
        }
        kept += idle.min(today_count(group, index, Token::default()));
        changed += u32::from(port.count - kept);
    }
    changed
}

fn today_count(group: &Group, port_type: usize, token: Token) -> u8 {
    group.today[port_type].iter().find(|(known, _)| *known == token).map_or(0, |(_, count)| *count)
}

/// Puts the choices together: fall-back, situations, the true vector.
fn assemble(instance: &Instance, design: &Design, shared: &[Shared], picked: &[&Choice]) -> Pattern {
    let mut situations: Vec<Vec<Situation>> =
        picked.iter().map(|c| vec![Situation { capacity: c.capacity, landed: 0 }]).collect();
    let mut vector: Vec<u32> = vec![0; 2 + instance.wishes.len()];
    for choice in picked {
        vector.iter_mut().zip(&choice.vector).for_each(|(sum, own)| *sum += own);
    }
    let mut lost: [[bool; 3]; 6] = [[false; 3]; 6];
    for (uplink, choice) in picked.iter().enumerate().filter(|(_, c)| c.nics > 0) {
        nic_loss(instance, design, picked, uplink, choice, &mut situations, &mut lost);
    }
    for (index, failure) in shared.iter().enumerate() {
        shared_loss(instance, design, picked, failure, index, &mut situations, &mut lost);
    }
    for (uplink, choice) in picked.iter().enumerate().filter(|(_, c)| c.nics > 0) {
        for role in design.uplinks[uplink].roles.iter().filter(|r| r.info().falls_back) {
            let row = lost[*role as usize];
            let unmet = |kind: usize| row[kind] || (choice.nics > 0 && reach_lost(choice, kind, shared));
            vector[1] += (0..3).filter(|k| instance.must[*role as usize][*k] && unmet(*k)).count() as u32;
            for (position, wish) in instance.wishes.iter().enumerate() {
                if let Wish::Survive(wished, kind) = wish
                    && wished == role
                    && unmet(*kind as usize)
                {
                    vector[2 + position] += 1;
                }
            }
        }
    }
    let uplinks = picked
        .iter()
        .zip(situations)
        .map(|(c, s)| UplinkPattern {
            nics: c.nics,
            speed: c.speed,
            reach: c.reach,
            rdma: c.rdma,
            situations: undominated(s),
        })
        .collect();
    Pattern {
        take: picked.iter().map(|c| c.take.clone()).collect(),
        uplinks,
        vector,
        nics: picked.iter().map(|c| c.nics).sum(),
    }
}

/// Whether a falling-back role that still has NICs after the failure no longer reaches the others.
fn reach_lost(choice: &Choice, kind: usize, shared: &[Shared]) -> bool {
    if choice.own[kind] {
        return false;
    }
    match kind {
        0 => choice.nics > 1,
        _ => !shared.iter().enumerate().any(|(i, f)| f.kind() == kind && choice.after[i] == 0),
    }
}

fn nic_loss(
    instance: &Instance,
    design: &Design,
    picked: &[&Choice],
    uplink: usize,
    choice: &Choice,
    situations: &mut [Vec<Situation>],
    lost: &mut [[bool; 3]; 6],
) {
    let roles = &design.uplinks[uplink].roles;
    if choice.nics > 1 {
        if roles.iter().any(|r| instance.must[*r as usize][0]) {
            situations[uplink].push(Situation { capacity: choice.after_nic, landed: 0 });
        }
        return;
    }
    let alive = |u: usize| u != uplink && picked[u].nics > 0;
    let landed = land(instance, design, &[uplink], &alive, 0, lost);
    for (refuge, bits) in landed {
        let asked = instance.roles.iter().any(|r| bits_contain(bits, *r) && instance.must[*r as usize][0]);
        if asked {
            situations[refuge].push(Situation { capacity: picked[refuge].capacity, landed: bits });
        }
    }
}

fn shared_loss(
    instance: &Instance,
    design: &Design,
    picked: &[&Choice],
    failure: &Shared,
    index: usize,
    situations: &mut [Vec<Situation>],
    lost: &mut [[bool; 3]; 6],
) {
    let kind = failure.kind();
    let dead: Vec<usize> =
        (0..picked.len()).filter(|u| picked[*u].nics > 0 && picked[*u].after[index] == 0).collect();
    let alive = |u: usize| picked[u].nics > 0 && picked[u].after[index] > 0;
    let landed = land(instance, design, &dead, &alive, kind, lost);
    for (uplink, choice) in picked.iter().enumerate().filter(|(u, _)| alive(*u)) {
        let bits = landed.iter().find(|(u, _)| *u == uplink).map_or(0, |(_, bits)| *bits);
        let own = design.uplinks[uplink].roles.iter().any(|r| instance.must[*r as usize][kind]);
        let asked = instance.roles.iter().any(|r| bits_contain(bits, *r) && instance.must[*r as usize][kind]);
        if own || asked {
            situations[uplink].push(Situation { capacity: choice.after[index], landed: bits });
        }
    }
}

fn bits_contain(bits: u8, role: Role) -> bool {
    bits >> (role as u8) & 1 == 1
}

/// Where the falling-back roles of dead uplinks land: (refuge, roles as bits). Those without refuge are marked as lost.
fn land(
    instance: &Instance,
    design: &Design,
    dead: &[usize],
    alive: &dyn Fn(usize) -> bool,
    kind: usize,
    lost: &mut [[bool; 3]; 6],
) -> Vec<(usize, u8)> {
    let mut landed: Vec<(usize, u8)> = Vec::new();
    for uplink in dead {
        for role in design.uplinks[*uplink].roles.iter().filter(|r| r.info().falls_back) {
            let refuge = (0..design.uplinks.len())
                .filter(|u| u != uplink && alive(*u))
                .filter_map(|u| refuge_rank(instance, design, u).map(|rank| (rank, u)))
                .min();
            match refuge {
                None => lost[*role as usize][kind] = true,
                Some((_, u)) => match landed.iter_mut().find(|(known, _)| *known == u) {
                    Some((_, bits)) => *bits |= 1 << (*role as u8),
                    None => landed.push((u, 1 << (*role as u8))),
                },
            }
        }
    }
    landed
}

/// Lowest refuge rank of an uplink's roles; storage is a refuge only over SMB.
fn refuge_rank(instance: &Instance, design: &Design, uplink: usize) -> Option<u8> {
    let smb = instance.cluster.storage.is_smb();
    design.uplinks[uplink].roles.iter().filter(|r| **r != Role::Storage || smb).filter_map(|r| r.info().refuge).min()
}

/// Drops situations that another one makes harmless: no more capacity and no fewer landed roles elsewhere.
fn undominated(mut situations: Vec<Situation>) -> Vec<Situation> {
    situations.sort();
    situations.dedup();
    let all = situations.clone();
    let mut kept: Vec<Situation> = situations
        .into_iter()
        .filter(|s| !all.iter().any(|o| o != s && o.capacity <= s.capacity && o.landed & s.landed == s.landed))
        .collect();
    kept.sort();
    kept
}
