//! Minimum bandwidths that add up to more than the link.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Node, VirtualSwitch};
use crate::powershell::quoted;
use crate::profiles::WS2012;
use crate::units::Mbps;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "minimum-bandwidth-above-link",
    severity: Severity::Error,
    family: "qos",
    summary: "the minimum bandwidths on a switch in absolute mode add up to more than its link",
    risk: "a VM does not start or a live migration fails, because the target cannot honour the reservation",
    source: "Microsoft, Network quality of service and bandwidth limits in Hyper-V (minimum bandwidth: recommendations)",
    page: include_str!("minimum_bandwidth_above_link.md"),
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
    let mut totals: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for (node, switch, ports) in super::switches(cluster) {
        let absolute = switch.facts.text("bandwidth_mode") == Some("absolute");
        let minimum = |port: &super::Port<'_>| port.facts.number("minimum_mbps").unwrap_or(0);
        let total: u64 = ports.iter().map(minimum).sum();
        let largest = ports.iter().max_by_key(|port| minimum(port));
        let limit = reservable(node, switch).filter(|limit| absolute && total > *limit);
        if let (Some(limit), Some(port)) = (limit, largest) {
            found.add(switch.name.clone(), node, report.at(port.origin, "minimum_mbps"));
            let worst = totals.entry(switch.name.clone()).or_insert((total, limit));
            *worst = (total, limit).max(*worst);
        }
    }
    for ((switch, places), (total, limit)) in found.into_iter().zip(totals.into_values()) {
        report.add(Fault {
            subject: switch.clone(),
            message: format!("as much as {total} Mbit/s are reserved on {switch}, which can promise {limit} Mbit/s ({})", places.nodes()),
            current: format!("{total} Mbit/s reserved"),
            expected: format!("{limit} Mbit/s or less"),
            fix: format!(
                "lower the reservations with Set-VMNetworkAdapter -MinimumBandwidthAbsolute, or make {} again in weight mode",
                quoted(&switch)
            ),
            at: places.at,
        });
    }
}

/// What the switch can promise: the sum of its ports; one port in a team of 1 GbE ports, where one flow gets no more.
fn reservable(node: &Node, switch: &VirtualSwitch) -> Option<Mbps> {
    let bound = node.nics.iter().filter(|nic| nic.switch.as_ref() == Some(&switch.name));
    let speeds: Vec<Mbps> = bound.map(|nic| nic.speed).collect();
    let fastest = speeds.iter().copied().max()?;
    Some(if fastest <= 1000 { fastest } else { speeds.iter().sum() })
}
