//! Storage without switches on more nodes than Azure Local supports.

use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic};
use crate::profiles::AZURE_LOCAL;

/// The rule.
pub static RULE: Rule = Rule {
    name: "switchless-with-too-many-nodes",
    severity: Severity::Error,
    family: "storage",
    summary: "storage runs over direct cables between more than 4 nodes of Azure Local",
    risk: "not supported: the deployment refuses it, and such a cluster cannot grow",
    source: "Microsoft, Network considerations for cloud deployments of Azure Local (storage connectivity); network reference patterns, storage switchless",
    page: include_str!("switchless_with_too_many_nodes.md"),
    columns: &["nics.direct_to", "nodes.node"],
    subject: "direct cables",
    asks: &["nics.direct_to"],
    versions: Versions::only(AZURE_LOCAL),
    leaves: Some("the direct cables"),
    check,
    ..Rule::BASE
};

/// Nodes of the largest documented pattern without storage switches.
const MOST: usize = 4;

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let nics = cluster.nodes.iter().flat_map(|node| &node.nics);
    let direct: Vec<&Nic> = nics.filter(|nic| nic.direct_to.is_some()).collect();
    report.look_at(direct.len());
    if direct.is_empty() || cluster.nodes.len() <= MOST {
        return;
    }
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "{} has direct cables for storage and {} nodes",
            cluster.name,
            cluster.nodes.len()
        ),
        current: format!("{} nodes without storage switches", cluster.nodes.len()),
        expected: format!("{MOST} nodes at most, or storage switches"),
        fix: "cable the storage ports to two physical switches".to_owned(),
        at: direct.iter().map(|nic| report.at(nic.origin, "direct_to")).collect(),
    });
}
