//! A port that loses its link again and again.

use crate::checks::rules::{Fault, Hosts, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::AZURE_LOCAL;

/// The rule.
pub static RULE: Rule = Rule {
    name: "nic-flapping",
    severity: Severity::Warning,
    family: "nic",
    hosts: Hosts::Any,
    summary: "a port loses its link, or is reset, again and again",
    risk: "each loss moves VMs' traffic or storage paths, and Storage Spaces Direct repairs without end",
    source: "Microsoft, Network HUD (disconnections or resets)",
    page: include_str!("nic_flapping.md"),
    columns: &["nics.flapping"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let severity = match cluster.profile.generation {
        AZURE_LOCAL => Severity::Error,
        _ => Severity::Warning,
    };
    for node in &cluster.nodes {
        for nic in node.nics.iter().filter(|nic| nic.facts.yes("flapping") == Some(true)) {
            let port = if nic.tor_port.is_empty() {
                String::new()
            } else {
                format!(" {}", nic.tor_port)
            };
            report.add_as(
                severity,
                Fault {
                    subject: format!("{}/{}", node.name, nic.name),
                    message: format!("{} on {} loses its link again and again", nic.name, node.name),
                    current: "unsteady link".to_owned(),
                    expected: "steady link".to_owned(),
                    fix: format!(
                        "change cable or transceiver, then the port{port} of the physical switch, then driver and firmware; watch \
                         the errors that the switch counts"
                    ),
                    at: vec![report.at(nic.origin, "flapping")],
                },
            );
        }
    }
}
