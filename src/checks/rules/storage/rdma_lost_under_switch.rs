//! A port with RDMA under a virtual switch that takes RDMA away.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::{WS2012, WS2012R2};

/// The rule.
pub static RULE: Rule = Rule {
    name: "rdma-lost-under-switch",
    severity: Severity::Error,
    family: "storage",
    summary: "a port with RDMA is under a virtual switch of a version that takes RDMA away",
    risk: "storage and live migration fall back to TCP: slower, and at the cost of the processors",
    source: "Microsoft, Remote Direct Memory Access and Switch Embedded Teaming",
    page: include_str!("rdma_lost_under_switch.md"),
    columns: &["nics.rdma", "switches.nics"],
    needs: &["nics.rdma"],
    // SMB Direct came with 2012; from 2016 on a switch keeps RDMA.
    versions: Versions::between(WS2012, WS2012R2),
    leaves: Some("RDMA of a port that it needs under a virtual switch, and counts on none there"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for nic in node.nics.iter().filter(|nic| nic.rdma.on()) {
            if let Some(switch) = &nic.switch {
                found.add((nic.name.clone(), switch.clone()), node, report.at(nic.origin, "rdma"));
            }
        }
    }
    for ((nic, switch), places) in found {
        report.add(Fault {
            subject: nic.clone(),
            message: format!(
                "{nic} has RDMA but is under switch {switch}, which takes it away, on {}",
                places.nodes()
            ),
            current: format!("RDMA under switch {switch}"),
            expected: "RDMA on a port without a virtual switch".to_owned(),
            fix: format!(
                "take {nic} out of {switch} and use it for storage or live migration alone; where no other port can carry the switch, switch its RDMA off: {}, and \
                 write rdma = no",
                fixes::disable_rdma(places.first(), &nic)
            ),
            at: places.at,
        });
    }
}
