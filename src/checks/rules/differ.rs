//! What should be the same on every node: the values, and who has which.
//!
//! In: a value per node, blank where it is not known. Out: the values, the one of most nodes first. Must not know: rules.

use super::lookup;
use crate::inventory::{Cluster, Node, Origin};
use std::collections::BTreeMap;

/// Values of the nodes.
pub struct Values<'a>(Vec<(String, Vec<&'a Node>)>);

/// Collects what is known; values that differ in upper and lower case alone are the same.
pub fn values<'a>(cluster: &'a Cluster, value: impl Fn(&Node) -> Option<String>) -> Values<'a> {
    let mut found: BTreeMap<String, (String, Vec<&'a Node>)> = BTreeMap::new();
    for node in &cluster.nodes {
        if let Some(value) = value(node) {
            let entry = found.entry(value.to_lowercase()).or_insert_with(|| (value, Vec::new()));
            entry.1.push(node);
        }
    }
    let mut values: Vec<_> = found.into_values().collect();
    values.sort_by_key(|(_, nodes)| std::cmp::Reverse(nodes.len()));
    Values(values)
}

impl<'a> Values<'a> {
    /// Whether there is more than one.
    pub fn differ(&self) -> bool {
        self.0.len() > 1
    }

    /// The value of most nodes; the first by name where two are as frequent.
    pub fn common(&self) -> &str {
        self.0.first().map_or("", |(value, _)| value.as_str())
    }

    /// `Standard on HV1, HV2; Datacenter on HV3`.
    pub fn text(&self) -> String {
        let one = |(value, nodes): &(String, Vec<&Node>)| {
            let names: Vec<&str> = nodes.iter().map(|node| node.name.as_str()).collect();
            format!("{value} on {}", lookup::list(&names))
        };
        self.0.iter().map(one).collect::<Vec<_>>().join("; ")
    }

    /// Nodes that do not have the common value.
    pub fn odd(&self) -> Vec<&'a Node> {
        self.0
            .iter()
            .skip(1)
            .flat_map(|(_, nodes)| nodes.iter().copied())
            .collect()
    }

    /// Records of the nodes, those that do not have the common value first.
    pub fn origins(&self) -> Vec<Origin> {
        let common = self.0.first().into_iter().flat_map(|(_, nodes)| nodes.iter().copied());
        self.odd().into_iter().chain(common).map(|node| node.origin).collect()
    }
}
