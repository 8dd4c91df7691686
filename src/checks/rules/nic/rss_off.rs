//! A fast port for live migration or storage without receive side scaling.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic, Node};
use crate::profiles::{Transport, WS2012};
use crate::roles::Role;
use crate::units::Mbps;

/// From here on one processor core no longer keeps up with a port.
const FAST: Mbps = 10_000;

/// The rule.
pub static RULE: Rule = Rule {
    name: "rss-off",
    severity: Severity::Warning,
    family: "nic",
    summary: "a port of 10 GbE or more for live migration or storage has receive side scaling switched off",
    risk: "one processor core takes in all its packets and is the limit, far below the speed of the port",
    source: "Microsoft, Get-NetAdapterRss and Enable-NetAdapterRss; Performance Tuning Network Adapters (RSS)",
    page: include_str!("rss_off.md"),
    columns: &[
        "nics.rss",
        "nics.current_role",
        "nics.speed_mbps",
        "nics.rdma",
        "nodes.live_migration_transport",
        "nics.status",
    ],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut ports = Alike::new();
    for node in &cluster.nodes {
        for nic in node.nics.iter().filter(|nic| nic.facts.yes("rss") == Some(false)) {
            // Under a virtual switch Windows switches RSS off itself and uses the queues for VMQ.
            let own = nic.up && nic.switch.is_none() && nic.speed >= FAST;
            if own && nic.roles.iter().any(|role| needs_rss(cluster, node, nic, *role)) {
                ports.add(nic.name.as_str(), node, report.at(nic.origin, "rss"));
            }
        }
    }
    for (name, places) in ports {
        report.add(Fault {
            subject: name.to_owned(),
            message: format!("{name} on {} has receive side scaling switched off", places.nodes()),
            current: "off".to_owned(),
            expected: "on".to_owned(),
            fix: format!(
                "on {}: Enable-NetAdapterRss -Name {}",
                places.nodes(),
                fixes::quoted(name)
            ),
            at: places.at,
        });
    }
}

/// Bulk traffic over TCP. SMB over RDMA goes past the processors, so RSS does not matter to it.
fn needs_rss(cluster: &Cluster, node: &Node, nic: &Nic, role: Role) -> bool {
    let transport = node.migration.transport.or(cluster.transport);
    match role {
        Role::LiveMigration => !(nic.rdma.on() && matches!(transport, None | Some(Transport::Smb))),
        Role::Storage => !(nic.rdma.on() && cluster.storage.is_smb()),
        _ => false,
    }
}
