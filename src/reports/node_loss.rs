//! What the loss of a node does to its VMs, in the words of the first page.
//!
//! In: joined data. Out: sentences. Must not know: how VMs are placed anew.

use super::data::ClusterData;
use super::show;
use crate::policy::FailureKind;

/// Nodes told one by one.
const MOST: usize = 3;

/// `If HV1 fails, 1 VM finds no node: SQL1 (64 GiB): not enough free memory on HV2`; nothing where every VM runs on as it should.
pub(super) fn trouble(cluster: &ClusterData) -> Option<String> {
    let mut told: Vec<(&str, Vec<&str>)> = Vec::new();
    let rows = cluster.recount.failures.iter();
    for row in rows.filter(|row| row.kind == FailureKind::Node && !row.why.is_empty()) {
        match told.iter_mut().find(|(node, _)| *node == row.failed) {
            Some((_, known)) if known.contains(&row.why.as_str()) => {}
            Some((_, known)) => known.push(&row.why),
            None => told.push((&row.failed, vec![&row.why])),
        }
    }
    let sentence = |(node, why): &(&str, Vec<&str>)| format!("If {node} fails, {}", why.join("; "));
    let mut parts: Vec<String> = told.iter().take(MOST).map(sentence).collect();
    if told.len() > MOST {
        let rest = show::count(told.len() - MOST, "node", "nodes");
        parts.push(format!(
            "The loss of {rest} more leaves VMs in trouble, too; failures.svg shows all"
        ));
    }
    (!parts.is_empty()).then(|| format!("{}.", parts.join(". ")))
}

/// The same, and in one sentence that all is well; empty where there are no VMs or no second node.
pub(super) fn sentence(cluster: &ClusterData) -> String {
    let hosted = cluster.facts.vms.iter().any(|vm| vm.host.is_some());
    match trouble(cluster) {
        _ if !hosted || cluster.facts.nodes.len() < 2 => String::new(),
        Some(text) => text,
        None => "If any one node fails, every VM that runs finds a place on the others.".to_owned(),
    }
}
