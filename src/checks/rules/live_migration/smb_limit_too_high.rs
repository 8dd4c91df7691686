//! A limit of live migration over SMB that leaves storage too little.

use super::{limit_above_share, option};
use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::migration::path::smb_knob;
use crate::profiles::{Transport, WS2016};
use crate::units::show_mbps;

/// The rule.
pub static RULE: Rule = Rule {
    name: "smb-limit-too-high",
    severity: Severity::Warning,
    family: "live-migration",
    summary: "the limit of live migration over SMB is more than 60 % of what SMB has of the ports that storage shares with it",
    risk: "a drain leaves storage less than it needs, and every VM of the host waits for its disks",
    source: "Microsoft, Validate-DCB (the limit of live migration lies below 60 % of the bandwidth of SMB)",
    page: include_str!("smb_limit_too_high.md"),
    columns: &[
        "clusters.live_migration_transport",
        "clusters.profile",
        "clusters.smb_limit",
        "clusters.smb_limit_factor",
        "host_vnics.role",
        "nics.current_role",
        "nics.speed_mbps",
        "nics.status",
        "nodes.live_migration_transport",
        "nodes.smb_limit_mbps",
        "nodes.traffic_classes",
        "nodes.qos_policies",
    ],
    needs: &[
        "nics.current_role|host_vnics.role",
        "nodes.live_migration_transport|clusters.live_migration_transport",
        "nodes.smb_limit_mbps|clusters.smb_limit_factor",
    ],
    versions: Versions::from(WS2016).because("the advice begins with 2016"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for (index, node) in cluster.nodes.iter().enumerate() {
        let Some((limit, share)) = limit_above_share(cluster, index) else {
            continue;
        };
        let by_host = node.migration.smb_limit == Some(limit);
        let known = by_host || report.knows("clusters.smb_limit_factor");
        if known && option(cluster, node) == Some(Transport::Smb) {
            let at = match by_host {
                true => report.at(node.origin, "smb_limit_mbps"),
                false => report.at(cluster.origin, "smb_limit_factor"),
            };
            found.add((limit, share, smb_knob(cluster, index)), node, at);
        }
    }
    for ((limit, share, knob), places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!(
                "live migration over SMB may take {} on {}, and storage is on the same ports",
                show_mbps(limit),
                places.nodes()
            ),
            current: show_mbps(limit),
            expected: format!("at most {}", share.words()),
            fix: knob.set(&places.nodes(), share.most()),
            at: places.at,
        });
    }
}
