//! Live migration over SMB on the ports of storage or cluster, without a limit.

use super::{option, ports, share_ports};
use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::migration::path::{SmbShare, smb_knob, smb_limit};
use crate::profiles::{Transport, WS2012R2};

/// The rule.
pub static RULE: Rule = Rule {
    name: "migration-smb-uncapped",
    severity: Severity::Warning,
    family: "live-migration",
    summary: "live migration goes over SMB on ports of storage or cluster traffic, and nothing limits it",
    risk: "a drain starves disks and heartbeats: VMs stall and nodes drop out of the cluster",
    source: "Microsoft, Set-SmbBandwidthLimit; Manage SMB bandwidth limits for live migration in failover clusters",
    page: include_str!("migration_smb_uncapped.md"),
    columns: &[
        "clusters.live_migration_transport",
        "clusters.profile",
        "clusters.smb_limit",
        "clusters.smb_limit_factor",
        "host_vnics.role",
        "nics.current_role",
        "nodes.live_migration_transport",
        "nodes.smb_limit_mbps",
    ],
    asks: &["nodes.smb_limit_mbps"],
    needs: &[
        "nics.current_role|host_vnics.role",
        "nodes.live_migration_transport|clusters.live_migration_transport",
    ],
    versions: Versions::from(WS2012R2).because("before 2012 R2 live migration cannot use SMB"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    if !report.asks("nodes.smb_limit_mbps") {
        return;
    }
    let mut found = Alike::new();
    for (index, node) in cluster.nodes.iter().enumerate() {
        let over_smb = option(cluster, node) == Some(Transport::Smb) && smb_limit(cluster, index).is_none();
        if over_smb && share_ports(node) {
            let speed = ports(node).into_iter().map(|port| port.speed).sum();
            let what = (SmbShare::new(node, speed), smb_knob(cluster, index));
            found.add(what, node, report.at(node.origin, "smb_limit_mbps"));
        }
    }
    for ((share, knob), places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!(
                "{} {} VMs over SMB on ports of storage or cluster traffic, and nothing limits it",
                places.nodes(),
                places.verb("moves", "move")
            ),
            current: "no limit".to_owned(),
            expected: format!("at most {}", share.words()),
            fix: knob.set(&places.nodes(), share.most()),
            at: places.at,
        });
    }
}
