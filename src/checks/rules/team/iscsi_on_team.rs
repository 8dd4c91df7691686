//! iSCSI over a team instead of two ports with MPIO.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2012R2;
use crate::roles::Role;

/// The rule.
pub static RULE: Rule = Rule {
    name: "iscsi-on-team",
    severity: Severity::Warning,
    family: "team",
    summary: "iSCSI runs over a team instead of over two ports with MPIO",
    risk: "a team hides a failing path from MPIO and from the storage, and most makers of storage do not support it",
    source: "TechNet Wiki 9711, Hyper-V networking in 2008 R2; Dell reference for Exchange 2013 on Hyper-V (MPIO, no team)",
    page: include_str!("iscsi_on_team.md"),
    columns: &["clusters.storage", "nics.team", "nics.current_role", "switches.nics"],
    needs: &["nics.team|switches.nics"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    if !cluster.iscsi() {
        return;
    }
    let mut found = Alike::new();
    for node in &cluster.nodes {
        // Under a switch storage runs over host vNICs, which MPIO can use like ports.
        let teamed = node
            .nics
            .iter()
            .filter(|nic| !nic.team.is_empty() && nic.switch.is_none());
        for nic in teamed.filter(|nic| nic.roles.contains(&Role::Storage)) {
            found.add(nic.team.as_str(), node, report.at(nic.origin, "team"));
        }
    }
    let severity = match cluster.profile.generation {
        WS2012R2.. => Severity::Info,
        _ => Severity::Warning,
    };
    for (name, places) in found {
        let remove = if fixes::is_2008r2(cluster) {
            format!("take the ports out of {name} in the software of the NIC's maker")
        } else {
            format!("Remove-NetLbfoTeam -Name {}", fixes::quoted(name))
        };
        report.add_as(
            severity,
            Fault {
                subject: name.to_owned(),
                message: format!("iSCSI on {} runs over team {name}", places.nodes()),
                current: format!("team {name}"),
                expected: "ports without a team, in two subnets, with MPIO".to_owned(),
                fix: format!(
                    "on {}, drained: {remove}, give each port an address in a subnet of its own, and switch MPIO on",
                    places.nodes()
                ),
                at: places.at,
            },
        );
    }
}
