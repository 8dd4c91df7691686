//! The same fault on several nodes: one finding that names them all, so that a cluster of 64 nodes gives a readable review.
//!
//! In: faults with what they have in common. Out: one entry for each such thing, in order. Must not know: rules.

use super::lookup;
use crate::finding::Location;
use crate::inventory::Node;
use std::collections::BTreeMap;

/// Where one fault stands.
#[derive(Default)]
pub struct Places {
    nodes: Vec<String>,
    /// Where the facts stand.
    pub at: Vec<Location>,
}

impl Places {
    /// The verb for them: `moves` for one node, `move` for several.
    pub fn verb<'v>(&self, one: &'v str, several: &'v str) -> &'v str {
        if self.nodes.len() > 1 { several } else { one }
    }

    /// The first of the nodes.
    pub fn first(&self) -> &str {
        self.nodes.first().map_or("", String::as_str)
    }

    /// `HV1, HV2 and 3 more`.
    pub fn nodes(&self) -> String {
        lookup::list(&self.nodes)
    }
}

/// Faults by what they have in common.
pub struct Alike<K>(BTreeMap<K, Places>);

impl<K: Ord> Alike<K> {
    /// None yet.
    pub fn new() -> Alike<K> {
        Alike(BTreeMap::new())
    }

    /// Adds a fault of a node; call it in the order of the nodes.
    pub fn add(&mut self, what: K, node: &Node, at: Location) {
        let places = self.0.entry(what).or_default();
        if places.nodes.last() != Some(&node.name) {
            places.nodes.push(node.name.clone());
        }
        places.at.push(at);
    }
}

impl<K> IntoIterator for Alike<K> {
    type Item = (K, Places);
    type IntoIter = std::collections::btree_map::IntoIter<K, Places>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
