//! A limit of live migration over SMB without the feature that sets it.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2012R2;

/// The rule.
pub static RULE: Rule = Rule {
    name: "smb-limit-feature-missing",
    severity: Severity::Error,
    family: "live-migration",
    summary: "a limit of live migration over SMB is wanted, and the feature FS-SMBBW is not installed",
    risk: "Set-SmbBandwidthLimit does not exist, so there is no limit: migrations starve storage and heartbeats",
    source: "Microsoft, Set-SmbBandwidthLimit (needs the feature SMB Bandwidth Limit)",
    page: include_str!("smb_limit_feature_missing.md"),
    columns: &["clusters.profile", "nodes.smb_limit_feature", "nodes.smb_limit_mbps"],
    needs: &["nodes.smb_limit_feature", "nodes.smb_limit_mbps"],
    versions: Versions::from(WS2012R2).because("the limit begins with 2012 R2"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        if node.migration.smb_limit.is_some() && node.facts.yes("smb_limit_feature") == Some(false) {
            found.add((), node, report.at(node.origin, "smb_limit_feature"));
        }
    }
    for ((), places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!(
                "{} {} to limit live migration over SMB, and FS-SMBBW is not installed",
                places.nodes(),
                places.verb("is", "are")
            ),
            current: "FS-SMBBW not installed".to_owned(),
            expected: "installed".to_owned(),
            fix: format!(
                "on {}: Install-WindowsFeature FS-SMBBW, then set the limit again",
                places.nodes()
            ),
            at: places.at,
        });
    }
}
