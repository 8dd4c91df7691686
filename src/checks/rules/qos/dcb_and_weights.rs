//! Traffic classes of DCB and minimum-bandwidth weights on the same port.

use crate::checks::rules::fixes::quoted_list;
use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::powershell::quoted;
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    name: "dcb-and-weights",
    severity: Severity::Warning,
    family: "qos",
    summary: "a port has DCB classes and its virtual switch has weights",
    risk: "two shapers work against each other: the port cuts what the switch has promised",
    source: "Microsoft, Network quality of service and bandwidth limits in Hyper-V (minimum bandwidth: recommendations)",
    page: include_str!("dcb_and_weights.md"),
    columns: &[
        "nodes.traffic_classes",
        "nics.qos",
        "host_vnics.weight",
        "vnics.weight",
        "switches.bandwidth_mode",
    ],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let shaped: BTreeSet<&str> = super::nodes_with_classes(cluster)
        .map(|(node, _)| node.name.as_str())
        .collect();
    let mut found = Alike::new();
    for (node, switch, ports) in super::switches(cluster) {
        let takes = super::takes_weights(cluster, switch);
        let used = takes && ports.iter().any(|port| port.weighted());
        let bound = node.nics.iter().filter(|nic| nic.switch.as_ref() == Some(&switch.name));
        let with_dcb = bound.filter(|nic| nic.facts.yes("qos") == Some(true));
        let with_dcb: Vec<_> = with_dcb
            .filter(|_| takes && shaped.contains(node.name.as_str()))
            .collect();
        if !used {
            if !with_dcb.is_empty() {
                super::note_unknown_weights(&ports, report);
            }
            continue;
        }
        let names = quoted_list(with_dcb.iter().map(|nic| nic.name.as_str()));
        let rdma = with_dcb.iter().any(|nic| nic.rdma.on());
        for nic in with_dcb {
            found.add(
                (switch.name.clone(), names.clone(), rdma),
                node,
                report.at(nic.origin, "qos"),
            );
        }
    }
    for ((switch, names, rdma), places) in found {
        report.add(Fault {
            subject: switch.clone(),
            message: format!(
                "{switch} has weights, and its ports have DCB classes on {}",
                places.nodes()
            ),
            current: "weights and DCB".to_owned(),
            expected: "one of them; DCB where RDMA runs over the port".to_owned(),
            fix: format!(
                "on {}: Set-VMNetworkAdapter -MinimumBandwidthWeight 0 for each adapter on {}{}",
                places.nodes(),
                quoted(&switch),
                if rdma {
                    ", whose ports need DCB for RDMA".to_owned()
                } else {
                    format!(", or turn DCB off: Disable-NetAdapterQos -Name {names}")
                }
            ),
            at: places.at,
        });
    }
}
