//! No port for live migration of a node reaches 1 Gbit/s.

use super::{LEAST_MBPS, ports};
use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "migration-ports-slow",
    severity: Severity::Error,
    family: "live-migration",
    summary: "no port for live migration of a node reaches 1 Gbit/s",
    risk: "moves take hours, guests that work while they move never finish, and a drain does not end",
    source: "Microsoft, Best Practices Analyzer for Hyper-V (networks for live migration should have a link speed of at least 1 Gbps)",
    page: include_str!("migration_ports_slow.md"),
    columns: &["host_vnics.role", "nics.current_role", "nics.speed_mbps"],
    needs: &["nics.current_role|host_vnics.role"],
    leaves: Some("the speed of the ports that a node has"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        let ports = ports(node);
        if ports.iter().all(|port| port.speed < LEAST_MBPS) {
            for port in ports {
                found.add((), node, report.at(port.origin, "speed_mbps"));
            }
        }
    }
    for ((), places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!(
                "on {} every port for live migration is slower than 1 Gbit/s",
                places.nodes()
            ),
            current: "less than 1 Gbit/s".to_owned(),
            expected: "1 Gbit/s or more".to_owned(),
            fix: "use ports of 1 Gbit/s or more; look for cables and switch ports that fell back to a lower speed"
                .to_owned(),
            at: places.at,
        });
    }
}
