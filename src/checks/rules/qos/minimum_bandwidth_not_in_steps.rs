//! A minimum bandwidth that is not a whole percent of the link.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic};
use crate::profiles::WS2012;

/// The rule.
pub static RULE: Rule = Rule {
    name: "minimum-bandwidth-not-in-steps",
    severity: Severity::Warning,
    family: "qos",
    summary: "a minimum bandwidth in absolute mode is not a whole percent of the link",
    risk: "Hyper-V rounds it, and the guarantee is not what is written",
    source: "Microsoft, Network quality of service and bandwidth limits in Hyper-V (minimum bandwidth: recommendations)",
    page: include_str!("minimum_bandwidth_not_in_steps.md"),
    columns: &[
        "switches.bandwidth_mode",
        "host_vnics.minimum_mbps",
        "vnics.minimum_mbps",
        "nics.speed_mbps",
    ],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for (node, switch, ports) in super::switches(cluster) {
        let absolute = switch.facts.text("bandwidth_mode") == Some("absolute");
        let bound: Vec<&Nic> = node
            .nics
            .iter()
            .filter(|n| n.switch.as_ref() == Some(&switch.name))
            .collect();
        let ([nic], true) = (bound.as_slice(), absolute) else {
            continue;
        };
        // A link below 100 Mbit/s has no whole percent.
        let step = (nic.speed / 100).max(1);
        for port in &ports {
            if let Some(minimum) = port.facts.number("minimum_mbps").filter(|minimum| minimum % step != 0) {
                let key = (switch.name.clone(), port.name.clone(), port.adapter(), minimum, step);
                found.add(key, node, report.at(port.origin, "minimum_mbps"));
            }
        }
    }
    for ((switch, port, adapter, minimum, step), places) in found {
        report.add(Fault {
            subject: port.clone(),
            message: format!(
                "the minimum of {port} on {switch} is {minimum} Mbit/s, no multiple of {step} Mbit/s ({})",
                places.nodes()
            ),
            current: format!("{minimum} Mbit/s"),
            expected: format!("a multiple of {step} Mbit/s"),
            fix: format!(
                "on {}: Set-VMNetworkAdapter {adapter} -MinimumBandwidthAbsolute {}",
                places.nodes(),
                minimum.div_ceil(step) * step * 1_000_000
            ),
            at: places.at,
        });
    }
}
