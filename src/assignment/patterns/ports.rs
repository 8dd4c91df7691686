//! Ports of a node, counted by type and packed: a placement is tried millions of times.
//!
//! In: counts by type. Out: whether so many are free, and what is left. Must not know: uplinks.

use super::super::instance::Class;

/// Sixteen bits a type, of which the highest lends to the subtraction; counts are bytes, so they fit any node.
const LANES: usize = 8;
const BITS: usize = 16;
/// The lending bit of every lane.
const LENDERS: u128 = 0x8000_8000_8000_8000_8000_8000_8000_8000;

/// Counts of ports by type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ports(Vec<u128>);

impl Ports {
    pub fn new(counts: &[u8]) -> Ports {
        let word = |lanes: &[u8]| {
            let lanes = lanes.iter().enumerate();
            lanes.fold(0, |word, (lane, count)| word | u128::from(*count) << (lane * BITS))
        };
        Ports(counts.chunks(LANES).map(word).collect())
    }

    /// All ports of a node.
    pub fn of(class: &Class) -> Ports {
        Ports::new(&class.types.iter().map(|kind| kind.count).collect::<Vec<_>>())
    }

    /// Whether there are at least these.
    pub fn hold(&self, taken: &Ports) -> bool {
        let words = self.0.iter().zip(&taken.0);
        words
            .map(|(free, taken)| (free | LENDERS) - taken)
            .all(|left| left & LENDERS == LENDERS)
    }

    /// Takes some that are there.
    pub fn take(&mut self, taken: &Ports) {
        self.0.iter_mut().zip(&taken.0).for_each(|(free, taken)| *free -= taken);
    }

    /// Gives them back.
    pub fn give_back(&mut self, taken: &Ports) {
        self.0.iter_mut().zip(&taken.0).for_each(|(free, taken)| *free += taken);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_port_too_many_of_any_type_is_not_there() {
        let counts = [2, 0, 255, 1, 0, 3, 1, 1, 7, 0, 1, 254];
        let free = Ports::new(&counts);
        assert!(free.hold(&free), "all of them");
        for (kind, count) in counts.iter().enumerate().filter(|(_, count)| **count < 255) {
            let mut taken = [0; 12];
            taken[kind] = *count;
            assert!(free.hold(&Ports::new(&taken)), "all of type {kind}");
            taken[kind] += 1;
            assert!(!free.hold(&Ports::new(&taken)), "one more of type {kind}");
        }
    }

    #[test]
    fn what_is_taken_is_gone_until_it_is_given_back() {
        let all = Ports::new(&[2, 1, 0, 0, 0, 0, 0, 0, 3]);
        let some = Ports::new(&[1, 1, 0, 0, 0, 0, 0, 0, 3]);
        let mut free = all.clone();
        free.take(&some);
        assert_eq!(free, Ports::new(&[1, 0, 0, 0, 0, 0, 0, 0, 0]));
        assert!(!free.hold(&some));
        free.give_back(&some);
        assert_eq!(free, all);
    }
}
