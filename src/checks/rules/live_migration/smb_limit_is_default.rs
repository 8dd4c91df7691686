//! The cluster's limit of live migration over SMB stands at its default.

use super::{limit_above_share, option, ports_up, share_ports};
use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic, Node};
use crate::migration::path::{smb_knob, smb_room};
use crate::profiles::{Transport, WS2022};
use crate::units::{Mbps, show_mbps};

/// `SetSMBBandwidthLimitFactor` when nobody set it: a quarter.
const DEFAULT_FACTOR: u32 = 2_500;

/// The rule.
pub static RULE: Rule = Rule {
    name: "smb-limit-is-default",
    severity: Severity::Info,
    family: "live-migration",
    summary: "the limit of live migration over SMB is a quarter of all ports, as Windows sets it, and not all ports carry it",
    risk: "the limit counts ports that migration cannot use, so it lies higher, or lower, than anybody thinks",
    source: "Microsoft, Manage SMB bandwidth limits for live migration in failover clusters",
    page: include_str!("smb_limit_is_default.md"),
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
    ],
    needs: &[
        "clusters.smb_limit",
        "clusters.smb_limit_factor",
        "nics.current_role|host_vnics.role",
        "nodes.live_migration_transport|clusters.live_migration_transport",
    ],
    versions: Versions::from(WS2022).because("before 2022 the cluster sets no limit"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let settings = &cluster.migration;
    if settings.smb_limit_on != Some(true) || settings.smb_limit_factor != Some(DEFAULT_FACTOR) {
        return;
    }
    let mut found = Alike::new();
    let over_smb = |node: &Node| option(cluster, node) == Some(Transport::Smb);
    for (index, node) in cluster.nodes.iter().enumerate().filter(|(_, node)| over_smb(node)) {
        let sum = |ports: &[&Nic]| ports.iter().map(|port| port.speed).sum::<Mbps>();
        let up: Vec<&Nic> = node.nics.iter().filter(|nic| nic.up).collect();
        let (all, own) = (sum(&up), sum(&ports_up(node)));
        // Where the default is too much beside storage, another rule says so, and the same fix.
        let told = limit_above_share(cluster, index).is_some();
        if own > 0 && all > own && node.migration.smb_limit.is_none() && !told {
            let wanted = smb_room(node, own, share_ports(node));
            let what = (all, own, wanted, smb_knob(cluster, index));
            found.add(what, node, report.at(cluster.origin, "smb_limit_factor"));
        }
    }
    for ((all, own, wanted, knob), places) in found {
        let limit = show_mbps(all / 4);
        report.add(Fault {
            subject: places.nodes(),
            message: format!(
                "the cluster limits live migration over SMB to {limit}: a quarter of {} on {}, of which {} can carry it",
                show_mbps(all),
                places.nodes(),
                show_mbps(own)
            ),
            current: format!("{limit}, factor {DEFAULT_FACTOR}"),
            expected: format!("{}, or another limit that somebody chose", show_mbps(wanted)),
            fix: knob.set(&places.nodes(), wanted),
            at: places.at,
        });
    }
}
