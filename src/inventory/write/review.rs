//! Values of the review columns as cells.

use super::{Cell, known, maybe, number, strings, text, vlan_set};
use crate::inventory::{Cluster, Fact, Facts};

/// What only rules read, row by row of a table.
pub(super) fn facts<'a>(table: &str, c: &'a Cluster) -> Vec<&'a Facts> {
    let nodes = c.nodes.iter();
    match table {
        "clusters" => vec![&c.facts],
        "nodes" => nodes.map(|n| &n.facts).collect(),
        "nics" => nodes.flat_map(|n| &n.nics).map(|p| &p.facts).collect(),
        "cluster_networks" => c.networks.iter().map(|n| &n.facts).collect(),
        "switches" => nodes.flat_map(|n| &n.switches).map(|s| &s.facts).collect(),
        "host_vnics" => nodes.flat_map(|n| &n.host_vnics).map(|v| &v.facts).collect(),
        "vms" => c.vms.iter().map(|v| &v.facts).collect(),
        "vnics" => c.vms.iter().flat_map(|v| &v.vnics).map(|n| &n.facts).collect(),
        _ => Vec::new(),
    }
}

/// The cell of a value; blank where there is none.
pub(super) fn cell(fact: Option<&Fact>) -> Cell<'_> {
    match fact {
        None => text(""),
        Some(Fact::Text(value)) => text(value),
        Some(Fact::List(none)) if none.is_empty() => text("none"),
        Some(Fact::List(list)) => strings(list),
        Some(Fact::Number(value)) => number(value),
        Some(Fact::Yes(value)) => known(Some(*value)),
        Some(Fact::Mac(value)) => maybe(Some(value)),
        Some(Fact::Vlans(set)) => vlan_set(set),
        Some(Fact::Classes(none)) if none.is_empty() => text("none"),
        Some(Fact::Classes(list)) => strings(&list.iter().map(ToString::to_string).collect::<Vec<_>>()),
    }
}
