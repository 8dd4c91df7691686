//! Which of today's pools can stay: the most valuable set of ranges of which no two overlap.
//!
//! In: ranges, each with what keeping it is worth. Out: which to keep. Must not know: nodes, clusters, the plan.
//!
//! # Why
//! Keeping as many pools as possible is the largest independent set of intervals, which the greedy choice by earliest end solves
//! (Kleinberg and Tardos, Algorithm Design, 4.1). Of several largest sets the one that leaves most addresses alone is wanted,
//! so each range has a worth of its own and the weighted form is used (6.1): in order of their ends, each range is either left
//! out, or taken together with the best choice among the ranges that end before it starts.

use crate::units::MacRange;
use std::ops::Add;

/// What keeping one range, or a set of them, is worth: the first field that differs decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Worth {
    /// Known pools that stay exactly as they are.
    pub unchanged: u64,
    /// Assumed pools that may stay as they are.
    pub assumed: u64,
    /// Pools that keep their addresses, and the adapters that draw from them.
    pub adapters: u64,
}

impl Add for Worth {
    type Output = Worth;

    fn add(self, other: Worth) -> Worth {
        Worth {
            unchanged: self.unchanged + other.unchanged,
            assumed: self.assumed + other.assumed,
            adapters: self.adapters + other.adapters,
        }
    }
}

/// The best choice among the first ranges, in order of their ends.
#[derive(Clone, Copy, Default)]
struct Best {
    worth: Worth,
    /// The last range taken, if it is the one this entry speaks of, and how many ranges end before it starts.
    taken: Option<usize>,
}

/// For each range whether it is kept: no two kept ones overlap, and no other such choice is worth more. Empty ranges are not
/// kept; of choices worth the same the one with the earlier ranges is taken.
pub fn most_valuable(ranges: &[(MacRange, Worth)]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..ranges.len()).filter(|i| ranges[*i].0.size() > 0).collect();
    order.sort_by_key(|i| (ranges[*i].0.max, *i));
    let mut best = vec![Best::default()];
    for (position, index) in order.iter().enumerate() {
        let (range, worth) = ranges[*index];
        let before = order.partition_point(|i| ranges[*i].0.max < range.min);
        let with = best[before].worth + worth;
        let without = best[position].worth;
        best.push(if with > without {
            Best {
                worth: with,
                taken: Some(before),
            }
        } else {
            Best {
                worth: without,
                taken: None,
            }
        });
    }
    let mut kept = vec![false; ranges.len()];
    let mut left = order.len();
    while left > 0 {
        match best[left].taken {
            Some(before) => {
                kept[order[left - 1]] = true;
                left = before;
            }
            None => left -= 1,
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Mac;

    fn range(min: u64, max: u64) -> MacRange {
        MacRange {
            min: Mac(min),
            max: Mac(max),
        }
    }

    fn known(min: u64, max: u64, adapters: u64) -> (MacRange, Worth) {
        let worth = Worth {
            unchanged: 1,
            assumed: 0,
            adapters: adapters + 1,
        };
        (range(min, max), worth)
    }

    #[test]
    fn one_long_range_gives_way_to_the_two_short_ones_in_it() {
        let ranges = [known(0, 99, 50), known(0, 9, 0), known(20, 29, 0)];

        assert_eq!(most_valuable(&ranges), [false, true, true]);
    }

    #[test]
    fn of_two_clones_the_one_with_more_adapters_stays_and_else_the_first() {
        assert_eq!(most_valuable(&[known(0, 9, 1), known(0, 9, 2)]), [false, true]);
        assert_eq!(most_valuable(&[known(0, 9, 2), known(0, 9, 2)]), [true, false]);
    }

    #[test]
    fn an_inverted_range_is_never_kept() {
        assert_eq!(most_valuable(&[known(9, 0, 5), known(3, 4, 0)]), [false, true]);
    }

    #[test]
    fn a_known_pool_counts_more_than_any_number_of_assumed_ones() {
        let assumed = |min, max| {
            let worth = Worth {
                unchanged: 0,
                assumed: 1,
                adapters: 100,
            };
            (range(min, max), worth)
        };

        assert_eq!(
            most_valuable(&[assumed(0, 4), assumed(5, 9), known(0, 9, 0)]),
            [false, false, true]
        );
    }

    /// What the best of all subsets without an overlap is worth.
    fn by_trying_all(ranges: &[(MacRange, Worth)]) -> Worth {
        let mut best = Worth::default();
        for chosen in 0..1_u32 << ranges.len() {
            let set: Vec<&(MacRange, Worth)> = ranges
                .iter()
                .enumerate()
                .filter(|(i, _)| chosen >> i & 1 == 1)
                .map(|(_, r)| r)
                .collect();
            let apart = |(i, a): (usize, &&(MacRange, Worth))| {
                a.0.size() > 0 && set[..i].iter().all(|b| a.0.intersection(b.0).is_none())
            };
            if set.iter().enumerate().all(apart) {
                best = best.max(set.iter().fold(Worth::default(), |sum, r| sum + r.1));
            }
        }
        best
    }

    #[test]
    fn no_choice_among_all_subsets_is_worth_more() {
        let mut state = 1_u64;
        let mut roll = |sides: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % sides
        };
        for case in 0..2_000 {
            let ranges: Vec<(MacRange, Worth)> = (0..1 + roll(9))
                .map(|_| {
                    let min = roll(20);
                    let worth = Worth {
                        unchanged: roll(2),
                        assumed: roll(2),
                        adapters: 1 + roll(5),
                    };
                    (range(min, (min + roll(8)).saturating_sub(1)), worth)
                })
                .collect();

            let kept = most_valuable(&ranges);

            let chosen: Vec<&(MacRange, Worth)> =
                ranges.iter().zip(&kept).filter(|(_, k)| **k).map(|(r, _)| r).collect();
            for (i, a) in chosen.iter().enumerate() {
                assert!(
                    chosen[..i].iter().all(|b| a.0.intersection(b.0).is_none()),
                    "case {case}"
                );
            }
            let worth = chosen.iter().fold(Worth::default(), |sum, r| sum + r.1);
            assert_eq!(worth, by_trying_all(&ranges), "case {case}: {ranges:?}");
        }
    }

    #[test]
    fn where_every_range_is_worth_the_same_as_many_stay_as_the_earliest_end_first_choice_keeps() {
        let ranges: Vec<(MacRange, Worth)> = (0..200_u64)
            .map(|i| known(i * 7 % 101, i * 7 % 101 + i % 13, 0))
            .collect();
        let mut sorted: Vec<MacRange> = ranges.iter().map(|r| r.0).collect();
        sorted.sort_by_key(|r| r.max);
        let mut greedy: Vec<MacRange> = Vec::new();
        for range in sorted {
            if greedy.last().is_none_or(|last| last.max < range.min) {
                greedy.push(range);
            }
        }

        let kept = most_valuable(&ranges).into_iter().filter(|k| *k).count();

        assert_eq!(kept, greedy.len());
    }
}
