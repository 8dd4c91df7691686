//! What may be said of a plan: from the value that was reached and the bound that is proven to status, bound and gap.
//!
//! In: two objective vectors. Out: [`Proof`]. Must not know: how either was found.

use crate::plan::{LEVELS, Objective, PROVEN_LEVELS, Status};

/// How far a plan is proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    pub status: Status,
    /// Bound and distance at the first level that is open; 0 when none is.
    pub bound: u64,
    pub gap: u64,
    /// Name of that level; empty when none is open.
    pub level: &'static str,
}

/// `optimal` only if every level from 1 to 7 equals its bound and nothing stopped the search.
///
/// A bound above the value cannot be: it is then shown with gap 0, which the check of the proof rejects.
pub fn proof(reached: &Objective, bound: &Objective, stopped: bool) -> Proof {
    let open = (1..=PROVEN_LEVELS).find(|level| reached.level(*level) != bound.level(*level));
    let closed = if stopped { Status::TimeLimit } else { Status::Optimal };
    let Some(level) = open else {
        return Proof {
            status: closed,
            bound: 0,
            gap: 0,
            level: "",
        };
    };
    let (own, proven) = first_open(&reached.level(level), &bound.level(level));
    Proof {
        status: if stopped { Status::TimeLimit } else { Status::Gap },
        bound: proven,
        gap: own.saturating_sub(proven),
        level: LEVELS.get(level - 1).copied().unwrap_or_default(),
    }
}

/// The first two values that differ; a value that is missing on one side counts as 0.
fn first_open(own: &[u64], proven: &[u64]) -> (u64, u64) {
    let value = |list: &[u64], at: usize| list.get(at).copied().unwrap_or(0);
    (0..own.len().max(proven.len()))
        .map(|at| (value(own, at), value(proven, at)))
        .find(|(own, proven)| own != proven)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Requirements;

    /// Every value at every level is above 0, so that each can be worse and each bound can be tightened.
    fn reached() -> Objective {
        Objective {
            unmet_requirements: Requirements {
                reachability: 1,
                isolation: 2,
                survival: 3,
                capacity: 4,
                missing_mbps: 500,
            },
            unmet_wishes: vec![2, 5],
            excess_utilisation_permille: 70,
            excess_drain_s: 8,
            changes: 9,
            external_networks: 2,
            worst_utilisation_permille: 870,
            sum_utilisation_permille: 1_500,
            slowest_drain_s: 68,
            nics_used: 12,
            name: "a design".to_owned(),
        }
    }

    /// Adds one to the given value of a level from 1 to 7.
    fn worse(objective: &Objective, level: usize, at: usize) -> Objective {
        let mut other = objective.clone();
        let unmet = &mut other.unmet_requirements;
        let value = match (level, at) {
            (1, 0) => &mut unmet.reachability,
            (1, 1) => &mut unmet.isolation,
            (1, 2) => &mut unmet.survival,
            (1, 3) => &mut unmet.capacity,
            (1, _) => &mut unmet.missing_mbps,
            (2, _) => &mut other.unmet_wishes[at],
            (3, _) => &mut other.excess_utilisation_permille,
            (4, _) => &mut other.excess_drain_s,
            (5, _) => &mut other.changes,
            (6, _) => &mut other.external_networks,
            _ => &mut other.worst_utilisation_permille,
        };
        *value += 1;
        other
    }

    /// Every level with every place in it.
    fn places() -> Vec<(usize, usize)> {
        let of = |level: usize| (0..reached().level(level).len()).map(move |at| (level, at));
        (1..=7).flat_map(of).collect()
    }

    #[test]
    fn a_plan_that_equals_its_bound_at_every_level_is_optimal() {
        let closed = Proof {
            status: Status::Optimal,
            bound: 0,
            gap: 0,
            level: "",
        };
        assert_eq!(proof(&reached(), &reached(), false), closed);
    }

    #[test]
    fn a_plan_worse_than_its_bound_at_any_level_shows_the_gap_there() {
        for (level, at) in places() {
            let own = worse(&reached(), level, at);
            let value = own.level(level)[at];
            let shown = Proof {
                status: Status::Gap,
                bound: value - 1,
                gap: 1,
                level: LEVELS[level - 1],
            };
            assert_eq!(proof(&own, &reached(), false), shown, "level {level}, value {at}");
        }
    }

    #[test]
    fn a_bound_tightened_past_the_plan_at_any_level_is_never_optimal_and_leaves_no_gap_to_show() {
        for (level, at) in places() {
            let told = proof(&reached(), &worse(&reached(), level, at), false);
            assert_eq!(
                (told.status, told.gap, told.level),
                (Status::Gap, 0, LEVELS[level - 1]),
                "level {level}, value {at}"
            );
        }
    }

    #[test]
    fn the_levels_that_break_ties_need_no_proof() {
        let mut bound = reached();
        bound.sum_utilisation_permille = 0;
        bound.slowest_drain_s = 0;
        bound.nics_used = 0;
        bound.name.clear();
        assert_eq!(proof(&reached(), &bound, false).status, Status::Optimal);
    }

    #[test]
    fn a_bound_without_any_proven_value_is_a_gap_not_a_panic() {
        let told = proof(&reached(), &Objective::default(), false);
        assert_eq!((told.status, told.bound, told.gap), (Status::Gap, 0, 1));
        let wishes_only = Objective {
            unmet_wishes: vec![0, 3],
            ..Objective::default()
        };
        let told = proof(&wishes_only, &Objective::default(), false);
        assert_eq!((told.status, told.gap, told.level), (Status::Gap, 3, "unmet wishes"));
    }

    #[test]
    fn a_stopped_search_is_never_called_optimal() {
        assert_eq!(proof(&reached(), &reached(), true).status, Status::TimeLimit);
        let own = worse(&reached(), 7, 0);
        let told = proof(&own, &reached(), true);
        assert_eq!((told.status, told.gap), (Status::TimeLimit, 1));
    }
}
