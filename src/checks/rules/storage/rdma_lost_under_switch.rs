//! A port with RDMA in a team or under a virtual switch that takes RDMA away.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic};
use crate::profiles::{WS2012, WS2016};

/// The rule.
pub static RULE: Rule = Rule {
    name: "rdma-lost-under-switch",
    severity: Severity::Error,
    family: "storage",
    summary: "a port with RDMA is in a team or under a virtual switch that takes RDMA away",
    risk: "storage and live migration fall back to TCP: slower, and at the cost of the processors",
    source: "Microsoft, Remote Direct Memory Access and Switch Embedded Teaming; Microsoft, NIC Teaming",
    page: include_str!("rdma_lost_under_switch.md"),
    columns: &["nics.rdma", "nics.team", "nics.team_kind", "switches.nics"],
    check,
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    // SMB Direct came with 2012.
    for node in cluster.nodes.iter().filter(|_| cluster.profile.generation >= WS2012) {
        for nic in node.nics.iter().filter(|nic| nic.rdma.on()) {
            if let Some(taker) = taker(cluster, nic) {
                found.add((nic.name.clone(), taker), node, report.at(nic.origin, "rdma"));
            }
        }
    }
    for ((nic, taker), places) in found {
        report.add(Fault {
            subject: nic.clone(),
            message: format!("{nic} has RDMA but {taker}, which takes it away, on {}", places.nodes()),
            current: format!("RDMA, and {taker}"),
            expected: "RDMA on a port of its own, or from 2016 on under a switch with SET".to_owned(),
            fix: if cluster.profile.generation >= WS2016 {
                "make the switch again on the ports themselves: New-VMSwitch -EnableEmbeddedTeaming $true".to_owned()
            } else {
                format!("take {nic} out of the team or switch and use it for storage alone")
            },
            at: places.at,
        });
    }
}

/// What takes RDMA from the port, as the second half of a sentence.
fn taker(cluster: &Cluster, nic: &Nic) -> Option<String> {
    let team = (!nic.team.is_empty()).then(|| format!("is in team {}", nic.team));
    match &nic.switch {
        Some(switch) if cluster.profile.generation < WS2016 => Some(format!("is under switch {switch}")),
        Some(_) => team.filter(|_| nic.facts.text("team_kind") == Some("lbfo")),
        // SET is part of a switch: a team without one is LBFO or a vendor's.
        None => team,
    }
}
