//! A weight below 5 for traffic that the cluster depends on.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::powershell::quoted;
use crate::roles::Role;

/// The rule.
pub static RULE: Rule = Rule {
    name: "weight-below-5",
    severity: Severity::Warning,
    family: "qos",
    summary: "a host vNIC for cluster, live migration or storage has a weight below 5",
    risk: "the guarantee is too small to keep heartbeats and disks alive on a full link",
    source: "Microsoft, Network quality of service and bandwidth limits in Hyper-V (minimum bandwidth: recommendations)",
    page: include_str!("weight_below_5.md"),
    columns: &[
        "host_vnics.weight",
        "host_vnics.role",
        "switches.bandwidth_mode",
        "switches.embedded_teaming",
    ],
    needs: &["switches.bandwidth_mode"],
    check,
    ..Rule::BASE
};

/// Least weight that Microsoft advises for traffic that matters.
const LEAST: u32 = 5;

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let critical = |role: Option<Role>| matches!(role, Some(Role::Cluster | Role::LiveMigration | Role::Storage));
    let mut found = Alike::new();
    for (node, switch, ports) in super::switches(cluster) {
        let used = super::judges_weights(cluster, switch);
        for port in ports.iter().filter(|port| used && port.host) {
            let small = port.weight.is_none_or(|weight| (1..LEAST).contains(&weight));
            if port.role.is_none() && small {
                report.lacks("host_vnics.role");
            }
            if critical(port.role) && port.weight.is_none() {
                report.lacks("host_vnics.weight");
            }
        }
        for port in ports.iter().filter(|port| used && critical(port.role)) {
            if let Some(weight) = port.weight.filter(|weight| (1..LEAST).contains(weight)) {
                found.add((port.name.clone(), weight), node, report.at(port.origin, "weight"));
            }
        }
    }
    for ((vnic, weight), places) in found {
        report.add(Fault {
            subject: vnic.clone(),
            message: format!(
                "host vNIC {vnic} has weight {weight} on {}, too little for what it carries",
                places.nodes()
            ),
            current: format!("weight {weight}"),
            expected: format!("{LEAST} or more"),
            fix: format!(
                "on {}: Set-VMNetworkAdapter -ManagementOS -Name {} -MinimumBandwidthWeight {LEAST}",
                places.nodes(),
                quoted(&vnic)
            ),
            at: places.at,
        });
    }
}
