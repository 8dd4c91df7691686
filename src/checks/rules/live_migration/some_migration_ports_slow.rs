//! Some ports for live migration are slower than 1 Gbit/s.

use super::{LEAST_MBPS, ports};
use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::units::show_mbps;

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
            slow.for_each(|port| {
                found.add(
                    (port.name.clone(), port.speed),
                    node,
                    report.at(port.origin, "speed_mbps"),
                )
            });
        }
    }
    for ((port, speed), places) in found {
        report.add(Fault {
            subject: port.clone(),
            message: format!(
                "{port} on {} carries live migration at {}; other ports for it are faster",
                places.nodes(),
                show_mbps(speed)
            ),
            current: show_mbps(speed),
            expected: "1 Gbit/s or more".to_owned(),
            fix: format!(
                "on {}: find out why {port} is slow (cable, switch port, duplex), or take its network out of live migration \
                 (MigrationExcludeNetworks)",
                places.nodes()
            ),
            at: places.at,
        });
    }
}
