//! Names of nodes: the short name and the full DNS name mean the same node.
//!
//! In: names as events write them. Out: one spelling for each node. Must not know: events.

use crate::units::host_name;
use std::collections::BTreeMap;

/// The spelling of each node.
#[derive(Debug, Default)]
pub(super) struct Nodes(BTreeMap<String, String>);

impl Nodes {
    /// Learns a name from the log of the node itself; the first spelling counts.
    pub(super) fn learn(&mut self, name: &str) {
        self.0
            .entry(self.key(name))
            .or_insert_with(|| host_name(name.trim()).to_owned());
    }

    /// What is the same for every name of a node.
    pub(super) fn key(&self, name: &str) -> String {
        host_name(name.trim()).to_lowercase()
    }

    /// How a node is shown.
    pub(super) fn show(&self, name: &str) -> String {
        self.0
            .get(&self.key(name))
            .cloned()
            .unwrap_or_else(|| host_name(name.trim()).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_full_names_are_one_node_and_addresses_stay_whole() {
        let mut nodes = Nodes::default();
        nodes.learn("HV1.corp.local");
        assert_eq!(nodes.show("hv1"), "HV1");
        assert_eq!(nodes.show("Hv2.corp.local"), "Hv2");
        assert_eq!(nodes.show("10.0.0.1"), "10.0.0.1");
    }
}
