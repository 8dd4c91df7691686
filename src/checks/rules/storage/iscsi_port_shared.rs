//! A port for iSCSI that carries something else.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::roles::Role;

/// The rule.
pub static RULE: Rule = Rule {
    name: "iscsi-port-shared",
    severity: Severity::Error,
    family: "storage",
    summary: "a port for iSCSI carries other traffic as well",
    risk: "disks wait behind live migrations and VMs: writes time out, and volumes go offline",
    source: "Microsoft, Network Recommendations for a Hyper-V Cluster (dn550728)",
    page: include_str!("iscsi_port_shared.md"),
    columns: &["clusters.storage", "nics.current_role", "switches.nics"],
    needs: &["nics.current_role"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in cluster.nodes.iter().filter(|_| cluster.iscsi()) {
        for nic in node.nics.iter().filter(|nic| nic.roles.contains(&Role::Storage)) {
            let others: Vec<&str> = nic
                .roles
                .iter()
                .filter(|r| **r != Role::Storage)
                .map(|r| r.info().title)
                .collect();
            if !others.is_empty() {
                found.add(
                    (nic.name.clone(), lookup::list(&others)),
                    node,
                    report.at(nic.origin, "current_role"),
                );
            }
        }
    }
    for ((nic, others), places) in found {
        report.add(Fault {
            subject: nic.clone(),
            message: format!("{nic} carries iSCSI and {others} on {}", places.nodes()),
            current: format!("iSCSI and {others}"),
            expected: "iSCSI alone, without a virtual switch".to_owned(),
            fix: format!("give {nic} to iSCSI alone and move {others} to another port"),
            at: places.at,
        });
    }
}
