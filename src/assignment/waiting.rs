//! A design that waits for its turn in the search, with what no plan of it can beat; the bound sharpens step by step.

use super::bounds::{Job, add_mode, counted};
use super::design::{Design, FEW_NETWORKS, UplinkShape};
use super::instance::Instance;
use super::listing::{Listing, Listings};
use super::meeting::{Meeting, ways};
use crate::plan::{Objective, PROVEN_LEVELS};
use std::collections::BTreeMap;
use std::rc::Rc;

/// A design waiting for its turn: first with the bound that follows from counting ports, then with its patterns listed.
pub struct Waiting {
    /// What no plan of the design can beat.
    pub bound: Objective,
    /// The same without what follows from the number of networks: modes add to it what they leave unmet.
    pub bare: Objective,
    pub design: Design,
    pub meetings: Vec<Meeting>,
    /// Its patterns, once they are listed.
    pub listing: Option<Rc<Listing>>,
    /// The bound has been sharpened by [`Job::pooled`].
    pub pooled: bool,
}

impl Waiting {
    /// Nothing is known but what counting ports proves.
    pub fn new(instance: &Instance, design: Design, meetings: Vec<Meeting>) -> Self {
        let bare = counted(instance, &design, &meetings);
        Waiting {
            bound: with_networks(instance, &bare),
            bare,
            design,
            meetings,
            listing: None,
            pooled: false,
        }
    }

    fn key(&self) -> (&Objective, &Design, &[Meeting]) {
        (&self.bound, &self.design, &self.meetings)
    }

    /// Lists the patterns and sharpens the bound by them.
    pub fn listed(self, instance: &Instance, listings: &mut Listings) -> Self {
        // Without all patterns it stays as it is: nothing more is asked of it when the time is over.
        let Some(listing) = listings.of(instance, &self.design, &self.meetings) else {
            return self;
        };
        let job = Job {
            instance,
            design: &self.design,
            meetings: &self.meetings,
            listing: &listing,
        };
        let bare = job.bound().max_to(self.bare.clone(), PROVEN_LEVELS);
        Waiting {
            listing: Some(listing),
            ..self
        }
        .sharpened(instance, bare)
    }

    /// Notes what the patterns prove of the uplinks, for designs that have these and more.
    pub fn prove(&self, proven: &mut Proven) {
        let whole = self.listing.is_some() && self.meetings.iter().all(|meeting| *meeting == Meeting::Anywhere);
        if whole && self.design.networks >= FEW_NETWORKS {
            proven.insert(self.design.uplinks.clone(), self.bare.clone());
        }
    }

    /// The same with a bound that is at least `bare`.
    pub fn sharpened(self, instance: &Instance, bare: Objective) -> Self {
        Waiting {
            bound: with_networks(instance, &bare).max_to(self.bound, PROVEN_LEVELS),
            bare,
            ..self
        }
    }

    /// Sharpens the bound by what the networks can carry together; gives the work it took.
    pub fn pooled(self, instance: &Instance) -> (Self, u64) {
        let sharper = self.listing.as_ref().map(|listing| {
            let job = Job {
                instance,
                design: &self.design,
                meetings: &self.meetings,
                listing,
            };
            (job.pooled(), job.work() + listing.new_work())
        });
        let (bare, work) = sharper.unwrap_or((self.bare.clone(), 0));
        let pooled = Waiting { pooled: true, ..self };
        (pooled.sharpened(instance, bare), work)
    }

    /// The same with one uplink decided in every way.
    pub fn split(&self, instance: &Instance, uplink: usize) -> Vec<Waiting> {
        let decided = |way: Meeting| {
            let mut meetings = self.meetings.clone();
            meetings[uplink] = way;
            Waiting::new(instance, self.design.clone(), meetings)
        };
        ways(instance, &self.design.uplinks[uplink])
            .0
            .into_iter()
            .map(decided)
            .collect()
    }
}

/// The bound with what the number of networks alone leaves unmet.
fn with_networks(instance: &Instance, bare: &Objective) -> Objective {
    let mut bound = bare.clone();
    let least = instance.needed.least_unmet(bare.external_networks as usize);
    add_mode(instance, &least, &mut bound);
    bound
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

/// What is proven of the uplinks of listed designs, whatever their networks are called and carry.
pub type Proven = BTreeMap<Vec<UplinkShape>, Objective>;

/// What a design inherits from the one with a network less: its bound by ports alone.
pub fn inherited(proven: &Proven, design: &Design) -> Option<Objective> {
    let parent = proven.get(design.without_last_network()?)?;
    Some(Objective {
        changes: 0,
        external_networks: design.networks as u64,
        ..parent.clone()
    })
}
