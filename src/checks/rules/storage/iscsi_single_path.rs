//! A node with a single port for iSCSI.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic};
use crate::roles::Role;

/// The rule.
pub static RULE: Rule = Rule {
    name: "iscsi-single-path",
    severity: Severity::Warning,
    family: "storage",
    summary: "a node has a single port for iSCSI",
    risk: "one port, cable or switch takes all disks of the node away: MPIO has no second path",
    source: "Microsoft, Failover clustering hardware requirements and storage options; Microsoft TechNet Wiki, Hyper-V: networking in Windows Server 2008 R2 (9711)",
    page: include_str!("iscsi_single_path.md"),
    columns: &["clusters.storage", "nics.current_role"],
    needs: &["nics.current_role"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in cluster.nodes.iter().filter(|_| cluster.iscsi()) {
        let storage: Vec<&Nic> = node
            .nics
            .iter()
            .filter(|nic| nic.roles.contains(&Role::Storage))
            .collect();
        if let [only] = storage.as_slice() {
            found.add(only.name.clone(), node, report.at(only.origin, "current_role"));
        }
    }
    for (nic, places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!("{nic} is the only port for iSCSI on {}", places.nodes()),
            current: "1 port".to_owned(),
            expected: "2 ports with MPIO, on different cards and physical switches".to_owned(),
            fix:
                "add a second port for iSCSI and a second path with MPIO (mpclaim, iSCSI initiator: Enable multi-path)"
                    .to_owned(),
            at: places.at,
        });
    }
}
