//! PacketDirect on a switch whose ports have RDMA.

use super::{bound, by_name, node_names};
use crate::checks::rules::rebuild::recreate;
use crate::checks::rules::{Fault, Report, Rule, Versions, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2016;

/// The rule.
pub static RULE: Rule = Rule {
    name: "packet-direct-with-rdma",
    severity: Severity::Warning,
    family: "vswitch",
    summary: "PacketDirect is on at a virtual switch whose ports have RDMA",
    risk: "the two are not meant to work together: storage and live migration may fall back to TCP or stop",
    source: "Microsoft, Validate-DCB (modal unit tests): PacketDirect must be off",
    page: include_str!("packet_direct_with_rdma.md"),
    columns: &[
        "switches.packet_direct",
        "nics.rdma",
        "switches.nics",
        "clusters.profile",
    ],
    versions: Versions::from(WS2016),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let found = by_name(cluster, |_, node, switch| {
        switch.facts.yes("packet_direct") == Some(true) && bound(node, &switch.name).any(|nic| nic.rdma.on())
    });
    for nodes in found.values() {
        let Some((_, switch)) = nodes.first() else { continue };
        report.add(Fault {
            subject: switch.name.clone(),
            message: format!(
                "PacketDirect is on at switch {} of {}, whose ports have RDMA",
                switch.name,
                lookup::list(&node_names(nodes))
            ),
            current: "PacketDirect on".to_owned(),
            expected: "PacketDirect off".to_owned(),
            fix: recreate(cluster, nodes, "-EnablePacketDirect $false"),
            at: nodes
                .iter()
                .map(|(_, switch)| report.at(switch.origin, "packet_direct"))
                .collect(),
        });
    }
}
