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
    /// Kind of choice by uplink, for [`Enumeration::closest`].
    kinds: Vec<usize>,
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
    /// Kinds of choices by uplink.
    table: Vec<Vec<Kind>>,
    shared: Vec<Shared>,
}

/// Choices of an uplink that differ only in which of several equal ports they take.
struct Kind {
    choices: Vec<Choice>,
}

impl Kind {
    fn first(&self) -> &Choice {
        &self.choices[0]
    }
}

/// Branches after which an enumeration stops and says that it is not complete. Counted work, never a clock.
const WORK_LIMIT: u64 = 400_000;
/// Patterns kept at most.
const PATTERN_LIMIT: usize = 20_000;
/// Placements of one combination of kinds that are tried.
const PLACEMENT_LIMIT: u64 = 20_000;

/// Lists the patterns of a class.
pub fn enumerate(instance: &Instance, class: &Class, design: &Design, breadth: Breadth) -> Enumeration {
    let ports: usize = class.types.iter().map(|t| t.count as usize).sum();
    let empty = ports < design.uplinks.len();
    let shared = shared_failures(instance, class);
    let table: Vec<Vec<Kind>> = (0..design.uplinks.len())
        .map(|u| kinds(choices(instance, class, design, u, empty), &shared))
        .collect();
    let mut order: Vec<usize> = (0..table.len()).collect();
    order.sort_by_key(|u| (table[*u].len(), *u));
    let width = 2 + instance.wishes.len();
    let mut rest = vec![vec![0u32; width]; order.len() + 1];
    for depth in (0..order.len()).rev() {
        let least = |i: usize| table[order[depth]].iter().map(|k| k.first().vector[i]).min().unwrap_or(0);
        rest[depth] = (0..width).map(|i| rest[depth + 1][i] + least(i)).collect();
    }
    let mut search = Search {
        instance,
        class,
        design,
        shared: &shared,
        table: &table,
        order: &order,
        rest: &rest,
        breadth,
        best: None,
        found: Vec::new(),
        work: 0,
        complete: true,
        picked: vec![0; order.len()],
    };
    search.descend(0, &mut vec![0; width]);
    let (patterns, best, complete, work) = (search.found, search.best, search.complete, search.work);
    let best = best.unwrap_or_else(|| vec![u32::MAX / 2; width]);
    Enumeration { patterns, best, complete, work, table, shared }
}

/// Groups choices by everything but the ports themselves.
fn kinds(choices: Vec<Choice>, shared: &[Shared]) -> Vec<Kind> {
    let mut kinds: Vec<(Signature, Kind)> = Vec::new();
    for choice in choices {
        let signature = signature(&choice, shared);
        match kinds.iter_mut().find(|(known, _)| *known == signature) {
            Some((_, kind)) => kind.choices.push(choice),
            None => kinds.push((signature, Kind { choices: vec![choice] })),
        }
    }
    kinds.into_iter().map(|(_, kind)| kind).collect()
}

#[derive(PartialEq, Eq)]
struct Signature {
    vector: Vec<u32>,
    nics: usize,
    speed: Mbps,
    reach: u64,
    rdma: bool,
    own: [bool; 3],
    /// What is left after each card and after each ToR, sorted.
    after: [Vec<Mbps>; 2],
}

fn signature(choice: &Choice, shared: &[Shared]) -> Signature {
    let mut after = [Vec::new(), Vec::new()];
    for (failure, left) in shared.iter().zip(&choice.after) {
        if *left < choice.capacity || choice.nics == 0 {
            after[failure.kind() - 1].push(*left);
        }
    }
    after.iter_mut().for_each(|list| list.sort());
    Signature {
        vector: choice.vector.clone(),
        nics: choice.nics,
        speed: choice.speed,
        reach: choice.reach,
        rdma: choice.rdma,
        own: choice.own,
        after,
    }
}

struct Search<'s> {
    instance: &'s Instance<'s>,
    class: &'s Class,
    design: &'s Design,
    shared: &'s [Shared],
    table: &'s [Vec<Kind>],
    order: &'s [usize],
    rest: &'s [Vec<u32>],
    breadth: Breadth,
    best: Option<Vec<u32>>,
    found: Vec<Pattern>,
    work: u64,
    complete: bool,
    picked: Vec<usize>,
}

impl Search<'_> {
    fn descend(&mut self, depth: usize, sum: &mut Vec<u32>) {
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
        for (index, kind) in table[uplink].iter().enumerate() {
            self.picked[uplink] = index;
            if !self.enough_ports(depth) {
                continue;
            }
            let own = &kind.first().vector;
            sum.iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
            if !self.hopeless(sum, depth + 1) {
                self.descend(depth + 1, sum);
            }
            sum.iter_mut().zip(own).for_each(|(sum, own)| *sum -= own);
        }
    }

    /// Whether the ports of each speed go round for the uplinks picked so far.
    fn enough_ports(&self, depth: usize) -> bool {
        let last = self.table[self.order[depth]][self.picked[self.order[depth]]].first();
        let picked = self.order[..=depth].iter().map(|u| self.table[*u][self.picked[*u]].first());
        let used: usize = picked.filter(|c| c.speed == last.speed).map(|c| c.nics).sum();
        let there = self.class.types.iter().filter(|t| t.speed == last.speed).map(|t| t.count as usize).sum::<usize>();
        used <= there || last.nics == 0
    }

    fn hopeless(&self, sum: &[u32], depth: usize) -> bool {
        let (Some(best), Breadth::Best) = (&self.best, self.breadth) else { return false };
        let bound = sum.iter().zip(&self.rest[depth]).map(|(a, b)| a + b);
        bound.cmp(best.iter().copied()).is_gt()
    }

    fn keep(&mut self) {
        let kinds: Vec<&Kind> = self.picked.iter().enumerate().map(|(u, k)| &self.table[u][*k]).collect();
        let mut placement = Placement::new(self.class, &kinds);
        let mut best: Option<Pattern> = None;
        let relaxed: Vec<u32> = (0..self.rest[0].len()).map(|i| kinds.iter().map(|k| k.first().vector[i]).sum()).collect();
        placement.each(&mut |picked| {
            let pattern = assemble(self.instance, self.design, self.shared, picked, self.picked.clone());
            let done = pattern.vector == relaxed;
            if best.as_ref().is_none_or(|b| pattern.vector < b.vector) {
                best = Some(pattern);
            }
            done
        });
        self.complete &= placement.work <= PLACEMENT_LIMIT;
        let Some(pattern) = best else { return };
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
        self.found.push(pattern);
    }
}

/// Tries to give every uplink ports of its kind, all different.
struct Placement<'k> {
    kinds: &'k [&'k Kind],
    free: Vec<u8>,
    picked: Vec<&'k Choice>,
    work: u64,
}

impl<'k> Placement<'k> {
    fn new(class: &Class, kinds: &'k [&'k Kind]) -> Self {
        Placement { kinds, free: class.types.iter().map(|t| t.count).collect(), picked: Vec::new(), work: 0 }
    }

    /// Calls `visit` with every placement until it says that it has seen enough.
    fn each(&mut self, visit: &mut dyn FnMut(&[&Choice]) -> bool) -> bool {
        self.work += 1;
        if self.work > PLACEMENT_LIMIT {
            return true;
        }
        let Some(kind) = self.kinds.get(self.picked.len()) else { return visit(&self.picked) };
        for choice in &kind.choices {
            if choice.take.iter().zip(&self.free).any(|(take, free)| take > free) {
                continue;
            }
            self.free.iter_mut().zip(&choice.take).for_each(|(free, take)| *free -= take);
            self.picked.push(choice);
            let enough = self.each(visit);
            self.picked.pop();
            self.free.iter_mut().zip(&choice.take).for_each(|(free, take)| *free += take);
            if enough {
                return true;
            }
        }
        false
    }
}

impl Enumeration {
    /// The ports for a pattern that change least against a group's wiring of today, and how many NICs of a node change.
    pub fn closest(&self, instance: &Instance, design: &Design, group: &Group, pattern: &Pattern) -> (u32, Vec<Vec<u8>>) {
        let class = &instance.classes[group.class];
        let first = (distance(design, group, &class.types, &pattern.take), pattern.take.clone());
        if first.0 == 0 || !group.wiring_known {
            return first;
        }
        let lists: Vec<Vec<(u32, &Choice)>> = (0..pattern.kinds.len())
            .map(|uplink| {
                let token = design.token(uplink);
                let kept = |c: &Choice| (0..c.take.len()).map(|t| u32::from(c.take[t].min(today_count(group, t, token)))).sum();
                let choices = &self.table[uplink][pattern.kinds[uplink]].choices;
                let mut list: Vec<(u32, &Choice)> = choices.iter().map(|c| (kept(c), c)).collect();
                list.sort_by_key(|(kept, _)| std::cmp::Reverse(*kept));
                list
            })
            .collect();
        let idle = class.types.iter().map(|t| u32::from(t.count)).sum::<u32>() - pattern.nics as u32;
        let idle_today: u32 = (0..class.types.len()).map(|t| u32::from(today_count(group, t, Token::default()))).sum();
        let total = class.types.iter().map(|t| u32::from(t.count)).sum();
        let mut search = Closest {
            instance,
            design,
            group,
            class,
            shared: &self.shared,
            pattern,
            lists: &lists,
            free: class.types.iter().map(|t| t.count).collect(),
            picked: Vec::new(),
            idle: idle.min(idle_today),
            total,
            best: first,
        };
        search.descend(0);
        search.best
    }
}

/// Search for the ports that keep most of today's wiring, cut where even keeping everything else would not help.
struct Closest<'k> {
    instance: &'k Instance<'k>,
    design: &'k Design,
    group: &'k Group,
    class: &'k Class,
    shared: &'k [Shared],
    pattern: &'k Pattern,
    lists: &'k [Vec<(u32, &'k Choice)>],
    free: Vec<u8>,
    picked: Vec<&'k Choice>,
    /// Idle ports that can stay idle at most.
    idle: u32,
    total: u32,
    best: (u32, Vec<Vec<u8>>),
}

impl Closest<'_> {
    fn descend(&mut self, kept: u32) {
        let depth = self.picked.len();
        let rest: u32 = self.lists[depth..].iter().map(|l| l.first().map_or(0, |(kept, _)| *kept)).sum();
        if self.total.saturating_sub(kept + rest + self.idle) >= self.best.0 {
            return;
        }
        let lists = self.lists;
        let Some(list) = lists.get(depth) else { return self.offer() };
        for (own, choice) in list {
            if choice.take.iter().zip(&self.free).any(|(take, free)| take > free) {
                continue;
            }
            self.free.iter_mut().zip(&choice.take).for_each(|(free, take)| *free -= take);
            self.picked.push(choice);
            self.descend(kept + own);
            self.picked.pop();
            self.free.iter_mut().zip(&choice.take).for_each(|(free, take)| *free += take);
        }
    }

    fn offer(&mut self) {
        let take: Vec<Vec<u8>> = self.picked.iter().map(|c| c.take.clone()).collect();
        let changed = distance(self.design, self.group, &self.class.types, &take);
        if changed >= self.best.0 {
            return;
        }
        let same = assemble(self.instance, self.design, self.shared, &self.picked, self.pattern.kinds.clone());
        if same.vector == self.pattern.vector && same.uplinks == self.pattern.uplinks {
            self.best = (changed, take);
        }
    }
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
fn assemble(
    instance: &Instance,
    design: &Design,
    shared: &[Shared],
    picked: &[&Choice],
    kinds: Vec<usize>,
) -> Pattern {
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
        kinds,
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
