//! A small random number generator whose sequence never changes: the same seed gives the same inventory for ever.
//!
//! In: a seed. Out: whole numbers. No floats, so that every machine agrees.

/// SplitMix64 (S. Vigna, public domain; the generator that seeds xoshiro).
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    /// Starts a sequence; `stream` gives each topic its own, so that one more VM changes no wiring.
    pub(super) fn new(seed: u64, stream: u64) -> Random {
        let mut random = Random(seed ^ stream.wrapping_mul(0xD605_BBB5_8C8A_BBBD));
        random.next();
        random
    }

    /// Next 64 bits.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 when `end` is 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        let wide = u128::from(self.next()) * u128::from(end);
        (wide >> 64) as u64
    }

    /// An index below `len`; 0 when `len` is 0.
    pub(super) fn index(&mut self, len: usize) -> usize {
        self.below(len as u64) as usize
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// True in `percent` of all cases.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// A number from 1 up with a heavy tail: most are small, about one in twenty is over ten times the median.
    pub(super) fn skewed(&mut self) -> u64 {
        let doublings = (0..9).take_while(|_| self.below(1000) < 620).count() as u32;
        let step = 4u64 << doublings;
        self.between(step, 2 * step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_the_same_on_every_machine() {
        let mut random = Random::new(7, 1);

        let drawn: Vec<u64> = (0..4).map(|_| random.below(1000)).collect();

        let mut again = Random::new(7, 1);
        assert_eq!(drawn, (0..4).map(|_| again.below(1000)).collect::<Vec<_>>());
        assert_ne!(drawn, (0..4).map(|_| Random::new(8, 1).below(1000)).collect::<Vec<_>>());
    }

    #[test]
    fn numbers_stay_inside_their_bounds_and_reach_both_ends() {
        let mut random = Random::new(1, 0);

        let drawn: Vec<u64> = (0..2000).map(|_| random.between(3, 9)).collect();

        assert_eq!(drawn.iter().min(), Some(&3));
        assert_eq!(drawn.iter().max(), Some(&9));
        assert_eq!(random.below(0), 0);
    }

    #[test]
    fn skewed_numbers_have_a_long_tail() {
        let mut random = Random::new(3, 0);
        let mut drawn: Vec<u64> = (0..2000).map(|_| random.skewed()).collect();
        drawn.sort_unstable();

        let median = drawn[1000];
        let share_of_large = drawn.iter().filter(|n| **n > 10 * median).count();

        assert!(
            (40..400).contains(&share_of_large),
            "{share_of_large} of 2000 above ten times {median}"
        );
    }
}
