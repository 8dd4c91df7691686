//! A host vNIC without a weight beside others that have one.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::powershell::quoted;

/// The rule.
pub static RULE: Rule = Rule {
    name: "host-vnic-without-weight",
    severity: Severity::Warning,
    family: "qos",
    summary: "a host vNIC has no weight while others on its switch have one",
    risk: "it falls into the default flow and shares that with every VM without a weight when the link is full",
    source: "Microsoft, Network Recommendations for a Hyper-V Cluster (dn550728)",
    page: include_str!("host_vnic_without_weight.md"),
    columns: &[
        "host_vnics.weight",
        "switches.bandwidth_mode",
        "switches.embedded_teaming",
    ],
    needs: &["switches.bandwidth_mode"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for (node, switch, ports) in super::switches(cluster) {
        let judged = super::judges_weights(cluster, switch);
        let used = judged && ports.iter().any(|port| port.weighted());
        let several = ports.len() > 1 && ports.iter().any(|port| port.host && !port.weighted());
        if judged && several {
            super::note_unknown_weights(&ports, report);
        }
        for port in ports.iter().filter(|port| used && port.host && port.weight == Some(0)) {
            found.add(
                (switch.name.clone(), port.name.clone()),
                node,
                report.at(port.origin, "weight"),
            );
        }
    }
    for ((switch, vnic), places) in found {
        report.add(Fault {
            subject: vnic.clone(),
            message: format!(
                "host vNIC {vnic} on {switch} has no weight, others have one ({})",
                places.nodes()
            ),
            current: "weight 0".to_owned(),
            expected: "a weight of its own, 5 or more for cluster, live migration and storage".to_owned(),
            fix: format!(
                "on {}: Set-VMNetworkAdapter -ManagementOS -Name {} -MinimumBandwidthWeight 10",
                places.nodes(),
                quoted(&vnic)
            ),
            at: places.at,
        });
    }
}
