//! The patterns of a design by class, listed once for all designs that differ only in the names of their networks.
//!
//! In: instance, design, meetings. Out: [`Listing`]s, shared. Must not know: loads, bounds.

use super::design::{Design, UplinkShape};
use super::instance::Instance;
use super::meeting::Meeting;
use super::patterns::{Breadth, Enumeration, enumerate};
use rayon::prelude::*;
use std::cell::{Cell, OnceCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Branches and placements that are looked at in the time that it takes to judge a pattern for a node, measured roughly.
pub const LISTED_PER_JUDGED: u64 = 40;

/// Patterns of every class of nodes.
pub struct Listing {
    /// Those with the best vector, by class.
    pub best: Vec<Enumeration>,
    /// All patterns by class, where somebody asked for them.
    all: Vec<OnceCell<Enumeration>>,
    /// Work of listing that somebody has counted.
    counted: Cell<u64>,
}

impl Listing {
    /// Lists the best patterns; `None` when the time is over before all classes are listed.
    pub fn new(instance: &Instance, design: &Design, meetings: &[Meeting]) -> Option<Listing> {
        let list = |class| {
            let in_time = !instance.watch.is_over();
            in_time.then(|| enumerate(instance, class, design, meetings, Breadth::Best))
        };
        let best = instance.classes.par_iter().map(list).collect::<Option<_>>()?;
        let all = instance.classes.iter().map(|_| OnceCell::new()).collect();
        let counted = Cell::new(0);
        Some(Listing { best, all, counted })
    }

    /// All patterns of a class, listed when first asked for.
    pub fn all(&self, instance: &Instance, design: &Design, meetings: &[Meeting], class: usize) -> &Enumeration {
        let list = || enumerate(instance, &instance.classes[class], design, meetings, Breadth::All);
        self.all[class].get_or_init(list)
    }

    /// Work of listing since it was asked for last, in patterns judged that take as long.
    pub fn new_work(&self) -> u64 {
        let all = self.all.iter().filter_map(OnceCell::get);
        let work: u64 = self.best.iter().chain(all).map(|table| table.work).sum();
        (work - self.counted.replace(work)) / LISTED_PER_JUDGED
    }

    /// Patterns of a class that are listed so far.
    pub fn listed(&self, class: usize) -> usize {
        let all = self.all[class].get().map_or(0, |table| table.patterns.len());
        self.best[class].patterns.len() + all
    }
}

/// What has been listed, by uplinks and where they meet. Names of networks do not matter to patterns.
#[derive(Default)]
pub struct Listings(BTreeMap<(Vec<UplinkShape>, Vec<Meeting>), Rc<Listing>>);

impl Listings {
    /// The patterns of a design; `None` when the time is over.
    pub fn of(&mut self, instance: &Instance, design: &Design, meetings: &[Meeting]) -> Option<Rc<Listing>> {
        let key = (design.uplinks.clone(), meetings.to_vec());
        if let Some(known) = self.0.get(&key) {
            return Some(Rc::clone(known));
        }
        let listing = Rc::new(Listing::new(instance, design, meetings)?);
        self.0.insert(key, Rc::clone(&listing));
        Some(listing)
    }
}
