//! A port with RDMA that is slower than 10 Gbit/s.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::powershell::quoted;
use crate::profiles::WS2016;
use crate::units::Mbps;

/// The rule.
pub static RULE: Rule = Rule {
    name: "rdma-port-below-10-gbps",
    severity: Severity::Error,
    family: "storage",
    summary: "a port with RDMA is slower than 10 Gbit/s",
    risk: "below the minimum that Microsoft supports for RDMA",
    source: "Microsoft, Validate-DCB; Microsoft, Network considerations for cloud deployments of Azure Local",
    page: include_str!("rdma_port_below_10_gbps.md"),
    columns: &["nics.rdma", "nics.speed_mbps"],
    needs: &["nics.rdma"],
    versions: Versions::from(WS2016),
    leaves: Some("the ports that a node has"),
    check,
    ..Rule::BASE
};

/// Least speed of a port with RDMA.
const LEAST: Mbps = 10_000;

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for nic in node.nics.iter().filter(|nic| nic.rdma.on() && nic.speed < LEAST) {
            found.add((nic.name.clone(), nic.speed), node, report.at(nic.origin, "speed_mbps"));
        }
    }
    for ((nic, speed), places) in found {
        report.add(Fault {
            subject: nic.clone(),
            message: format!("{nic} has RDMA at {speed} Mbit/s on {}", places.nodes()),
            current: format!("{speed} Mbit/s"),
            expected: format!("{LEAST} Mbit/s or more"),
            fix: format!(
                "check cable and switch port of {nic}; if the port is that slow, Disable-NetAdapterRdma -Name {} and use another for storage",
                quoted(&nic)
            ),
            at: places.at,
        });
    }
}
