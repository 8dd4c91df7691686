//! Shares that the plan counts with and nothing enforces: said, so that nobody takes them for a promise of Windows.
//!
//! On ports that roles share without team and virtual switch neither weights of host vNICs nor those of a default flow act; policies of the host or Data Center
//! Bridging do, where they may be written. Must not know: scripts.

use super::steps::{Change, Manual, When};
use super::words;
use super::work::{ClusterWork, NodeWork, by_powershell};
use crate::applied::policies;

/// One manual step that names the ports, if there are any.
pub fn shares(work: &ClusterWork) -> Option<Manual> {
    if work.by_intents {
        return None;
    }
    let of_node = |node: &NodeWork| {
        let ports = free(work, node);
        (!ports.is_empty()).then(|| format!("{} ({})", node.today.name, words::listed(&ports)))
    };
    let nodes: Vec<String> = work.nodes.iter().filter_map(of_node).collect();
    if nodes.is_empty() {
        return None;
    }
    let why = if by_powershell(&work.today) {
        "the nodes have policies, classes or Data Center Bridging of their own already, which exclude weights, or Network ATC could set them and is not used here"
    } else {
        "Windows Server 2008 R2 has no minimum bandwidth for traffic of the host"
    };
    let text = format!(
        "Nothing makes these ports keep the plan's shares: {}; {why}. The guaranteed rates of role_capacity.csv hold there only while the roles on them do \
         not ask for more than the ports carry. Measure it (Network Interface counters) in the first migration window.",
        words::listed(&nodes)
    );
    Some(Manual {
        when: When::After,
        node: String::new(),
        text,
        serves: "shares of the plan on ports that roles share".to_owned(),
    })
}

/// Ports of a node on which different kinds of traffic meet and nothing divides them.
fn free(work: &ClusterWork, node: &NodeWork) -> Vec<String> {
    let weighted = node
        .after
        .facts
        .classes(policies::COLUMN)
        .is_some_and(|list| !list.is_empty());
    let mut ports = if weighted {
        Vec::new()
    } else {
        policies::ports(&work.today, &work.plan, &node.today)
    };
    for change in node.steps.iter().flat_map(|s| &s.changes) {
        if let Change::Dcb(dcb, _) = change {
            ports.retain(|port| !dcb.nics.contains(port));
        }
    }
    ports
}
