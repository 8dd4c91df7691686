//! More than one live migration at once on 2008 R2.

use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::{Location, Severity};
use crate::inventory::{Cluster, Inventory, Node};
use crate::profiles::WS2008R2;

/// The rule.
pub static RULE: Rule = Rule {
    name: "several-migrations-on-2008r2",
    severity: Severity::Error,
    family: "live-migration",
    summary: "several live migrations at once are counted on, and 2008 R2 does one per node",
    risk: "a drain takes as many times longer than planned as migrations were to run at once",
    source: "Microsoft, Hyper-V Live Migration FAQ (Windows Server 2008 R2)",
    page: include_str!("several_migrations_on_2008r2.md"),
    columns: &[
        "clusters.concurrent_migrations",
        "clusters.maximum_parallel_migrations",
        "clusters.profile",
        "nodes.concurrent_migrations",
    ],
    needs: &["clusters.concurrent_migrations|clusters.maximum_parallel_migrations|nodes.concurrent_migrations"],
    versions: Versions::only(WS2008R2).because("from 2012 a node takes part in several"),
    leaves: Some("how many live migrations a node takes part in"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let own = [
        (cluster.concurrency, "concurrent_migrations"),
        (cluster.migration.maximum_parallel, "maximum_parallel_migrations"),
    ];
    let mut at: Vec<Location> = own
        .into_iter()
        .filter(|(number, _)| number.is_some_and(|number| number > 1))
        .map(|(_, column)| report.at(cluster.origin, column))
        .collect();
    let several = |node: &&Node| node.migration.concurrency.is_some_and(|number| number > 1);
    at.extend(
        cluster
            .nodes
            .iter()
            .filter(several)
            .map(|node| report.at(node.origin, "concurrent_migrations")),
    );
    if at.is_empty() {
        return;
    }
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "{} counts on several live migrations at once per node; 2008 R2 does one",
            cluster.name
        ),
        current: "more than 1".to_owned(),
        expected: "1, and each node either sends or receives".to_owned(),
        fix: "write 1 or leave the column blank; 2008 R2 has no setting for it".to_owned(),
        at,
    });
}
