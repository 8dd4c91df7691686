//! VMs need more than the ports of their switch carry, now or after the loss of one port.

use super::is_measured;
use crate::checks::rules::{Fault, Hosts, Report, Rule, lookup, vswitch};
use crate::demand::vnic_need;
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic, Node};
use crate::units::{Mbps, show_mbps};
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "uplink-overcommitted",
    severity: Severity::Error,
    family: "vnic",
    hosts: Hosts::Any,
    summary: "the VMs on a switch of a node are measured to need more than its ports carry",
    risk: "at full load packets wait and are dropped, and VMs take the bandwidth from each other",
    source: "own derivation: sum of the measured needs against the sum of the speeds of the ports that are up",
    page: include_str!("uplink_overcommitted.md"),
    columns: &[
        "vnics.switch",
        "vnics.p95_mbps",
        "vnics.peak_mbps",
        "vnics.average_mbps",
        "vms.node",
        "nics.speed_mbps",
        "nics.status",
    ],
    needs: &["vnics.p95_mbps|vnics.peak_mbps|vnics.average_mbps"],
    check,
    ..Rule::BASE
};

/// A node on which a switch is short of bandwidth.
struct Short<'a> {
    node: &'a Node,
    need: Mbps,
    capacity: Mbps,
}

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut now: BTreeMap<&str, Vec<Short<'_>>> = BTreeMap::new();
    let mut after_loss: BTreeMap<&str, Vec<Short<'_>>> = BTreeMap::new();
    for ((host, switch), need) in needs(cluster) {
        let Some(node) = cluster.nodes.get(host) else { continue };
        let speeds: Vec<Mbps> = vswitch::bound(node, switch)
            .filter(|nic| nic.up)
            .map(|nic| nic.speed)
            .collect();
        let capacity: Mbps = speeds.iter().sum();
        let fastest = speeds.iter().copied().max().unwrap_or(0);
        if vswitch::bound(node, switch).next().is_none() {
            continue;
        }
        if need > capacity {
            now.entry(switch).or_default().push(Short { node, need, capacity });
        } else if speeds.len() > 1 && need > capacity - fastest {
            let capacity = capacity - fastest;
            after_loss
                .entry(switch)
                .or_default()
                .push(Short { node, need, capacity });
        }
    }
    add(report, Severity::Error, "", &now);
    add(report, Severity::Warning, " after the loss of one port", &after_loss);
}

/// Measured needs of the VMs that are placed, with growth, by node and switch, Mbit/s.
fn needs(cluster: &Cluster) -> BTreeMap<(usize, &str), Mbps> {
    let mut needs: BTreeMap<(usize, &str), Mbps> = BTreeMap::new();
    for (vm, vnic) in lookup::vnics(cluster).filter(|(_, vnic)| is_measured(vnic)) {
        if let Some(host) = vm.host {
            *needs.entry((host, vnic.switch.as_str())).or_default() += vnic_need(cluster, vnic);
        }
    }
    needs
}

fn add(report: &mut Report<'_>, severity: Severity, when: &str, short: &BTreeMap<&str, Vec<Short<'_>>>) {
    for (switch, nodes) in short {
        let Some(worst) = nodes.iter().max_by_key(|s| s.need - s.capacity) else {
            continue;
        };
        let names: Vec<&str> = nodes.iter().map(|s| s.node.name.as_str()).collect();
        let ports: Vec<&Nic> = nodes.iter().flat_map(|s| vswitch::bound(s.node, switch)).collect();
        let fault = Fault {
            subject: (*switch).to_owned(),
            message: format!(
                "the VMs need more than the ports of switch {switch} carry{when} on {}",
                lookup::list(&names)
            ),
            current: format!(
                "{}: {} needed, {} there{when}",
                worst.node.name,
                show_mbps(worst.need),
                show_mbps(worst.capacity)
            ),
            expected: format!("at least {} on {}", show_mbps(worst.need), worst.node.name),
            fix: "move VMs to other nodes or to an external network of their own, or add a port to the switch; \
                nicplan plan says which"
                .to_owned(),
            at: ports.iter().map(|nic| report.at(nic.origin, "speed_mbps")).collect(),
        };
        report.add_as(severity, fault);
    }
}
