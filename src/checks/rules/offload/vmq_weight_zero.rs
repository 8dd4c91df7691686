//! A host vNIC for storage or live migration that gets no queue.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2012;
use crate::roles::Role;

/// Weight of the network recommendations for live migration.
const LIVE_MIGRATION: u32 = 90;
/// The same for storage.
const STORAGE: u32 = 100;

/// The rule.
pub static RULE: Rule = Rule {
    name: "vmq-weight-zero",
    severity: Severity::Warning,
    family: "offload",
    summary: "a host vNIC for storage or live migration has VMQ weight 0",
    risk: "it gets no queue of its own, and one processor core takes in all its packets",
    source: "Microsoft, Network Recommendations for a Hyper-V Cluster in Windows Server 2012 (VmqWeight 80 to 100 for host vNICs)",
    page: include_str!("vmq_weight_zero.md"),
    columns: &["host_vnics.vmq_weight", "host_vnics.role"],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for vnic in &node.host_vnics {
            let weight = match vnic.role {
                Some(Role::LiveMigration) => LIVE_MIGRATION,
                Some(Role::Storage) => STORAGE,
                None if vnic.facts.number("vmq_weight") == Some(0) => {
                    report.lacks("host_vnics.role");
                    continue;
                }
                _ => continue,
            };
            if vnic.facts.number("vmq_weight") == Some(0) {
                let at = report.at(vnic.origin, "vmq_weight");
                found.add((vnic.name.as_str(), weight), node, at);
            }
        }
    }
    for ((name, weight), places) in found {
        report.add(Fault {
            subject: name.to_owned(),
            message: format!("host vNIC {name} on {} has VMQ weight 0", places.nodes()),
            current: "0".to_owned(),
            expected: weight.to_string(),
            fix: format!(
                "on {}: Set-VMNetworkAdapter -ManagementOS -Name {} -VmqWeight {weight}",
                places.nodes(),
                fixes::quoted(name)
            ),
            at: places.at,
        });
    }
}
