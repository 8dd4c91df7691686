//! What ports hear: segments of the switch fabric and direct cables. Two nodes reach each other where they hear the same.
//!
//! Sets of any size, because every ToR without a link is a segment of its own.

/// Something that carries traffic between nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Medium {
    /// A connected part of the switch fabric, by its number in the fabric.
    Segment(usize),
    /// A direct cable.
    Cable(usize),
}

/// A set of media, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Heard(Vec<Medium>);

impl Heard {
    /// Adds a medium.
    pub fn add(&mut self, medium: Medium) {
        if let Err(at) = self.0.binary_search(&medium) {
            self.0.insert(at, medium);
        }
    }

    /// Whether the medium is heard.
    pub fn contains(&self, medium: Medium) -> bool {
        self.0.binary_search(&medium).is_ok()
    }

    /// Whether the two have a medium in common.
    pub fn touches(&self, other: &Heard) -> bool {
        self.0.iter().any(|medium| other.contains(*medium))
    }

    /// Whether all of these have a medium in common; true of none.
    pub fn share_one(all: &[Heard]) -> bool {
        let Some((first, rest)) = all.split_first() else {
            return true;
        };
        first
            .0
            .iter()
            .any(|medium| rest.iter().all(|heard| heard.contains(*medium)))
    }

    /// Whether each two of these have a medium in common.
    pub fn all_touch(all: &[Heard]) -> bool {
        let pairs = || (0..all.len()).flat_map(|a| (a + 1..all.len()).map(move |b| (a, b)));
        Heard::share_one(all) || pairs().all(|(a, b)| all[a].touches(&all[b]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(segments: &[usize]) -> Heard {
        let mut heard = Heard::default();
        segments.iter().for_each(|s| heard.add(Medium::Segment(*s)));
        heard
    }

    #[test]
    fn segments_are_told_apart_however_many_there_are() {
        let all: Vec<Heard> = (0..200).map(|s| heard(&[s])).collect();
        assert!((0..200).all(|a| (0..200).all(|b| all[a].touches(&all[b]) == (a == b))));
    }

    #[test]
    fn a_segment_and_a_cable_of_the_same_number_are_not_the_same() {
        let mut cable = Heard::default();
        cable.add(Medium::Cable(7));
        assert!(!cable.touches(&heard(&[7])));
    }

    #[test]
    fn each_two_may_touch_where_all_together_share_nothing() {
        let ring = [heard(&[1, 2]), heard(&[2, 3]), heard(&[3, 1])];
        assert!(Heard::all_touch(&ring) && !Heard::share_one(&ring));
        assert!(!Heard::all_touch(&[heard(&[1]), heard(&[2])]));
        assert!(!Heard::all_touch(&[heard(&[]), heard(&[])]));
        assert!(Heard::all_touch(&[heard(&[])]), "a node alone has nobody to reach");
    }
}
