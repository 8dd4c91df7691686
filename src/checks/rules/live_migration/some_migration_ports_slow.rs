//! Some ports for live migration are slower than 1 Gbit/s.

use super::{LEAST_MBPS, ports};
use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "some-migration-ports-slow",
    severity: Severity::Warning,
    family: "live-migration",
    summary: "some ports for live migration are slower than 1 Gbit/s",
    risk: "whenever Windows takes the slow network, moves and drains take ten times as long",
    source: "Microsoft, Best Practices Analyzer for Hyper-V (networks for live migration should have a link speed of at least 1 Gbps)",
    page: include_str!("some_migration_ports_slow.md"),
    columns: &["host_vnics.role", "nics.current_role", "nics.speed_mbps"],
    needs: &["nics.current_role|host_vnics.role"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        let ports = ports(node);
        let slow = ports.iter().filter(|port| port.speed < LEAST_MBPS);
        if ports.iter().any(|port| port.speed >= LEAST_MBPS) {
            slow.for_each(|port| found.add((), node, report.at(port.origin, "speed_mbps")));
        }
    }
    for ((), places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!(
                "on {} some ports for live migration are slower than 1 Gbit/s",
                places.nodes()
            ),
            current: "less than 1 Gbit/s".to_owned(),
            expected: "1 Gbit/s or more".to_owned(),
            fix: "repair the slow ports, or take their network out of live migration (MigrationExcludeNetworks)"
                .to_owned(),
            at: places.at,
        });
    }
}
