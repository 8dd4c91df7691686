//! A pool of management addresses that is too small or too large.

use super::pool;
use crate::checks::rules::{Fault, Hosts, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::AZURE_LOCAL;

/// Fewest addresses.
const LEAST: u64 = 6;
/// Most addresses.
const MOST: u64 = 255;

/// The rule.
pub static RULE: Rule = Rule {
    name: "infrastructure-pool-wrong-size",
    severity: Severity::Error,
    family: "capacity",
    hosts: Hosts::Any,
    summary: "the address pool for the infrastructure of Azure Local has fewer than 6 or more than 255 addresses",
    risk: "the deployment stops at the validation of the network",
    source: "Microsoft, Azure Local environment checker (management IP pool); Network considerations for Azure Local",
    page: include_str!("infrastructure_pool_wrong_size.md"),
    columns: &["clusters.infrastructure_ip_pool", "clusters.profile"],
    versions: Versions::only(AZURE_LOCAL).because("only Azure Local takes such a pool"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let Some((first, last)) = pool(cluster) else {
        return;
    };
    let addresses = u64::from(u32::from(last))
        .saturating_add(1)
        .saturating_sub(u64::from(u32::from(first)));
    if (LEAST..=MOST).contains(&addresses) {
        return;
    }
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "the address pool {first} to {last} has {addresses} addresses; Azure Local takes {LEAST} to {MOST}"
        ),
        current: format!("{addresses} addresses"),
        expected: format!("{LEAST} to {MOST} addresses in a row"),
        fix: "choose another start or end of the pool in the deployment; both ends count".to_owned(),
        at: vec![report.at(cluster.origin, "infrastructure_ip_pool")],
    });
}
