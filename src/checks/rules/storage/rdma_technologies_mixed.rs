//! iWARP and RoCE in one storage network.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Rdma};
use crate::roles::Role;

/// The rule.
pub static RULE: Rule = Rule {
    name: "rdma-technologies-mixed",
    severity: Severity::Error,
    family: "storage",
    summary: "some ports for storage use iWARP and others RoCE",
    risk: "the two do not understand each other: these nodes talk over TCP",
    source: "Microsoft, Validate-DCB; Microsoft, Test-Cluster, test Validate Switch Enabled Teaming Configurations",
    page: include_str!("rdma_technologies_mixed.md"),
    columns: &["nics.rdma", "nics.current_role"],
    needs: &["nics.rdma"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut kinds: Alike<&str> = Alike::new();
    for node in &cluster.nodes {
        for nic in node.nics.iter().filter(|nic| nic.roles.contains(&Role::Storage)) {
            match nic.rdma {
                Rdma::Iwarp => kinds.add("iWARP", node, report.at(nic.origin, "rdma")),
                Rdma::Roce => kinds.add("RoCE", node, report.at(nic.origin, "rdma")),
                Rdma::No | Rdma::Yes => {}
            }
        }
    }
    let mut kinds = kinds.into_iter();
    if let (Some((_, iwarp)), Some((_, roce))) = (kinds.next(), kinds.next()) {
        report.add(Fault {
            subject: cluster.name.clone(),
            message: format!("storage runs over iWARP on {} and over RoCE on {}", iwarp.nodes(), roce.nodes()),
            current: "iWARP and RoCE".to_owned(),
            expected: "one of them on all storage ports".to_owned(),
            fix: "set one technology on every storage port (advanced property *NetworkDirectTechnology), or change the cards".to_owned(),
            at: iwarp.at.into_iter().zip(roce.at).flat_map(|(a, b)| [a, b]).collect(),
        });
    }
}
