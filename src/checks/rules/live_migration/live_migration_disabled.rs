//! Live migration is switched off at a host.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2012;

/// The rule.
pub static RULE: Rule = Rule {
    name: "live-migration-disabled",
    severity: Severity::Warning,
    family: "live-migration",
    summary: "live migration is switched off at a host",
    risk: "moves from and to other clusters and stand-alone hosts fail, and the host differs from its neighbours",
    source: "Microsoft, Enable-VMMigration; Set up hosts for live migration without failover clustering",
    page: include_str!("live_migration_disabled.md"),
    columns: &["clusters.profile", "nodes.live_migration"],
    needs: &["nodes.live_migration"],
    versions: Versions::from(WS2012).because("2008 R2 has no such setting of the host"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in cluster
        .nodes
        .iter()
        .filter(|node| node.migration.enabled == Some(false))
    {
        found.add((), node, report.at(node.origin, "live_migration"));
    }
    for ((), places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!("live migration is switched off on {}", places.nodes()),
            current: "VirtualMachineMigrationEnabled off".to_owned(),
            expected: "on".to_owned(),
            fix: format!("on {}: Enable-VMMigration", places.nodes()),
            at: places.at,
        });
    }
}
