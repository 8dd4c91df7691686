//! A limit by factor on hosts with different ports.

use super::option;
use crate::checks::rules::{Fault, Report, Rule, Versions, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Node};
use crate::profiles::{Transport, WS2022};
use crate::units::{Mbps, show_mbps};
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "smb-limit-factor-on-uneven-nodes",
    severity: Severity::Warning,
    family: "live-migration",
    summary: "the cluster limits live migration over SMB by one factor, and its hosts have different ports",
    risk: "the limit comes out differently on each host: too high on some, too low on others",
    source: "Microsoft, Manage SMB bandwidth limits for live migration in failover clusters",
    page: include_str!("smb_limit_factor_on_uneven_nodes.md"),
    columns: &[
        "clusters.live_migration_transport",
        "clusters.profile",
        "clusters.smb_limit",
        "clusters.smb_limit_factor",
        "nics.speed_mbps",
        "nics.status",
        "nodes.live_migration_transport",
        "nodes.smb_limit_mbps",
    ],
    needs: &[
        "clusters.smb_limit",
        "nodes.live_migration_transport|clusters.live_migration_transport",
    ],
    versions: Versions::from(WS2022).because("before 2022 the cluster sets no limit"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    if cluster.migration.smb_limit_on != Some(true) {
        return;
    }
    let sums = limited(cluster);
    let (Some((least, slow)), Some((most, _))) = (sums.first_key_value(), sums.last_key_value()) else {
        return;
    };
    if least == most {
        return;
    }
    let names: Vec<&str> = slow.iter().map(|node| node.name.as_str()).collect();
    let mut at = vec![report.at(cluster.origin, "smb_limit")];
    let ports = slow.iter().flat_map(|node| &node.nics);
    at.extend(ports.map(|nic| report.at(nic.origin, "speed_mbps")));
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "the factor of the limit is taken of {} on {} and of {} on others",
            show_mbps(*least),
            lookup::list(&names),
            show_mbps(*most)
        ),
        current: format!("{} to {}", show_mbps(*least), show_mbps(*most)),
        expected: "the same sum of ports on every host".to_owned(),
        fix: format!(
            "switch that of the cluster off, (Get-Cluster -Name {}).SetSMBBandwidthLimit = 0, and set one on each host \
             (Set-SmbBandwidthLimit -Category LiveMigration); or give all hosts the same ports",
            cluster.argument()
        ),
        at,
    });
}

/// Nodes that the limit of the cluster holds for, by the summed speed of their ports.
fn limited(cluster: &Cluster) -> BTreeMap<Mbps, Vec<&Node>> {
    let mut sums: BTreeMap<Mbps, Vec<&Node>> = BTreeMap::new();
    for node in cluster.nodes.iter().filter(|node| !node.wiring_unexported()) {
        if option(cluster, node) == Some(Transport::Smb) && node.migration.smb_limit.is_none() {
            sums.entry(node.linked_speed()).or_default().push(node);
        }
    }
    sums
}
