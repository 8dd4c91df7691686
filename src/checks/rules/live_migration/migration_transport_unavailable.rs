//! A performance option that the Windows version does not have.

use super::option;
use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::Transport;

/// The rule.
pub static RULE: Rule = Rule {
    name: "migration-transport-unavailable",
    severity: Severity::Error,
    family: "live-migration",
    summary: "the performance option of live migration does not exist in this Windows version",
    risk: "moves go over plain TCP, and every estimate that counts on the option is wrong",
    source: "Microsoft, Msvm_VirtualSystemMigrationServiceSettingData class; Set-VMHost, VirtualMachineMigrationPerformanceOption",
    page: include_str!("migration_transport_unavailable.md"),
    columns: &[
        "clusters.live_migration_transport",
        "clusters.profile",
        "nodes.live_migration_transport",
    ],
    needs: &[
        "clusters.profile",
        "nodes.live_migration_transport|clusters.live_migration_transport",
    ],
    leaves: Some("live_migration_transport of a node"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let offered = |option: &Transport| cluster.profile.transports.contains(option);
    let mut found = Alike::new();
    for node in &cluster.nodes {
        if let Some(option) = option(cluster, node).filter(|option| !offered(option)) {
            let own = node.migration.transport.is_some();
            let origin = if own { node.origin } else { cluster.origin };
            found.add(option, node, report.at(origin, "live_migration_transport"));
        }
    }
    for (option, places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!("{} {} to move VMs by {}, which {} does not have", places.nodes(), places.verb("is", "are"), option.name(), cluster.profile.title),
            current: option.name().to_owned(),
            expected: "tcp".to_owned(),
            fix: "write tcp as live_migration_transport, or correct profile in clusters.csv: compression and SMB begin with \
                  Windows Server 2012 R2"
                .to_owned(),
            at: places.at,
        });
    }
}
