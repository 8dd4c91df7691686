//! A host's limit of migrations at once that the cluster property overrides.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2022;

/// `MaximumVirtualMachineMigrations` when nobody set it.
const HOST_DEFAULT: u32 = 2;

/// The rule.
pub static RULE: Rule = Rule {
    name: "migration-limit-ignored",
    severity: Severity::Warning,
    family: "live-migration",
    summary: "a host and the cluster set different numbers of live migrations at once",
    risk: "the number in Hyper-V Manager has no effect: drains are slower, or the network is fuller, than it says",
    source: "Microsoft, Get-Cluster, MaximumParallelMigrations; Set-VMHost, MaximumVirtualMachineMigrations",
    page: include_str!("migration_limit_ignored.md"),
    columns: &[
        "clusters.maximum_parallel_migrations",
        "clusters.profile",
        "nodes.concurrent_migrations",
    ],
    needs: &["clusters.maximum_parallel_migrations", "nodes.concurrent_migrations"],
    versions: Versions::from(WS2022).because("before 2022 the cluster has no such property"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let Some(property) = cluster.migration.maximum_parallel else {
        return;
    };
    let mut found = Alike::new();
    for node in &cluster.nodes {
        if let Some(own) = node.migration.concurrency.filter(|own| *own != property) {
            found.add(own, node, report.at(node.origin, "concurrent_migrations"));
        }
    }
    for (own, places) in found {
        let severity = if own == HOST_DEFAULT {
            Severity::Info
        } else {
            Severity::Warning
        };
        report.add_as(severity, Fault {
            subject: places.nodes(),
            message: format!("{} {} {own} live migrations at once, and the cluster property, {property}, wins", places.nodes(), places.verb("allows", "allow")),
            current: format!("{own} at the host, {property} in the cluster"),
            expected: "one number".to_owned(),
            fix: format!(
                "set the wanted number in the cluster: (Get-Cluster -Name {}).MaximumParallelMigrations = {property}; and the same \
                 on {}: Set-VMHost -MaximumVirtualMachineMigrations {property}",
                cluster.argument(),
                places.nodes()
            ),
            at: places.at,
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::checks::rules::tests::assert_severities;
    use crate::finding::Severity;

    #[test]
    fn the_default_of_windows_is_only_told() {
        assert_severities("migration-limit-ignored", &[("2022", Severity::Info)]);
    }
}
