//! The last resort of an enumeration that its limit of work ended before anything was found.

use super::super::design::Design;
use super::super::instance::{Class, Instance};
use super::super::meeting::Meeting;
use super::super::options::{Choice, choices};
use super::kinds::{Kind, kinds};
use super::{Enumeration, assemble};

impl Enumeration {
    /// With the pattern that leaves every uplink without ports where nothing else was found: whoever asks gets an answer.
    pub(super) fn or_without_ports(mut self, instance: &Instance, class: &Class, design: &Design) -> Enumeration {
        if !self.patterns.is_empty() {
            return self;
        }
        let meeting = Meeting::Anywhere;
        let shapes = design.uplinks.iter();
        let table: Vec<Vec<Kind>> = shapes
            .map(|shape| {
                let mut all = choices(instance, class, shape, meeting, true);
                all.retain(|choice| choice.nics == 0);
                kinds(all, &self.shared)
            })
            .collect();
        let picked: Vec<&Choice> = table.iter().flatten().map(Kind::first).collect();
        let none = vec![0; picked.len()];
        self.patterns = vec![assemble(instance, design, &self.shared, &picked, none)];
        self.table = table;
        self.complete = false;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Breadth, enumerate};
    use crate::assignment::design::designs;
    use crate::assignment::instance::Instance;
    use crate::assignment::meeting::undecided;
    use crate::inventory::testing::{cluster, nic};
    use crate::plan::Style;

    #[test]
    fn where_nothing_was_found_every_uplink_stays_without_ports_and_nothing_is_proven_by_it() {
        let mut cluster = cluster(2, 1);
        for node in &mut cluster.nodes {
            node.nics = (0..6).map(|n| nic(&format!("P{n}"), 1_000, Some(0))).collect();
        }
        let instance = Instance::new(&cluster);
        let design = designs(&instance, Style::Dedicated, 0).remove(0);
        let class = &instance.classes[0];
        let mut found = enumerate(&instance, class, &design, &undecided(&design), Breadth::Best);
        let kept = found.patterns.len();
        let best = found.best.clone();
        found = found.or_without_ports(&instance, class, &design);
        assert_eq!(found.patterns.len(), kept, "what was found stays");
        assert!(found.complete);

        found.patterns.clear();
        found = found.or_without_ports(&instance, class, &design);
        let [pattern] = found.patterns.as_slice() else {
            panic!("one pattern");
        };
        assert_eq!((pattern.nics, pattern.uplinks.len()), (0, design.uplinks.len()));
        assert!(pattern.vector[0] > 0, "its roles go unserved");
        assert!(!found.complete);
        assert_eq!(found.best, best);
    }
}
