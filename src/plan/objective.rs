//! The objective vector: eleven levels in strict order, whole numbers only, less is better at every level.

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Levels that status, bound and gap speak of; the levels after them break ties.
pub const PROVEN_LEVELS: usize = 7;

/// Names of the levels, first to last.
pub const LEVELS: [&str; 11] = [
    "unmet requirements",
    "unmet wishes",
    "utilisation above target",
    "drain above goal",
    "changes from today",
    "external networks",
    "worst utilisation",
    "sum of worst utilisations",
    "slowest drain",
    "NICs used",
    "name",
];

/// Level 1: counts of unmet hard requirements, then Mbit/s missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirements {
    /// Roles or vNICs that cannot reach what they must.
    pub reachability: u64,
    /// Pairs that must be apart and are not.
    pub isolation: u64,
    /// Failures that must be survived and are not.
    pub survival: u64,
    /// Uplinks whose demand exceeds capacity.
    pub capacity: u64,
    /// Mbit/s missing in all.
    pub missing_mbps: u64,
}

impl Requirements {
    /// Whether every requirement is met.
    pub fn met(&self) -> bool {
        *self == Requirements::default()
    }

    /// The tuple in order.
    pub fn values(&self) -> [u64; 5] {
        [
            self.reachability,
            self.isolation,
            self.survival,
            self.capacity,
            self.missing_mbps,
        ]
    }
}

/// The objective vector of a plan; `Ord` is the order of preference.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objective {
    /// Level 1.
    pub unmet_requirements: Requirements,
    /// Level 2: one count per wish, in the policy's order.
    pub unmet_wishes: Vec<u64>,
    /// Level 3: permille of the worst utilisation above the target.
    pub excess_utilisation_permille: u64,
    /// Level 4: seconds of the slowest drain's lower bound above the goal.
    pub excess_drain_s: u64,
    /// Level 5: NICs and vNICs whose use changes.
    pub changes: u64,
    /// Level 6.
    pub external_networks: u64,
    /// Level 7: permille, rounded up.
    pub worst_utilisation_permille: u64,
    /// Level 8.
    pub sum_utilisation_permille: u64,
    /// Level 9: lower bound of the slowest drain, seconds.
    pub slowest_drain_s: u64,
    /// Level 10.
    pub nics_used: u64,
    /// Level 11: the design written out; decides between equals, so that the answer is always the same.
    pub name: String,
}

impl Objective {
    /// Values of a level from 1 to 10 (level 11 is text and gives none).
    pub fn level(&self, level: usize) -> Vec<u64> {
        match level {
            1 => self.unmet_requirements.values().to_vec(),
            2 => self.unmet_wishes.clone(),
            3 => vec![self.excess_utilisation_permille],
            4 => vec![self.excess_drain_s],
            5 => vec![self.changes],
            6 => vec![self.external_networks],
            7 => vec![self.worst_utilisation_permille],
            8 => vec![self.sum_utilisation_permille],
            9 => vec![self.slowest_drain_s],
            10 => vec![self.nics_used],
            _ => Vec::new(),
        }
    }

    /// Compares the levels from 1 to `last` only.
    pub fn cmp_to(&self, other: &Objective, last: usize) -> Ordering {
        (1..=last)
            .map(|l| self.level(l).cmp(&other.level(l)))
            .find(|o| o.is_ne())
            .unwrap_or(Ordering::Equal)
    }

    /// The worse of two, compared on the levels from 1 to `last` only; this one of equals.
    pub fn max_to(self, other: Objective, last: usize) -> Objective {
        match other.cmp_to(&self, last) {
            Ordering::Greater => other,
            _ => self,
        }
    }

    /// First level (1 to 11) where the two differ; `None` if they are the same.
    pub fn first_difference(&self, other: &Objective) -> Option<usize> {
        (1..=10)
            .find(|l| self.level(*l) != other.level(*l))
            .or((self.name != other.name).then_some(11))
    }
}
