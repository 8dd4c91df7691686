//! More live migrations at once than Network ATC takes.

use crate::checks::rules::{Fault, Report, Rule, Versions, network_atc};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2025;

/// Most migrations at once that Network ATC takes.
const MOST: u32 = 10;

/// The rule.
pub static RULE: Rule = Rule {
    name: "too-many-migrations-for-network-atc",
    severity: Severity::Warning,
    family: "live-migration",
    summary: "more than 10 live migrations at once, where Network ATC takes 1 to 10",
    risk: "Network ATC refuses the number or sets its own, so drains go differently than planned",
    source: "Microsoft, Manage Network ATC (cluster network settings: maximum concurrent live migrations)",
    page: include_str!("too_many_migrations_for_network_atc.md"),
    columns: &[
        "clusters.concurrent_migrations",
        "clusters.maximum_parallel_migrations",
        "nodes.concurrent_migrations",
        "clusters.profile",
        "clusters.management_intents",
        "nics.intents",
    ],
    needs: &["clusters.maximum_parallel_migrations|clusters.concurrent_migrations|nodes.concurrent_migrations"],
    versions: Versions::from(WS2025).because("Network ATC begins with 2025"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    if !network_atc::in_use(cluster) {
        return network_atc::not_in_use(report);
    }
    let own = [
        (cluster.migration.maximum_parallel, "maximum_parallel_migrations"),
        (cluster.concurrency, "concurrent_migrations"),
    ];
    let of_cluster = own.map(|(number, column)| (&cluster.name, cluster.origin, number, column));
    let nodes = cluster.nodes.iter();
    let of_nodes = nodes.map(|n| (&n.name, n.origin, n.migration.concurrency, "concurrent_migrations"));
    for (name, origin, number, column) in of_cluster.into_iter().chain(of_nodes) {
        let Some(number) = number.filter(|number| *number > MOST) else {
            continue;
        };
        report.add(Fault {
            subject: format!("{name} {column}"),
            message: format!("{number} live migrations at once are set on {name}; Network ATC takes {MOST} at most"),
            current: number.to_string(),
            expected: format!("1 to {MOST}"),
            fix: format!(
                "lower the number in the cluster settings of Network ATC: $settings = New-NetIntentGlobalClusterOverrides; \
                 $settings.MaximumVirtualMachineMigrations = {MOST}; Set-NetIntent -GlobalClusterOverrides $settings"
            ),
            at: vec![report.at(origin, column)],
        });
    }
}
