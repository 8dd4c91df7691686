//! Different ports for all uplinks of a pattern at once.

use super::super::design::Design;
use super::super::instance::{Class, Instance};
use super::super::meeting::Meeting;
use super::super::options::{Choice, choices, leaves_out, most_choices, shared_failures};
use super::kinds::Kind;
use super::ports::Ports;
use super::{Pattern, assemble};

/// Placements of one combination of kinds that are tried.
pub const PLACEMENT_LIMIT: u64 = 20_000;

/// Choices of an uplink above which not all ways are tried.
const CHOICE_LIMIT: u64 = 5_000;

/// Every way to give ports of a class to the uplinks of a design.
pub struct Ways<'a> {
    instance: &'a Instance<'a>,
    class: &'a Class,
    design: &'a Design,
    /// All choices of each uplink.
    choices: Vec<Kind>,
}

impl<'a> Ways<'a> {
    /// `empty`: uplinks without ports as well, even where there are enough. `None` where an uplink has too many choices to try all.
    pub fn new(instance: &'a Instance<'a>, class: &'a Class, design: &'a Design, empty: bool) -> Option<Ways<'a>> {
        if design
            .uplinks
            .iter()
            .any(|shape| most_choices(class, shape) > CHOICE_LIMIT)
        {
            return None;
        }
        let empty = empty || class.ports() < design.uplinks.len();
        let list = |shape| Kind::new(choices(instance, class, shape, Meeting::Anywhere, empty));
        Some(Ways {
            instance,
            class,
            design,
            choices: design.uplinks.iter().map(list).collect(),
        })
    }

    /// How many there are; `None` when they are more than `limit`.
    pub fn count(&self, limit: usize) -> Option<usize> {
        let mut found = 0;
        let all = self.visit(&mut |_| {
            found += 1;
            found > limit
        });
        all.filter(|()| found <= limit).map(|()| found)
    }

    /// The pattern of each; `None` when there are more than `limit`.
    pub fn patterns(&self, limit: usize) -> Option<Vec<Pattern>> {
        self.count(limit)?;
        let shared = shared_failures(self.instance, self.class);
        let mut found = Vec::new();
        self.visit(&mut |picked| {
            found.push(assemble(self.instance, self.design, &shared, picked, Vec::new()));
            false
        })?;
        Some(found)
    }

    /// Shows every way until `visit` has seen enough; `None` where not all could be shown.
    fn visit(&self, visit: &mut dyn FnMut(&[&Choice]) -> bool) -> Option<()> {
        let kinds: Vec<&Kind> = self.choices.iter().collect();
        if self.design.uplinks.iter().any(|shape| leaves_out(self.class, shape)) {
            return None;
        }
        let mut placement = Placement::new(self.class, &kinds);
        placement.each(visit);
        (placement.work <= PLACEMENT_LIMIT).then_some(())
    }
}

/// Tries to give every uplink ports of its kind, all different.
pub struct Placement<'k> {
    kinds: &'k [&'k Kind],
    free: Ports,
    picked: Vec<&'k Choice>,
    pub work: u64,
}

impl<'k> Placement<'k> {
    pub fn new(class: &Class, kinds: &'k [&'k Kind]) -> Self {
        Placement {
            kinds,
            free: Ports::of(class),
            picked: Vec::new(),
            work: 0,
        }
    }

    /// Calls `visit` with every placement until it says that it has seen enough.
    pub fn each(&mut self, visit: &mut dyn FnMut(&[&Choice]) -> bool) -> bool {
        self.work += 1;
        if self.work > PLACEMENT_LIMIT {
            return true;
        }
        let Some(kind) = self.kinds.get(self.picked.len()) else {
            return visit(&self.picked);
        };
        for (choice, ports) in kind.choices.iter().zip(&kind.ports) {
            if !self.free.hold(ports) {
                continue;
            }
            self.free.take(ports);
            self.picked.push(choice);
            let enough = self.each(visit);
            self.picked.pop();
            self.free.give_back(ports);
            if enough {
                return true;
            }
        }
        false
    }
}
