//! A node without default gateway.

use crate::checks::rules::adapters::adapters;
use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "no-default-gateway",
    severity: Severity::Warning,
    family: "cluster-network",
    summary: "a node has no default gateway",
    risk: "the node reaches nothing outside its subnets (updates, domain controllers, witness), and the validation complains",
    source: "Test-Cluster, Validate IP Configuration",
    page: include_str!("no_default_gateway.md"),
    columns: &[
        "nics.gateway",
        "host_vnics.gateway",
        "nics.addresses",
        "host_vnics.addresses",
    ],
    needs: &["nics.gateway|host_vnics.gateway"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        let all = adapters(node);
        let known: Vec<_> = all
            .iter()
            .filter_map(|a| a.facts.list("gateway").map(|gateways| (a, gateways)))
            .collect();
        // One adapter of which nothing is said could be the one that has it.
        let unknown = all
            .iter()
            .any(|a| a.facts.list("gateway").is_none() && (a.may_hold_address || !a.addresses.is_empty()));
        if unknown || known.iter().any(|(_, gateways)| !gateways.is_empty()) {
            continue;
        }
        if let Some((adapter, _)) = known.first() {
            found.add((), node, report.at(adapter.origin, "gateway"));
        }
    }
    for ((), places) in found {
        report.add(Fault {
            subject: cluster.name.clone(),
            message: format!("no adapter of {} has a default gateway", places.nodes()),
            current: "no default gateway".to_owned(),
            expected: "one, on the management adapter".to_owned(),
            fix: format!(
                "set the default gateway in the IPv4 properties of the management adapter of {}",
                places.nodes()
            ),
            at: places.at,
        });
    }
}
