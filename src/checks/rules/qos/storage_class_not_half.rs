//! A storage class that is not half of a converged port on Azure Local.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions, network_atc};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic, TrafficClass};
use crate::profiles::AZURE_LOCAL;
use crate::roles::Role;

/// The rule.
pub static RULE: Rule = Rule {
    name: "storage-class-not-half",
    severity: Severity::Info,
    family: "qos",
    summary: "the storage class of a converged port on Azure Local is not 50 %",
    risk: "storage or the VMs get less than the requirements say when the link is full",
    source: "Microsoft, Host network requirements for Azure Local (traffic bandwidth allocation)",
    page: include_str!("storage_class_not_half.md"),
    columns: &["nodes.traffic_classes", "nodes.qos_policies", "nics.current_role"],
    versions: Versions::only(AZURE_LOCAL),
    check,
    ..Rule::BASE
};

/// Share in percent that the requirements give to storage.
const HALF: u8 = 50;

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for (node, classes) in super::nodes_with_classes(cluster) {
        let shared = |nic: &Nic| nic.roles.contains(&Role::Storage) && nic.roles.len() > 1;
        let priority = super::policy_priorities(node, &["smbdirect"]).first().copied();
        let class = priority.and_then(|priority| TrafficClass::of_priority(classes, priority));
        let percent = class.and_then(|class| class.percent).filter(|percent| *percent != HALF);
        if let Some(percent) = percent.filter(|_| node.nics.iter().any(shared)) {
            found.add(percent, node, report.at(node.origin, "traffic_classes"));
        }
    }
    for (percent, places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!("storage has {percent} % of the shared ports on {}", places.nodes()),
            current: format!("{percent} %"),
            expected: format!("{HALF} %, or another share on purpose"),
            fix: format!(
                "$qos = New-NetIntentQoSPolicyOverrides; $qos.BandwidthPercentage_SMB = {HALF}; Set-NetIntent -Name {} -QoSPolicyOverrides $qos",
                network_atc::storage_intent(cluster)
            ),
            at: places.at,
        });
    }
}
