//! SMB for live migration where little bandwidth is left for it.

use super::{SMB_FROM_MBPS, option, set_option, share};
use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::{Transport, WS2016};
use crate::units::show_mbps;

/// The rule.
pub static RULE: Rule = Rule {
    name: "migration-smb-on-slow-ports",
    severity: Severity::Warning,
    family: "live-migration",
    summary: "live migration uses SMB and has less than 5 Gbit/s",
    risk: "moves take longer than with compression",
    source: "Microsoft, Host network requirements for Azure Local (traffic bandwidth allocation: live migration)",
    page: include_str!("migration_smb_on_slow_ports.md"),
    columns: &[
        "clusters.live_migration_transport",
        "clusters.profile",
        "host_vnics.role",
        "nics.current_role",
        "nics.speed_mbps",
        "nics.status",
        "nodes.live_migration_transport",
    ],
    needs: &[
        "nics.current_role|host_vnics.role",
        "nodes.live_migration_transport|clusters.live_migration_transport",
    ],
    versions: Versions::from(WS2016).because("the advice begins with 2016"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in cluster
        .nodes
        .iter()
        .filter(|node| option(cluster, node) == Some(Transport::Smb))
    {
        let share = share(node);
        if (1..SMB_FROM_MBPS).contains(&share) {
            found.add(share, node, report.at(node.origin, "live_migration_transport"));
        }
    }
    for (share, places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!(
                "{} {} VMs over SMB with {} for it",
                places.nodes(),
                places.verb("moves", "move"),
                show_mbps(share)
            ),
            current: format!("smb, {}", show_mbps(share)),
            expected: "compression below 5 Gbit/s".to_owned(),
            fix: format!("on {}: {}", places.nodes(), set_option(Transport::Compression)),
            at: places.at,
        });
    }
}
