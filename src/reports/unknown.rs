//! What no export of a node tells, before anything is said about it: unknown is not absent.
//!
//! In: the inventory. Out: a few lines for the head of an answer, nothing where nothing is missing. Must not know: files, terminals.

use crate::inventory::{Inventory, importers};
use std::collections::BTreeMap;

/// Nodes that a line spells out.
const MOST_NODES: usize = 8;

/// The exports that are missing, of which nodes, and what is unknown for that.
pub fn not_exported_text(inventory: &Inventory) -> String {
    let mut text = String::new();
    for cluster in &inventory.clusters {
        let mut lacking: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for node in &cluster.nodes {
            for cmdlet in node.not_exported() {
                lacking.entry(cmdlet).or_default().push(&node.name);
            }
        }
        if lacking.is_empty() {
            continue;
        }
        text.push_str(&format!(
            "{}: exports are missing. What they tell is unknown below, not absent: export them before anything is changed.\n",
            cluster.name
        ));
        for (cmdlet, nodes) in lacking {
            let tells = importers::tells(cmdlet);
            text.push_str(&format!(
                "  {cmdlet} of {} (not exported): {tells}: unknown\n",
                some(&nodes)
            ));
        }
        let wiring = cluster.nodes.iter().filter(|node| node.wiring_unexported());
        let wiring: Vec<&str> = wiring.map(|node| node.name.as_str()).collect();
        if !wiring.is_empty() {
            let nodes = some(&wiring);
            text.push_str(&format!(
                "  Nothing below about ports, switches or paths of {nodes} is proven: a fault told there may be none.\n"
            ));
        }
        text.push('\n');
    }
    text
}

fn some(nodes: &[&str]) -> String {
    let shown = nodes.get(..MOST_NODES).unwrap_or(nodes).join(", ");
    match nodes.len().saturating_sub(MOST_NODES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
