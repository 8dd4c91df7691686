//! The ports for a pattern that change least against today's wiring.

use super::super::design::Design;
use super::super::instance::{Class, Group, Instance, PortType, Token};
use super::super::options::{Choice, Shared};
use super::ports::Ports;
use super::{Enumeration, Pattern, assemble, effort};

/// Placements that are looked at for one pattern at most. Counted work, never a clock.
const WORK_LIMIT: u64 = 50_000;

/// The ports for a pattern that change least against today's wiring.
pub struct Nearest {
    /// NICs of a node that change.
    pub changed: u32,
    /// No ports for the pattern change fewer; the same number unless the work ended before all were looked at.
    pub least: u32,
    /// The ports, by uplink and type.
    pub take: Vec<Vec<u8>>,
    /// Placements that were looked at, and what took as long.
    pub work: u64,
}

impl Enumeration {
    /// The ports for a pattern that change least against a group's wiring of today; looks at `limit` placements at most.
    pub fn closest(
        &self,
        instance: &Instance,
        design: &Design,
        group: &Group,
        pattern: &Pattern,
        limit: u64,
    ) -> Nearest {
        let class = &instance.classes[group.class];
        let first = (
            distance(design, group, &class.types, &pattern.take),
            pattern.take.clone(),
        );
        if first.0 == 0 || !group.wiring_known {
            return Nearest {
                changed: first.0,
                least: first.0,
                take: first.1,
                work: 0,
            };
        }
        let lists = self.most_kept_first(design, group, pattern);
        let total = class.types.iter().map(|t| u32::from(t.count)).sum();
        let idle_today: u32 = (0..class.types.len())
            .map(|t| u32::from(today_count(group, t, Token::default())))
            .sum();
        let mut search = Closest {
            instance,
            design,
            group,
            class,
            shared: &self.shared,
            pattern,
            lists: &lists,
            free: Ports::of(class),
            picked: Vec::new(),
            idle: idle_today.min(total - pattern.nics as u32),
            total,
            best: first,
            work: 0,
            limit: limit.min(WORK_LIMIT),
        };
        let least = search.least(0);
        search.descend(0);
        let is_cut = search.is_over();
        let (changed, take) = search.best;
        Nearest {
            changed,
            least: if is_cut { least.min(changed) } else { changed },
            take,
            work: search.work,
        }
    }

    /// The choices for each uplink of a pattern with the NICs that would keep their use, most first.
    fn most_kept_first(&self, design: &Design, group: &Group, pattern: &Pattern) -> Vec<Vec<Kept<'_>>> {
        let of_uplink = |(uplink, kind): (usize, &usize)| {
            let token = design.token(uplink);
            let kept = |c: &Choice| {
                let types = 0..c.take.len();
                types
                    .map(|t| u32::from(c.take[t].min(today_count(group, t, token))))
                    .sum()
            };
            let kind = &self.table[uplink][*kind];
            let choices = kind.choices.iter().zip(&kind.ports);
            let mut list: Vec<Kept> = choices.map(|(choice, ports)| (kept(choice), choice, ports)).collect();
            list.sort_by_key(|(kept, ..)| std::cmp::Reverse(*kept));
            list
        };
        pattern.kinds.iter().enumerate().map(of_uplink).collect()
    }
}

/// NICs that would keep their use, a choice, and the ports that it takes.
type Kept<'k> = (u32, &'k Choice, &'k Ports);

/// Search for the ports that keep most of today's wiring, cut where even keeping everything else would not help.
struct Closest<'k> {
    instance: &'k Instance<'k>,
    design: &'k Design,
    group: &'k Group,
    class: &'k Class,
    shared: &'k [Shared],
    pattern: &'k Pattern,
    lists: &'k [Vec<Kept<'k>>],
    free: Ports,
    picked: Vec<&'k Choice>,
    /// Idle ports that can stay idle at most.
    idle: u32,
    total: u32,
    best: (u32, Vec<Vec<u8>>),
    work: u64,
    limit: u64,
}

impl Closest<'_> {
    fn is_over(&self) -> bool {
        self.work >= self.limit
    }

    /// Changes that remain if every uplink that is not picked yet keeps what it can.
    fn least(&self, kept: u32) -> u32 {
        let rest: u32 = self.lists[self.picked.len()..]
            .iter()
            .map(|l| l.first().map_or(0, |(kept, ..)| *kept))
            .sum();
        self.total.saturating_sub(kept + rest + self.idle)
    }

    fn descend(&mut self, kept: u32) {
        if self.is_over() {
            return;
        }
        self.work += 1;
        if self.least(kept) >= self.best.0 {
            return;
        }
        let depth = self.picked.len();
        let lists = self.lists;
        let Some(list) = lists.get(depth) else {
            return self.offer();
        };
        for (own, choice, ports) in list {
            if !self.free.hold(ports) {
                continue;
            }
            self.free.take(ports);
            self.picked.push(choice);
            self.descend(kept + own);
            self.picked.pop();
            self.free.give_back(ports);
        }
    }

    fn offer(&mut self) {
        let take: Vec<Vec<u8>> = self.picked.iter().map(|c| c.take.clone()).collect();
        let changed = distance(self.design, self.group, &self.class.types, &take);
        if changed >= self.best.0 {
            return;
        }
        self.work += effort(self.shared, self.picked.len());
        let same = assemble(
            self.instance,
            self.design,
            self.shared,
            &self.picked,
            self.pattern.kinds.clone(),
        );
        if same.vector == self.pattern.vector && same.uplinks == self.pattern.uplinks {
            self.best = (changed, take);
        }
    }
}

/// NICs of one node of the group whose use differs from today's, when tokens are kept wherever possible.
fn distance(design: &Design, group: &Group, types: &[PortType], take: &[Vec<u8>]) -> u32 {
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
    group.today[port_type]
        .iter()
        .find(|(known, _)| *known == token)
        .map_or(0, |(_, count)| *count)
}
