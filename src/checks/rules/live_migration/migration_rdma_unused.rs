//! Ports for live migration with RDMA whose host does not use SMB.

use super::{SMB_FROM_MBPS, option, ports_up, set_option, share};
use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, HostVnic, Inventory, Nic, Node};
use crate::profiles::{Transport, WS2012R2};
use crate::roles::Role;
use crate::units::same_name;

/// The rule.
pub static RULE: Rule = Rule {
    name: "migration-rdma-unused",
    severity: Severity::Warning,
    family: "live-migration",
    summary: "live migration has RDMA and 5 Gbit/s or more, and does not use SMB",
    risk: "moves take longer and cost processor time that the guests need",
    source: "Microsoft, Host network requirements for Azure Local (traffic bandwidth allocation: live migration)",
    page: include_str!("migration_rdma_unused.md"),
    columns: &[
        "clusters.live_migration_transport",
        "clusters.profile",
        "host_vnics.rdma",
        "host_vnics.role",
        "host_vnics.switch",
        "nics.current_role",
        "nics.rdma",
        "nics.speed_mbps",
        "nics.status",
        "nics.team",
        "nodes.live_migration_transport",
    ],
    needs: &[
        "nics.current_role|host_vnics.role",
        "nics.rdma",
        "nodes.live_migration_transport|clusters.live_migration_transport",
    ],
    versions: Versions::from(WS2012R2).because("before 2012 R2 live migration cannot use SMB"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        let Some(option) = option(cluster, node).filter(|option| *option != Transport::Smb) else {
            continue;
        };
        let ports = ports_up(node);
        if ports.iter().all(|port| has_rdma(cluster, node, port)) && share(node) >= SMB_FROM_MBPS {
            found.add(option, node, report.at(node.origin, "live_migration_transport"));
        }
    }
    for (option, places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!(
                "{} {} VMs by {} although there is RDMA for live migration",
                places.nodes(),
                places.verb("moves", "move"),
                option.name()
            ),
            current: option.name().to_owned(),
            expected: "smb".to_owned(),
            fix: format!("on {}: {}", places.nodes(), set_option(Transport::Smb)),
            at: places.at,
        });
    }
}

/// Whether RDMA works for live migration at a port: not in a team of the operating system, under a switch only from 2016 and if the
/// host vNIC has it.
fn has_rdma(cluster: &Cluster, node: &Node, port: &Nic) -> bool {
    let Some(switch) = &port.switch else {
        return port.rdma.on() && port.team.is_empty();
    };
    let own = |vnic: &HostVnic| vnic.role == Some(Role::LiveMigration) && same_name(&vnic.switch, switch);
    let mut vnics = node.host_vnics.iter().filter(|vnic| own(vnic));
    port.rdma.on() && cluster.profile.rdma_on_switch && vnics.any(|vnic| vnic.rdma == Some(true))
}
